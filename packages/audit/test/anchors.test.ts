/** Anchors: checkpoints leave the store in the background, are kept and recorded, and never hold a commit up. */

import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemEnvironment, encodeBase64 } from '@countersign/core';
import { createTestEnvironment, type TestEnvironment } from '@countersign/core/testing';
import { parseCheckpoint, parseNote, proveConsistency, rangeRoot, verifyConsistency } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Anchor, AnchorError, type AnchorSubject } from '../src/anchors/anchor.js';
import { retryDelayMs } from '../src/anchors/anchor-runner.js';
import { CheckedTree } from '../src/anchors/checked-tree.js';
import { createFileAnchor } from '../src/anchors/file-anchor.js';
import { parseNoteList } from '../src/anchors/note-list.js';
import type { AuditLog } from '../src/audit-log.js';
import { sha256 } from '../src/keys/private-key.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { appendSamples } from '../src/testing/sample-batch.js';
import { createTestLog } from '../src/testing/test-log.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-anchors-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** An anchor that keeps what it is given, and fails while it is told to. */
function createListAnchor(over: Partial<Anchor> = {}): Anchor & { readonly taken: AnchorSubject[]; isDown: boolean } {
  const taken: AnchorSubject[] = [];
  const anchor = {
    kind: 'list',
    name: 'list',
    intervalMs: 10_000,
    taken,
    isDown: false,
    anchor: async (subject: AnchorSubject) => {
      if (anchor.isDown) throw new AnchorError('ANCHOR_UNREACHABLE', 'It is down.');
      taken.push(subject);
      return { taken: taken.length };
    },
    ...over,
  };
  return anchor;
}

async function note(log: AuditLog, name: string): Promise<void> {
  await log.append({ kind: 'system-event', name });
}

