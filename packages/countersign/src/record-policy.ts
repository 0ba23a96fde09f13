/**
 * Puts the policy in force on record: an entry whenever it is another than the last one recorded.
 */

import type { Policy } from '@countersign/approval';
import { type AuditLog, decodeEntry } from '@countersign/audit';
import { type JsonObject, normalise } from '@countersign/core';

/** A policy with all that its digest covers (approval, `policyDigest`). */
export interface PolicyInForce {
  readonly policy: Policy;
  readonly ruleSet: string;
  readonly extra: JsonObject;
  readonly digest: string;
}

/** Records the policy in force as an entry of kind `policy-changed`, unless the newest such entry says the same. */
export async function recordPolicy(log: AuditLog, { digest, ...statement }: PolicyInForce): Promise<void> {
  const previous = await lastRecorded(log);
  if (previous === digest) return;
  await log.append({
    kind: 'policy-changed',
    policy: digest,
    ...(previous === undefined ? {} : { previous }),
    // The statement that the digest covers: whoever verifies works it out again.
    payloads: { policy: normalise(statement).json },
  });
}

async function lastRecorded(log: AuditLog): Promise<string | undefined> {
  const indexes = await log.store.findEntries({ kind: 'policy-changed', from: 0, limit: MAX_POLICIES });
  const newest = indexes.at(-1);
  if (newest === undefined) return undefined;
  const { leaves } = await log.store.read([newest]);
  const text = leaves[0]?.leaf;
  const decoded = text === undefined ? undefined : decodeEntry(text);
  return decoded?.ok === true && decoded.entry.kind === 'policy-changed' ? decoded.entry.policy : undefined;
}

/** A log sees few changes of policy; this many are looked through. */
const MAX_POLICIES = 100_000;
