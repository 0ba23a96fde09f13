/**
 * A log exported as C2SP tlog-tiles, audited by a small reader that shares no code with what wrote it: it knows the layout, the
 * hashes and the signed note, and nothing of entries. The same reader reads the published log of tessera.
 */

import { createHash, createPublicKey, verify } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemEnvironment } from '@countersign/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogView } from '../src/log-view.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { openWorld, type World, writeTen } from './verify-world.js';

let folder: string;
let world: World;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-tiles-'));
  world = await openWorld(createMemoryLogStore(), 31);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const out = () => join(folder, 'out');

/** Appends events, many to a commit, until the log has this many entries. */
async function growTo({ log, store }: World, size: number): Promise<void> {
  const from = (await store.head()).size;
  const events = Array.from({ length: size - from }, (_, i) => ({
    kind: 'system-event' as const,
    name: `event-${from + i}`,
    payloads: { details: { i } },
  }));
  await Promise.all(events.map((event) => log.append(event)));
}

describe('a log as tiles', () => {
  it.each([2, 255, 256, 257, 700])('of %i entries is what the signed root stands over', async (size) => {
    await growTo(world, size);
    const done = await world.log.exportTiles(out());
    expect(done).toMatchObject({ size, minimumIndex: 0 });
    const audit = auditFolder(out(), world.key);
    expect(audit.size).toBe(size);
    const leaves = await world.store.leaves({ from: 0, limit: size });
    expect(audit.entries.map((entry) => entry?.toString('utf8'))).toEqual(leaves.map(({ leaf }) => leaf));
    expect(readFileSync(join(out(), 'checkpoint'), 'utf8')).toBe(await world.log.checkpoint());
  });

  it('only grows: what was published stays as it was, at every later size', async () => {
    const published = new Map<string, string>();
    for (const size of [10, 11, 256, 300, 513]) {
      await growTo(world, size);
      await world.log.exportTiles(out());
      expect(auditFolder(out(), world.key).size).toBe(size);
      for (const [path, bytes] of published) expect(readFileSync(join(out(), path), 'base64'), path).toBe(bytes);
      for (const path of tilePaths()) published.set(path, readFileSync(join(out(), path), 'base64'));
    }
    expect(await world.log.exportTiles(out())).toMatchObject({ written: 0 });
  });

  it('is gone on with after an export was broken off at any file', async () => {
    await growTo(world, 300);
    await world.log.exportTiles(out());
    const all = tilePaths();
    for (const kept of [0, 1, 2, all.length - 1]) {
      // The checkpoint comes last: an export that ended before has none, or an older one.
      rmSync(join(out(), 'checkpoint'));
      for (const path of all.slice(kept)) rmSync(join(out(), path));
      writeFileSync(join(out(), `checkpoint.${'0'.repeat(32)}.tmp`), 'half of a');
      writeFileSync(join(out(), '.lock.0123456789abcdef.old'), 'a lock that was taken over');
      expect((await world.log.exportTiles(out())).written).toBe(all.length - kept);
      expect(auditFolder(out(), world.key).size).toBe(300);
      rmSync(join(out(), `checkpoint.${'0'.repeat(32)}.tmp`));
    }
  });

  it('is written once when two exports run at a time', async () => {
    await growTo(world, 300);
    const { store, log } = world;
    const parts = { store, origin: log.origin, identityKey: log.identityKey, isWriterAlive: () => false };
    const view = new LogView({ ...parts, environment: createSystemEnvironment() });
    const both = await Promise.all([view.exportTiles(out()), view.exportTiles(out())]);
    expect(both.map(({ written }) => written).toSorted()).toEqual([0, tilePaths().length]);
    expect(auditFolder(out(), world.key).size).toBe(300);
  });
});

