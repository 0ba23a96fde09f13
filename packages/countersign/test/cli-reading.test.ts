/** The commands that read: query, show, summary, export, over one real log. */

import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { escapeUnsafeLines } from '@countersign/approval';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestHome, fillLog, openTestLog, run, SESSION } from './cli-support.js';

const home = createTestHome();
let verifierKey = '';

beforeAll(async () => {
  const cs = await openTestLog(home);
  await fillLog(cs);
  verifierKey = cs.log.identityKey;
  await cs.close();
});
afterAll(() => home.remove());

const page = async (...argv: string[]) => JSON.parse((await run(home, ['query', '--json', ...argv])).stdout);

describe('query', () => {
  test('prints one line for each call under a line of titles, also in a pipe', async () => {
    const { code, stdout, stderr } = await run(home, ['query']);
    const lines = stdout.trimEnd().split('\n');
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(lines[0]).toMatch(/^Index +Time \(UTC\) +Session +Tool +Risk +Decision +By +Took +Outcome$/);
    expect(lines).toHaveLength(7);
    expect(lines[2]).toMatch(/run_shell +destructive +rejected +ada +refused$/);
  });

  test('prints no line that is wider than the terminal, and says with an ellipsis what was cut', async () => {
    const cs = await openTestLog(home);
    const long = cs.withAudit({ [`get_${'x'.repeat(120)}`]: async () => 1 });
    for (const tool of Object.values(long)) await tool();
    await cs.close();
    for (const columns of [80, 100, 130]) {
      const { stdout } = await run(home, ['query', '--no-color'], { tty: true, columns });
      const widths = stdout.split('\n').map((line) => line.length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(columns);
      expect(stdout).toContain('x…');
    }
  });

  test('answers the same calls as one JSON object and as JSON lines', async () => {
    const { calls, nextCursor } = await page();
    const lines = (await run(home, ['query', '--jsonl'])).stdout.trimEnd().split('\n');
    expect(nextCursor).toBeUndefined();
    expect(calls).toHaveLength(7);
    expect(lines.map((line) => JSON.parse(line))).toEqual(calls);
  });

  test('takes every filter', async () => {
    const indexes = async (...argv: string[]) =>
      (await page(...argv)).calls.map((call: { index: number }) => call.index);
    const all = await indexes();
    const destructive = await indexes('--risk', 'destructive');
    expect(destructive).toHaveLength(2);
    expect(await indexes('--risk', 'destructive,critical')).toEqual(destructive);
    expect(await indexes('--risk', 'critical', '--risk', 'destructive')).toEqual(destructive);
    expect(await indexes('--session', 'session-2')).toHaveLength(1);
    expect(await indexes('--tool', 'run_*')).toEqual(destructive);
    expect(await indexes('--decision', 'approved')).toHaveLength(1);
    expect(await indexes('--outcome', 'refused,tool_error')).toHaveLength(2);
    expect(await indexes('--success')).toHaveLength(all.length - 2);
    expect(await indexes('--success', 'false')).toHaveLength(2);
    expect(await indexes('--actor', 'tester')).toEqual(all);
    expect(await indexes('--actor', 'nobody')).toEqual([]);
    expect(await indexes('--since', '1h')).toEqual(all);
    expect(await indexes('--until', '1h')).toEqual([]);
    expect(await indexes('--order', 'oldest-first')).toEqual(all.toReversed());
  });

  test('goes through the log page by page, and JSON lines go on from a cursor to the end', async () => {
    const first = await page('--limit', '3');
    const second = await page('--limit', '3', '--cursor', first.nextCursor);
    const rest = (await run(home, ['query', '--jsonl', '--cursor', first.nextCursor])).stdout.trimEnd().split('\n');
    const all = (await page()).calls;
    expect([...first.calls, ...second.calls]).toEqual(all.slice(0, 6));
    expect(rest.map((line) => JSON.parse(line))).toEqual(all.slice(3));
    expect((await run(home, ['query', '--limit', '3'])).stderr).toContain(`--cursor ${first.nextCursor}`);
    expect((await run(home, ['query', '--limit', '3', '--quiet'])).stderr).toBe('');
  });

  test('reads a log that belongs to the key that was given', async () => {
    expect((await run(home, ['query', '--key', verifierKey])).code).toBe(0);
  });
});

describe('show', () => {
  test('shows a call by its index, its id, and the id or index of any of its entries', async () => {
    const [call] = (await page('--decision', 'approved')).calls;
    const byIndex = await run(home, ['show', '--json', String(call.index)]);
    const shown = JSON.parse(byIndex.stdout);
    expect(shown).toMatchObject({ ...call, args: { command: 'rm -rf data' }, result: { ran: 'rm -rf data' } });
    expect(shown.entries.map(({ entry }: { entry: { kind: string } }) => entry.kind)).toEqual([
      'approval-requested',
      'approval-decided',
      'tool-call',
      'tool-result',
    ]);
    const ids = [
      call.callId,
      ...shown.entries.flatMap(({ index, entry }: { index: number; entry: { id: string } }) => [
        String(index),
        entry.id,
      ]),
    ];
    for (const id of ids) expect((await run(home, ['show', '--json', id])).stdout).toBe(byIndex.stdout);
  });

  test('tells a person everything about an approved call', async () => {
    const [call] = (await page('--decision', 'approved')).calls;
    const { stdout } = await run(home, ['show', String(call.index)]);
    for (const part of [
      '"command": "rm -rf data"',
      '"ran": "rm -rf data"',
      'approved, by ada',
      'looks right',
      'person ada',
      'shell.rm',
    ]) {
      expect(stdout).toContain(part);
    }
  });

  test('shows an entry that belongs to no call', async () => {
    const { code, stdout } = await run(home, ['show', '0', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ index: 0, entry: { kind: 'log-opened' } });
    expect((await run(home, ['show', '0'])).stdout).toContain('log-opened');
  });
});

describe('summary', () => {
  test('counts a session, as text and as JSON', async () => {
    const { stdout } = await run(home, ['summary', SESSION, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      session: SESSION,
      totalActions: 5,
      approved: 1,
      rejected: 1,
      successful: 3,
    });
    expect((await run(home, ['summary', SESSION])).stdout).toMatch(/approved 1, rejected 1/);
  });

  test('says that a session has no calls, and counts zero', async () => {
    const { code, stdout, stderr } = await run(home, ['summary', 'nobody', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).totalActions).toBe(0);
    expect(stderr).toContain('no calls');
  });
});

describe('what tools wrote', () => {
  test('is never printed as something that a terminal acts on or a person cannot see', async () => {
    const [hostile] = (await page('--risk', 'moderate')).calls;
    const runs = [
      ['query', '--json'],
      ['query', '--jsonl'],
      ['query'],
      ['show', String(hostile.index)],
      ['show', String(hostile.index), '--json'],
      ['export', '--format', 'json'],
      ['export', '--format', 'csv'],
      ['export', '--format', 'jsonl'],
    ];
    for (const argv of runs) {
      const { stdout } = await run(home, [...argv, '--no-color'], { tty: true });
      expect(stdout).not.toBe('');
      const plain = stdout.replaceAll('\r\n', '\n');
      expect(escapeUnsafeLines(plain), argv.join(' ')).toBe(plain);
    }
    expect((await run(home, ['show', String(hostile.index)])).stdout).toContain('\\u{202e}');
  });

  test('keeps its value in JSON, escaped or not', async () => {
    const [hostile] = (await page('--risk', 'moderate')).calls;
    expect(hostile.args.city).toContain('\u202eevil\u009b2J\u200bend');
  });
});

describe('export', () => {
  test('writes what the log exports, byte for byte, to the standard output', async () => {
    const cs = await openTestLog(home);
    const [json, csv] = [await cs.log.exportJson(SESSION), await cs.log.exportCsv(SESSION)];
    await cs.close();
    expect((await run(home, ['export', '--session', SESSION])).stdout).toBe(json);
    expect((await run(home, ['export', '--format', 'csv', '--session', SESSION])).stdout).toBe(csv);
  });

  test('writes the whole log as JSON lines', async () => {
    const lines = (await run(home, ['export', '--format', 'jsonl'])).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0].format).toBe('countersign-log-export');
    expect(lines).toHaveLength(lines[0].size + 2);
    expect(lines.at(-1).identityKey).toBe(verifierKey);
  });

  test('writes a file for its owner only, prints nothing else, and leaves no other file', async () => {
    const folder = join(home.path, 'exports');
    mkdirSync(folder);
    const out = join(folder, 'calls.csv');
    const { code, stdout, stderr } = await run(home, ['export', '--format', 'csv', '--out', out]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toContain(out);
    expect(readFileSync(out, 'utf8')).toBe((await run(home, ['export', '--format', 'csv'])).stdout);
    expect(statSync(out).mode & 0o077).toBe(0);
    expect(readdirSync(folder)).toEqual(['calls.csv']);
  });

  test('leaves the file of before as it was when it fails', async () => {
    const folder = join(home.path, 'failing');
    mkdirSync(folder);
    const out = join(folder, 'log');
    const { code } = await run(home, ['export', '--format', 'jsonl', '--session', SESSION, '--out', out]);
    expect(code).toBe(2);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('ends with 130 and without a file when the person presses Ctrl-C', async () => {
    const folder = join(home.path, 'interrupted');
    mkdirSync(folder);
    const { code } = await run(home, ['export', '--out', join(folder, 'log')], { signal: AbortSignal.abort() });
    expect(code).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });
});
