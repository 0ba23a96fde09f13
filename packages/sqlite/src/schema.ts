/**
 * The database schema, as text: `inspect` compares what a file holds with exactly these statements.
 * Searchable columns are generated from the leaf, so that no column can say what its signed leaf does not.
 */

/** "CSLG" in ASCII: marks a file as ours (SQLite's `application_id`). */
export const APPLICATION_ID = 0x43534c47;

/** The schema version that this code writes (SQLite's `user_version`). */
export const SCHEMA_VERSION = 2;

/** The condition of every index over begin entries, word for word as queries state it: the engine takes the index only then. */
export const IS_BEGIN = 'begins';

/** A member of the leaf; NULL where the leaf is no JSON, so that a damaged one breaks no query for the others. */
function member(path: string): string {
  return `(CASE WHEN json_valid(leaf) THEN leaf ->> '$.${path}' END)`;
}

/** The statements of schema version 1, one object each. */
export const SCHEMA_1: readonly string[] = [
  `CREATE TABLE entries (
  idx INTEGER PRIMARY KEY,
  leaf TEXT,
  leaf_hash BLOB NOT NULL CHECK (length(leaf_hash) = 32),
  id TEXT AS ${member('id')} VIRTUAL,
  kind TEXT AS ${member('kind')} VIRTUAL,
  time TEXT AS ${member('time')} VIRTUAL,
  run TEXT AS ${member('run')} VIRTUAL,
  call TEXT AS ${member('call')} VIRTUAL,
  session TEXT AS ${member('session')} VIRTUAL,
  tool TEXT AS ${member('tool')} VIRTUAL,
  risk TEXT AS ${member('risk')} VIRTUAL,
  decision TEXT AS ${member('decision')} VIRTUAL,
  actor TEXT AS ${member('actor.id')} VIRTUAL,
  begins INTEGER AS (kind IN ('tool-call', 'tool-refused')) VIRTUAL
) STRICT`,
  'CREATE UNIQUE INDEX entries_by_id ON entries (id)',
  'CREATE INDEX entries_by_kind ON entries (kind, idx)',
  'CREATE INDEX entries_by_call ON entries (call, run, idx)',
  `CREATE INDEX calls_by_index ON entries (idx) WHERE ${IS_BEGIN}`,
  `CREATE UNIQUE INDEX calls_once ON entries (run, call) WHERE ${IS_BEGIN}`,
  `CREATE INDEX calls_by_session ON entries (session, idx) WHERE ${IS_BEGIN}`,
  `CREATE INDEX calls_by_time ON entries (time, idx) WHERE ${IS_BEGIN}`,
  `CREATE INDEX calls_by_risk ON entries (risk, idx) WHERE ${IS_BEGIN}`,
  `CREATE INDEX calls_by_tool ON entries (tool, idx) WHERE ${IS_BEGIN}`,
  `CREATE TABLE payloads (
  idx INTEGER NOT NULL,
  name TEXT NOT NULL,
  salt BLOB NOT NULL CHECK (length(salt) = 16),
  bytes BLOB NOT NULL,
  PRIMARY KEY (idx, name)
) STRICT, WITHOUT ROWID`,
  `CREATE TABLE checkpoints (
  size INTEGER PRIMARY KEY,
  note TEXT NOT NULL,
  kept INTEGER NOT NULL CHECK (kept IN (0, 1))
) STRICT`,
  `CREATE TABLE head (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  size INTEGER NOT NULL,
  edge BLOB NOT NULL
) STRICT`,
  `CREATE TABLE approval_requests (
  id TEXT PRIMARY KEY,
  record TEXT NOT NULL,
  state TEXT AS (record ->> '$.state') VIRTUAL,
  session TEXT AS (record ->> '$.request.session') VIRTUAL,
  requested INTEGER AS (record ->> '$.request.requestedAtUs') VIRTUAL
) STRICT, WITHOUT ROWID`,
  'CREATE INDEX approval_requests_by_state ON approval_requests (state, requested, id)',
  `CREATE TABLE approval_grants (
  id TEXT PRIMARY KEY,
  record TEXT NOT NULL,
  issued INTEGER AS (record ->> '$.grant.issuedAtUs') VIRTUAL
) STRICT, WITHOUT ROWID`,
];

/** A member of a grant's row; NULL where the row is no JSON, as for leaves. */
function ofGrant(path: string): string {
  return `(CASE WHEN json_valid(record) THEN record ->> '$.${path}' END)`;
}

/** The expressions of the index over grants that may still answer, word for word as queries state them. */
export const GRANT = {
  toolDigest: ofGrant('grant.toolDigest'),
  /** A grant of no session stands under the empty name. */
  session: `coalesce(${ofGrant('grant.session')}, '')`,
  expires: ofGrant('grant.expiresAtUs'),
  isLive: `${ofGrant('revoked')} = 0 AND ${ofGrant('used')} < ${ofGrant('grant.uses')}`,
} as const;

/** What version 2 adds: a call finds its grants among all the others. */
export const SCHEMA_2: readonly string[] = [
  `CREATE INDEX live_grants ON approval_grants (${GRANT.toolDigest}, ${GRANT.session}, ${GRANT.expires}) WHERE ${GRANT.isLive}`,
];

/** The statements of the whole schema as this code writes it. */
export const SCHEMA: readonly string[] = [...SCHEMA_1, ...SCHEMA_2];
