/**
 * Tiles: a log as static files of 256 hashes or 256 entries each, with the paths that they are served under.
 * C2SP tlog-tiles. Pure.
 */

import { TlogError } from './errors.js';
import { HASH_SIZE, isHash } from './hash.js';
import { isSize } from './integer.js';

/** One tile: the hashes of a level, or a bundle of entries. */
export interface Tile {
  /** 0 to 5: hashes, of leaves on level 0, of full tiles of the level below on the others. */
  readonly level: number | 'entries';
  /** 0-based. */
  readonly index: number;
  /** How many hashes or entries it holds: `TILE_WIDTH` for a full one, less for the last of its level. */
  readonly width: number;
}

/** How many hashes or entries a full tile holds. */
export const TILE_WIDTH = 256;

/** The highest level that has tiles: 256^6 leaves lie below one of its full ones, and no log is larger. */
export const MAX_TILE_LEVEL = 5;

/** The longest entry that a bundle can hold, in bytes. */
export const MAX_BUNDLE_ENTRY_BYTES = 0xffff;

/**
 * The path of a tile, such as `tile/0/x001/x234/067` or `tile/entries/000.p/17`.
 * @throws TlogError `TILE_INVALID` when there can be no such tile
 */
export function formatTilePath({ level, index, width }: Tile): string {
  if (!isTileLevel(level)) throw invalidTile(`its level must be entries, or 0 to ${MAX_TILE_LEVEL}`);
  if (!isSize(index)) throw invalidTile('its index must be a safe integer that is not negative');
  if (!Number.isInteger(width) || width < 1 || width > TILE_WIDTH) {
    throw invalidTile(`its width must be 1 to ${TILE_WIDTH}`);
  }
  return `tile/${level}/${formatTileIndex(index)}${width === TILE_WIDTH ? '' : `.p/${width}`}`;
}

/** Reads the path of a tile, in the one form that it has; `undefined` for any other text. */
export function parseTilePath(path: string): Tile | undefined {
  if (path.length > MAX_PATH_LENGTH) return undefined;
  const [, level, groups, width] = /^tile\/(entries|\d)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d{1,3}))?$/.exec(path) ?? [];
  if (level === undefined || groups === undefined) return undefined;
  const tile: Tile = {
    level: level === 'entries' ? level : Number(level),
    index: Number(groups.replaceAll(/[x/]/g, '')),
    width: width === undefined ? TILE_WIDTH : Number(width),
  };
  return isFormatOf(path, tile) ? tile : undefined;
}

/**
 * Every tile that a log of `size` leaves is served as, entry bundles first; the last of a level may be partial.
 * With `from`, those only that a log of `from` leaves is not served as already.
 * @throws TlogError `TILE_INVALID` when a size is none, or `from` is the larger
 */
export function* tilesOf(size: number, from = 0): Generator<Tile, void, undefined> {
  if (!isSize(size) || !isSize(from) || from > size) throw invalidTile('sizes must be 0 <= from <= size');
  for (const level of ['entries', ...LEVELS] as const) {
    const span = level === 'entries' ? 1 : TILE_WIDTH ** level;
    const [before, count] = [Math.floor(from / span), Math.floor(size / span)];
    for (let start = before - (before % TILE_WIDTH); start < count; start += TILE_WIDTH) {
      const width = Math.min(TILE_WIDTH, count - start);
      if (start + width > before) yield { level, index: start / TILE_WIDTH, width };
    }
  }
}

/** The bytes of a tile of hashes: one after the other. @throws TlogError `TILE_INVALID` for none, too many, or no hashes */
export function encodeHashTile(hashes: readonly Uint8Array[]): Uint8Array {
  checkWidth(hashes.length);
  if (!hashes.every(isHash)) throw invalidTile(`its hashes must be ${HASH_SIZE} bytes each`);
  const bytes = new Uint8Array(hashes.length * HASH_SIZE);
  hashes.forEach((hash, position) => {
    bytes.set(hash, position * HASH_SIZE);
  });
  return bytes;
}

/** The hashes of a tile of this width. @throws TlogError `TILE_INVALID` when the bytes are of another length */
export function decodeHashTile(bytes: Uint8Array, width: number): Uint8Array[] {
  checkWidth(width);
  if (bytes.length !== width * HASH_SIZE) throw invalidTile(`it has not the ${width} hashes that its path states`);
  return Array.from({ length: width }, (_, position) =>
    copyOf(bytes, position * HASH_SIZE, (position + 1) * HASH_SIZE),
  );
}

/** The bytes of a bundle: each entry after its length in two bytes, big-endian. @throws TlogError `TILE_INVALID` */
export function encodeEntryBundle(entries: readonly Uint8Array[]): Uint8Array {
  checkWidth(entries.length);
  if (entries.some((entry) => entry.length > MAX_BUNDLE_ENTRY_BYTES)) {
    throw invalidTile(`an entry has more than ${MAX_BUNDLE_ENTRY_BYTES} bytes`);
  }
  const bytes = new Uint8Array(entries.reduce((length, entry) => length + LENGTH_BYTES + entry.length, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const entry of entries) {
    view.setUint16(at, entry.length);
    bytes.set(entry, at + LENGTH_BYTES);
    at += LENGTH_BYTES + entry.length;
  }
  return bytes;
}

/** The entries of a bundle of this width. @throws TlogError `TILE_INVALID` when the bytes hold more, fewer or half of one */
export function decodeEntryBundle(bytes: Uint8Array, width: number): Uint8Array[] {
  checkWidth(width);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length && entries.length < width) {
    const end = at + LENGTH_BYTES > bytes.length ? bytes.length + 1 : at + LENGTH_BYTES + view.getUint16(at);
    if (end > bytes.length) throw invalidTile('its last entry is cut off');
    entries.push(copyOf(bytes, at + LENGTH_BYTES, end));
    at = end;
  }
  if (entries.length !== width || at !== bytes.length) {
    throw invalidTile(`it has not the ${width} entries that its path states`);
  }
  return entries;
}

const LENGTH_BYTES = 2;

const LEVELS = [0, 1, 2, 3, 4, 5] as const;

/** `tile/entries/`, six groups of three digits for the largest index, and a width. */
const MAX_PATH_LENGTH = 64;

function isTileLevel(level: Tile['level']): boolean {
  return level === 'entries' || (Number.isInteger(level) && level >= 0 && level <= MAX_TILE_LEVEL);
}

/** `1234067` is `x001/x234/067`. */
function formatTileIndex(index: number): string {
  const digits = `${index}`;
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  return groups.map((group, at) => (at === groups.length - 1 ? group : `x${group}`)).join('/');
}

function isFormatOf(path: string, tile: Tile): boolean {
  try {
    return formatTilePath(tile) === path;
  } catch {
    // No tile has such a level, index or width.
    return false;
  }
}

/** The caller may use its buffer again, and `slice` of a Buffer is no copy. */
function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end));
}

function checkWidth(width: number): void {
  if (Number.isInteger(width) && width >= 1 && width <= TILE_WIDTH) return;
  throw invalidTile(`it must hold 1 to ${TILE_WIDTH} hashes or entries`);
}

function invalidTile(reason: string): TlogError {
  return new TlogError('TILE_INVALID', `This is not a tile of a log: ${reason}.`, {
    hint: 'Fetch the file again as raw bytes, under the path that its index and width make.',
  });
}
