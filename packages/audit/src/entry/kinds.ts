/**
 * The per-kind field table (log format, section 2): one strict schema per kind of entry, with the payloads it may carry.
 * Unknown kinds, members and payload names are findings. A change here is a change of the log format.
 */

import { VERDICTS } from '@countersign/approval';
import { z } from 'zod';
import {
  actor,
  callMembers,
  callReference,
  classification,
  commonMembers,
  count,
  digest,
  identifier,
  needs,
  risk,
  signature,
  time,
  uuid,
  verifierKey,
} from './values.js';

/** The recorded decision (architecture, "Words"). */
export const DECISIONS = ['approved', 'rejected', 'auto', 'not_required'] as const;

const decision = z.enum(DECISIONS);
const judged = { risk, classification, policy: digest } as const;
const decided = {
  decision,
  /** A rule id, `similar_match`, an approver's id, `timeout`, `aborted`, `policy:<rule>` or `gate:<code>`. */
  decisionBy: identifier,
  /** From the request to the decision, in microseconds. */
  approvalTimeUs: count.optional(),
  request: uuid.optional(),
  grant: uuid.optional(),
} as const;
/** What every begin entry says: the call, its risk and verdict, the decision, and the arguments that it is bound to. */
const begun = {
  ...callMembers,
  ...judged,
  ...decided,
  rule: identifier,
  verdict: z.enum(VERDICTS).optional(),
  argsDigest: digest.optional(),
  bound: z.boolean(),
} as const;
const event = { actor: actor.optional(), session: identifier.optional(), name: identifier } as const;

