import {
  type ApprovalRecord,
  type Decision,
  requestRefusalError,
  type TransitionEvent,
  type TransitionRefusalCode,
  transition,
} from '@countersign/approval';
import { sampleDigest, sampleRequest } from '@countersign/approval/testing';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const SEED = 20_261_121;
const request = sampleRequest();
const END = request.expiresAtUs;
const BEFORE = END - 1;

const pending: ApprovalRecord = { request, state: 'pending', version: 1 };
const approved = next(pending, { kind: 'decided', decision: decision('approved') });
const edited = next(pending, {
  kind: 'decided',
  decision: { ...decision('approved'), editedDigest: sampleDigest('E') },
});
const rejected = next(pending, { kind: 'decided', decision: decision('rejected') });
const expired = next(pending, { kind: 'expired', cause: 'timeout' }, END);
const used = next(approved, { kind: 'consumed', argsDigest: request.argsDigest });

describe('the state machine of requests', () => {
  it('begins pending at version 1', () => {
    expect(transition(undefined, { kind: 'requested', request }, 0)).toEqual({ ok: true, record: pending });
  });

  it('keeps the decision when an approval is used, and when it ends unused', () => {
    expect(used).toEqual({ ...approved, state: 'used', version: 3 });
    expect(next(approved, { kind: 'expired', cause: 'aborted' })).toEqual({
      ...approved,
      state: 'expired',
      cause: 'aborted',
      version: 3,
    });
  });

  it('binds an edited approval to the edited arguments alone', () => {
    const consume = (argsDigest: string) => transition(edited, { kind: 'consumed', argsDigest }, BEFORE);
    expect(consume(sampleDigest('E'))).toMatchObject({ ok: true, record: { state: 'used' } });
    expect(consume(request.argsDigest)).toMatchObject({ ok: false, code: 'DIGEST_MISMATCH' });
  });

  it('accepts the caller giving up at any time, and a time-out only when time is up', () => {
    expect(next(pending, { kind: 'expired', cause: 'aborted' }, 0).cause).toBe('aborted');
    expect(transition(pending, { kind: 'expired', cause: 'timeout' }, BEFORE)).toMatchObject({
      code: 'NOT_YET_EXPIRED',
    });
    expect(next(approved, { kind: 'expired', cause: 'timeout' }, END).state).toBe('expired');
  });

  const approve: TransitionEvent = { kind: 'decided', decision: decision('approved') };
  const consume: TransitionEvent = { kind: 'consumed', argsDigest: request.argsDigest };
  const timeout: TransitionEvent = { kind: 'expired', cause: 'timeout' };
  const refusals: [string, ApprovalRecord | undefined, TransitionEvent, number, TransitionRefusalCode][] = [
    ['a second request under one id', pending, { kind: 'requested', request }, 0, 'DUPLICATE'],
    ['a decision without a request', undefined, approve, 0, 'NOT_FOUND'],
    ['a decision at the end of the time', pending, approve, END, 'EXPIRED'],
    ['a decision after an approval', approved, approve, BEFORE, 'ALREADY_DECIDED'],
    ['a decision after a rejection', rejected, approve, BEFORE, 'ALREADY_DECIDED'],
    ['a decision after the expiry', expired, approve, END, 'ALREADY_DECIDED'],
    ['a decision after the run', used, approve, BEFORE, 'ALREADY_DECIDED'],
    ['an expiry after a rejection', rejected, timeout, END, 'ALREADY_DECIDED'],
    ['an expiry after the run', used, timeout, END, 'ALREADY_DECIDED'],
    ['a run before the decision', pending, consume, 0, 'NOT_APPROVED'],
    ['a run after a rejection', rejected, consume, BEFORE, 'NOT_APPROVED'],
    ['a run after the expiry', expired, consume, END, 'EXPIRED'],
    ['a run at the end of the time', approved, consume, END, 'EXPIRED'],
    ['a second run', used, consume, BEFORE, 'ALREADY_USED'],
    [
      'a run with other arguments',
      approved,
      { kind: 'consumed', argsDigest: sampleDigest('X') },
      BEFORE,
      'DIGEST_MISMATCH',
    ],
  ];
  it.each(refusals)('refuses %s', (_, record, event, nowUs, code) => {
    const result = transition(record, event, nowUs);
    expect(result).toEqual({ ok: false, code, ...(record !== undefined && { current: record }) });
  });

  it('refuses a decision that names another request', () => {
    const event: TransitionEvent = { kind: 'decided', decision: { ...decision('approved'), requestId: 'another' } };
    expect(transition(pending, event, 0)).toEqual({ ok: false, code: 'NOT_FOUND' });
  });

  it(`holds its rules over random sequences of events (seed ${SEED})`, () => {
    fc.assert(fc.property(fc.array(anyStep(), { maxLength: 30 }), checkSequence), { seed: SEED, numRuns: 500 });
  });
});

