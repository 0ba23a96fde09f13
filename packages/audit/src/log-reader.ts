/**
 * The read side of the log's contract with a store: what verification needs, and all that it may use. Pure types.
 */

import type { ApprovalRecord, GrantRecord } from '@countersign/approval';

/** A leaf as it was stored. */
export interface StoredLeaf {
  readonly index: number;
  /** The exact text whose UTF-8 bytes were hashed; absent after a purge. */
  readonly leaf?: string;
  /** 32 bytes: the leaf hash, kept when the leaf is purged. */
  readonly leafHash: Uint8Array;
  /** True where bytes are stored that are no valid UTF-8; `leaf` is absent then. A JavaScript string would hide it. */
  readonly unreadable?: true;
}

/** The hash of a leaf as it was stored. */
export type StoredHash = Pick<StoredLeaf, 'index' | 'leafHash'>;

/** The hash of a leaf, and whether its text is gone. */
export interface StoredOutline {
  readonly index: number;
  readonly leafHash: Uint8Array;
  readonly isGone: boolean;
}

/** A payload as it was stored. */
export interface StoredPayload {
  readonly index: number;
  readonly name: string;
  /** 16 bytes. */
  readonly salt: Uint8Array;
  /** Canonical JSON, as it was committed to; sealed where that is encrypted and its key is not there. */
  readonly bytes: Uint8Array;
  /** True where it stands encrypted in the store, and was opened. */
  readonly sealed?: true;
}

/** A checkpoint as it was stored. */
export interface StoredCheckpoint {
  readonly size: number;
  /** The C2SP signed note. */
  readonly note: string;
  /** True for one that is kept for good. */
  readonly kept: boolean;
}

/** What the store holds now. */
export interface StoredHead {
  /** Number of leaves. */
  readonly size: number;
  /** `encodeEdge` of the tree's right edge. */
  readonly edge: Uint8Array;
  /** The newest checkpoint: a C2SP signed note. Empty text for an empty log. */
  readonly checkpoint: string;
  /** The leaf at `size - 1`; never purged. */
  readonly last?: { readonly leaf: string; readonly leafHash: Uint8Array };
}

/** One problem that the engine itself reports: broken pages, a foreign trigger, a changed schema. */
export interface StoreProblem {
  readonly code: 'STORE_INTEGRITY' | 'STORE_SCHEMA' | 'STORE_SETTINGS' | 'EXPORT_INVALID';
  readonly message: string;
}

/** The read side of the contract: what verification and queries need. */
export interface LogReader {
  /** True for an export: it has no right edge and no rows of approvals, and none are asked for. */
  readonly isExport?: true;
  /** True where there are keys to encrypted payloads: one that stays sealed has lost its own. */
  readonly opensSealed?: boolean;
  head(): Promise<StoredHead>;
  /** Leaves from `from` on, ascending, at most `limit`. Reads the table itself, never an index over it. */
  leaves(range: { readonly from: number; readonly limit: number }): Promise<readonly StoredLeaf[]>;
  /** The same without the texts, where the store has a quicker way to that. */
  outline?(range: { readonly from: number; readonly limit: number }): Promise<readonly StoredOutline[]>;
  /** All payloads of the entries from `from` to `to` (exclusive), by index and name. */
  payloads(range: { readonly from: number; readonly to: number }): Promise<readonly StoredPayload[]>;
  /** All kept checkpoints, the newest included, ascending by size. */
  checkpoints(): Promise<readonly StoredCheckpoint[]>;
  /** All request rows in order of id after `after`. */
  requestRows(page: { readonly after?: string; readonly limit: number }): Promise<readonly ApprovalRecord[]>;
  /** All grant rows in order of id after `after`. */
  grantRows(page: { readonly after?: string; readonly limit: number }): Promise<readonly GrantRecord[]>;
  /** The same rows as text, where the store has them as text: a row that is equal to the letter need not be parsed. Not checked here. */
  rowTexts?(page: {
    readonly of: 'requests' | 'grants';
    readonly after?: string;
    readonly limit: number;
  }): Promise<readonly StoredRowText[]>;
  /** The engine's own check and the comparison of the schema with the one that we made. */
  inspect(): Promise<readonly StoreProblem[]>;
}

/** A row of the approvals as a store has it. */
export interface StoredRowText {
  readonly id: string;
  readonly text: string;
}

/** A log as it stood at one moment, whatever is written and removed meanwhile. */
export interface LogSnapshot extends LogReader {
  /** Gives the moment back; a store may hold on to removed bytes until then. */
  close(): Promise<void>;
}
