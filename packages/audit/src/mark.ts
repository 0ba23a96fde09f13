/**
 * The high-water mark: the newest checkpoint that this machine has seen of a log, kept outside the database's directory, so
 * that a log that was cut back is noticed (log format, section 6).
 *
 * The file is replaced whole, by rename, under a lock, and never by a smaller checkpoint. What happens under the lock is a
 * few short system calls, made synchronously because waiting for a thread takes longer than they do; flushing, which can be
 * slow, is awaited. Should a process be suspended in the last microseconds before its rename and its lock be taken over, the
 * mark can fall behind until the next commit: a mark that is behind raises no false alarm.
 *
 * What is no regular file, a symbolic link included, is neither read nor replaced (see replace-file).
 */

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CountersignError, createSystemEnvironment, type Environment } from '@countersign/core';
import { type Checkpoint, encodeBase64, parseCheckpoint, parseNote } from '@countersign/tlog';
import { acquireFileLock } from './file-lock.js';
import { originHash } from './keys/key-dir.js';
import { ownProcess, type ProcessIdentity } from './process-identity.js';
import { flushFolder, flushPath, removeDraft, replaceLockedFile, specialFileAt } from './replace-file.js';
import { isErrorWithCode } from './system-error.js';

/** The codes of `MarkError`. */
export type MarkErrorCode =
  | 'MARK_DAMAGED'
  | 'MARK_FORKED'
  | 'MARK_OF_OTHER_LOG'
  | 'MARK_INVALID'
  | 'MARK_LOCKED'
  | 'MARK_IO';

/** A mark that cannot be read or advanced. */
export class MarkError extends CountersignError<MarkErrorCode> {}

/** What a mark holds. Its signatures are not verified here. */
export interface Mark {
  /** The signed note, as it was given to `advance`. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** The mark of one log. */
export interface MarkFile {
  readonly path: string;
  /** What the file holds; undefined when there is none. @throws MarkError MARK_DAMAGED, MARK_IO. */
  read(): Promise<Mark | undefined>;
  /**
   * Moves the mark forward to a checkpoint of `size` leaves; a mark that is further already stays.
   * @param options.flush Do not return before the mark is on the disk. Otherwise it is flushed every 200 ms at most.
   * @throws MarkError MARK_FORKED when the mark has the same size and another root; MARK_OF_OTHER_LOG when it has another
   * origin; MARK_INVALID when the note is no checkpoint of that size; MARK_DAMAGED, MARK_LOCKED, MARK_IO.
   */
  advance(note: string, size: number, options: { readonly flush: boolean }): Promise<void>;
}

/** The largest mark, in bytes. */
export const MAX_MARK_BYTES = 64 * 1024;

/** Marks that need not be flushed at once are flushed at most this often. */
export const MARK_FLUSH_INTERVAL_MS = 200;

/** How long `advance` waits for the lock: longer than it takes to take over one that was left behind. */
export const MARK_LOCK_TIMEOUT_MS = 15_000;

/** The mark file at a path. Nothing is read or written yet. */
export function openMark(options: { readonly path: string; readonly environment?: Environment }): MarkFile {
  const { path, environment = createSystemEnvironment() } = options;
  return new LockedMarkFile(path, environment);
}

/** Where the mark of a log is kept by default: `<home>/.countersign/marks/<hash of origin>`. */
export function defaultMarkPath(origin: string, home: string): string {
  return join(home, '.countersign', 'marks', originHash(origin));
}

/** A mark file and what this process remembers of it: its place in the queue, and when it last flushed. */
class LockedMarkFile implements MarkFile {
  readonly path: string;
  readonly #environment: Environment;
  readonly #owner: ProcessIdentity = ownProcess();
  #flushedUs = Number.NEGATIVE_INFINITY;
  /** What the file held when this process saw it last: the same bytes need not be parsed again. */
  #seen: Mark | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string, environment: Environment) {
    this.path = path;
    this.#environment = environment;
  }

  async read(): Promise<Mark | undefined> {
    return readMark(this.path);
  }