describe('the errors of refused events', () => {
  const refusal = (code: TransitionRefusalCode, current?: ApprovalRecord) =>
    requestRefusalError({ ok: false, code, ...(current !== undefined && { current }) }, request.id);

  it('say who, what and when for whoever comes second', () => {
    expect(refusal('ALREADY_DECIDED', rejected)).toMatchObject({
      code: 'ALREADY_DECIDED',
      requestId: request.id,
      state: 'rejected',
      decidedBy: { kind: 'person', id: 'ada' },
      decision: rejected.decision,
      decidedAtUs: rejected.decision?.decidedAtUs,
    });
  });

  it('say that time was up, though nobody recorded it yet', () => {
    expect(refusal('EXPIRED', pending)).toMatchObject({ state: 'expired', decidedBy: 'timeout', decidedAtUs: END });
  });

  it('tell a missing request and an early time-out apart', () => {
    expect(refusal('NOT_FOUND')).toMatchObject({ code: 'REQUEST_NOT_FOUND' });
    expect(refusal('NOT_YET_EXPIRED', pending)).toMatchObject({ code: 'NOT_YET_EXPIRED' });
    expect(refusal('DUPLICATE', pending)).toMatchObject({ code: 'TRANSITION_REFUSED' });
  });
});

interface Step {
  readonly event: TransitionEvent;
  readonly nowUs: number;
}

/** Walks a sequence; the row changes only as the rules say. */
function checkSequence(steps: readonly Step[]): void {
  let record: ApprovalRecord | undefined;
  let consumptions = 0;
  for (const { event, nowUs } of steps) {
    const before = structuredClone(record);
    const result = transition(record, event, nowUs);
    expect(record).toEqual(before);
    if (!result.ok) {
      expect(result.current).toBe(record);
      continue;
    }
    expect(result.record.version).toBe((record?.version ?? 0) + 1);
    expect(result.record.request).toEqual(request);
    expect(['rejected', 'expired', 'used']).not.toContain(record?.state);
    if (result.record.state === 'used') {
      consumptions += 1;
      expect(record?.state).toBe('approved');
      expect(nowUs).toBeLessThan(END);
    }
    record = result.record;
  }
  expect(consumptions).toBeLessThanOrEqual(1);
}

function anyStep(): fc.Arbitrary<Step> {
  const event = fc.oneof(
    fc.constant<TransitionEvent>({ kind: 'requested', request }),
    fc
      .record({ answer: fc.constantFrom('approved' as const, 'rejected' as const), isEdited: fc.boolean() })
      .map<TransitionEvent>(({ answer, isEdited }) => ({
        kind: 'decided',
        decision: { ...decision(answer), ...(isEdited && { editedDigest: sampleDigest('E') }) },
      })),
    fc
      .constantFrom('timeout' as const, 'aborted' as const)
      .map<TransitionEvent>((cause) => ({ kind: 'expired', cause })),
    fc
      .constantFrom(request.argsDigest, sampleDigest('E'), sampleDigest('X'))
      .map<TransitionEvent>((argsDigest) => ({ kind: 'consumed', argsDigest })),
  );
  return fc.record({ event, nowUs: fc.constantFrom(0, BEFORE, BEFORE, BEFORE, END, END + 1) });
}

function decision(answer: 'approved' | 'rejected'): Decision {
  return {
    requestId: request.id,
    decision: answer,
    approver: { kind: 'person', id: 'ada' },
    attestation: 'server',
    decidedAtUs: BEFORE,
  };
}

function next(record: ApprovalRecord, event: TransitionEvent, nowUs = BEFORE): ApprovalRecord {
  const result = transition(record, event, nowUs);
  if (!result.ok) throw new Error(`unexpected refusal ${result.code}`);
  return result.record;
}
