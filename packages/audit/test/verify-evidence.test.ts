/**
 * What verification makes of keys, epochs, checkpoints, anchors, purges, and readers that fail.
 */

import { sign } from 'node:crypto';
import { encodeBase64 } from '@countersign/core';
import { appendToEdge, EMPTY_EDGE, edgeRoot, formatCheckpoint, formatVerifierKey, signNote } from '@countersign/tlog';
import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/entry/kinds.js';
import { StoreCorruptError, StoreUnavailableError } from '../src/errors.js';
import { epochKeyName } from '../src/keys/epoch-name.js';
import { noteSignerOf, privateKeyOfSeed, sha256 } from '../src/keys/private-key.js';
import { createSigner, type LocalSigner } from '../src/keys/signer.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import type { LogReader } from '../src/store.js';
import { epochStatementBytes, exitCodeOf, MAX_FINDINGS, type VerifyReport, verifyLog } from '../src/verify/index.js';
import { requestOf } from './support.js';
import { type Evidence, entriesOf, type ForgedEntry, forge, readerOf } from './verify-forge.js';
import {
  beginAllowed,
  callOf,
  finishCall,
  ORIGIN,
  openWorld,
  type World,
  writeMore,
  writeTen,
} from './verify-world.js';

const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);
const DIGEST = Buffer.alloc(32, 5).toString('base64');

async function makeWorld(): Promise<World> {
  const world = await openWorld();
  await writeTen(world);
  return world;
}

/** The root of the first `size` entries of a log. */
async function rootAt({ store }: Pick<World, 'store'>, size: number): Promise<Uint8Array> {
  const leaves = await store.leaves({ from: 0, limit: size });
  return edgeRoot(
    sha256,
    leaves.reduce((edge, { leafHash }) => appendToEdge(sha256, edge, leafHash), EMPTY_EDGE),
  );
}

describe('keys', () => {
  it('of another log, or malformed, are not believed', async () => {
    const world = await makeWorld();
    const other = (await openWorld(createMemoryLogStore(), 5)).key;
    const wrong = await verifyLog(world.store, { key: other });
    expect(codesOf(wrong)).toEqual(expect.arrayContaining(['KEY_MISMATCH', 'CHECKPOINT_SIGNATURE']));
    const unusable = await verifyLog(world.store, { key: 'not a key' });
    expect(codesOf(unusable)).toContain('KEY_UNUSABLE');
    expect(exitCodeOf(unusable)).toBe(4);
  });

  it('that the log itself names wrongly are found', async () => {
    const world = await makeWorld();
    const entries = await entriesOf(world);
    const [first] = entries;
    if (first?.entry.kind !== 'log-opened') throw new Error('another kind');
    entries[0] = { ...first, entry: { ...first.entry, epochKey: world.key } };
    const report = await verifyLog(readerOf(await forge(world, entries)), { key: world.key });
    expect(codesOf(report)).toEqual(expect.arrayContaining(['KEY_WEAK', 'CHECKPOINT_SIGNATURE']));
  });
});

/** Two signers of one log: its own, and that of a second epoch. */
function secondEpoch(world: World) {
  const oldKey = privateKeyOfSeed(new Uint8Array(32).fill(1));
  const newKey = privateKeyOfSeed(new Uint8Array(32).fill(2));
  const identity = world.signer.identity;
  const signerOf = (number: number, key: typeof oldKey) => {
    const epoch = noteSignerOf(epochKeyName(ORIGIN, number), key);
    const signers = [identity, epoch];
    return { epoch, sign: (text: string) => signNote({ text, signers }) };
  };
  return { oldKey, first: signerOf(1, oldKey), second: signerOf(2, newKey) };
}

interface Rotation {
  readonly evidence: Evidence;
  readonly index: number;
}

