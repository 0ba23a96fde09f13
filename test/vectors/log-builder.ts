/**
 * Builds a log from its entries, with nothing but the format: the same items give the same bytes. Broken logs are built the same
 * way, by somebody who has the keys and does not keep to the rules.
 */

import { createHash } from 'node:crypto';
import { canonicalJson, formatTime, type JsonObject, type JsonValue } from '@countersign/core';
import {
  appendToEdge,
  EMPTY_EDGE,
  edgeRoot,
  encodeBase64,
  formatCheckpoint,
  formatVerifierKey,
  hashLeaf,
  type NoteSigner,
  type RightEdge,
  signNote,
} from '@countersign/tlog';
import { noteSignerOf, privateKeyOfSeed, sha256 } from '../../packages/audit/src/keys/private-key.js';
import { commitPayload } from '../../packages/audit/src/payload.js';

/** The origin of every log among the vectors. */
export const ORIGIN = 'vectors.example/log';

/** One entry to be. */
export interface Item {
  readonly kind: string;
  readonly members?: JsonObject | ((at: Place) => JsonObject);
  readonly payloads?: Readonly<Record<string, JsonValue>>;
  /** The writer's name; `writer-1` when not given. */
  readonly writer?: string;
  /** Members that are put in place of what the builder worked out. */
  readonly over?: JsonObject;
  /** The leaf itself, in place of all that. */
  readonly leaf?: (leaf: string) => string;
}

/** What an entry may refer to. */
export interface Place {
  readonly index: number;
  /** The root of the first `size` leaves, in base64. */
  rootOf(size: number): string;
  /** The time of an entry, as text. */
  timeOf(index: number): string;
}

/** How the log is finished. */
export interface BuildOptions {
  /** Who signs a checkpoint of this size; identity and epoch 1 when not given. */
  readonly signersAt?: (size: number) => readonly NoteSigner[];
  /** Sizes whose checkpoints are kept. */
  readonly kept?: readonly number[];
  /** Indexes whose content is gone. */
  readonly gone?: readonly number[];
  /** Payloads that are gone: `<index> <name>`, or `<index>` for all of an entry. */
  readonly lost?: readonly string[];
  /** The size that the newest checkpoint is over; all entries when not given. */
  readonly newest?: number;
  /** Changes the text of checkpoints before they are signed. */
  readonly text?: (text: string) => string;
  /** Changes the signed notes. */
  readonly note?: (note: string, size: number) => string;
  /** Changes the lines of the export. */
  readonly lines?: (lines: string[]) => void;
  /** Changes entry lines as objects. */
  readonly entries?: (entries: EntryLine[]) => void;
}

/** An entry line of the export. */
export interface EntryLine {
  index: number;
  leaf?: string;
  leafHash: string;
  unreadable?: true;
  payloads: { name: string; salt: string; json: string }[];
}

/** A key that signs, from a word. */
export function signerOf(name: string, word: string): NoteSigner {
  return noteSignerOf(name, privateKeyOfSeed(createHash('sha256').update(`countersign vectors: ${word}`).digest()));
}

export const IDENTITY = signerOf(ORIGIN, 'identity');
export const KEY = formatVerifierKey(IDENTITY.key);

/** The key of an epoch. */
export const epochSigner = (epoch: number, origin = ORIGIN): NoteSigner =>
  signerOf(`${origin}/epoch/${epoch}`, `epoch ${epoch}`);

/** A digest in base64 from a word. */
export const digestOf = (word: string): string => createHash('sha256').update(word).digest('base64');

