/** Verification that goes on from an earlier one: what it finds, what it rests on, and whose state it believes. */

import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestEnvironment } from '@countersign/core/testing';
import { afterAll, describe, expect, it } from 'vitest';
import type { LogReader } from '../src/log-reader.js';
import { LogView } from '../src/log-view.js';
import { openVerifiedStateFile } from '../src/verified-state-file.js';
import {
  type VerifiedState,
  type VerifyOptions,
  type VerifyReport,
  verifiedState,
  verifyLog,
} from '../src/verify/index.js';
import { beginAllowed, callOf, finishCall, openWorld, type World, writeMore, writeTen } from './verify-world.js';

const folder = mkdtempSync(join(tmpdir(), 'countersign-since-'));
afterAll(() => rmSync(folder, { recursive: true }));

const codesOf = ({ findings }: VerifyReport) => findings.map(({ code }) => code);

/** Verifies, and answers what a later verification may go on from. */
async function verifyAndKeep(
  world: World,
  options: VerifyOptions = {},
  reader: LogReader = world.store,
): Promise<{ readonly report: VerifyReport; readonly state: VerifiedState | undefined }> {
  let state: VerifiedState | undefined;
  const mark = await world.log.checkpoint();
  const report = await verifyLog(reader, {
    key: world.key,
    mark,
    ...options,
    onVerified: (found) => {
      // As it comes back from a file.
      state = verifiedState.parse(JSON.parse(JSON.stringify(found)));
    },
  });
  return { report, state };
}

async function stateOf(world: World): Promise<VerifiedState> {
  const { report, state } = await verifyAndKeep(world);
  if (state === undefined) throw new Error(`not clean: ${codesOf(report).join()}`);
  return state;
}

/** The first entry of what is read is seen whole, wherever that begins: one bit more or less. */
const withoutFirsts = (state: VerifiedState | undefined) => ({ ...state, wholes: undefined });

/** A store whose rows are changed on the way. */
function changed(world: World, change: Partial<LogReader>): LogReader {
  const { store } = world;
  return {
    head: () => store.head(),
    leaves: (range) => store.leaves(range),
    payloads: (range) => store.payloads(range),
    checkpoints: () => store.checkpoints(),
    requestRows: (page) => store.requestRows(page),
    grantRows: (page) => store.grantRows(page),
    inspect: () => store.inspect(),
    ...change,
  };
}

describe('Going on from an earlier verification', () => {
  it('reads what came after, and rests on the run before for the rest', async () => {
    const world = await openWorld();
    await writeTen(world);
    const open = callOf(world, 'open-across');
    const begun = await beginAllowed(world, open);
    const since = await stateOf(world);
    expect(since.size).toBe(11);
    await finishCall(world, open, begun.index);
    await writeMore(world);
    const cold = await verifyAndKeep(world);
    const { report, state } = await verifyAndKeep(world, { since });
    expect(codesOf(report)).toEqual(['RESUMED', ...codesOf(cold.report)]);
    expect(report).toMatchObject({ integrity: 'ok', completeness: 'ok', authority: 'ok', size: cold.report.size });
    expect(report.root).toBe(cold.report.root);
    expect(report.resumedFrom).toEqual({ size: 11, root: since.root });
    expect(report.entries.calls).toBe(cold.report.entries.calls);
    expect(withoutFirsts(state)).toEqual(withoutFirsts(cold.state));
  });

  it('goes on from each size of a log that grows, and ends in the same state as one that began at the start', async () => {
    const world = await openWorld();
    const states: VerifiedState[] = [await stateOf(world)];
    for (let i = 0; i < 3; i += 1) {
      if (i === 0) await writeTen(world);
      if (i === 1) await writeMore(world);
      if (i === 2) {
        const call = callOf(world, `after-${i}`);
        await finishCall(world, call, (await beginAllowed(world, call)).index);
      }
      states.push(await stateOf(world));
    }
    for (const since of states) {
      const { report, state } = await verifyAndKeep(world, { since });
      expect(report.counts.errors).toBe(0);
      expect(withoutFirsts(state)).toEqual(withoutFirsts(states.at(-1)));
    }
  });

  it('does not open what lies before, but for the entries that others may rest on', async () => {
    const world = await openWorld();
    await writeTen(world);
    for (let i = 0; i < 20; i += 1) {
      const call = callOf(world, `bulk-${i}`);
      await finishCall(world, call, (await beginAllowed(world, call)).index);
    }
    const since = await stateOf(world);
    const { report } = await verifyAndKeep(world, { since });
    expect(report.size).toBe(50);
    expect(report.entries.checked).toBeLessThan(15);
  });

  it('finds another tree before the point that it goes on from, and then begins at the start', async () => {
    const world = await openWorld();
    await writeTen(world);
    const since = await stateOf(world);
    await writeMore(world);
    const leaves: LogReader['leaves'] = async (range) =>
      (await world.store.leaves(range)).map((leaf) =>
        leaf.index === 3 ? { ...leaf, leafHash: new Uint8Array(32) } : leaf,
      );
    const { report, state } = await verifyAndKeep(world, { since }, changed(world, { leaves }));
    expect(codesOf(report)).toEqual(expect.arrayContaining(['STATE_MISMATCH', 'LEAF_HASH_MISMATCH']));
    expect(report).toMatchObject({ integrity: 'failed', completeness: 'failed' });
    expect(report.resumedFrom).toBeUndefined();
    expect(state).toBeUndefined();
  });

  it('finds a log that was cut back behind what was verified', async () => {
    const world = await openWorld();
    await writeTen(world);
    const older = await openWorld();
    const since = await stateOf(world);
    const { report } = await verifyAndKeep(older, { since: { ...since, key: older.key } });
    expect(codesOf(report)).toContain('STATE_MISMATCH');
  });

  it('finds an outcome of a call that the state does not know as open', async () => {
    const world = await openWorld();
    const call = callOf(world, 'across');
    const begun = await beginAllowed(world, call);
    const since = await stateOf(world);
    await finishCall(world, call, begun.index);
    const forgotten = { ...since, calls: { ...since.calls, open: [] } };
    expect(codesOf((await verifyAndKeep(world, { since: forgotten })).report)).toContain('RESULT_WITHOUT_CALL');
    expect((await verifyAndKeep(world, { since })).report.counts.errors).toBe(0);
  });

  it('says again what was said of a policy, and that a call is without outcome', async () => {
    const world = await openWorld();
    const call = callOf(world, 'dangling');
    await beginAllowed(world, call);
    const first = await verifyAndKeep(world);
    const { report } = await verifyAndKeep(world, { ...(first.state && { since: first.state }) });
    expect(codesOf(first.report)).toEqual(['DANGLING_CALL']);
    expect(codesOf(report)).toEqual(['RESUMED', 'DANGLING_CALL']);
  });

  it('keeps no state of a verification that found something, or whose key nobody pinned', async () => {
    const world = await openWorld();
    await writeTen(world);
    let kept = 0;
    const onVerified = () => {
      kept += 1;
    };
    await verifyLog(world.store, { foundKey: world.key, onVerified });
    const payloads: LogReader['payloads'] = async (range) => (await world.store.payloads(range)).slice(1);
    await verifyLog(changed(world, { payloads }), { key: world.key, onVerified });
    expect(kept).toBe(0);
    await verifyLog(world.store, { key: world.key, onVerified });
    expect(kept).toBe(1);
  });

  it('does not believe a state that was made with another key', async () => {
    const world = await openWorld();
    await writeTen(world);
    const since = await stateOf(world);
    const { report } = await verifyAndKeep(world, { since: { ...since, key: (await openWorld(undefined, 12)).key } });
    expect(codesOf(report)).toEqual(['STATE_NOT_USED']);
    expect(report.resumedFrom).toBeUndefined();
  });
});

