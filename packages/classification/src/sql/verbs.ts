/**
 * SQL statements whose first keyword alone decides, and the words that make other statements worse. Data.
 *
 * Sources: PostgreSQL 18 manual part VI, MySQL 8.4 manual chapter 15, SQLite `lang.html`, Transact-SQL reference.
 */

import type { Effect, RiskLevel } from '@countersign/core';

/** What a statement does. */
export interface StatementVerdict {
  readonly level: RiskLevel;
  readonly effects: readonly Effect[];
  readonly text: string;
}

type Row = readonly [words: string, level: RiskLevel, effects: readonly Effect[], text: string];

const ROWS: readonly Row[] = [
  ['VALUES TABLE SHOW DESCRIBE DESC HELP FETCH PRINT DECLARE', 'safe', ['db.read'], 'Only reads.'],
  ['INSERT', 'moderate', ['db.write'], 'Adds rows.'],
  ['REPLACE', 'moderate', ['db.write'], 'Adds rows and replaces those with the same key.'],
  ['DELETE', 'destructive', ['db.write', 'data.delete'], 'Deletes rows.'],
  ['TRUNCATE', 'destructive', ['db.write', 'data.delete'], 'Empties a table.'],
  ['GRANT', 'destructive', ['auth.change'], 'Gives permissions.'],
  ['REVOKE', 'destructive', ['auth.change'], 'Takes permissions away.'],
  ['DENY', 'destructive', ['auth.change'], 'Forbids permissions.'],
  ['REASSIGN', 'destructive', ['auth.change'], 'Gives the objects of a role to another.'],
  ['SHUTDOWN', 'destructive', ['infra.change'], 'Stops the database server.'],
  ['KILL', 'destructive', ['infra.change'], 'Ends the work of another connection.'],
  ['RECONFIGURE', 'destructive', ['infra.change'], 'Changes the configuration of the server.'],
  ['PURGE', 'destructive', ['data.delete'], 'Deletes the logs needed for replication and recovery.'],
  ['INSTALL', 'destructive', ['exec', 'persist'], 'Loads code into the database server.'],
  ['UNINSTALL', 'destructive', ['infra.change'], 'Removes a part of the database server.'],
  ['LOAD', 'destructive', ['exec'], 'Loads a library into the database server.'],
  ['BINLOG', 'destructive', ['db.write'], 'Replays changes that cannot be read here.'],
  ['CHANGE', 'destructive', ['infra.change'], 'Changes replication.'],
  ['CLONE', 'destructive', ['db.write', 'data.delete'], 'Replaces the data folder of the server.'],
  ['RESTORE', 'critical', ['db.write', 'data.delete'], 'Replaces a database by a backup.'],
  ['BACKUP', 'moderate', ['fs.write'], 'Writes a backup.'],
  ['START STOP', 'moderate', ['infra.change'], 'Starts or stops a background task of the server.'],
  ['LOCK UNLOCK', 'moderate', ['db.write'], 'Locks tables.'],
  [
    'VACUUM REINDEX CLUSTER OPTIMIZE REPAIR CHECK CHECKSUM CHECKPOINT FLUSH',
    'moderate',
    ['db.write'],
    'Maintains storage.',
  ],
  ['REFRESH', 'moderate', ['db.write'], 'Recomputes a stored view.'],
  ['COMMENT SECURITY RENAME IMPORT CACHE', 'moderate', ['db.write'], 'Changes the schema.'],
  ['ATTACH', 'moderate', ['fs.write', 'db.write'], 'Opens or creates another database file.'],
  ['DETACH', 'moderate', ['db.write'], 'Detaches a database.'],
  ['USE', 'moderate', ['db.read'], 'Changes the database that later statements act on.'],
  [
    'RESET DISCARD DEALLOCATE CLOSE OPEN MOVE HANDLER SIGNAL RESIGNAL GET LISTEN UNLISTEN',
    'moderate',
    ['db.read'],
    'Changes the session.',
  ],
  ['NOTIFY', 'moderate', ['message.send'], 'Sends a notification.'],
  ['COMMIT END', 'moderate', ['db.write'], 'Makes earlier changes permanent.'],
  ['ROLLBACK ABORT SAVEPOINT RELEASE XA', 'moderate', ['db.write'], 'Controls a transaction.'],
  ['BEGIN START_TRANSACTION', 'moderate', ['db.read'], 'Opens a transaction or a block.'],
  [
    'IF ELSE WHILE RETURN BREAK CONTINUE GOTO THROW RAISERROR WAITFOR LOOP',
    'moderate',
    ['db.read'],
    'Controls the flow of a batch.',
  ],
  ['BULK', 'moderate', ['db.write', 'fs.read'], 'Loads rows from a file.'],
  ['DBCC', 'moderate', ['infra.change'], 'Runs a maintenance command.'],
];

