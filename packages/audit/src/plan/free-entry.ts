/**
 * Entries that stand for themselves: security events and the control kinds that a caller may append. Pure.
 */

import type { JsonValue } from '@countersign/core';
import { type EntryFields, type EntryKind, EVENT_KINDS, type PAYLOAD_NAMES } from '../entry/kinds.js';
import { EntryError } from '../errors.js';
import type { KeptCheckpoint } from '../store.js';
import { type AppendItem, entryBytes, type PayloadMaker } from './plan.js';

/** The kinds that `AuditLog.append` takes; all others are written by the operation that they record. */
export const FREE_KINDS = [
  'approver-added',
  'approver-revoked',
  'approver-delegated',
  'delegation-revoked',
  'hold-placed',
  'hold-released',
  'policy-changed',
  'config-changed',
  'judge-opinion',
  'anchor-recorded',
  ...EVENT_KINDS,
] as const satisfies readonly EntryKind[];

/** One of the free kinds. */
export type FreeKind = (typeof FREE_KINDS)[number];

/** What a caller says of a free-standing entry: its kind, the members of that kind, and its payloads by name. */
export type FreeEntry = {
  [K in FreeKind]: Extract<EntryFields, { readonly kind: K }> & {
    readonly payloads?: { readonly [N in (typeof PAYLOAD_NAMES)[K][number]]?: JsonValue };
  };
}[FreeKind];

/**
 * The item of a free-standing entry.
 * @param keep An older checkpoint that is kept for good because of it.
 * @throws EntryError `ENTRY_INVALID` for a kind that is not free, or a record of an anchor without its checkpoint.
 */
export function freeItem(event: FreeEntry, makePayloads: PayloadMaker, keep?: KeptCheckpoint): AppendItem {
  const { payloads: values = {}, ...fields } = event;
  // Callers without types could hand in any kind; a forged `tool-call` would count as a call.
  if (!FREE_KINDS.some((kind) => kind === fields.kind)) {
    throw new EntryError('ENTRY_INVALID', 'Entries of this kind are written only by the operation that they record.');
  }
  // Verification wants each anchored checkpoint to be there still.
  if (fields.kind === 'anchor-recorded' && keep?.size !== fields.size) {
    throw new EntryError('ENTRY_INVALID', 'A record of an anchor was expected with the checkpoint that was anchored.', {
      hint: 'Pass the size and the note, so that the checkpoint is kept for good.',
    });
  }
  const payloads = makePayloads(values);
  return {
    lock: {},
    bytes: entryBytes(payloads),
    flush: false,
    plan: () => ({ drafts: [{ fields, payloads }], ...(keep !== undefined && { keep }) }),
  };
}

/** An entry whose names are shown ones: the name of an event and its session are free text as well. */
export function showNames<T extends object>(fields: T, show: (text: string) => string): T {
  const shown: { name?: string; session?: string } = {};
  if ('name' in fields && typeof fields.name === 'string') shown.name = show(fields.name);
  if ('session' in fields && typeof fields.session === 'string') shown.session = show(fields.session);
  return { ...fields, ...shown };
}
