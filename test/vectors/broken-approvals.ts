/** Broken logs: runs that nothing allowed, in logs whose bytes and signatures are all good. */

import { formatVerifierKey } from '@countersign/tlog';
import { privateKeyOfSeed, verifierKeyOf } from '../../packages/audit/src/keys/private-key.js';
import { APPROVAL, byBob, CALLS, EDITED, ESCALATED, HANDED, HANDED_AT, QUORUM, SHARED } from './log-bases.js';
import { digestOf, type Item, uuidOf } from './log-builder.js';
import { at, type BrokenLog, insert, over, without } from './log-faults.js';
import {
  AGENT,
  ANN,
  approvedCall,
  argsDigestOf,
  call,
  decided,
  escalated,
  expired,
  grantedCall,
  grantId,
  issued,
  opened,
  requested,
  requestId,
  result,
  START,
  STRICT_START,
  withdrawn,
} from './log-items.js';

type Row = readonly [clause: string, code: string, name: string, items: readonly Item[]];

const rows = (list: readonly Row[]): readonly BrokenLog[] =>
  list.map(([clause, code, name, items]) => ({ clause, code, name, items }));

const A = { call: 'a', risk: 'destructive' } as const;
const B = { call: 'b', risk: 'destructive' } as const;
const EVE = { kind: 'person', id: 'eve' } as const;
const ASKED: readonly Item[] = [...START, requested(A)];
const APPROVED: readonly Item[] = [...ASKED, decided(A)];
const LATE = { time: '2026-11-21T06:20:00.000000Z' } as const;

/** All of them. */
export function brokenApprovals(): readonly BrokenLog[] {
  return [
    ...runs(),
    ...requests(),
    ...uses(),
    ...quorums(),
    ...terms(),
    ...delegations(),
    ...approvers(),
    ...grants(),
    ...scopes(),
    ...policies(),
    ...witnesses(),
  ];
}

