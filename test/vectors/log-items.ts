/** The entries that the logs among the vectors are made of. */

import { createPolicy, policyDigest } from '@countersign/approval';
import { callDigest, type JsonObject, type JsonValue, normalise } from '@countersign/core';
import { formatVerifierKey } from '@countersign/tlog';
import { digestOf, epochSigner, type Item, KEY, ORIGIN, saltOf, uuidOf } from './log-builder.js';

const POLICY = createPolicy();
export const RULE_SET = 'rules-1';
export const POLICY_DIGEST = policyDigest(POLICY, RULE_SET);
/** A policy that two people must approve critical calls under, and that hands destructive ones on when nobody answers. */
const STRICT = createPolicy({
  version: 1,
  approval: {
    critical: { quorum: 2, reason: 'rejected' },
    destructive: {
      roles: ['lead'],
      approvers: ['ann'],
      onTimeout: 'escalate',
      escalateTo: ['head'],
      escalateMs: 60_000,
    },
  },
});
const STRICT_DIGEST = policyDigest(STRICT, RULE_SET);
export const ANN = { kind: 'person', id: 'ann' } as const;
export const AGENT = { kind: 'agent', id: 'agent-7' } as const;
export const TOOL_DIGEST = digestOf('tool');
const RUN = 'run-1';

/** The first entry. */
export const opened: Item = {
  kind: 'log-opened',
  members: { identityKey: KEY, epochKey: formatVerifierKey(epochSigner(1).key), software: 'vectors/1' },
};

/** The default policy, on record as the statement that its digest covers. */
export const policy: Item = {
  kind: 'policy-changed',
  members: { policy: POLICY_DIGEST },
  payloads: { policy: { policy: normalise(POLICY).json, ruleSet: RULE_SET } },
};

/** The start of most logs. */
export const START: readonly Item[] = [opened, policy];

/** The start of logs with the strict policy. */
export const STRICT_START: readonly Item[] = [
  opened,
  {
    kind: 'policy-changed',
    members: { policy: STRICT_DIGEST },
    payloads: { policy: { policy: normalise(STRICT).json, ruleSet: RULE_SET } },
  },
];

/** What a call is about. */
export interface CallOptions {
  readonly call: string;
  readonly risk?: 'safe' | 'moderate' | 'destructive' | 'critical';
  readonly args?: JsonValue;
  readonly signals?: readonly string[];
  /** True under the strict policy. */
  readonly strict?: boolean;
  /** Members of the begin entry that differ. */
  readonly members?: JsonObject;
}

const EFFECTS = { safe: 'fs.read', moderate: 'fs.write', destructive: 'fs.delete', critical: 'money' } as const;
const VERDICTS = POLICY.defaults;

const SALT_WORD = 'args of';

/** The digest that binds a call to its arguments. */
export function argsDigestOf({ call, args = argsOf(call), strict = false }: CallOptions): string {
  return callDigest({
    salt: callSalt(call),
    log: ORIGIN,
    callId: call,
    tool: 'files',
    toolDigest: TOOL_DIGEST,
    args,
    policy: strict ? STRICT_DIGEST : POLICY_DIGEST,
  });
}

const argsOf = (call: string): JsonValue => ({ path: `/work/${call}.txt`, n: 0.5 });
const callSalt = (call: string): Uint8Array => saltOf(0, `${SALT_WORD} ${call}`);
const reference = (call: string) => ({ call, run: RUN });

/** The members that describe a call and what is thought of it. */
function described({ call, risk = 'safe', signals = ['files.path'], strict = false }: CallOptions): JsonObject {
  return {
    ...reference(call),
    session: 'session-1',
    actor: AGENT,
    tool: 'files',
    toolDigest: TOOL_DIGEST,
    risk,
    classification: {
      ruleSet: RULE_SET,
      signals: [...signals],
      effects: [EFFECTS[risk]],
      reversible: 'unknown',
      confidencePercent: 90,
    },
    policy: strict ? STRICT_DIGEST : POLICY_DIGEST,
    rule: `default:${risk}`,
  };
}

const recorded = (options: CallOptions): Record<string, JsonValue> => ({
  args: options.args ?? argsOf(options.call),
  argsSalt: Buffer.from(callSalt(options.call)).toString('base64'),
});

/** A call that the policy allows, or that `members` say how it came to run. */
export function call(options: CallOptions): Item {
  const { risk = 'safe', members = {} } = options;
  return {
    kind: 'tool-call',
    members: {
      ...described(options),
      decision: 'not_required',
      decisionBy: `default:${risk}`,
      verdict: VERDICTS[risk],
      argsDigest: argsDigestOf(options),
      bound: true,
      ...members,
    },
    payloads: recorded(options),
  };
}

