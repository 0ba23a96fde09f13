/**
 * The world of the gate's tests: a log in memory, real approvals, a real classifier and a scripted approver.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  type ApprovalRequest,
  type Channel,
  createApprovals,
  createPolicy,
  createScriptedChannel,
  type DecisionInput,
  type PolicyInput,
  policyDigest,
} from '@countersign/approval';
import {
  type CallRecorder,
  CallRefusedError,
  createGate,
  createRedactor,
  createWithAudit,
  EditDesk,
  type GateOptions,
  type LogStore,
  type RedactOptions,
} from '@countersign/audit';
import { createTestLog } from '@countersign/audit/testing';
import { createClassifier } from '@countersign/classification';
import { expect } from 'vitest';
import type { Entry } from '../src/entry/kinds.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { expectSound, kindsOf, payloadsOf, readAll } from './support.js';

export const ADA = { kind: 'person', id: 'ada' } as const;

export const APPROVE: DecisionInput = { decision: 'approved', approver: ADA };

/** Classified as safe, and as destructive. */
export const READ = { name: 'read_file', description: 'Reads a file.' } as const;
export const DELETE = { name: 'delete_file', description: 'Deletes a file.' } as const;

/** What differs from the default world, in which Ada approves everything. */
export interface WorldOptions {
  readonly policy?: Omit<PolicyInput, 'version'>;
  readonly decide?: (request: ApprovalRequest) => DecisionInput | undefined | Promise<DecisionInput | undefined>;
  readonly channels?: readonly Channel[];
  readonly redact?: RedactOptions;
  /** Stands before the memory store of the world. */
  readonly storeOver?: (store: LogStore) => LogStore;
  /** Stands before the log. */
  readonly recorderOver?: (log: CallRecorder) => CallRecorder;
  readonly over?: Partial<GateOptions>;
  readonly onRefused?: 'throw' | 'result';
}

/** Makes the world; its log holds one entry. */
export async function createWorld(options: WorldOptions = {}) {
  const { storeOver = (store) => store, recorderOver = (log) => log, decide = () => APPROVE } = options;
  const store = createMemoryLogStore();
  const { log, signer, environment } = await createTestLog({ store: storeOver(store) });
  const policy = createPolicy({ version: 1, ...options.policy });
  const edits = new EditDesk();
  const failures: unknown[] = [];
  const approvals = createApprovals({
    store: store.approvals,
    journal: log.journal,
    environment,
    edits,
    channels: options.channels ?? [createScriptedChannel(decide)],
    warn: () => undefined,
  }).on('channel-failed', ({ error }) => failures.push(error));
  const parts: GateOptions = {
    classifier: createClassifier({ workspace: '/work' }),
    policy,
    policyDigest: policyDigest(policy, 'rules-1'),
    redactor: createRedactor({ ...options.redact, key: new Uint8Array(32).fill(9) }),
    environment,
    log: log.origin,
    writer: log.writer,
    recorder: recorderOver(log),
    approvals,
    edits,
    ...options.over,
  };
  const gate = createGate(parts);
  return {
    ...parts,
    environment,
    log,
    store,
    signer,
    approvals,
    gate,
    failures,
    withAudit: createWithAudit(gate, { onRefused: options.onRefused ?? 'throw' }),
    kinds: () => kindsOf(store),
    entries: () => readAll(store),
    payloads: (index: number) => payloadsOf(store, index),
    /** The text of every payload. */
    allPayloads: async () =>
      (await store.payloads({ from: 0, to: 1000 })).map(({ bytes }) => Buffer.from(bytes).toString()),
    last: async () => lastOf(store),
    calls: async () => (await log.query({})).calls,
  };
}

export type World = Awaited<ReturnType<typeof createWorld>>;

/** The newest entry with its payloads. */
async function lastOf(store: LogStore): Promise<{ readonly entry: Entry; readonly payloads: Record<string, unknown> }> {
  const entry = (await readAll(store)).at(-1);
  if (entry === undefined) throw new Error('The log is empty.');
  return { entry, payloads: await payloadsOf(store, entry.index) };
}

/** The entries of one kind, with their payloads. */
export async function ofKind<K extends Entry['kind']>(
  world: Pick<World, 'store'>,
  kind: K,
): Promise<readonly (Extract<Entry, { kind: K }> & { readonly values: Record<string, unknown> })[]> {
  const found: (Extract<Entry, { kind: K }> & { readonly values: Record<string, unknown> })[] = [];
  for (const entry of await readAll(world.store)) {
    if (isOfKind(entry, kind)) found.push({ ...entry, values: await payloadsOf(world.store, entry.index) });
  }
  return found;
}

function isOfKind<K extends Entry['kind']>(entry: Entry, kind: K): entry is Extract<Entry, { kind: K }> {
  return entry.kind === kind;
}

/** What a promise rejects with; fails when it does not. */
export async function rejectionOf(promise: Promise<unknown>): Promise<unknown> {
  const missed = Symbol('missed');
  const outcome = await promise.then(
    () => missed,
    (error: unknown) => error,
  );
  if (outcome === missed) throw new Error('The promise was expected to reject, and did not.');
  return outcome;
}

/** Runs a call that must not run; answers the error, after a look at the whole log. */
export async function refusalOf(world: World, call: Parameters<World['gate']['run']>[0]): Promise<unknown> {
  let ran = false;
  const error = await rejectionOf(
    world.gate.run(call, () => {
      ran = true;
    }),
  );
  expect(ran).toBe(false);
  expect(error).toBeInstanceOf(CallRefusedError);
  await expectSound(world.store, world.signer);
  return error;
}

/** Lets everything run that waits for nothing but its turn. */
export async function turns(count = 20): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await nextTurn();
}

/** A promise with its ends. */
export function deferred<T = void>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}
