import { describe, expect, it } from 'vitest';
import { createMemoryLogStore } from '../src/memory-store.js';
import { exitCodeOf, type VerifyReport, verifyLog } from '../src/verify/index.js';
import { beginAllowed, callOf, finishCall, openWorld, writeMore, writeTen } from './verify-world.js';

const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);

describe('verifyLog over a sound log', () => {
  it('answers ok three times with a pinned key and a mark, and finds nothing', async () => {
    const world = await openWorld();
    await writeTen(world);
    await writeMore(world);
    const mark = await world.log.checkpoint();
    const report = await verifyLog(world.store, { key: world.key, mark, strict: true });
    expect(report.findings).toEqual([]);
    expect([report.integrity, report.completeness, report.authority]).toEqual(['ok', 'ok', 'ok']);
    expect(report.keySource).toBe('pinned');
    expect(report.checkpoint).toBe(mark);
    expect(mark).toContain(report.root);
    expect(report.entries).toMatchObject({ checked: report.size, purged: 0, calls: 14 });
    expect(exitCodeOf(report, { strict: true })).toBe(0);
  });

  it('takes no mark for a warning and no evidence of completeness, which only strict exits with 3', async () => {
    const world = await openWorld();
    const report = await verifyLog(world.store, { key: world.key });
    expect(codesOf(report)).toEqual(['NO_ANCHOR']);
    expect([report.integrity, report.completeness, report.authority]).toEqual(['ok', 'no-evidence', 'no-evidence']);
    expect([exitCodeOf(report), exitCodeOf(report, { strict: true })]).toEqual([0, 3]);
  });

  it('says that a key was merely found, and that without a key nothing was checked', async () => {
    const world = await openWorld();
    const found = await verifyLog(world.store, { foundKey: world.key });
    expect(codesOf(found)).toContain('KEY_NOT_PINNED');
    expect([found.keySource, found.integrity]).toEqual(['found', 'ok']);
    const none = await verifyLog(world.store);
    expect(codesOf(none)).toContain('NO_KEY');
    expect([none.integrity, exitCodeOf(none)]).toEqual(['not-checked', 4]);
  });

  it('says no evidence of an empty log', async () => {
    const report = await verifyLog(createMemoryLogStore(), { key: (await openWorld()).key });
    expect(codesOf(report)).toEqual(['EMPTY_LOG', 'NO_ANCHOR']);
    expect([report.integrity, report.completeness, report.authority]).toEqual([
      'no-evidence',
      'no-evidence',
      'no-evidence',
    ]);
  });

  it('tells a call that is still running from one whose writer is gone', async () => {
    const world = await openWorld();
    const { index } = await beginAllowed(world, callOf(world, 'open'));
    const gone = await verifyLog(world.store, { key: world.key });
    expect(gone.findings).toContainEqual(
      expect.objectContaining({ code: 'DANGLING_CALL', severity: 'warning', index }),
    );
    const alive = await verifyLog(world.store, {
      key: world.key,
      isWriterAlive: (writer) => writer === world.log.writer,
    });
    expect(alive.findings).toContainEqual(expect.objectContaining({ code: 'PENDING_CALL', severity: 'info', index }));
    await finishCall(world, callOf(world, 'open'), index);
    expect(codesOf(await verifyLog(world.store, { key: world.key }))).toEqual(['NO_ANCHOR']);
  });
});
