/** Receipts: made from a log, verified without it, and refused after any change. */

import { encodeBase64, type JsonValue } from '@countersign/core';
import {
  type CosignatureSigner,
  cosign,
  createVerifierKey,
  formatCosignatures,
  formatVerifierKey,
  KEY_TYPES,
  parseCheckpoint,
  parseLogProof,
  parseNote,
  parseWitnessPolicy,
  signNote,
  type WitnessPolicy,
} from '@countersign/tlog';
import { beforeAll, describe, expect, it } from 'vitest';
import { noteSignerOf, privateKeyOfSeed, sha256 } from '../src/keys/private-key.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import {
  type ConsistencyReceipt,
  formatReceipt,
  type Receipt,
  type ReceiptEntry,
  type ReceiptReport,
  readReceipt,
  verifyReceipt,
} from '../src/verify/index.js';
import { beginAllowed, callOf, finishCall, openWorld, type World, writeMore, writeTen } from './verify-world.js';

let world: World;
let receipt: Receipt;
/** Checkpoints by size: what an auditor may have kept. */
const kept = new Map<number, string>();

beforeAll(async () => {
  const store = createMemoryLogStore();
  const exclusive = store.exclusive.bind(store);
  store.exclusive = async (...args) => {
    await exclusive(...args);
    const { size, checkpoint } = await store.head();
    kept.set(size, checkpoint);
  };
  world = await openWorld(store);
  await writeTen(world);
  await writeMore(world);
  receipt = await world.log.receipt('risky-1');
});

const codesOf = ({ findings }: ReceiptReport) => findings.map(({ code }) => code);
const verify = (input: unknown, against: readonly string[] = []) => verifyReceipt(input, { key: world.key, against });

function entryAt(of: Receipt, at: number): ReceiptEntry {
  const entry = of.entries[at];
  if (entry === undefined) throw new Error(`no entry ${at}`);
  return entry;
}

function checkpointOf(size: number): string {
  const note = kept.get(size);
  if (note === undefined) throw new Error(`no checkpoint of ${size}`);
  return note;
}

/** The receipt with one entry changed. */
function changed(at: number, over: Partial<ReceiptEntry>): Receipt {
  return { ...receipt, entries: receipt.entries.map((entry, i) => (i === at ? { ...entry, ...over } : entry)) };
}

describe('a receipt', () => {
  it('of a call holds its begin and its result, with their payloads, and verifies by the key alone', () => {
    const report = verify(formatReceipt(receipt));
    expect(codesOf(report)).toEqual([]);
    expect(report).toMatchObject({ integrity: 'ok', completeness: 'not-checked', authority: 'not-checked' });
    expect(report).toMatchObject({ kind: 'receipt', log: world.log.origin, keySource: 'pinned' });
    const [begin, result] = report.entries;
    expect(begin?.entry).toMatchObject({ kind: 'tool-call', call: 'risky-1', decision: 'approved' });
    expect(begin?.payloads.args).toEqual({ path: '/work/notes/a.txt' });
    expect(result?.entry).toMatchObject({ kind: 'tool-result', begun: begin?.index });
    expect(result?.payloads).toEqual({ result: { text: 'done', n: 1.5 } });
    expect(report.checkpoint).toBe(checkpointOf(report.size ?? 0));
  });

  it('of an index that is no call holds that entry alone', async () => {
    const report = verify(await world.log.receipt(0));
    expect(report.entries.map(({ entry }) => entry.kind)).toEqual(['log-opened']);
    const { id } = (await world.log.entry(3)).entry;
    expect(verify(await world.log.receipt(id)).entries.map(({ index }) => index)).toEqual([3]);
  });

  it('may leave payloads out, and says which', async () => {
    const redacted = await world.log.receipt('risky-1', { without: ['args', 'argsSalt'] });
    expect(formatReceipt(redacted)).not.toContain('/work/notes/a.txt');
    const report = verify(redacted);
    expect(report.integrity).toBe('ok');
    expect(codesOf(report)).toEqual(['PAYLOAD_WITHHELD', 'PAYLOAD_WITHHELD']);
    expect(report.entries[0]?.withheld.toSorted()).toEqual(['args', 'argsSalt']);
  });

  it('can be had of every entry of the log', async () => {
    const { size } = await world.store.head();
    for (let index = 0; index < size; index += 1) {
      expect(codesOf(verify(await world.log.receipt(index))), `entry ${index}`).toEqual([]);
    }
  });

  it('holds the C2SP proof verbatim', () => {
    const { proof } = entryAt(receipt, 0);
    const parsed = parseLogProof(proof);
    expect(proof.startsWith('c2sp.org/tlog-proof@v1\nindex 5\n')).toBe(true);
    expect(parsed.checkpoint).toBe(checkpointOf(kept.size === 0 ? 0 : Math.max(...kept.keys())));
  });

  it('cannot be had of what is not there, or of several calls of one id', async () => {
    for (const id of [10_000, -1, 1.5, 'nobody']) {
      await expect(world.log.receipt(id), String(id)).rejects.toMatchObject({ code: 'ENTRY_NOT_FOUND' });
    }
    const other = await openWorld(createMemoryLogStore(), 12);
    const first = callOf(other, 'twice');
    await beginAllowed(other, { ...first, run: 'run-a' });
    await beginAllowed(other, { ...first, run: 'run-b' });
    await expect(other.log.receipt('twice')).rejects.toMatchObject({ code: 'CALL_AMBIGUOUS' });
    const one = await other.log.receipt('twice', { run: 'run-b' });
    expect(verifyReceipt(one, { key: other.key }).entries[0]?.entry).toMatchObject({ run: 'run-b' });
  });
});

