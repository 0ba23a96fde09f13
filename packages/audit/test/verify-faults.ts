/**
 * What somebody can do who has the keys and does not keep to the rules of entries, calls, approvals, grants and policies: one
 * broken rule each, with the finding that it comes to.
 */

import type { FindingCode } from '../src/verify/index.js';
import { change, changePayload, type ForgedEntry, type ForgeOptions, positionOf } from './verify-forge.js';

const DIGEST = Buffer.alloc(32, 5).toString('base64');

/** One rule that is broken, and the finding that says so. */
export interface Fault {
  readonly name: string;
  /** The class of attack in the catalogue of the tamper matrix. */
  readonly cls: number;
  readonly code: FindingCode;
  readonly size?: 'ten' | 'fifty';
  readonly options?: ForgeOptions;
  readonly make: (entries: ForgedEntry[]) => void;
}

function at(entries: readonly ForgedEntry[], position: number): ForgedEntry {
  const forged = entries.at(position);
  if (forged === undefined) throw new Error('no such entry');
  return forged;
}

function remove(entries: ForgedEntry[], kind: Parameters<typeof positionOf>[1]): void {
  entries.splice(positionOf(entries, kind), 1);
}

/** Puts a copy of the first entry of a kind at the end, under an id of its own. */
function repeat(entries: ForgedEntry[], kind: Parameters<typeof positionOf>[1]): void {
  const { entry, payloads } = at(entries, positionOf(entries, kind));
  const { time } = at(entries, -1).entry;
  entries.push({ entry: { ...entry, id: entry.id.replace(/.{4}$/, 'ffff'), time }, payloads });
}