describe('a folder is refused', () => {
  it('that holds something else, another log, or a file that was changed', async () => {
    const foreign = join(folder, 'foreign');
    await growTo(world, 260);
    await world.log.exportTiles(foreign);
    writeFileSync(join(foreign, 'notes.txt'), 'mine');
    await expect(world.log.exportTiles(foreign)).rejects.toMatchObject({ code: 'EXPORT_FOLDER_NOT_OURS' });
    rmSync(join(foreign, 'notes.txt'));
    for (const text of ['', '{}', '{"format":"countersign-tlog-tiles","version":2,"log":"x"}']) {
      writeFileSync(join(foreign, 'countersign.json'), text);
      await expect(world.log.exportTiles(foreign), text).rejects.toMatchObject({ code: 'EXPORT_FOLDER_NOT_OURS' });
    }
    rmSync(join(foreign, 'countersign.json'));
    await expect(world.log.exportTiles(foreign)).rejects.toMatchObject({ code: 'EXPORT_FOLDER_NOT_OURS' });
    await world.log.exportTiles(out());
    writeFileSync(join(out(), 'tile/0/000'), new Uint8Array(256 * 32));
    await expect(world.log.exportTiles(out())).rejects.toMatchObject({ code: 'EXPORT_CONFLICT' });
  });

  it('that holds more than the log, or another tree of it', async () => {
    await growTo(world, 40);
    await world.log.exportTiles(out());
    const shorter = await openWorld(createMemoryLogStore(), 31);
    await expect(shorter.log.exportTiles(out())).rejects.toMatchObject({ code: 'EXPORT_CONFLICT' });
    await writeTen(shorter);
    await growTo(shorter, 60);
    await expect(shorter.log.exportTiles(out())).rejects.toMatchObject({ code: 'EXPORT_CONFLICT' });
    // The keys of the first two are the same: this one's are not.
    const other = await openWorld(createMemoryLogStore(), 32);
    await growTo(other, 60);
    await expect(other.log.exportTiles(out())).rejects.toMatchObject({ code: 'EXPORT_CONFLICT' });
    expect(auditFolder(out(), world.key).size).toBe(40);
  });
});

describe('entries that were purged', () => {
  it('are in no bundle that is written later, stay in the hashes, and are told by the minimum index', async () => {
    await growTo(world, 300);
    world.environment.advance(40 * 86_400_000);
    await growTo(world, 600);
    await world.log.purge({ olderThanDays: 30 });
    const { size } = await world.store.head();
    const done = await world.log.exportTiles(out());
    expect(done).toMatchObject({ size, minimumIndex: 512 });
    const about = JSON.parse(readFileSync(join(out(), 'countersign.json'), 'utf8'));
    expect(about).toMatchObject({ log: world.log.origin, key: world.key, minimumIndex: 512 });
    const { entries } = auditFolder(out(), world.key, about.minimumIndex);
    expect(entries.slice(512).every((entry) => entry !== undefined)).toBe(true);
    expect(existsSync(join(out(), 'tile/entries/000'))).toBe(false);
    // Bundles that were published before a purge stay: whoever must remove them finds them below the minimum index.
    await world.log.exportTiles(out());
  });

  it('and are gone without a purge are refused', async () => {
    await growTo(world, 20);
    const honest = world.store.leaves.bind(world.store);
    world.store.leaves = async (range) =>
      (await honest(range)).map((row) => (row.index === 5 ? { index: 5, leafHash: row.leafHash } : row));
    await expect(world.log.exportTiles(out())).rejects.toMatchObject({ code: 'ENTRY_UNPROVEN' });
    expect(existsSync(join(out(), 'checkpoint'))).toBe(false);
  });
});

const VECTORS = process.env.COUNTERSIGN_VECTORS;

describe.skipIf(VECTORS === undefined)('the reader of these tests (COUNTERSIGN_VECTORS)', () => {
  it('reads the published log of tessera at each of its sizes', () => {
    const key = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
    for (let size = 1; size <= 15; size += 1) {
      const audit = auditFolder(join(VECTORS ?? '', 'tessera/log'), key, 0, `checkpoint.${size}`);
      expect([audit.size, audit.entries.length]).toEqual([size, size]);
    }
  });
});

function tilePaths(): string[] {
  return readdirSync(join(out(), 'tile'), { recursive: true, encoding: 'utf8' })
    .map((name) => join('tile', name))
    .filter((path) => /\d$/.test(path) && readdirOrFile(join(out(), path)))
    .sort();
}

function readdirOrFile(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}

// The auditor. From here on nothing comes from the project.

interface Audit {
  readonly size: number;
  /** By index; undefined below the minimum index where there is no bundle. */
  readonly entries: readonly (Buffer | undefined)[];
}

