/**
 * Keeps the write-ahead log short. SQLite moves it into the database after a commit, without the write lock: where several
 * processes write without a pause, another commit is always behind it by then, the log never starts over, and each commit pays
 * two more flushes for nothing. So its own upkeep is off: a process that finds the log long moves it beside the others, and what
they added meanwhile in its next turn.
 */

import SqliteDatabase, { type Database, type Statement } from 'better-sqlite3';

/** A log of so many frames is moved; each is a page and 24 bytes. A commit writes about ten. */
export const MAX_WAL_FRAMES = 2000;

/** The upkeep over one connection. */
export class WalUpkeep {
  readonly #look: Statement<unknown[], unknown>;
  readonly #move: Statement<unknown[], unknown>;
  readonly #restart: Statement<unknown[], unknown>;
  /** From how many frames on to move it: further, where a reader was in the way. */
  #from = MAX_WAL_FRAMES;
  #isDue = false;

  constructor(database: Database) {
    this.#look = database.prepare('PRAGMA wal_checkpoint(NOOP)');
    this.#move = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
    this.#restart = database.prepare('PRAGMA wal_checkpoint(RESTART)');
  }

  /** Whether the log was long after the last commit. */
  get isDue(): boolean {
    return this.#isDue;
  }

  /** After a commit: sees how long the log is, and moves most of a long one, without the write lock. The commit is made, so an error of the engine is none here. */
  note(): void {
    const frames = framesIn(answerOf(this.#look));
    if (frames < MAX_WAL_FRAMES) this.#from = MAX_WAL_FRAMES;
    const wasDue = this.#isDue;
    this.#isDue = frames >= this.#from;
    if (this.#isDue && !wasDue) answerOf(this.#move);
  }

  /**
   * Moves what is left of the log, if it is still long, while nobody writes. Call it when no transaction is open. An error of the engine is not
   * reported: what is in the log is durable there, and the commit that follows meets it too.
   */
  restart(): void {
    this.note();
    if (!this.#isDue) return;
    this.#isDue = false;
    const answer = answerOf(this.#restart);
    if (wasBusy(answer)) this.#from = framesIn(answer) + MAX_WAL_FRAMES;
  }
}

function answerOf(statement: Statement<unknown[], unknown>): unknown {
  try {
    return statement.get();
  } catch (error) {
    if (error instanceof SqliteDatabase.SqliteError) return undefined;
    throw error;
  }
}

/** -1 where the database has no write-ahead log, or another connection is moving it. */
function framesIn(row: unknown): number {
  return typeof row === 'object' && row !== null && 'log' in row && typeof row.log === 'number' ? row.log : -1;
}

function wasBusy(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'busy' in row && row.busy !== 0;
}
