/**
 * The public face, pinned: names and shapes that programs, pages and checks outside this repository rely on. A change here is a
 * change of the interface.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as api from 'countersign';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ada = { kind: 'person', id: 'ada' } as const;
const LEVELS = ['critical', 'destructive', 'moderate', 'safe'];

let folder: string;
const open: api.Countersign[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-api-'));
});
afterEach(async () => {
  for (const cs of open.splice(0)) await cs.close();
  rmSync(folder, { recursive: true, force: true });
});

async function openHere(options: api.CountersignOptions = {}): Promise<api.Countersign> {
  const cs = await api.openCountersign({
    path: join(folder, 'log.db'),
    keyDir: join(folder, 'keys'),
    markFile: join(folder, 'mark'),
    session: 's1',
    actor: { kind: 'agent', id: 'builder' },
    warn: () => undefined,
    ...options,
  });
  open.push(cs);
  return cs;
}

function approving(decision: api.DecisionInput): api.CountersignOptions {
  return { channels: [api.createScriptedChannel(() => decision)] };
}

async function caught(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('An error was expected.'),
    (error: unknown) => error,
  );
}

function keysOf(value: object): readonly string[] {
  return Object.keys(value).sort();
}

describe('the umbrella', () => {
  it('exports what users type', () => {
    expect(Object.keys(api)).toEqual(
      expect.arrayContaining([
        'openCountersign',
        'getAuditLog',
        'runInSession',
        'createAuditLogger',
        'createClassifier',
        'classifyShell',
        'classifySql',
        'classifyTool',
        'CallRefusedError',
        'ApprovalRejectedError',
        'ApprovalExpiredError',
        'ApprovalMismatchError',
        'AlreadyDecidedError',
        'OutcomeNotRecordedError',
        'LogRolledBackError',
        'StoreUnavailableError',
        'StoreCorruptError',
        'ConfigError',
      ]),
    );
  });

  it('has refusals as subclasses of one error, and all errors with a code and a hint', () => {
    for (const Class of [api.ApprovalRejectedError, api.ApprovalExpiredError, api.ApprovalMismatchError]) {
      expect(Class.prototype).toBeInstanceOf(api.CallRefusedError);
    }
    const error = new api.ConfigError('OPTION_INVALID', 'x', { hint: 'y' });
    expect(error).toBeInstanceOf(api.CountersignError);
    expect(error).toMatchObject({ name: 'ConfigError', code: 'OPTION_INVALID', message: 'x', hint: 'y' });
  });

  it('opens a deployment of a gate, a log, approvals, a classifier and a wrapper', async () => {
    const cs = await openHere();
    for (const name of ['withAudit', 'gate', 'log', 'approvals', 'classifier', 'close'] as const) {
      expect(cs[name], name).toBeDefined();
    }
    const methods = ['query', 'entries', 'entry', 'append', 'sessionSummary', 'stats', 'checkpoint', 'purge', 'verify'];
    for (const name of [...methods, 'receipt', 'consistencyProof', 'export', 'exportJson', 'exportCsv', 'close']) {
      expect(typeof Reflect.get(cs.log, name), name).toBe('function');
    }
    for (const name of ['pending', 'decide', 'grants', 'revoke', 'on']) {
      expect(typeof Reflect.get(cs.approvals, name), name).toBe('function');
    }
  });

  it('answers one log for one path', async () => {
    const home = process.env.HOME;
    process.env.HOME = folder;
    try {
      const path = join(folder, 'other.db');
      const log = await api.getAuditLog(path);
      expect(await api.getAuditLog(path)).toBe(log);
      await log.close();
    } finally {
      process.env.HOME = home;
    }
  });
});

describe('a receipt', () => {
  it('is made by the log and checked by a function that has only the key', async () => {
    const cs = await openHere();
    await cs.withAudit(async function readNote() {
      return 'text';
    })();
    const key = cs.log.identityKey;
    const { calls, completeness } = await cs.log.query({ risk: ['safe', 'moderate'], proofs: true, key });
    const [call] = calls;
    const receipt = await cs.log.receipt(call?.callId ?? '');
    const report = api.verifyReceipt(api.formatReceipt(receipt), { key });
    expect(report).toMatchObject({ integrity: 'ok', findings: [], keySource: 'pinned' });
    expect(report.entries.map(({ entry }) => entry.kind)).toEqual(['tool-call', 'tool-result']);
    expect(call?.proofs?.map((proof) => api.verifyReceipt(proof, { key }).integrity)).toEqual(['ok', 'ok']);
    expect(completeness).toMatchObject({ status: 'verified', keySource: 'pinned', findings: [] });
  });
});

describe('a call on record', () => {
  it('has the members of an audited call, with a Date and milliseconds', async () => {
    const cs = await openHere(approving({ decision: 'approved', approver: ada }));
    await cs.withAudit(async function deleteFolder(path: string) {
      return `gone ${path}`;
    })('/work/build');
    const { calls, nextCursor } = await cs.log.query();
    expect(nextCursor).toBeUndefined();
    const [call] = calls;
    expect(call).toMatchObject({
      callId: expect.any(String),
      index: expect.any(Number),
      session: 's1',
      actor: { kind: 'agent', id: 'builder' },
      tool: 'deleteFolder',
      args: { path: '/work/build' },
      result: 'gone /work/build',
      success: true,
      outcome: 'ok',
      risk: 'destructive',
      approvalRequired: true,
      decision: 'approved',
      approvedBy: 'ada',
      approvalTimeMs: expect.any(Number),
      startedAt: expect.any(Date),
      durationMs: expect.any(Number),
    });
    expect(call?.reasons[0]).toMatchObject({ id: expect.any(String), level: 'destructive', text: expect.any(String) });
    // The log holds whole microseconds.
    for (const ms of [call?.approvalTimeMs, call?.durationMs]) {
      expect(Math.abs((ms ?? 0.1) * 1000 - Math.round((ms ?? 0.1) * 1000))).toBeLessThan(1e-6);
    }
  });

  it('says similar_match where a remembered grant answered', async () => {
    const cs = await openHere(approving({ decision: 'approved', approver: ada, remember: {} }));
    const tool = cs.withAudit(async function deleteFolder(path: string) {
      return path;
    });
    await tool('/work/build');
    await tool('/work/build');
    expect((await cs.log.query({ limit: 1 })).calls).toMatchObject([{ decision: 'auto', approvedBy: 'similar_match' }]);
  });

  it('is paged by a cursor, and counted in the summary of its session', async () => {
    const cs = await openHere(approving({ decision: 'rejected', approver: ada, reason: 'no' }));
    const tools = cs.withAudit({ readFile: async (path: string) => path, deleteFolder: async (path: string) => path });
    await tools.readFile('/work/a');
    const error = await caught(tools.deleteFolder('/work/build'));
    expect(error).toBeInstanceOf(api.ApprovalRejectedError);
    expect(error).toMatchObject({ code: 'APPROVAL_REJECTED', reasons: expect.any(Array), tool: 'deleteFolder' });
    const page = await cs.log.query({ limit: 1 });
    const { nextCursor } = page;
    expect(typeof nextCursor).toBe('string');
    const next = await cs.log.query({ limit: 1, ...(nextCursor !== undefined && { cursor: nextCursor }) });
    expect([page, next].flatMap(({ calls }) => calls.map(({ tool }) => tool))).toEqual(['deleteFolder', 'readFile']);
    const summary = await cs.log.sessionSummary('s1');
    expect(summary).toMatchObject({ totalActions: 2, approved: 0, rejected: 1, successful: 1 });
    expect(keysOf(summary.byRisk)).toEqual(LEVELS);
    expect(typeof summary.totalDurationMs).toBe('number');
  });

  it('is answered as a result for the model where that is asked for', async () => {
    const cs = await openHere({ ...approving({ decision: 'rejected', approver: ada }), onRefused: 'result' });
    const answer: unknown = await cs.withAudit(async function deleteFolder(path: string) {
      return path;
    })('/work/build');
    expect(keysOf(Object(answer))).toEqual(['callId', 'code', 'message', 'refused']);
    expect(answer).toMatchObject({ refused: true, code: 'APPROVAL_REJECTED' });
  });
});

describe('verification, classification and events', () => {
  it('answers in three parts, with findings and where the key came from', async () => {
    const cs = await openHere();
    const found = await cs.log.verify();
    expect(keysOf(found)).toEqual([
      'authority',
      'checkpoint',
      'completeness',
      'counts',
      'entries',
      'findings',
      'integrity',
      'keySource',
      'root',
      'size',
    ]);
    expect(found).toMatchObject({ integrity: 'ok', keySource: 'found' });
    for (const finding of found.findings) expect(finding).toMatchObject({ severity: expect.any(String) });
    expect(await cs.log.verify({ key: cs.log.identityKey })).toMatchObject({ keySource: 'pinned' });
  });

  it('classifies into a level with its reasons', () => {
    const answers = [
      api.classifyShell('rm -rf /'),
      api.classifySql('DROP TABLE users'),
      api.classifyTool({ name: 'delete_file' }),
      api.createClassifier().classify({ tool: { name: 'delete_file' }, args: { path: 'a' } }),
    ];
    for (const answer of answers) {
      expect(keysOf(answer)).toEqual([
        'confidence',
        'effects',
        'level',
        'parser',
        'reasons',
        'reversible',
        'ruleSetVersion',
        'score',
        'signals',
        'targets',
      ]);
      expect(keysOf(answer.parser)).toEqual(['errors', 'kind', 'ok']);
      expect(LEVELS).toContain(answer.level);
    }
  });

  it('records security events through typed helpers', async () => {
    const cs = await openHere();
    const logger = api.createAuditLogger(cs.log);
    expect(keysOf(logger)).toEqual([
      'authorization',
      'codeExecution',
      'containerCreation',
      'modelCall',
      'resourceViolation',
      'securityAssessment',
      'securityEvent',
      'systemEvent',
    ]);
    await logger.securityEvent({ name: 'probe', severity: 'warning' });
    expect(await cs.log.entries({ kind: 'security-event' })).toHaveLength(1);
  });
});
