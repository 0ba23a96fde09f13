/**
 * The hashes of a log's tree, for proofs: worked out from the stored leaf hashes once, and kept where they are asked for again.
 * The nodes over 256 leaves and more stay in memory (a quarter of a megabyte for a million entries); those below are read again
 * when an entry near them is proven, and must come to the node that is known. Nothing here is believed before its root was
 * compared with a signed checkpoint: that is for the caller.
 */

import { type HashReader, hashNode, proveConsistency, proveInclusion, rangeRoot, TILE_WIDTH } from '@countersign/tlog';
import { StoreCorruptError } from './errors.js';
import { sha256 } from './keys/private-key.js';
import type { LogStore } from './store.js';

/** Answers hashes and proofs of the tree at any size that the store has. */
export class TreeHashes {
  readonly #store: Pick<LogStore, 'hashes'>;
  /** Roots of complete subtrees, by level from `TILE_LEVEL` on: those over one full group of leaves, over two, over four. */
  #nodes: Uint8Array[][] = [[]];
  /** The groups that were looked at last, the newest last. */
  readonly #groups = new Map<number, Group>();
  /** Growing goes one step after the other, however many ask at once. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(store: Pick<LogStore, 'hashes'>) {
    this.#store = store;
  }

  /** The root of the first `size` leaves. @throws StoreCorruptError `STORE_DAMAGED` when one of them is not there. */
  async root(size: number): Promise<Uint8Array> {
    const reader = await this.#readerFor(size, []);
    return rangeRoot({ hasher: sha256, reader, start: 0, end: size });
  }