/** The members of each kind beside the common ones. */
const members = {
  'log-opened': {
    identityKey: verifierKey,
    epochKey: verifierKey,
    software: identifier,
    /** Where the identity's key is kept elsewhere: its signature stands on the checkpoints of `identity` anchors alone. */
    identity: z.literal('anchor').optional(),
    /** The log that this one goes on from, and the newest checkpoint that is known of it. */
    parent: z.strictObject({ log: identifier, size: count, root: digest }).optional(),
    /** Who began it, where it goes on from another. */
    by: actor.optional(),
  },
  'tool-call': {
    ...begun,
    // The next three only for a call that a provider ran itself: it is recorded in one entry, after the fact.
    outcome: z.literal('observed_only').optional(),
    success: z.boolean().optional(),
    durationUs: count.optional(),
  },
  'tool-result': {
    ...callReference,
    session: identifier.optional(),
    tool: identifier,
    /** The index of the `tool-call` entry. */
    begun: count,
    outcome: z.enum(['ok', 'tool_error', 'aborted']),
    success: z.boolean(),
    durationUs: count,
    /** True where the recorded result is not the whole value (opaque or capped parts). */
    lossy: z.boolean().optional(),
  },
  'tool-refused': {
    ...begun,
    outcome: z.enum(['refused', 'invalid_input', 'aborted']),
    success: z.literal(false),
    /** Why, as a pinned code such as `POLICY_DENIED`. */
    code: identifier,
  },
  'approval-requested': {
    request: uuid,
    ...callMembers,
    ...judged,
    rule: identifier,
    argsDigest: digest,
    redacted: z.boolean(),
    expiresAt: time,
    needs: needs.optional(),
  },
  'approval-decided': {
    request: uuid,
    ...callReference,
    argsDigest: digest,
    decision: z.enum(['approved', 'rejected']),
    decisionBy: identifier,
    approver: actor,
    attestation: z.enum(['server', 'ed25519', 'passkey']),
    channel: identifier.optional(),
    editedDigest: digest.optional(),
    editedRisk: risk.optional(),
    grant: uuid.optional(),
    signature: signature.optional(),
    /** When the approver signed; it stands in what is signed. */
    signedAt: time.optional(),
    /** The key of the approver on record, by which it is signed. */
    key: verifierKey.optional(),
    /** In whose place the approver decides, and by which delegation. */
    onBehalfOf: actor.optional(),
    delegation: uuid.optional(),
  },
  /** An approver took an approval back: the request waits again. */
  'approval-withdrawn': { request: uuid, ...callReference, argsDigest: digest, approver: actor },
  /** The time of a request was up, and it went to others. */
  'approval-escalated': {
    request: uuid,
    ...callReference,
    argsDigest: digest,
    roles: z.array(identifier).max(32),
    expiresAt: time,
  },
  'approval-expired': { request: uuid, ...callReference, argsDigest: digest, cause: z.enum(['timeout', 'aborted']) },
  'grant-issued': {
    grant: uuid,
    request: uuid,
    tool: identifier,
    server: identifier.optional(),
    toolDigest: digest,
    session: identifier.optional(),
    maxRisk: risk,
    signals: z.array(identifier).max(32),
    ruleSet: identifier,
    policy: digest,
    uses: count,
    expiresAt: time,
    issuedBy: actor,
  },
  'grant-used': { grant: uuid, ...callReference, argsDigest: digest, use: count },
  'grant-revoked': { grant: uuid, by: actor },
  'approver-added': {
    approver: actor,
    key: verifierKey.optional(),
    /** The highest risk that they may decide about. */
    maxRisk: risk.optional(),
    /** Globs over the tools and the sessions that they may decide about: `*` is any text, `?` one character. */
    tools: z.array(identifier).max(32).optional(),
    sessions: z.array(identifier).max(32).optional(),
    /** From then on they may not decide any more. */
    expiresAt: time.optional(),
    by: actor.optional(),
  },
  'approver-revoked': { approver: actor, key: verifierKey.optional(), by: actor.optional() },
  /** Somebody may decide in the place of an approver on record, within these bounds and within theirs. */
  'approver-delegated': {
    delegation: uuid,
    /** The delegator. */
    by: actor,
    approver: actor,
    key: verifierKey.optional(),
    maxRisk: risk.optional(),
    tools: z.array(identifier).max(32).optional(),
    sessions: z.array(identifier).max(32).optional(),
    expiresAt: time,
    /** By the key of the delegator on record, over the delegation statement. */
    signature: signature.optional(),
  },
  'delegation-revoked': { delegation: uuid, by: actor.optional() },
  'key-epoch': { epoch: count, epochKey: verifierKey, root: digest, proof: signature },
  'entries-purged': {
    what: z.enum(['payloads', 'entries']),
    from: count,
    /** Exclusive. */
    to: count,
    /** Indexes within the range that stay, ascending; at most 500: a longer list is split over several statements. */
    kept: z.array(count).max(500),
    removed: count,
    /** The root of the tree of the first `to` leaves. */
    root: digest,
    policy: identifier,
    by: actor,
    /** The time of the newest entry that it removes, or whose payloads it removes. */
    newest: time.optional(),
    /** SHA-256 of the archive that holds what it removes. */
    archive: digest.optional(),
    /** True where a person let it remove what a policy on record still keeps; the payload `reason` says why. */
    override: z.literal(true).optional(),
  },
  'payload-erased': {
    target: count.optional(),
    name: identifier.optional(),
    /** Instead of both: the key of this session was destroyed, and with it all encrypted payloads of it that stand before. */
    session: identifier.optional(),
    by: actor,
  },
  'hold-placed': {
    hold: uuid,
    session: identifier.optional(),
    from: count.optional(),
    to: count.optional(),
    by: actor,
  },
  'hold-released': { hold: uuid, by: actor },
  'policy-changed': { policy: digest, previous: digest.optional(), by: actor.optional() },
  'config-changed': {
    /** SHA-256 of the canonical JSON of the payload `config`. */
    config: digest,
    previous: digest.optional(),
    by: actor.optional(),
    /** True where its retention also holds for what was written under a longer one; the payload `reason` says why. */
    override: z.literal(true).optional(),
  },
  'clock-stepped': { stepUs: z.int() },
  'judge-opinion': { ...callReference, judge: identifier, level: risk, previous: risk },
  'anchor-recorded': { anchor: identifier, name: identifier, size: count, root: digest },
  'code-execution': { ...event, success: z.boolean().optional(), durationUs: count.optional() },
  'security-assessment': { ...event, risk },
  'container-created': { ...event, success: z.boolean().optional() },
  'resource-violation': { ...event },
  'security-event': { ...event, severity: z.enum(['info', 'warning', 'error', 'critical']) },
  'system-event': { ...event },
  'model-call': { ...event, success: z.boolean().optional(), durationUs: count.optional() },
  authorization: { ...event, allowed: z.boolean() },
} as const;

