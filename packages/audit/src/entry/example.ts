/**
 * One example entry of each kind, always the same: the vectors that pin the bytes are made of them, and tests start from
 * them. Each is valid alone; together they are no log. Pure.
 */

import { createHash } from 'node:crypto';
import { formatVerifierKey } from '@countersign/tlog';
import { epochKeyName, FIRST_EPOCH } from '../keys/epoch-name.js';
import { privateKeyOfSeed, verifierKeyOf } from '../keys/private-key.js';
import { ENTRY_KINDS, type Entry, type EntryKind, type EntryOf } from './kinds.js';
import type { commonMembers } from './values.js';

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

const ORIGIN = 'agent-audit.local/00112233445566778899aabbccddeeff';
const AGENT = { kind: 'agent', id: 'release-agent', role: 'coder' } as const;
const PERSON = { kind: 'person', id: 'ada@example.com', keyId: 'ada-2026', role: 'operator' } as const;
const SESSION = 'session-12';
const REFERENCE = { call: 'call-3', run: id('run') } as const;
const CALL = {
  ...REFERENCE,
  session: SESSION,
  step: '3',
  plan: 'release-plan',
  actor: AGENT,
  tool: 'run_shell',
  server: 'workspace',
  toolDigest: digest('tool'),
} as const;
const EFFECTS_OF_RM = ['fs.delete', 'exec'] as const;

type Common = { [M in Exclude<keyof typeof commonMembers, 'payload'>]: Entry[M] } & { payload: Record<string, string> };

/** The members that every entry has. Its index is its place in the field table. */
function common(kind: EntryKind, payloads: readonly string[] = []): Common {
  const index = ENTRY_KINDS.indexOf(kind);
  return {
    v: 1,
    log: ORIGIN,
    index,
    prev: index === 0 ? Buffer.alloc(32).toString('base64') : digest('previous leaf'),
    writer: id('writer'),
    writerSeq: index,
    id: id(`entry ${index}`),
    time: `2026-11-21T06:11:00.${String(index).padStart(6, '0')}Z`,
    totals:
      index === 0
        ? { safe: 0, moderate: 0, destructive: 0, critical: 0 }
        : { safe: 5, moderate: 3, destructive: 2, critical: 1 },
    payload: Object.fromEntries(payloads.map((name) => [name, digest(`payload ${name}`)])),
  };
}

function judged() {
  const classification = {
    ruleSet: 'rules-1',
    signals: ['shell.rm.force', 'shell.rm.recursive'],
    more: 2,
    effects: [...EFFECTS_OF_RM],
    reversible: 'no' as const,
    confidencePercent: 95,
  };
  return { risk: 'critical' as const, classification, policy: digest('policy') };
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

function approvalExamples(): Pick<ExampleEntries, 'approval-requested' | 'approval-decided' | 'approval-expired'> {
  const request = { request: id('request'), argsDigest: digest('arguments') };
  return {
    'approval-requested': {
      ...common('approval-requested', ['args', 'reasons']),
      kind: 'approval-requested',
      ...request,
      ...CALL,
      ...judged(),
      rule: 'critical-needs-approval',
      redacted: true,
      expiresAt: '2026-11-21T06:16:00.000000Z',
    },
    'approval-decided': {
      ...common('approval-decided', ['editedArgs', 'message', 'reason']),
      kind: 'approval-decided',
      ...request,
      ...REFERENCE,
      decision: 'approved',
      decisionBy: PERSON.id,
      approver: PERSON,
      attestation: 'ed25519',
      channel: 'terminal',
      editedDigest: digest('edited arguments'),
      editedRisk: 'destructive',
      grant: id('grant'),
      signature: signature('decision'),
      signedAt: '2026-11-21T06:11:00.000000Z',
    },
    'approval-expired': {
      ...common('approval-expired'),
      kind: 'approval-expired',
      ...request,
      ...REFERENCE,
      cause: 'timeout',
    },
  };
}

function grantExamples(): Pick<
  ExampleEntries,
  'grant-issued' | 'grant-used' | 'grant-revoked' | 'approver-added' | 'approver-revoked'
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

function hash(label: string): Buffer {
  return createHash('sha256').update(`countersign example: ${label}`).digest();
}

function digest(label: string): string {
  return hash(label).toString('base64');
}

/** Stands for a signature; nothing in an example can be verified with a key. */
function signature(label: string): string {
  return Buffer.concat([hash(`${label} 1`), hash(`${label} 2`)]).toString('base64');
}

/** A UUIDv7 of 2026-11-21T06:11:00Z. */
function id(label: string): string {
  const hex = hash(label).toString('hex');
  return `01a1fcba-c120-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

function keyOf(label: string) {
  return privateKeyOfSeed(hash(`${label} key`));
}

function epochKey(epoch: number): string {
  return formatVerifierKey(verifierKeyOf(epochKeyName(ORIGIN, epoch), keyOf(`epoch ${epoch}`)));
}
