/**
 * Lets each write of a short scenario fail, one after the other, with an I/O error and with a disk that is full from then on. What
 * was acknowledged is there, every failure has its code, and the next opening goes on. Needs strace, which is Linux's.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner, decodeEntry, openAuditLog, openKeyDir, openMark } from '@countersign/audit';
import { verifyLog } from '@countersign/audit/verify';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite, type SqliteStores } from '@countersign/sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { scriptCommand } from '../lib/script.js';
import { IO_ORIGIN, markTemporaries } from './io-origin.js';
import { hasStrace, type InjectedFault, straceArguments } from './strace.js';

/** Files, and the calls by which they are written. */
interface Target {
  readonly calls: readonly string[];
  paths(folder: string): readonly string[];
}

/** Into the database, its write-ahead log and its index; and the mark's lock. */
const STORE: Target = {
  calls: ['pwrite64', 'fsync', 'fdatasync', 'ftruncate', 'symlink', 'unlink'],
  paths: (folder) =>
    ['log.db', 'log.db-wal', 'log.db-shm', 'marks/mark', 'marks/mark.lock'].map((name) => join(folder, name)),
};

/** The temporary file that becomes the mark: made, written, flushed, renamed. */
const MARK: Target = { calls: ['openat', 'write', 'fsync', 'rename'], paths: markTemporaries };

const AT_ONCE = 2;

/** Every call fails in both ways where this is set; else in one of them, in turn. */
const ALL_FAULTS = process.env.COUNTERSIGN_ALL_FAULTS === '1';

/** The codes that a failing disk may come to. */
const CODES = ['STORE_IO', 'STORE_FULL', 'STORE_LOCKED', 'MARK_IO', 'STORE_DAMAGED'];

const root = mkdtempSync(join(tmpdir(), 'countersign-io-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Run {
  readonly stored: readonly { readonly index: number; readonly id: string }[];
  readonly failed: readonly string[];
}

/** Runs the scenario in a folder, under strace where asked. */
async function run(folder: string, trace: readonly string[] | undefined): Promise<Run> {
  const script = scriptCommand(new URL('./io-process.ts', import.meta.url), [folder]);
  const own = [script.command, ...script.args];
  const [command = '', ...args] = trace === undefined ? own : ['strace', ...trace, ...own];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env: script.env });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await Promise.all([once(child, 'exit'), once(child.stdout, 'close')]);
  const lines = text.trim().split('\n');
  expect(lines.at(-1)).toBe('ended');
  const stored = lines.flatMap((line) => {
    const [, index, id] = /^stored (\d+) (\S+)$/.exec(line) ?? [];
    return index === undefined || id === undefined ? [] : [{ index: Number(index), id }];
  });
  return { stored, failed: lines.flatMap((line) => (line.startsWith('failed ') ? [line.slice(7)] : [])) };
}

