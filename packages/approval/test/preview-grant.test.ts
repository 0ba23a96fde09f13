/** What a grant would have answered in the past. */

import { type GrantCandidate, type PastCall, type PreviewMismatch, previewGrant } from '@countersign/approval';
import { sampleDigest, sampleGrant } from '@countersign/approval/testing';
import { describe, expect, it } from 'vitest';

const { id: _id, issuedBy: _by, issuedAtUs, ...scope } = sampleGrant();

/** A past call that the grant would have answered. */
function pastCall(over: Partial<GrantCandidate> = {}): PastCall {
  const { args = { path: '/work/b.txt' }, ...facts } = over;
  return {
    index: 7,
    callId: 'call-7',
    run: 'run-1',
    atUs: issuedAtUs - 1_000_000,
    decision: 'approved',
    decisionBy: 'ada',
    facts: {
      tool: scope.tool,
      toolDigest: scope.toolDigest,
      session: 'session-1',
      risk: 'destructive',
      signals: ['filesystem.delete'],
      ruleSet: scope.ruleSet,
      policy: scope.policy,
      ...facts,
    },
    args,
  };
}

describe('a preview', () => {
  const others: readonly (readonly [PreviewMismatch, PastCall])[] = [
    ['critical', pastCall({ risk: 'critical' })],
    ['tool', pastCall({ tool: 'delete_folder' })],
    ['server', pastCall({ server: 'fs' })],
    ['tool-changed', pastCall({ toolDigest: sampleDigest('Z') })],
    ['session', pastCall({ session: 'session-2' })],
    ['rule-set', pastCall({ ruleSet: 'rules-2' })],
    ['signal', pastCall({ signals: ['filesystem.delete', 'path.outside'] })],
    ['argument', pastCall({ args: { path: '/work2/b.txt' } })],
  ];
  it.each(others)('says of a call that it would not have answered: %s', (mismatch, call) => {
    expect(previewGrant(scope, { calls: [call], isComplete: true })).toMatchObject({
      looked: 1,
      matched: [],
      others: { [mismatch]: 1 },
    });
  });

  it('leaves the time, the uses and the policy of that day aside', () => {
    const call = pastCall({ policy: sampleDigest('Z') });
    const preview = previewGrant({ ...scope, uses: 1, expiresAtUs: 1 }, { calls: [call, call], isComplete: false });
    expect(preview).toMatchObject({
      looked: 2,
      matched: [call, call],
      others: {},
      isComplete: false,
      sinceUs: call.atUs,
    });
  });

  it('compares no patterns with arguments that are gone, and all else', () => {
    const { args: _args, ...gone } = pastCall();
    const elsewhere = { ...gone, facts: { ...gone.facts, session: 'session-2' } };
    const calls = [gone, elsewhere];
    expect(previewGrant(scope, { calls, isComplete: true })).toMatchObject({
      matched: [],
      others: { 'arguments-unknown': 1, session: 1 },
    });
    expect(previewGrant({ ...scope, arguments: [] }, { calls, isComplete: true }).matched).toEqual([gone]);
  });

  it('of a tool that nobody called is empty', () => {
    expect(previewGrant(scope, { calls: [], isComplete: true })).toEqual({
      scope,
      looked: 0,
      isComplete: true,
      matched: [],
      others: {},
    });
  });
});
