/** Several processes, and several connections, over one SQLite file. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LogStore } from '@countersign/audit';
import { openSqlite } from '@countersign/sqlite';
import { appendToEdge, EMPTY_EDGE, encodeEdge } from '@countersign/tlog';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { appendSamples, sampleLeaf } from '../../packages/audit/src/testing/sample-batch.js';
import { startChild } from './child.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-processes-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Lets processes append at once; each ends after this time or this number of commits. */
async function appendTogether(path: string, count: number, { forMs, most }: { forMs: number; most: number }) {
  const started = Array.from({ length: count }, (_, i) =>
    startChild('append.ts', [path, `${forMs}`, `${most}`, `p${i}`]),
  );
  const children = await Promise.all(started);
  for (const child of children) child.start();
  const reports = await Promise.all(children.map(async (child) => readReport(await child.line())));
  await Promise.all(children.map((child) => child.ended()));
  const lines = reports.map(
    ({ commits, longestWaitMs }, i) => `  p${i}: ${commits} commits, longest wait ${longestWaitMs.toFixed(1)} ms`,
  );
  console.log([`${count} processes, ${forMs} ms, at most ${most} commits each`, ...lines].join('\n'));
  return reports;
}

/** "<commits> <longest wait in ms>", as append.ts prints it. */
function readReport(line: string): { readonly commits: number; readonly longestWaitMs: number } {
  const [commits, longestWaitMs] = line.split(' ').map(Number);
  if (commits === undefined || longestWaitMs === undefined) throw new Error(`no report: ${line}`);
  return { commits, longestWaitMs };
}

/** Expects one chain: every index once, in order, and the tree over exactly these leaves. */
async function expectOneChain(store: LogStore, size: number): Promise<void> {
  const leaves = await store.leaves({ from: 0, limit: size + 1 });
  expect(leaves.map(({ index }) => index)).toEqual(Array.from({ length: size }, (_, i) => i));
  for (const { index, leaf = '' } of leaves) expect(leaf).toContain(sampleLeaf(index).leaf.slice(1, 60));
  const edge = leaves.reduce((grown, { leafHash }) => appendToEdge(sha256, grown, leafHash), EMPTY_EDGE);
  const head = await store.head();
  expect([head.size, Buffer.from(head.edge).toString('hex')]).toEqual([
    size,
    Buffer.from(encodeEdge(edge)).toString('hex'),
  ]);
  expect(await store.inspect()).toEqual([]);
}

describe('processes that append to one file at once', () => {
  it.each([2, 4])('never fork the log, and share it fairly: %i of them', async (count) => {
    const path = join(temporaryFolder(), 'log.db');
    const stores = await openSqlite({ path, create: true });
    const reports = await appendTogether(path, count, { forMs: 2_500, most: 100_000 });
    const total = reports.reduce((sum, { commits }) => sum + commits, 0);
    await expectOneChain(stores.log, total);
    for (const { commits } of reports) expect(commits).toBeGreaterThan(total / count / 10);
    await stores.close();
  });

  it('all finish what they have to do', async () => {
    const path = join(temporaryFolder(), 'log.db');
    const stores = await openSqlite({ path, create: true });
    const reports = await appendTogether(path, 3, { forMs: 60_000, most: 150 });
    expect(reports.map(({ commits }) => commits)).toEqual([150, 150, 150]);
    await expectOneChain(stores.log, 450);
    await stores.close();
  });
});

describe('creating a store', () => {
  it('by two processes at once ends with one schema and both entries, 40 times', async () => {
    const folder = temporaryFolder();
    const children = await Promise.all([1, 2].map(() => startChild('create.ts', [folder, '40'])));
    for (const child of children) child.start();
    await Promise.all(children.map((child) => child.ended()));
    for (let i = 0; i < 40; i += 1) {
      const stores = await openSqlite({ path: join(folder, `${i}.db`) });
      await expectOneChain(stores.log, 2);
      await stores.close();
    }
  });

  it('can be killed at any moment: the next creation goes on, and what was acknowledged is there', async () => {
    for (const stop of [3, 8, 20]) {
      const folder = temporaryFolder();
      const child = await startChild('create.ts', [folder, '100000']);
      child.start();
      let acknowledged = -1;
      while (acknowledged < stop) acknowledged = Number(await child.line());
      child.kill();
      await child.ended();
      const files = readdirSync(folder).filter((name) => name.endsWith('.db'));
      expect(files.length).toBeGreaterThan(stop);
      for (const file of files) {
        const stores = await openSqlite({ path: join(folder, file), create: true });
        const { size } = await stores.log.head();
        if (Number.parseInt(file, 10) <= acknowledged) expect(size).toBe(1);
        await appendSamples(stores.log, [{}]);
        await expectOneChain(stores.log, size + 1);
        await stores.close();
      }
    }
  });
});

describe('waiting for the lock', () => {
  it('leaves the event loop free', async () => {
    const path = join(temporaryFolder(), 'log.db');
    const [holder, waiter] = [await openSqlite({ path, create: true }), await openSqlite({ path })];
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 1);
    let isDone = false;
    const child = await startChild('hold.ts', [path]);
    child.start();
    await child.line();
    const waiting = appendSamples(waiter.log, [{}]).then(() => {
      isDone = true;
    });
    const before = ticks;
    while (ticks < before + 30) await new Promise(setImmediate);
    expect(isDone).toBe(false);
    child.kill();
    await waiting;
    clearInterval(timer);
    await expectOneChain(holder.log, 1);
    await holder.close();
    await waiter.close();
  });
});
