/**
 * The log: one writer's way into it, and the place where readers start. Everything that is appended goes through one queue
 * with group commit; each commit ends in one signed checkpoint, and nothing is acknowledged before it is durable.
 */

import type { DecisionJournal } from '@countersign/approval';
import type { Environment } from '@countersign/core';
import type { BeginInput, EntryReceipt, FinishInput, ObserveInput, RefuseInput } from './call-record.js';
import type { Signer } from './keys/signer.js';
import type { MarkFile } from './mark.js';
import type { FreeEntry } from './plan/free-entry.js';
import type { PurgeOptions, PurgeResult } from './purge.js';
import type { LogStore } from './store.js';

/** What `openAuditLog` needs. */
export interface AuditLogOptions {
  /** Stays the caller's: closing the log does not close it. */
  readonly store: LogStore;
  readonly signer: Signer;
  readonly environment: Environment;
  /** The high-water mark; without it, a log that was cut back while no process had it open is not noticed here. */
  readonly mark?: MarkFile;
  /** The longest payload that is recorded whole, in bytes; 64 KiB when not given. */
  readonly maxPayloadBytes?: number;
  /** Make the log when the store is empty. */
  readonly create: boolean;
  /** What opened the log, for its first entry; `countersign` when not given. */
  readonly software?: string;
}

/**
 * Opens the log in a store, or makes it.
 * @throws StoreUnavailableError `STORE_MISSING` when the store is empty and `create` is false.
 * @throws KeyError `KEY_MISMATCH` when the log belongs to other keys.
 * @throws LogRolledBackError `LOG_ROLLED_BACK` when the log is behind its mark, or is not the log that the mark knew.
 * @throws StoreCorruptError `ENTRY_CORRUPT` when the head is not what was written.
 */
export async function openAuditLog(options: AuditLogOptions): Promise<AuditLog> {
  throw new Error('not implemented');
}

/** An open log. */
export interface AuditLog {
  readonly origin: string;
  /** The verifier key of the identity: the log's public name. */
  readonly identityKey: string;
  /** Who writes here: `<8 hex digits of the host's hash>-<pid>-<8 random hex digits>`. */
  readonly writer: string;
  /** For readers. */
  readonly store: LogStore;
  /** The approvals' port into this log. */
  readonly journal: DecisionJournal;
  begin(input: BeginInput): Promise<EntryReceipt>;
  refuse(input: RefuseInput): Promise<EntryReceipt>;
  finish(input: FinishInput): Promise<EntryReceipt>;
  observe(input: ObserveInput): Promise<EntryReceipt>;
  append(event: FreeEntry): Promise<EntryReceipt>;
  /** The newest checkpoint: a signed note. */
  checkpoint(): Promise<string>;
  purge(options: PurgeOptions): Promise<PurgeResult>;
  close(): Promise<void>;
}