  async advance(note: string, size: number, { flush }: { readonly flush: boolean }): Promise<void> {
    const next = parseMark(note);
    if (next === undefined || next.checkpoint.size !== size || note.length > MAX_MARK_BYTES) {
      throw new MarkError('MARK_INVALID', 'Advancing the mark: a signed checkpoint of the stated size was expected.');
    }
    // One at a time within the process: only other processes need the lock.
    const turn = this.#last.then(() => this.#advance(next, flush));
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  async #advance(next: Mark, flush: boolean): Promise<void> {
    const isDue = this.#environment.monotonicUs() - this.#flushedUs >= MARK_FLUSH_INTERVAL_MS * 1000;
    const flushNow = flush || isDue;
    try {
      while (!(await this.#tryReplace(next, flushNow)));
    } catch (error) {
      throw error instanceof MarkError ? error : ioError(this.path, error);
    }
    if (flushNow) this.#flushedUs = this.#environment.monotonicUs();
  }

  /** False when the lock was lost on the way and nothing was written. */
  async #tryReplace(next: Mark, flush: boolean): Promise<boolean> {
    const isBehind = (): boolean => isForward(this.path, this.#look(), next);
    // Before there is as much as a lock beside what is not ours.
    refuseSpecial(this.path);
    const lock = await acquireFileLock({
      path: `${this.path}.lock`,
      environment: this.#environment,
      owner: this.#owner,
      timeoutMs: MARK_LOCK_TIMEOUT_MS,
      // While one process waits for the lock, another may carry the mark past it.
      isWanted: isBehind,
      onTakeover: (token) => removeDraft(this.path, token),
    });
    try {
      if (isBehind()) {
        if (lock === undefined) throw lockedError(this.path);
        if (!(await replaceLockedFile({ path: this.path, what: 'mark' }, next.note, { lock, flush }))) return false;
        this.#seen = next;
      } else if (flush) {
        // What is there may be another process's, and not flushed yet.
        await flushPath(this.path, 'r+');
      }
    } finally {
      lock?.release();
    }
    if (flush) await flushFolder(dirname(this.path));
    return true;
  }

  #look(): Mark | undefined {
    this.#seen = readMark(this.path, this.#seen);
    return this.#seen;
  }
}

/** Whether `next` is ahead. @throws MarkError MARK_FORKED, MARK_OF_OTHER_LOG when both cannot be of one log. */
function isForward(path: string, current: Mark | undefined, next: Mark): boolean {
  if (current === undefined) return true;
  const [known, found] = [current.checkpoint, next.checkpoint];
  if (known.origin !== found.origin) {
    throw new MarkError('MARK_OF_OTHER_LOG', `The mark ${path} belongs to another log.`, {
      hint: 'Give each log a mark file of its own.',
    });
  }
  if (known.size === found.size && encodeBase64(known.root) !== encodeBase64(found.root)) {
    throw new MarkError('MARK_FORKED', `The mark ${path} knows another log of the same ${known.size} entries.`, {
      hint: 'The log was forked or replaced. Keep both files, and run: countersign verify',
    });
  }
  return found.size > known.size;
}

function readMark(path: string, known?: Mark): Mark | undefined {
  const bytes = readBytes(path);
  if (bytes === undefined) return undefined;
  if (known !== undefined && Buffer.from(known.note, 'utf8').equals(bytes)) return known;
  const mark = bytes.length > MAX_MARK_BYTES ? undefined : parseMark(bytes);
  if (mark !== undefined) return mark;
  throw new MarkError('MARK_DAMAGED', `The mark ${path} is not a signed checkpoint.`, {
    hint: 'Compare the log with an anchor or a receipt kept elsewhere; delete the mark only when the log is found complete.',
  });
}

/** At most one byte more than a mark may have; undefined when there is no file. */
function readBytes(path: string): Uint8Array | undefined {
  let file: number | undefined;
  try {
    refuseSpecial(path);
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const buffer = Buffer.alloc(MAX_MARK_BYTES + 1);
    return buffer.subarray(0, readSync(file, buffer));
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error instanceof MarkError ? error : ioError(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function parseMark(note: string | Uint8Array): Mark | undefined {
  try {
    const text =
      typeof note === 'string' ? note : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(note);
    return { note: text, checkpoint: parseCheckpoint(parseNote(text).text) };
  } catch {
    // Whatever is wrong with it, it is no signed checkpoint.
    return undefined;
  }
}

function lockedError(path: string): MarkError {
  return new MarkError('MARK_LOCKED', `The mark ${path} stayed locked for ${MARK_LOCK_TIMEOUT_MS / 1000} s.`, {
    hint: `Another process holds it. If none does, delete ${path}.lock`,
  });
}

function refuseSpecial(path: string): void {
  const found = specialFileAt(path);
  if (found === undefined) return;
  throw new MarkError('MARK_IO', `The mark ${path}: a regular file was expected, and ${found} is there.`, {
    hint: 'Give the mark the path of a regular file, or of none. Nothing was touched.',
  });
}

function ioError(path: string, cause: unknown): MarkError {
  return new MarkError('MARK_IO', `The mark ${path} cannot be read or written.`, { cause });
}
