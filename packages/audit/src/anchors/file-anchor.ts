/**
 * The append-only anchor file: each checkpoint on a line of its own paragraph, flushed to the disk, on another disk or share
 * than the log. Several processes and several logs may write to one file; it is never shortened, and a log that is behind it
 * is not anchored.
 */

import { closeSync, constants, fstatSync, fsync, openSync, readSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { checkIdentifier, type Environment, type JsonValue } from '@countersign/core';
import { encodeBase64 } from '@countersign/tlog';
import { acquireFileLock } from '../file-lock.js';
import { specialFileAt } from '../replace-file.js';
import { isErrorWithCode } from '../system-error.js';
import { type Anchor, AnchorError, type AnchorSubject, LOCAL_INTERVAL_MS } from './anchor.js';
import { type ListedNote, parseNoteList } from './note-list.js';

/** What `createFileAnchor` needs. */
export interface FileAnchorOptions {
  /** The file. Its folder is there; it had better be on another disk, or one that only takes what is appended. */
  readonly path: string;
  /** Its name on record; `file` when not given. The path is not recorded. */
  readonly name?: string;
  /** The least time from one line to the next; a second when not given. */
  readonly intervalMs?: number;
}

/** How much of the end of the file is looked at for the newest checkpoint of a log. */
export const FILE_ANCHOR_TAIL_BYTES = 1024 * 1024;

/** How long to wait for other processes that write to the file. */
const LOCK_TIMEOUT_MS = 15_000;

/** An anchor that appends to a file. @throws ConfigError for a name that cannot stand in an entry. */
export function createFileAnchor(options: FileAnchorOptions): Anchor {
  const { name = 'file', intervalMs = LOCAL_INTERVAL_MS } = options;
  checkIdentifier('name', name);
  const path = resolve(options.path);
  const memory: FileMemory = { length: 0 };
  return {
    kind: 'file',
    name,
    intervalMs,
    isLocal: true,
    anchor: async (subject, { environment }) => append({ path, subject, memory, environment }),
    // All of them: nobody can hide the newest one behind a line that no key has signed.
    newest: async (origin) => notesOf(readTail(path), origin).map(({ note }) => note),
  };
}

/** What this process knows of the file. */
interface FileMemory {
  length: number;
}

async function append(work: {
  readonly path: string;
  readonly subject: AnchorSubject;
  readonly memory: FileMemory;
  readonly environment: Environment;
}): Promise<JsonValue> {
  const { path, environment } = work;
  try {
    // Before there is as much as a lock beside what is not ours.
    refuseSpecial(path);
    const lock = await acquireFileLock({
      path: `${path}.lock`,
      environment,
      timeoutMs: LOCK_TIMEOUT_MS,
      onTakeover: () => undefined,
    });
    if (lock === undefined) throw new AnchorError('ANCHOR_TIMEOUT', `The anchor file ${path} stayed locked.`);
    try {
      return await appendLocked(work);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw error instanceof AnchorError ? error : ioError(path, error);
  }
}

async function appendLocked({ path, subject, memory }: Parameters<typeof append>[0]): Promise<JsonValue> {
  const file = openSync(path, constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | NO_FOLLOW, 0o600);
  try {
    const { size: length } = fstatSync(file);
    if (length < memory.length) throw shortened(path, memory.length, length);
    const tail = readEnd(file, length);
    checkForward(path, notesOf(tail, subject.checkpoint.origin)[0], subject);
    // What was cut off before this stays, on lines of its own.
    const lead = length === 0 || tail.endsWith('\n') ? '' : '\n';
    const text = `${lead}${length === 0 ? '' : '\n'}${subject.note}`;
    writeWhole(file, Buffer.from(text, 'utf8'));
    await flush(file);
    memory.length = fstatSync(file).size;
    return { offset: memory.length - Buffer.byteLength(subject.note) };
  } finally {
    closeSync(file);
  }
}

/** A file that knows more than the log, or otherwise, says that the log was cut back or forked: it must not be told anything newer. */
function checkForward(path: string, newest: ListedNote | undefined, { checkpoint }: AnchorSubject): void {
  if (newest === undefined) return;
  const known = newest.checkpoint;
  const isOther = known.size === checkpoint.size && encodeBase64(known.root) !== encodeBase64(checkpoint.root);
  if (known.size <= checkpoint.size && !isOther) return;
  throw new AnchorError(
    'ANCHOR_AHEAD',
    `The anchor file ${path} knows ${known.size} entries of the log, which now has ${checkpoint.size}, or has others.`,
    { hint: 'The log was cut back or forked. Keep both files, and run: countersign verify --against <anchor file>' },
  );
}

const flush = promisify(fsync);

// Windows has no such flag.
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0;

function writeWhole(file: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}

function readEnd(file: number, length: number): string {
  const buffer = Buffer.alloc(Math.min(length, FILE_ANCHOR_TAIL_BYTES));
  const read = readSync(file, buffer, 0, buffer.length, Math.max(0, length - buffer.length));
  return buffer.toString('utf8', 0, read);
}

function readTail(path: string): string {
  refuseSpecial(path);
  let file: number | undefined;
  try {
    file = openSync(path, constants.O_RDONLY | NO_FOLLOW);
    return readEnd(file, fstatSync(file).size);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return '';
    throw ioError(path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** The checkpoints of a log, the largest first: lines of two processes may have changed places. */
function notesOf(text: string, origin: string): readonly ListedNote[] {
  const own = new Map<string, ListedNote>();
  for (const listed of parseNoteList(text).notes) {
    if (listed.checkpoint.origin === origin) own.set(listed.note, listed);
  }
  return [...own.values()].sort((left, right) => right.checkpoint.size - left.checkpoint.size);
}

function shortened(path: string, before: number, now: number): AnchorError {
  return new AnchorError(
    'ANCHOR_SHORTENED',
    `The anchor file ${path} had ${before} bytes and has ${now}: it was shortened.`,
    {
      hint: 'Somebody cut it back or replaced it. Find out who, and keep a copy of the log and the file as they are.',
    },
  );
}

/** A device takes what is appended and may keep none of it; a pipe makes its reader wait. */
function refuseSpecial(path: string): void {
  const found = specialFileAt(path);
  if (found === undefined) return;
  throw new AnchorError('ANCHOR_IO', `The anchor file ${path}: a regular file was expected, and ${found} is there.`, {
    hint: 'Give the path of a regular file, or of none. Nothing was touched.',
  });
}

function ioError(path: string, cause: unknown): AnchorError {
  return new AnchorError('ANCHOR_IO', `The anchor file ${path} cannot be read or written.`, {
    hint: 'See that its folder is there and that this account may write to it.',
    cause,
  });
}