/** Every rule of structure and authority, broken once. */
export const FAULTS: readonly Fault[] = [
  { name: 'a first entry that is missing', cls: 7, code: 'LOG_NOT_OPENED', make: (entries) => entries.shift() },
  {
    name: 'a log that is opened twice',
    cls: 55,
    code: 'LOG_REOPENED',
    make: (entries) => repeat(entries, 'log-opened'),
  },
  {
    name: 'an entry of another log',
    cls: 55,
    code: 'ENTRY_MISPLACED',
    make: (entries) => change(entries, 'tool-result', { log: 'example.test/other' }),
  },
  {
    name: 'an id used twice',
    cls: 57,
    code: 'ID_REPEATED',
    make: (entries) => change(entries, 'tool-result', { id: at(entries, 0).entry.id }),
  },
  {
    name: 'an entry of a writer that was dropped',
    cls: 56,
    code: 'WRITER_GAP',
    options: { keepSequence: true },
    make: (entries) => remove(entries, 'policy-changed'),
  },
  {
    name: 'a call that is not counted',
    cls: 7,
    code: 'TOTALS_MISMATCH',
    options: { keepTotals: true },
    make: (entries) => change(entries, 'tool-call', { totals: { safe: 0, moderate: 0, destructive: 0, critical: 0 } }),
  },
  {
    name: 'time that goes backwards',
    cls: 85,
    code: 'TIME_BACKWARDS',
    make: (entries) => change(entries, 'tool-result', { time: '2026-11-21T06:10:00.000000Z' }),
  },
  {
    name: 'an outcome without a call',
    cls: 7,
    code: 'RESULT_WITHOUT_CALL',
    make: (entries) => remove(entries, 'tool-call'),
  },
  { name: 'a second outcome', cls: 59, code: 'RESULT_REPEATED', make: (entries) => repeat(entries, 'tool-result') },
  {
    name: 'an outcome before its call',
    cls: 60,
    code: 'RESULT_WITHOUT_CALL',
    make: (entries) =>
      entries.splice(positionOf(entries, 'tool-call'), 0, ...entries.splice(positionOf(entries, 'tool-result'), 1)),
  },
  {
    name: 'an outcome of another tool',
    cls: 58,
    code: 'RESULT_MISMATCH',
    make: (entries) => change(entries, 'tool-result', { tool: 'other' }),
  },
  {
    name: 'an outcome of another session',
    cls: 58,
    code: 'RESULT_MISMATCH',
    make: (entries) => change(entries, 'tool-result', { session: 'other' }),
  },
  {
    name: 'an outcome that points to another entry',
    cls: 58,
    code: 'RESULT_MISMATCH',
    make: (entries) => change(entries, 'tool-result', { begun: 1 }),
  },
  { name: 'a call begun twice', cls: 57, code: 'CALL_REPEATED', make: (entries) => repeat(entries, 'tool-call') },
  {
    name: 'an outcome of a refused call',
    cls: 58,
    code: 'RESULT_WITHOUT_CALL',
    size: 'fifty',
    make: (entries) => {
      const { entry } = at(entries, positionOf(entries, 'tool-refused'));
      if (entry.kind !== 'tool-refused') throw new Error('another kind');
      repeat(entries, 'tool-result');
      const last = at(entries, -1);
      if (last.entry.kind !== 'tool-result') throw new Error('another kind');
      const { call, run, index: begun } = entry;
      entries[entries.length - 1] = { ...last, entry: { ...last.entry, call, run, begun } };
    },
  },
  {
    name: 'a call without its request',
    cls: 69,
    code: 'APPROVAL_NOT_FOUND',
    make: (entries) => remove(entries, 'approval-requested'),
  },
  {
    name: 'a call without its decision',
    cls: 69,
    code: 'RUN_NOT_ALLOWED',
    make: (entries) => remove(entries, 'approval-decided'),
  },
  {
    name: 'a decision that was turned round',
    cls: 68,
    code: 'RUN_NOT_ALLOWED',
    make: (entries) => change(entries, 'approval-decided', { decision: 'rejected' }),
  },
  {
    name: 'a decision by the requester',
    cls: 67,
    code: 'SELF_APPROVAL',
    make: (entries) =>
      change(entries, 'approval-decided', { approver: { kind: 'agent', id: 'builder' }, decisionBy: 'builder' }),
  },
  {
    name: 'an approval of other arguments',
    cls: 61,
    code: 'APPROVAL_MISMATCH',
    make: (entries) => change(entries, 'approval-requested', { argsDigest: DIGEST }),
  },
  {
    name: 'an approval of another tool',
    cls: 62,
    code: 'APPROVAL_MISMATCH',
    make: (entries) => change(entries, 'approval-requested', { tool: 'other' }),
  },
  {
    name: 'an approval whose time was over',
    cls: 64,
    code: 'APPROVAL_EXPIRED',
    make: (entries) => change(entries, 'approval-requested', { expiresAt: '2026-11-21T06:11:00.000001Z' }),
  },
  {
    name: 'a request made twice',
    cls: 65,
    code: 'APPROVAL_STATE',
    make: (entries) => repeat(entries, 'approval-requested'),
  },
  { name: 'an approval used twice', cls: 65, code: 'APPROVAL_REUSED', make: (entries) => repeat(entries, 'tool-call') },
  {
    name: 'an approval recorded after the run',
    cls: 70,
    code: 'RUN_NOT_ALLOWED',
    make: (entries) => entries.push(...entries.splice(positionOf(entries, 'approval-decided'), 2)),
  },
  {
    name: 'a call in the name of another approver',
    cls: 69,
    code: 'APPROVAL_MISMATCH',
    make: (entries) => change(entries, 'tool-call', { decisionBy: 'bob' }),
  },
  {
    name: 'a call that nobody approved',
    cls: 69,
    code: 'RUN_NOT_ALLOWED',
    make: (entries) =>
      change(entries, 'tool-call', { decision: 'not_required', decisionBy: 'default:destructive', request: undefined }),
  },
  {
    name: 'a call that was denied and ran',
    cls: 68,
    code: 'RUN_NOT_ALLOWED',
    make: (entries) => change(entries, 'tool-call', { verdict: 'deny' }),
  },
  {
    name: 'a verdict that the policy does not give',
    cls: 68,
    code: 'AUTHORITY_VERDICT_MISMATCH',
    make: (entries) =>
      change(entries, 'tool-call', {
        verdict: 'allow',
        decision: 'auto',
        decisionBy: 'r',
        rule: 'r',
        request: undefined,
      }),
  },
  {
    name: 'a risk that was played down',
    cls: 68,
    code: 'AUTHORITY_VERDICT_MISMATCH',
    make: (entries) => change(entries, 'tool-call', { risk: 'safe' }),
  },
  {
    name: 'a policy that is not on record',
    cls: 68,
    code: 'POLICY_NOT_RECORDED',
    make: (entries) => change(entries, 'tool-call', { policy: DIGEST }),
  },
  {
    name: 'a policy that is not the one of its digest',
    cls: 68,
    code: 'POLICY_DIGEST_MISMATCH',
    make: (entries) =>
      changePayload(entries, positionOf(entries, 'policy-changed'), [
        'policy',
        { policy: { version: 1, defaults: { destructive: 'allow' } }, ruleSet: 'rules-1' },
      ]),
  },
  {
    name: 'arguments that are not those of the digest',
    cls: 61,
    code: 'ARGS_DIGEST_MISMATCH',
    make: (entries) => changePayload(entries, positionOf(entries, 'tool-call'), ['args', { path: '/etc/passwd' }]),
  },
  {
    name: 'a grant that does not follow its decision',
    cls: 69,
    code: 'GRANT_NOT_GROUNDED',
    make: (entries) => remove(entries, 'grant-issued'),
  },
  {
    name: 'a grant for another tool',
    cls: 62,
    code: 'GRANT_NOT_GROUNDED',
    make: (entries) => change(entries, 'grant-issued', { tool: 'x' }),
  },
  {
    name: 'a grant wider than the approval',
    cls: 69,
    code: 'GRANT_NOT_GROUNDED',
    make: (entries) => change(entries, 'grant-issued', { signals: ['another.signal', 'tool.read'] }),
  },
  {
    name: 'a grant for a critical level',
    cls: 69,
    code: 'GRANT_NOT_GROUNDED',
    make: (entries) => change(entries, 'grant-issued', { maxRisk: 'critical' }),
  },
  {
    name: 'a grant whose time was over',
    cls: 64,
    code: 'GRANT_DEAD',
    make: (entries) => change(entries, 'grant-issued', { expiresAt: '2026-11-21T06:11:00.500001Z' }),
  },
  {
    name: 'a grant used too often',
    cls: 65,
    code: 'GRANT_DEAD',
    make: (entries) => change(entries, 'grant-used', { use: 3 }),
  },
  {
    name: 'a grant used outside its patterns',
    cls: 61,
    code: 'GRANT_OUT_OF_SCOPE',
    make: (entries) =>
      changePayload(entries, positionOf(entries, 'grant-issued'), [
        'arguments',
        [{ pointer: '/path', kind: 'under', value: '/srv' }],
      ]),
  },
  {
    name: 'a use of a grant without its call',
    cls: 70,
    code: 'GRANT_USE_UNPAIRED',
    make: (entries) => entries.splice(-2),
  },
  {
    name: 'a call without the use of its grant',
    cls: 70,
    code: 'GRANT_USE_UNPAIRED',
    make: (entries) => remove(entries, 'grant-used'),
  },
  {
    name: 'rows that the entries do not come to',
    cls: 16,
    code: 'ROW_MISMATCH',
    make: (entries) => change(entries, 'approval-decided', { channel: 'web' }),
  },
];
