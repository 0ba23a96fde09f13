/**
 * Kills processes that write to a log, and lets two write at once: nothing that was acknowledged is lost, the log verifies, and
 * calls that were cut off are reported.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeEntry } from '@countersign/audit';
import { type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { scriptCommand } from '../lib/script.js';
import { createSeeded } from '../tamper/seeded.js';

const SEED = 99;
const ROUNDS = 10;
const script = new URL('./writer-process.ts', import.meta.url);
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Places {
  readonly path: string;
  readonly keyDir: string;
  readonly mark: string;
}

function makePlaces(): Places {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-crash-'));
  folders.push(folder);
  return { path: join(folder, 'log', 'a.db'), keyDir: join(folder, 'keys'), mark: join(folder, 'mark') };
}

/** What a writer said was acknowledged. */
interface Acknowledged {
  readonly kind: 'begun' | 'ended';
  readonly index: number;
  readonly id: string;
  readonly callId: string;
}

interface Writer {
  readonly process: ChildProcess;
  readonly acknowledged: Acknowledged[];
  /** Lets it write. */
  begin(): void;
  /** Fulfilled when so many entries are acknowledged. */
  reached(count: number): Promise<void>;
  /** Fulfilled when the log is open, and when the process has ended and all that it said was read. */
  readonly opened: Promise<void>;
  readonly ended: Promise<number | null>;
}

function startWriter({ path, keyDir, mark }: Places, name: string, count: number): Writer {
  const { command, args, env } = scriptCommand(script, [path, keyDir, mark, name, String(count)]);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const acknowledged: Acknowledged[] = [];
  const lines = createInterface({ input: child.stdout });
  const opened = new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      const [, kind, index = '', id = '', callId = ''] = /^(begun|ended) (\d+) (\S+) (\S+)$/.exec(line) ?? [];
      if (line === 'open') resolve();
      if (kind === 'begun' || kind === 'ended') acknowledged.push({ kind, index: Number(index), id, callId });
    });
    lines.on('close', () => reject(new Error('the writer ended before its log was open')));
  });
  const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(() => child.exitCode);
  opened.catch(() => undefined);
  const reached = async (count: number): Promise<void> => {
    while (acknowledged.length < count) await once(lines, 'line');
  };
  return { process: child, acknowledged, begin: () => child.stdin.end(), reached, opened, ended };
}

/** Looks at the log as it is now. */
async function examine({ path, keyDir, mark }: Places) {
  const stores = await openSqlite({ path });
  try {
    const report = await verifyLog(stores.log, {
      key: readFileSync(join(keyDir, 'identity.vkey'), 'utf8').trim(),
      mark: readFileSync(mark, 'utf8'),
    });
    const leaves = await stores.log.leaves({ from: 0, limit: 1_000_000 });
    const entries = leaves.flatMap(({ leaf }) => {
      const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
      return decoded?.ok === true ? [decoded.entry] : [];
    });
    return { report, entries };
  } finally {
    await stores.close();
  }
}

const errorsOf = ({ findings }: VerifyReport) => findings.filter(({ severity }) => severity === 'error');

describe('a writer that is killed', () => {
  it(`loses nothing that was acknowledged, in ${ROUNDS} rounds, seed ${SEED}`, { timeout: 300_000 }, async () => {
    const places = makePlaces();
    const pick = createSeeded(SEED);
    const all: Acknowledged[] = [];
    const measured: string[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const writer = startWriter(places, `round-${round}`, 1_000_000);
      await writer.opened;
      writer.begin();
      // A lock on the mark that the last one left behind is taken over after a second: wait until this one gets on.
      await writer.reached(1 + pick(60));
      await sleep(pick(20));
      writer.process.kill('SIGKILL');
      await writer.ended;
      all.push(...writer.acknowledged);
      const { report, entries } = await examine(places);
      expect(errorsOf(report)).toEqual([]);
      expect([report.integrity, report.completeness]).toEqual(['ok', 'ok']);
      for (const { index, id } of all) expect(entries[index]?.id).toBe(id);
      // Each call on record without an outcome on record is reported, and no other.
      const finished = new Set(entries.flatMap((entry) => (entry.kind === 'tool-result' ? [entry.begun] : [])));
      const open = entries.flatMap((entry) =>
        entry.kind === 'tool-call' && !finished.has(entry.index) ? [entry.index] : [],
      );
      const dangling = report.findings.flatMap(({ code, index }) => (code === 'DANGLING_CALL' ? [index] : []));
      expect(dangling.toSorted()).toEqual(open.toSorted());
      measured.push(`${writer.acknowledged.length}/${dangling.length}`);
    }
    console.log(`${ROUNDS} kills, seed ${SEED}: acknowledged/dangling so far per round ${measured.join(' ')}, lost 0`);
    expect(all.length).toBeGreaterThan(0);
  });
});

/** Two writers that have the log open, and then begin at once. */
async function startTwo(places: Places, count: number): Promise<readonly Writer[]> {
  // The first makes the log and its keys.
  const first = startWriter(places, 'first', count);
  await first.opened;
  const second = startWriter(places, 'second', count);
  await second.opened;
  for (const writer of [first, second]) writer.begin();
  return [first, second];
}

describe('two writers of one file', () => {
  it('never fork the log, and lose nothing', { timeout: 120_000 }, async () => {
    const places = makePlaces();
    const count = 120;
    const writers = await startTwo(places, count);
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0]);
    const { report, entries } = await examine(places);
    expect(errorsOf(report)).toEqual([]);
    expect([report.integrity, report.completeness, report.authority]).toEqual(['ok', 'ok', 'ok']);
    const acknowledged = writers.flatMap((writer) => writer.acknowledged);
    expect(acknowledged).toHaveLength(4 * count);
    for (const { index, id } of acknowledged) expect(entries[index]?.id).toBe(id);
    expect(entries).toHaveLength(1 + 4 * count);
    const alternations = entries.filter((entry, i) => entry.writer !== entries[i - 1]?.writer).length;
    expect(alternations).toBeGreaterThan(10);
    console.log(`2 writers: ${entries.length} entries, the writer changed ${alternations} times, lost 0`);
  });

  it('that are both killed leave a sound log', { timeout: 120_000 }, async () => {
    const places = makePlaces();
    const writers = await startTwo(places, 1_000_000);
    await Promise.all(writers.map((writer) => writer.reached(50)));
    for (const { process: child } of writers) child.kill('SIGKILL');
    await Promise.all(writers.map(({ ended }) => ended));
    const { report, entries } = await examine(places);
    expect(errorsOf(report)).toEqual([]);
    for (const { index, id } of writers.flatMap((writer) => writer.acknowledged)) expect(entries[index]?.id).toBe(id);
    expect(new Set(entries.map(({ writer }) => writer)).size).toBe(2);
  });
});
