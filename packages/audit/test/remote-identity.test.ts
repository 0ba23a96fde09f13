/** A log whose identity key is kept elsewhere: what is signed when, how far that may lie behind, and what a verifier says. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestEnvironment, type TestEnvironment } from '@countersign/core/testing';
import { formatVerifierKey, parseCheckpoint, parseNote } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Anchor, AnchorSubject } from '../src/anchors/anchor.js';
import type { AuditLog } from '../src/audit-log.js';
import { createMemoryEpochKeys } from '../src/keys/epoch-keys.js';
import { noteSignerOf, privateKeyOfSeed } from '../src/keys/private-key.js';
import { createRemoteIdentity, type LagLimits, type RemoteSign } from '../src/keys/remote-identity.js';
import { createMemorySigner, type Signer } from '../src/keys/signer.js';
import { openMark } from '../src/mark.js';
import { createMemoryLogStore, type MemoryLogStore } from '../src/memory-store.js';
import { type AuditLogOptions, openAuditLog } from '../src/open-audit-log.js';
import { sampleCall } from '../src/testing/sample-call.js';

const origin = 'example.test/remote';
const EVENT = { kind: 'system-event', name: 'tick' } as const;
const identity = noteSignerOf(origin, privateKeyOfSeed(new Uint8Array(32).fill(7)));
const verifierKey = formatVerifierKey(identity.key);
const allowed = { decision: 'not_required', decisionBy: 'default:safe' } as const;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-remote-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A signer that is asked over a wire: what it does can be changed, and it counts. */
function createRemote(): { sign: RemoteSign; asked: number; answer: RemoteSign } {
  const remote = {
    asked: 0,
    answer: (async (text) => identity.sign(text)) as RemoteSign,
    sign: (async (text, context) => {
      remote.asked += 1;
      return remote.answer(text, context);
    }) as RemoteSign,
  };
  return remote;
}

interface World {
  readonly remote: ReturnType<typeof createRemote>;
  readonly environment: TestEnvironment;
  readonly store: MemoryLogStore;
  readonly signer: Signer;
  open(over?: Partial<AuditLogOptions>): Promise<AuditLog>;
}

function createWorld(maxLag: LagLimits = {}): World {
  const environment = createTestEnvironment({ seed: 11 });
  const store = createMemoryLogStore();
  const remote = createRemote();
  const first = privateKeyOfSeed(new Uint8Array(32).fill(9));
  const signer: Signer = {
    origin,
    identity: createRemoteIdentity({ verifierKey, sign: remote.sign, maxLag }),
    epochs: createMemoryEpochKeys({ origin, environment, first }),
  };
  const mark = openMark({ path: join(folder, 'mark'), environment });
  const open = (over: Partial<AuditLogOptions> = {}) =>
    openAuditLog({ store, signer, environment, mark, create: true, anchorHeartbeatMs: false, ...over });
  return { remote, environment, store, signer, open };
}

async function settle(): Promise<void> {
  // The mark is a real file: what is written to it needs real time.
  for (let i = 0; i < 60; i += 1) await new Promise((next) => setImmediate(next));
  await new Promise((next) => setTimeout(next, 20));
}

async function pass(environment: TestEnvironment, ms: number): Promise<void> {
  environment.advance(ms);
  await settle();
}

function sampleBegin(callId: string) {
  return { ...sampleCall(origin, { callId }), ...allowed };
}

function sampleFinish(callId: string) {
  return { callId, run: 'run-1', session: 'session-1', tool: 'read_file', outcome: 'ok', durationUs: 1 } as const;
}

const sizeOf = (note: string) => parseCheckpoint(parseNote(note).text).size;
const namesOf = (note: string) => parseNote(note).signatures.map(({ name }) => name);

async function findingsOf(log: AuditLog): Promise<readonly string[]> {
  const report = await log.verify({ key: verifierKey });
  return report.findings.map(({ code }) => code);
}

