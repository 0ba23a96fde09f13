/**
 * The tree of the first leaves of a store, worked out from the leaf hashes themselves rather than from what the store says of
 * them. Reads in chunks; memory stays constant.
 */

import { appendToEdge, EMPTY_EDGE, type RightEdge } from '@countersign/tlog';
import { StoreCorruptError } from './errors.js';
import { sha256 } from './keys/private-key.js';
import type { LogReader } from './log-reader.js';

/** How many leaves are read at a time. */
export const LEAF_CHUNK = 1000;

/** Walks up the log and answers the edge of the tree at each size that it is asked for. */
export class TreeReader {
  readonly #reader: Pick<LogReader, 'leaves'>;
  #edge: RightEdge = EMPTY_EDGE;

  constructor(reader: Pick<LogReader, 'leaves'>) {
    this.#reader = reader;
  }

  /**
   * The edge of the tree of the first `size` leaves. Sizes may only grow from one call to the next.
   * @throws StoreCorruptError `STORE_DAMAGED` when a leaf is not there.
   */
  async edgeAt(size: number): Promise<RightEdge> {
    while (this.#edge.size < size) {
      const from = this.#edge.size;
      const leaves = await this.#reader.leaves({ from, limit: Math.min(LEAF_CHUNK, size - from) });
      for (const { index, leafHash } of leaves) {
        if (index !== this.#edge.size) throw missing(this.#edge.size);
        this.#edge = appendToEdge(sha256, this.#edge, leafHash);
      }
      if (leaves.length === 0) throw missing(from);
    }
    return this.#edge;
  }
}

function missing(index: number): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `The leaf at index ${index} is not in the store.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