describe('a receipt is refused', () => {
  const { args, salt } = { args: '{"path":"/etc/passwd"}', salt: encodeBase64(new Uint8Array(16)) };

  it.each<readonly [string, () => unknown, string]>([
    ['for another leaf', () => changed(0, { leaf: entryAt(receipt, 1).leaf }), 'PROOF_INVALID'],
    ['for a leaf with another risk', () => changed(0, { leaf: withRisk(entryAt(receipt, 0).leaf) }), 'PROOF_INVALID'],
    ['for a leaf with a space more', () => changed(0, { leaf: `${entryAt(receipt, 0).leaf} ` }), 'ENTRY_NOT_CANONICAL'],
    ['for a leaf that is no entry', () => changed(0, { leaf: '{}' }), 'ENTRY_UNKNOWN_VERSION'],
    ['for the proof of another entry', () => changed(0, { proof: entryAt(receipt, 1).proof }), 'PROOF_INVALID'],
    [
      'for another payload',
      () => withPayload((payload) => ({ ...payload, json: args })),
      'PAYLOAD_COMMITMENT_MISMATCH',
    ],
    ['for a payload under another salt', () => withPayload((p) => ({ ...p, salt })), 'PAYLOAD_COMMITMENT_MISMATCH'],
    ['for a salt that is none', () => withPayload((p) => ({ ...p, salt: 'AAAA' })), 'PAYLOAD_SALT_INVALID'],
    ['for a salt that is no base64', () => withPayload((p) => ({ ...p, salt: '?' })), 'PAYLOAD_SALT_INVALID'],
    ['for a payload of another name', () => withPayload((p) => ({ ...p, name: 'nobody' })), 'PAYLOAD_UNEXPECTED'],
    ['for a payload twice', () => changed(0, { payloads: doubled(entryAt(receipt, 0)) }), 'PAYLOAD_UNEXPECTED'],
    [
      'without a result between its entries',
      () => ({ ...receipt, entries: receipt.entries.toReversed() }),
      'RECEIPT_INVALID',
    ],
    [
      'with one entry twice',
      () => ({ ...receipt, entries: [entryAt(receipt, 0), entryAt(receipt, 0)] }),
      'RECEIPT_INVALID',
    ],
    ['without entries', () => ({ ...receipt, entries: [] }), 'RECEIPT_INVALID'],
    [
      'with three entries',
      () => ({ ...receipt, entries: [...receipt.entries, ...receipt.entries] }),
      'RECEIPT_INVALID',
    ],
    ['of another version', () => ({ ...receipt, version: 2 }), 'RECEIPT_INVALID'],
    ['with a member more', () => ({ ...receipt, note: 'x' }), 'RECEIPT_INVALID'],
    ['of another format', () => ({ ...receipt, format: 'else' }), 'RECEIPT_INVALID'],
    ['that is nothing', () => null, 'RECEIPT_INVALID'],
    ['that is no JSON', () => '{', 'RECEIPT_INVALID'],
    ['with a member twice', () => `{"format":"else",${formatReceipt(receipt).slice(1)}`, 'RECEIPT_INVALID'],
    ['with half of a surrogate pair', () => changed(0, { leaf: '\ud800' }), 'RECEIPT_INVALID'],
    ['whose members throw', () => throwing(), 'RECEIPT_INVALID'],
  ])('%s', (_what, make, code) => {
    const report = verify(make());
    expect(report.integrity).toBe('failed');
    expect(codesOf(report)).toContain(code);
  });

  it('with the result of another call', async () => {
    const other = await world.log.receipt('risky-2');
    const report = verify({ ...receipt, entries: [entryAt(receipt, 0), entryAt(other, 1)] });
    expect(codesOf(report)).toEqual(['RESULT_MISMATCH']);
    expect(report.integrity).toBe('failed');
  });

  it('under another key, and under a key that is none', async () => {
    const other = await openWorld(createMemoryLogStore(), 12);
    const report = verifyReceipt(receipt, { key: other.key });
    expect([report.integrity, report.entries]).toEqual(['failed', []]);
    expect(codesOf(report)).toContain('CHECKPOINT_SIGNATURE');
    expect(verifyReceipt(receipt, { key: 'nobody' })).toMatchObject({ integrity: 'not-checked', entries: [] });
  });

  it('with the checkpoint of another size, though that is signed and the proof is of the same length', async () => {
    // Class 42: a proof for one size beside the checkpoint of another.
    const { proof } = entryAt(receipt, 0);
    const { checkpoint } = parseLogProof(proof);
    for (const [size, note] of kept) {
      if (note === checkpoint) continue;
      const report = verify(changed(0, { proof: proof.replace(checkpoint, note) }));
      expect(report.integrity, `size ${size}`).toBe('failed');
      expect(codesOf(report)).toContain('PROOF_INVALID');
    }
  });

  it('after any one bit of any one character of its text is changed', async () => {
    const text = formatReceipt(await world.log.receipt(3));
    const bytes = Buffer.from(text);
    const epochLines = epochLineRanges(text);
    let survived = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 7));
      const report = verify(new Uint8Array(flipped));
      if (report.integrity !== 'ok') continue;
      survived += 1;
      // White space between members carries nothing, and the line of the epoch key is ignored by whoever has only the identity.
      const isIgnored = /\s/.test(text[at] ?? '') || epochLines.some(([from, to]) => at >= from && at < to);
      expect(isIgnored, `byte ${at} of ${JSON.stringify(text.slice(at - 20, at + 20))}`).toBe(true);
    }
    expect(survived).toBeLessThan(bytes.length / 4);
  });

  function withRisk(leaf: string): string {
    return leaf.replace('"risk":"destructive"', '"risk":"safe"');
  }

  function withPayload(
    change: (payload: ReceiptEntry['payloads'][number]) => ReceiptEntry['payloads'][number],
  ): Receipt {
    const { payloads } = entryAt(receipt, 0);
    return changed(0, { payloads: payloads.map((payload) => (payload.name === 'args' ? change(payload) : payload)) });
  }

  function doubled({ payloads }: ReceiptEntry): ReceiptEntry['payloads'] {
    return [...payloads, ...payloads];
  }

  function throwing(): object {
    return {
      get format(): JsonValue {
        throw new Error('no');
      },
    };
  }

  /** Where the signature lines of epoch keys stand in the document; in JSON a line feed is two characters. */
  function epochLineRanges(text: string): readonly (readonly [number, number])[] {
    return [...text.matchAll(/— [^ ]+\/epoch\/\d+ [^\\]+\\n/g)].map(({ index, 0: line }) => {
      const start = Buffer.byteLength(text.slice(0, index));
      return [start, start + Buffer.byteLength(line)] as const;
    });
  }
});

