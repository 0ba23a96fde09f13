/** Approvals between processes over one SQLite file: who decides, who waits, and who goes on after a crash. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleRequest } from '@countersign/approval/testing';
import { createId, createSystemEnvironment } from '@countersign/core';
import { openCountersign } from 'countersign';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startChild } from './child.js';

function createPlace() {
  const home = mkdtempSync(join(tmpdir(), 'countersign-deciding-'));
  const before = process.env.HOME;
  process.env.HOME = home;
  onTestFinished(() => {
    process.env.HOME = before;
    rmSync(home, { recursive: true, force: true });
  });
  const path = join(home, 'log.db');
  return { home, path, open: () => openCountersign({ path, channels: [], warn: () => undefined, workspace: home }) };
}

/** Decides in a process of its own; answers when that was done. */
async function decideElsewhere({ home, path }: { home: string; path: string }, id: string): Promise<number> {
  const decider = await startChild('decide.ts', [path, home, 'ada', id]);
  decider.start();
  const { won, at }: { won: string[]; at: number } = JSON.parse(await decider.line());
  expect(won).toEqual([id]);
  await decider.ended();
  return at;
}

describe('a decision made in another process', () => {
  // How often the store is asked is tested with a clock that is set by hand (approvals.test.ts); here it is only measured.
  it('reaches the call that waits, five times', async () => {
    const place = createPlace();
    await (await place.open()).close();
    const delays: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      const asker = await startChild('ask.ts', [place.path, place.home, 'run-1', `call-${round}`, 'rm -rf data']);
      asker.start();
      const decidedAt = await decideElsewhere(place, await asker.line());
      const [outcome, heardAt] = (await asker.line()).split(' ');
      expect(outcome).toBe('ran');
      delays.push(Number(heardAt) - decidedAt);
      await asker.ended();
    }
    console.log(`from decision to run: ${delays.join(', ')} ms (goal: 500)`);
    expect(delays).toHaveLength(5);
  });

  it('lets a call run that is begun again in a new process, once, after the one that asked was killed', async () => {
    const place = createPlace();
    await (await place.open()).close();
    const call = [place.path, place.home, 'run-1', 'call-1'];
    const first = await startChild('ask.ts', [...call, 'rm -rf data']);
    first.start();
    const id = await first.line();
    first.kill();
    await first.ended();
    // Begun again while it still waits: the same request.
    const second = await startChild('ask.ts', [...call, 'rm -rf data']);
    second.start();
    expect(await second.line()).toBe(id);
    second.kill();
    await second.ended();
    await decideElsewhere(place, id);
    const third = await startChild('ask.ts', [...call, 'rm -rf data']);
    third.start();
    expect(await third.line()).toMatch(/^ran /);
    await third.ended();
    const again = await startChild('ask.ts', [...call, 'rm -rf data']);
    again.start();
    expect(await again.line()).toMatch(/^CALL_ALREADY_BEGUN /);
    await again.ended();
    const cs = await place.open();
    const requests = await cs.log.entries({ kind: 'approval-requested' });
    expect(requests).toHaveLength(1);
    expect(await cs.approvals.find(id)).toMatchObject({ state: 'used', decision: { approver: { id: 'ada' } } });
    expect(await cs.log.verify()).toMatchObject({ integrity: 'ok', authority: 'ok' });
    await cs.close();
  });
});

describe('two processes that decide the same 1,000 requests', () => {
  it('have one winner each, and whoever loses learns who it was', async () => {
    const place = createPlace();
    const cs = await place.open();
    const environment = createSystemEnvironment();
    const expiresAtUs = environment.nowUs() + 3_600_000_000;
    const drafts = Array.from({ length: 1_000 }, (_, at) => {
      const { log: _log, requestedAtUs: _at, ...request } = sampleRequest();
      return { ...request, id: createId(environment), callId: `call-${at}`, run: 'many', expiresAtUs };
    });
    await Promise.all(drafts.map((request) => cs.log.journal.record({ kind: 'requested', request })));
    const ids = drafts.map(({ id }) => id);
    const names = ['ada', 'bob'];
    // The second begins with some that the first comes to last, so that both win some however unevenly they run; then it catches up.
    const orders = [ids, [...ids.slice(-100), ...ids.slice(0, -100)]];
    const deciders = await Promise.all(
      names.map((name, at) => startChild('decide.ts', [place.path, place.home, name, String(orders[at])])),
    );
    for (const decider of deciders) decider.start();
    const reports: { won: string[]; lostTo: string[] }[] = await Promise.all(
      deciders.map(async (decider) => JSON.parse(await decider.line())),
    );
    await Promise.all(deciders.map((decider) => decider.ended()));
    const [ada, bob] = reports;
    console.log(`ada decided ${ada?.won.length}, bob ${bob?.won.length}`);
    expect(reports.flatMap(({ won }) => won).toSorted()).toEqual(ids.toSorted());
    for (const [at, { won, lostTo }] of reports.entries()) {
      expect(won.length).toBeGreaterThan(0);
      expect(lostTo).toEqual([names[1 - at]]);
      for (const id of won) expect((await cs.approvals.find(id))?.decision?.approver.id).toBe(names[at]);
    }
    const decided = await cs.log.store.findEntries({ kind: 'approval-decided', from: 0, limit: 5_000 });
    expect(decided).toHaveLength(1_000);
    expect((await cs.log.verify()).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    await cs.close();
  }, 120_000);
});
