/**
 * The tree of a log, worked out from its rows as they are stored now: what is shown to others is never taken from memory. A
 * bit that flipped between hashing and storing has ended other logs. Complete blocks are read once; memory is 32 bytes for
 * each 256 entries.
 */

import { setImmediate } from 'node:timers/promises';
import { type HashReader, hashLeaf, hashNode, proveConsistency, rangeRoot } from '@countersign/tlog';
import { sha256 } from '../keys/private-key.js';
import type { LogReader } from '../log-reader.js';
import { AnchorError } from './anchor.js';

/** Reads the tree of one log, from its first row on and only once. */
export class CheckedTree {
  readonly #reader: Pick<LogReader, 'leaves'>;
  /** By level above a block: the roots of the complete subtrees, from the left. */
  readonly #levels: Uint8Array[][] = [[]];
  #last: Promise<unknown> = Promise.resolve();

  constructor(reader: Pick<LogReader, 'leaves'>) {
    this.#reader = reader;
  }

  /** The root of the first `size` entries. @throws AnchorError `ANCHOR_ROOT_MISMATCH` when a row is not what was hashed, or not there. */
  rootAt(size: number): Promise<Uint8Array> {
    return this.#inTurn(async () => {
      await this.#extend(size);
      const reader = await this.#readerFor([size]);
      return rangeRoot({ hasher: sha256, reader, start: 0, end: size });
    });
  }

  /** The consistency proof between two sizes, `1 <= from <= to`. @throws AnchorError as `rootAt` */
  prove(from: number, to: number): Promise<readonly Uint8Array[]> {
    return this.#inTurn(async () => {
      await this.#extend(to);
      const reader = await this.#readerFor([from, to]);
      return proveConsistency({ hasher: sha256, reader, from, to });
    });
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /** Takes in the complete blocks below a size. */
  async #extend(size: number): Promise<void> {
    for (let block = this.#levels[0]?.length ?? 0; (block + 1) * BLOCK <= size; block += 1) {
      const hashes = await this.#readBlock(block, BLOCK);
      const reader = { leafHash: (index: number) => at(hashes, index) };
      this.#push(0, rangeRoot({ hasher: sha256, reader, start: 0, end: BLOCK }));
      // Others must get their turn of the event loop: a store may never leave it.
      await setImmediate();
    }
  }

  #push(level: number, root: Uint8Array): void {
    const row = this.#levels[level] ?? [];
    this.#levels[level] = row;
    row.push(root);
    const [left, right] = row.length % 2 === 0 ? row.slice(-2) : [];
    if (left !== undefined && right !== undefined) this.#push(level + 1, hashNode(sha256, left, right));
  }

  /** A reader that has the leaves of the blocks in which these sizes end; all else lies in complete blocks. */
  async #readerFor(sizes: readonly number[]): Promise<HashReader> {
    const end = Math.max(...sizes);
    const blocks = new Map<number, readonly Uint8Array[]>();
    for (const size of sizes) {
      const block = Math.floor(size / BLOCK);
      const width = Math.min(BLOCK, end - block * BLOCK);
      if (size % BLOCK > 0 && !blocks.has(block)) blocks.set(block, await this.#readBlock(block, width));
    }
    return {
      leafHash: (index) => at(blocks.get(Math.floor(index / BLOCK)) ?? [], index % BLOCK),
      node: (level, index) => (level < BLOCK_LEVEL ? undefined : this.#levels[level - BLOCK_LEVEL]?.[index]),
    };
  }

  async #readBlock(block: number, width: number): Promise<readonly Uint8Array[]> {
    const from = block * BLOCK;
    const leaves = await this.#reader.leaves({ from, limit: width });
    return Array.from({ length: width }, (_, i) => {
      const row = leaves[i];
      if (row?.index !== from + i || row.unreadable === true) throw mismatch(from + i);
      const { leaf, leafHash } = row;
      const isSound = leaf === undefined || Buffer.from(hashLeaf(sha256, Buffer.from(leaf, 'utf8'))).equals(leafHash);
      if (!isSound || leafHash.length !== 32) throw mismatch(from + i);
      return leafHash;
    });
  }
}

const BLOCK_LEVEL = 8;
const BLOCK = 2 ** BLOCK_LEVEL;

function at(hashes: readonly Uint8Array[], index: number): Uint8Array {
  const hash = hashes[index];
  if (hash === undefined) throw new RangeError('A hash was asked for that was not read.');
  return hash;
}

function mismatch(index: number): AnchorError {
  return new AnchorError(
    'ANCHOR_ROOT_MISMATCH',
    `Row ${index} of the store is not what was hashed; nothing was anchored.`,
    {
      hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
    },
  );
}
