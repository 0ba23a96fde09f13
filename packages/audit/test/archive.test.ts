/**
 * Archives: what a purge removes, verified with the public key before it goes, and ever after.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatVerifierKey } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readArchive } from '../src/archive/archive-file.js';
import { verifyArchive } from '../src/archive/verify-archive.js';
import { createTestLog, type TestLog } from '../src/testing/test-log.js';
import { verifyLog } from '../src/verify/index.js';
import { readAll } from './support.js';

const DAY_MS = 24 * 60 * 60 * 1000;
let folder = '';
let path = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-archive-'));
  path = join(folder, 'archives', 'first.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function makeLog(count = 40): Promise<TestLog> {
  const world = await createTestLog();
  for (let i = 0; i < count; i += 1) {
    const kept = { kind: 'policy-changed', policy: Buffer.alloc(32, i).toString('base64') } as const;
    if (i % 7 === 3) await world.log.append(kept);
    else await world.log.append({ kind: 'system-event', name: `e${i}`, payloads: { details: { i, text: 'é 😀' } } });
  }
  world.environment.advance(DAY_MS);
  await world.log.append({ kind: 'system-event', name: 'newest' });
  return world;
}

const keyOf = ({ signer }: TestLog) => formatVerifierKey(signer.identity.key);
const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n');

describe('a purge with an archive', () => {
  it('writes what goes, verified, before it goes, and names the archive in its statements', async () => {
    const world = await makeLog();
    const before = await world.store.leaves({ from: 0, limit: 1000 });
    const result = await world.log.purge({ olderThanDays: 0.5, archive: path });
    expect(result).toMatchObject({ entries: 34, payloads: 34, archive: { path, entries: 34, payloads: 34 } });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(folder, 'archives'))).toEqual(['first.jsonl']);
    const statements = (await readAll(world.store)).filter(({ kind }) => kind === 'entries-purged');
    expect(statements).toMatchObject([{ archive: result.archive?.digest }]);
    const seen: number[] = [];
    const checked = await readArchive(path, {
      key: keyOf(world),
      onEntry: ({ index, leafHash }) => {
        seen.push(index);
        expect(Buffer.from(leafHash).equals(before[index]?.leafHash ?? new Uint8Array())).toBe(true);
      },
    });
    expect(checked).toMatchObject({ result: { ok: true, entries: 34 }, digest: result.archive?.digest });
    const gone = (await world.store.leaves({ from: 0, limit: 1000 })).filter(({ leaf }) => leaf === undefined);
    expect(seen).toEqual(gone.map(({ index }) => index));
    const { findings } = await verifyLog(world.store, { key: keyOf(world) });
    expect(findings.map(({ code }) => code)).toEqual(['NO_ANCHOR']);
  });

  it('archives payloads that go alone', async () => {
    const world = await makeLog();
    const result = await world.log.purge({ payloadsOlderThanDays: 0.5, archive: path });
    expect(result).toMatchObject({ entries: 0, payloads: 34, archive: { entries: 34, payloads: 34 } });
    const later = join(folder, 'later.jsonl');
    const entries = await world.log.purge({ olderThanDays: 0.5, archive: later });
    expect(entries).toMatchObject({ entries: 34, archive: { entries: 34, payloads: 0 } });
    for (const file of [path, later]) {
      expect((await readArchive(file, { key: keyOf(world) })).result).toMatchObject({ ok: true });
    }
  });

  it('removes nothing where the archive cannot be written, or something is there already', async () => {
    const world = await makeLog();
    writeFileSync(join(folder, 'taken'), 'mine');
    const purge = (archive: string) => world.log.purge({ olderThanDays: 0.5, archive });
    await expect(purge(join(folder, 'taken'))).rejects.toMatchObject({ code: 'ARCHIVE_EXISTS' });
    await expect(purge(join(folder, 'taken', 'below'))).rejects.toMatchObject({ code: 'ARCHIVE_IO' });
    expect(readFileSync(join(folder, 'taken'), 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['taken']);
    expect((await world.store.leaves({ from: 0, limit: 99 })).every(({ leaf }) => leaf !== undefined)).toBe(true);
  });

  it('removes nothing where what is archived is not what was signed', async () => {
    const world = await makeLog();
    const { payloads, snapshot } = world.store;
    const alter = async (range: { from: number; to: number }) =>
      (await payloads.call(world.store, range)).map((one) => ({ ...one, bytes: Buffer.from('"other"') }));
    world.store.snapshot = async () => {
      const real = await snapshot.call(world.store);
      return {
        ...real,
        head: () => real.head(),
        checkpoints: () => real.checkpoints(),
        leaves: (r) => real.leaves(r),
        payloads: alter,
        close: () => real.close(),
      };
    };
    const purge = world.log.purge({ olderThanDays: 0.5, archive: path });
    await expect(purge).rejects.toMatchObject({ code: 'ARCHIVE_INVALID' });
    expect(readdirSync(join(folder, 'archives'))).toEqual([]);
    expect((await world.store.leaves({ from: 0, limit: 99 })).every(({ leaf }) => leaf !== undefined)).toBe(true);
  });

  it('writes none when there is nothing to remove', async () => {
    const world = await makeLog();
    expect(await world.log.purge({ olderThanDays: 5, archive: path })).not.toHaveProperty('archive');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an archive', () => {
  it('with any line changed, left out, repeated or moved does not verify, nor under another key', async () => {
    const world = await makeLog(20);
    await world.log.purge({ olderThanDays: 0.5, archive: path });
    const lines = linesOf(path);
    const key = keyOf(world);
    const verify = (changed: readonly string[]) => verifyArchive(changed, { key });
    expect(await verify(lines)).toMatchObject({ ok: true });
    const other = await createTestLog({ seed: 9 });
    expect(await verifyArchive(lines, { key: keyOf(other) })).toMatchObject({ ok: false });
    for (let at = 0; at < lines.length; at += 1) {
      const line = lines[at] ?? '';
      const without = lines.filter((_, i) => i !== at);
      const changes = [without, [...lines.slice(0, at), line, ...lines.slice(at)]];
      // One character in each part of the line: every byte of it is bound by something.
      for (let i = 3; i < line.length; i += 11) {
        const to = line[i] === 'A' ? 'B' : 'A';
        changes.push(lines.map((text, n) => (n === at ? `${line.slice(0, i)}${to}${line.slice(i + 1)}` : text)));
      }
      if (at > 1) changes.push([...lines.slice(0, at - 1), line, lines[at - 1] ?? '', ...lines.slice(at + 1)]);
      for (const changed of changes) {
        const result = await verify(changed);
        // The log's own word for its key is not what it is verified with.
        const isKeyName = at === 0 && result.ok;
        if (!isKeyName) expect(result).toMatchObject({ ok: false, reason: expect.any(String) });
        else expect(changed[0]).not.toBe(lines[0]);
      }
    }
  });

  it('is read to its end whatever stands in it', async () => {
    const { signer } = await createTestLog();
    const key = formatVerifierKey(signer.identity.key);
    const header = { format: 'countersign/archive/v1', log: 'x', identityKey: '', size: 2 ** 52, checkpoint: '' };
    for (const lines of [
      [],
      [''],
      ['null'],
      ['{}'],
      [JSON.stringify(header), JSON.stringify({ from: 0, to: 2 ** 52, nodes: [] })],
      [JSON.stringify(header), JSON.stringify({ index: 0, leaf: '{}', payloads: [] })],
    ]) {
      expect(await verifyArchive(lines, { key })).toMatchObject({ ok: false });
    }
  });
});
