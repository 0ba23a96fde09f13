/**
 * Puts the configuration on record: an entry whenever it is another than the last one recorded.
 */

import { createHash } from 'node:crypto';
import { type AuditLog, decodeEntry } from '@countersign/audit';
import { canonicalJson, type JsonObject } from '@countersign/core';

/** Records what is in force as an entry of kind `config-changed`, unless the newest such entry says the same. */
export async function recordConfig(log: AuditLog, config: JsonObject): Promise<void> {
  const previous = await lastRecorded(log);
  const digest = createHash('sha256').update(canonicalJson(config)).digest('base64');
  // A log that never had anything to say of this need not begin now.
  const isEmpty = Object.keys(config).length === 0;
  if (previous === digest || (previous === undefined && isEmpty)) return;
  await log.append({
    kind: 'config-changed',
    config: digest,
    ...(previous === undefined ? {} : { previous }),
    payloads: { config },
  });
}

async function lastRecorded(log: AuditLog): Promise<string | undefined> {
  const indexes = await log.store.findEntries({ kind: 'config-changed', from: 0, limit: MAX_CHANGES });
  const newest = indexes.at(-1);
  if (newest === undefined) return undefined;
  const { leaves } = await log.store.read([newest]);
  const text = leaves[0]?.leaf;
  const decoded = text === undefined ? undefined : decodeEntry(text);
  return decoded?.ok === true && decoded.entry.kind === 'config-changed' ? decoded.entry.config : undefined;
}

/** A log sees few changes of its configuration; this many are looked through. */
const MAX_CHANGES = 100_000;
