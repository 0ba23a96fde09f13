/** Attacks on the SQLite file itself, behind the store's back: triggers, views, indexes, tables, the schema's text, settings. */

import type { FindingCode } from '@countersign/audit/verify';

/** One attack on a file. */
export interface EngineAttack {
  readonly cls: number;
  readonly title: string;
  /** Codes of which at least one must be found where the file can be opened. */
  readonly expected: readonly FindingCode[];
  /** The code of the error with which opening the file may end. */
  readonly refused?: string;
  /** Statements, for a connection on which the schema may be written and which is not defensive. */
  readonly sql: string;
}

const USED_AGAIN = `UPDATE approval_requests SET record = replace(record, '"used"', '"approved"')`;

const SCHEMA: readonly FindingCode[] = ['STORE_SCHEMA'];

export const engineAttacks: readonly EngineAttack[] = [
  sql(
    77,
    'a trigger deletes payloads as entries come',
    SCHEMA,
    'CREATE TRIGGER t AFTER INSERT ON entries BEGIN DELETE FROM payloads WHERE idx = 3; END',
  ),
  sql(78, 'a view stands beside the table', SCHEMA, 'CREATE VIEW v AS SELECT * FROM entries WHERE idx <> 3'),
  {
    ...sql(
      78,
      'a table is renamed and a view takes its name',
      SCHEMA,
      'ALTER TABLE payloads RENAME TO hidden; CREATE VIEW payloads AS SELECT * FROM hidden WHERE idx <> 3',
    ),
    refused: 'STORE_DAMAGED',
  },
  sql(79, 'an index is dropped', SCHEMA, 'DROP INDEX calls_by_risk'),
  sql(
    79,
    'an index of the same name holds other rows',
    SCHEMA,
    "DROP INDEX calls_by_risk; CREATE INDEX calls_by_risk ON entries (risk, idx) WHERE kind = 'x'",
  ),
  sql(
    79,
    'an index lies, and the schema says that it does not',
    ['STORE_INTEGRITY'],
    `DROP INDEX entries_by_kind; CREATE INDEX entries_by_kind ON entries (kind, idx) WHERE idx <> 3; ${schema(
      "sql = 'CREATE INDEX entries_by_kind ON entries (kind, idx)' WHERE name = 'entries_by_kind'",
    )}`,
  ),
  sql(80, 'an index is over another collation', SCHEMA, 'CREATE INDEX more ON entries (tool COLLATE NOCASE)'),
  sql(80, 'an index is over an expression', SCHEMA, 'CREATE INDEX more ON entries (lower(leaf))'),
  sql(
    81,
    'a check is taken out of the schema',
    SCHEMA,
    schema("sql = replace(sql, 'CHECK (length(leaf_hash) = 32)', '') WHERE name = 'entries'"),
  ),
  sql(
    81,
    'a derived column is told to read another member',
    SCHEMA,
    schema("sql = replace(sql, '$.risk', '$.kind') WHERE name = 'entries'"),
  ),
  sql(82, 'a table is added', SCHEMA, 'CREATE TABLE notes (text TEXT)'),
  sql(82, 'a column is added', SCHEMA, 'ALTER TABLE entries ADD COLUMN extra TEXT'),
  {
    ...sql(83, 'the owner in the header is another', [], 'PRAGMA application_id = 1'),
    refused: 'STORE_NOT_OURS',
  },
  {
    ...sql(83, 'the version in the header is a later one', [], 'PRAGMA user_version = 99'),
    refused: 'STORE_FROM_THE_FUTURE',
  },
  sql(16, 'a row of a request says that it may be used again', ['ROW_MISMATCH'], USED_AGAIN),
];

function sql(cls: number, title: string, expected: readonly FindingCode[], text: string): EngineAttack {
  return { cls, title, expected, sql: text };
}

/** Changes the text of the schema. */
function schema(change: string): string {
  return `PRAGMA writable_schema = ON; UPDATE sqlite_schema SET ${change}; PRAGMA writable_schema = OFF`;
}
