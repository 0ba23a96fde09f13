/**
 * Two and eight processes that record calls in one log for five seconds, each as fast as it can. Only what does not depend on the
 * machine's speed is asserted; `npm run bench:processes` measures how long they wait.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeEntry } from '@countersign/audit';
import { verifyLog } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeReports, placesIn, writeTogether } from './write-together.js';

describe('processes that record calls in one log at once', () => {
  it.each([2, 8])('commit all of them, without a fork or a gap: %i of them', { timeout: 180_000 }, async (count) => {
    const folder = mkdtempSync(join(tmpdir(), 'countersign-writers-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const places = placesIn(folder);
    const reports = await writeTogether(places, { count, forMs: 5000 });
    console.log([`${count} processes for 5 s`, describeReports(reports)].join('\n'));
    for (const { calls } of reports) expect(calls).toBeGreaterThan(0);
    const calls = reports.reduce((sum, report) => sum + report.calls, 0);

    const stores = await openSqlite({ path: places.path });
    onTestFinished(() => stores.close());
    const key = readFileSync(join(places.keyDir, 'identity.vkey'), 'utf8').trim();
    const report = await verifyLog(stores.log, { key, mark: readFileSync(places.mark, 'utf8') });
    expect(report).toMatchObject({ integrity: 'ok', completeness: 'ok', size: 1 + 2 * calls });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);

    // Each process's own entries, by its own count, without a gap.
    const leaves = await stores.log.leaves({ from: 0, limit: report.size });
    const seqs = new Map<string, number[]>();
    for (const { leaf = '' } of leaves) {
      const decoded = decodeEntry(leaf);
      if (!decoded.ok) throw new Error(decoded.message);
      const { writer, writerSeq } = decoded.entry;
      seqs.set(writer, [...(seqs.get(writer) ?? []), writerSeq]);
    }
    expect(seqs.size).toBe(count);
    for (const own of seqs.values()) expect(own).toEqual(own.map((_, i) => (own[0] ?? 0) + i));
  });
});
