/**
 * One example entry of each kind, always the same: the vectors that pin the bytes are made of them, and tests start from
 * them. Each is valid alone; together they are no log. Pure.
 */

import { formatVerifierKey } from '@countersign/tlog';
import { FIRST_EPOCH } from '../keys/epoch-name.js';
import { verifierKeyOf } from '../keys/private-key.js';
import { approvalExamples } from './example-approvals.js';
import {
  AGENT,
  CALL,
  common,
  digest,
  epochKey,
  id,
  judged,
  keyOf,
  ORIGIN,
  PERSON,
  REFERENCE,
  SESSION,
  signature,
} from './example-parts.js';
import type { EntryKind, EntryOf } from './kinds.js';

/** The examples by kind. */
export type ExampleEntries = { readonly [K in EntryKind]: EntryOf<K> };

/** The example of one kind, with all the optional members that go together. */
export function exampleEntry<K extends EntryKind>(kind: K): ExampleEntries[K] {
  return exampleEntries()[kind];
}

/** One example of each kind. */
export function exampleEntries(): ExampleEntries {
  return { ...otherExamples(), ...eventExamples() };
}

function callExamples(): Pick<ExampleEntries, 'tool-call' | 'tool-result' | 'tool-refused'> {
  const verdict = { rule: 'critical-needs-approval', verdict: 'require-approval' as const };
  const begun = { ...CALL, ...judged(), ...verdict, argsDigest: digest('arguments'), bound: true };
  return {
    'tool-call': {
      ...common('tool-call', ['args', 'argsSalt', 'reasons']),
      kind: 'tool-call',
      ...begun,
      decision: 'approved',
      decisionBy: PERSON.id,
      approvalTimeUs: 4_200_000,
      request: id('request'),
    },
    'tool-result': {
      ...common('tool-result', ['result']),
      kind: 'tool-result',
      ...REFERENCE,
      session: SESSION,
      tool: CALL.tool,
      begun: 1,
      outcome: 'ok',
      success: true,
      durationUs: 51_300,
      lossy: true,
    },
    'tool-refused': {
      ...common('tool-refused', ['args', 'argsSalt', 'message', 'reasons']),
      kind: 'tool-refused',
      ...begun,
      decision: 'rejected',
      decisionBy: PERSON.id,
      approvalTimeUs: 1_000_000,
      request: id('request'),
      outcome: 'refused',
      success: false,
      code: 'APPROVAL_REJECTED',
    },
  };
}

function grantExamples(): Pick<
  ExampleEntries,
  | 'grant-issued'
  | 'grant-used'
  | 'grant-revoked'
  | 'approver-added'
  | 'approver-revoked'
  | 'approver-delegated'
  | 'delegation-revoked'
> {
  const grant = { grant: id('grant') };
  const key = formatVerifierKey(verifierKeyOf('approver/ada-2026', keyOf('approver')));
  return {
    'grant-issued': {
      ...common('grant-issued', ['arguments']),
      kind: 'grant-issued',
      ...grant,
      request: id('request'),
      tool: CALL.tool,
      server: CALL.server,
      toolDigest: CALL.toolDigest,
      session: SESSION,
      maxRisk: 'destructive',
      signals: ['shell.rm.force'],
      ruleSet: 'rules-1',
      policy: digest('policy'),
      uses: 5,
      expiresAt: '2026-11-21T07:11:00.000000Z',
      issuedBy: PERSON,
    },
    'grant-used': {
      ...common('grant-used'),
      kind: 'grant-used',
      ...grant,
      ...REFERENCE,
      argsDigest: digest('arguments'),
      use: 1,
    },
    'grant-revoked': { ...common('grant-revoked', ['reason']), kind: 'grant-revoked', ...grant, by: PERSON },
    'approver-added': {
      ...common('approver-added', ['reason']),
      kind: 'approver-added',
      approver: PERSON,
      key,
      maxRisk: 'destructive',
      tools: ['run_*'],
      sessions: ['session-*'],
      expiresAt: '2026-12-21T06:11:00.000000Z',
      by: { kind: 'person', id: 'grace@example.com' },
    },
    'approver-revoked': {
      ...common('approver-revoked', ['reason']),
      kind: 'approver-revoked',
      approver: PERSON,
      key,
      by: { kind: 'person', id: 'grace@example.com' },
    },
    'approver-delegated': {
      ...common('approver-delegated', ['reason']),
      kind: 'approver-delegated',
      delegation: id('delegation'),
      by: PERSON,
      approver: { kind: 'person', id: 'bob@example.com' },
      key,
      maxRisk: 'destructive',
      tools: ['run_*'],
      sessions: ['nightly-*'],
      expiresAt: '2026-12-21T06:00:00.000000Z',
      signature: signature('delegation'),
    },
    'delegation-revoked': {
      ...common('delegation-revoked', ['reason']),
      kind: 'delegation-revoked',
      delegation: id('delegation'),
      by: PERSON,
    },
  };
}

