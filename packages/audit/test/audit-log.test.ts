import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { MAX_COMMIT_ITEMS, MAX_QUEUED_ITEMS } from '../src/append-queue.js';
import { StoreUnavailableError } from '../src/errors.js';
import { createMemorySigner } from '../src/keys/signer.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { openAuditLog } from '../src/open-audit-log.js';
import { createFaultyStore } from '../src/testing/faulty-store.js';
import { sampleCall, sampleClassification } from '../src/testing/sample-call.js';
import { createTestLog } from '../src/testing/test-log.js';
import { expectSound, kindsOf, payloadsOf, readAll } from './support.js';

const allowed = { decision: 'not_required', decisionBy: 'default:safe' } as const;

describe('opening a log', () => {
  it('writes a first entry that names its keys', async () => {
    const { log, store, signer } = await createTestLog({ software: 'tests/1' });
    const [first] = await readAll(store);
    expect(first).toMatchObject({ kind: 'log-opened', index: 0, identityKey: log.identityKey, software: 'tests/1' });
    expect(first?.writer).toBe(log.writer);
    expect(log.writer).toMatch(/^[0-9a-f]{8}-[0-9]+-[0-9a-f]{8}$/);
    await expectSound(store, signer);
  });

  it('writes no second first entry when it is opened again', async () => {
    const { store, reopen, signer } = await createTestLog();
    const again = await reopen();
    await again.append({ kind: 'system-event', name: 'again' });
    expect(await kindsOf(store)).toEqual(['log-opened', 'system-event']);
    await expectSound(store, signer);
  });

  it('lets one of two openers with other keys make the log, and tells the other whose it is', async () => {
    const { signer, environment } = await createTestLog();
    const stranger = createMemorySigner({ origin: 'example.test/other', environment });
    const store = createMemoryLogStore();
    const openers = [signer, stranger].map((one) => openAuditLog({ store, signer: one, environment, create: true }));
    const results = await Promise.allSettled(openers);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const result of results) {
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'KEY_MISMATCH' });
    }
    expect(await kindsOf(store)).toEqual(['log-opened']);
  });

  it('makes one log when two openers meet at an empty store', async () => {
    const { signer, environment } = await createTestLog();
    const store = createMemoryLogStore();
    const open = () => openAuditLog({ store, signer, environment, create: true });
    const [one, two] = await Promise.all([open(), open()]);
    await Promise.all([
      one.append({ kind: 'system-event', name: 'a' }),
      two.append({ kind: 'system-event', name: 'b' }),
    ]);
    expect((await kindsOf(store)).filter((kind) => kind === 'log-opened')).toHaveLength(1);
    await expectSound(store, signer);
  });

  it('refuses an empty store unless it may create', async () => {
    const { signer, environment } = await createTestLog();
    const store = createMemoryLogStore();
    const opening = openAuditLog({ store, signer, environment, create: false });
    await expect(opening).rejects.toMatchObject({ code: 'STORE_MISSING' });
    expect((await store.head()).size).toBe(0);
  });

  it('refuses a log that was made with other keys, and leaves it untouched', async () => {
    const { store, reopen, environment } = await createTestLog();
    const stranger = createMemorySigner({ origin: 'example.test/log', environment });
    await expect(reopen({ signer: stranger })).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    const other = createMemorySigner({ origin: 'example.test/other', environment });
    await expect(reopen({ signer: other, create: true })).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    expect((await store.head()).size).toBe(1);
  });

  it('refuses payload limits that make no sense', async () => {
    await expect(createTestLog({ maxPayloadBytes: 10 })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});

describe('recording a call', () => {
  it('writes intent and outcome, with arguments, reasons and result as payloads', async () => {
    const { log, store, signer } = await createTestLog();
    const call = sampleCall(log.origin);
    const begun = await log.begin({ ...call, ...allowed });
    const { callId, run } = call;
    const outcome = { outcome: 'ok', durationUs: 1500.4, result: { lines: 3 } } as const;
    const done = await log.finish({
      callId,
      run,
      session: 'session-1',
      tool: 'read_file',
      begun: begun.index,
      ...outcome,
    });
    const [, intent, result] = await readAll(store);
    expect(intent).toMatchObject({
      kind: 'tool-call',
      call: 'call-1',
      session: 'session-1',
      actor: { kind: 'agent', id: 'builder' },
      risk: 'safe',
      classification: {
        ruleSet: 'rules-1',
        signals: ['tool.read'],
        effects: ['fs.read'],
        reversible: 'yes',
        confidencePercent: 90,
      },
      decision: 'not_required',
      bound: true,
      argsDigest: call.argsDigest,
      totals: { safe: 1 },
      id: begun.id,
    });
    expect(result).toMatchObject({
      kind: 'tool-result',
      begun: 1,
      outcome: 'ok',
      success: true,
      durationUs: 1500,
      id: done.id,
    });
    expect(await payloadsOf(store, 1)).toEqual({
      args: { path: '/work/a.txt' },
      argsSalt: Buffer.alloc(16, 7).toString('base64'),
      reasons: [{ id: 'tool.read', level: 'safe', text: 'Only reads.', at: { pointer: '/path' } }],
    });
    expect(await payloadsOf(store, 2)).toEqual({ result: { lines: 3 } });
    await expectSound(store, signer);
  });

  it('writes refusals and observed calls, and counts each call once by its risk', async () => {
    const { log, store, signer } = await createTestLog();
    const critical = sampleClassification({ level: 'critical' });
    const denied = {
      decision: 'rejected',
      decisionBy: 'policy:no',
      outcome: 'refused',
      code: 'POLICY_DENIED',
    } as const;
    await log.refuse({
      ...sampleCall(log.origin, { callId: 'a', classification: critical }),
      ...denied,
      message: 'No \ud800.',
    });
    await log.observe({
      ...sampleCall(log.origin, { callId: 'b' }),
      success: false,
      durationUs: 7,
      error: { message: 'x' },
    });
    const [, refused, observed] = await readAll(store);
    expect(refused).toMatchObject({
      kind: 'tool-refused',
      code: 'POLICY_DENIED',
      success: false,
      totals: { critical: 1 },
    });
    expect(await payloadsOf(store, 1)).toMatchObject({ message: 'No \ufffd.' });
    expect(observed).toMatchObject({
      kind: 'tool-call',
      outcome: 'observed_only',
      decision: 'not_required',
      decisionBy: 'observed',
      success: false,
      totals: { safe: 1, critical: 1 },
    });
    await expectSound(store, signer);
  });

  it('refuses a call id that was begun before in its run, by whoever', async () => {
    const { log, store, reopen } = await createTestLog();
    const call = sampleCall(log.origin);
    await log.begin({ ...call, ...allowed });
    const code = 'CALL_ALREADY_BEGUN';
    await expect(log.begin({ ...call, ...allowed })).rejects.toMatchObject({
      code,
      callId: 'call-1',
      tool: 'read_file',
    });
    await expect((await reopen()).begin({ ...call, ...allowed })).rejects.toMatchObject({ code });
    await expect(log.observe({ ...call, success: true })).rejects.toMatchObject({ code });
    await log.begin({ ...call, run: 'run-2', ...allowed });
    expect((await store.head()).size).toBe(3);
  });

  it('lets exactly one of many begin a call that all begin at once, in one process and in another', async () => {
    const { log, store, reopen, signer } = await createTestLog();
    const other = await reopen();
    const tries = Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? log : other).begin({ ...sampleCall(log.origin), ...allowed }).then(
        () => 'begun',
        (error) => error.code,
      ),
    );
    const answers = await Promise.all(tries);
    expect(answers.filter((answer) => answer === 'begun')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['begun', 'CALL_ALREADY_BEGUN']));
    expect(await kindsOf(store)).toEqual(['log-opened', 'tool-call']);
    await expectSound(store, signer);
  });

  it('finishes a call once, and only one that it began', async () => {
    const { log, store } = await createTestLog();
    const { index: begun } = await log.begin({ ...sampleCall(log.origin), ...allowed });
    const finish = { callId: 'call-1', run: 'run-1', tool: 'read_file', begun, outcome: 'ok', durationUs: 1 } as const;
    await expect(log.finish({ ...finish, begun: begun + 1 })).rejects.toMatchObject({ code: 'ENTRY_INVALID' });
    const both = await Promise.allSettled([log.finish(finish), log.finish(finish)]);
    expect(both.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(await kindsOf(store)).toEqual(['log-opened', 'tool-call', 'tool-result']);
  });

  it('names at most 32 signals, and counts the others', async () => {
    const { log, store } = await createTestLog();
    const signals = Array.from({ length: 40 }, (_, i) => ({
      ...({ id: `s${String(39 - i).padStart(2, '0')}`, level: 'safe', text: '', confidence: 1 } as const),
      effects: [],
      reversible: false as const,
    }));
    await log.begin({ ...sampleCall(log.origin, { classification: sampleClassification({ signals }) }), ...allowed });
    const [, entry] = await readAll(store);
    expect(entry).toMatchObject({ classification: { more: 8 } });
    if (entry?.kind === 'tool-call') expect(entry.classification.signals.slice(0, 2)).toEqual(['s00', 's01']);
  });

  it('records a preview of what is too long, and keeps what is not', async () => {
    const { log, store, signer } = await createTestLog({ maxPayloadBytes: 4096 });
    await log.begin({ ...sampleCall(log.origin, { args: { text: 'x'.repeat(10_000) } }), ...allowed });
    expect(await payloadsOf(store, 1)).toMatchObject({ args: { $t: 'truncated', bytes: 10_011 } });
    await expectSound(store, signer);
  });

  it('lets nothing run on a decision that does not say what allows it', async () => {
    const { log, store } = await createTestLog();
    const call = sampleCall(log.origin);
    const decisions = [
      { decision: 'approved', decisionBy: 'ann' },
      { decision: 'auto', decisionBy: 'similar_match' },
      { decision: 'rejected', decisionBy: 'policy:no' },
    ] as const;
    for (const decision of decisions) {
      await expect(log.begin({ ...call, ...decision })).rejects.toMatchObject({ code: 'APPROVAL_MISMATCH' });
    }
    expect((await store.head()).size).toBe(1);
  });
});

