import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decodeEntryBundle,
  decodeHashTile,
  encodeEntryBundle,
  encodeHashTile,
  formatTilePath,
  hashLeaf,
  hashNode,
  MAX_BUNDLE_ENTRY_BYTES,
  parseTilePath,
  rangeRoot,
  TILE_WIDTH,
  type Tile,
  tilesOf,
} from '@countersign/tlog';
import { describe, expect, it } from 'vitest';
import { at, bytesOf, createLeafHashes, expectCode, readerOf, sha256, VECTORS, VECTORS_NOTE } from './helpers.js';

describe('the path of a tile', () => {
  it.each<readonly [Tile, string]>([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 0, width: 1 }, 'tile/0/000.p/1'],
    [{ level: 5, index: 999, width: 255 }, 'tile/5/999.p/255'],
    [{ level: 1, index: 1000, width: 256 }, 'tile/1/x001/000'],
    [{ level: 'entries', index: 1_234_067, width: 256 }, 'tile/entries/x001/x234/067'],
    [{ level: 'entries', index: 273, width: 17 }, 'tile/entries/273.p/17'],
    [{ level: 0, index: Number.MAX_SAFE_INTEGER, width: 256 }, 'tile/0/x009/x007/x199/x254/x740/991'],
  ])('of %j is %s', (tile, path) => {
    expect(formatTilePath(tile)).toBe(path);
    expect(parseTilePath(path)).toEqual(tile);
  });

  it.each([
    '',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001',
    'tile/00/000',
    'tile/6/000',
    'tile/-1/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000/',
    '/tile/0/000',
    'tile/Entries/000',
    'tile/0/x999/x999/x999/x999/x999/999',
    `tile/0/${'x001/'.repeat(100)}000`,
    'tile/0/../000',
    'tile/0/000\n',
  ])('is refused in every other form: %j', (path) => {
    expect(parseTilePath(path)).toBeUndefined();
  });

  it('is never made of parts that no tile has', () => {
    const good = { level: 0, index: 0, width: 1 };
    for (const over of [
      { level: 6 },
      { level: 0.5 },
      { index: -1 },
      { index: 2 ** 53 },
      { width: 0 },
      { width: 257 },
    ]) {
      expectCode(() => formatTilePath({ ...good, ...over }), 'TILE_INVALID');
    }
  });
});