describe('a receipt beside a checkpoint that was kept', () => {
  it('agrees with the one of its size, says nothing of others, and shows a fork', async () => {
    const size = Math.max(...kept.keys());
    expect(codesOf(verify(receipt, [checkpointOf(size)]))).toEqual([]);
    expect(codesOf(verify(receipt, [checkpointOf(5)]))).toEqual(['CHECKPOINT_NOT_COMPARED']);
    const report = verify(receipt, [await forkOf(size)]);
    expect([report.integrity, codesOf(report)]).toEqual(['failed', ['LOG_FORKED']]);
    expect(codesOf(verify(receipt, ['nothing']))).toEqual(['CHECKPOINT_INVALID']);
  });
});

/** A checkpoint by the same keys over other entries: the log that somebody else is shown. */
async function forkOf(size: number): Promise<string> {
  const fork = await openWorld(createMemoryLogStore());
  for (let i = 0; (await fork.store.head()).size < size; i += 1) {
    await fork.log.append({ kind: 'system-event', name: `fork-${i}`, payloads: {} });
  }
  return fork.log.checkpoint();
}

describe('a proof of growth', () => {
  it('convinces whoever has two checkpoints and no log, at many pairs of sizes', async () => {
    const sizes = [...kept.keys()].filter((size, at, all) => size < 12 || at % 7 === 0 || at === all.length - 1);
    for (const from of sizes) {
      for (const to of sizes) {
        if (from > to) continue;
        const proof = await world.log.consistencyProof(from, to);
        const report = verify(formatReceipt(proof), [checkpointOf(from), checkpointOf(to)]);
        expect(codesOf(report), `${from} to ${to}`).toEqual([]);
        expect(report).toMatchObject({ integrity: 'ok', kind: 'consistency', fromSize: from, size: to });
      }
    }
  });

  it('holds the newest checkpoint, and says what is missing where the earlier one is not given', async () => {
    const proof = await world.log.consistencyProof(3);
    expect(proof.to.checkpoint).toBe(checkpointOf(Math.max(...kept.keys())));
    expect(proof.from.checkpoint).toBeUndefined();
    expect(verify(proof)).toMatchObject({ integrity: 'not-checked', findings: [{ code: 'VERIFICATION_INCOMPLETE' }] });
    expect(verify(proof, [checkpointOf(3)]).integrity).toBe('ok');
  });

  it('is refused for another earlier tree, root, size, order or hash', async () => {
    const [from, to] = [5, Math.max(...kept.keys())];
    const good = await world.log.consistencyProof(from, to);
    const own: ConsistencyReceipt = { ...good, from: { ...good.from, checkpoint: checkpointOf(from) } };
    expect(verify(own).integrity).toBe('ok');
    const bad: ConsistencyReceipt[] = [
      { ...own, from: { ...own.from, checkpoint: await forkOf(from) } },
      { ...own, from: { ...own.from, root: own.to.root } },
      { ...own, from: { ...own.from, size: 4 } },
      { ...own, from: own.to, to: own.from },
      { ...own, proof: own.proof.slice(1) },
      { ...own, proof: [...own.proof, own.proof[0] ?? ''] },
      { ...own, proof: own.proof.toReversed() },
      { ...own, proof: ['?', ...own.proof.slice(1)] },
      { ...own, to: { ...own.to, checkpoint: 'nothing' } },
    ];
    for (const [at, document] of bad.entries()) {
      const report = verify(document);
      expect(report.integrity, `${at}`).toBe('failed');
      expect(report.size, `${at}`).toBeUndefined();
    }
    // A fork with a root of its own, stated openly: the proof cannot lead from it.
    const fork = await forkOf(from);
    const stated = { ...own.from, checkpoint: fork, root: fork.split('\n')[2] ?? '' };
    expect(codesOf(verify({ ...own, from: stated }))).toEqual(['CONSISTENCY_INVALID']);
    expect(codesOf(verify(own, [fork]))).toContain('LOG_FORKED');
  });

  it('cannot be had for sizes that the log has not had', async () => {
    const size = Math.max(...kept.keys());
    for (const [from, to] of [
      [0, 3],
      [4, 3],
      [1, size + 1],
      [1.5, 3],
      [-1, undefined],
    ] as const) {
      const made = world.log.consistencyProof(from, to);
      await expect(made, `${from} to ${to}`).rejects.toMatchObject({ code: expect.stringMatching(/^ENTRY_NOT_/) });
    }
  });
});