/** A log with one change of the epoch key in its middle; `over` makes it a bad one. */
async function rotate(
  world: World,
  over: { members?: object; by?: 'old' | 'new'; signerAt?: (size: number) => 1 | 2; seal?: boolean } = {},
): Promise<Rotation> {
  const { oldKey, first, second } = secondEpoch(world);
  const entries = await entriesOf(world);
  const opened = entries[0];
  if (opened?.entry.kind !== 'log-opened') throw new Error('another kind');
  entries[0] = { ...opened, entry: { ...opened.entry, epochKey: formatVerifierKey(first.epoch.key) } };
  const index = 4;
  const before = await forge(world, entries.slice(0, index));
  const root = encodeBase64(edgeRoot(sha256, before.edge));
  const statement = { log: ORIGIN, index, epoch: 2, root, epochKey: formatVerifierKey(second.epoch.key) };
  const key = over.by === 'new' ? privateKeyOfSeed(new Uint8Array(32).fill(2)) : oldKey;
  const proof = sign(null, epochStatementBytes(statement), key).toString('base64');
  const { log: _log, index: _index, ...members } = statement;
  const template = entries[index - 1]?.entry;
  if (template === undefined) throw new Error('no such entry');
  const { v, log, prev, writer, writerSeq, time, totals } = template;
  const common = { v, log, index, prev, writer, writerSeq, time, totals, payload: {} };
  const entry: Entry = {
    ...common,
    id: '019aa000-0000-7000-8000-00000000ffff',
    kind: 'key-epoch',
    ...members,
    proof,
    ...over.members,
  };
  const changed: ForgedEntry[] = [
    ...entries.slice(0, index),
    { entry, payloads: [] },
    ...entries.slice(index).map(shifted),
  ];
  const signerAt = (size: number) => ((over.signerAt?.(size) ?? (size >= index + 2 ? 2 : 1)) === 2 ? second : first);
  return { evidence: await forge(world, changed, { signerAt, kept: over.seal === false ? [] : [index + 1] }), index };
}

/** Outcomes name the index of their call, which has moved by one. */
function shifted({ entry, payloads }: ForgedEntry): ForgedEntry {
  return entry.kind === 'tool-result' ? { entry: { ...entry, begun: entry.begun + 1 }, payloads } : { entry, payloads };
}

describe('epochs', () => {
  it('go on where the old key signs for the new one, and the seal is kept', async () => {
    const world = await openWorld();
    await writeAllowed(world, 4);
    const { evidence } = await rotate(world);
    expect(codesOf(await verifyLog(readerOf(evidence), { key: world.key }))).toEqual(['NO_ANCHOR']);
  });

  it.each([
    ['a proof of the new key itself', 'EPOCH_PROOF_INVALID', { by: 'new' }],
    ['a number that does not follow', 'EPOCH_INVALID', { members: { epoch: 3 } }],
    ['a root of another tree', 'EPOCH_INVALID', { members: { root: DIGEST } }],
    ['a seal by the new key', 'CHECKPOINT_SIGNATURE', { signerAt: (): 1 | 2 => 2 }],
    ['a new size signed by the old key', 'CHECKPOINT_SIGNATURE', { signerAt: (): 1 | 2 => 1 }],
    ['a seal that is missing', 'EPOCH_SEAL_MISSING', { seal: false }],
  ] as const)('do not go on with %s: %s', async (_, code, over) => {
    const world = await openWorld();
    await writeAllowed(world, 4);
    const { evidence } = await rotate(world, over);
    expect(codesOf(await verifyLog(readerOf(evidence), { key: world.key }))).toContain(code);
  });
});

async function writeAllowed(world: World, count: number, name = 'call'): Promise<void> {
  for (let i = 0; i < count; i += 1) {
    const call = callOf(world, `${name}-${i}`);
    await finishCall(world, call, (await beginAllowed(world, call)).index);
  }
}