describe('the tiles of a log', () => {
  it('are the full ones and one partial one of each level, at sizes around every boundary', () => {
    const paths = (size: number, from?: number) => [...tilesOf(size, from)].map(formatTilePath);
    expect(paths(0)).toEqual([]);
    expect(paths(1)).toEqual(['tile/entries/000.p/1', 'tile/0/000.p/1']);
    expect(paths(256)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
    expect(paths(257)).toEqual([
      'tile/entries/000',
      'tile/entries/001.p/1',
      'tile/0/000',
      'tile/0/001.p/1',
      'tile/1/000.p/1',
    ]);
    expect(paths(65_536).slice(-3)).toEqual(['tile/0/255', 'tile/1/000', 'tile/2/000.p/1']);
    expect(paths(70_000).slice(-3)).toEqual(['tile/1/000', 'tile/1/001.p/17', 'tile/2/000.p/1']);
    expect(paths(257, 256)).toEqual(['tile/entries/001.p/1', 'tile/0/001.p/1']);
    expect(paths(256, 255)).toEqual(['tile/entries/000', 'tile/0/000', 'tile/1/000.p/1']);
    expect(paths(300, 300)).toEqual([]);
    expectCode(() => paths(1, 2), 'TILE_INVALID');
    expectCode(() => paths(1.5), 'TILE_INVALID');
  });

  it('hold every leaf once, and each full tile as one hash of the level above', () => {
    const size = 3 * TILE_WIDTH * TILE_WIDTH + 5 * TILE_WIDTH + 7;
    for (const level of [0, 1, 2] as const) {
      const own = [...tilesOf(size)].filter((tile) => tile.level === level);
      const held = own.reduce((sum, { width }) => sum + width, 0);
      expect(held).toBe(Math.floor(size / TILE_WIDTH ** level));
    }
  });
});

describe('the bytes of tiles', () => {
  it('are hashes one after the other, and come back', () => {
    const hashes = createLeafHashes(3);
    const bytes = encodeHashTile(hashes);
    expect(bytes).toHaveLength(96);
    expect(decodeHashTile(bytes, 3)).toEqual(hashes);
    expectCode(() => decodeHashTile(bytes, 2), 'TILE_INVALID');
    expectCode(() => decodeHashTile(bytes.subarray(1), 3), 'TILE_INVALID');
    expectCode(() => encodeHashTile([]), 'TILE_INVALID');
    expectCode(() => encodeHashTile(createLeafHashes(257)), 'TILE_INVALID');
    expectCode(() => encodeHashTile([new Uint8Array(31)]), 'TILE_INVALID');
  });

  it('of a bundle are entries after their lengths, and come back', () => {
    const entries = [bytesOf('one'), bytesOf(''), bytesOf('x'.repeat(300)), new Uint8Array(MAX_BUNDLE_ENTRY_BYTES)];
    const bytes = encodeEntryBundle(entries);
    expect([...bytes.subarray(0, 5)]).toEqual([0, 3, 111, 110, 101]);
    expect(decodeEntryBundle(bytes, 4)).toEqual(entries);
    expect(decodeEntryBundle(Buffer.concat([Buffer.from('..'), bytes]).subarray(2), 4)).toEqual(entries);
    expectCode(() => encodeEntryBundle([new Uint8Array(MAX_BUNDLE_ENTRY_BYTES + 1)]), 'TILE_INVALID');
    expectCode(() => encodeEntryBundle([]), 'TILE_INVALID');
  });

  it('of a bundle are refused when anything is missing, too much, or counted wrongly', () => {
    const bytes = encodeEntryBundle([bytesOf('one'), bytesOf('two')]);
    for (let length = 0; length < bytes.length; length += 1) {
      expectCode(() => decodeEntryBundle(bytes.subarray(0, length), 2), 'TILE_INVALID');
    }
    expectCode(() => decodeEntryBundle(Buffer.concat([bytes, Buffer.from([0])]), 2), 'TILE_INVALID');
    expectCode(() => decodeEntryBundle(bytes, 1), 'TILE_INVALID');
    expectCode(() => decodeEntryBundle(bytes, 3), 'TILE_INVALID');
    expectCode(() => decodeEntryBundle(bytes, 0), 'TILE_INVALID');
  });
});

describe('attacks on the shape of a tree', () => {
  it('find a node that is presented as a leaf, and a leaf as a node (class 49)', () => {
    const [left, right] = [at(createLeafHashes(2), 0), at(createLeafHashes(2), 1)];
    const node = hashNode(sha256, left, right);
    const asLeaf = hashLeaf(sha256, new Uint8Array([...left, ...right]));
    expect(Buffer.from(asLeaf).equals(node)).toBe(false);
  });

  it('find the last leaf doubled to fill a level (class 50, CVE-2012-2459)', () => {
    for (const size of [1, 3, 5, 6, 7, 11]) {
      const hashes = createLeafHashes(size);
      const doubled = [...hashes, at(hashes, size - 1)];
      const root = rangeRoot({ hasher: sha256, reader: readerOf(hashes), start: 0, end: size });
      const other = rangeRoot({ hasher: sha256, reader: readerOf(doubled), start: 0, end: size + 1 });
      expect(Buffer.from(root).equals(other), `size ${size}`).toBe(false);
    }
  });
});

describe.skipIf(VECTORS === undefined)(`transparency-dev/tessera tiles${VECTORS_NOTE}`, () => {
  it('are read by path and width, bundles and hashes alike', () => {
    const root = join(VECTORS ?? '', 'tessera/log');
    const files = readdirSync(join(root, 'tile'), { recursive: true, encoding: 'utf8' }).map((name) => `tile/${name}`);
    const tiles = files.flatMap((path) => {
      const tile = parseTilePath(path);
      return tile === undefined ? [] : [{ path, tile }];
    });
    expect(tiles).toHaveLength(30);
    for (const { path, tile } of tiles) {
      const bytes = new Uint8Array(readFileSync(join(root, path)));
      const hashes = decodeHashTile(readFileSync(join(root, `tile/0/000.p/${tile.width}`)), tile.width);
      if (tile.level === 'entries') {
        const entries = decodeEntryBundle(bytes, tile.width);
        expect(entries.map((entry) => hashLeaf(sha256, entry))).toEqual(hashes);
        expect(encodeEntryBundle(entries)).toEqual(bytes);
      } else {
        expect(encodeHashTile(hashes)).toEqual(bytes);
      }
    }
  });
});