function auditFolder(path: string, vkey: string, minimumIndex = 0, checkpointName = 'checkpoint'): Audit {
  const { size, root } = openCheckpoint(readFileSync(join(path, checkpointName), 'utf8'), vkey);
  const leaves = readLevel(path, 0, size);
  const entries = readEntries(path, size, minimumIndex);
  for (const [index, entry] of entries.entries()) {
    if (entry === undefined && index >= minimumIndex) throw new Error(`entry ${index} is not there`);
    if (entry !== undefined && !leafHash(entry).equals(hashAt(leaves, index))) throw new Error(`entry ${index}`);
  }
  if (!treeHash(leaves).equals(root)) throw new Error('the tiles do not come to the signed root');
  for (let [level, below] = [1, leaves]; below.length >= 256; level += 1) {
    const own = readLevel(path, level, Math.floor(below.length / 256));
    for (const [at, hash] of own.entries()) {
      if (!treeHash(below.slice(at * 256, (at + 1) * 256)).equals(hash)) throw new Error(`tile ${level}/${at}`);
    }
    below = own;
  }
  return { size, entries };
}

/** Signed note and checkpoint: text, empty line, lines of signatures; origin, size, root. */
function openCheckpoint(note: string, vkey: string): { readonly size: number; readonly root: Buffer } {
  const [name = '', id = '', ...rest] = vkey.split('+');
  const key = Buffer.from(rest.join('+'), 'base64').subarray(1);
  const end = note.lastIndexOf('\n\n') + 1;
  const [text, lines] = [note.slice(0, end), note.slice(end + 1).split('\n')];
  const line = lines.find((one) => one.startsWith(`\u2014 ${name} `));
  const signature = Buffer.from(line?.split(' ')[2] ?? '', 'base64');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), key]);
  const publicKey = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  if (signature.subarray(0, 4).toString('hex') !== id) throw new Error('no signature of this key');
  if (!verify(null, Buffer.from(text), publicKey, signature.subarray(4))) throw new Error('a bad signature');
  const [origin, size, root] = text.split('\n');
  if (origin !== name) throw new Error('another log');
  return { size: Number(size), root: Buffer.from(root ?? '', 'base64') };
}

function readLevel(path: string, level: number, count: number): Buffer[] {
  const hashes: Buffer[] = [];
  for (let start = 0; start < count; start += 256) {
    const width = Math.min(256, count - start);
    const bytes = readFileSync(join(path, 'tile', `${level}`, nameOf(start / 256, width)));
    if (bytes.length !== width * 32) throw new Error('a tile of another width');
    for (let at = 0; at < width; at += 1) hashes.push(bytes.subarray(at * 32, (at + 1) * 32));
  }
  return hashes;
}

function readEntries(path: string, size: number, minimumIndex: number): (Buffer | undefined)[] {
  const entries: (Buffer | undefined)[] = [];
  for (let start = 0; start < size; start += 256) {
    const width = Math.min(256, size - start);
    const file = join(path, 'tile', 'entries', nameOf(start / 256, width));
    if (!existsSync(file) && start + width <= Math.max(minimumIndex, 0)) {
      entries.push(...Array.from({ length: width }, () => undefined));
      continue;
    }
    const bytes = readFileSync(file);
    let at = 0;
    for (let i = 0; i < width; i += 1) {
      const length = bytes.readUInt16BE(at);
      entries.push(bytes.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
    if (at !== bytes.length) throw new Error('a bundle with something more');
  }
  return entries;
}

function nameOf(index: number, width: number): string {
  const groups: string[] = [];
  for (let rest = index, isLast = true; isLast || rest > 0; rest = Math.floor(rest / 1000), isLast = false) {
    const digits = String(rest % 1000).padStart(3, '0');
    groups.unshift(isLast ? digits : `x${digits}`);
  }
  return `${groups.join('/')}${width === 256 ? '' : `.p/${width}`}`;
}

/** RFC 6962, section 2.1, as it is written there. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [only] = leaves;
  if (leaves.length === 1 && only !== undefined) return only;
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const sides = [treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k))];
  return createHash('sha256').update(Buffer.of(1)).update(Buffer.concat(sides)).digest();
}

function leafHash(entry: Buffer): Buffer {
  return createHash('sha256').update(Buffer.of(0)).update(entry).digest();
}

function hashAt(hashes: readonly Buffer[], index: number): Buffer {
  return hashes[index] ?? Buffer.alloc(0);
}