/** How often the scenario makes each call when nothing fails. */
async function countCalls(template: string, { calls, paths }: Target): Promise<ReadonlyMap<string, number>> {
  const folder = join(root, 'counted');
  cpSync(template, folder, { recursive: true });
  const output = join(root, 'trace');
  const { failed } = await run(folder, straceArguments(paths(folder), { calls: calls.join(','), output }));
  expect(failed).toEqual([]);
  rmSync(folder, { recursive: true });
  const names = readFileSync(output, 'utf8').match(/(?<=^\d+ +)\w+(?=\()/gm) ?? [];
  return new Map(calls.map((call) => [call, names.filter((name) => name === call).length]));
}

/** Opens the log as the next process does, and appends to it. */
async function goOn(folder: string, stores: SqliteStores): Promise<{ readonly index: number; readonly id: string }> {
  const keys = await openKeyDir({ dir: join(folder, 'keys'), origin: IO_ORIGIN, create: false });
  const mark = openMark({ path: join(folder, 'marks', 'mark') });
  const parts = { store: stores.log, signer: createSigner(keys), mark, environment: createSystemEnvironment() };
  const log = await openAuditLog({ ...parts, create: false });
  const receipt = await log.append({ kind: 'system-event', name: 'afterwards' });
  await log.close();
  return receipt;
}

/** Expects that all that was acknowledged is there, that the log verifies, and that it goes on. */
async function expectSound(folder: string, { stored, failed }: Run, label: string): Promise<void> {
  for (const code of failed) expect([label, CODES]).toEqual([label, expect.arrayContaining([code])]);
  const stores = await openSqlite({ path: join(folder, 'log.db') });
  const next = await goOn(folder, stores);
  const mark = await openMark({ path: join(folder, 'marks', 'mark') }).read();
  const key = readFileSync(join(folder, 'keys', 'identity.vkey'), 'utf8').trim();
  const report = await verifyLog(stores.log, { key, mark: mark?.note ?? '' });
  const errors = report.findings.filter(({ severity }) => severity === 'error');
  expect([label, errors, report.integrity, report.completeness]).toEqual([label, [], 'ok', 'ok']);
  const leaves = await stores.log.leaves({ from: 0, limit: 1000 });
  await stores.close();
  for (const { index, id } of [...stored, next]) {
    const decoded = decodeEntry(leaves[index]?.leaf ?? '');
    expect([label, decoded.ok && decoded.entry.id]).toEqual([label, id]);
  }
}

async function inject(template: string, { calls, paths }: Target, fault: InjectedFault): Promise<string> {
  const label = `${fault.call} ${fault.at}${fault.lasts ? ' and all after' : ''}: ${fault.error}`;
  const folder = join(root, label.replace(/\W+/g, '-'));
  cpSync(template, folder, { recursive: true });
  const found = await run(
    folder,
    straceArguments(paths(folder), { calls: calls.join(','), fault, output: '/dev/null' }),
  );
  await expectSound(folder, found, label);
  rmSync(folder, { recursive: true });
  return found.failed.length === 0 ? 'none' : [...new Set(found.failed)].join('+');
}

function faultsOf(counts: ReadonlyMap<string, number>): readonly InjectedFault[] {
  return [...counts].flatMap(([call, count]) =>
    Array.from({ length: count }, (_, i) => i + 1).flatMap((at): readonly InjectedFault[] => {
      const failing = { call, error: 'EIO', at, lasts: false } as const;
      // Nothing that only flushes or removes needs room.
      const needsRoom = ['pwrite64', 'ftruncate', 'symlink', 'openat', 'write', 'rename'].includes(call);
      if (!needsRoom) return [failing];
      const full = { call, error: 'ENOSPC', at, lasts: true } as const;
      if (ALL_FAULTS) return [failing, full];
      return at % 2 === 1 ? [failing] : [full];
    }),
  );
}

/** Injects all faults into the calls of a target, a few at once; answers what callers saw, and how often. */
async function injectAll(target: Target): Promise<ReadonlyMap<string, number>> {
  const template = join(root, 'template');
  rmSync(template, { recursive: true, force: true });
  expect((await run(template, undefined)).failed).toEqual([]);
  const waiting = [...faultsOf(await countCalls(template, target))];
  const seen = new Map<string, number>();
  const lane = async (): Promise<void> => {
    for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
      const codes = await inject(template, target, fault);
      const row = `${fault.call} ${fault.error}, callers saw ${codes}`;
      seen.set(row, (seen.get(row) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const total = [...seen.values()].reduce((sum, count) => sum + count, 0);
  const rows = [...seen].sort().map(([row, count]) => `  ${row}: ${count}`);
  console.log([`${total} injected faults, lost 0`, ...rows].join('\n'));
  return seen;
}

describe.skipIf(!hasStrace())('a disk that fails', () => {
  it('at any write loses nothing that was acknowledged, and the log goes on', { timeout: 1_200_000 }, async () => {
    const seen = await injectAll(STORE);
    expect([...seen.values()].reduce((sum, count) => sum + count, 0)).toBeGreaterThan(40);
  });

  it('while the mark is replaced keeps the entries, and the next commit moves it', { timeout: 1_200_000 }, async () => {
    const seen = [...(await injectAll(MARK)).keys()];
    for (const call of MARK.calls) {
      expect([call, seen.filter((row) => row.startsWith(`${call} EIO`)).join()]).toEqual([
        call,
        expect.stringContaining('MARK_IO'),
      ]);
    }
  });
});
