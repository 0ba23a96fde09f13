/**
 * The roots of the tree at earlier sizes. The right edge is remembered at every page boundary (a few hundred bytes each), so
 * that any root is worked out again from one page of leaf hashes.
 */

import { encodeBase64 } from '@countersign/core';
import { appendToEdge, EMPTY_EDGE, edgeRoot, type RightEdge } from '@countersign/tlog';
import { sha256 } from '../keys/private-key.js';
import type { EvidenceReader } from './evidence.js';

/** Answers roots of the tree that was read. */
export class KnownRoots {
  readonly #reader: EvidenceReader;
  readonly #edges: RightEdge[] = [EMPTY_EDGE];
  readonly #roots = new Map<number, string>();

  constructor(reader: EvidenceReader) {
    this.#reader = reader;
  }

  /** Remembers an edge; sizes only grow. */
  remember(edge: RightEdge): void {
    this.#edges.push(edge);
  }

  /** The root of the first `size` leaves in standard base64; undefined when the log has fewer, or they cannot be read. */
  async rootAt(size: number): Promise<string | undefined> {
    const known = this.#roots.get(size);
    if (known !== undefined) return known;
    const edge = await this.#edgeAt(size);
    if (edge === undefined) return undefined;
    const root = encodeBase64(edgeRoot(sha256, edge));
    this.#roots.set(size, root);
    return root;
  }

  async #edgeAt(size: number): Promise<RightEdge | undefined> {
    let edge = this.#edges.findLast((known) => known.size <= size) ?? EMPTY_EDGE;
    if (edge.size === size) return edge;
    const leaves = await this.#reader.leaves(edge.size, size - edge.size);
    for (const { index, leafHash } of leaves ?? []) {
      if (index !== edge.size || leafHash.length !== 32) return undefined;
      edge = appendToEdge(sha256, edge, leafHash);
    }
    return edge.size === size ? edge : undefined;
  }
}
