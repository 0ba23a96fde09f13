/**
 * The keys of sealed payloads: one for each session, and one for what belongs to none, in the folder `sessions` beside the keys
 * of the log. Whoever destroys the key of a session has forgotten what it said, in every copy of the database.
 *
 * A key is the file `<session>/<rest>.key`: 20 hex digits of a hash of the session, 12 random ones; both together are its id,
 * which stands with everything that it seals. It is on the disk before it seals anything. A key that is to be destroyed is first
 * moved to `forgetting/<session>-<rest>-<newest>.key`, where it opens but seals no more; `newest` is the newest erasure at that
 * time, so that a crash leaves no doubt about whether the forgetting was put on record. Keys are made and moved under the write
 * lock of the store, which is what keeps several processes from getting in each other's way.
 */

import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Environment } from '@countersign/core';
import { KeyError } from '../errors.js';
import { eraseKeyFile, flushDirectory } from '../keys/key-file.js';
import { isErrorWithCode } from '../system-error.js';
import { SEALING_KEY_BYTES } from './seal.js';

/** A key and its id. */
export interface SealingKey {
  /** 16 bytes. */
  readonly id: Uint8Array;
  readonly key: Uint8Array;
}

/** A key that was moved away to be destroyed. */
export interface SetAsideKey {
  /** The digits that stand for the session (`sessionDigits`). */
  readonly session: string;
  readonly rest: string;
  /** The index of the newest erasure when it was moved, -1 for none. */
  readonly newest: number;
}

/** Where sealing keys come from. What is synchronous is called under the write lock of the store. */
export interface SessionKeys {
  /** Whether there is any key, or ever was one. */
  readonly areThere: boolean;
  /** The key of a session, made where there is none. @throws KeyError KEY_MISSING when it cannot be made. */
  keyOf(session: string | undefined): SealingKey;
  /** The key with this id; undefined when it is not there. @throws KeyError KEY_EXPOSED, KEY_INVALID. */
  find(id: Uint8Array): SealingKey | undefined;
  /** Moves the keys of a session away, and answers them with those that were moved before. */
  setAside(session: string, newest: number): readonly SetAsideKey[];
  /** A key of a session that was moved away; undefined where there is none. */
  asideOf(session: string): SealingKey | undefined;
  /** All keys that were moved away. */
  asides(): readonly SetAsideKey[];
  /** Puts a key back to where it seals again. */
  restore(key: SetAsideKey): void;
  /** Overwrites a key and deletes it. @throws KeyError KEY_NOT_ERASED */
  destroy(key: SetAsideKey): Promise<void>;
}

/** The folder of session keys beside the keys of a log. */
export function sessionKeyDir(keyDir: string): string {
  return join(keyDir, 'sessions');
}

/** The digits that stand for a session in the ids of its keys. */
export function sessionDigits(session: string | undefined): string {
  // No session is named by an empty text.
  return createHash('sha256')
    .update(`countersign/session/v1\0${session ?? ''}`)
    .digest('hex')
    .slice(0, SESSION_DIGITS);
}

/** The session keys in a folder, which is made with the first key. */
export function openSessionKeys(dir: string, environment: Environment): SessionKeys {
  return new KeyFolder(dir, environment);
}

const SESSION_DIGITS = 20;
const ASIDE = 'forgetting';
const KEY_FILE = /^([0-9a-f]{12})\.key$/;
const ASIDE_FILE = /^([0-9a-f]{20})-([0-9a-f]{12})-(\d{1,16})\.key$/;

/** How many keys are kept in memory. */
const MAX_KNOWN = 1000;

interface StoredKey extends SealingKey {
  readonly path: string;
}

class KeyFolder implements SessionKeys {
  readonly #dir: string;
  readonly #environment: Environment;
  /** By the hex digits of their ids. */
  readonly #known = new Map<string, StoredKey>();
  /** The key that seals for a session, by its digits. */
  readonly #sealing = new Map<string, StoredKey>();

  constructor(dir: string, environment: Environment) {
    this.#dir = dir;
    this.#environment = environment;
  }

