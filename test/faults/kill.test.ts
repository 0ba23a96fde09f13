/**
 * Kills a process at every step of every operation of a log. What was acknowledged is there, what was not is there whole or not at
 * all, as the table of steps says, the log verifies, and the next opening goes on from it. Prints the table.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { decodeEntry, openMark } from '@countersign/audit';
import { type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { openCountersign } from 'countersign';
import { afterAll, describe, expect, it } from 'vitest';
import { scriptCommand } from '../lib/script.js';
import {
  COMMIT_STEPS,
  FLUSH_STEPS,
  OPENING_STEPS,
  OPERATIONS,
  type OperationName,
  READ,
  type Step,
  TOOL_STEPS,
} from './steps.js';

/** How many processes are under test at once. */
const AT_ONCE = 2;

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Place {
  readonly database: string;
  readonly marks: string;
  readonly keyDir: string;
}

/** Runs the process until it kills itself, and answers where its log is and what it said was acknowledged. */
async function dieAt(operation: string, step: string): Promise<{ place: Place; acknowledged: readonly string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-faults-'));
  folders.push(folder);
  const { command, args, env } = scriptCommand(new URL('./step-process.ts', import.meta.url), [
    folder,
    operation,
    step,
  ]);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const acknowledged: string[] = [];
  const lines = createInterface({ input: child.stdout }).on('line', (line) => acknowledged.push(line));
  await Promise.all([once(child, 'exit'), once(lines, 'close')]);
  expect([operation, step, child.signalCode]).toEqual([operation, step, 'SIGKILL']);
  const place = { database: join(folder, 'log.db'), marks: join(folder, 'marks'), keyDir: join(folder, 'keys') };
  return { place, acknowledged };
}

/** What is on the disk. */
async function examine({ database, marks, keyDir }: Place) {
  const mark = await openMark({ path: join(marks, 'mark') }).read();
  const stores = await openSqlite({ path: database });
  try {
    const report = await verifyLog(stores.log, {
      key: readFileSync(join(keyDir, 'identity.vkey'), 'utf8').trim(),
      ...(mark !== undefined && { mark: mark.note }),
    });
    const kinds = (await stores.log.leaves({ from: 0, limit: 1000 })).map(({ leaf }) => {
      const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
      return decoded?.ok === true ? decoded.entry.kind : 'purged';
    });
    const used = (await stores.approvals.grants()).map((grant) => grant.used);
    const requests = (await stores.approvals.requests()).map(({ state }) => state);
    return { report, kinds, used, requests, marked: mark?.checkpoint.size ?? 0 };
  } finally {
    await stores.close();
  }
}

const errorsOf = ({ findings }: Pick<VerifyReport, 'findings'>) =>
  findings.filter(({ severity }) => severity === 'error');

/** How many entries there are after these operations. */
function sizeAfter(count: number): number {
  return OPERATIONS.slice(0, count).flatMap(({ kinds }) => kinds).length;
}

/** Kills at one step, and sees that the disk is as the table says and that the next opening goes on. Answers a row of the table. */
async function killAt(operation: OperationName, step: Step): Promise<string> {
  const { place, acknowledged } = await dieAt(operation, step.name);
  const at = OPERATIONS.findIndex(({ name }) => name === operation);
  const [before, after] = [sizeAfter(at), sizeAfter(at + 1)];
  const found = await examine(place);
  const label = `${operation}, ${step.name}`;
  expect([label, acknowledged]).toEqual([label, OPERATIONS.slice(0, at).map(({ name }) => name)]);
  expect([label, found.kinds.length, found.marked]).toEqual([
    label,
    step.isStored ? after : before,
    step.isMarked ? after : before,
  ]);
  expect([label, errorsOf(found.report)]).toEqual([label, []]);
  expect([label, found.report.integrity, found.report.completeness]).toEqual([label, 'ok', 'ok']);
  const begun = found.kinds.filter((kind) => kind === 'tool-call').length;
  const ended = found.kinds.filter((kind) => kind === 'tool-result').length;
  const dangling = found.report.findings.filter(({ code }) => code === 'DANGLING_CALL').length;
  expect([label, dangling]).toEqual([label, begun - ended]);
  await goOn(place, label, found);
  return `  ${operation.padEnd(16)} ${step.name.padEnd(22)} ${step.isStored ? 'stored' : 'absent'}, mark ${step.isMarked ? 'there' : 'behind'}; goes on at ${found.kinds.length}`;
}

