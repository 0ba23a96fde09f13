import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { RISK_LEVELS } from '@countersign/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type DemoResult, runDemo } from '../src/demo/run-demo.js';

let parent: string;
let folder: string;
let result: DemoResult;
let printed: string;

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), 'demo-test-'));
  folder = join(parent, 'demo');
  ({ result, printed } = await play(folder));
});

afterAll(() => rmSync(parent, { recursive: true }));

describe('the demo without a terminal', () => {
  test('makes about twenty calls over all four risk levels, and the log is what it should be', () => {
    expect(result.asExpected).toBe(true);
    expect(result.calls.length).toBeGreaterThanOrEqual(20);
    expect(new Set(result.calls.map(({ risk }) => risk))).toEqual(new Set(RISK_LEVELS));
    const outcomes = result.calls.map(({ outcome }) => outcome);
    expect(new Set(outcomes)).toEqual(new Set(['ok', 'tool_error', 'refused']));
  });

  test('has calls that were approved, rejected, answered by a grant and not asked for', () => {
    const decisions = new Set(result.calls.map(({ decision, decisionBy }) => `${decision} ${decisionBy}`));
    expect([...decisions]).toEqual(
      expect.arrayContaining([
        'approved scripted-approver',
        'rejected scripted-approver',
        'rejected policy:floor:guard',
        'auto similar_match',
        'not_required default:safe',
      ]),
    );
  });

  test('runs what the approver made of a call, not what was asked for', () => {
    const edited = result.calls.find(({ step }) => step === '10');
    expect(edited).toMatchObject({ args: { sql: "DELETE FROM invoices WHERE status = 'void'" }, outcome: 'ok' });
    expect(edited?.result).toEqual({ changes: 1 });
  });

  test('keeps its secret out of everything that it leaves and prints', () => {
    const secret = 'dEm0dEm0dEm0dEm0';
    expect(printed).not.toContain(secret);
    for (const name of ['agent-audit.db', 'tampered-copy.db']) {
      expect(readFileSync(join(folder, name)).includes(secret)).toBe(false);
    }
  });

  test('shows what verifies, what a changed byte does, and the commands to go on with', () => {
    expect(printed).toContain('integrity ok, completeness ok, authority ok');
    expect(printed).toContain('integrity failed');
    expect(printed).toContain("query({ risk: 'critical' })");
    expect(printed).toContain(`npx countersign verify --db ${result.database} --key`);
  });

  test('touches no folder that holds something', async () => {
    await expect(play(folder)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

async function play(into: string): Promise<{ result: DemoResult; printed: string }> {
  const output = new PassThrough();
  const collected = text(output);
  try {
    const options = { input: new PassThrough(), output, interactive: false, color: false, width: 120 };
    const played = await runDemo({ ...options, folder: into });
    output.end();
    return { result: played, printed: await collected };
  } finally {
    output.end();
  }
}
