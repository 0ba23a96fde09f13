export { type OpenSqliteOptions, openSqlite, type SqliteStores } from './open-sqlite.js';
