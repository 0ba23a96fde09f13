/**
 * A log written by somebody who has the keys and does not keep to the rules: entries of a sound log, changed, linked and signed
 * again. What verification still finds in it is what it knows of structure, authority and keys.
 */

import type { ApprovalRecord, GrantRecord } from '@countersign/approval';
import { encodeBase64, type JsonValue } from '@countersign/core';
import {
  appendToEdge,
  EMPTY_EDGE,
  edgeRoot,
  encodeEdge,
  formatCheckpoint,
  hashLeaf,
  type RightEdge,
} from '@countersign/tlog';
import { decodeEntry, encodeEntry } from '../src/entry/encode.js';
import type { Entry, EntryKind, EntryOf } from '../src/entry/kinds.js';
import { countCall, NO_CALLS } from '../src/head.js';
import { sha256 } from '../src/keys/private-key.js';
import type { LocalSigner } from '../src/keys/signer.js';
import { commitPayload, payloadBytes } from '../src/payload.js';
import type { LogReader, StoredCheckpoint, StoredLeaf, StoredPayload } from '../src/store.js';
import type { World } from './verify-world.js';

/** An entry with its payloads. */
export interface ForgedEntry {
  readonly entry: Entry;
  readonly payloads: readonly Omit<StoredPayload, 'index'>[];
}

/** All that a log holds. */
export interface Evidence {
  readonly leaves: readonly StoredLeaf[];
  readonly payloads: readonly StoredPayload[];
  readonly checkpoints: readonly StoredCheckpoint[];
  readonly edge: RightEdge;
  readonly requests: readonly ApprovalRecord[];
  readonly grants: readonly GrantRecord[];
}

/** The entries of a log, to be changed. */
export async function entriesOf({ store }: Pick<World, 'store'>): Promise<ForgedEntry[]> {
  const leaves = await store.leaves({ from: 0, limit: 10_000 });
  const payloads = await store.payloads({ from: 0, to: 10_000 });
  return leaves.map(({ index, leaf = '' }) => {
    const decoded = decodeEntry(leaf);
    if (!decoded.ok) throw new Error(decoded.code);
    return { entry: decoded.entry, payloads: payloads.filter((payload) => payload.index === index) };
  });
}

/** The position of the first entry of a kind. */
export function positionOf(entries: readonly ForgedEntry[], kind: EntryKind): number {
  const position = entries.findIndex(({ entry }) => entry.kind === kind);
  if (position < 0) throw new Error(`no ${kind}`);
  return position;
}

/** Changes members of the first entry of a kind. */
export function change<K extends EntryKind>(entries: ForgedEntry[], kind: K, over: Partial<EntryOf<K>>): void {
  const position = positionOf(entries, kind);
  const forged = entries[position];
  // The spread of an entry and some of its own members is an entry again; the compiler does not see it for a union.
  if (forged !== undefined) entries[position] = { ...forged, entry: { ...forged.entry, ...over } as Entry };
}

/** Puts another value in a payload, and its commitment in the entry. */
export function changePayload(
  entries: ForgedEntry[],
  position: number,
  [name, value]: readonly [string, JsonValue],
): void {
  const forged = entries[position];
  if (forged === undefined) throw new Error('no such entry');
  const salt = new Uint8Array(16).fill(9);
  const bytes = payloadBytes(value);
  const payloads = [...forged.payloads.filter((payload) => payload.name !== name), { name, salt, bytes }];
  const payload = { ...forged.entry.payload, [name]: commitPayload({ name, salt, bytes }) };
  entries[position] = { entry: { ...forged.entry, payload }, payloads };
}

/** Which common members are worked out again; those that a test is about stay as they are. */
export interface ForgeOptions {
  readonly keepTotals?: boolean;
  readonly keepSequence?: boolean;
  /** Signs a checkpoint of this size; the log's signer when not given. */
  readonly signerAt?: (size: number) => Pick<LocalSigner, 'sign'>;
  /** Sizes whose checkpoints are kept. */
  readonly kept?: readonly number[];
}

/** Links and signs the entries, and takes the rows from the log that they came from. */
export async function forge(
  world: World,
  entries: readonly ForgedEntry[],
  options: ForgeOptions = {},
): Promise<Evidence> {
  const { signerAt = () => world.signer, kept = [] } = options;
  const leaves: StoredLeaf[] = [];
  const payloads: StoredPayload[] = [];
  const checkpoints: StoredCheckpoint[] = [];
  let [edge, prev, totals]: [RightEdge, string, Entry['totals']] = [
    EMPTY_EDGE,
    encodeBase64(new Uint8Array(32)),
    NO_CALLS,
  ];
  for (const [index, forged] of entries.entries()) {
    const { entry } = forged;
    totals = countCall(totals, entry.kind === 'tool-call' || entry.kind === 'tool-refused' ? entry.risk : undefined);
    const leaf = encodeEntry({
      ...entry,
      index,
      prev,
      ...(options.keepTotals === true ? {} : { totals }),
      ...(options.keepSequence === true ? {} : { writerSeq: index }),
    });
    const leafHash = hashLeaf(sha256, Buffer.from(leaf));
    leaves.push({ index, leaf, leafHash });
    payloads.push(...forged.payloads.map((payload) => ({ ...payload, index })));
    edge = appendToEdge(sha256, edge, leafHash);
    prev = encodeBase64(leafHash);
    const { size } = edge;
    if (kept.includes(size) || size === entries.length) {
      const text = formatCheckpoint({
        origin: world.signer.origin,
        size,
        root: edgeRoot(sha256, edge),
        extensions: [],
      });
      checkpoints.push({ size, note: signerAt(size).sign(text), kept: kept.includes(size) });
    }
  }
  const { store } = world;
  const requests = await store.requestRows({ limit: 1000 });
  return { leaves, payloads, checkpoints, edge, requests, grants: await store.grantRows({ limit: 1000 }) };
}

/** A reader over evidence. */
export function readerOf({ leaves, payloads, checkpoints, edge, requests, grants }: Evidence): LogReader {
  const last = leaves.at(-1);
  return {
    head: async () => ({
      size: leaves.length,
      edge: encodeEdge(edge),
      checkpoint: checkpoints.at(-1)?.note ?? '',
      ...(last?.leaf === undefined ? {} : { last: { leaf: last.leaf, leafHash: last.leafHash } }),
    }),
    leaves: async ({ from, limit }) => leaves.filter(({ index }) => index >= from).slice(0, limit),
    payloads: async ({ from, to }) => payloads.filter(({ index }) => index >= from && index < to),
    checkpoints: async () => checkpoints,
    requestRows: async ({ after = '', limit }) => requests.filter(({ request }) => request.id > after).slice(0, limit),
    grantRows: async ({ after = '', limit }) => grants.filter(({ grant }) => grant.id > after).slice(0, limit),
    inspect: async () => [],
  };
}
