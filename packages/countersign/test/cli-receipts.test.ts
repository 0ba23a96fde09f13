/** The commands that prove and check proofs, as an auditor and whoever serves him run them. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Countersign } from '../src/open-countersign.js';
import { createTestHome, fillLog, openTestLog, run, type TestHome } from './cli-support.js';

let home: TestHome;
/** Where the auditor is: nothing of the log lies there. */
let auditor: TestHome;
let key: string;
let cs: Countersign;
const at = (name: string) => join(auditor.path, name);

beforeAll(async () => {
  home = createTestHome();
  cs = await openTestLog(home);
  await cs.withAudit({ get_weather: async () => 'fine' }).get_weather();
  auditor = createTestHome();
  process.env.HOME = home.path;
  writeFileSync(at('old.txt'), await cs.log.checkpoint());
  await fillLog(cs);
  await cs.close();
  const exported = await run(home, ['keys', 'export']);
  key = exported.stdout.trim();
  writeFileSync(at('log.vkey'), exported.stdout);
});

afterAll(() => {
  auditor.remove();
  home.remove();
});

/** Of the call that was approved. */
async function riskyIndex(): Promise<string> {
  const { stdout } = await run(home, ['query', '--decision', 'approved', '--json']);
  const index = /"index": (\d+)/.exec(stdout)?.[1];
  if (index === undefined) throw new Error(stdout);
  return index;
}

describe('prove and verify-receipt', () => {
  test('hand out a call that somebody without the log can check', async () => {
    const made = await run(home, ['prove', await riskyIndex(), '--out', at('receipt.json')]);
    expect(made).toMatchObject({ code: 0, stdout: '' });
    const checked = await run(auditor, ['verify-receipt', at('receipt.json'), '--key', at('log.vkey')]);
    expect(checked).toMatchObject({ code: 0, stderr: '' });
    expect(checked.stdout).toMatch(/integrity +ok/);
    expect(checked.stdout).toContain('rm -rf data');
    expect(checked.stdout).toContain('"ran": "rm -rf data"');
    expect(checked.stdout).toContain('No findings.');
    const asJson = await run(auditor, ['verify-receipt', at('receipt.json'), '--key', key, '--json']);
    expect(JSON.parse(asJson.stdout)).toMatchObject({ integrity: 'ok', completeness: 'not-checked', kind: 'receipt' });
  });

  test('leave out what must not be shown', async () => {
    const made = await run(home, ['prove', await riskyIndex(), '--without', 'args,argsSalt', '--without', 'result']);
    expect(made.code).toBe(0);
    expect(made.stdout).not.toContain('rm -rf');
    writeFileSync(at('redacted.json'), made.stdout);
    const checked = await run(auditor, ['verify-receipt', at('redacted.json'), '--key', key]);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toContain('Left out: args, argsSalt');
  });

  test('print the bare C2SP proof', async () => {
    const { stdout } = await run(home, ['prove', '0', '--proof-only']);
    expect(stdout.startsWith('c2sp.org/tlog-proof@v1\nindex 0\n')).toBe(true);
  });

  test('find what was changed, and say so with 3', async () => {
    const text = readFileSync(at('receipt.json'), 'utf8');
    for (const [from, to, code] of [
      ['rm -rf data', 'rm -rf else', 'PAYLOAD_COMMITMENT_MISMATCH'],
      ['destructive', 'moderate', 'PROOF_INVALID'],
      ['"version": 1', '"version": 2', 'RECEIPT_INVALID'],
    ] as const) {
      expect(text).toContain(from);
      writeFileSync(at('changed.json'), text.replace(from, to));
      const checked = await run(auditor, ['verify-receipt', at('changed.json'), '--key', key]);
      expect([checked.code, checked.stdout]).toEqual([3, expect.stringContaining(code)]);
      expect(checked.stdout).toMatch(/integrity +failed/);
    }
  });

  test('are used wrongly with 2: no key, no receipt, no such call, both questions at once', async () => {
    const wrong = [
      await run(auditor, ['verify-receipt', at('receipt.json')]),
      await run(auditor, ['verify-receipt', at('log.vkey'), '--key', key]),
      await run(auditor, ['verify-receipt', at('nothing.json'), '--key', key]),
      await run(auditor, ['verify-receipt', at('receipt.json'), '--key', key, '--against', at('log.vkey')]),
      await run(auditor, ['verify-receipt', at('receipt.json'), '--key', key, '--policy', at('log.vkey')]),
      await run(home, ['prove', 'nobody']),
      await run(home, ['prove']),
      await run(home, ['prove', '1', '--consistency', at('old.txt')]),
      await run(home, ['prove', '--consistency', at('log.vkey')]),
    ];
    expect(wrong.map(({ code, stdout }) => [code, stdout])).toEqual(wrong.map(() => [2, '']));
  });

  test('say that the witnesses of a policy are not enough', async () => {
    const witness = 'witness.example+d50a9e92+BN3Jf1t1ye5TqKB+wtk3Bc3zgGFMIDhXpjEDHHdEQ1mS';
    writeFileSync(at('policy'), `witness w1 ${witness}\nquorum w1\n`);
    const checked = await run(auditor, ['verify-receipt', at('receipt.json'), '--key', key, '--policy', at('policy')]);
    // A key that is none is a mistake of the file; one that has not cosigned is a finding.
    expect([2, 3]).toContain(checked.code);
    writeFileSync(at('policy'), 'quorum none\n');
    const none = await run(auditor, ['verify-receipt', at('receipt.json'), '--key', key, '--policy', at('policy')]);
    expect(none.code).toBe(0);
  });
});

