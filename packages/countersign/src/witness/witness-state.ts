/**
 * What a witness has seen: the newest cosigned checkpoint of each log, in a SQLite file of its own. It is looked at and replaced in
 * one transaction, flushed before anybody learns of it: a witness that forgets could be shown two trees.
 */

import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { decodeBase64, encodeBase64, type WitnessedTree } from '@countersign/tlog';
import Database from 'better-sqlite3';
import { z } from 'zod';

/** The newest checkpoint of a log. */
export interface WitnessedCheckpoint extends WitnessedTree {
  /** The signed note, with the cosignature of this witness. */
  readonly note: string;
}

/** The state of a witness. */
export interface WitnessState {
  /** The newest checkpoint by the hash of the origin (SHA-256 in lower-case hex). */
  checkpoint(originHash: string): string | undefined;
  /**
   * Lets `decide` see what is known of a log, and stores what it answers, in one step that no other process can come between.
   * Durable when this returns.
   */
  update<T>(
    log: { readonly origin: string; readonly originHash: string },
    decide: (known: WitnessedTree | undefined) => { readonly answer: T; readonly store?: WitnessedCheckpoint },
  ): T;
  close(): void;
}

/** "CSWT" in ASCII: marks a file as the state of a witness. */
const APPLICATION_ID = 0x43535754;

/** How long another process may hold the file. */
const BUSY_TIMEOUT_MS = 5000;

const SCHEMA = `CREATE TABLE checkpoints (
  origin TEXT PRIMARY KEY,
  origin_hash TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL CHECK (size >= 0),
  root TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID`;

const row = z.object({ size: z.int().nonnegative(), root: z.string() });

/**
 * Opens the state in a file, or makes it.
 * @throws Error when the file belongs to something else.
 */
export function openWitnessState(path: string): WitnessState {
  const isNew = !existsSync(path);
  if (isNew) mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    prepare(database);
  } catch (error) {
    database.close();
    throw error;
  }
  const select = database.prepare<[string], unknown>('SELECT size, root FROM checkpoints WHERE origin = ?');
  const selectNote = database.prepare<[string], unknown>('SELECT note FROM checkpoints WHERE origin_hash = ?').pluck();
  const put = database.prepare(
    'INSERT INTO checkpoints (origin, origin_hash, size, root, note) VALUES (?, ?, ?, ?, ?) ON CONFLICT (origin) DO UPDATE SET size = excluded.size, root = excluded.root, note = excluded.note',
  );
  return {
    checkpoint: (originHash) => z.string().optional().parse(selectNote.get(originHash)),
    update: ({ origin, originHash }, decide) =>
      database
        .transaction(() => {
          const found = select.get(origin);
          const decided = decide(found === undefined ? undefined : readRow(found));
          const { store } = decided;
          if (store !== undefined) put.run(origin, originHash, store.size, encodeBase64(store.root), store.note);
          return decided.answer;
        })
        .immediate(),
    close: () => void database.close(),
  };
}

function readRow(found: unknown): WitnessedTree {
  const { size, root } = row.parse(found);
  return { size, root: decodeBase64(root) };
}

function prepare(database: Database.Database): void {
  database.pragma('journal_mode = WAL');
  // The setting does not outlive a connection, and WAL mode would begin with a weaker one.
  database.pragma('synchronous = FULL');
  database
    .transaction(() => {
      const id = database.pragma('application_id', { simple: true });
      if (id === APPLICATION_ID) return;
      const tables = database.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
      if (id !== 0 || tables !== 0) throw new Error('The file is no state of a witness, and was left as it is.');
      database.exec(SCHEMA);
      database.pragma(`application_id = ${APPLICATION_ID}`);
    })
    .immediate();
}
