/**
 * The log as the files of a C2SP tlog-tiles directory: hash tiles of every level, and bundles of entries where all their entries
 * are still there. Purged entries are gone from the bundles and stay in the hashes.
 */

import {
  encodeEntryBundle,
  encodeHashTile,
  formatTilePath,
  hashLeaf,
  TILE_WIDTH,
  type Tile,
  tilesOf,
} from '@countersign/tlog';
import { StoreCorruptError } from '../errors.js';
import { sha256 } from '../keys/private-key.js';
import type { LogStore, StoredLeaf } from '../store.js';
import type { TreeHashes } from '../tree-hashes.js';

/** One file of the directory. */
export interface TileFile {
  readonly tile: Tile;
  /** Relative, with forward slashes. */
  readonly path: string;
  /** What stands in it; undefined for a bundle of which entries were purged. */
  readonly bytes: () => Promise<Uint8Array | undefined>;
}

/** What the files are made from. */
export interface TileFileParts {
  readonly store: Pick<LogStore, 'leaves'>;
  readonly tree: TreeHashes;
  readonly size: number;
  /** Whether a purge on record has removed the entry at this index. */
  readonly isPurged: (index: number) => Promise<boolean>;
}

/** The files of the log at a size, bundles of entries first; their bytes are made when they are asked for. */
export function* tileFiles(parts: TileFileParts): Generator<TileFile, void, undefined> {
  for (const tile of tilesOf(parts.size)) {
    const bytes = () => (tile.level === 'entries' ? bundleBytes(parts, tile) : hashBytes(parts, tile));
    yield { tile, path: formatTilePath(tile), bytes };
  }
}

async function hashBytes({ tree, size }: TileFileParts, { level, index, width }: Tile): Promise<Uint8Array> {
  const height = level === 'entries' ? 0 : level * TILE_HEIGHT;
  return encodeHashTile(await tree.nodes({ height, from: index * TILE_WIDTH, count: width, size }));
}

/** The level of the tree goes up by this for each level of tiles. */
const TILE_HEIGHT = 8;

async function bundleBytes(parts: TileFileParts, { index, width }: Tile): Promise<Uint8Array | undefined> {
  const { store, tree, size, isPurged } = parts;
  const from = index * TILE_WIDTH;
  const leaves = await store.leaves({ from, limit: width });
  const hashes = await tree.nodes({ height: 0, from, count: width, size });
  const entries: Uint8Array[] = [];
  let isWhole = leaves.length === width;
  for (const [at, stored] of leaves.entries()) {
    if (stored.index !== from + at || stored.unreadable === true) throw damaged(from + at);
    const bytes = textOf(stored);
    if (bytes === undefined && !(await isPurged(stored.index))) throw damaged(stored.index);
    if (bytes !== undefined && !Buffer.from(hashLeaf(sha256, bytes)).equals(hashes[at] ?? new Uint8Array())) {
      throw damaged(stored.index);
    }
    isWhole &&= bytes !== undefined;
    if (bytes !== undefined) entries.push(bytes);
  }
  if (leaves.length < width) throw damaged(from + leaves.length);
  return isWhole ? encodeEntryBundle(entries) : undefined;
}

function textOf({ leaf }: StoredLeaf): Uint8Array | undefined {
  return leaf === undefined ? undefined : Buffer.from(leaf, 'utf8');
}

function damaged(index: number): StoreCorruptError {
  return new StoreCorruptError('ENTRY_UNPROVEN', `Entry ${index} is not what was signed, or gone without a purge.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