describe('checkpoints', () => {
  it('are kept where an anchor is on record, and nowhere else', async () => {
    const world = await openWorld();
    const { size, checkpoint: note } = await world.store.head();
    const root = encodeBase64(await rootAt(world, size));
    const record = { kind: 'anchor-recorded', anchor: 'file', name: 'backup', size, root } as const;
    await expect(world.log.append(record)).rejects.toMatchObject({ code: 'ENTRY_INVALID' });
    await world.log.append(record, { size, note });
    const entries = await entriesOf(world);
    const kept = await forge(world, entries, { kept: [size] });
    const found = codesOf(await verifyLog(readerOf(kept), { key: world.key }));
    expect(found).toEqual(['NO_ANCHOR', 'ANCHOR_RECEIPT_NOT_CHECKED']);
    const unsaid = await forge(world, entries, { kept: [1] });
    const unsaidCodes = codesOf(await verifyLog(readerOf(unsaid), { key: world.key }));
    expect(unsaidCodes).toEqual(expect.arrayContaining(['CHECKPOINT_UNEXPECTED', 'CHECKPOINT_MISSING']));
  });

  it('on record with another root are found', async () => {
    const world = await openWorld();
    const { size, checkpoint: note } = await world.store.head();
    const record = { kind: 'anchor-recorded', anchor: 'file', name: 'backup', size, root: DIGEST } as const;
    await world.log.append(record, { size, note });
    expect(codesOf(await verifyLog(world.store, { key: world.key }))).toContain('ANCHOR_RECORD_MISMATCH');
  });

  it('that lack a line of signature are found, and unknown lines only when strict', async () => {
    const world = await makeWorld();
    const stranger = noteSignerOf('example.test/witness', privateKeyOfSeed(new Uint8Array(32).fill(8)));
    const { identity, epoch } = world.signer;
    const signedBy = (signers: Parameters<typeof signNote>[0]['signers']): Pick<LocalSigner, 'sign'> => ({
      sign: (text) => signNote({ text, signers }),
    });
    const entries = await entriesOf(world);
    const verifySigned = async (signers: Parameters<typeof signedBy>[0], strict = false) =>
      codesOf(
        await verifyLog(readerOf(await forge(world, entries, { signerAt: () => signedBy(signers) })), {
          key: world.key,
          strict,
        }),
      );
    expect(await verifySigned([identity])).toContain('CHECKPOINT_SIGNATURE');
    expect(await verifySigned([epoch])).toContain('CHECKPOINT_SIGNATURE');
    expect(await verifySigned([stranger])).toContain('CHECKPOINT_SIGNATURE');
    expect(await verifySigned([identity, epoch, stranger])).toEqual(['NO_ANCHOR']);
    expect(await verifySigned([identity, epoch, stranger], true)).toEqual(['UNKNOWN_SIGNATURE', 'NO_ANCHOR']);
  });
});

