/**
 * Payloads by the entry that they belong to. Pure.
 */

import type { StoredPayload } from './log-reader.js';

/** The payloads of each entry, by index, in the order given; an entry without payloads is absent. The map is the caller's own. */
export function groupPayloads(payloads: readonly StoredPayload[]): Map<number, readonly StoredPayload[]> {
  const groups = new Map<number, StoredPayload[]>();
  for (const payload of payloads) {
    const group = groups.get(payload.index);
    if (group === undefined) groups.set(payload.index, [payload]);
    else group.push(payload);
  }
  return groups;
}