describe('a log that was changed', () => {
  it('gives no receipt of a forged entry, and none beside a changed hash', async () => {
    const other = await openWorld(createMemoryLogStore(), 13);
    const call = callOf(other, 'one');
    const { index } = await beginAllowed(other, call);
    await finishCall(other, call, index);
    const honest = other.store.hashes.bind(other.store);
    other.store.hashes = async (range) =>
      (await honest(range)).map((row) => (row.index === 1 ? { ...row, leafHash: new Uint8Array(32) } : row));
    await expect(other.log.receipt('one')).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });
});

describe('the witnesses of a receipt', () => {
  const OTHER = 'witness.example/two';
  const witness = createWitness('witness.example/one', 41);
  const policyOf = (...lines: string[]) => parseWitnessPolicy(`${lines.join('\n')}\n`, sha256);
  const one = `witness one ${formatVerifierKey(witness.key)}`;
  const two = `witness two ${formatVerifierKey(createWitness(OTHER, 42).key)}`;
  let cosigned: Receipt;
  let other: World;

  beforeAll(async () => {
    other = await openWorld(createMemoryLogStore(), 14);
    const call = callOf(other, 'one');
    const { index } = await beginAllowed(other, call);
    await finishCall(other, call, index);
    await expect(other.log.receipt('one', { witnessed: true })).rejects.toMatchObject({ code: 'ENTRY_NOT_SIGNED' });
    const note = await other.log.checkpoint();
    const { text } = parseNote(note);
    const line = formatCosignatures([cosign({ text, timeSeconds: 1_800_000_000, signer: witness })]);
    const { size, root } = parseCheckpoint(text);
    const kind = 'anchor-recorded';
    const payloads = { receipt: { note: `${note}${line}` } };
    const record = { kind, anchor: 'witness', name: 'one', size, root: encodeBase64(root), payloads } as const;
    await other.log.append(record, { size, note });
    cosigned = await other.log.receipt('one', { witnessed: true });
  });

  const codes = (policy: WitnessPolicy, of: Receipt = cosigned) =>
    codesOf(verifyReceipt(of, { key: other.key, policy }));

  it('are told, with the time, where the policy is satisfied', () => {
    const policy = policyOf(one, two, 'group any any one two', 'quorum any');
    const report = verifyReceipt(cosigned, { key: other.key, policy });
    expect(report).toMatchObject({ integrity: 'ok', witnesses: [{ name: 'one', timeSeconds: 1_800_000_000 }] });
    expect(codes(policyOf(`log ${other.key}`, one, 'quorum one'))).toEqual([]);
    expect(codes(policyOf(one, 'quorum none'))).toEqual([]);
  });

  it('are not enough where one is missing, or is asked about another log', () => {
    expect(codes(policyOf(one, two, 'group both all one two', 'quorum both'))).toEqual(['WITNESS_POLICY_UNMET']);
    expect(codes(policyOf(two, 'quorum two'))).toEqual(['WITNESS_POLICY_UNMET']);
    expect(codes(policyOf(`log ${world.key}`, one, 'quorum one'))).toEqual(['WITNESS_POLICY_UNMET']);
  });

  it('are not believed when their cosignature was changed, and not missed by whoever asks for none', async () => {
    const { checkpoint } = parseLogProof(entryAt(cosigned, 0).proof);
    const bad = checkpoint.replace(/[^\n]{8}\n$/, 'AAAAAAA=\n');
    expect(bad).not.toBe(checkpoint);
    const entries = cosigned.entries.map((entry) => ({ ...entry, proof: entry.proof.replace(checkpoint, bad) }));
    const broken = { ...cosigned, entries };
    expect(codes(policyOf(one, 'quorum one'), broken)).toEqual(['WITNESS_POLICY_UNMET']);
    expect(codesOf(verifyReceipt(broken, { key: other.key }))).toEqual([]);
    const plain = await other.log.receipt('one');
    expect(codes(policyOf(one, 'quorum one'), plain)).toEqual(['WITNESS_POLICY_UNMET']);
  });
});

