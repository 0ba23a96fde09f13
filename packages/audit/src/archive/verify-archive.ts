/**
 * Verifies an archive with the log's public key and nothing else: what was removed stood in the signed log, each entry at its
 * place and with these payloads. Reads line by line. Pure.
 */

import { decodeBase64, encodeBase64 } from '@countersign/core';
import {
  appendSubtree,
  hashLeaf,
  type Subtree,
  subtreeSizes,
  subtreesRoot,
  TlogError,
  verifyCheckpoint,
} from '@countersign/tlog';
import { verifyEd25519 } from '../ed25519.js';
import { decodeEntry } from '../entry/encode.js';
import { sha256 } from '../keys/private-key.js';
import { openPayload } from '../payload.js';
import { parseKey } from '../verify/steps/epochs.js';
import { type ArchivedEntry, type ArchivedGap, type ArchiveHeader, bodySchema, headerSchema } from './lines.js';

/** Why an archive is not believed. */
export interface ArchiveFailure {
  readonly ok: false;
  /** What is wrong, naming no values. */
  readonly reason: string;
  /** The line at fault, from 1 on, where there is one. */
  readonly line?: number;
}

/** What an archive holds. */
export interface ArchiveContent {
  readonly ok: true;
  readonly log: string;
  readonly size: number;
  readonly entries: number;
  readonly payloads: number;
  readonly checkpoint: string;
}

/** The answer of `verifyArchive`. */
export type ArchiveResult = ArchiveContent | ArchiveFailure;

/** What an archive is verified with. */
export interface VerifyArchiveOptions {
  /** The log's verifier key, as the caller knows it. */
  readonly key: string;
  /** Shown each entry, once its own bytes were found sound; that it stood in the log is known at the end. */
  readonly onEntry?: (entry: { readonly index: number; readonly leafHash: Uint8Array }) => void | Promise<void>;
}

/** Verifies the lines of an archive. Never throws on bad evidence. */
export async function verifyArchive(
  lines: AsyncIterable<string> | Iterable<string>,
  options: VerifyArchiveOptions,
): Promise<ArchiveResult> {
  const walk = new ArchiveWalk();
  let number = 0;
  for await (const line of lines) {
    number += 1;
    const reason = await walk.read(line, options);
    if (reason !== undefined) return { ok: false, reason, line: number };
  }
  return walk.finish(options.key);
}

class ArchiveWalk {
  #header: ArchiveHeader | undefined;
  #run: readonly Subtree[] = [];
  #next = 0;
  #entries = 0;
  #payloads = 0;

  /** Why a line cannot stand here; undefined when it can. */
  async read(text: string, { onEntry }: VerifyArchiveOptions): Promise<string | undefined> {
    const value = parse(text);
    if (value === undefined) return 'the line is no JSON';
    if (this.#header === undefined) return this.#readHeader(value);
    const body = bodySchema.safeParse(value);
    if (!body.success) return 'the line is neither an entry nor a gap';
    if ('nodes' in body.data) return this.#readGap(body.data);
    const result = this.#readEntry(body.data, this.#header);
    if (typeof result === 'string') return result;
    await onEntry?.(result);
    return undefined;
  }

  finish(key: string): ArchiveResult {
    const header = this.#header;
    if (header === undefined) return { ok: false, reason: 'there is no header' };
    if (this.#next !== header.size) return { ok: false, reason: 'it ends before the tree of its checkpoint does' };
    const trusted = parseKey(key.trim());
    if (trusted === undefined) return { ok: false, reason: 'the key is not a sound Ed25519 verifier key' };
    const { log, size, checkpoint } = header;
    const result = verifyCheckpoint({ note: checkpoint, origin: log, keys: [trusted], verify: verifyEd25519 });
    if (!result.ok) return { ok: false, reason: `its checkpoint is not signed by the key (${result.code})` };
    const root = encodeBase64(subtreesRoot(sha256, this.#run));
    if (result.checkpoint.size !== size || encodeBase64(result.checkpoint.root) !== root) {
      return { ok: false, reason: 'its entries do not come to the tree of its checkpoint' };
    }
    return { ok: true, log, size, entries: this.#entries, payloads: this.#payloads, checkpoint };
  }

  #readHeader(value: unknown): string | undefined {
    const header = headerSchema.safeParse(value);
    if (!header.success) return 'the header is not that of an archive';
    this.#header = header.data;
    return undefined;
  }

  #readGap({ from, to, nodes }: ArchivedGap): string | undefined {
    if (from !== this.#next || to <= from || to > (this.#header?.size ?? 0))
      return 'the gap does not go on from the line before';
    const sizes = subtreeSizes(from, to);
    if (sizes.length !== nodes.length) return 'the gap has not as many nodes as its range';
    for (const [i, node] of nodes.entries()) this.#append(sizes[i] ?? 0, decodeBase64(node));
    return undefined;
  }

  #readEntry(
    { index, leaf, payloads }: ArchivedEntry,
    { log, size }: ArchiveHeader,
  ): string | { readonly index: number; readonly leafHash: Uint8Array } {
    if (index !== this.#next || index >= size) return 'the entry does not go on from the line before';
    const decoded = decodeEntry(leaf);
    if (!decoded.ok) return `the leaf is none (${decoded.code})`;
    if (decoded.entry.index !== index || decoded.entry.log !== log) return 'the entry states another place';
    const names = new Set<string>();
    for (const { name, salt, json } of payloads) {
      const commitment = decoded.entry.payload[name];
      if (commitment === undefined || names.has(name)) return 'a payload is not committed to';
      names.add(name);
      const stored = { name, salt: Buffer.from(salt, 'base64'), bytes: Buffer.from(json, 'utf8') };
      if (encodeBase64(stored.salt) !== salt) return 'a salt is no canonical base64';
      const opened = openPayload(stored, commitment);
      if (!opened.ok) return `a payload is not what the entry commits to (${opened.code})`;
    }
    const leafHash = hashLeaf(sha256, Buffer.from(leaf, 'utf8'));
    this.#append(1, leafHash);
    this.#entries += 1;
    this.#payloads += payloads.length;
    return { index, leafHash };
  }

  #append(size: number, hash: Uint8Array): void {
    this.#run = appendSubtree(sha256, this.#run, { from: this.#next, size, hash });
    this.#next += size;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TlogError) return undefined;
    throw error;
  }
}