describe('An identity that is kept elsewhere', () => {
  test('signs the first checkpoint before the log is open, and is said to be elsewhere in the first entry', async () => {
    const { open, store, remote } = createWorld();
    const log = await open();
    expect(remote.asked).toBe(1);
    const [first, record] = await log.entries();
    expect(first?.entry).toMatchObject({ kind: 'log-opened', identity: 'anchor', identityKey: verifierKey });
    expect(record?.entry).toMatchObject({ kind: 'anchor-recorded', anchor: 'identity', name: origin, size: 1 });
    expect(namesOf((await store.head()).checkpoint)).toEqual([`${origin}/epoch/1`]);
    expect(namesOf(await log.checkpoint())).toEqual([origin, `${origin}/epoch/1`]);
    expect(sizeOf(await log.checkpoint())).toBe(1);
    expect(await findingsOf(log)).toEqual([]);
  });

  test('signs once for all commits of a second, and never in the way of one', async () => {
    const { open, remote, environment } = createWorld();
    const log = await open();
    for (let i = 0; i < 20; i += 1) await log.append(EVENT);
    expect(await findingsOf(log)).toEqual(['IDENTITY_BEHIND']);
    expect(remote.asked).toBe(1);
    await pass(environment, 1000);
    expect(remote.asked).toBe(2);
    expect(sizeOf(await log.checkpoint())).toBe(22);
    expect(await findingsOf(log)).toEqual([]);
    for (let i = 0; i < 20; i += 1) await pass(environment, 1000);
    expect(remote.asked).toBe(2);
  });

  test('proves what it has signed, and says of what it has not that it is not signed yet', async () => {
    const { open, environment } = createWorld();
    const log = await open();
    const { index } = await log.append(EVENT);
    await expect(log.receipt(index)).rejects.toMatchObject({ code: 'ENTRY_NOT_SIGNED' });
    await pass(environment, 1000);
    expect((await log.receipt(index)).entries).toHaveLength(1);
    const { completeness } = await log.query({ proofs: true, key: verifierKey });
    expect(completeness?.findings.map(({ code }) => code)).toEqual([]);
  });

  test('is behind for so many entries at most: then no call begins, and all else is recorded', async () => {
    const { open, remote, environment } = createWorld({ maxEntries: 5 });
    const log = await open();
    const begun = await log.begin(sampleBegin('call-1'));
    remote.answer = async () => {
      throw new Error('It is down.');
    };
    for (let i = 0; i < 5; i += 1) await log.append(EVENT);
    await pass(environment, 1000);
    await expect(log.begin(sampleBegin('call-2'))).rejects.toMatchObject({ code: 'SIGNER_BEHIND' });
    await log.finish({ ...sampleFinish('call-1'), begun: begun.index });
    remote.answer = async (text) => identity.sign(text);
    await pass(environment, 300_000);
    await log.begin(sampleBegin('call-2'));
    expect(log.identityLag?.entries).toBeLessThanOrEqual(2);
  });

  test('is behind for so long at most, counted from the oldest entry that waits', async () => {
    const { open, remote, environment } = createWorld({ maxMs: 10_000 });
    const log = await open();
    remote.answer = () => new Promise(() => undefined);
    await log.append(EVENT);
    await pass(environment, 10_000);
    await log.begin(sampleBegin('call-1'));
    await pass(environment, 1);
    await expect(log.begin(sampleBegin('call-2'))).rejects.toMatchObject({ code: 'SIGNER_BEHIND' });
  });

  test('is not believed when it answers something else than its signature', async () => {
    const { open, remote, environment, store } = createWorld();
    const codes: string[] = [];
    const log = await open({ onAnchorFailure: ({ lastFailure = '' }) => void codes.push(lastFailure) });
    const wrong = noteSignerOf(origin, privateKeyOfSeed(new Uint8Array(32).fill(8)));
    const answers: readonly RemoteSign[] = [
      async (text) => wrong.sign(text),
      async () => new Uint8Array(64),
      async () => new Uint8Array(0),
      async (text) => identity.sign(Buffer.concat([text, text])),
    ];
    for (const answer of answers) {
      remote.answer = answer;
      await log.append(EVENT);
      await pass(environment, 300_000);
    }
    expect(new Set(codes)).toEqual(new Set(['SIGNATURE_REFUSED']));
    expect((await store.checkpoints()).filter(({ kept }) => kept).map(({ size }) => size)).toEqual([1]);
  });

  test('that does not sign the first checkpoint keeps the log from being opened, now and later', async () => {
    const { open, remote, environment, store } = createWorld();
    remote.answer = async () => new Uint8Array(64);
    const opening = open();
    opening.catch(() => undefined);
    for (let i = 0; i < 320; i += 1) await pass(environment, 100);
    await expect(opening).rejects.toMatchObject({ code: 'SIGNATURE_REFUSED' });
    expect((await store.checkpoints()).every(({ note }) => !namesOf(note).includes(origin))).toBe(true);
    remote.answer = async (text) => identity.sign(text);
    const log = await open({ create: false });
    expect(await findingsOf(log)).toEqual([]);
  });

  test('signs on closing what is left', async () => {
    const { open } = createWorld();
    const log = await open();
    await log.append(EVENT);
    await log.close();
    expect(sizeOf(await log.checkpoint())).toBe(3);
  });

  test('that hangs does not keep the log from being closed', async () => {
    const { open, remote, environment } = createWorld();
    const log = await open();
    remote.answer = () => new Promise(() => undefined);
    await log.append(EVENT);
    const closing = log.close();
    await settle();
    await pass(environment, 3000);
    await closing;
    expect(sizeOf(await log.checkpoint())).toBe(1);
  });

  test('follows over the end of an epoch, whose seal the next key signs too', async () => {
    const { open, environment, store } = createWorld();
    const log = await open();
    await log.rotateEpoch();
    await log.append(EVENT);
    await log.rotateEpoch();
    const seals = (await store.checkpoints()).map(({ note }) => namesOf(note)).filter(([name]) => name !== origin);
    expect(seals).toEqual([
      [`${origin}/epoch/1`, `${origin}/epoch/2`],
      [`${origin}/epoch/2`, `${origin}/epoch/3`],
    ]);
    const report = await log.verify({ key: verifierKey, strict: true });
    expect(report.findings.map(({ code }) => code)).toEqual(['IDENTITY_BEHIND']);
    await pass(environment, 1000);
    expect(await findingsOf(log)).toEqual([]);
  });

  test('opens at the seal of an epoch with the key of the next', async () => {
    const { open, signer } = createWorld();
    const log = await open();
    await log.rotateEpoch();
    await log.close();
    const again = await open({ create: false, signer });
    await again.append(EVENT);
    expect(again.epoch).toBe(2);
  });

  test('is asked by one of two processes for both', async () => {
    const { open, environment, remote } = createWorld();
    const [one, two] = [await open(), await open()];
    expect(remote.asked).toBe(1);
    await two.append(EVENT);
    await one.append(EVENT);
    for (let i = 0; i < 40; i += 1) await pass(environment, 50);
    expect([one.identityLag?.entries, two.identityLag?.entries]).toEqual([0, 0]);
    expect(await findingsOf(one)).toEqual([]);
  });

  test('gives other anchors what it has signed, and nothing else', async () => {
    const taken: AnchorSubject[] = [];
    const anchor: Anchor = {
      kind: 'list',
      name: 'list',
      intervalMs: 1,
      anchor: async (subject) => void taken.push(subject),
    };
    const { open, environment } = createWorld();
    const log = await open({ anchors: [anchor] });
    await pass(environment, 10);
    for (let i = 0; i < 5; i += 1) {
      await log.append(EVENT);
      await pass(environment, 1000);
    }
    expect(taken.length).toBeGreaterThan(3);
    expect(taken.every(({ note }) => namesOf(note)[0] === origin)).toBe(true);
    // Nobody can check the evidence of a kind that is not known; nothing else is found.
    expect(await findingsOf(log)).toEqual(['ANCHOR_RECEIPT_NOT_CHECKED']);
  });

  test('may not be named as an anchor of the caller', async () => {
    const { open } = createWorld();
    const anchor: Anchor = { kind: 'identity', name: 'x', intervalMs: 1, anchor: async () => undefined };
    await expect(open({ anchors: [anchor] })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  test('is settled with the first entry: a log does not change between here and elsewhere', async () => {
    const { open, environment } = createWorld();
    await (await open()).close();
    const local = { ...createMemorySigner({ origin, environment }), identity };
    await expect(open({ create: false, signer: local })).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
  });

  test('archives what it has signed alone', async () => {
    const { open, environment } = createWorld();
    const log = await open();
    for (let i = 0; i < 3; i += 1) await log.append(EVENT);
    await pass(environment, 1000);
    for (let i = 0; i < 3; i += 1) await log.append(EVENT);
    await pass(environment, 1);
    const archive = (name: string) => join(folder, name);
    const late = log.purge({
      olderThanDays: 0,
      archive: archive('late'),
      reason: 'test',
      by: { kind: 'person', id: 'ada' },
    });
    await expect(late).rejects.toMatchObject({ code: 'ENTRY_NOT_SIGNED' });
    expect(await findingsOf(log)).not.toContain('PURGED');
  });

  test.each([
    ['nonsense', 'KEY_INVALID'],
    [`${origin}+00000000+AQ==`, 'KEY_INVALID'],
  ])('takes no verifier key that is none: %s', (text, code) => {
    expect(() => createRemoteIdentity({ verifierKey: text, sign: async () => new Uint8Array() })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test.each([{ maxEntries: 0 }, { maxEntries: 1.5 }, { maxMs: 999 }, { maxMs: 86_400_001 }])(
    'takes no bound that is none: %o',
    (maxLag) => {
      expect(() => createRemoteIdentity({ verifierKey, sign: async () => new Uint8Array(), maxLag })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    },
  );
});