/** What a call says of itself. */
function runs(): readonly BrokenLog[] {
  const bad = (clause: string, name: string, members: Item['over'] & object): Row => [
    clause,
    'RUN_NOT_ALLOWED',
    name,
    [...START, call({ call: 'a', members })],
  ];
  return rows([
    bad('AUTH-1', 'a call that the policy denies', { verdict: 'deny' }),
    [
      'AUTH-1',
      'RUN_NOT_ALLOWED',
      'a call without a verdict',
      at(CALLS.slice(0, 3), 2, () => ({ leaf: (leaf) => leaf.replace('"verdict":"allow",', '') })),
    ],
    bad('AUTH-2', 'a call that was rejected', { decision: 'rejected', decisionBy: 'ann' }),
    bad('AUTH-2', 'a call that nobody decided on', { verdict: 'require-approval' }),
    bad('AUTH-2', 'an approved call without a request', { decision: 'approved', decisionBy: 'ann' }),
    bad('AUTH-2', 'a decision that names another rule', { decisionBy: 'default:moderate' }),
    bad('AUTH-2', 'a default that is called a rule', { decision: 'auto' }),
    bad('AUTH-2', 'a similar call without a grant', { decision: 'auto', decisionBy: 'similar_match' }),
    [
      'AUTH-2',
      'RUN_NOT_ALLOWED',
      'an allowed call that names a request',
      [...APPROVED, call({ call: 'a', members: { request: requestId('a') } })],
    ],
    [
      'AUTH-2',
      'RUN_NOT_ALLOWED',
      'an approved call that is not bound to its arguments',
      at([...APPROVED, approvedCall(A)], 4, () => ({ leaf: (leaf) => leaf.replace(/"argsDigest":"[^"]*",/, '') })),
    ],
    [
      'AUTH-3',
      'ARGS_DIGEST_MISMATCH',
      'other arguments than those of the digest',
      at(CALLS, 2, (item) => ({ payloads: { ...item.payloads, args: { path: '/etc/passwd' } } })),
    ],
    [
      'AUTH-3',
      'ARGS_DIGEST_MISMATCH',
      'another salt than that of the digest',
      at(CALLS, 2, (item) => ({ payloads: { ...item.payloads, argsSalt: Buffer.alloc(16, 3).toString('base64') } })),
    ],
    [
      'AUTH-3',
      'ARGS_DIGEST_MISMATCH',
      'a digest of another call',
      over(CALLS, 2, { argsDigest: argsDigestOf({ call: 'z' }) }),
    ],
    [
      'AUTH-3',
      'ARGS_DIGEST_MISMATCH',
      'another tool definition than that of the digest',
      over(CALLS, 2, { toolDigest: digestOf('another') }),
    ],
  ]);
}

function requests(): readonly BrokenLog[] {
  return rows([
    ['REQ-1', 'APPROVAL_STATE', 'a request made twice', [...ASKED, requested(A)]],
    ['REQ-2', 'APPROVAL_NOT_FOUND', 'a decision on no request', [...START, decided(A)]],
    [
      'REQ-2',
      'APPROVAL_NOT_FOUND',
      'an expiry of no request',
      [...START, expired({ ...A, members: { cause: 'aborted' } })],
    ],
    ['REQ-2', 'APPROVAL_NOT_FOUND', 'a call on no request', [...START, approvedCall(A)]],
    ['REQ-3', 'APPROVAL_MISMATCH', 'a decision on another call', [...ASKED, decided({ ...A, members: { call: 'b' } })]],
    [
      'REQ-3',
      'APPROVAL_MISMATCH',
      'a decision on another run',
      [...ASKED, decided({ ...A, members: { run: 'run-2' } })],
    ],
    [
      'REQ-3',
      'APPROVAL_MISMATCH',
      'a decision on other arguments',
      [...ASKED, decided({ ...A, members: { argsDigest: digestOf('x') } })],
    ],
    [
      'REQ-3',
      'APPROVAL_MISMATCH',
      'an expiry with other arguments',
      [...ASKED, expired({ ...A, members: { argsDigest: digestOf('x'), cause: 'aborted' } })],
    ],
    ['REQ-4', 'APPROVAL_STATE', 'two decisions', [...APPROVED, decided(A)]],
    ['REQ-4', 'APPROVAL_STATE', 'an approval after a rejection', [...ASKED, decided(A, 'rejected'), decided(A)]],
    [
      'REQ-4',
      'APPROVAL_STATE',
      'a decision after the expiry',
      [...ASKED, expired({ ...A, members: { cause: 'aborted' } }), decided(A)],
    ],
    ['REQ-4', 'APPROVAL_EXPIRED', 'a decision that came too late', over(APPROVED, 3, LATE)],
    ['REQ-5', 'APPROVAL_STATE', 'an expiry before its time', [...ASKED, expired(A)]],
    [
      'REQ-5',
      'APPROVAL_STATE',
      'an expiry of a rejected request',
      [...ASKED, decided(A, 'rejected'), expired({ ...A, members: { cause: 'aborted' } })],
    ],
    [
      'REQ-6',
      'APPROVAL_STATE',
      'a decision by another than its approver',
      [...ASKED, decided({ ...A, members: { decisionBy: 'eve' } })],
    ],
    [
      'REQ-6',
      'SELF_APPROVAL',
      'an agent that approves itself',
      [...ASKED, decided({ ...A, members: { approver: AGENT, decisionBy: AGENT.id } })],
    ],
  ]);
}

function uses(): readonly BrokenLog[] {
  const mismatch = (name: string, members: Item['over'] & object): Row => [
    'REQ-7',
    'APPROVAL_MISMATCH',
    name,
    over([...APPROVED, approvedCall(A)], 4, members),
  ];
  return rows([
    mismatch('an approval used for another call', { call: 'z' }),
    mismatch('an approval used in another run', { run: 'run-2' }),
    mismatch('an approval used for another tool', { tool: 'shell' }),
    mismatch('an approval used for another server', { server: 'elsewhere' }),
    mismatch('an approval used for a changed tool', { toolDigest: digestOf('changed') }),
    mismatch('an approval used in another session', { session: 'session-2' }),
    mismatch('an approval used under another policy', { policy: digestOf('policy') }),
    mismatch('an approval of another approver', { decisionBy: 'eve' }),
    [
      'REQ-8',
      'APPROVAL_REUSED',
      'an approval used twice',
      [...APPROVED, approvedCall(A), result('a', 4), approvedCall(A)],
    ],
    ['REQ-8', 'APPROVAL_EXPIRED', 'an approval used too late', over([...APPROVED, approvedCall(A)], 4, LATE)],
    ['REQ-8', 'RUN_NOT_ALLOWED', 'a call on a request that waits', [...ASKED, approvedCall(A)]],
    ['REQ-8', 'RUN_NOT_ALLOWED', 'a call on a rejected request', [...ASKED, decided(A, 'rejected'), approvedCall(A)]],
    [
      'REQ-8',
      'RUN_NOT_ALLOWED',
      'a call on an expired request',
      [...ASKED, expired({ ...A, members: { cause: 'aborted' } }), approvedCall(A)],
    ],
    [
      'REQ-9',
      'APPROVAL_MISMATCH',
      'an approval used with other arguments',
      [...APPROVED, approvedCall({ ...A, args: { path: '/etc' } })],
    ],
    [
      'REQ-9',
      'APPROVAL_MISMATCH',
      'an edited approval used with the arguments of before',
      [...EDITED.slice(0, 4), approvedCall({ call: 'a', risk: 'destructive' })],
    ],
  ]);
}

/** Calls that several must approve. */
function quorums(): readonly BrokenLog[] {
  const call = { call: 'a', risk: 'critical', strict: true } as const;
  const asked: readonly Item[] = [...STRICT_START, requested(SHARED)];
  return rows([
    ['REQ-12', 'RUN_NOT_ALLOWED', 'a call that one of two has approved', [...asked, decided(call), approvedCall(call)]],
    [
      'REQ-12',
      'RUN_NOT_ALLOWED',
      'a call that one of two has approved twice',
      [...asked, decided(call), decided(call), approvedCall(call)],
    ],
    [
      'REQ-12',
      'APPROVAL_STATE',
      'an approval by one who has approved already',
      [...asked, decided(call), decided(call)],
    ],
    [
      'REQ-12',
      'RUN_NOT_ALLOWED',
      'a call that two approved, one of whom withdrew',
      [...QUORUM.slice(0, 5), withdrawn(call), ...QUORUM.slice(5, 6)],
    ],
    [
      'REQ-12',
      'RUN_NOT_ALLOWED',
      'a call that two approved and one rejected before',
      [...asked, decided(call), decided(call, 'rejected'), byBob(call), approvedCall(call)],
    ],
    [
      'REQ-12',
      'APPROVAL_STATE',
      'edited arguments that one of two approved',
      [...asked, decided({ ...call, members: { editedDigest: digestOf('x'), editedRisk: 'moderate' } })],
    ],
    [
      'REQ-13',
      'APPROVAL_STATE',
      'a withdrawal by one who has not approved',
      [...asked, decided(call), withdrawn({ ...call, members: { approver: EVE } })],
    ],
    ['REQ-13', 'APPROVAL_STATE', 'a withdrawal after the call has begun', [...QUORUM, withdrawn(call)]],
    [
      'REQ-13',
      'RUN_NOT_ALLOWED',
      'a call whose one approval was withdrawn',
      [...APPROVED, withdrawn(A), approvedCall(A)],
    ],
    ['REQ-13', 'APPROVAL_NOT_FOUND', 'a withdrawal from no request', [...START, withdrawn(A)]],
    [
      'GRANT-2',
      'GRANT_NOT_GROUNDED',
      'a grant on a call that several must approve',
      [
        ...START,
        requested({ ...A, members: { needs: { quorum: 2 } } }),
        decided(A),
        byBob(A),
        decided({ ...A, members: { grant: grantId('a') } }),
        issued(A),
      ],
    ],
  ]);
}

/** Requests with terms of their own. */
function terms(): readonly BrokenLog[] {
  const call = { call: 'a', risk: 'destructive', strict: true } as const;
  const asked: readonly Item[] = [...STRICT_START, requested(HANDED)];
  const critical = { call: 'a', risk: 'critical', strict: true } as const;
  return rows([
    [
      'REQ-14',
      'APPROVER_NOT_ENTITLED',
      'a decision by somebody whom the request does not ask',
      [...asked, byBob(call)],
    ],
    [
      'REQ-14',
      'APPROVER_NOT_ENTITLED',
      'a decision in another role than the request asks for',
      [...asked, decided({ ...call, members: { approver: { ...EVE, role: 'helper' }, decisionBy: EVE.id } })],
    ],
    [
      'REQ-14',
      'APPROVER_NOT_ENTITLED',
      'a decision in a role that is not on record',
      [
        ...STRICT_START,
        { kind: 'approver-added', members: { approver: EVE } },
        requested(HANDED),
        decided({ ...call, members: { approver: { ...EVE, role: 'lead' }, decisionBy: EVE.id } }),
      ],
    ],
    [
      'REQ-15',
      'APPROVAL_STATE',
      'a rejection that must say why and does not',
      [...STRICT_START, requested(SHARED), { ...decided(critical, 'rejected'), payloads: {} }],
    ],
    [
      'REQ-16',
      'APPROVAL_STATE',
      'a request that ends where it goes to others',
      [...asked, expired(call, { time: HANDED_AT })],
    ],
    [
      'REQ-16',
      'APPROVAL_STATE',
      'a request that goes to others before its time',
      [...asked, escalated(call, '2026-11-21T06:11:09.000000Z')],
    ],
    [
      'REQ-16',
      'APPROVAL_STATE',
      'a request that goes to others than it says',
      over(ESCALATED, 3, { roles: ['helper'] }),
    ],
    [
      'REQ-16',
      'APPROVAL_STATE',
      'a request that goes to others for longer than it says',
      over(ESCALATED, 3, { expiresAt: '2026-11-21T07:11:10.000000Z' }),
    ],
    [
      'REQ-16',
      'APPROVAL_STATE',
      'a request that goes to nobody',
      [...ASKED, escalated(A, '2026-11-21T06:20:00.000000Z')],
    ],
    [
      'REQ-16',
      'APPROVER_NOT_ENTITLED',
      'a decision by those whom the request has left',
      [...ESCALATED.slice(0, 4), { ...decided(call), over: { time: HANDED_AT } }],
    ],
    [
      'POL-5',
      'AUTHORITY_VERDICT_MISMATCH',
      'a request that asks for less than the policy',
      [...STRICT_START, requested({ ...critical, members: { needs: { quorum: 1 } } })],
    ],
    [
      'POL-5',
      'AUTHORITY_VERDICT_MISMATCH',
      'a request that asks for more than the policy',
      [...START, requested({ ...A, members: { needs: { quorum: 2 } } })],
    ],
  ]);
}

/** Decisions in the place of another. */
function delegations(): readonly BrokenLog[] {
  const id = uuidOf('delegation');
  const added = (approver: Item['over'] & object, members: Item['over'] & object = {}): Item => ({
    kind: 'approver-added',
    members: { approver, ...members },
  });
  const delegated = (members: Item['over'] & object = {}): Item => ({
    kind: 'approver-delegated',
    members: { delegation: id, by: EVE, approver: ANN, expiresAt: '2026-12-21T06:00:00.000000Z', ...members },
  });
  const ended: Item = { kind: 'delegation-revoked', members: { delegation: id, by: EVE } };
  const revoked = (approver: Item['over'] & object): Item => ({ kind: 'approver-revoked', members: { approver } });
  const decision = (members: Item['over'] & object = {}) =>
    decided({ ...A, members: { onBehalfOf: EVE, delegation: id, ...members } });
  const bad = (name: string, items: readonly Item[], last: Item = decision()): Row => [
    'REQ-17',
    'APPROVER_NOT_ENTITLED',
    name,
    [...START, ...items, requested(A), last],
  ];
  const BOB = { kind: 'person', id: 'bob' } as const;
  const key = formatVerifierKey(verifierKeyOf('approver-eve', privateKeyOfSeed(new Uint8Array(32).fill(8))));
  return rows([
    bad('a decision by a delegation that is not there', [added(EVE)]),
    bad('a decision by a delegation that was ended', [added(EVE), delegated(), ended]),
    bad('a decision by a delegation whose time is over', [
      added(EVE),
      delegated({ expiresAt: '2026-11-21T06:00:00.000000Z' }),
    ]),
    bad('a decision by a delegation of one who was revoked', [added(EVE), delegated(), revoked(EVE)]),
    bad('a decision by a delegate who was revoked', [added(EVE), delegated(), revoked(ANN)]),
    bad('a decision by a delegation of one who is not on record', [added(BOB), delegated()]),
    bad('a decision beyond what the delegator may', [added(EVE, { maxRisk: 'moderate' }), delegated()]),
    bad('a decision beyond what was delegated', [added(EVE), delegated({ tools: ['read_*'] })]),
    bad('a decision by a delegation that its delegator has not signed', [added(EVE, { key }), delegated()]),
    bad('a decision by a delegation to another', [added(EVE), delegated({ approver: BOB })]),
    bad(
      'a decision for another than the delegator',
      [added(EVE), added(BOB), delegated()],
      decision({ onBehalfOf: BOB }),
    ),
    bad('a decision by a delegation that was widened later', [
      added(EVE),
      delegated({ maxRisk: 'moderate' }),
      delegated({ maxRisk: 'critical' }),
    ]),
    [
      'REQ-17',
      'SELF_APPROVAL',
      'a decision for the one who asks',
      [...START, added(AGENT), delegated({ by: AGENT }), requested(A), decision({ onBehalfOf: AGENT })],
    ],
    [
      'REQ-17',
      'APPROVAL_STATE',
      'two approvals of a delegator and their delegate',
      [
        ...STRICT_START,
        added(EVE),
        delegated(),
        requested(SHARED),
        decided({ call: 'a', risk: 'critical', strict: true, members: { approver: EVE, decisionBy: EVE.id } }),
        decided({ call: 'a', risk: 'critical', strict: true, members: { onBehalfOf: EVE, delegation: id } }),
      ],
    ],
  ]);
}

function approvers(): readonly BrokenLog[] {
  const added: Item = { kind: 'approver-added', members: { approver: ANN } };
  const revoked: Item = { kind: 'approver-revoked', members: { approver: ANN, by: EVE } };
  return rows([
    [
      'REQ-10',
      'APPROVER_NOT_ENTITLED',
      'a decision by one who was revoked',
      [...START, added, revoked, requested(A), decided(A)],
    ],
    [
      'REQ-10',
      'APPROVER_NOT_ENTITLED',
      'a decision by one who was revoked while the request waited',
      [...START, added, requested(A), revoked, decided(A)],
    ],
    ...outOfBounds(),
    [
      'REQ-10',
      'APPROVER_NOT_ENROLLED',
      'a decision by one who is not on record',
      [...START, { ...added, members: { approver: EVE } }, requested(A), decided(A)],
    ],
    ...signatures(),
    [
      'REQ-11',
      'APPROVER_SIGNATURE_NOT_CHECKED',
      'a decision that carries a signature',
      [...ASKED, decided({ ...A, members: { attestation: 'passkey', signature: 'AAAA' } })],
    ],
  ]);
}

/** Decisions of an approver with a key, which are not signed by it. */
function signatures(): readonly Row[] {
  const key = formatVerifierKey(verifierKeyOf('approver-ann', privateKeyOfSeed(new Uint8Array(32).fill(7))));
  const signed = {
    attestation: 'ed25519',
    signature: Buffer.alloc(64).toString('base64'),
    signedAt: '2026-11-21T06:11:00.000000Z',
  };
  const after = (members: Item['over'] & object): readonly Item[] => [
    ...START,
    { kind: 'approver-added', members: { approver: ANN, key } },
    requested(A),
    decided({ ...A, members }),
  ];
  return [
    ['REQ-11', 'APPROVER_SIGNATURE_INVALID', 'a decision that its approver has not signed', after({})],
    ['REQ-11', 'APPROVER_SIGNATURE_INVALID', 'a decision with a signature of nobody', after(signed)],
  ];
}

/** Decisions of an approver that are not within what is on record of her. */
function outOfBounds(): readonly Row[] {
  const bounds = {
    'of more risk': { maxRisk: 'moderate' },
    'about another tool': { tools: ['read_*', 'get_?'] },
    'in another session': { sessions: ['nightly-*'] },
    'after her time': { expiresAt: '2026-11-21T06:00:00.000000Z' },
  };
  return Object.entries(bounds).map(([name, members]) => [
    'REQ-10',
    'APPROVER_NOT_ENTITLED',
    `a decision ${name} than the approver may make`.replace(
      'her time than the approver may make',
      'the time of its approver',
    ),
    [...START, { kind: 'approver-added', members: { approver: ANN, ...members } }, requested(A), decided(A)],
  ]);
}

const GRANT_AT = 4;

function grants(): readonly BrokenLog[] {
  const wide = (name: string, members: Item['over'] & object): Row => [
    'GRANT-2',
    'GRANT_NOT_GROUNDED',
    name,
    over(APPROVAL, GRANT_AT, members),
  ];
  const announced = decided({ ...A, members: { grant: grantId('a') } });
  return rows([
    [
      'GRANT-1',
      'GRANT_NOT_GROUNDED',
      'a grant that is announced and not there',
      [...ASKED, announced, approvedCall(A)],
    ],
    ['GRANT-1', 'GRANT_NOT_GROUNDED', 'a grant announced at the very end', [...ASKED, announced]],
    ['GRANT-1', 'GRANT_NOT_GROUNDED', 'a grant that no decision announced', [...APPROVED, issued(A)]],
    [
      'GRANT-1',
      'GRANT_NOT_GROUNDED',
      'a grant of another id than announced',
      over(APPROVAL, GRANT_AT, { grant: grantId('z') }),
    ],
    ['GRANT-1', 'GRANT_NOT_GROUNDED', 'a grant issued twice', insert(APPROVAL, 5, issued(A))],
    [
      'GRANT-2',
      'GRANT_NOT_GROUNDED',
      'a grant on a rejection',
      [...ASKED, decided({ ...A, members: { grant: grantId('a') } }, 'rejected'), issued(A)],
    ],
    wide('a grant for another tool', { tool: 'shell' }),
    wide('a grant for another server', { server: 'elsewhere' }),
    wide('a grant for a changed tool', { toolDigest: digestOf('changed') }),
    wide('a grant of another rule set', { ruleSet: 'rules-2' }),
    wide('a grant of another policy', { policy: digestOf('policy') }),
    wide('a grant above the risk that was approved', { maxRisk: 'critical' }),
    wide('a grant for reasons that nobody saw', { signals: ['files.path', 'net.unknown'] }),
    wide('a grant for another session', { session: 'session-2' }),
    wide('a grant for no use', { uses: 0 }),
    wide('a grant for 1,001 uses', { uses: 1001 }),
    wide('a grant for more than 30 days', { expiresAt: '2026-12-22T06:11:04.000000Z' }),
    wide('a grant issued by another', { issuedBy: EVE }),
    [
      'GRANT-2',
      'GRANT_NOT_GROUNDED',
      'a grant for critical calls',
      [
        ...START,
        requested({ call: 'a', risk: 'critical' }),
        decided({ call: 'a', members: { grant: grantId('a') } }),
        issued({ call: 'a', risk: 'critical' }),
      ],
    ],
    ['GRANT-3', 'GRANT_USE_UNPAIRED', 'a use without its call', without(APPROVAL, 8)],
    ['GRANT-3', 'GRANT_USE_UNPAIRED', 'a call without its use', without(APPROVAL, 7)],
    ['GRANT-3', 'GRANT_USE_UNPAIRED', 'a use for another call', over(APPROVAL, 7, { call: 'z' })],
    ['GRANT-3', 'GRANT_USE_UNPAIRED', 'a use with other arguments', over(APPROVAL, 7, { argsDigest: digestOf('x') })],
    ['GRANT-3', 'GRANT_USE_UNPAIRED', 'a use at the very end', APPROVAL.slice(0, 8)],
    ['GRANT-4', 'GRANT_NOT_FOUND', 'a call on no grant', [...START, ...grantedCall('a', 1, B)]],
    [
      'GRANT-4',
      'GRANT_NOT_FOUND',
      'a revocation of no grant',
      [...START, { kind: 'grant-revoked', members: { grant: grantId('a'), by: ANN } }],
    ],
  ]);
}

function scopes(): readonly BrokenLog[] {
  const ISSUED = APPROVAL.slice(0, 7);
  const used = (name: string, options: Parameters<typeof call>[0]): Row => [
    'GRANT-6',
    'GRANT_OUT_OF_SCOPE',
    name,
    [...ISSUED, ...grantedCall('a', 1, options)],
  ];
  const revoked: Item = { kind: 'grant-revoked', members: { grant: grantId('a'), by: ANN } };
  const narrow = (pattern: { pointer: string; kind: string; value: string | number }): readonly Item[] =>
    at(ISSUED, GRANT_AT, () => ({ payloads: { arguments: [pattern] } }));
  const pattern = (name: string, one: Parameters<typeof narrow>[0]): Row => [
    'GRANT-7',
    'GRANT_OUT_OF_SCOPE',
    name,
    [...narrow(one), ...grantedCall('a', 1, B)],
  ];
  return rows([
    [
      'GRANT-5',
      'GRANT_DEAD',
      'a use that is counted twice',
      [...APPROVAL, ...grantedCall('a', 1, { call: 'c', risk: 'destructive' })],
    ],
    ['GRANT-5', 'GRANT_DEAD', 'a use that skips a number', over(APPROVAL, 7, { use: 2 })],
    [
      'GRANT-5',
      'GRANT_DEAD',
      'a use too many',
      [
        ...APPROVAL,
        ...grantedCall('a', 2, { call: 'c', risk: 'destructive' }),
        ...grantedCall('a', 3, { call: 'd', risk: 'destructive' }),
      ],
    ],
    [
      'GRANT-5',
      'GRANT_DEAD',
      'a use of an expired grant',
      over(over(APPROVAL.slice(0, 9), 7, { time: '2026-11-21T08:00:00.000000Z' }), 8, {
        time: '2026-11-21T08:00:00.000000Z',
      }),
    ],
    ['GRANT-5', 'GRANT_DEAD', 'a use of a revoked grant', [...ISSUED, revoked, ...grantedCall('a', 1, B)]],
    ['GRANT-5', 'GRANT_DEAD', 'a grant revoked twice', [...ISSUED, revoked, revoked]],
    used('a critical call on a grant', { call: 'b', risk: 'critical' }),
    used('another tool on a grant', { ...B, members: { tool: 'shell' } }),
    used('another server on a grant', { ...B, members: { server: 'elsewhere' } }),
    used('a changed tool on a grant', { ...B, members: { toolDigest: digestOf('changed') } }),
    used('another session on a grant', { ...B, members: { session: 'session-2' } }),
    used('another rule set on a grant', {
      ...B,
      members: {
        classification: { ruleSet: 'rules-2', signals: [], effects: [], reversible: 'yes', confidencePercent: 1 },
      },
    }),
    used('another policy on a grant', { ...B, members: { policy: digestOf('policy') } }),
    used('a new reason on a grant', { ...B, signals: ['files.path', 'net.unknown'] }),
    pattern('arguments without the beginning', { pointer: '/path', kind: 'prefix', value: '/home/' }),
    pattern('arguments that are not equal', { pointer: '/n', kind: 'equals', value: 1 }),
    pattern('a number above the bound', { pointer: '/n', kind: 'at-most', value: 0.25 }),
    pattern('an argument that is not there', { pointer: '/other', kind: 'prefix', value: '' }),
    pattern('a path outside the folder', { pointer: '/path', kind: 'under', value: '/home' }),
  ]);
}

function policies(): readonly BrokenLog[] {
  const other = digestOf('policy');
  return rows([
    ['POL-1', 'POLICY_NOT_RECORDED', 'a call under a policy that is not on record', over(CALLS, 2, { policy: other })],
    [
      'POL-1',
      'POLICY_SUPERSEDED',
      'a call under a policy that was replaced',
      [...START, { kind: 'policy-changed', members: { policy: other } }, call({ call: 'a' })],
    ],
    ['POL-1', 'NO_POLICY_RECORDED', 'a call without any policy on record', [opened, call({ call: 'a' })]],
    ['POL-2', 'POLICY_DIGEST_MISMATCH', 'a policy with another digest', over(START, 1, { policy: other })],
    [
      'POL-3',
      'AUTHORITY_VERDICT_MISMATCH',
      'a verdict that the policy does not give',
      [...START, call({ call: 'a', risk: 'destructive', members: { verdict: 'allow' } })],
    ],
    [
      'POL-3',
      'AUTHORITY_VERDICT_MISMATCH',
      'a rule that the policy does not have',
      [...START, call({ call: 'a', members: { decision: 'auto', decisionBy: 'allow-all', rule: 'allow-all' } })],
    ],
    [
      'POL-4',
      'RUN_NOT_ALLOWED',
      'a call that is not bound',
      [...START, call({ call: 'a', members: { bound: false } })],
    ],
  ]);
}

/** Calls that had to be witnessed before they ran. */
function witnesses(): readonly BrokenLog[] {
  const demand: Item = {
    kind: 'config-changed',
    members: { config: digestOf('witnesses'), by: ANN },
    payloads: { config: { requireWitness: { risk: ['safe'], witnesses: ['far'] } } },
  };
  const record: Item = {
    kind: 'anchor-recorded',
    members: ({ index, rootOf }) => ({ anchor: 'witness', name: 'near', size: index, root: rootOf(index) }),
  };
  const asked = [...START, demand, call({ call: 'a' })];
  return [
    ...rows([['WIT-1', 'WITNESS_MISSING', 'a call that ran without its witness', [...asked, result('a', 3)]]]),
    {
      ...{ clause: 'WIT-1', code: 'WITNESS_MISSING', name: 'a call that ran with another witness' },
      ...{ items: [...asked, record, result('a', 3)], options: { kept: [4] } },
    },
  ];
}