/** A UUIDv7 from a word, as if made at the start of the log. */
export function uuidOf(word: string): string {
  const hex = createHash('sha256').update(`uuid ${word}`).digest('hex');
  return `019aa520-5fa0-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

/** 2026-11-21T06:11:00Z; each entry stands a second after the one before. */
export const START_US = 1_795_241_460_000_000;

/** The salt of a payload. */
export const saltOf = (index: number, name: string): Uint8Array =>
  new Uint8Array(createHash('sha256').update(`salt ${index} ${name}`).digest().subarray(0, 16));

/** The export of the log that the items make. */
export function buildLog(items: readonly Item[], options: BuildOptions = {}): string {
  const { leaves, edges, payloads } = addEntries(items);
  const note = (size: number) => signedAt(size, edges, options);
  const lines = [
    JSON.stringify({ format: 'countersign-log-export', version: 1, log: ORIGIN, size: leaves.length }),
    ...entryLines(leaves, payloads, options),
    ...(options.kept ?? []).map((size) => JSON.stringify({ size, note: note(size) })),
    JSON.stringify({ checkpoint: leaves.length === 0 ? '' : note(options.newest ?? leaves.length), identityKey: KEY }),
  ];
  options.lines?.(lines);
  return lines.map((line) => `${line}\n`).join('');
}

/** A checkpoint of a log's first entries, as somebody outside has kept it. */
export function checkpointOf(items: readonly Item[], size = items.length, options: BuildOptions = {}): string {
  return signedAt(size, addEntries(items).edges, options);
}

interface Built {
  readonly leaves: readonly string[];
  readonly edges: readonly RightEdge[];
  readonly payloads: readonly EntryLine['payloads'][];
}

function addEntries(items: readonly Item[]): Built {
  const leaves: string[] = [];
  const edges: RightEdge[] = [EMPTY_EDGE];
  const payloads: EntryLine['payloads'][] = [];
  const times: string[] = [];
  const sequences = new Map<string, number>();
  let totals: Record<string, number> = { safe: 0, moderate: 0, destructive: 0, critical: 0 };
  let prev = encodeBase64(new Uint8Array(32));
  for (const [index, item] of items.entries()) {
    const { kind, writer = 'writer-1', over = {} } = item;
    times.push(typeof over.time === 'string' ? over.time : formatTime(START_US + index * 1_000_000));
    const place = { index, rootOf: (size: number) => rootOf(edges, size), timeOf: (at: number) => times[at] ?? '' };
    const members = typeof item.members === 'function' ? item.members(place) : (item.members ?? {});
    const isCall = kind === 'tool-call' || kind === 'tool-refused';
    if (isCall && typeof members.risk === 'string')
      totals = { ...totals, [members.risk]: (totals[members.risk] ?? 0) + 1 };
    const own = payloadsOf(index, item.payloads ?? {});
    const sequence = sequences.get(writer) ?? 0;
    sequences.set(writer, sequence + 1);
    const leaf = canonicalJson({
      ...{ v: 1, log: ORIGIN, index, prev, writer, writerSeq: sequence, id: uuidOf(`entry ${index}`), kind, totals },
      time: times[index] ?? '',
      payload: Object.fromEntries(own.map(({ name, salt, json }) => [name, commitmentOf({ name, salt, json })])),
      ...members,
      ...over,
    });
    const text = item.leaf?.(leaf) ?? leaf;
    leaves.push(text);
    payloads.push(own);
    const leafHash = hashLeaf(sha256, Buffer.from(text));
    edges.push(appendToEdge(sha256, edges.at(-1) ?? EMPTY_EDGE, leafHash));
    prev = encodeBase64(leafHash);
  }
  return { leaves, edges, payloads };
}

function entryLines(
  leaves: readonly string[],
  payloads: readonly EntryLine['payloads'][],
  { gone = [], lost = [], entries: change }: BuildOptions,
): readonly string[] {
  const entries = leaves.map((leaf, index): EntryLine => {
    const leafHash = encodeBase64(hashLeaf(sha256, Buffer.from(leaf)));
    if (gone.includes(index)) return { index, leafHash, payloads: [] };
    const kept = (payloads[index] ?? []).filter(
      ({ name }) => !lost.includes(`${index}`) && !lost.includes(`${index} ${name}`),
    );
    return { index, leaf, leafHash, payloads: kept.map((payload) => ({ ...payload })) };
  });
  change?.(entries);
  return entries.map((entry) => JSON.stringify(entry));
}

function payloadsOf(index: number, values: Readonly<Record<string, JsonValue>>): EntryLine['payloads'] {
  return Object.entries(values)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => ({ name, salt: encodeBase64(saltOf(index, name)), json: canonicalJson(value) }));
}

/** The commitment of a payload line. */
export function commitmentOf({ name, salt, json }: EntryLine['payloads'][number]): string {
  return commitPayload({ name, salt: Buffer.from(salt, 'base64'), bytes: Buffer.from(json) });
}

function rootOf(edges: readonly RightEdge[], size: number): string {
  return encodeBase64(edgeRoot(sha256, edges[size] ?? EMPTY_EDGE));
}

function signedAt(size: number, edges: readonly RightEdge[], options: BuildOptions): string {
  const { signersAt = () => [IDENTITY, epochSigner(1)], text = (same) => same, note = (same) => same } = options;
  const root = edgeRoot(sha256, edges[size] ?? EMPTY_EDGE);
  const checkpoint = text(formatCheckpoint({ origin: ORIGIN, size, root, extensions: [] }));
  return note(signNote({ text: checkpoint, signers: signersAt(size) }), size);
}
