/** The logs among the vectors in which nothing is wrong: one for each part of the format. */

import { epochStatementBytes } from '@countersign/audit/verify';
import { encodeBase64, formatVerifierKey } from '@countersign/tlog';
import {
  type BuildOptions,
  digestOf,
  epochSigner,
  IDENTITY,
  type Item,
  ORIGIN,
  type Place,
  uuidOf,
} from './log-builder.js';
import {
  AGENT,
  ANN,
  approvedCall,
  argsDigestOf,
  call,
  decided,
  escalated,
  event,
  expired,
  grantedCall,
  grantId,
  issued,
  opened,
  refused,
  requested,
  result,
  START,
  STRICT_START,
  withdrawn,
} from './log-items.js';

/** A log, and how it is finished. */
export interface Base {
  readonly items: readonly Item[];
  readonly options?: BuildOptions;
}

/** The key of an epoch from `epoch`, handed over at the end of the one before. */
export function newEpoch(epoch: number, over: { readonly by?: number; readonly root?: string } = {}): Item {
  return {
    kind: 'key-epoch',
    members: ({ index, rootOf }: Place) => {
      const epochKey = formatVerifierKey(epochSigner(epoch).key);
      const root = over.root ?? rootOf(index);
      const statement = epochStatementBytes({ log: ORIGIN, index, epoch, root, epochKey });
      return { epoch, epochKey, root, proof: encodeBase64(epochSigner(over.by ?? epoch - 1).sign(statement)) };
    },
  };
}

/** Epochs that begin at these sizes, the second from the first on. */
export const signersFrom =
  (...sizes: readonly number[]) =>
  (size: number) => [IDENTITY, epochSigner(1 + sizes.filter((from) => size >= from).length)];

/** The statement of a purge of the entries from `from` to `to`. */
export const purged = (from: number, to: number, over: { readonly [member: string]: never } | object = {}): Item => ({
  kind: 'entries-purged',
  members: ({ rootOf }) => ({
    ...{ what: 'entries', from, to, kept: [], removed: to - from, root: rootOf(to), policy: 'by-hand' },
    by: { kind: 'system', id: 'retention' },
    ...over,
  }),
});

/** A retention policy on record, in days. */
export const retention = (payloadDays: number, entryDays: number): Item => ({
  kind: 'config-changed',
  members: { config: digestOf(`retention ${payloadDays} ${entryDays}`), by: ANN },
  payloads: { config: { retention: { profile: 'custom', payloadDays, entryDays } } },
});

/** An anchor on record for the tree as it was before the entry. */
export const anchored: Item = {
  kind: 'anchor-recorded',
  members: ({ index, rootOf }) => ({ anchor: 'file', name: 'backup', size: index, root: rootOf(index) }),
};

const destructive = (name: string) => ({ call: name, risk: 'destructive' }) as const;

/** Opened, policy, request, decision with a grant, grant, approved call, result, use of the grant, call, result. */
export const APPROVAL: readonly Item[] = [
  ...START,
  requested(destructive('a')),
  decided({ ...destructive('a'), members: { grant: grantId('a') } }),
  issued(destructive('a'), [{ pointer: '/path', kind: 'prefix', value: '/work/' }]),
  approvedCall(destructive('a')),
  result('a', 5),
  ...grantedCall('a', 1, destructive('b')),
  result('b', 8),
];

/** Opened, policy, call, result, refusal, call, result. */
export const CALLS: readonly Item[] = [
  ...START,
  call({ call: 'a' }),
  result('a', 2),
  refused({ call: 'b' }),
  call({ call: 'c', risk: 'moderate' }),
  result('c', 5, { outcome: 'tool_error', success: false }),
];

/** A rejection, an expiry, an edited approval. */
export const DECISIONS: readonly Item[] = [
  ...START,
  requested(destructive('a')),
  decided(destructive('a'), 'rejected'),
  refused({ call: 'a', risk: 'destructive', members: { request: requestOf('a') } }),
  requested({ ...destructive('b'), members: { expiresAt: '2026-11-21T06:11:06.000000Z' } }),
  expired(destructive('b'), { time: '2026-11-21T06:11:06.000000Z' }),
];