/** The next opening: one state, which it continues, with nothing left lying about. */
async function goOn(
  { database, marks, keyDir }: Place,
  label: string,
  before: Awaited<ReturnType<typeof examine>>,
): Promise<void> {
  const cs = await openCountersign({ path: database, keyDir, markFile: join(marks, 'mark'), warn: () => undefined });
  try {
    const { index } = await cs.log.append({ kind: 'system-event', name: 'after the crash' });
    expect([label, index]).toEqual([label, before.kinds.length]);
    const again = await cs.gate
      .open({ callId: 'read', tool: READ, args: {}, context: { run: 'another' } })
      .then((open) => open.succeed(1));
    expect(again).toBeUndefined();
  } finally {
    await cs.close();
  }
  const after = await examine({ database, marks, keyDir });
  expect([label, errorsOf(after.report), after.report.completeness]).toEqual([label, [], 'ok']);
  expect([label, after.kinds.slice(0, before.kinds.length)]).toEqual([label, before.kinds]);
  expect([label, after.used, after.requests]).toEqual([label, before.used, before.requests]);
  expect([label, after.marked, readdirSync(marks)]).toEqual([label, after.kinds.length, ['mark']]);
}

/** Runs the steps, a few at once, and prints their rows in order. */
async function killAtAll(operation: OperationName, steps: readonly Step[]): Promise<void> {
  const rows: string[] = [];
  const waiting = [...steps.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      rows[next[0]] = await killAt(operation, next[1]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  console.log([`killed during ${operation}:`, ...rows].join('\n'));
}

/** The steps that differ from operation to operation: the mark's are walked through once, and its end is looked at everywhere. */
const ESSENTIAL = COMMIT_STEPS.filter(({ name }) =>
  ['locked', 'leaves-inserted', 'before-commit', 'committed', 'mark-renamed', 'acknowledged'].includes(name),
);

/** Kills while a log is made, and sees that the next opening makes what is missing. Answers a row of the table. */
async function killOpening(step: string, stored: number): Promise<string> {
  const { place, acknowledged } = await dieAt('open', step);
  expect([step, acknowledged]).toEqual([step, []]);
  const found = stored === 0 ? undefined : await examine(place);
  expect([step, found?.kinds ?? [], errorsOf(found?.report ?? { findings: [] })]).toEqual([
    step,
    ['log-opened'].slice(0, stored),
    [],
  ]);
  const open = () =>
    openCountersign({
      path: place.database,
      keyDir: place.keyDir,
      markFile: join(place.marks, 'mark'),
      warn: () => undefined,
    });
  const isNamed = stored === 0 && existsSync(join(place.keyDir, 'identity.vkey'));
  if (isNamed) {
    // The keys bear the name of a log of which nothing was written: whether they ever signed for it, nobody can tell.
    await expect(open()).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    rmSync(place.keyDir, { recursive: true });
  }
  const cs = await open();
  const { index } = await cs.log.append({ kind: 'system-event', name: 'after the crash' });
  await cs.close();
  const after = await examine(place);
  expect([step, index, after.kinds]).toEqual([step, 2, ['log-opened', 'policy-changed', 'system-event']]);
  expect([step, errorsOf(after.report), after.report.completeness, after.marked]).toEqual([step, [], 'ok', 3]);
  expect([step, readdirSync(place.marks)]).toEqual([step, ['mark']]);
  return `  ${'open'.padEnd(16)} ${step.padEnd(22)} ${stored === 0 ? 'absent' : 'stored'}; the next opening ${isNamed ? 'refuses the keys of another log (KEY_MISMATCH)' : 'makes the rest'}`;
}

describe('a process that is killed', () => {
  it('while it makes a log leaves what the next opening completes', { timeout: 180_000 }, async () => {
    const rows: string[] = [];
    for (const step of OPENING_STEPS) rows.push(await killOpening(step, 0));
    for (const { name, isStored } of ESSENTIAL.filter(({ name }) => name !== 'acknowledged')) {
      rows.push(await killOpening(name, isStored ? 1 : 0));
    }
    console.log(['killed while a log is made:', ...rows].join('\n'));
  });

  it('at any step of recording an intent leaves a log that goes on', { timeout: 180_000 }, () =>
    killAtAll('intent', COMMIT_STEPS),
  );

  it('while a mark is flushed leaves a log that goes on', { timeout: 180_000 }, () => killAtAll('purge', FLUSH_STEPS));

  it.each(OPERATIONS.map(({ name }) => name).filter((name) => name !== 'open' && name !== 'intent'))(
    'at any step of the commit of %s leaves a log that goes on',
    { timeout: 180_000 },
    (operation) => killAtAll(operation, ESSENTIAL),
  );

  it.each(TOOL_STEPS)('%s leaves a dangling call and nothing else', { timeout: 180_000 }, async (step) => {
    const { place, acknowledged } = await dieAt('tool', step);
    const found = await examine(place);
    expect(acknowledged).toEqual(['open', 'intent']);
    expect(found.kinds).toEqual(['log-opened', 'policy-changed', 'tool-call']);
    expect(errorsOf(found.report)).toEqual([]);
    expect(found.report.findings.filter(({ code }) => code === 'DANGLING_CALL')).toHaveLength(1);
    await goOn(place, step, found);
  });
});
