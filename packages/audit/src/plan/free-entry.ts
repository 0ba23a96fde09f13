/**
 * Entries that stand for themselves: security events and the control kinds that a caller may append. Pure.
 */

import type { JsonValue } from '@countersign/core';
import type { EntryFields, EntryKind, PAYLOAD_NAMES } from '../entry/kinds.js';

/** The kinds that `AuditLog.append` takes; all others are written by the operation that they record. */
export const FREE_KINDS = [
  'approver-added',
  'approver-revoked',
  'hold-placed',
  'hold-released',
  'policy-changed',
  'config-changed',
  'judge-opinion',
  'anchor-recorded',
  'code-execution',
  'security-assessment',
  'container-created',
  'resource-violation',
  'security-event',
  'system-event',
  'model-call',
  'authorization',
] as const satisfies readonly EntryKind[];

/** One of the free kinds. */
export type FreeKind = (typeof FREE_KINDS)[number];

/** What a caller says of a free-standing entry: its kind, the members of that kind, and its payloads by name. */
export type FreeEntry = {
  [K in FreeKind]: Extract<EntryFields, { readonly kind: K }> & {
    readonly payloads?: { readonly [N in (typeof PAYLOAD_NAMES)[K][number]]?: JsonValue };
  };
}[FreeKind];