function requestOf(name: string): string {
  return uuidOf(`request ${name}`);
}

const EDITED_ARGS = { path: '/work/edited.txt' };

/** A request whose arguments the approver changed. */
export const EDITED: readonly Item[] = [
  ...START,
  requested(destructive('a')),
  decided({
    ...destructive('a'),
    members: { editedDigest: argsDigestOf({ call: 'a', args: EDITED_ARGS }), editedRisk: 'moderate' },
  }),
  approvedCall({ call: 'a', risk: 'moderate', args: EDITED_ARGS }),
  result('a', 4),
];

/** Two of each: calls and results that a purge may take. */
export const OLD: readonly Item[] = [
  ...START,
  call({ call: 'a' }),
  result('a', 2),
  call({ call: 'b' }),
  result('b', 4),
  event('late'),
];

/** The first entry of a log whose identity key is kept elsewhere. */
const openedElsewhere: Item = { ...opened, members: { ...opened.members, identity: 'anchor' } };

/** The identity's signature on record, for the tree as it was before the entry. */
export const signedByIdentity: Item = {
  kind: 'anchor-recorded',
  members: ({ index, rootOf }) => ({ anchor: 'identity', name: ORIGIN, size: index, root: rootOf(index) }),
};

/** Opened, signed, event, signed, the end of an epoch, event, event, signed. */
export const ELSEWHERE: readonly Item[] = [
  openedElsewhere,
  signedByIdentity,
  event('one'),
  signedByIdentity,
  newEpoch(2),
  event('two'),
  event('three'),
  signedByIdentity,
];

/** What signs each size of it, the identity those that are named: the key of its epoch, and a seal the key of the next one too. */
export const signersElsewhere =
  (...signed: readonly number[]) =>
  (size: number) => [
    ...(signed.includes(size) ? [IDENTITY] : []),
    epochSigner(size <= 5 ? 1 : 2),
    ...(size === 5 ? [epochSigner(2)] : []),
  ];

/** The sizes of it whose checkpoints are kept. */
export const KEPT_ELSEWHERE = [1, 3, 5, 7];

const TWO_EPOCHS: readonly Item[] = [opened, event('one'), newEpoch(2), event('two'), event('three')];

const security = (kind: string, members: Item['members'], payload = 'details'): Item => ({
  kind,
  ...(members !== undefined && { members }),
  payloads: { [payload]: { text: kind } },
});

const EVENTS: readonly Item[] = [
  opened,
  security('code-execution', { name: 'python', success: true, durationUs: 5, actor: AGENT, session: 'session-1' }),
  security('security-assessment', { name: 'scan', risk: 'moderate' }),
  security('container-created', { name: 'box', success: true }),
  security('resource-violation', { name: 'memory' }),
  security('security-event', { name: 'probe', severity: 'critical' }),
  security('model-call', { name: 'model', success: false, durationUs: 9 }),
  security('authorization', { name: 'sudo', allowed: false }),
  security(
    'judge-opinion',
    { call: 'a', run: 'run-1', judge: 'second-look', level: 'critical', previous: 'safe' },
    'reason',
  ),
  security('config-changed', { config: digestOf('config'), by: ANN }, 'config'),
  security('hold-placed', { hold: uuidOf('hold'), session: 'session-1', by: ANN }, 'reason'),
  security('hold-released', { hold: uuidOf('hold'), by: ANN }, 'reason'),
];

const APPROVERS: readonly Item[] = [
  ...START,
  {
    kind: 'approver-added',
    members: { approver: ANN, maxRisk: 'destructive', tools: ['*'], expiresAt: '2026-12-21T06:00:00.000000Z', by: ANN },
  },
  requested(destructive('a')),
  decided(destructive('a')),
  approvedCall(destructive('a')),
  result('a', 5),
  { kind: 'approver-revoked', members: { approver: ANN, by: { kind: 'person', id: 'eve' } } },
];

const BOB = { kind: 'person', id: 'bob' } as const;