/** The outcome of the call at an index. */
export function result(name: string, begun: number, members: JsonObject = {}): Item {
  return {
    kind: 'tool-result',
    members: {
      ...reference(name),
      session: 'session-1',
      tool: 'files',
      begun,
      outcome: 'ok',
      success: true,
      durationUs: 1200,
      ...members,
    },
    payloads: { result: { text: 'done', ratio: 1.5e-7, list: [null, true] } },
  };
}

/** A call that was not run. */
export function refused(options: CallOptions): Item {
  const { risk = 'critical' } = options;
  return {
    kind: 'tool-refused',
    members: {
      ...described({ ...options, risk }),
      decision: 'rejected',
      decisionBy: 'ann',
      verdict: VERDICTS[risk],
      bound: true,
      outcome: 'refused',
      success: false,
      code: 'APPROVAL_REJECTED',
      ...options.members,
    },
    payloads: { message: 'It was rejected.' },
  };
}

/** A request for an approval; it lives for a minute. */
export function requested(options: CallOptions): Item {
  return {
    kind: 'approval-requested',
    members: ({ timeOf, index }) => ({
      request: requestId(options.call),
      ...described(options),
      argsDigest: argsDigestOf(options),
      redacted: false,
      expiresAt: timeOf(index).replace('T06:11', 'T06:12'),
      ...options.members,
    }),
    payloads: { args: options.args ?? argsOf(options.call), reasons: [] },
  };
}

export const requestId = (name: string): string => uuidOf(`request ${name}`);
export const grantId = (name: string): string => uuidOf(`grant ${name}`);

/** A decision by Ann. */
export function decided(options: CallOptions, decision: 'approved' | 'rejected' = 'approved'): Item {
  return {
    kind: 'approval-decided',
    members: {
      request: requestId(options.call),
      ...reference(options.call),
      argsDigest: argsDigestOf(options),
      decision,
      decisionBy: ANN.id,
      approver: ANN,
      attestation: 'server',
      channel: 'terminal',
      ...options.members,
    },
    payloads: { reason: 'I looked at it.' },
  };
}

const ofRequest = (options: CallOptions): JsonObject => ({
  request: requestId(options.call),
  ...reference(options.call),
  argsDigest: argsDigestOf(options),
});

/** An approval that Ann takes back. */
export const withdrawn = (options: CallOptions): Item => ({
  kind: 'approval-withdrawn',
  members: { ...ofRequest(options), approver: ANN, ...options.members },
});

/** A request that goes to others; at this time, for a minute. */
export const escalated = (options: CallOptions, time: string): Item => ({
  kind: 'approval-escalated',
  members: { ...ofRequest(options), roles: ['head'], expiresAt: time.replace(/T06:(\d\d)/, after), ...options.members },
  over: { time },
});

const after = (_: string, minute: string): string => `T06:${String(Number(minute) + 1).padStart(2, '0')}`;

/** A request that ended without a run. */
export function expired(options: CallOptions, over: JsonObject = {}): Item {
  const { call: name, members = {}, strict = false } = options;
  return {
    kind: 'approval-expired',
    members: {
      request: requestId(name),
      ...reference(name),
      argsDigest: argsDigestOf({ call: name, strict }),
      cause: 'timeout',
      ...members,
    },
    over,
  };
}

/** A call that an approval lets run. */
export const approvedCall = (options: CallOptions): Item =>
  call({
    ...options,
    members: {
      decision: 'approved',
      decisionBy: ANN.id,
      request: requestId(options.call),
      approvalTimeUs: 5,
      ...options.members,
    },
  });

/** The grant that goes with an approval of this call. */
export function issued(options: CallOptions, patterns: JsonValue = []): Item {
  const { call: name, risk = 'destructive', signals = ['files.path'], members = {} } = options;
  return {
    kind: 'grant-issued',
    members: ({ timeOf, index }) => ({
      grant: grantId(name),
      request: requestId(name),
      tool: 'files',
      toolDigest: TOOL_DIGEST,
      session: 'session-1',
      maxRisk: risk,
      signals: [...signals],
      ruleSet: RULE_SET,
      policy: POLICY_DIGEST,
      uses: 2,
      expiresAt: timeOf(index).replace('T06', 'T07'),
      issuedBy: ANN,
      ...members,
    }),
    payloads: { arguments: patterns },
  };
}

/** The use of a grant, and the call that it lets run. */
export function grantedCall(grant: string, use: number, options: CallOptions): readonly Item[] {
  return [
    {
      kind: 'grant-used',
      members: { grant: grantId(grant), ...reference(options.call), argsDigest: argsDigestOf(options), use },
    },
    call({
      ...options,
      members: { decision: 'auto', decisionBy: 'similar_match', grant: grantId(grant), ...options.members },
    }),
  ];
}

/** An event that belongs to no call. */
export const event = (name: string): Item => ({
  kind: 'system-event',
  members: { name },
  payloads: { details: { text: `Something happened: ${name} – ✓` } },
});
