/**
 * Opens a log, or makes it: what is in the store must be this log, at its end as far as this machine knows, before anything is
 * written behind it.
 */

import { checkIdentifier, type Environment } from '@countersign/core';
import type { Anchor, AnchorStatus } from './anchors/anchor.js';
import { AuditLog } from './audit-log.js';
import { EpochKeeper } from './epoch-keeper.js';
import { checkEpochLimits, type EpochLimits } from './epoch-limits.js';
import type { Signer } from './keys/signer.js';
import type { MarkFile } from './mark.js';
import { checkLocalAnchors, checkMark, checkOwner } from './open-checks.js';
import { checkPayloadLimit, DEFAULT_MAX_PAYLOAD_BYTES } from './payload.js';
import type { Opening } from './plan/log-items.js';
import type { Redactor } from './redact/redactor.js';
import type { SessionKeys } from './sealed/session-keys.js';
import type { LogStore } from './store.js';
import { missing } from './unavailable.js';

/** What `openAuditLog` needs. */
export interface AuditLogOptions {
  /** Stays the caller's: closing the log does not close it. */
  readonly store: LogStore;
  readonly signer: Signer;
  readonly environment: Environment;
  /** The high-water mark; without it, a log that was cut back while no process had it open is not noticed here. */
  readonly mark?: MarkFile;
  /** Where checkpoints are kept beside the mark; each has another name. */
  readonly anchors?: readonly Anchor[];
  /** How long anchors may stay silent while nothing happens; an hour when not given, false for as long as nothing happens. */
  readonly anchorHeartbeatMs?: number | false;
  /** Called with each failure of an anchor. */
  readonly onAnchorFailure?: (status: AnchorStatus) => void;
  /** The longest payload that is recorded whole, in bytes of canonical JSON: 1 KiB to 10 MiB; 64 KiB when not given. */
  readonly maxPayloadBytes?: number;
  /** Finds secrets in what is recorded as free text: reasons, messages, details of events. Without it that is recorded as it comes. */
  readonly redactor?: Redactor;
  /** The keys of encrypted payloads, where the store has a layer that encrypts (`createSealer`). */
  readonly sessionKeys?: SessionKeys;
  /** Make the log when the store is empty. */
  readonly create: boolean;
  /** The log that a new one goes on from, for its first entry: a new incarnation of one that was rolled back. */
  readonly opening?: Opening;
  /** What made the log, for its first entry: at most 256 bytes; `countersign` when not given. */
  readonly software?: string;
  /** How long an epoch lasts: a day or 100,000 entries when not given. Looked at with each commit, and when the log is opened. */
  readonly epochs?: EpochLimits;
  /** Takes a line that a person should see, such as that an old key could not be erased. */
  readonly warn?: (line: string) => void;
}

/**
 * Opens the log in a store, or makes it.
 * @throws StoreUnavailableError `STORE_MISSING` when the store is empty and `create` is false.
 * @throws LogRolledBackError `LOG_ROLLED_BACK` when the log is behind its mark or a local anchor, or is not the log that they knew.
 * @throws KeyError `KEY_MISMATCH` when the log belongs to other keys; `KEY_MISSING` when the key of its epoch is not there; what
 *   a remote signer throws, or `SIGNATURE_REFUSED`, when the log has no signature of its identity yet and does not get one.
 * @throws StoreCorruptError `ENTRY_CORRUPT` or `STORE_DAMAGED` when the log cannot be continued.
 * @throws ConfigError `OPTION_INVALID` or `LIMIT_EXCEEDED`.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  const { store, signer, mark, create, environment, maxPayloadBytes = DEFAULT_MAX_PAYLOAD_BYTES } = options;
  const software = options.software ?? 'countersign';
  checkIdentifier('software', software);
  checkPayloadLimit(maxPayloadBytes);
  const limits = checkEpochLimits(options.epochs);
  // The mark first: a commit moves it last, so a head that is read later is never behind it in honesty.
  const known = await mark?.read();
  const head = await store.head();
  if (known !== undefined) await checkMark({ reader: store, head, mark: known, origin: signer.origin });
  if (head.size === 0 && !create) throw missing(store);
  if (head.size > 0) await checkOwner(store, signer);
  const { anchors = [], anchorHeartbeatMs, onAnchorFailure } = options;
  await checkLocalAnchors({ anchors, reader: store, head, signer, environment, redactor: options.redactor });
  const warn = options.warn ?? (() => undefined);
  const epochs = await EpochKeeper.open({ store, signer, environment, limits, warn });
  const log = new AuditLog({
    ...{ store, signer, mark, environment, maxPayloadBytes, software, head, epochs, anchors },
    opening: options.opening,
    ...{ anchorHeartbeatMs, onAnchorFailure, redactor: options.redactor, sessionKeys: options.sessionKeys },
  });
  await log.start();
  log.noticeAnchors();
  return log;
}