/** A critical call of the strict policy: two must approve it. */
export const SHARED = {
  call: 'a',
  risk: 'critical',
  strict: true,
  members: { needs: { quorum: 2, reason: 'rejected' } },
} as const;
const SHARED_CALL = { call: 'a', risk: 'critical', strict: true } as const;

/** An approval by Bob. */
export const byBob = (options: Parameters<typeof decided>[0]): Item =>
  decided({ ...options, members: { approver: BOB, decisionBy: BOB.id } });

/** Opened, policy, request, two approvals, call, result. */
export const QUORUM: readonly Item[] = [
  ...STRICT_START,
  requested(SHARED),
  decided(SHARED_CALL),
  byBob(SHARED_CALL),
  approvedCall({ ...SHARED_CALL, members: { decisionBy: BOB.id } }),
  result('a', 5),
];

/** A destructive call of the strict policy: it goes to others when its time is up. */
export const HANDED = {
  ...({ call: 'a', risk: 'destructive', strict: true } as const),
  members: {
    expiresAt: '2026-11-21T06:11:10.000000Z',
    needs: { roles: ['lead'], approvers: ['ann'], escalateTo: ['head'], escalateUs: 60_000_000 },
  },
} as const;
const HANDED_CALL = { call: 'a', risk: 'destructive', strict: true } as const;
export const HANDED_AT = '2026-11-21T06:11:10.000000Z';

/** Opened, policy, request, the same for others, approval by one of them, call, result. */
export const ESCALATED: readonly Item[] = [
  ...STRICT_START,
  requested(HANDED),
  escalated(HANDED_CALL, HANDED_AT),
  {
    ...decided({ ...HANDED_CALL, members: { approver: { ...BOB, role: 'head' }, decisionBy: BOB.id } }),
    over: { time: HANDED_AT },
  },
  { ...approvedCall({ ...HANDED_CALL, members: { decisionBy: BOB.id } }), over: { time: HANDED_AT } },
  { ...result('a', 5), over: { time: HANDED_AT } },
];

const STEP_BACK = '2026-11-21T06:00:00.000000Z';

const PREVIEW = {
  $t: 'truncated',
  bytes: 70_000,
  digest: digestOf('the whole'),
  head: '{"text":"The beginning',
  tail: 'the end."}',
};