  get areThere(): boolean {
    return existsSync(this.#dir);
  }

  keyOf(session: string | undefined): SealingKey {
    const digits = sessionDigits(session);
    const remembered = this.#sealing.get(digits);
    // Another process may have moved it away: what it seals from then on could never be read again.
    if (remembered !== undefined && existsSync(remembered.path)) return remembered;
    const key = this.#firstOf(digits) ?? this.#make(digits);
    if (this.#sealing.size >= MAX_KNOWN) this.#sealing.clear();
    this.#sealing.set(digits, key);
    return key;
  }

  find(id: Uint8Array): SealingKey | undefined {
    const hex = Buffer.from(id).toString('hex');
    const known = this.#known.get(hex);
    if (known !== undefined && existsSync(known.path)) return known;
    const [digits, rest] = [hex.slice(0, SESSION_DIGITS), hex.slice(SESSION_DIGITS)];
    const found = readKey(this.#pathOf(digits, rest), hex) ?? this.#findAside(digits, rest);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    if (found === undefined) this.#known.delete(hex);
    else this.#known.set(hex, found);
    return found;
  }

  setAside(session: string, newest: number): readonly SetAsideKey[] {
    const digits = sessionDigits(session);
    const moved = this.#restsOf(digits).map((rest): SetAsideKey => ({ session: digits, rest, newest }));
    const before = this.asides().filter((key) => key.session === digits);
    if (moved.length > 0) makeFolder(join(this.#dir, ASIDE));
    for (const key of moved) renameSync(this.#pathOf(digits, key.rest), this.#asidePath(key));
    if (moved.length > 0) flushFolders(join(this.#dir, ASIDE), join(this.#dir, digits));
    this.#sealing.delete(digits);
    return [...before, ...moved];
  }

  asideOf(session: string): SealingKey | undefined {
    const digits = sessionDigits(session);
    const key = this.asides().find((one) => one.session === digits);
    return key && this.#findAside(digits, key.rest);
  }

  asides(): readonly SetAsideKey[] {
    return namesIn(join(this.#dir, ASIDE)).flatMap((name) => {
      const [, session, rest, after] = ASIDE_FILE.exec(name) ?? [];
      if (session === undefined || rest === undefined) return [];
      return [{ session, rest, newest: Number(after) - 1 }];
    });
  }

  restore(key: SetAsideKey): void {
    const path = this.#pathOf(key.session, key.rest);
    makeFolder(dirname(path));
    try {
      renameSync(this.#asidePath(key), path);
    } catch (error) {
      // Another process was faster.
      if (!isErrorWithCode(error, 'ENOENT')) throw error;
    }
    flushFolders(dirname(path), join(this.#dir, ASIDE));
  }

  async destroy(key: SetAsideKey): Promise<void> {
    const path = this.#asidePath(key);
    this.#known.delete(`${key.session}${key.rest}`);
    try {
      await eraseKeyFile(path, this.#environment);
      await flushDirectory(dirname(path));
    } catch (cause) {
      throw new KeyError(
        'KEY_NOT_ERASED',
        `The key ${path} of a session that is to be forgotten could not be erased.`,
        {
          hint: `Delete ${path}: with it, what the session said can still be read.`,
          cause,
        },
      );
    }
  }

  #restsOf(digits: string): readonly string[] {
    return namesIn(join(this.#dir, digits))
      .flatMap((name) => KEY_FILE.exec(name)?.[1] ?? [])
      .sort();
  }

  #firstOf(digits: string): StoredKey | undefined {
    for (const rest of this.#restsOf(digits)) {
      const key = readSoundKey(this.#pathOf(digits, rest), `${digits}${rest}`);
      if (key !== undefined) return key;
    }
    return undefined;
  }

  #findAside(digits: string, rest: string): StoredKey | undefined {
    const key = this.asides().find((one) => one.session === digits && one.rest === rest);
    return key === undefined ? undefined : readSoundKey(this.#asidePath(key), `${digits}${rest}`);
  }

  #pathOf(digits: string, rest: string): string {
    return join(this.#dir, digits, `${rest}.key`);
  }

  #asidePath({ session, rest, newest }: SetAsideKey): string {
    return join(this.#dir, ASIDE, `${session}-${rest}-${newest + 1}.key`);
  }

  /** Nobody looks for it before its id stands in the store; what a crash leaves half written is passed over, and goes with the rest. */
  #make(digits: string): StoredKey {
    const rest = hexOf(this.#environment.randomBytes(6));
    const key = this.#environment.randomBytes(SEALING_KEY_BYTES);
    const path = this.#pathOf(digits, rest);
    try {
      makeFolder(dirname(path));
      writeWhole(path, `${digits}${rest} ${hexOf(key)}\n`);
      flushFolders(dirname(path), this.#dir, dirname(this.#dir));
    } catch (cause) {
      throw new KeyError('KEY_MISSING', `Making the key ${path} failed.`, {
        hint: 'See whether the folder can be written to and the disk has room: without a key, nothing is recorded.',
        cause,
      });
    }
    return { path, id: Buffer.from(`${digits}${rest}`, 'hex'), key };
  }
}

/** Undefined also for a file that is no key: one that was never written to its end, or is being destroyed. */
function readSoundKey(path: string, id: string): StoredKey | undefined {
  try {
    return readKey(path, id);
  } catch (error) {
    if (error instanceof KeyError && error.code === 'KEY_INVALID') return undefined;
    throw error;
  }
}

function readKey(path: string, id: string): StoredKey | undefined {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return undefined;
  const isOurs = process.getuid === undefined || (status.uid === process.getuid() && (status.mode & 0o077) === 0);
  if (!status.isFile() || !isOurs) {
    throw new KeyError('KEY_EXPOSED', `The key ${path} is not used: others than its owner can open or change it.`, {
      hint: `Treat the key as known to others. If you are sure that it is not, run: chmod 600 ${path}`,
    });
  }
  const [, stated, key = ''] = /^([0-9a-f]{32}) ([0-9a-f]{64})\n$/.exec(readWhole(path)) ?? [];
  if (stated !== id) throw new KeyError('KEY_INVALID', `The key ${path} does not have the form of a session key.`);
  return { path, id: Buffer.from(id, 'hex'), key: Buffer.from(key, 'hex') };
}

/** Empty for a file that was deleted meanwhile, or is too long to be a key. */
function readWhole(path: string): string {
  try {
    return (lstatSync(path, { throwIfNoEntry: false })?.size ?? 0) > 1024 ? '' : readFileSync(path, 'utf8');
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return '';
    throw error;
  }
}

function writeWhole(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Puts the names in folders on the disk, where the system allows a folder to be flushed. */
function flushFolders(...paths: readonly string[]): void {
  if (process.platform === 'win32') return;
  for (const path of paths) {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  }
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