describe('prove --consistency', () => {
  test('convinces an auditor who kept a checkpoint, and is refused for any other', async () => {
    const made = await run(home, ['prove', '--consistency', at('old.txt'), '--out', at('growth.json')]);
    expect(made.code).toBe(0);
    const args = ['verify-receipt', at('growth.json'), '--key', key, '--against', at('old.txt')];
    const checked = await run(auditor, args);
    expect(checked.code).toBe(0);
    expect(checked.stdout).toMatch(/going on from \d+ entries/);
    const text = readFileSync(at('growth.json'), 'utf8');
    writeFileSync(at('broken.json'), text.replace(/"proof": \[\s+"[^"]+"/, '"proof": [ "AAAA"'));
    expect((await run(auditor, ['verify-receipt', at('broken.json'), '--key', key])).code).toBe(3);
  });

  test('tells a checkpoint that the log does not bear out with 3', async () => {
    const other = createTestHome();
    const fork = await openTestLog(other);
    await fillLog(fork);
    writeFileSync(at('fork.txt'), await fork.log.checkpoint());
    await fork.close();
    other.remove();
    process.env.HOME = home.path;
    const made = await run(home, ['prove', '--consistency', at('fork.txt')]);
    expect([made.code, made.stdout]).toEqual([3, '']);
    expect(made.stderr).not.toBe('');
  });
});

describe('query --proofs', () => {
  test('marks every row and states on standard error that these are all', async () => {
    const { code, stdout, stderr } = await run(home, ['query', '--risk', 'destructive', '--proofs', '--key', key]);
    expect(code).toBe(0);
    expect(stdout).toContain('Proof');
    expect(stdout).toContain('call+result');
    expect(stderr).toContain('completeness verified');
    expect(stderr).toMatch(/destructive: \d+ of \d+\n/);
  });

  test('says that nobody vouches for the key where none is given', async () => {
    const { code, stderr } = await run(home, ['query', '--proofs']);
    expect(code).toBe(0);
    expect(stderr).toContain('completeness unverified');
    expect(stderr).toContain('KEY_NOT_PINNED');
  });

  test('states it in JSON, and over all pages with JSON lines', async () => {
    const page = await run(home, ['query', '--proofs', '--key', key, '--json', '--limit', '2']);
    const { calls, completeness } = JSON.parse(page.stdout);
    expect([calls.length, completeness.status, page.stderr]).toEqual([2, 'verified', '']);
    expect(calls[0].proofs[0].format).toBe('countersign-receipt');
    const lines = await run(home, ['query', '--proofs', '--key', key, '--jsonl', '--against', at('old.txt')]);
    expect(lines.stdout.trim().split('\n')).toHaveLength(7);
    expect(lines.stderr).toContain('completeness verified');
    expect(lines.stderr).toMatch(/between entry 0 and \d+/);
  });

  test('is needed for --against', async () => {
    expect((await run(home, ['query', '--against', at('old.txt')])).code).toBe(2);
  });
});

describe('export --format tlog-tiles', () => {
  test('fills a folder, and later adds to it', async () => {
    const folder = at('tiles');
    const first = await run(home, ['export', '--format', 'tlog-tiles', '--out', folder]);
    expect([first.code, first.stdout]).toEqual([0, '']);
    expect(first.stderr).toMatch(/^Wrote \d+ files to /);
    const note = readFileSync(join(folder, 'checkpoint'), 'utf8');
    writeFileSync(at('published.txt'), note);
    expect((await run(home, ['verify', '--against', at('published.txt')])).code).toBe(0);
    const again = await run(home, ['export', '--format', 'tlog-tiles', '--out', folder, '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ written: 0, minimumIndex: 0 });
  });

  test('needs a folder of its own and no filter', async () => {
    mkdirSync(at('mine'));
    writeFileSync(at('mine/notes.txt'), 'mine');
    const wrong = [
      await run(home, ['export', '--format', 'tlog-tiles']),
      await run(home, ['export', '--format', 'tlog-tiles', '--out', at('mine')]),
      await run(home, ['export', '--format', 'tlog-tiles', '--out', at('x'), '--risk', 'safe']),
    ];
    expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2]);
  });
});
