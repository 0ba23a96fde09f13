/**
 * Opens a log for writing as it stands, for the commands that add to it: no policy is recorded, and nothing is created.
 */

import type { ApprovalStore } from '@countersign/approval';
import {
  type ArgsSalt,
  type AuditLog,
  createArgsSalt,
  createRedactor,
  createSealer,
  openAuditLog,
  openMark,
  openSessionKeys,
  type Redactor,
  readEncryption,
  readIdentity,
  StoreUnavailableError,
  sessionKeyDir,
} from '@countersign/audit';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import { type CliIo, note } from './io.js';
import { openLogKeys } from './log-keys.js';
import { openStores } from './open-stores.js';
import { databasePath, filesOf } from './open-view.js';
import type { CommonOptions } from './options.js';

/** A log that is open for writing, and the rows of its approvals. */
export interface OpenedLog {
  readonly log: AuditLog;
  readonly approvals: ApprovalStore;
  readonly environment: Environment;
  readonly redactor: Redactor;
  readonly argsSalt: ArgsSalt;
}

/** Runs `use` with a log and closes it after. @throws What `withOpenedLog` throws. */
export async function withLog<T>(io: CliIo, options: CommonOptions, use: (log: AuditLog) => Promise<T>): Promise<T> {
  return withOpenedLog(io, options, ({ log }) => use(log));
}

/**
 * The same with the approvals of the log.
 * @throws StoreUnavailableError, StoreCorruptError, KeyError, LogRolledBackError as `openAuditLog`.
 */
export async function withOpenedLog<T>(
  io: CliIo,
  options: CommonOptions,
  use: (opened: OpenedLog) => Promise<T>,
): Promise<T> {
  const environment = createSystemEnvironment();
  const stores = await openStores(databasePath(io, options), environment);
  try {
    const identity = await readIdentity(stores.log);
    if (identity === undefined) throw new StoreUnavailableError('STORE_MISSING', `There is no log in ${stores.path}.`);
    const { origin } = identity;
    const files = filesOf({ database: stores.path, origin, home: io.home }, options);
    const { signer, redactionKey } = await openLogKeys(identity, files.keyDir);
    const mark = openMark({ path: files.mark, environment });
    const sessionKeys = openSessionKeys(sessionKeyDir(files.keyDir), environment);
    const sealer = createSealer({
      origin,
      keys: sessionKeys,
      seals: await readEncryption(stores.log),
      randomBytes: (length) => environment.randomBytes(length),
    });
    const redactor = createRedactor({ key: redactionKey });
    const log = await openAuditLog({
      store: sealer.log(stores.log),
      sessionKeys,
      signer,
      mark,
      redactor,
      environment,
      create: false,
      warn: (line) => note(io, line),
    });
    try {
      const argsSalt = createArgsSalt(redactionKey);
      return await use({ log, approvals: sealer.approvals(stores.approvals), environment, redactor, argsSalt });
    } finally {
      await log.close();
    }
  } finally {
    await stores.close();
  }
}
