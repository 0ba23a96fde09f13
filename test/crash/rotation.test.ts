/**
 * Kills a process at every step of ending an epoch: the log is in exactly one epoch after it, its key is there, the keys before
 * it are not, and the log goes on (docs/log-format.md, "Crashes while an epoch ends").
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSigner, openAuditLog, openKeyDir, openMark } from '@countersign/audit';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import { afterAll, describe, expect, it } from 'vitest';
import { scriptCommand } from '../lib/script.js';

const origin = 'example.test/rotation';
const script = new URL('./rotating-process.ts', import.meta.url);
const EVENT = { kind: 'system-event', name: 'tick' } as const;
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Places {
  readonly path: string;
  readonly keyDir: string;
  readonly markPath: string;
}

function makePlaces(): Places {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-rotation-'));
  folders.push(folder);
  return { path: join(folder, 'log', 'a.db'), keyDir: join(folder, 'keys'), markPath: join(folder, 'mark') };
}

/** Opens the log, does something with it, and verifies it. */
async function withLog<T>(
  { path, keyDir, markPath }: Places,
  use: (log: Awaited<ReturnType<typeof openAuditLog>>) => Promise<T>,
): Promise<T> {
  const stores = await openSqlite({ path, create: true });
  try {
    const signer = createSigner(await openKeyDir({ dir: keyDir, origin, create: true }));
    const mark = openMark({ path: markPath });
    const environment = createSystemEnvironment();
    const log = await openAuditLog({ store: stores.log, signer, environment, mark, create: true });
    const answer = await use(log);
    await log.close();
    const report = await log.verify({ key: readFileSync(join(keyDir, 'identity.vkey'), 'utf8').trim() });
    expect(report.findings).toEqual([]);
    return answer;
  } finally {
    await stores.close();
  }
}

interface Killed {
  /** The steps that were taken; the last one was not, where the process was killed. */
  readonly steps: readonly string[];
  readonly isDone: boolean;
}

function rotateKilled({ path, keyDir, markPath }: Places, killAt: number): Promise<Killed> {
  const { command, args, env } = scriptCommand(script, [path, keyDir, markPath, String(killAt)]);
  return new Promise((resolve, reject) => {
    execFile(command, args, { env }, (error, stdout, stderr) => {
      const lines = stdout.trimEnd().split('\n');
      const steps = lines.flatMap((line) => (line.startsWith('step ') ? [line.slice(5)] : []));
      const isDone = lines.at(-1)?.startsWith('done ') === true;
      if (isDone || error?.signal === 'SIGKILL') resolve({ steps, isDone });
      else reject(new Error(`the process ended otherwise: ${stderr}`));
    });
  });
}

const epochFiles = ({ keyDir }: Places) => readdirSync(keyDir).filter((name) => name.startsWith('epoch-'));

/** The epochs of which a private key is in the folder, under whatever name. */
const epochsLeft = (places: Places) =>
  new Set(epochFiles(places).map((name) => Number(/^epoch-(\d+)/.exec(name)?.[1])));

/** One process killed at one step, on a log of its own. Answers undefined when there are no more steps. */
async function crashAt(killAt: number): Promise<string | undefined> {
  const places = makePlaces();
  await withLog(places, (log) => log.append(EVENT));
  const { steps, isDone } = await rotateKilled(places, killAt);
  if (isDone) return undefined;
  const isCommitted = steps.includes('acknowledge');
  const left = epochFiles(places);
  const [epoch, again] = await withLog(places, async (log) => {
    const found = log.epoch;
    // Whatever was left, opening the log has put it right.
    expect(epochFiles(places)).toContain(isCommitted ? 'epoch-2.key' : 'epoch-1.key');
    if (isCommitted) expect(epochsLeft(places)).toEqual(new Set([2]));
    await log.append(EVENT);
    return [found, await log.rotateEpoch()];
  });
  expect([epoch, again.epoch]).toEqual(isCommitted ? [2, 3] : [1, 2]);
  expect(epochFiles(places)).toContain(`epoch-${again.epoch}.key`);
  expect(epochsLeft(places)).toEqual(new Set([again.epoch]));
  const state = left.map((name) => name.replace(/[0-9a-f]{32}/, '*')).sort();
  return `${String(killAt).padStart(2)} before ${steps.at(-1)}: epoch ${epoch}, left ${state.join(' ')}`;
}

describe('a process that is killed while it ends an epoch', () => {
  it('leaves the log in exactly one epoch, at every step', { timeout: 600_000 }, async () => {
    const table: string[] = [];
    for (let killAt = 1; ; killAt += 1) {
      const row = await crashAt(killAt);
      if (row === undefined) break;
      table.push(row);
    }
    console.log(table.join('\n'));
    expect(table.some((row) => row.includes('before link epoch-2.key'))).toBe(true);
    expect(table.some((row) => row.includes('before commit: epoch 1'))).toBe(true);
    expect(table.some((row) => row.includes('before acknowledge: epoch 2'))).toBe(true);
    expect(table.some((row) => row.includes('before unlink epoch-1.key: epoch 2'))).toBe(true);
    expect(table.length).toBeGreaterThan(12);
  });
});
