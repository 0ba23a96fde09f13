export type { PostgresParser } from '../sql/postgres-parser.js';
export { loadPostgresParser } from './load-parser.js';
