/**
 * Batches for the conformance suite: leaves that look like entries, hashed as they are, under notes that nobody signed. Pure.
 */

import { formatTime, type JsonObject } from '@countersign/core';
import { appendToEdge, encodeEdge, hashLeaf } from '@countersign/tlog';
import { edgeOf } from '../head.js';
import { sha256 } from '../keys/private-key.js';
import type { LockedState, LockRequest, LogBatch, LogStore, Removal, StoredPayload, WrittenLeaf } from '../store.js';

/** A lock request that reads nothing but the head. */
export const NOTHING: LockRequest = { requests: [], grants: [], calls: [] };

/** One entry of a sample batch: members of its leaf, and payload texts by name. */
export interface SampleEntry {
  readonly members?: JsonObject;
  readonly payloads?: Readonly<Record<string, string>>;
}

/** The rest of a batch. */
export type SampleRest = Partial<Pick<LogBatch, 'requests' | 'grants' | 'keepCheckpoint' | 'keep'>> & {
  readonly removal?: Removal;
};

/** Appends entries in one commit and answers their leaves. */
export async function appendSamples(
  store: LogStore,
  samples: readonly SampleEntry[],
  rest: SampleRest = {},
): Promise<readonly WrittenLeaf[]> {
  let leaves: readonly WrittenLeaf[] = [];
  await store.exclusive(NOTHING, (state) => {
    const batch = sampleBatch(state, samples, rest);
    leaves = batch.leaves;
    return batch;
  });
  return leaves;
}

/** The batch of entries behind this state. */
export function sampleBatch(
  { head }: Pick<LockedState, 'head'>,
  samples: readonly SampleEntry[],
  rest: SampleRest = {},
): LogBatch & { readonly removal?: Removal } {
  const leaves = samples.map(({ members }, i) => sampleLeaf(head.size + i, members));
  const edge = leaves.reduce((grown, { leafHash }) => appendToEdge(sha256, grown, leafHash), edgeOf(head));
  return {
    leaves,
    payloads: samples.flatMap(({ payloads = {} }, i) => samplePayloads(head.size + i, payloads)),
    requests: [],
    grants: [],
    edge: encodeEdge(edge),
    checkpoint: sampleNote(edge.size),
    ...rest,
  };
}

/** The leaf at an index; the members that are given win. */
export function sampleLeaf(index: number, members: JsonObject = {}): WrittenLeaf {
  const leaf = JSON.stringify({
    id: sampleId(index),
    index,
    kind: 'system-event',
    time: sampleTime(index),
    ...members,
  });
  return { index, leaf, leafHash: hashLeaf(sha256, Buffer.from(leaf, 'utf8')) };
}

/** The id of the entry at an index. */
export function sampleId(index: number): string {
  return `019aa000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
}

/** The time of the entry at an index: one second later each. */
export function sampleTime(index: number): string {
  return formatTime(START_US + index * 1_000_000);
}

/** What stands for the checkpoint of a size. */
export function sampleNote(size: number): string {
  return `checkpoint of ${size}\n`;
}

const START_US = Date.UTC(2026, 10, 21) * 1000;

function samplePayloads(index: number, texts: Readonly<Record<string, string>>): readonly StoredPayload[] {
  return Object.entries(texts).map(([name, text]) => ({
    index,
    name,
    salt: new Uint8Array(16).fill(index % 256),
    bytes: new Uint8Array(Buffer.from(text, 'utf8')),
  }));
}
