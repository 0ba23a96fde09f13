/**
 * What several tests of the log need: leaves decoded, and a check of the whole log by the maths alone.
 */

import type { RequestDraft } from '@countersign/approval';
import { callDigest, createId, type Environment, RISK_LEVELS } from '@countersign/core';
import { appendToEdge, EMPTY_EDGE, edgeRoot, encodeBase64, hashLeaf, verifyCheckpoint } from '@countersign/tlog';
import { expect } from 'vitest';
import type { CallSubject } from '../src/call-record.js';
import { verifyEd25519 } from '../src/ed25519.js';
import { decodeEntry } from '../src/entry/encode.js';
import type { Entry } from '../src/entry/kinds.js';
import { sha256 } from '../src/keys/private-key.js';
import type { LocalSigner } from '../src/keys/signer.js';
import { commitPayload } from '../src/payload.js';
import type { LogStore } from '../src/store.js';

/** All entries of a log that still have their text, by the field table. */
export async function readAll(store: LogStore): Promise<readonly Entry[]> {
  const leaves = await store.leaves({ from: 0, limit: 100_000 });
  return leaves.flatMap(({ leaf }) => {
    if (leaf === undefined) return [];
    const decoded = decodeEntry(leaf);
    if (!decoded.ok) throw new Error(`${decoded.code}: ${decoded.message}`);
    return [decoded.entry];
  });
}

/** The kinds of all entries, in order. */
export async function kindsOf(store: LogStore): Promise<readonly string[]> {
  return (await readAll(store)).map(({ kind }) => kind);
}

/** Payload values of one entry, by name. */
export async function payloadsOf(store: LogStore, index: number): Promise<Record<string, unknown>> {
  const payloads = await store.payloads({ from: index, to: index + 1 });
  return Object.fromEntries(payloads.map(({ name, bytes }) => [name, JSON.parse(Buffer.from(bytes).toString())]));
}

/** Expects a sound log: hashes, links, indexes, sequences, totals, times, commitments, tree and signed checkpoint. */
export async function expectSound(store: LogStore, signer: LocalSigner): Promise<void> {
  const leaves = await store.leaves({ from: 0, limit: 100_000 });
  const payloads = await store.payloads({ from: 0, to: 100_000 });
  let totals = { safe: 0, moderate: 0, destructive: 0, critical: 0 };
  const sequences = new Map<string, number>();
  let isAfterGap = false;
  let edge = EMPTY_EDGE;
  let prev = encodeBase64(new Uint8Array(32));
  let time = '';
  for (const { index, leaf, leafHash } of leaves) {
    expect(index).toBe(edge.size);
    if (leaf !== undefined) {
      const decoded = decodeEntry(leaf);
      if (!decoded.ok) throw new Error(`${index}: ${decoded.code}: ${decoded.message}`);
      const { entry } = decoded;
      expect(Buffer.from(hashLeaf(sha256, Buffer.from(leaf))).equals(leafHash)).toBe(true);
      expect([entry.index, entry.prev, entry.log]).toEqual([index, prev, signer.origin]);
      const sequence = sequences.get(entry.writer) ?? 0;
      // Behind purged entries sequences and totals can only be seen not to fall.
      expect(isAfterGap ? entry.writerSeq >= sequence : entry.writerSeq === sequence).toBe(true);
      sequences.set(entry.writer, entry.writerSeq + 1);
      if (entry.kind === 'tool-call' || entry.kind === 'tool-refused') totals[entry.risk] += 1;
      if (isAfterGap)
        for (const level of RISK_LEVELS) expect(entry.totals[level]).toBeGreaterThanOrEqual(totals[level]);
      else expect(entry.totals).toEqual(totals);
      totals = { ...entry.totals };
      if (entry.kind !== 'clock-stepped') expect(entry.time >= time).toBe(true);
      time = entry.time;
      const own = payloads.filter((payload) => payload.index === index);
      expect(Object.fromEntries(own.map((payload) => [payload.name, commitPayload(payload)]))).toEqual(entry.payload);
    }
    isAfterGap ||= leaf === undefined;
    edge = appendToEdge(sha256, edge, leafHash);
    prev = encodeBase64(leafHash);
  }
  const { checkpoint: note } = await store.head();
  const keys = [signer.identity.key, signer.epoch.key];
  const result = verifyCheckpoint({ note, origin: signer.origin, keys, verify: verifyEd25519 });
  if (!result.ok) throw new Error(result.code);
  expect(result.verified.length).toBe(2);
  expect(result.checkpoint.size).toBe(edge.size);
  expect(encodeBase64(result.checkpoint.root)).toBe(encodeBase64(edgeRoot(sha256, edge)));
}

/** The digest by which a request for this call would be approved, under a salt of sevens. */
export function digestOf(log: string, { callId, tool, toolDigest, args, policy }: CallSubject): string {
  return callDigest({ salt: new Uint8Array(16).fill(7), log, callId, tool: tool.name, toolDigest, args, policy });
}

/** The request for a call. */
export function requestOf(
  world: { readonly environment: Environment },
  call: CallSubject,
  over: Partial<RequestDraft> = {},
): RequestDraft {
  const { session, actor } = call.context;
  return {
    id: createId(world.environment),
    callId: call.callId,
    run: call.run,
    ...(session !== undefined && { session }),
    ...(actor !== undefined && { requester: actor }),
    tool: call.tool.name,
    toolDigest: call.toolDigest,
    argsDigest: call.argsDigest ?? '',
    args: call.args,
    redacted: false,
    risk: call.classification.level,
    confidencePercent: 90,
    reversible: call.classification.reversible,
    effects: call.classification.effects,
    signals: ['tool.read'],
    ruleSet: call.classification.ruleSetVersion,
    reasons: call.classification.reasons,
    policy: call.policy,
    rule: call.verdict.rule,
    expiresAtUs: world.environment.nowUs() + 60_000_000,
    ...over,
  };
}
