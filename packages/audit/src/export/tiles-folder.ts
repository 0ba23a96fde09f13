/**
 * A folder that holds a log as C2SP tlog-tiles, for other tools to audit. An export into it only adds, and can be broken off and
 * begun again at any point: the checkpoint is replaced last, when everything under it is there. What is no regular file in it, a
 * symbolic link included, is neither read nor replaced (see replace-file).
 */

import { mkdir, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Environment, encodeBase64 } from '@countersign/core';
import type { VerifierKey } from '@countersign/tlog';
import { formatVerifierKey, TILE_WIDTH } from '@countersign/tlog';
import { z } from 'zod';
import { ExportError } from '../errors.js';
import { acquireFileLock } from '../file-lock.js';
import type { ReceiptGround } from '../receipts.js';
import { type FilePlace, flushFolder, refuseSpecialFile, replaceFile } from '../replace-file.js';
import { isErrorWithCode } from '../system-error.js';
import { type SignedState, verifyState } from '../verify/signed-state.js';
import { type TileFile, type TileFileParts, tileFiles } from './tile-files.js';

/** What an export into a folder works with. */
export interface TilesFolderParts extends Pick<TileFileParts, 'store' | 'isPurged'> {
  readonly folder: string;
  readonly key: VerifierKey;
  readonly ground: ReceiptGround;
  /** The entries from here on are all in bundles, as far as is known by now. */
  readonly minimumIndex: () => number;
  readonly environment: Environment;
  readonly signal?: AbortSignal | undefined;
}

/** What an export into a folder came to. */
export interface TilesExport {
  readonly size: number;
  /** Bundles below it may be missing, because entries were purged. */
  readonly minimumIndex: number;
  /** Files that were not there before, the checkpoint and `countersign.json` apart. */
  readonly written: number;
}

/** The file in which the folder says whose it is, and from which entry on it is whole. */
export const ABOUT_FILE = 'countersign.json';

/**
 * Brings a folder up to the ground's checkpoint.
 * @throws ExportError `EXPORT_FOLDER_NOT_OURS`, `EXPORT_OF_OTHER_LOG`; `EXPORT_CONFLICT` when the folder holds what the log does
 *   not bear out; `EXPORT_LOCKED` while another export into it runs. ConfigError `FILE_NOT_REGULAR`.
 */
export async function writeTilesFolder(parts: TilesFolderParts): Promise<TilesExport> {
  const { folder, environment } = parts;
  await makeFolder(folder);
  const lock = await acquireFileLock({
    path: join(folder, LOCK_FILE),
    environment,
    timeoutMs: LOCK_TIMEOUT_MS,
    onTakeover: () => undefined,
  });
  if (lock === undefined) throw locked();
  try {
    return await bringUpToDate(parts);
  } finally {
    lock.release();
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    // A link to a folder is one; a file, a pipe or a device is not.
    if (isErrorWithCode(error, 'EEXIST') || isErrorWithCode(error, 'ENOTDIR')) throw notOurs('it is not a folder');
    throw error;
  }
}

const LOCK_FILE = '.lock';
const CHECKPOINT_FILE = 'checkpoint';
const LOCK_TIMEOUT_MS = 2000;

async function bringUpToDate(parts: TilesFolderParts): Promise<TilesExport> {
  const { folder, ground } = parts;
  const { size, note } = ground.state;
  const before = await readFolder(parts);
  if (before !== undefined) await checkGrows(before, ground);
  // The folder is claimed before the first tile, so that an export that is broken off can be gone on with.
  await write(parts, ABOUT_FILE, aboutText(parts));
  let written = 0;
  for (const file of tileFiles({ ...parts, tree: ground.tree, size })) {
    parts.signal?.throwIfAborted();
    if (await bringFile(parts, file, before?.size ?? 0)) written += 1;
  }
  // A purge may have gone on meanwhile.
  await write(parts, ABOUT_FILE, aboutText(parts));
  if (before?.size !== size) await write(parts, CHECKPOINT_FILE, Buffer.from(note, 'utf8'));
  // The renames are on the disk, too.
  await flushFolder(folder);
  return { size, minimumIndex: parts.minimumIndex(), written };
}

