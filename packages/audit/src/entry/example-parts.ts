/** What the example entries are made of: one call, the people around it, and texts in the form of digests and keys. Pure. */

import { createHash } from 'node:crypto';
import { formatVerifierKey } from '@countersign/tlog';
import { epochKeyName } from '../keys/epoch-name.js';
import { privateKeyOfSeed, verifierKeyOf } from '../keys/private-key.js';
import { ENTRY_KINDS, type Entry, type EntryKind } from './kinds.js';
import type { commonMembers } from './values.js';

/** The log that the examples stand in. */
export const ORIGIN = 'agent-audit.local/00112233445566778899aabbccddeeff';
/** Who calls. */
export const AGENT = { kind: 'agent', id: 'release-agent', role: 'coder' } as const;
/** Who decides. */
export const PERSON = { kind: 'person', id: 'ada@example.com', keyId: 'ada-2026', role: 'operator' } as const;
/** The session of the calls. */
export const SESSION = 'session-12';
/** Which call it is. */
export const REFERENCE = { call: 'call-3', run: id('run') } as const;
/** The members that describe the call. */
export const CALL = {
  ...REFERENCE,
  session: SESSION,
  step: '3',
  plan: 'release-plan',
  actor: AGENT,
  tool: 'run_shell',
  server: 'workspace',
  toolDigest: digest('tool'),
} as const;
/** The effects of the call. */
export const EFFECTS_OF_RM = ['fs.delete', 'exec'] as const;

type Common = { [M in Exclude<keyof typeof commonMembers, 'payload'>]: Entry[M] } & { payload: Record<string, string> };

/** The members that every entry has. Its index is its place in the field table. */
export function common(kind: EntryKind, payloads: readonly string[] = []): Common {
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

/** What is thought of the call. */
export function judged() {
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

function hash(label: string): Buffer {
  return createHash('sha256').update(`countersign example: ${label}`).digest();
}

/** Stands for a digest. */
export function digest(label: string): string {
  return hash(label).toString('base64');
}

/** Stands for a signature; nothing in an example can be verified with a key. */
export function signature(label: string): string {
  return Buffer.concat([hash(`${label} 1`), hash(`${label} 2`)]).toString('base64');
}

/** A UUIDv7 of 2026-11-21T06:11:00Z. */
export function id(label: string): string {
  const hex = hash(label).toString('hex');
  return `01a1fcba-c120-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

/** A private key that goes with a label. */
export function keyOf(label: string) {
  return privateKeyOfSeed(hash(`${label} key`));
}

/** The verifier key of an epoch. */
export function epochKey(epoch: number): string {
  return formatVerifierKey(verifierKeyOf(epochKeyName(ORIGIN, epoch), keyOf(`epoch ${epoch}`)));
}