describe('marks and anchors', () => {
  it('prove completeness up to the newest of them', async () => {
    const world = await makeWorld();
    const older = await world.log.checkpoint();
    await writeMore(world);
    const report = await verifyLog(world.store, { key: world.key, against: [older] });
    expect([report.completeness, codesOf(report)]).toEqual(['ok', []]);
  });

  it('ahead of the log show that it was cut, and beside it that it was forked', async () => {
    const world = await makeWorld();
    const twin = await makeWorld();
    await writeAllowed(world, 1, 'one');
    const ahead = await world.log.checkpoint();
    const cut = await verifyLog(twin.store, { key: twin.key, mark: ahead });
    expect(codesOf(cut)).toEqual(['LOG_TRUNCATED']);
    expect([cut.completeness, cut.integrity]).toEqual(['failed', 'ok']);
    await writeAllowed(twin, 1, 'other');
    const forked = await verifyLog(twin.store, { key: twin.key, mark: ahead });
    expect(codesOf(forked)).toEqual(['LOG_FORKED']);
    expect([forked.completeness, forked.integrity]).toEqual(['failed', 'failed']);
  });

  it('of an empty log show that all of it is gone', async () => {
    const world = await makeWorld();
    const report = await verifyLog(createMemoryLogStore(), { key: world.key, mark: await world.log.checkpoint() });
    expect(codesOf(report)).toEqual(['EMPTY_LOG', 'LOG_TRUNCATED']);
    expect(exitCodeOf(report)).toBe(3);
  });

  it('that are forged or of another log are found', async () => {
    const world = await makeWorld();
    const { size } = await world.store.head();
    const text = formatCheckpoint({ origin: ORIGIN, size, root: await rootAt(world, size), extensions: [] });
    const seed = new Uint8Array(32).fill(3);
    const forger = createSigner({
      origin: ORIGIN,
      identityKey: privateKeyOfSeed(seed),
      epochKey: privateKeyOfSeed(seed),
      epoch: 1,
    });
    const forged = await verifyLog(world.store, { key: world.key, mark: forger.sign(text) });
    expect(codesOf(forged)).toEqual(['ANCHOR_INVALID']);
    expect(codesOf(await verifyLog(world.store, { key: world.key, against: ['nonsense'] }))).toEqual([
      'ANCHOR_INVALID',
    ]);
    const foreign = world.signer.sign(text.replace(ORIGIN, 'example.test/elsewhere'));
    expect(codesOf(await verifyLog(world.store, { key: world.key, mark: foreign }))).toEqual(['ANCHOR_OF_OTHER_LOG']);
  });

  it('that are missing or leave old entries uncovered are a warning', async () => {
    const world = await makeWorld();
    const missing = await verifyLog(world.store, { key: world.key, markExpected: true });
    expect(codesOf(missing)).toEqual(['MARK_MISSING', 'NO_ANCHOR']);
    const mark = await world.log.checkpoint();
    await writeAllowed(world, 1);
    const nowUs = world.environment.nowUs() + 60_000_000;
    const old = await verifyLog(world.store, { key: world.key, mark, nowUs, maxAnchorAgeMs: 59_000 });
    expect(codesOf(old)).toEqual(['ANCHOR_OLD']);
    expect(old.completeness).toBe('ok');
    const young = await verifyLog(world.store, { key: world.key, mark, nowUs, maxAnchorAgeMs: 61_000 });
    expect(codesOf(young)).toEqual([]);
  });
});

describe('purges', () => {
  async function purged(): Promise<World> {
    const world = await makeWorld();
    await writeAllowed(world, 3);
    world.environment.advance(40 * 24 * 3600 * 1000);
    await writeAllowed(world, 1, 'young');
    await world.log.purge({ olderThanDays: 30 });
    return world;
  }

  it('leave a log that verifies, with old anchors too', async () => {
    const world = await makeWorld();
    await writeAllowed(world, 3);
    const mark = await world.log.checkpoint();
    world.environment.advance(40 * 24 * 3600 * 1000);
    await writeAllowed(world, 1, 'young');
    await world.log.purge({ olderThanDays: 30 });
    await writeAllowed(world, 1, 'younger');
    const report = await verifyLog(world.store, { key: world.key, mark });
    expect(codesOf(report)).toEqual([]);
    expect(report.completeness).toBe('ok');
    expect(report.entries.purged).toBeGreaterThan(5);
    world.environment.advance(40 * 24 * 3600 * 1000);
    await world.log.purge({ olderThanDays: 30 });
    expect(codesOf(await verifyLog(world.store, { key: world.key, mark }))).toEqual([]);
  });

  it('do not cover what is gone beyond them', async () => {
    const world = await purged();
    const size = (await world.store.head()).size;
    for (let index = 0; index < size - 1; index += 1) {
      const source = withLeaves(world.store, (leaf) => {
        const { leaf: _, ...rest } = leaf;
        return leaf.index === index ? rest : leaf;
      });
      const [row] = await world.store.leaves({ from: index, limit: 1 });
      const codes = codesOf(await verifyLog(source, { key: world.key }));
      if (row?.leaf !== undefined) expect(codes).toContain(index === 0 ? 'LOG_NOT_OPENED' : 'ENTRY_MISSING');
    }
  });

  it('that left content behind are incomplete when newest, and tampering when not', async () => {
    const world = await makeWorld();
    await writeAllowed(world, 2);
    const before = await world.store.leaves({ from: 0, limit: 1000 });
    world.environment.advance(40 * 24 * 3600 * 1000);
    await writeAllowed(world, 1, 'young');
    await world.log.purge({ olderThanDays: 30 });
    const restored = withLeaves(world.store, (leaf) => before[leaf.index] ?? leaf);
    const newest = await verifyLog(restored, { key: world.key });
    expect(newest.findings).toContainEqual(expect.objectContaining({ code: 'PURGE_INCOMPLETE', severity: 'warning' }));
    world.environment.advance(40 * 24 * 3600 * 1000);
    await writeAllowed(world, 1, 'younger');
    await world.log.purge({ olderThanDays: 30 });
    const older = await verifyLog(restored, { key: world.key });
    expect(codesOf(older)).toContain('PURGED_CONTENT_PRESENT');
  });

  it('whose statements were widened, narrowed or given another root are found', async () => {
    const world = await purged();
    for (const over of [{ from: 0 }, { from: 3 }, { removed: 1 }, { kept: [3] }, { root: DIGEST }]) {
      const source = withLeaves(world.store, (leaf) => leaf);
      const changed = await resigned(world, source, over);
      expect(codesOf(await verifyLog(changed, { key: world.key }))).toContain('PURGE_INVALID');
    }
  });
});