/** Clean logs by name. */
export const BASES: Readonly<Record<string, Base>> = {
  smallest: { items: [opened] },
  calls: { items: CALLS },
  'an identity that signs elsewhere': {
    items: ELSEWHERE,
    options: { kept: KEPT_ELSEWHERE, signersAt: signersElsewhere(1, 3, 7, 8) },
  },
  approval: { items: APPROVAL },
  decisions: { items: DECISIONS },
  edited: { items: EDITED },
  events: { items: EVENTS },
  approvers: { items: APPROVERS },
  'a quorum': { items: QUORUM },
  'a delegation': {
    items: [
      ...START,
      { kind: 'approver-added', members: { approver: BOB, maxRisk: 'destructive' } },
      {
        kind: 'approver-delegated',
        members: {
          ...{ delegation: uuidOf('delegation'), by: BOB, approver: ANN, tools: ['f*'] },
          expiresAt: '2026-12-21T06:00:00.000000Z',
        },
        payloads: { reason: 'Holidays.' },
      },
      requested(destructive('a')),
      decided({ ...destructive('a'), members: { onBehalfOf: BOB, delegation: uuidOf('delegation') } }),
      approvedCall(destructive('a')),
      result('a', 6),
      { kind: 'delegation-revoked', members: { delegation: uuidOf('delegation'), by: BOB } },
    ],
  },
  'an approval that was withdrawn and given again': {
    items: [
      ...STRICT_START,
      requested(SHARED),
      decided(SHARED_CALL),
      byBob(SHARED_CALL),
      withdrawn(SHARED_CALL),
      decided(SHARED_CALL),
      approvedCall(SHARED_CALL),
      result('a', 7),
    ],
  },
  'a request that went to others': { items: ESCALATED },
  'a call that a provider ran': {
    items: [...START, call({ call: 'a', members: { outcome: 'observed_only', success: true } })],
  },
  'a dangling call': { items: [...START, call({ call: 'a' })] },
  'a request that waits': { items: [...START, requested(destructive('a'))] },
  'an approval that was not used': { items: [...START, requested(destructive('a')), decided(destructive('a'))] },
  'an approval given up': {
    items: [
      ...START,
      requested(destructive('a')),
      decided(destructive('a')),
      expired({ ...destructive('a'), members: { cause: 'aborted' } }),
    ],
  },
  'a grant that was revoked': {
    items: [
      ...APPROVAL,
      { kind: 'grant-revoked', members: { grant: grantId('a'), by: ANN }, payloads: { reason: 'Enough.' } },
    ],
  },
  'a call whose arguments were redacted': {
    items: [
      ...START,
      { ...call({ call: 'a', members: { argsDigest: digestOf('exact') } }), payloads: { args: '[redacted:x:7f3a]' } },
    ],
  },
  'a preview': {
    items: [...START, { kind: 'system-event', members: { name: 'long' }, payloads: { details: PREVIEW } }],
  },
  'two writers': {
    items: [
      opened,
      { ...event('a'), writer: 'writer-2' },
      event('b'),
      { ...event('c'), writer: 'writer-2' },
      event('d'),
    ],
  },
  'a clock that went back': {
    items: [
      opened,
      event('a'),
      { kind: 'clock-stepped', members: { stepUs: -661_000_000 }, over: { time: STEP_BACK } },
      { ...event('b'), over: { time: STEP_BACK } },
    ],
  },
  'a clock that went forward': {
    items: [
      opened,
      { kind: 'clock-stepped', members: { stepUs: 3_600_000_000 }, over: { time: '2026-11-21T07:11:00.000000Z' } },
    ],
  },
  'a new incarnation': {
    items: [{ ...opened, over: { parent: { log: 'vectors.example/old', size: 7, root: digestOf('old') } } }],
  },
  'text beyond ASCII': { items: [opened, event('Grüße, 世界 \u{1f600} \u2028 "\\')] },
  'two epochs': { items: TWO_EPOCHS, options: { signersAt: signersFrom(4), kept: [3] } },
  'three epochs': {
    items: [...TWO_EPOCHS, newEpoch(3), newEpoch(4), event('four')],
    options: { signersAt: signersFrom(4, 7, 8), kept: [3, 6, 7] },
  },
  'an epoch that has just ended': { items: TWO_EPOCHS.slice(0, 3), options: { kept: [3] } },
  'an anchor': { items: [...START, event('a'), anchored, event('b')], options: { kept: [3] } },
  'purged entries': { items: [...OLD, purged(2, 6), event('after')], options: { gone: [2, 3, 4, 5] } },
  'a purge that keeps entries': {
    items: [...OLD, purged(0, 6, { kept: [0, 1, 4, 5], removed: 2 }), event('after')],
    options: { gone: [2, 3] },
  },
  'a purge under a policy': {
    items: [...OLD, retention(0, 0), purged(2, 6, { newest: '2026-11-21T06:11:05.000000Z' }), event('after')],
    options: { gone: [2, 3, 4, 5] },
  },
  'a purge with an override': {
    items: [
      ...OLD,
      retention(30, 30),
      { ...purged(2, 6, { override: true, by: ANN }), payloads: { reason: 'A court asked for it.' } },
      event('after'),
    ],
    options: { gone: [2, 3, 4, 5] },
  },
  'two purges that overlap': {
    items: [...OLD, purged(2, 4), purged(2, 6, { removed: 2 }), event('after')],
    options: { gone: [2, 3, 4, 5] },
  },
  'purged payloads': {
    items: [...OLD, purged(2, 6, { what: 'payloads', removed: 4 }), event('after')],
    options: { lost: ['2', '3', '4', '5'] },
  },
  'an erased payload': {
    items: [...OLD, { kind: 'payload-erased', members: { target: 3, name: 'result', by: ANN } }],
    options: { lost: ['3 result'] },
  },
  'a forgotten session': {
    items: [...OLD, { kind: 'payload-erased', members: { session: 'session-1', by: ANN } }, event('after')],
    options: { lost: ['3 result'] },
  },
};