  /** The inclusion proof of the leaf at `index` in the tree of `size` leaves. @throws StoreCorruptError `STORE_DAMAGED` */
  async inclusion(index: number, size: number): Promise<readonly Uint8Array[]> {
    return proveInclusion({ hasher: sha256, reader: await this.#readerFor(size, [index]), index, size });
  }

  /** The proof that the tree of `to` leaves begins with that of `from`. @throws StoreCorruptError `STORE_DAMAGED` */
  async consistency(from: number, to: number): Promise<readonly Uint8Array[]> {
    return proveConsistency({ hasher: sha256, reader: await this.#readerFor(to, [from - 1]), from, to });
  }

  /** The hash of a leaf below `size`, as the root of that size has it. @throws StoreCorruptError `STORE_DAMAGED` */
  async leafHash(index: number, size: number): Promise<Uint8Array> {
    return (await this.#readerFor(size, [index])).leafHash(index);
  }

  /**
   * The roots of `count` complete subtrees of `2^height` leaves each, from the one at `from` on, all below `size`: a tile of a
   * height that is a multiple of 8. @throws StoreCorruptError `STORE_DAMAGED`
   */
  async nodes(tile: {
    readonly height: number;
    readonly from: number;
    readonly count: number;
    readonly size: number;
  }): Promise<readonly Uint8Array[]> {
    const { height, from, count, size } = tile;
    const reader = await this.#readerFor(size, height === 0 ? [from] : []);
    return Array.from({ length: count }, (_, at) => {
      const node = reader.node?.(height, from + at);
      if (node === undefined) throw missing((from + at) * 2 ** height);
      return node;
    });
  }

  /** Forgets everything: the store may hold another log by now. */
  forget(): void {
    this.#nodes = [[]];
    this.#groups.clear();
  }

  /** What reads the hashes for these leaves and for the root of `size`. */
  async #readerFor(size: number, indexes: readonly number[]): Promise<HashReader> {
    await this.#grow(size);
    const rest = size % TILE_WIDTH === 0 ? [] : [Math.floor(size / TILE_WIDTH)];
    const wanted = new Set([...indexes.map((index) => Math.floor(index / TILE_WIDTH)), ...rest]);
    const groups = new Map<number, Group>();
    for (const position of wanted) groups.set(position, await this.#group(position, size));
    const nodes = this.#nodes;
    const nodeOf = (level: number, index: number): Uint8Array | undefined => {
      if (level >= TILE_LEVEL) return nodes[level - TILE_LEVEL]?.[index];
      const width = TILE_WIDTH / 2 ** level;
      return groups.get(Math.floor(index / width))?.[level]?.[index % width];
    };
    return {
      leafHash: (index) => {
        const hash = nodeOf(0, index);
        if (hash === undefined) throw missing(index);
        return hash;
      },
      node: nodeOf,
    };
  }

  /** Works out the nodes over full groups up to `size`. */
  #grow(size: number): Promise<void> {
    const turn = this.#turn.then(async () => {
      const [roots = []] = this.#nodes;
      const full = Math.floor(size / TILE_WIDTH);
      while (roots.length < full) {
        const from = roots.length * TILE_WIDTH;
        const hashes = await this.#read(from, Math.min((full - roots.length) * TILE_WIDTH, READ_CHUNK));
        for (let start = 0; start < hashes.length; start += TILE_WIDTH) {
          this.#push(rootOf(groupOf(hashes.slice(start, start + TILE_WIDTH))));
        }
      }
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /** Adds the root of one more full group, and every node that it completes. */
  #push(root: Uint8Array): void {
    let node = root;
    for (let height = 0; ; height += 1) {
      const row = this.#nodes[height] ?? [];
      this.#nodes[height] = row;
      row.push(node);
      const left = row.at(-2);
      if (row.length % 2 === 1 || left === undefined) return;
      node = hashNode(sha256, left, node);
    }
  }

  /** The nodes below one root of a full group, or those over the leaves behind the last full one. */
  async #group(position: number, size: number): Promise<Group> {
    const width = Math.min(TILE_WIDTH, size - position * TILE_WIDTH);
    const known = this.#groups.get(position);
    // The newest stands last, and the oldest is forgotten first.
    this.#groups.delete(position);
    const group =
      known !== undefined && (known[0]?.length ?? 0) >= width ? known : await this.#readGroup(position, width);
    this.#groups.set(position, group);
    const [oldest] = this.#groups.keys();
    if (this.#groups.size > MAX_GROUPS && oldest !== undefined) this.#groups.delete(oldest);
    return group;
  }

  async #readGroup(position: number, width: number): Promise<Group> {
    const group = groupOf(await this.#read(position * TILE_WIDTH, width));
    const root = this.#nodes[0]?.[position];
    if (width === TILE_WIDTH && (root === undefined || !Buffer.from(root).equals(rootOf(group)))) {
      throw changed(position * TILE_WIDTH);
    }
    return group;
  }

  /** Exactly these hashes, or an error. */
  async #read(from: number, count: number): Promise<readonly Uint8Array[]> {
    const stored = await this.#store.hashes({ from, limit: count });
    for (const [at, { index, leafHash }] of stored.entries()) {
      if (index !== from + at || leafHash.length !== HASH_BYTES) throw missing(from + at);
    }
    if (stored.length !== count) throw missing(from + stored.length);
    return stored.map(({ leafHash }) => leafHash);
  }
}

/** The complete subtrees over up to 256 leaves, by level from 0. */
type Group = readonly (readonly Uint8Array[])[];

/** The level of a node over one full group of leaves. */
const TILE_LEVEL = 8;

/** How many leaf hashes are read at a time while the tree grows: whole groups. */
const READ_CHUNK = 32 * TILE_WIDTH;

/** How many groups are kept: 16 KiB each. */
const MAX_GROUPS = 256;

const HASH_BYTES = 32;

function groupOf(leaves: readonly Uint8Array[]): Group {
  const levels: (readonly Uint8Array[])[] = [leaves];
  for (let below = leaves; below.length > 1; ) {
    const row: Uint8Array[] = [];
    for (let at = 0; at + 1 < below.length; at += 2) {
      const [left, right] = [below[at], below[at + 1]];
      if (left !== undefined && right !== undefined) row.push(hashNode(sha256, left, right));
    }
    levels.push(row);
    below = row;
  }
  return levels;
}

/** Of a full group. */
function rootOf(group: Group): Uint8Array {
  return group[TILE_LEVEL]?.[0] ?? new Uint8Array();
}

const hint = 'Run `countersign verify`, and keep a copy of the store as it is.';

function missing(index: number): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `The leaf hash at index ${index} is not in the store.`, { hint });
}

function changed(index: number): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `Leaf hashes from index ${index} on are not what they were.`, { hint });
}
