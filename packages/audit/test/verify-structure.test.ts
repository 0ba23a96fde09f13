/**
 * What verification finds in a log whose signatures are all good: the rules of entries, calls, approvals, grants and policies.
 */

import { describe, expect, it } from 'vitest';
import { type FindingCode, type VerifyReport, verifyLog } from '../src/verify/index.js';
import {
  change,
  changePayload,
  entriesOf,
  type ForgedEntry,
  type ForgeOptions,
  forge,
  positionOf,
  readerOf,
} from './verify-forge.js';
import { ANN, openWorld, type World, writeMore, writeTen } from './verify-world.js';

const DIGEST = Buffer.alloc(32, 5).toString('base64');
const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);

async function makeWorld(size: 'ten' | 'fifty'): Promise<World> {
  const world = await openWorld();
  await writeTen(world);
  if (size === 'fifty') await writeMore(world);
  return world;
}

interface Fault {
  readonly name: string;
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

const FAULTS: readonly Fault[] = [
  { name: 'a first entry that is missing', code: 'LOG_NOT_OPENED', make: (entries) => entries.shift() },
  { name: 'a log that is opened twice', code: 'LOG_REOPENED', make: (entries) => repeat(entries, 'log-opened') },
  {
    name: 'an entry of another log',
    code: 'ENTRY_MISPLACED',
    make: (entries) => change(entries, 'tool-result', { log: 'example.test/other' }),
  },
  {
    name: 'an id used twice',
    code: 'ID_REPEATED',
    make: (entries) => change(entries, 'tool-result', { id: at(entries, 0).entry.id }),
  },
  {
    name: 'an entry of a writer that was dropped',
    code: 'WRITER_GAP',
    options: { keepSequence: true },
    make: (entries) => remove(entries, 'policy-changed'),
  },
  {
    name: 'a call that is not counted',
    code: 'TOTALS_MISMATCH',
    options: { keepTotals: true },
    make: (entries) => change(entries, 'tool-call', { totals: { safe: 0, moderate: 0, destructive: 0, critical: 0 } }),
  },
  {
    name: 'time that goes backwards',
    code: 'TIME_BACKWARDS',
    make: (entries) => change(entries, 'tool-result', { time: '2026-11-21T06:10:00.000000Z' }),
  },
  { name: 'an outcome without a call', code: 'RESULT_WITHOUT_CALL', make: (entries) => remove(entries, 'tool-call') },
  { name: 'a second outcome', code: 'RESULT_REPEATED', make: (entries) => repeat(entries, 'tool-result') },
  {
    name: 'an outcome before its call',
    code: 'RESULT_WITHOUT_CALL',
    make: (entries) =>
      entries.splice(positionOf(entries, 'tool-call'), 0, ...entries.splice(positionOf(entries, 'tool-result'), 1)),
  },
  {
    name: 'an outcome of another tool',
    code: 'RESULT_MISMATCH',
    make: (entries) => change(entries, 'tool-result', { tool: 'other' }),
  },
  {
    name: 'an outcome of another session',
    code: 'RESULT_MISMATCH',
    make: (entries) => change(entries, 'tool-result', { session: 'other' }),
  },
  {
    name: 'an outcome that points to another entry',
    code: 'RESULT_MISMATCH',
    make: (entries) => change(entries, 'tool-result', { begun: 1 }),
  },
  { name: 'a call begun twice', code: 'CALL_REPEATED', make: (entries) => repeat(entries, 'tool-call') },
  {
    name: 'an outcome of a refused call',
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
    code: 'APPROVAL_NOT_FOUND',
    make: (entries) => remove(entries, 'approval-requested'),
  },
  {
    name: 'a call without its decision',
    code: 'RUN_NOT_ALLOWED',
    make: (entries) => remove(entries, 'approval-decided'),
  },
  {
    name: 'a decision that was turned round',
    code: 'RUN_NOT_ALLOWED',
    make: (entries) => change(entries, 'approval-decided', { decision: 'rejected' }),
  },
  {
    name: 'a decision by the requester',
    code: 'SELF_APPROVAL',
    make: (entries) =>
      change(entries, 'approval-decided', { approver: { kind: 'agent', id: 'builder' }, decisionBy: 'builder' }),
  },
  {
    name: 'an approval of other arguments',
    code: 'APPROVAL_MISMATCH',
    make: (entries) => change(entries, 'approval-requested', { argsDigest: DIGEST }),
  },
  {
    name: 'an approval of another tool',
    code: 'APPROVAL_MISMATCH',
    make: (entries) => change(entries, 'approval-requested', { tool: 'other' }),
  },
  {
    name: 'an approval whose time was over',
    code: 'APPROVAL_EXPIRED',
    make: (entries) => change(entries, 'approval-requested', { expiresAt: '2026-11-21T06:11:00.000001Z' }),
  },
  { name: 'a request made twice', code: 'APPROVAL_STATE', make: (entries) => repeat(entries, 'approval-requested') },
  { name: 'an approval used twice', code: 'APPROVAL_REUSED', make: (entries) => repeat(entries, 'tool-call') },
  {
    name: 'an approval recorded after the run',
    code: 'RUN_NOT_ALLOWED',
    make: (entries) => entries.push(...entries.splice(positionOf(entries, 'approval-decided'), 2)),
  },
  {
    name: 'a call in the name of another approver',
    code: 'APPROVAL_MISMATCH',
    make: (entries) => change(entries, 'tool-call', { decisionBy: 'bob' }),
  },
  {
    name: 'a call that nobody approved',
    code: 'RUN_NOT_ALLOWED',
    make: (entries) =>
      change(entries, 'tool-call', { decision: 'not_required', decisionBy: 'default:destructive', request: undefined }),
  },
  {
    name: 'a call that was denied and ran',
    code: 'RUN_NOT_ALLOWED',
    make: (entries) => change(entries, 'tool-call', { verdict: 'deny' }),
  },
  {
    name: 'a verdict that the policy does not give',
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
    code: 'AUTHORITY_VERDICT_MISMATCH',
    make: (entries) => change(entries, 'tool-call', { risk: 'safe' }),
  },
  {
    name: 'a policy that is not on record',
    code: 'POLICY_NOT_RECORDED',
    make: (entries) => change(entries, 'tool-call', { policy: DIGEST }),
  },
  {
    name: 'a policy that is not the one of its digest',
    code: 'POLICY_DIGEST_MISMATCH',
    make: (entries) =>
      changePayload(entries, positionOf(entries, 'policy-changed'), [
        'policy',
        { policy: { version: 1, defaults: { destructive: 'allow' } }, ruleSet: 'rules-1' },
      ]),
  },
  {
    name: 'arguments that are not those of the digest',
    code: 'ARGS_DIGEST_MISMATCH',
    make: (entries) => changePayload(entries, positionOf(entries, 'tool-call'), ['args', { path: '/etc/passwd' }]),
  },
  {
    name: 'a grant that does not follow its decision',
    code: 'GRANT_NOT_GROUNDED',
    make: (entries) => remove(entries, 'grant-issued'),
  },
  {
    name: 'a grant for another tool',
    code: 'GRANT_NOT_GROUNDED',
    make: (entries) => change(entries, 'grant-issued', { tool: 'x' }),
  },
  {
    name: 'a grant wider than the approval',
    code: 'GRANT_NOT_GROUNDED',
    make: (entries) => change(entries, 'grant-issued', { signals: ['another.signal', 'tool.read'] }),
  },
  {
    name: 'a grant for a critical level',
    code: 'GRANT_NOT_GROUNDED',
    make: (entries) => change(entries, 'grant-issued', { maxRisk: 'critical' }),
  },
  {
    name: 'a grant whose time was over',
    code: 'GRANT_DEAD',
    make: (entries) => change(entries, 'grant-issued', { expiresAt: '2026-11-21T06:11:00.500001Z' }),
  },
  { name: 'a grant used too often', code: 'GRANT_DEAD', make: (entries) => change(entries, 'grant-used', { use: 3 }) },
  {
    name: 'a grant used outside its patterns',
    code: 'GRANT_OUT_OF_SCOPE',
    make: (entries) =>
      changePayload(entries, positionOf(entries, 'grant-issued'), [
        'arguments',
        [{ pointer: '/path', kind: 'under', value: '/srv' }],
      ]),
  },
  { name: 'a use of a grant without its call', code: 'GRANT_USE_UNPAIRED', make: (entries) => entries.splice(-2) },
  {
    name: 'a call without the use of its grant',
    code: 'GRANT_USE_UNPAIRED',
    make: (entries) => remove(entries, 'grant-used'),
  },
  {
    name: 'rows that the entries do not come to',
    code: 'ROW_MISMATCH',
    make: (entries) => change(entries, 'approval-decided', { channel: 'web' }),
  },
];

describe('verification of a log whose signatures are all good', () => {
  it('finds nothing when nothing was changed', async () => {
    for (const size of ['ten', 'fifty'] as const) {
      const world = await makeWorld(size);
      const report = await verifyLog(readerOf(await forge(world, await entriesOf(world))), { key: world.key });
      expect(codesOf(report)).toEqual(['NO_ANCHOR']);
    }
  });

  it.each(FAULTS)('finds $name: $code', async ({ code, size = 'ten', options, make }) => {
    const world = await makeWorld(size);
    const entries = await entriesOf(world);
    make(entries);
    const report = await verifyLog(readerOf(await forge(world, entries, options)), { key: world.key });
    expect(codesOf(report)).toContain(code);
    expect(codesOf(report)).not.toContain('VERIFICATION_INCOMPLETE');
    expect([report.integrity, report.completeness, report.authority]).toContain('failed');
  });
});

describe('verification of approvers on record', () => {
  it('finds a decision of one who was revoked before, and warns of one who is not on record', async () => {
    for (const [events, code] of [
      [['approver-added', 'approver-revoked'], 'APPROVER_NOT_ENTITLED'],
      [['approver-added'], undefined],
    ] as const) {
      const world = await openWorld();
      for (const kind of events) await world.log.append({ kind, approver: ANN });
      await writeTen(world);
      const report = await verifyLog(world.store, { key: world.key });
      expect(codesOf(report)).toEqual(code === undefined ? ['NO_ANCHOR'] : [code, 'NO_ANCHOR']);
    }
    const world = await openWorld();
    await world.log.append({ kind: 'approver-added', approver: { kind: 'person', id: 'bob' } });
    await writeTen(world);
    expect(codesOf(await verifyLog(world.store, { key: world.key }))).toEqual(['APPROVER_NOT_ENROLLED', 'NO_ANCHOR']);
  });
});