type LogKind = 'log-opened' | 'key-epoch' | 'policy-changed' | 'config-changed' | 'clock-stepped' | 'anchor-recorded';

function logExamples(): Pick<ExampleEntries, LogKind> {
  const change = { previous: digest('before'), by: PERSON };
  return {
    'log-opened': {
      ...common('log-opened', ['reason']),
      kind: 'log-opened',
      identityKey: formatVerifierKey(verifierKeyOf(ORIGIN, keyOf('identity'))),
      epochKey: epochKey(FIRST_EPOCH),
      software: 'countersign/0.1.0',
      parent: { log: 'agent-audit.local/ffeeddccbbaa99887766554433221100', size: 812, root: digest('parent root') },
      by: PERSON,
    },
    'key-epoch': {
      ...common('key-epoch'),
      kind: 'key-epoch',
      epoch: FIRST_EPOCH + 1,
      epochKey: epochKey(FIRST_EPOCH + 1),
      root: digest('root'),
      proof: signature('epoch'),
    },
    'policy-changed': {
      ...common('policy-changed', ['policy', 'reason']),
      kind: 'policy-changed',
      policy: digest('policy'),
      ...change,
    },
    'config-changed': {
      ...common('config-changed', ['config', 'reason']),
      kind: 'config-changed',
      config: digest('config'),
      ...change,
      override: true,
    },
    'clock-stepped': { ...common('clock-stepped'), kind: 'clock-stepped', stepUs: -3_600_000_000 },
    'anchor-recorded': {
      ...common('anchor-recorded', ['receipt']),
      kind: 'anchor-recorded',
      anchor: 'file',
      name: 'offsite',
      size: 12,
      root: digest('root'),
    },
  };
}

type RetentionKind = 'entries-purged' | 'payload-erased' | 'hold-placed' | 'hold-released';

function retentionExamples(): Pick<ExampleEntries, RetentionKind> {
  return {
    'entries-purged': {
      ...common('entries-purged', ['reason']),
      kind: 'entries-purged',
      what: 'entries',
      from: 0,
      to: 12,
      kept: [0, 4, 11],
      removed: 9,
      root: digest('root'),
      policy: 'older-than-days:7',
      by: PERSON,
      newest: '2026-11-13T09:30:00.000000Z',
      archive: digest('archive'),
      override: true,
    },
    'payload-erased': {
      ...common('payload-erased', ['reason']),
      kind: 'payload-erased',
      target: 4,
      name: 'args',
      by: PERSON,
    },
    'hold-placed': {
      ...common('hold-placed', ['reason']),
      kind: 'hold-placed',
      hold: id('hold'),
      session: SESSION,
      from: 0,
      to: 12,
      by: PERSON,
    },
    'hold-released': { ...common('hold-released', ['reason']), kind: 'hold-released', hold: id('hold'), by: PERSON },
  };
}

type EventKind = Exclude<EntryKind, keyof ReturnType<typeof otherExamples>>;

function otherExamples() {
  return { ...callExamples(), ...approvalExamples(), ...grantExamples(), ...logExamples(), ...retentionExamples() };
}

function eventExamples(): Pick<ExampleEntries, EventKind> {
  const event = { actor: AGENT, session: SESSION };
  const details = ['details'];
  return {
    'judge-opinion': {
      ...common('judge-opinion', ['reason']),
      kind: 'judge-opinion',
      ...REFERENCE,
      judge: 'second-opinion',
      level: 'critical',
      previous: 'destructive',
    },
    'code-execution': {
      ...common('code-execution', details),
      kind: 'code-execution',
      ...event,
      name: 'python',
      success: true,
      durationUs: 90_000,
    },
    'security-assessment': {
      ...common('security-assessment', details),
      kind: 'security-assessment',
      ...event,
      name: 'dependency-scan',
      risk: 'moderate',
    },
    'container-created': {
      ...common('container-created', details),
      kind: 'container-created',
      ...event,
      name: 'sandbox-1',
      success: true,
    },
    'resource-violation': {
      ...common('resource-violation', details),
      kind: 'resource-violation',
      ...event,
      name: 'memory',
    },
    'security-event': {
      ...common('security-event', details),
      kind: 'security-event',
      ...event,
      name: 'egress-blocked',
      severity: 'warning',
    },
    'system-event': { ...common('system-event', details), kind: 'system-event', ...event, name: 'started' },
    'model-call': {
      ...common('model-call', details),
      kind: 'model-call',
      ...event,
      name: 'model-1',
      success: true,
      durationUs: 1_200_000,
    },
    authorization: {
      ...common('authorization', details),
      kind: 'authorization',
      ...event,
      name: 'deploy',
      allowed: false,
    },
  };
}