describe('The file of a state', () => {
  const environment = createTestEnvironment();
  let made = 0;

  async function openFile(over: { readonly verifier?: string } = {}) {
    const world = await openWorld();
    await writeTen(world);
    made += 1;
    const path = join(folder, `state-${made}`, 'log');
    const options = { path, keyPath: join(folder, `keys-${made}`, 'key'), verifier: '1.0.0', environment };
    const file = openVerifiedStateFile(options);
    await file.write(await stateOf(world));
    return { world, path, options, file, other: openVerifiedStateFile({ ...options, ...over }) };
  }

  it('holds the state, is readable by its owner alone, and so is its key', async () => {
    const { world, file, path, options } = await openFile();
    expect(await file.read()).toEqual({ state: await stateOf(world) });
    for (const each of [path, options.keyPath]) expect(statSync(each).mode & 0o777).toBe(0o600);
    expect(await openVerifiedStateFile({ ...options, path: `${path}-none` }).read()).toBeUndefined();
  });

  it('is not believed when a byte of it was changed, when it was made anew under another key, or without its key', async () => {
    const { path, options, file } = await openFile();
    const text = readFileSync(path, 'utf8');
    const at = text.indexOf('"state":"') + 40;
    writeFileSync(path, `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`);
    expect(await file.read()).toEqual({ refused: expect.stringContaining('not authentic') });
    writeFileSync(path, 'nonsense');
    expect(await file.read()).toEqual({ refused: expect.stringContaining('cannot be read') });
    writeFileSync(path, text);
    writeFileSync(options.keyPath, `${Buffer.alloc(32, 1).toString('base64')}\n`);
    expect(await file.read()).toEqual({ refused: expect.stringContaining('not authentic') });
    rmSync(options.keyPath);
    expect(await file.read()).toEqual({ refused: expect.stringContaining('key') });
  });

  it('is not believed when another version of the verifier made it, or when others can open it', async () => {
    const { other, path, file } = await openFile({ verifier: '1.0.1' });
    expect(await other.read()).toEqual({ refused: expect.stringContaining('another version') });
    chmodSync(path, 0o644);
    expect(await file.read()).toEqual({ refused: expect.stringContaining('others than its owner') });
  });

  it('is written by each clean verification of a view, and gone on from by the next', async () => {
    const { world, options } = await openFile();
    const since = openVerifiedStateFile({ ...options, path: join(folder, 'view', 'state') });
    const { store, key } = world;
    const view = new LogView({
      store,
      origin: world.log.origin,
      identityKey: key,
      environment,
      isWriterAlive: () => false,
    });
    expect((await view.verify({ key, since })).resumedFrom).toBeUndefined();
    await writeMore(world);
    expect((await view.verify({ key, since })).resumedFrom?.size).toBe(10);
    const last = await view.verify({ key, since });
    expect(last.resumedFrom?.size).toBe(last.size);
    writeFileSync(since.path, '{}');
    expect(codesOf(await view.verify({ key, since }))).toContain('STATE_NOT_USED');
    expect((await view.verify({ key, since })).resumedFrom?.size).toBe(last.size);
  });
});
