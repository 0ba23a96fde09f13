/**
 * What Countersign guarantees, one test for each sentence, over a whole deployment on a real file.
 */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ApprovalRequest, createScriptedChannel, type DecisionInput } from '@countersign/approval';
import { type AuditedCall, CallRefusedError, OutcomeNotRecordedError } from '@countersign/audit';
import { type Countersign, type CountersignOptions, openCountersign } from 'countersign';
import { afterEach, beforeEach, describe, expect, expectTypeOf, it } from 'vitest';
import { scriptCommand } from '../lib/script.js';

const APPROVE: DecisionInput = { decision: 'approved', approver: { kind: 'person', id: 'ada' } };

let folder: string;
const open: Countersign[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-guarantees-'));
});
afterEach(async () => {
  for (const cs of open.splice(0)) await cs.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openHere(
  options: CountersignOptions & { decide?: (request: ApprovalRequest) => DecisionInput | undefined } = {},
): Promise<Countersign> {
  const { decide = () => APPROVE, ...rest } = options;
  const cs = await openCountersign({
    path: join(folder, 'log.db'),
    keyDir: join(folder, 'keys'),
    markFile: join(folder, 'mark'),
    channels: [createScriptedChannel(decide)],
    warn: () => undefined,
    ...rest,
  });
  open.push(cs);
  return cs;
}

async function callsOf(cs: Countersign): Promise<readonly AuditedCall[]> {
  return (await cs.log.query({})).calls;
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('The call was expected to fail.'),
    (error: unknown) => error,
  );
}

describe('Countersign guarantees', () => {
  it('no record, no run', async () => {
    const cs = await openHere();
    let ran = false;
    const read = cs.withAudit(function readFile(_path: string) {
      ran = true;
    });
    await cs.log.close();
    expect(await caught(read('/work/a'))).toMatchObject({ code: 'RECORD_FAILED', cause: { code: 'STORE_CLOSED' } });
    expect(ran).toBe(false);
  });

  it('the intent is on record before the act, and the outcome after it', async () => {
    const cs = await openHere();
    const during: unknown[] = [];
    await cs.withAudit(async function readFile(_path: string) {
      during.push(...(await callsOf(cs)).map(({ outcome }) => outcome));
      return 'contents';
    })('/work/a');
    expect(during).toEqual(['pending']);
    expect(await callsOf(cs)).toMatchObject([{ outcome: 'ok', success: true, result: 'contents' }]);
  });

  it('approved arguments are the arguments that run', async () => {
    const args = { path: join(folder, 'a'), when: new Date(5) };
    const cs = await openHere({
      decide: (request) => {
        args.path = '/etc/passwd';
        Reflect.set(Object(request.args), 'path', '/etc/shadow');
        return APPROVE;
      },
    });
    const ran = await cs.withAudit(async function deleteFile(options: typeof args) {
      return { ...options, frozen: Object.isFrozen(options) };
    })(args);
    expect(ran).toEqual({ path: join(folder, 'a'), when: new Date(5), frozen: false });
    expect(await callsOf(cs)).toMatchObject([
      { args: { path: join(folder, 'a') }, decision: 'approved', approvedBy: 'ada' },
    ]);
  });

  it('a failed write of the outcome carries the result, and nothing is run twice', async () => {
    const cs = await openHere();
    let ran = 0;
    const receipt = { id: 'payment-1' };
    const pay = cs.withAudit(async function readPayment(_id: string) {
      ran += 1;
      await cs.log.close();
      return receipt;
    });
    const error = await caught(pay('x'));
    if (!(error instanceof OutcomeNotRecordedError)) throw error;
    expect(error.outcome.ok && error.outcome.result).toBe(receipt);
    expect(ran).toBe(1);
  });

  it('recording never throws because of a value', async () => {
    const cs = await openHere();
    const cycle: Record<string, unknown> = { lone: '\ud800', big: 10n, map: new Map([[Number.NaN, new Set([-0])]]) };
    cycle.self = cycle;
    const values = [
      cycle,
      () => 1,
      Symbol('s'),
      new Proxy({}, {}),
      new (class Point {})(),
      'x'.repeat(11 * 1024 * 1024),
      null,
    ];
    for (const value of values) {
      expect(await cs.withAudit(() => value, { name: 'read_value' })()).toBe(value);
      const thrown = await caught(
        cs.withAudit(
          () => {
            throw value;
          },
          { name: 'read_value' },
        )(),
      );
      expect(Object.is(thrown, value)).toBe(true);
    }
    expect((await callsOf(cs)).map(({ outcome }) => outcome)).toEqual(
      values.flatMap(() => [expect.stringMatching(/ok|tool_error/), expect.stringMatching(/ok|tool_error/)]),
    );
  });

  it('processes that make one file at once, and write to it at once, never fork the log', async () => {
    const agents = await Promise.all(['one', 'two', 'three'].map((name) => startAgent(name, 12)));
    const reports = await Promise.all(agents.map((finish) => finish()));
    expect(reports).toEqual(['12 12', '12 12', '12 12']);
    const cs = await openHere();
    const stats = await cs.log.sessionSummary('two');
    expect(stats).toMatchObject({ totalActions: 12, approved: 12, successful: 12 });
    expect((await cs.log.query({ limit: 100 })).calls).toHaveLength(36);
    const report = await cs.log.verify();
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(report.integrity).toBe('ok');
  });

  it('a rejected call throws CallRefusedError with code and reasons, or answers a result for the model', async () => {
    const cs = await openHere({ decide: () => ({ ...APPROVE, decision: 'rejected', messageForModel: 'Not now.' }) });
    const deleteFile = (path: string): string => path;
    const error = await caught(cs.withAudit(deleteFile)('/work/a'));
    expect(error).toBeInstanceOf(CallRefusedError);
    expect(error).toMatchObject({ code: 'APPROVAL_REJECTED', reasons: expect.arrayContaining([expect.any(String)]) });
    const answer: unknown = await cs.withAudit(deleteFile, { onRefused: 'result' })('/work/a');
    expect(answer).toEqual({
      refused: true,
      code: 'APPROVAL_REJECTED',
      message: 'Not now.',
      callId: expect.any(String),
    });
    expect((await callsOf(cs)).map(({ outcome, decision }) => [outcome, decision])).toEqual([
      ['refused', 'rejected'],
      ['refused', 'rejected'],
    ]);
  });

  it('errors of tools reach the caller unchanged', async () => {
    const cs = await openHere();
    const boom = Object.assign(new RangeError('boom'), { status: 507 });
    const read = cs.withAudit(async function readFile(): Promise<string> {
      throw boom;
    });
    expect(await caught(read())).toBe(boom);
    expect(await callsOf(cs)).toMatchObject([{ outcome: 'tool_error', success: false, error: { name: 'RangeError' } }]);
  });

  it('wrapping changes neither `this`, names, parameters nor results, but that all is asynchronous', async () => {
    const cs = await openHere();
    const tools = {
      root: '/work',
      readAt: cs.withAudit(function readAt(this: { root: string }, path: string, depth: number) {
        return `${this.root}/${path}/${depth}`;
      }),
    };
    expect(await tools.readAt('a', 1)).toBe('/work/a/1');
    expect([tools.readAt.name, tools.readAt.length]).toEqual(['readAt', 2]);
    expectTypeOf(tools.readAt).toEqualTypeOf<
      (this: { root: string }, path: string, depth: number) => Promise<string>
    >();
  });
});

/** Starts an agent on the test's file; answers what lets it begin and waits for its report. */
async function startAgent(name: string, calls: number): Promise<() => Promise<string>> {
  const given = [join(folder, 'log.db'), join(folder, 'keys'), name, String(calls)];
  const { command, args, env } = scriptCommand(new URL('agent-process.ts', import.meta.url), given);
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'], env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  expect((await lines.next()).value).toBe('ready');
  return async () => {
    child.stdin.end();
    const { value } = await lines.next();
    if (child.exitCode === null) await once(child, 'exit');
    return String(value);
  };
}