/** A reader whose leaves are changed on the way. */
function withLeaves(
  source: LogReader,
  alter: (leaf: Awaited<ReturnType<LogReader['leaves']>>[number]) => typeof leaf,
): LogReader {
  return { ...readThrough(source), leaves: async (range) => (await source.leaves(range)).map(alter) };
}

function readThrough(source: LogReader): LogReader {
  return {
    head: () => source.head(),
    leaves: (range) => source.leaves(range),
    payloads: (range) => source.payloads(range),
    checkpoints: () => source.checkpoints(),
    requestRows: (page) => source.requestRows(page),
    grantRows: (page) => source.grantRows(page),
    inspect: () => source.inspect(),
  };
}

/** The log with its newest entry, a purge's statement, changed and signed again. */
async function resigned({ signer }: World, source: LogReader, over: object): Promise<LogReader> {
  const { encodeEntry, decodeEntry } = await import('../src/entry/encode.js');
  const { encodeEdge, hashLeaf } = await import('@countersign/tlog');
  const leaves = [...(await source.leaves({ from: 0, limit: 1000 }))];
  const last = leaves.pop();
  const decoded = decodeEntry(last?.leaf ?? '');
  if (!decoded.ok || decoded.entry.kind !== 'entries-purged') throw new Error('the newest entry is another');
  const leaf = encodeEntry({ ...decoded.entry, ...over });
  leaves.push({ index: leaves.length, leaf, leafHash: hashLeaf(sha256, Buffer.from(leaf)) });
  const edge = leaves.reduce((before, { leafHash }) => appendToEdge(sha256, before, leafHash), EMPTY_EDGE);
  const text = formatCheckpoint({ origin: ORIGIN, size: edge.size, root: edgeRoot(sha256, edge), extensions: [] });
  const checkpoint = signer.sign(text);
  return {
    ...readThrough(source),
    head: async () => ({ size: edge.size, edge: encodeEdge(edge), checkpoint }),
    leaves: async ({ from, limit }) => leaves.slice(Math.max(from, 0), Math.max(from, 0) + limit),
    checkpoints: async () => [{ size: edge.size, note: checkpoint, kept: false }],
  };
}