/** Verdicts by first keyword, for the statements that need no closer look. */
export const STATEMENTS: ReadonlyMap<string, StatementVerdict> = new Map(
  ROWS.flatMap(([words, level, effects, text]) => words.split(' ').map((word) => [word, { level, effects, text }])),
);

/** First keywords of statements that change something, wherever they stand in a text that can't be read. */
export const DANGER_WORDS: ReadonlySet<string> = new Set(
  'DELETE DROP TRUNCATE UPDATE ALTER GRANT REVOKE EXEC EXECUTE SHUTDOWN MERGE KILL PURGE RESTORE XP_CMDSHELL'.split(
    ' ',
  ),
);

/** What can be dropped, altered or created: after DROP these make a statement out of a word. */
export const OBJECT_KINDS: ReadonlySet<string> = new Set(
  `TABLE DATABASE SCHEMA VIEW INDEX SEQUENCE FUNCTION PROCEDURE PROC TRIGGER TYPE DOMAIN EXTENSION USER ROLE LOGIN GROUP
  POLICY RULE SERVER TABLESPACE EVENT OWNED MATERIALIZED FOREIGN TEMPORARY TEMP AGGREGATE COLLATION CONVERSION CAST
  OPERATOR PUBLICATION SUBSCRIPTION STATISTICS LANGUAGE SYNONYM ASSEMBLY CERTIFICATE CREDENTIAL SYMMETRIC ASYMMETRIC
  MASTER KEY ENDPOINT AVAILABILITY PARTITION FULLTEXT XML SECURITY SERVICE QUEUE CONTRACT MESSAGE ROUTE REMOTE
  APPLICATION WORKLOAD RESOURCE EXTERNAL SPATIAL UNDO LOGFILE RESOURCE TRANSFORM ACCESS TEXT PACKAGE COLUMN`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Roles and privileges that make their holder an administrator. */
export const ADMIN_WORDS: ReadonlySet<string> = new Set(
  `SUPERUSER SYSADMIN SECURITYADMIN SERVERADMIN DB_OWNER DBA SUPER PG_EXECUTE_SERVER_PROGRAM PG_WRITE_SERVER_FILES
  PG_READ_SERVER_FILES RDS_SUPERUSER CLOUDSQLSUPERUSER AZURE_PG_ADMIN CREATEROLE BYPASSRLS SYSTEM_USER ROOT`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Tables that hold password hashes and the like. */
export const SECRET_TABLES: ReadonlySet<string> = new Set(
  'pg_shadow pg_authid pg_user_mapping pg_user_mappings sql_logins syslogins sysusers'.split(' '),
);

/** Tables of the system catalogue: changing their rows changes accounts or breaks the database. */
export const CATALOG_TABLES: ReadonlySet<string> = new Set(
  `pg_authid pg_shadow pg_class pg_proc pg_attribute pg_auth_members pg_database sqlite_master sqlite_schema
  sqlite_sequence sqlite_stat1 global_priv tables_priv db`
    .split(/\s+/)
    .filter((word) => word !== '' && word !== 'db'),
);

/** Words that may stand before a parenthesis without calling anything. */
export const NOT_FUNCTIONS: ReadonlySet<string> = new Set(
  `ADD ALL ALWAYS ANALYSE ANALYZE AND ANY APPLY ARRAY AS ASC BEGIN BERNOULLI BETWEEN BIGINT BINARY BIT BLOB BUFFERS BY CASE CAST
  CHAR CHARACTER CHECK CLOB COLLATE COLUMN COLUMNS CONFLICT CONSTRAINT COPY CROSS DATETIME DATETIME2 DATETIMEOFFSET DEC
  DECIMAL DEFAULT DESC DISTINCT DIV DO DOUBLE ELSE END ENUM ESCAPE EXCEPT EXECUTE EXISTS EXPLAIN FETCH FILTER FLOAT FOR FORCE FROM
  FULL GENERATED GLOB GROUP HASH HAVING IGNORE ILIKE IN INDEX INDEXED INNER INT INTEGER INTERSECT INTERVAL INTO IS JOIN
  KEY LATERAL LIKE LIMIT LIST MATCHED MATERIALIZED MEDIUMINT MERGE MINUS NATURAL NCHAR NOLOCK NOT NUMBER NUMERIC NVARCHAR OF OFFSET ON
  ONLY OPTION OR ORDER OUTER OVER OVERLAPS PARTITION PATH PIVOT PRECISION PRIMARY QUALIFY RANGE REAL RECURSIVE REFERENCES REGEXP
  RETURNING RLIKE ROLLUP ROWS SELECT SET SETS SIMILAR SMALLINT SOME STORED STRAIGHT_JOIN SYSTEM TABLE TABLESAMPLE TEXT THEN
  TIMESTAMPTZ TINYINT TO TOP UNION UNIQUE UNPIVOT USE USING VALUES VARBINARY VARCHAR VARYING VIRTUAL WHEN WHERE WINDOW WITH WITHIN XOR`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** PRAGMAs of SQLite that only read when no value is given. */
export const READ_PRAGMAS: ReadonlySet<string> = new Set(
  `APPLICATION_ID AUTO_VACUUM AUTOMATIC_INDEX BUSY_TIMEOUT CACHE_SIZE CACHE_SPILL CELL_SIZE_CHECK CHECKPOINT_FULLFSYNC
  COLLATION_LIST COMPILE_OPTIONS DATA_VERSION DATABASE_LIST DEFER_FOREIGN_KEYS ENCODING FOREIGN_KEY_CHECK FOREIGN_KEY_LIST
  FOREIGN_KEYS FREELIST_COUNT FULLFSYNC FUNCTION_LIST HARD_HEAP_LIMIT INDEX_INFO INDEX_LIST INDEX_XINFO INTEGRITY_CHECK
  JOURNAL_MODE JOURNAL_SIZE_LIMIT LEGACY_FILE_FORMAT LOCKING_MODE MAX_PAGE_COUNT MMAP_SIZE MODULE_LIST PAGE_COUNT PAGE_SIZE
  PRAGMA_LIST QUERY_ONLY QUICK_CHECK READ_UNCOMMITTED RECURSIVE_TRIGGERS SCHEMA_VERSION SECURE_DELETE SOFT_HEAP_LIMIT STATS
  SYNCHRONOUS TABLE_INFO TABLE_LIST TABLE_XINFO TEMP_STORE THREADS TRUSTED_SCHEMA USER_VERSION WAL_AUTOCHECKPOINT`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** PRAGMAs whose argument in parentheses says what to read, not what to set. */
export const QUERY_PRAGMAS: ReadonlySet<string> = new Set(
  `FOREIGN_KEY_CHECK FOREIGN_KEY_LIST INDEX_INFO INDEX_LIST INDEX_XINFO INTEGRITY_CHECK QUICK_CHECK TABLE_INFO TABLE_LIST
  TABLE_XINFO`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** PRAGMAs that can corrupt a database or lock its owner out when set. */
export const DANGEROUS_PRAGMAS: ReadonlySet<string> = new Set(
  'WRITABLE_SCHEMA REKEY HEXREKEY KEY HEXKEY SCHEMA_VERSION IGNORE_CHECK_CONSTRAINTS TRUSTED_SCHEMA'.split(' '),
);