describe('appending other entries', () => {
  it('appends security events with their payloads', async () => {
    const { log, store } = await createTestLog();
    const receipt = await log.append({
      ...{ kind: 'security-event', name: 'probe', severity: 'warning', payloads: { details: { port: 22 } } },
    });
    expect(receipt.index).toBe(1);
    expect(await payloadsOf(store, 1)).toEqual({ details: { port: 22 } });
  });

  it('refuses kinds that only their own operation may write', async () => {
    const { log, store } = await createTestLog();
    const call = { call: 'c', run: 'r', tool: 't', begun: 0, outcome: 'ok', success: true, durationUs: 1 };
    // @ts-expect-error a call cannot be forged through append: the types say so, and so does the log.
    const forged = log.append({ kind: 'tool-result', ...call });
    await expect(forged).rejects.toMatchObject({ code: 'ENTRY_INVALID' });
    expect((await store.head()).size).toBe(1);
  });

  it('rejects an entry that breaks the field table alone, with no trace in the log', async () => {
    const { log, store, signer } = await createTestLog();
    const answers = await Promise.allSettled([
      log.append({ kind: 'system-event', name: 'one' }),
      log.append({ kind: 'system-event', name: 'x'.repeat(300) }),
      log.append({ kind: 'system-event', name: 'two' }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(answers[1]).toMatchObject({ reason: { code: 'ENTRY_INVALID' } });
    expect(await kindsOf(store)).toEqual(['log-opened', 'system-event', 'system-event']);
    await expectSound(store, signer);
  });
});

describe('the queue', () => {
  it('puts what waits into few commits, each with one signed checkpoint', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const { log, signer } = await createTestLog({ store });
    // The queue comes to rest, so that the first of the hundred starts it.
    for (let turn = 0; turn < 3; turn += 1) await setImmediate();
    const before = store.commits;
    const receipts = await Promise.all(
      Array.from({ length: 100 }, (_, i) => log.append({ kind: 'system-event', name: `event-${i}` })),
    );
    expect(store.commits - before).toBe(1);
    expect(receipts.map(({ index }) => index)).toEqual(Array.from({ length: 100 }, (_, i) => i + 1));
    await expectSound(inner, signer);
  });

  it('lets what comes while a commit waits for the write lock go along with it', async () => {
    const { log, store, signer } = await createTestLog();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const commits = { count: 0 };
    const slow: typeof store.exclusive = async (ask, build) => {
      commits.count += 1;
      await held;
      return store.exclusive(ask, build);
    };
    const { environment } = await createTestLog({ seed: 2 });
    const waiting = await openAuditLog({
      store: { ...createFaultyStore(store), exclusive: slow },
      signer,
      environment,
      create: false,
    });
    const append = (name: string) => waiting.append({ kind: 'system-event', name });
    const first = append('a');
    while (commits.count === 0) await setImmediate();
    const others = ['b', 'c'].map(append);
    release();
    expect((await Promise.all([first, ...others])).map(({ index }) => index)).toEqual([1, 2, 3]);
    expect(commits.count).toBe(1);
    await log.append({ kind: 'system-event', name: 'd' });
    await expectSound(store, signer);
  });

  it('fails for those who waited when the lock cannot be had, and for nobody else', async () => {
    const { store, signer, environment } = await createTestLog();
    let isFree = false;
    const exclusive: typeof store.exclusive = async (ask, build) => {
      if (!isFree) throw new StoreUnavailableError('STORE_LOCKED', 'not now');
      return store.exclusive(ask, build);
    };
    const busy = { ...createFaultyStore(store), exclusive };
    const log = await openAuditLog({ store: busy, signer, environment, create: false });
    const append = (name: string) => log.append({ kind: 'system-event', name });
    const refused = await Promise.allSettled([append('a'), append('b')]);
    expect(refused).toMatchObject([{ reason: { code: 'STORE_LOCKED' } }, { reason: { code: 'STORE_LOCKED' } }]);
    isFree = true;
    expect((await append('c')).index).toBe(1);
    await expectSound(store, signer);
  });

  it('cuts a long queue into commits of a bounded size', async () => {
    const inner = createMemoryLogStore();
    const store = createFaultyStore(inner);
    const { log, signer } = await createTestLog({ store });
    const before = store.commits;
    await Promise.all(
      Array.from({ length: MAX_COMMIT_ITEMS + 1 }, (_, i) => log.append({ kind: 'system-event', name: `event-${i}` })),
    );
    expect(store.commits - before).toBe(2);
    const megabyte = { details: 'x'.repeat(60_000) };
    await Promise.all(
      Array.from({ length: 80 }, () => log.append({ kind: 'system-event', name: 'large', payloads: megabyte })),
    );
    expect(store.commits - before).toBe(4);
    await expectSound(inner, signer);
  });

  it('refuses what does not fit any more, and goes on when there is room', async () => {
    const { log } = await createTestLog();
    const answers = await Promise.allSettled(
      Array.from({ length: MAX_QUEUED_ITEMS + 1 }, () => log.append({ kind: 'system-event', name: 'many' })),
    );
    const refused = answers.filter(({ status }) => status === 'rejected');
    expect(refused).toEqual([{ status: 'rejected', reason: expect.objectContaining({ code: 'QUEUE_FULL' }) }]);
    await log.append({ kind: 'system-event', name: 'later' });
  });

  it('drains when it is closed, and takes nothing after', async () => {
    const { log, store } = await createTestLog();
    const last = log.append({ kind: 'system-event', name: 'last' });
    const closing = log.close();
    await expect(log.append({ kind: 'system-event', name: 'late' })).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await closing;
    expect((await last).index).toBe(1);
    expect((await store.head()).size).toBe(2);
  });
});
