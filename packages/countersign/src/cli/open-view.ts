/**
 * Opens a log for reading: no private keys, nothing is created. Who the log belongs to is taken from the verifier key beside
 * the keys where that can be read, else from the log's first entry.
 */

import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { ApprovalStore } from '@countersign/approval';
import {
  createSealer,
  defaultKeyDir,
  defaultMarkPath,
  isWriterAlive,
  KeyError,
  type LogIdentity,
  type LogStore,
  LogView,
  type MarkFile,
  openMark,
  openSessionKeys,
  readIdentity,
  StoreCorruptError,
  StoreUnavailableError,
  sessionKeyDir,
} from '@countersign/audit';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import { parseCheckpoint, parseNote } from '@countersign/tlog';
import { defaultDatabasePath } from '../paths.js';
import type { CliHost } from './io.js';
import { openStores } from './open-stores.js';
import type { CommonOptions } from './options.js';
import { readVerifierKey } from './verifier-key.js';

/** A log that is open for reading, and where its files are. */
export interface OpenedView {
  readonly view: LogView;
  readonly store: LogStore;
  readonly approvals: ApprovalStore;
  readonly environment: Environment;
  readonly files: LogFiles;
  /** The verifier key that the caller gave. */
  readonly pinnedKey: string | undefined;
  readonly mark: MarkFile;
}

/** The paths of a log. */
export interface LogFiles {
  readonly database: string;
  readonly keyDir: string;
  readonly mark: string;
}

/** The path of the database, absolute. */
export function databasePath(io: CliHost, { db }: CommonOptions): string {
  return resolve(db ?? defaultDatabasePath(io.home));
}

/**
 * Runs `use` with a log and closes it after.
 * @throws StoreUnavailableError `STORE_MISSING` when there is no log; StoreCorruptError when the file is none of ours or damaged;
 *   KeyError `KEY_MISMATCH` when the log belongs to another key than the one given.
 */
export async function withView<T>(
  io: CliHost,
  options: CommonOptions,
  use: (opened: OpenedView) => Promise<T>,
): Promise<T> {
  const opened = await openView(io, options);
  try {
    if (opened.pinnedKey !== undefined && opened.pinnedKey !== opened.view.identityKey) throw notPinned(opened);
    return await use(opened);
  } finally {
    await opened.store.close();
  }
}

/** Opens a log without comparing its key with the one given: for the verifier, which reports that itself. */
export async function openView(io: CliHost, options: CommonOptions): Promise<OpenedView> {
  const pinnedKey = await readVerifierKey(options.key);
  const environment = createSystemEnvironment();
  const stores = await openStores(databasePath(io, options), environment);
  try {
    const { origin, identityKey } = await identityOf(stores.log, io, options);
    const files = filesOf({ database: stores.path, origin, home: io.home }, options);
    const mark = openMark({ path: files.mark, environment });
    const sealer = createSealer({
      origin,
      keys: openSessionKeys(sessionKeyDir(files.keyDir), environment),
      seals: false,
      randomBytes: (length) => environment.randomBytes(length),
    });
    const store = sealer.log(stores.log);
    const view = new LogView({
      store,
      origin,
      identityKey,
      environment,
      mark,
      isWriterAlive: (writer) => isWriterAlive(writer),
    });
    return { view, store, approvals: sealer.approvals(stores.approvals), environment, files, pinnedKey, mark };
  } catch (error) {
    await stores.close();
    throw error;
  }
}

/** Where the keys and the mark of a log are: where the options say, else where `openCountersign` puts them. */
export function filesOf(
  log: { readonly database: string; readonly origin: string; readonly home: string },
  { keyDir, mark }: CommonOptions,
): LogFiles {
  return {
    database: log.database,
    keyDir: resolve(keyDir ?? defaultKeyDir(log.origin, log.home)),
    mark: resolve(mark ?? defaultMarkPath(log.origin, log.home)),
  };
}

/** The verifier key in the folder of the keys, where this account can read it. */
export async function readPublicKey(keyDir: string): Promise<string | undefined> {
  const text = await readFile(join(keyDir, 'identity.vkey'), 'utf8').catch(() => undefined);
  return text === undefined || text.length > MAX_KEY_TEXT ? undefined : text.trim();
}

const MAX_KEY_TEXT = 16 * 1024;

async function identityOf(store: LogStore, io: CliHost, options: CommonOptions): Promise<LogIdentity> {
  const { origin, stated } = await originOf(store);
  const keyDir = resolve(options.keyDir ?? defaultKeyDir(origin, io.home));
  const beside = await readPublicKey(keyDir);
  // The keys of another log may lie in a folder that was given by mistake: then the log speaks for itself.
  const found = beside?.startsWith(`${origin}+`) === true ? beside : stated;
  return { origin, identityKey: found ?? '' };
}

/** A log whose first entry is damaged still names itself in its checkpoint, so that the verifier can say what is wrong. */
async function originOf(store: LogStore): Promise<{ readonly origin: string; readonly stated: string | undefined }> {
  try {
    const identity = await readIdentity(store);
    if (identity !== undefined) return { origin: identity.origin, stated: identity.identityKey };
  } catch (error) {
    if (!(error instanceof StoreCorruptError)) throw error;
    return { origin: await originOfCheckpoint(store, error), stated: undefined };
  }
  const [first] = await store.leaves({ from: 0, limit: 1 });
  if (first === undefined) throw empty(store);
  return { origin: await originOfCheckpoint(store, notOpened(store)), stated: undefined };
}

async function originOfCheckpoint(store: LogStore, otherwise: StoreCorruptError): Promise<string> {
  try {
    const newest = (await store.checkpoints()).at(-1)?.note ?? '';
    return parseCheckpoint(parseNote(newest).text).origin;
  } catch {
    throw otherwise;
  }
}

function empty(store: LogStore): StoreUnavailableError {
  return new StoreUnavailableError('STORE_MISSING', `There is no log in ${store.description}.`, {
    hint: 'The file is empty: the program that was to write here has recorded nothing yet.',
  });
}

function notOpened(store: LogStore): StoreCorruptError {
  return new StoreCorruptError(
    'ENTRY_CORRUPT',
    `The log in ${store.description} does not begin with its first entry.`,
    {
      hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
    },
  );
}

function notPinned({ files }: OpenedView): KeyError {
  return new KeyError('KEY_MISMATCH', `The log in ${files.database} belongs to another key than the one given.`, {
    hint: 'Run `countersign verify` with the same key, and see whether the file or the key is the wrong one.',
  });
}