/** The checkpoint that the folder holds; undefined for a new folder, or one whose first export was broken off. */
async function readFolder({ folder, key }: TilesFolderParts): Promise<SignedState | undefined> {
  const names = await readdir(folder);
  const foreign = names.filter((name) => !OUR_NAMES.test(name));
  if (foreign.length > 0) throw notOurs('it holds other files');
  if (names.includes(ABOUT_FILE)) {
    const about = parseAbout(await readText(placeIn(folder, ABOUT_FILE)));
    if (about === undefined) throw notOurs(`its ${ABOUT_FILE} cannot be read`);
    if (about.log !== key.name) throw otherLog();
  } else if (names.some((name) => !name.startsWith(LOCK_FILE))) {
    throw notOurs(`it has no ${ABOUT_FILE}`);
  }
  if (!names.includes(CHECKPOINT_FILE)) return undefined;
  const note = await readText(placeIn(folder, CHECKPOINT_FILE));
  const state = verifyState(note, { key, report: () => undefined, label: '' });
  if (state === undefined) throw conflict('its checkpoint is not signed by this log');
  return state;
}

/** Names of ours, and of files that were being written when an export ended. */
const OUR_NAMES = /^(?:\.lock(?:\.[0-9a-f]+\.[a-z]+)?|tile|(?:checkpoint|countersign\.json)(?:\.[0-9a-f]{32}\.tmp)?)$/;

const aboutSchema = z.object({ format: z.literal('countersign-tlog-tiles'), version: z.literal(1), log: z.string() });

function parseAbout(text: string): z.infer<typeof aboutSchema> | undefined {
  try {
    return aboutSchema.parse(JSON.parse(text));
  } catch {
    // Whatever is wrong with it, the folder is not for us to write to.
    return undefined;
  }
}

function aboutText({ key, minimumIndex }: TilesFolderParts): Uint8Array {
  const about = {
    format: 'countersign-tlog-tiles',
    version: 1,
    log: key.name,
    key: formatVerifierKey(key),
    minimumIndex: minimumIndex(),
  };
  return Buffer.from(`${JSON.stringify(about, undefined, 2)}\n`, 'utf8');
}

/** What was published once must be the beginning of the log as it is now. */
async function checkGrows(before: SignedState, { tree, state }: ReceiptGround): Promise<void> {
  if (before.size > state.size) {
    throw conflict(`it holds ${before.size} entries and the log ${state.size}: the log was cut back`);
  }
  if (encodeBase64(await tree.root(before.size)) === encodeBase64(before.root)) return;
  throw conflict(`it holds another tree of ${before.size} entries: the log was rewritten`);
}

/** Writes a file that is not there; true when it did. One that is there must be the same, as far as it is looked at. */
async function bringFile(parts: TilesFolderParts, file: TileFile, known: number): Promise<boolean> {
  const place = placeIn(parts.folder, file.path);
  const isBundle = file.tile.level === 'entries';
  const stored = await readIfThere(place);
  // Bundles are long; those that stood under the checkpoint before are not made again to be compared.
  const end = file.tile.index * TILE_WIDTH + file.tile.width;
  if (stored !== undefined && isBundle && end <= known) return false;
  const bytes = await file.bytes();
  if (bytes === undefined) return false;
  if (stored === undefined) {
    await write(parts, file.path, bytes);
    return true;
  }
  if (!Buffer.from(bytes).equals(stored)) throw conflict(`its file ${file.path} is not that of the log`);
  return false;
}

function placeIn(folder: string, name: string): FilePlace {
  return { path: join(folder, name), what: 'file of the export' };
}

async function readText(place: FilePlace): Promise<string> {
  refuseSpecialFile(place);
  return readFile(place.path, 'utf8');
}

async function readIfThere(place: FilePlace): Promise<Uint8Array | undefined> {
  refuseSpecialFile(place);
  try {
    return await readFile(place.path);
  } catch (error) {
    if (isErrorWithCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** For all to read, as far as the process lets files be. */
const PUBLISHED = 0o666;

async function write({ folder, environment }: TilesFolderParts, name: string, bytes: Uint8Array): Promise<void> {
  const place = placeIn(folder, name);
  await mkdir(dirname(place.path), { recursive: true });
  await replaceFile({ ...place, mode: PUBLISHED, environment }, bytes);
}

const retry = 'Export into a new or empty folder.';

function notOurs(reason: string): ExportError {
  return new ExportError('EXPORT_FOLDER_NOT_OURS', `The folder is no export of a log: ${reason}.`, { hint: retry });
}

function otherLog(): ExportError {
  return new ExportError('EXPORT_OF_OTHER_LOG', 'The folder holds the export of another log.', { hint: retry });
}

function conflict(reason: string): ExportError {
  return new ExportError('EXPORT_CONFLICT', `The folder and the log do not agree: ${reason}.`, {
    hint: 'Keep both as they are, and run `countersign verify --against` with the checkpoint in the folder.',
  });
}

function locked(): ExportError {
  return new ExportError('EXPORT_LOCKED', 'Another export into the folder is running.', {
    hint: 'Wait until it has ended.',
  });
}
