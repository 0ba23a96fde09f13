/**
 * What verification finds in a log whose signatures are all good: the rules of entries, calls, approvals, grants and policies.
 */

import { describe, expect, it } from 'vitest';
import { type VerifyReport, verifyLog } from '../src/verify/index.js';
import { FAULTS } from './verify-faults.js';
import { change, entriesOf, forge, readerOf } from './verify-forge.js';
import { ANN, openWorld, type World, writeMore, writeTen } from './verify-world.js';

const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);

async function makeWorld(size: 'ten' | 'fifty'): Promise<World> {
  const world = await openWorld();
  await writeTen(world);
  if (size === 'fifty') await writeMore(world);
  return world;
}

describe('verification of a log whose signatures are all good', () => {
  it('finds nothing when nothing was changed', async () => {
    for (const size of ['ten', 'fifty'] as const) {
      const world = await makeWorld(size);
      const report = await verifyLog(readerOf(await forge(world, await entriesOf(world))), { key: world.key });
      expect(codesOf(report)).toEqual(['NO_ANCHOR']);
    }
  });

  it.each(FAULTS)('finds $name: $code', async ({ code, size = 'ten', options, make }) => {
    const world = await makeWorld(size);
    const entries = await entriesOf(world);
    make(entries);
    const report = await verifyLog(readerOf(await forge(world, entries, options)), { key: world.key });
    expect(codesOf(report)).toContain(code);
    expect(codesOf(report)).not.toContain('VERIFICATION_INCOMPLETE');
    expect([report.integrity, report.completeness, report.authority]).toContain('failed');
  });
});

describe('verification of approvers on record', () => {
  it('finds a decision of one who was revoked before, and warns of one who is not on record', async () => {
    const BOB = { kind: 'person', id: 'bob' } as const;
    const world = await openWorld();
    await world.log.append({ kind: 'approver-added', approver: ANN });
    await world.log.append({ kind: 'approver-revoked', approver: BOB });
    await writeTen(world);
    expect(codesOf(await verifyLog(world.store, { key: world.key }))).toEqual(['NO_ANCHOR']);
    // The log itself takes no such decision: these are forged.
    for (const [kind, approver, code] of [
      ['approver-revoked', ANN, 'APPROVER_NOT_ENTITLED'],
      ['approver-added', BOB, 'APPROVER_NOT_ENROLLED'],
    ] as const) {
      const entries = await entriesOf(world);
      change(entries, kind, { approver });
      const report = await verifyLog(readerOf(await forge(world, entries)), { key: world.key });
      expect(codesOf(report)).toContain(code);
    }
  });
});
