/** The export in JSON Lines: it verifies as the log does, shows one moment, and every damage to its lines is found. */

import { describe, expect, it } from 'vitest';
import { entriesJsonl } from '../src/export/entries-jsonl.js';
import type { LogReader } from '../src/log-reader.js';
import { exportSourceOf, openExport, type VerifyOptions, type VerifyReport, verifyLog } from '../src/verify/index.js';
import { entriesOf, forge, readerOf } from './verify-forge.js';
import { openWorld, type World, writeMore, writeTen } from './verify-world.js';

async function makeWorld(): Promise<World> {
  const world = await openWorld();
  await writeTen(world);
  return world;
}

async function linesOf(world: World, reader: LogReader = world.store): Promise<string[]> {
  const about = { origin: world.log.origin, identityKey: world.key };
  let text = '';
  for await (const piece of entriesJsonl(reader, about)) text += piece;
  return text.split('\n').slice(0, -1);
}

async function verifyText(text: string, options: VerifyOptions): Promise<VerifyReport> {
  return verifyLog(await openExport(exportSourceOf(Buffer.from(text))), options);
}

const textOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);

describe('An export', () => {
  it('verifies with the answers of its log, and says what it does not hold', async () => {
    const world = await makeWorld();
    await writeMore(world);
    const mark = await world.log.checkpoint();
    const lines = await linesOf(world);
    const size = (await world.store.head()).size;
    expect(lines).toHaveLength(size + 2);
    const ofLog = await verifyLog(world.store, { key: world.key, mark });
    const ofExport = await verifyText(textOf(lines), { key: world.key, mark });
    expect(codesOf(ofExport).sort()).toEqual([...codesOf(ofLog), 'ROWS_NOT_CHECKED'].sort());
    const answers = ({ integrity, completeness, authority, root, entries }: VerifyReport) => ({
      ...{ integrity, completeness, authority, root, entries },
    });
    expect(answers(ofExport)).toEqual(answers(ofLog));
  });

  it('holds kept checkpoints, and the newest once', async () => {
    const world = await makeWorld();
    const entries = await entriesOf(world);
    const evidence = await forge(world, entries, { kept: [4, entries.length] });
    const lines = await linesOf(world, readerOf(evidence));
    expect(lines.slice(-3).map((line) => Object.keys(JSON.parse(line)).join())).toEqual([
      'size,note',
      'size,note',
      'checkpoint,identityKey',
    ]);
    const exported = await openExport(exportSourceOf(Buffer.from(textOf(lines))));
    expect((await exported.checkpoints()).map(({ size, kept }) => [size, kept])).toEqual([
      [4, true],
      [entries.length, true],
    ]);
  });

  it('shows one moment, whatever is written and purged meanwhile', async () => {
    const world = await makeWorld();
    await writeMore(world);
    const size = (await world.store.head()).size;
    let text = '';
    for await (const piece of world.log.export('jsonl')) {
      if (text === '') {
        world.environment.advance(400 * 24 * 3_600_000);
        await world.log.purge({ olderThanDays: 30, by: { kind: 'person', id: 'ann' } });
      }
      text += piece;
    }
    expect((await world.store.leaves({ from: 0, limit: 100 })).some(({ leaf }) => leaf === undefined)).toBe(true);
    const report = await verifyText(text, { key: world.key });
    expect(report.counts.errors).toBe(0);
    expect([report.size, report.entries.purged]).toEqual([size, 0]);
  });
});

describe('The lines of an export', () => {
  const faults: readonly (readonly [string, string, (lines: string[]) => void])[] = [
    ['a line left out', 'ENTRY_MISSING', (lines) => lines.splice(4, 1)],
    ['a line twice', 'EXPORT_INVALID', (lines) => lines.splice(4, 0, lines[4] ?? '')],
    ['two lines swapped', 'EXPORT_INVALID', (lines) => lines.splice(4, 2, lines[5] ?? '', lines[4] ?? '')],
    ['no header', 'EXPORT_INVALID', (lines) => lines.shift()],
    ['no end', 'EXPORT_INVALID', (lines) => lines.pop()],
    ['two ends', 'EXPORT_INVALID', (lines) => lines.push(lines.at(-1) ?? '')],
    ['a line behind the end', 'EXPORT_INVALID', (lines) => lines.push(lines[3] ?? '')],
    ['an empty line', 'EXPORT_INVALID', (lines) => lines.splice(3, 0, '')],
    ['a line that is no JSON', 'EXPORT_INVALID', (lines) => lines.splice(3, 0, '{')],
    ['a line of no known form', 'EXPORT_INVALID', (lines) => lines.splice(3, 0, '{"note":3}')],
    ['an unknown member', 'EXPORT_INVALID', (lines) => lines.splice(3, 1, (lines[3] ?? '').replace('{', '{"x":1,'))],
    [
      'a version from the future',
      'EXPORT_INVALID',
      (lines) => lines.splice(0, 1, (lines[0] ?? '').replace('"version":1', '"version":2')),
    ],
    [
      'a size that is too small',
      'HEAD_MISMATCH',
      (lines) => lines.splice(0, 1, (lines[0] ?? '').replace(/"size":\d+/, '"size":3')),
    ],
    [
      'a size that is too large',
      'ENTRY_MISSING',
      (lines) => lines.splice(0, 1, (lines[0] ?? '').replace(/"size":\d+/, '"size":30')),
    ],
  ];

  it.each(faults)('are looked at: %s', async (_name, code, make) => {
    const world = await makeWorld();
    const lines = await linesOf(world);
    make(lines);
    const report = await verifyText(textOf(lines), { key: world.key });
    expect(codesOf(report)).toContain(code);
    expect(report.integrity).not.toBe('ok');
  });

  it('must end in a line feed, be UTF-8, and be read over any number of pieces', async () => {
    const world = await makeWorld();
    const text = textOf(await linesOf(world));
    expect(codesOf(await verifyText(text.slice(0, -1), { key: world.key }))).toContain('EXPORT_INVALID');
    const bytes = Buffer.from(text);
    bytes[bytes.indexOf('risky')] = 0xff;
    const broken = await verifyLog(await openExport(exportSourceOf(bytes)), { key: world.key });
    expect(codesOf(broken)).toContain('EXPORT_INVALID');
    const long = `${JSON.stringify({ index: 0, leafHash: '', payloads: [{ name: 'x', salt: '', json: 'y'.repeat(3_000_000) }] })}\n`;
    const exported = await openExport(exportSourceOf(Buffer.from(`${text.split('\n')[0]}\n${long}`)));
    expect((await exported.payloads({ from: 0, to: 1 }))[0]?.bytes.length).toBe(3_000_000);
  });

  it('that are none at all are no evidence of anything', async () => {
    for (const text of ['', '\n', 'garbage', '\u0000'.repeat(1000), '[]\n{}\nnull\n']) {
      const report = await verifyText(text, {});
      expect(report.integrity).not.toBe('ok');
    }
  });
});
