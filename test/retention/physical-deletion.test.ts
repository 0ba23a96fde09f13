/**
 * What was removed is in no file any more: canaries of many sizes in every place that holds values, looked for byte by byte in the
 * database, its write-ahead log and shared memory, in exports that were made afterwards, and in archives, where nobody asked for one.
 */

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScriptedChannel } from '@countersign/approval';
import { verifyLog } from '@countersign/audit/verify';
import { runInSession } from '@countersign/core';
import { type Countersign, openCountersign } from 'countersign';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openRaw } from '../tamper/raw-sqlite.js';
import { createSeeded } from '../tamper/seeded.js';

const SEED = 20_261_129;
const CALLS = 120;
const ADA = { kind: 'person', id: 'ada' } as const;
let folder = '';
let cs: Countersign;
const lines: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-deletion-'));
  lines.length = 0;
  cs = await openLog();
});
afterEach(async () => {
  await cs.close();
  rmSync(folder, { recursive: true, force: true });
});

function openLog(): Promise<Countersign> {
  return openCountersign({
    path: join(folder, 'log', 'a.db'),
    keyDir: join(folder, 'keys'),
    markFile: join(folder, 'marks', 'mark'),
    workspace: folder,
    actor: { kind: 'agent', id: 'tester' },
    channels: [createScriptedChannel(() => ({ decision: 'approved', approver: ADA, reason: 'REASON-CANARY fine' }))],
    onRefused: 'result',
    warn: (line) => void lines.push(line),
  });
}

/** Calls of two sessions whose arguments and results hold canaries; every tenth waits for a person. Answers the ids of the calls. */
async function fill(random: ReturnType<typeof createSeeded>): Promise<void> {
  const tools = cs.withAudit({
    read_note: async ({ name }: { name: string }) => ({ text: name.replaceAll('ARGS', 'RESULT') }),
    run_shell: async ({ command }: { command: string }) => ({ ran: command.length }),
  });
  for (let i = 0; i < CALLS; i += 1) {
    const session = i % 3 === 0 ? 'KEPT' : 'GONE';
    const size = [0, 30, 300, 3000, 20_000][random(5)] ?? 0;
    const canary = `${session}-ARGS-CANARY-${i}-${'y'.repeat(size)}`;
    await runInSession(session, async () => {
      if (i % 10 === 0) await tools.run_shell({ command: `rm -rf ./${session}-SHELL-CANARY-${i}` });
      else await tools.read_note({ name: canary });
    });
  }
  await tools.read_note({ name: 'newest' });
}

/** How often each text stands in the files of the database, as UTF-8 or UTF-16. */
function find(text: string): Record<string, number> {
  const found: Record<string, number> = {};
  for (const name of readdirSync(join(folder, 'log'))) {
    const bytes = readFileSync(join(folder, 'log', name));
    const count = [Buffer.from(text), Buffer.from(text, 'utf16le')].reduce(
      (sum, wanted) => sum + countIn(bytes, wanted),
      0,
    );
    if (count > 0) found[name] = count;
  }
  return found;
}

function countIn(bytes: Buffer, wanted: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(wanted); at >= 0; at = bytes.indexOf(wanted, at + 1)) count += 1;
  return count;
}

async function errors(): Promise<readonly string[]> {
  const { findings } = await verifyLog(cs.log.store, { key: cs.log.identityKey });
  return findings.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

async function exported(): Promise<string> {
  const pieces: string[] = [];
  for (const format of ['jsonl', 'json', 'csv'] as const) {
    for await (const piece of cs.log.export(format)) pieces.push(piece);
  }
  return pieces.join('');
}

describe('a purge', () => {
  it(`leaves nothing of what it removed in any file (seed ${SEED})`, async () => {
    await fill(createSeeded(SEED));
    expect(find('GONE-ARGS-CANARY')).not.toEqual({});
    await cs.log.hold({ session: 'KEPT', reason: 'a case', by: ADA });
    const result = await cs.log.purge({ olderThanDays: 0 });
    expect(result.entries).toBeGreaterThan(CALLS);
    expect(find('GONE-')).toEqual({});
    expect(Object.keys(find('KEPT-ARGS-CANARY'))).toEqual(['a.db']);
    expect(await errors()).toEqual([]);
    const text = await exported();
    expect(text).not.toContain('GONE-');
    expect(text).toContain('KEPT-ARGS-CANARY');
    expect(lines.join('\n')).not.toContain('CANARY');
  });

  it(`of payloads alone leaves nothing of them either, nor in the rows of approvals (seed ${SEED + 1})`, async () => {
    await fill(createSeeded(SEED + 1));
    await cs.log.purge({ payloadsOlderThanDays: 0 });
    for (const canary of ['GONE-ARGS', 'GONE-RESULT', 'GONE-SHELL', 'KEPT-ARGS', 'REASON-CANARY']) {
      expect(find(canary)).toEqual({});
    }
    expect(await errors()).toEqual([]);
  });

  it('cuts the write-ahead log as soon as a reader that held it is done', async () => {
    await fill(createSeeded(SEED + 2));
    const reader = openRaw(cs.path, { readonly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM payloads').all();
    const startedAt = performance.now();
    await cs.log.purge({ olderThanDays: 0 });
    expect(find('GONE-ARGS')).not.toEqual({});
    reader.exec('COMMIT');
    reader.close();
    // The next commit, whatever it is about, finds the way free.
    await cs.log.append({ kind: 'system-event', name: 'next' });
    expect(find('GONE-')).toEqual({});
    expect(statSync(`${cs.path}-wal`).size).toBe(0);
    expect(performance.now()).toBeGreaterThan(startedAt);
  });
});

describe('an erasure', () => {
  it('leaves nothing of the payload, its copies and its row in any file', async () => {
    await fill(createSeeded(SEED + 3));
    const { calls } = await cs.log.query({ tool: 'run_shell', order: 'oldest-first', limit: 1 });
    const [call] = calls;
    expect(JSON.stringify(call?.args)).toContain('KEPT-SHELL-CANARY-0');
    const { erased } = await cs.log.erase({ index: call?.index ?? -1, payload: 'args', reason: 'asked', by: ADA });
    expect(erased.length).toBe(3);
    const reasons = (await cs.log.entries({ limit: 1000 })).filter(({ payloads }) =>
      JSON.stringify([...payloads]).includes('KEPT-SHELL-CANARY-0'),
    );
    // The reasons of the classification may quote arguments; they are payloads of their own.
    for (const { index, payloads } of reasons) {
      for (const [name, value] of payloads) {
        if (!JSON.stringify(value).includes('KEPT-SHELL-CANARY-0')) continue;
        await cs.log.erase({ index, payload: name, reason: 'asked', by: ADA });
      }
    }
    expect(find('KEPT-SHELL-CANARY-0"')).toEqual({});
    expect(find('KEPT-SHELL-CANARY-0 ')).toEqual({});
    expect(await errors()).toEqual([]);
  });
});
