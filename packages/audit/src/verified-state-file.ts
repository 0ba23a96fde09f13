/**
 * Where the state of a clean verification is kept for the next one. It is believed, so it must be nobody else's to write: it stands
 * outside the database, is readable by its owner alone, and carries an HMAC under a key that stands apart from it, so that it may
 * lie where others can write and still not be forged there. State of another version of the verifier is not believed either. What is
 * no regular file, a symbolic link included, is neither read nor replaced (see replace-file).
 */

import { createHmac, timingSafeEqual } from 'node:crypto';
import { mkdir, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ConfigError, canonicalJson, createSystemEnvironment, type Environment } from '@countersign/core';
import { z } from 'zod';
import { originHash } from './keys/key-dir.js';
import { createKeyFile, readKeyFile } from './keys/key-file.js';
import { type FilePlace, refuseSpecialFile, replaceFile } from './replace-file.js';
import { isErrorWithCode } from './system-error.js';
import { type VerifiedState, verifiedState } from './verify/index.js';

/** The file at a path. */
export interface VerifiedStateFile {
  readonly path: string;
  /** What the file holds; why it is not believed; or nothing, where there is none yet. @throws ConfigError FILE_NOT_REGULAR */
  read(): Promise<{ readonly state: VerifiedState } | { readonly refused: string } | undefined>;
  /**
   * Puts a state in the place of the one before.
   * @throws ConfigError FILE_NOT_REGULAR; OPTION_INVALID when the file or its key cannot be made
   */
  write(state: VerifiedState): Promise<void>;
}

/** What the file is opened with. */
export interface VerifiedStateFileOptions {
  readonly path: string;
  /** The file of the key that authenticates it, made on the first writing. */
  readonly keyPath: string;
  /** The version of the verifier. */
  readonly verifier: string;
  readonly environment?: Environment;
}

/** The longest file that is read, and the longest state in it, in bytes. */
export const MAX_STATE_FILE_BYTES = 64 * 1024 * 1024;
const MAX_STATE_BYTES = 256 * 1024 * 1024;

/** Opens the file. Nothing is read or written yet. */
export function openVerifiedStateFile(options: VerifiedStateFileOptions): VerifiedStateFile {
  const environment = options.environment ?? createSystemEnvironment();
  return {
    path: options.path,
    read: () => readState(options),
    write: (state) => writeState(state, { ...options, environment }),
  };
}

/** Where the state and its key are kept by default: below `<home>/.countersign/verified`. */
export function defaultVerifiedStatePaths(
  origin: string,
  home: string,
): { readonly path: string; readonly keyPath: string } {
  const folder = join(home, '.countersign', 'verified');
  return { path: join(folder, originHash(origin)), keyPath: join(folder, 'key') };
}

const KEY_BYTES = 32;
const TAG = 'countersign/verified-state/v1';

const fileSchema = z.strictObject({ verifier: z.string(), state: z.string(), mac: z.string() });

async function readState(options: VerifiedStateFileOptions): Promise<Awaited<ReturnType<VerifiedStateFile['read']>>> {
  const { path, keyPath, verifier } = options;
  refuseSpecialFile(placeOf(path));
  try {
    const text = await readPrivate(path);
    if (text === undefined) return undefined;
    const key = await readKey(keyPath);
    if (key === undefined) return refused('the key that authenticates it is not there');
    const parsed = fileSchema.safeParse(JSON.parse(text));
    if (!parsed.success) return refused('it has not the form of one');
    const { state, mac } = parsed.data;
    if (!isSame(mac, macOf(key, parsed.data.verifier, state))) return refused('it is not authentic');
    if (parsed.data.verifier !== verifier) return refused('another version of the verifier made it');
    const inflated = inflateRawSync(Buffer.from(state, 'base64'), { maxOutputLength: MAX_STATE_BYTES });
    const checked = verifiedState.safeParse(JSON.parse(inflated.toString('utf8')));
    return checked.success ? { state: checked.data } : refused('it has not the form of one');
  } catch (error) {
    return refused(error instanceof ConfigError ? error.message : 'it cannot be read');
  }
}

function refused(why: string): { readonly refused: string } {
  return { refused: `The state of an earlier verification was not used: ${why}.` };
}

async function writeState(
  state: VerifiedState,
  { path, keyPath, verifier, environment }: VerifiedStateFileOptions & { readonly environment: Environment },
): Promise<void> {
  const deflated = deflateRawSync(Buffer.from(canonicalJson(JSON.parse(JSON.stringify(state))), 'utf8')).toString(
    'base64',
  );
  refuseSpecialFile(placeOf(path));
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const key = (await readKey(keyPath)) ?? (await makeKey(keyPath, environment));
    await replaceFile(
      { ...placeOf(path), environment },
      JSON.stringify({ verifier, state: deflated, mac: macOf(key, verifier, deflated) }),
    );
  } catch (cause) {
    throw new ConfigError('OPTION_INVALID', `The state of the verification cannot be written to ${path}.`, {
      hint: 'See that its folder can be written to by this account, and that its key is readable by this account alone.',
      cause,
    });
  }
}

function placeOf(path: string): FilePlace {
  return { path, what: 'state of a verification (--since-checkpoint)' };
}

/** Undefined when there is none. @throws ConfigError when others could read or change it, or it is too long */
async function readPrivate(path: string): Promise<string | undefined> {
  const file = await open(path, 'r').catch((error: unknown) => {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  });
  if (file === undefined) return undefined;
  try {
    const status = await file.stat();
    const isOwn = process.getuid === undefined || (status.uid === process.getuid() && (status.mode & 0o077) === 0);
    if (!status.isFile() || !isOwn) throw new ConfigError('OPTION_INVALID', 'others than its owner can open it');
    if (status.size > MAX_STATE_FILE_BYTES) throw new ConfigError('OPTION_INVALID', 'it is too long');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/** The key; undefined when there is none. @throws KeyError when others could read or change it */
async function readKey(path: string): Promise<Buffer | undefined> {
  const text = await readKeyFile(path, 'private');
  const key = text === undefined ? undefined : Buffer.from(text.trim(), 'base64');
  return key?.length === KEY_BYTES ? key : undefined;
}

async function makeKey(path: string, environment: Environment): Promise<Buffer> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const text = `${Buffer.from(environment.randomBytes(KEY_BYTES)).toString('base64')}\n`;
  await createKeyFile({ path, text, access: 'private', environment });
  // Another process may have been first: its key is the key.
  const key = await readKey(path);
  if (key === undefined) throw new ConfigError('OPTION_INVALID', `The key ${path} has not the form of one.`);
  return key;
}

function macOf(key: Uint8Array, verifier: string, state: string): string {
  return createHmac('sha256', key).update(`${TAG}\0${verifier}\0${state}`).digest('base64');
}

function isSame(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'base64'), Buffer.from(right, 'base64')];
  return a.length === b.length && timingSafeEqual(a, b);
}
