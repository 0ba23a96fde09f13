/** The clauses of the specification about receipts, each broken once. */

import { type FindingCode, type Receipt, type ReceiptReport, verifyReceipt } from '@countersign/audit/verify';
import { beforeAll, describe, expect, test } from 'vitest';
import { beginAllowed, callOf, finishCall, openWorld, type World } from '../../packages/audit/test/verify-world.js';

let world: World;
let receipt: Receipt;
let other: Receipt;

beforeAll(async () => {
  world = await openWorld();
  for (const name of ['one', 'two']) {
    const call = callOf(world, name);
    await finishCall(world, call, (await beginAllowed(world, call)).index);
  }
  receipt = await world.log.receipt('one');
  other = await world.log.receipt('two');
});

const verify = (document: unknown): ReceiptReport => verifyReceipt(document, { key: world.key });
const codesOf = ({ findings }: ReceiptReport): readonly FindingCode[] => findings.map(({ code }) => code);

function entryAt(document: Receipt, position: number): Receipt['entries'][number] {
  const entry = document.entries[position];
  if (entry === undefined) throw new Error('no such entry');
  return entry;
}

describe('The clauses of receipts', () => {
  test('REC-1: a document of another form is none', () => {
    expect(codesOf(verify({ ...receipt, version: 2 }))).toEqual(['RECEIPT_INVALID']);
    expect(codesOf(verify({ ...receipt, extra: 1 }))).toEqual(['RECEIPT_INVALID']);
    expect(codesOf(verify({ ...receipt, entries: [...receipt.entries, ...other.entries] }))).toEqual([
      'RECEIPT_INVALID',
    ]);
  });

  test('REC-2: a proof holds for its leaf alone', () => {
    const swapped = { ...entryAt(receipt, 0), leaf: entryAt(other, 0).leaf };
    expect(codesOf(verify({ ...receipt, entries: [swapped] }))).toEqual(
      expect.arrayContaining(['PROOF_INVALID', 'ENTRY_MISPLACED']),
    );
  });

  test('REC-3: payloads open to their commitments, and one that is left out is told', () => {
    const [first, second] = receipt.entries;
    const without = { ...entryAt(receipt, 0), payloads: [] };
    expect(codesOf(verify({ ...receipt, entries: [without, second] }))).toContain('PAYLOAD_WITHHELD');
    expect(verify({ ...receipt, entries: [without, second] }).integrity).toBe('ok');
    const changed = {
      ...entryAt(receipt, 1),
      payloads: entryAt(receipt, 1).payloads.map((one) => ({ ...one, json: '1' })),
    };
    expect(codesOf(verify({ ...receipt, entries: [first, changed] }))).toContain('PAYLOAD_COMMITMENT_MISMATCH');
  });

  test('REC-4: two entries are the two of one call, under one checkpoint', () => {
    const mixed = { ...other, entries: [entryAt(other, 0), entryAt(receipt, 1)] };
    expect(codesOf(verify(mixed))).toContain('RESULT_MISMATCH');
    expect(codesOf(verify({ ...receipt, entries: receipt.entries.toReversed() }))).toContain('RECEIPT_INVALID');
  });

  test('REC-5: what a receipt cannot say is not checked', () => {
    expect(verify(receipt)).toMatchObject({ integrity: 'ok', completeness: 'not-checked', authority: 'not-checked' });
  });

  test('REC-6: a later state goes on from an earlier one, or is refused', async () => {
    const { size } = await world.store.head();
    const grown = await world.log.consistencyProof(2, size);
    const note = { ...grown, from: { ...grown.from, root: Buffer.alloc(32, 1).toString('base64') } };
    expect(verify(note).integrity).not.toBe('ok');
    const { to } = grown;
    const kept = world.log.checkpoint();
    expect(to.checkpoint).toBe(await kept);
    expect(codesOf(verify({ ...grown, from: to }))).toContain('CONSISTENCY_INVALID');
  });
});