describe('readers that fail', () => {
  const METHODS = ['head', 'leaves', 'payloads', 'checkpoints', 'requestRows', 'grantRows', 'inspect'] as const;

  it.each(METHODS)(
    'in %s make the verification incomplete when the store is away, and damaged otherwise',
    async (method) => {
      const world = await makeWorld();
      const failing = (error: unknown): LogReader => ({
        ...readThrough(world.store),
        [method]: async () => {
          throw error;
        },
      });
      const away = await verifyLog(failing(new StoreUnavailableError('STORE_LOCKED', 'locked')), { key: world.key });
      expect(codesOf(away)).toContain('VERIFICATION_INCOMPLETE');
      expect([exitCodeOf({ ...away, counts: { ...away.counts, errors: 0 } }), away.integrity === 'ok']).toEqual([
        4,
        false,
      ]);
      for (const error of [new StoreCorruptError('STORE_DAMAGED', 'damaged'), new TypeError('secret'), 'text']) {
        const damaged = await verifyLog(failing(error), { key: world.key });
        expect(codesOf(damaged)).toContain('STORE_DAMAGED');
        expect(damaged.integrity).toBe('failed');
        expect(JSON.stringify(damaged)).not.toContain('secret');
      }
    },
  );

  it('for one row lose that row alone', async () => {
    const world = await makeWorld();
    const source: LogReader = {
      ...readThrough(world.store),
      leaves: async (range) => {
        const rows = await world.store.leaves(range);
        if (rows.some(({ index }) => index === 4)) throw new StoreCorruptError('STORE_DAMAGED', 'damaged');
        return rows;
      },
    };
    const report = await verifyLog(source, { key: world.key });
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'STORE_DAMAGED', index: 4 }));
    expect(report.findings).toContainEqual(expect.objectContaining({ code: 'ENTRY_MISSING', index: 4 }));
    expect(report.entries.checked).toBe(9);
  });
});

describe('the list of findings', () => {
  it(`is cut at ${MAX_FINDINGS}, says so, and counts them all`, async () => {
    const world = await openWorld();
    await writeAllowed(world, 600);
    const spoilt = withLeaves(world.store, (leaf) => ({ ...leaf, leafHash: new Uint8Array(32) }));
    const report = await verifyLog(spoilt, { key: world.key });
    expect(report.findings).toHaveLength(MAX_FINDINGS + 1);
    expect(report.findings.at(-1)?.code).toBe('FINDINGS_CUT');
    expect(report.counts.errors).toBeGreaterThan(MAX_FINDINGS);
    expect(exitCodeOf(report)).toBe(3);
  });
});

describe('rows that hold more than the log', () => {
  it('are compared by the digest in the preview', async () => {
    const world = await openWorld();
    const long = callOf(world, 'long', { level: 'critical', args: { text: 'x'.repeat(100_000) } });
    await world.log.journal.record({ kind: 'requested', request: requestOf(world, long) });
    expect(codesOf(await verifyLog(world.store, { key: world.key }))).toEqual(['NO_ANCHOR']);
    const changed: LogReader = {
      ...readThrough(world.store),
      requestRows: async (page) =>
        (await world.store.requestRows(page)).map((row) => ({
          ...row,
          request: { ...row.request, args: { text: `y${'x'.repeat(99_999)}` } },
        })),
    };
    expect(codesOf(await verifyLog(changed, { key: world.key }))).toEqual(['ROW_MISMATCH', 'NO_ANCHOR']);
  });
});

describe('a log that others write to meanwhile', () => {
  it('is verified as it stood at one moment', async () => {
    const world = await makeWorld();
    let writes = 0;
    const busy: LogReader = {
      ...readThrough(world.store),
      leaves: async (range) => {
        writes += 1;
        const rows = await world.store.leaves(range);
        if (writes < 6) await writeAllowed(world, 1, `busy-${writes}`);
        return rows;
      },
      requestRows: async (page) => {
        writes += 1;
        if (writes < 12) {
          const call = callOf(world, `asks-${writes}`, { level: 'critical' });
          await world.log.journal.record({ kind: 'requested', request: requestOf(world, call) });
        }
        return world.store.requestRows(page);
      },
    };
    const report = await verifyLog(busy, { key: world.key });
    expect(codesOf(report)).toEqual(['NO_ANCHOR']);
    expect(report.size).toBe((await world.store.head()).size);
  });
});