/** Lets everything happen that needs no clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 40; i += 1) await new Promise((next) => setImmediate(next));
}

async function pass(environment: TestEnvironment, ms: number): Promise<void> {
  environment.advance(ms);
  await settle();
}

describe('Anchoring', () => {
  test('records what was anchored with its evidence, and keeps that checkpoint for good', async () => {
    const anchor = createListAnchor();
    const { log, store, environment } = await createTestLog({ anchors: [anchor] });
    await pass(environment, 0);
    await note(log, 'one');
    await note(log, 'two');
    const [record] = await log.entries({ kind: 'anchor-recorded' });
    expect(record?.entry).toMatchObject({ anchor: 'list', name: 'list', size: 1 });
    expect(record?.payloads.get('receipt')).toEqual({ taken: 1 });
    const kept = (await store.checkpoints()).filter((checkpoint) => checkpoint.kept);
    expect(kept.map(({ size, note: text }) => [size, text])).toEqual([[1, anchor.taken[0]?.note]]);
    const report = await log.verify({ key: log.identityKey });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('takes the newest checkpoint once in an interval, however many commits there were', async () => {
    const anchor = createListAnchor();
    const { log, environment } = await createTestLog({ anchors: [anchor] });
    await pass(environment, 0);
    for (let i = 0; i < 20; i += 1) await note(log, `event-${i}`);
    await pass(environment, 9_999);
    expect(anchor.taken.length).toBe(1);
    await pass(environment, 1);
    expect(anchor.taken.map(({ checkpoint }) => checkpoint.size)).toEqual([1, 22]);
  });

  test('ends when only records of anchors are behind: two anchors do not keep each other awake', async () => {
    const anchors = [createListAnchor(), createListAnchor({ name: 'other' })];
    const { log, environment } = await createTestLog({ anchors, anchorHeartbeatMs: false });
    await note(log, 'one');
    for (let i = 0; i < 50; i += 1) await pass(environment, 10_000);
    expect(anchors.map(({ taken }) => taken.length)).toEqual([1, 1]);
    expect((await log.stats()).size).toBe(4);
    expect(environment.pendingTimers()).toBe(0);
  });

  test('says at each heartbeat that a quiet log is still there', async () => {
    const anchor = createListAnchor();
    const { log, environment } = await createTestLog({ anchors: [anchor], anchorHeartbeatMs: 60_000 });
    await pass(environment, 0);
    for (let i = 0; i < 40; i += 1) await pass(environment, 10_000);
    const records = await log.entries({ kind: 'anchor-recorded' });
    expect(records.length).toBeGreaterThanOrEqual(5);
    expect(records.length).toBeLessThanOrEqual(8);
  });

  test('is tried again with growing waits, and takes along only what is newest then', async () => {
    const anchor = createListAnchor();
    anchor.isDown = true;
    const failures: string[] = [];
    const { log, environment } = await createTestLog({
      anchors: [anchor],
      onAnchorFailure: ({ lastFailure = '' }) => void failures.push(lastFailure),
    });
    for (let i = 0; i < 30; i += 1) {
      await note(log, `event-${i}`);
      await pass(environment, 10_000);
    }
    expect(failures.length).toBeGreaterThan(5);
    expect(failures.length).toBeLessThan(12);
    expect(new Set(failures)).toEqual(new Set(['ANCHOR_UNREACHABLE']));
    expect(log.anchorStatus()).toMatchObject([
      { kind: 'list', failures: failures.length, lastFailure: 'ANCHOR_UNREACHABLE' },
    ]);
    expect(
      (await log.entries({ kind: 'system-event', limit: 1000 })).filter(
        ({ entry }) => 'name' in entry && entry.name === 'anchor-failed',
      ),
    ).toHaveLength(1);
    anchor.isDown = false;
    await pass(environment, 300_000);
    expect(anchor.taken).toHaveLength(1);
    expect(log.anchorStatus()).toMatchObject([{ size: 32, failures: 0 }]);
  });

  test('waits at random between half and the whole of the doubled time, five minutes at most', () => {
    const environment = createTestEnvironment({ seed: 3 });
    for (let failures = 1; failures < 40; failures += 1) {
      const longest = Math.min(300_000, 1000 * 2 ** (failures - 1));
      const delay = retryDelayMs(failures, environment);
      expect(delay).toBeGreaterThanOrEqual(longest / 2);
      expect(delay).toBeLessThanOrEqual(longest);
    }
  });

  test('never holds a commit up, not even when the anchor never answers', async () => {
    const anchor = createListAnchor({ anchor: () => new Promise(() => undefined) });
    const { log, environment } = await createTestLog({ anchors: [anchor] });
    await pass(environment, 0);
    await note(log, 'one');
    await pass(environment, 30_000);
    expect(log.anchorStatus()).toMatchObject([{ failures: 1, lastFailure: 'ANCHOR_TIMEOUT' }]);
    await note(log, 'two');
    expect((await log.stats()).size).toBe(3);
  });

  test('goes on from what is on record when the log is opened again', async () => {
    const anchor = createListAnchor();
    const { log, environment, reopen } = await createTestLog({ anchors: [anchor] });
    await note(log, 'one');
    await pass(environment, 0);
    await log.close();
    const again = await reopen();
    await pass(environment, 60_000);
    expect(anchor.taken).toHaveLength(1);
    await note(again, 'two');
    await pass(environment, 60_000);
    expect(anchor.taken.map(({ checkpoint }) => checkpoint.size)).toEqual([2, 4]);
  });

  test('is tried a last time when the log is closed', async () => {
    const anchor = createListAnchor();
    const { log, environment } = await createTestLog({ anchors: [anchor] });
    await pass(environment, 0);
    await note(log, 'last');
    await log.close();
    expect(anchor.taken.map(({ checkpoint }) => checkpoint.size)).toEqual([1, 3]);
  });

  test('never shows anybody a root that the stored rows do not have', async () => {
    const inner = createMemoryLogStore();
    let isFlipped = false;
    const store = Object.assign(Object.create(inner), {
      leaves: async (range: { from: number; limit: number }) =>
        (await inner.leaves(range)).map((row) =>
          isFlipped && row.leaf !== undefined ? { ...row, leaf: row.leaf.replace('one', 'onf') } : row,
        ),
    });
    for (const name of ['head', 'exclusive', 'findEntries', 'read'] as const) {
      Object.assign(store, { [name]: inner[name].bind(inner) });
    }
    const anchor = createListAnchor();
    const { log, environment } = await createTestLog({ store, anchors: [anchor] });
    await note(log, 'one');
    isFlipped = true;
    await pass(environment, 0);
    expect(anchor.taken).toEqual([]);
    expect(log.anchorStatus()).toMatchObject([{ lastFailure: 'ANCHOR_ROOT_MISMATCH' }]);
  });

  test('refuses two anchors of one kind and name', async () => {
    await expect(createTestLog({ anchors: [createListAnchor(), createListAnchor()] })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });
});

describe('The tree that is worked out again', () => {
  test('has the roots and proofs of the leaves, at every size and between every two', async () => {
    const store = createMemoryLogStore();
    const total = 1040;
    await appendSamples(
      store,
      Array.from({ length: total }, () => ({})),
    );
    const hashes = (await store.leaves({ from: 0, limit: total })).map(({ leafHash }) => leafHash);
    const reader = { leafHash: (index: number) => hashes[index] ?? new Uint8Array() };
    const tree = new CheckedTree(store);
    const sizes = [1, 2, 255, 256, 257, 300, 511, 512, 513, 768, 1000, 1024, 1025, total];
    for (const to of [...sizes, ...sizes.toReversed()]) {
      const toRoot = await tree.rootAt(to);
      expect(encodeBase64(toRoot)).toBe(encodeBase64(rangeRoot({ hasher: sha256, reader, start: 0, end: to })));
      for (const from of sizes.filter((size) => size <= to)) {
        const proof = await tree.prove(from, to);
        expect(proof.map(encodeBase64)).toEqual(
          proveConsistency({ hasher: sha256, reader, from, to }).map(encodeBase64),
        );
        const fromRoot = rangeRoot({ hasher: sha256, reader, start: 0, end: from });
        expect(verifyConsistency({ hasher: sha256, from, to, fromRoot, toRoot, proof })).toEqual({ ok: true });
      }
    }
  });
});

describe('An anchor file', () => {
  const fileOf = () => join(folder, 'anchors.txt');
  const open = (environment = createTestEnvironment({ seed: 4 })) => {
    const anchor = createFileAnchor({ path: fileOf(), intervalMs: 0 });
    return { anchor, context: { environment, signal: new AbortController().signal } };
  };

  async function filled(): Promise<Awaited<ReturnType<typeof createTestLog>>> {
    const made = await createTestLog({ anchors: [createFileAnchor({ path: fileOf(), intervalMs: 0 })] });
    for (const name of ['one', 'two', 'three']) {
      await note(made.log, name);
      await anchored(made);
    }
    return made;
  }

  /** Writing to the disk needs real time, the timers that lead to it do not. */
  async function anchored({ log, environment }: Awaited<ReturnType<typeof createTestLog>>): Promise<void> {
    const before = (await log.entries({ kind: 'anchor-recorded' })).length;
    while ((await log.entries({ kind: 'anchor-recorded' })).length === before) {
      environment.advance(1);
      await new Promise((next) => setTimeout(next, 1));
    }
  }

  test('grows by one checkpoint each time, and holds notes that any reader takes', async () => {
    const { log } = await filled();
    await log.close();
    const { notes, stray } = parseNoteList(readFileSync(fileOf(), 'utf8'));
    expect(stray).toBe(0);
    const sizes = notes.map(({ checkpoint }) => checkpoint.size);
    expect(sizes.length).toBeGreaterThanOrEqual(3);
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(await log.verify({ key: log.identityKey, against: notes.map((listed) => listed.note) })).toMatchObject({
      completeness: 'ok',
      counts: { errors: 0 },
    });
  });

  test('keeps what a write that was cut off left behind, and goes on after it', async () => {
    const made = await filled();
    const whole = readFileSync(fileOf(), 'utf8');
    appendFileSync(fileOf(), whole.slice(0, 20));
    await note(made.log, 'four');
    await anchored(made);
    await made.log.close();
    const text = readFileSync(fileOf(), 'utf8');
    expect(text.startsWith(whole)).toBe(true);
    const { notes, stray } = parseNoteList(text);
    expect(stray).toBeGreaterThan(0);
    expect(notes.length).toBeGreaterThan(parseNoteList(whole).notes.length);
  });

  test.each(Array.from({ length: 12 }, (_, i) => i * 37))(
    'loses at most one note when it is cut %i bytes before its end',
    async (cut) => {
      const { log } = await filled();
      await log.close();
      const whole = readFileSync(fileOf(), 'utf8');
      const all = parseNoteList(whole).notes;
      const bytes = Buffer.from(whole, 'utf8');
      const { notes } = parseNoteList(bytes.subarray(0, bytes.length - cut).toString('utf8'));
      // A line of a second key may be lost; what is left is a checkpoint all the same.
      expect(all.slice(0, notes.length).map(({ checkpoint }) => checkpoint)).toEqual(
        notes.map(({ checkpoint }) => checkpoint),
      );
      expect(notes.length).toBeGreaterThanOrEqual(all.length - 2);
    },
  );

  test('refuses a log that is behind it, or another of the same size', async () => {
    const { anchor, context } = open();
    const first = await createTestLog({ seed: 5 });
    await note(first.log, 'one');
    const ahead = await first.log.checkpoint();
    const subject = (text: string) => ({
      note: text,
      checkpoint: parseCheckpoint(parseNote(text).text),
      prove: async () => [],
    });
    await anchor.anchor(subject(ahead), context);
    const fork = await createTestLog({ seed: 6 });
    await expect(anchor.anchor(subject(await fork.log.checkpoint()), context)).rejects.toMatchObject({
      code: 'ANCHOR_AHEAD',
    });
    await note(fork.log, 'other');
    await expect(anchor.anchor(subject(await fork.log.checkpoint()), context)).rejects.toMatchObject({
      code: 'ANCHOR_AHEAD',
    });
    const other = await createTestLog({ origin: 'example.test/other' });
    await anchor.anchor(subject(await other.log.checkpoint()), context);
    expect(await anchor.newest?.('example.test/log', context)).toEqual([ahead]);
    const text = await first.log.checkpoint();
    appendFileSync(fileOf(), `\n${text.replace(/\n[0-9]+\n/, '\n99\n')}`);
    expect(await anchor.newest?.('example.test/log', context)).toHaveLength(2);
  });

  test('notices that it was shortened', async () => {
    const { anchor, context } = open();
    const { log } = await createTestLog();
    const text = await log.checkpoint();
    const subject = { note: text, checkpoint: parseCheckpoint(parseNote(text).text), prove: async () => [] };
    await anchor.anchor(subject, context);
    truncateSync(fileOf(), 10);
    await expect(anchor.anchor(subject, context)).rejects.toMatchObject({ code: 'ANCHOR_SHORTENED' });
  });

  test('keeps a log from being opened that was cut back, mark or no mark', async () => {
    const made = await filled();
    await made.log.close();
    const old = createMemoryLogStore();
    await expect(made.reopen({ store: old, create: true })).rejects.toMatchObject({
      code: 'LOG_ROLLED_BACK',
      found: 0,
    });
  });

  test('is written to by several at once without losing a line', async () => {
    const environment = createSystemEnvironment();
    const anchor = createFileAnchor({ path: fileOf() });
    const context = { environment, signal: new AbortController().signal };
    const logs = await Promise.all(
      [0, 1, 2, 3].map((i) => createTestLog({ origin: `example.test/log-${i}`, seed: i })),
    );
    await Promise.all(
      logs.map(async ({ log }) => {
        for (let i = 0; i < 5; i += 1) {
          await note(log, `event-${i}`);
          const text = await log.checkpoint();
          const subject = { note: text, checkpoint: parseCheckpoint(parseNote(text).text), prove: async () => [] };
          await anchor.anchor(subject, context);
        }
      }),
    );
    expect(parseNoteList(readFileSync(fileOf(), 'utf8'))).toMatchObject({ stray: 0, notes: { length: 20 } });
  });
});
