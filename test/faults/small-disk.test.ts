/**
 * A disk that is really full: a file system in memory of one megabyte, with the log, its mark and a ballast on it. What was
 * acknowledged is there, every failure has its code, and when the ballast is gone the log goes on. Where this process may not
 * mount, the test is skipped.
 */

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeEntry, openMark } from '@countersign/audit';
import { verifyLog } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { scriptCommand } from '../lib/script.js';

const root = mkdtempSync(join(tmpdir(), 'countersign-small-'));
const disk = join(root, 'disk');
mkdirSync(disk);
const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk]).status === 0;

function removeDisk(): void {
  if (isMounted) spawnSync('umount', [disk]);
  rmSync(root, { recursive: true, force: true });
}

/** Runs the process that fills the disk; answers its lines. */
async function fillDisk(): Promise<readonly string[]> {
  const { command, args, env } = scriptCommand(new URL('./small-disk-process.ts', import.meta.url), [disk]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await Promise.all([once(child, 'exit'), once(child.stdout, 'close')]);
  return text.trim().split('\n');
}

describe('a file system that is full', () => {
  it.skipIf(!isMounted)(
    'keeps what was acknowledged, and takes more as soon as there is room',
    { timeout: 120_000 },
    async () => {
      onTestFinished(removeDisk);
      const lines = await fillDisk();
      const stored = lines.flatMap((line) => {
        const [, index, id] = /^stored (\d+) (\S+)$/.exec(line) ?? [];
        return index === undefined || id === undefined ? [] : [{ index: Number(index), id }];
      });
      const failed = lines.flatMap((line) => (line.startsWith('failed ') ? [line.slice(7)] : []));
      console.log(
        `stored ${stored.length}, then failed with ${[...new Set(failed)].join(', ')} ${failed.length} times`,
      );
      expect(failed.length).toBeGreaterThanOrEqual(5);
      for (const code of failed) expect(['STORE_FULL', 'STORE_IO', 'MARK_IO']).toContain(code);
      // The ballast went after the failures, and everything after that was stored.
      const freed = lines.indexOf('freed');
      expect(freed).toBeGreaterThan(0);
      expect(lines.slice(freed + 1).map((line) => line.split(' ')[0])).toEqual(['stored', 'stored', 'stored', 'ended']);

      const stores = await openSqlite({ path: join(disk, 'log.db') });
      const mark = await openMark({ path: join(disk, 'marks', 'mark') }).read();
      const key = readFileSync(join(disk, 'keys', 'identity.vkey'), 'utf8').trim();
      const report = await verifyLog(stores.log, { key, mark: mark?.note ?? '' });
      const errors = report.findings.filter(({ severity }) => severity === 'error');
      expect([errors, report.integrity, report.completeness]).toEqual([[], 'ok', 'ok']);
      const leaves = await stores.log.leaves({ from: 0, limit: 10_000 });
      await stores.close();
      for (const { index, id } of stored) {
        const decoded = decodeEntry(leaves[index]?.leaf ?? '');
        expect(decoded.ok && decoded.entry.id).toBe(id);
      }
    },
  );

  it.runIf(!isMounted)('is not tested here: this process may not mount one', () => {
    removeDisk();
    expect(isMounted).toBe(false);
  });
});
