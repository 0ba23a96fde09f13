/**
 * The items of the log's own entries: the one that opens it, and those that end an epoch. Pure.
 */

import type { Actor } from '@countersign/core';
import { formatVerifierKey, type VerifierKey } from '@countersign/tlog';
import { isRemote } from '../keys/remote-identity.js';
import type { Signer } from '../keys/signer.js';
import { type AppendItem, entryBytes, type PayloadMaker } from './plan.js';

/** The newest checkpoint that is known of an old log. */
export interface ParentLog {
  /** Its origin. */
  readonly log: string;
  readonly size: number;
  /** In standard base64. */
  readonly root: string;
}

/** Why a log begins that goes on from another. */
export interface Opening {
  readonly parent: ParentLog;
  readonly by: Actor;
  readonly reason: string;
}

/** What the first entry says. */
export interface FirstEntry {
  readonly epochKey: VerifierKey;
  readonly software: string;
  readonly opening: Opening | undefined;
}

/** The item of the first entry; it appends nothing where there is one. */
export function firstItem(
  signer: Signer,
  { epochKey, software, opening }: FirstEntry,
  makePayloads: PayloadMaker,
): AppendItem {
  const payloads = makePayloads({ reason: opening?.reason.toWellFormed() });
  const fields = {
    kind: 'log-opened',
    identityKey: formatVerifierKey(signer.identity.key),
    epochKey: formatVerifierKey(epochKey),
    software,
    ...(isRemote(signer.identity) && { identity: 'anchor' as const }),
    ...(opening !== undefined && { parent: { ...opening.parent }, by: { ...opening.by } }),
  } as const;
  return {
    lock: {},
    bytes: entryBytes(payloads),
    flush: true,
    plan: (view) => ({ drafts: view.size === 0 ? [{ fields, payloads }] : [] }),
  };
}

/** An item that has no entry but the one that ends an epoch. */
export function epochItem(endsEpoch: 'now' | 'when-due'): AppendItem {
  return { lock: {}, bytes: entryBytes([]), flush: true, endsEpoch, plan: () => ({ drafts: [] }) };
}