/** A witness whose private key is a seed of this byte. */
function createWitness(name: string, seed: number): CosignatureSigner {
  const { key, sign } = noteSignerOf(name, privateKeyOfSeed(new Uint8Array(32).fill(seed)));
  const type = KEY_TYPES.cosignature;
  return { key: createVerifierKey({ name, type, publicKey: key.publicKey, hasher: sha256 }), sign };
}

describe('the checkpoint of another log', () => {
  it('proves nothing, though the same key has signed it under the same name (class 40)', () => {
    const { checkpoint } = parseLogProof(entryAt(receipt, 0).proof);
    const text = parseNote(checkpoint).text.replace(world.log.origin, 'example.test/other');
    const note = signNote({ text, signers: [world.signer.identity] });
    const report = verify(changed(0, { proof: entryAt(receipt, 0).proof.replace(checkpoint, note) }));
    expect(report.integrity).toBe('failed');
    expect(codesOf(report)).toContain('CHECKPOINT_INVALID');
  });
});

describe('readReceipt', () => {
  it('tells a file of another kind from a receipt that is broken', () => {
    expect(readReceipt('nothing')).toMatchObject({ ok: false, foreign: true });
    expect(readReceipt('{"format":"else"}')).toMatchObject({ ok: false, foreign: true });
    expect(readReceipt('{"format":"countersign-receipt"}')).toMatchObject({ ok: false, foreign: false });
  });
});