/** The payloads that an entry of each kind may carry, by name. */
export const PAYLOAD_NAMES = {
  'log-opened': ['reason'],
  'tool-call': ['args', 'argsSalt', 'reasons', 'result', 'error'],
  'tool-result': ['result', 'error'],
  'tool-refused': ['args', 'argsSalt', 'reasons', 'message', 'result'],
  'approval-requested': ['args', 'reasons'],
  'approval-decided': ['reason', 'message', 'response', 'editedArgs'],
  'approval-withdrawn': [],
  'approval-escalated': [],
  'approval-expired': [],
  'grant-issued': ['arguments'],
  'grant-used': [],
  'grant-revoked': ['reason'],
  'approver-added': ['reason'],
  'approver-revoked': ['reason'],
  'approver-delegated': ['reason'],
  'delegation-revoked': ['reason'],
  'key-epoch': [],
  'entries-purged': ['reason'],
  'payload-erased': ['reason'],
  'hold-placed': ['reason'],
  'hold-released': ['reason'],
  'policy-changed': ['policy', 'reason'],
  'config-changed': ['config', 'reason'],
  'clock-stepped': [],
  'judge-opinion': ['reason'],
  'anchor-recorded': ['receipt'],
  'code-execution': ['details'],
  'security-assessment': ['details'],
  'container-created': ['details'],
  'resource-violation': ['details'],
  'security-event': ['details'],
  'system-event': ['details'],
  'model-call': ['details'],
  authorization: ['details'],
} as const satisfies Record<EntryKind, readonly string[]>;

/** The kinds that a purge never removes (log format, section 7); live grants, open requests and calls stay too. */
export const CONTROL_KINDS = [
  'log-opened',
  'key-epoch',
  'approver-added',
  'approver-revoked',
  'approver-delegated',
  'delegation-revoked',
  'hold-placed',
  'hold-released',
  'entries-purged',
  'payload-erased',
  'policy-changed',
  'config-changed',
  'anchor-recorded',
  // Times grow from entry to entry, but for these: they are what a reader can date purged entries by.
  'clock-stepped',
] as const satisfies readonly EntryKind[];

/** The kinds that record an event of its own: nothing else in the log rests on them. */
export const EVENT_KINDS = [
  'code-execution',
  'security-assessment',
  'container-created',
  'resource-violation',
  'security-event',
  'system-event',
  'model-call',
  'authorization',
] as const satisfies readonly EntryKind[];

/** The kinds of entry. */
export type EntryKind = keyof typeof members;

/** The strict schema of one kind, common members included. */
const schema = <K extends EntryKind>(kind: K) =>
  z.strictObject({ ...commonMembers, kind: z.literal(kind), ...members[kind] });

/** The schema of every entry, chosen by `kind`. */
export const entrySchema = z.discriminatedUnion('kind', [
  schema('log-opened'),
  schema('tool-call'),
  schema('tool-result'),
  schema('tool-refused'),
  schema('approval-requested'),
  schema('approval-decided'),
  schema('approval-withdrawn'),
  schema('approval-escalated'),
  schema('approval-expired'),
  schema('grant-issued'),
  schema('grant-used'),
  schema('grant-revoked'),
  schema('approver-added'),
  schema('approver-revoked'),
  schema('approver-delegated'),
  schema('delegation-revoked'),
  schema('key-epoch'),
  schema('entries-purged'),
  schema('payload-erased'),
  schema('hold-placed'),
  schema('hold-released'),
  schema('policy-changed'),
  schema('config-changed'),
  schema('clock-stepped'),
  schema('judge-opinion'),
  schema('anchor-recorded'),
  schema('code-execution'),
  schema('security-assessment'),
  schema('container-created'),
  schema('resource-violation'),
  schema('security-event'),
  schema('system-event'),
  schema('model-call'),
  schema('authorization'),
]);

/** A decoded entry. */
export type Entry = z.infer<typeof entrySchema>;

/** A decoded entry of one kind. */
export type EntryOf<K extends EntryKind> = Extract<Entry, { kind: K }>;

/** The members that the log itself fills in. */
type FilledIn = Exclude<keyof typeof commonMembers, never>;

/** What a caller says of an entry: its kind and the members of that kind. */
export type EntryFields = { [K in EntryKind]: Omit<EntryOf<K>, FilledIn> }[EntryKind];

/** All kinds, in the order of the table. */
export const ENTRY_KINDS: readonly EntryKind[] = entrySchema.options.map((option) => option.shape.kind.value);
