/** Clauses of the specification that no vector can hold: what a report is made of, and what is told but is no error. */

import {
  exitCodeOf,
  exportSourceOf,
  openExport,
  type VerifyOptions,
  type VerifyReport,
  verifyLog,
} from '@countersign/audit/verify';
import { EMPTY_EDGE, edgeRoot, encodeBase64 } from '@countersign/tlog';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { BASES, CALLS, OLD, purged } from '../vectors/log-bases.js';
import { buildLog, checkpointOf, type Item, KEY } from '../vectors/log-builder.js';
import { over } from '../vectors/log-faults.js';
import { event, START } from '../vectors/log-items.js';

async function verifyItems(
  items: readonly Item[],
  options: VerifyOptions = { key: KEY, against: [checkpointOf(items)] },
): Promise<VerifyReport> {
  return verifyLog(await openExport(exportSourceOf(Buffer.from(buildLog(items)))), options);
}

const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);

describe('The clauses of answers', () => {
  test('ANS-1: three answers, each with one of four values', async () => {
    const { integrity, completeness, authority } = await verifyItems(CALLS);
    expect([integrity, completeness, authority]).toEqual(['ok', 'ok', 'ok']);
  });

  test('ANS-2: a finding repeats nothing of a payload', async () => {
    const secret = 'a text that nobody else has';
    const items = over([...START, event(secret)], 2, { payload: {} });
    const report = await verifyItems(items);
    expect(codesOf(report)).toContain('PAYLOAD_UNEXPECTED');
    expect(JSON.stringify(report.findings)).not.toContain(secret);
  });

  test('ANS-3: an error fails its parts alone, and nothing that could not be looked at is ok', async () => {
    const wrongCall = await verifyItems([...START, ...(BASES['a dangling call']?.items.slice(2) ?? [])].map(denied));
    expect([wrongCall.integrity, wrongCall.authority]).toEqual(['ok', 'failed']);
    const bad = await verifyItems(over(CALLS, 3, { v: 2 }));
    expect([bad.integrity, bad.authority]).toEqual(['failed', 'not-checked']);
    const noKey = await verifyItems(CALLS, {});
    expect([noKey.integrity, noKey.completeness, noKey.authority]).toEqual([
      'not-checked',
      'not-checked',
      'not-checked',
    ]);
    expect(codesOf(noKey)).toContain('NO_KEY');
  });

  test('ANS-5: exit codes', async () => {
    expect(exitCodeOf(await verifyItems(CALLS))).toBe(0);
    expect(exitCodeOf(await verifyItems(CALLS, { key: KEY }))).toBe(0);
    expect(exitCodeOf(await verifyItems(CALLS, { key: KEY }), { strict: true })).toBe(3);
    expect(exitCodeOf(await verifyItems(CALLS, {}))).toBe(4);
    expect(exitCodeOf(await verifyItems(over(CALLS, 3, { v: 2 })))).toBe(3);
  });

  test('ANS-6: whatever an export holds is a finding', async () => {
    for (const text of ['', '\n\n', 'null\n', '[[[[\n', '{"index":0}\n', '\u0000', '{"format":1}\n'.repeat(1000)]) {
      const report = await verifyLog(await openExport(exportSourceOf(Buffer.from(text))), { key: KEY });
      expect(report.counts.errors).toBeGreaterThan(0);
      expect([report.integrity, report.completeness]).not.toContain('ok');
    }
  });

  test('ANCHOR-4: without an anchor, completeness is not proven', async () => {
    const report = await verifyItems(CALLS, { key: KEY });
    expect([report.completeness, codesOf(report)]).toEqual(['no-evidence', expect.arrayContaining(['NO_ANCHOR'])]);
  });

  test('EXPORT-5 and EXPORT-7: the key of an export is merely found, and its rows are said to be missing', async () => {
    const exported = await openExport(exportSourceOf(Buffer.from(buildLog(CALLS))));
    const report = await verifyLog(exported, { foundKey: exported.identityKey ?? '' });
    expect(report.keySource).toBe('found');
    expect(codesOf(report)).toEqual(expect.arrayContaining(['KEY_NOT_PINNED', 'ROWS_NOT_CHECKED']));
  });
});

describe('The clauses of what is told and is no error', () => {
  test('TREE-1: the root of no leaves is the hash of nothing', () => {
    expect(encodeBase64(edgeRoot(sha256, EMPTY_EDGE))).toBe(encodeBase64(sha256(new Uint8Array())));
  });

  test('CALL-4: a call without a result is dangling, or pending while its writer lives', async () => {
    const items = BASES['a dangling call']?.items ?? [];
    expect(codesOf(await verifyItems(items))).toContain('DANGLING_CALL');
    const alive = await verifyItems(items, { key: KEY, isWriterAlive: (writer) => writer === 'writer-1' });
    expect(codesOf(alive)).toContain('PENDING_CALL');
  });

  test('PURGE-1 and PURGE-8: statements explain what is gone, and a hold that came later changes nothing', async () => {
    const items = [...OLD, purged(2, 6), ...(BASES.events?.items.slice(10, 11) ?? [])];
    const text = buildLog(items, { gone: [2, 3, 4, 5] });
    const report = await verifyLog(await openExport(exportSourceOf(Buffer.from(text))), {
      key: KEY,
      against: [checkpointOf(items)],
    });
    expect([report.integrity, report.completeness, report.entries.purged]).toEqual(['ok', 'ok', 4]);
  });
});

/** The same call, under a verdict that does not let it run. */
function denied(item: Item): Item {
  return item.kind === 'tool-call' ? { ...item, over: { verdict: 'deny' } } : item;
}
