/**
 * Opens the log in a store with what lies beside it: the keys and the high-water mark.
 */

import { resolve } from 'node:path';
import {
  type Anchor,
  type AnchorStatus,
  type ArgsSalt,
  type AuditLog,
  createArgsSalt,
  createOrigin,
  createRedactor,
  createSealer,
  createSigner,
  defaultKeyDir,
  defaultMarkPath,
  type EpochLimits,
  type KeyDirOptions,
  KeyError,
  type MarkFile,
  openAuditLog,
  openKeyDir,
  openMark,
  openRemoteKeyDir,
  openSessionKeys,
  type RedactOptions,
  type Redactor,
  type RemoteIdentity,
  readIdentity,
  type Sealer,
  type SessionKeys,
  type Signer,
  sessionKeyDir,
} from '@countersign/audit';
import type { Environment } from '@countersign/core';
import type { SqliteStores } from '@countersign/sqlite';
import { accountHome, homeFolder } from './paths.js';

/** How to open a log. */
export interface OpenLogOptions {
  /** Make the log and its keys where there are none. */
  readonly create: boolean;
  readonly environment: Environment;
  readonly keyDir?: string;
  readonly signer?: Signer | RemoteIdentity;
  readonly markFile?: string | false;
  readonly maxPayloadBytes?: number;
  readonly anchors?: readonly Anchor[];
  readonly anchorHeartbeatMs?: number | false;
  readonly onAnchorFailure?: (status: AnchorStatus) => void;
  readonly redact?: RedactOptions;
  readonly epochs?: EpochLimits;
  /** Encrypt payloads at rest. */
  readonly encryptPayloads?: boolean;
  readonly warn?: (line: string) => void;
}

/** What lies beside the database. */
export interface LogFiles {
  readonly signer: Signer;
  readonly redactor: Redactor;
  readonly argsSalt: ArgsSalt;
  readonly mark: MarkFile | undefined;
  readonly sealer: Sealer;
  readonly sessionKeys: SessionKeys;
  /** Paths that an agent must not touch. */
  readonly guarded: readonly string[];
}

/** What a log is written with. */
interface LogKeys {
  readonly signer: Signer;
  /** 32 bytes. */
  readonly redactionKey: Uint8Array;
}

/** A log with what lies beside it. */
export interface OpenedLog {
  readonly log: AuditLog;
  readonly files: LogFiles;
  /** True where the log was there and its mark was not: nothing on this machine can tell whether it was cut back. */
  readonly isUnmarked: boolean;
}

/**
 * Opens the log. A new log gets a fresh origin, and several processes may begin at once: the first one to write the log's
 * first entry has made it, and the others begin again with what they find.
 */
export async function openLog(stores: SqliteStores, options: OpenLogOptions): Promise<OpenedLog> {
  for (;;) {
    const recorded = (await readIdentity(stores.log))?.origin;
    try {
      return await openWith(stores, recorded, options);
    } catch (error) {
      const outrun = error instanceof KeyError && error.code === 'KEY_MISMATCH' && recorded === undefined;
      if (!outrun || !(await appears(stores, options.environment))) throw error;
    }
  }
}

async function openWith(
  stores: SqliteStores,
  recorded: string | undefined,
  options: OpenLogOptions,
): Promise<OpenedLog> {
  const { create, environment, maxPayloadBytes, epochs, warn, anchors, anchorHeartbeatMs, onAnchorFailure } = options;
  const files = await openFiles(stores.path, recorded, options);
  const isUnmarked = recorded !== undefined && files.mark !== undefined && (await files.mark.read()) === undefined;
  const log = await openAuditLog({
    store: files.sealer.log(stores.log),
    sessionKeys: files.sessionKeys,
    signer: files.signer,
    environment,
    create,
    ...(files.mark === undefined ? {} : { mark: files.mark }),
    redactor: files.redactor,
    ...(maxPayloadBytes === undefined ? {} : { maxPayloadBytes }),
    ...(anchors === undefined ? {} : { anchors }),
    ...(anchorHeartbeatMs === undefined ? {} : { anchorHeartbeatMs }),
    ...(onAnchorFailure === undefined ? {} : { onAnchorFailure }),
    ...(epochs === undefined ? {} : { epochs }),
    ...(warn === undefined ? {} : { warn }),
  });
  return { log, files, isUnmarked };
}

async function openFiles(path: string, recorded: string | undefined, options: OpenLogOptions): Promise<LogFiles> {
  const { create, environment, signer, encryptPayloads: seals = false } = options;
  const home = accountHome();
  const origin = recorded ?? signer?.origin ?? createOrigin(environment);
  const keyDir = resolve(options.keyDir ?? defaultKeyDir(origin, home));
  // Keys are made for a new log only: a log whose keys are gone must not go on under others.
  const isNew = create && recorded === undefined;
  const ring = await openRing({ dir: keyDir, origin, create: isNew, environment }, signer);
  const markPath = options.markFile === false ? undefined : resolve(options.markFile ?? defaultMarkPath(origin, home));
  const sessionKeys = openSessionKeys(sessionKeyDir(keyDir), environment);
  return {
    sessionKeys,
    // What was sealed before is read, whether or not more is.
    sealer: createSealer({
      origin,
      keys: sessionKeys,
      seals,
      randomBytes: (length) => environment.randomBytes(length),
    }),
    signer: ring.signer,
    redactor: createRedactor({ ...options.redact, key: ring.redactionKey }),
    argsSalt: createArgsSalt(ring.redactionKey),
    mark: markPath === undefined ? undefined : openMark({ path: markPath, environment }),
    guarded: [
      path,
      `${path}-wal`,
      `${path}-shm`,
      keyDir,
      homeFolder(home),
      ...(markPath === undefined ? [] : [markPath]),
    ],
  };
}

/** The keys of the log; where its identity is kept elsewhere, those that are here. */
async function openRing(options: KeyDirOptions, given: Signer | RemoteIdentity | undefined): Promise<LogKeys> {
  if (given === undefined || !isIdentity(given)) {
    const ring = await openKeyDir(options);
    return { signer: given ?? createSigner(ring), redactionKey: ring.redactionKey };
  }
  if (given.origin !== options.origin) throw otherOrigin();
  const { epochs, redactionKey } = await openRemoteKeyDir({ ...options, identity: given.key });
  return { signer: { origin: given.origin, identity: given, epochs }, redactionKey };
}

function isIdentity(given: Signer | RemoteIdentity): given is RemoteIdentity {
  return 'kind' in given;
}

function otherOrigin(): KeyError {
  return new KeyError('KEY_MISMATCH', 'The log has another origin than the remote identity that was given.', {
    hint: 'Each log has an identity of its own; give the verifier key that the log names (`countersign keys`).',
  });
}

/** How long the process that made the keys may take to write the first entry, and how often that is looked at. */
const APPEARS_WITHIN_MS = 2000;
const LOOK_EVERY_MS = 20;

/** Waits until another process has made the log; false when nobody does. */
async function appears(stores: SqliteStores, environment: Environment): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < APPEARS_WITHIN_MS; waitedMs += LOOK_EVERY_MS) {
    if ((await readIdentity(stores.log)) !== undefined) return true;
    await new Promise<void>((wake) => {
      environment.setTimer(wake, LOOK_EVERY_MS, { keepAlive: true });
    });
  }
  return false;
}
