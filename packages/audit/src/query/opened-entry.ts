/**
 * Entries as readers get them: decoded from the very bytes that were hashed, payloads opened against their commitments.
 * What is verified is what is read: nothing here comes from a searchable column.
 */

import type { JsonValue } from '@countersign/core';
import { hashLeaf } from '@countersign/tlog';
import { decodeEntry } from '../entry/encode.js';
import type { Entry } from '../entry/kinds.js';
import { StoreCorruptError } from '../errors.js';
import { groupPayloads } from '../group-payloads.js';
import { sha256 } from '../keys/private-key.js';
import { openPayload } from '../payload.js';
import { isSealed } from '../sealed/sealed-form.js';
import type { LogStore, StoredLeaf, StoredPayload } from '../store.js';

/** One entry with its payloads. */
export interface OpenedEntry {
  readonly index: number;
  readonly entry: Entry;
  /** The exact leaf. */
  readonly leaf: string;
  readonly leafHash: Uint8Array;
  /** By name; a payload that was erased or purged, or whose key is not here, is absent. */
  readonly payloads: ReadonlyMap<string, JsonValue>;
  /** The same payloads as they are stored: what a receipt holds. */
  readonly stored: readonly StoredPayload[];
}

/**
 * Reads entries by index; those whose text was purged are left out.
 * @throws StoreCorruptError ENTRY_CORRUPT when bytes do not fit their hash or commitment.
 */
export async function readEntries(
  store: Pick<LogStore, 'read'>,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, OpenedEntry>> {
  const { leaves, payloads } = await store.read(indexes);
  const byIndex = groupPayloads(payloads);
  const opened = new Map<number, OpenedEntry>();
  for (const leaf of leaves) {
    const entry = openEntry(leaf, byIndex.get(leaf.index) ?? []);
    if (entry !== undefined) opened.set(leaf.index, entry);
  }
  return opened;
}

/** Opens one entry; undefined for one whose text was purged. @throws StoreCorruptError ENTRY_CORRUPT */
export function openEntry(stored: StoredLeaf, payloads: readonly StoredPayload[]): OpenedEntry | undefined {
  const { index, leaf, leafHash } = stored;
  if (stored.unreadable === true) throw corrupt(index, 'its bytes are no text');
  if (leaf === undefined) return undefined;
  if (!Buffer.from(hashLeaf(sha256, Buffer.from(leaf, 'utf8'))).equals(leafHash))
    throw corrupt(index, 'its text does not have its hash');
  const decoded = decodeEntry(leaf);
  if (!decoded.ok) throw corrupt(index, decoded.code);
  if (decoded.entry.index !== index) throw corrupt(index, 'it stands in the place of another');
  // For a reader, what is encrypted and has no key here is gone.
  const open = payloads.filter(({ bytes }) => !isSealed(bytes));
  return {
    index,
    entry: decoded.entry,
    leaf,
    leafHash,
    payloads: openPayloads(decoded.entry, open),
    stored: open,
  };
}

function openPayloads(entry: Entry, payloads: readonly StoredPayload[]): ReadonlyMap<string, JsonValue> {
  const opened = new Map<string, JsonValue>();
  for (const payload of payloads) {
    const commitment = entry.payload[payload.name];
    if (commitment === undefined) throw corrupt(entry.index, `it has a payload that it did not commit to`);
    const result = openPayload(payload, commitment);
    if (!result.ok) throw corrupt(entry.index, result.code);
    opened.set(payload.name, result.value);
  }
  return opened;
}

function corrupt(index: number, why: string): StoreCorruptError {
  return new StoreCorruptError('ENTRY_CORRUPT', `Entry ${index} is not what was written: ${why}.`, {
    hint: 'Run `countersign verify` for the whole report.',
  });
}
