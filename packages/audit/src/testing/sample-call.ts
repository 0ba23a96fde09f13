/**
 * A call for tests. Pure.
 */

import { type Classification, callDigest, type JsonValue, toolDigest } from '@countersign/core';
import type { CallSubject } from '../call-record.js';

/** A classification for tests; `over` replaces members. */
export function sampleClassification(over: Partial<Classification> = {}): Classification {
  return {
    level: 'safe',
    score: 5,
    confidence: 0.9,
    reversible: true,
    effects: ['fs.read'],
    reasons: [{ id: 'tool.read', level: 'safe', text: 'Only reads.', at: { pointer: '/path' } }],
    signals: [
      { id: 'tool.read', level: 'safe', effects: ['fs.read'], reversible: true, confidence: 0.9, text: 'Only reads.' },
    ],
    targets: ['/work/a.txt'],
    parser: { kind: 'none', ok: true, errors: [] },
    ruleSetVersion: 'rules-1',
    ...over,
  };
}

/** A call of a tool named `read_file` in the log `log`; `over` replaces members. */
export function sampleCall(log: string, over: Partial<CallSubject> = {}): CallSubject {
  const tool = over.tool ?? { name: 'read_file', description: 'Reads a file.' };
  const args: JsonValue = over.args ?? { path: '/work/a.txt' };
  const callId = over.callId ?? 'call-1';
  const argsSalt = new Uint8Array(16).fill(7);
  const policy = over.policy ?? POLICY;
  const definition = toolDigest(tool);
  return {
    callId,
    run: 'run-1',
    tool,
    toolDigest: definition,
    context: { session: 'session-1', actor: { kind: 'agent', id: 'builder' } },
    classification: sampleClassification(),
    policy,
    verdict: { verdict: 'allow', rule: 'default:safe', reason: 'Safe calls run.', timeoutMs: 60_000 },
    args,
    argsDigest: callDigest({ salt: argsSalt, log, callId, tool: tool.name, toolDigest: definition, args, policy }),
    argsSalt,
    bound: true,
    ...over,
  };
}

/** The digest of a policy: any 32 bytes will do. */
const POLICY = Buffer.alloc(32, 3).toString('base64');
