/** Witnesses over real HTTP: the server's answers, the log's side, and calls that must be witnessed. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditLog, createWitnessAnchor, verifyEd25519 } from '@countersign/audit';
import { createTestLog } from '@countersign/audit/testing';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import {
  formatAddCheckpoint,
  formatVerifierKey,
  parseCheckpoint,
  parseNote,
  parseVerifierKey,
  verifyCosignatures,
} from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  CallRefusedError,
  type Countersign,
  type CountersignOptions,
  createScriptedChannel,
  openCountersign,
} from '../src/index.js';
import { hashOf } from '../src/witness/witness.js';
import { openWitnessState } from '../src/witness/witness-state.js';
import { policyOf, type RunningWitness, runWitness, sha256, witnessSigner } from './witness-world.js';

let folder = '';
const running: { stop(): Promise<void> }[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-witness-test-'));
});
afterEach(async () => {
  for (const each of running.splice(0)) await each.stop().catch(() => undefined);
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Parameters<typeof runWitness>[0]): Promise<RunningWitness> {
  const witness = await runWitness({ path: join(folder, `${options.name}.db`), ...options });
  running.push(witness);
  return witness;
}

/** A log with some entries, its key, and what proves growth. */
async function grownLog(entries = 5, seed = 1) {
  const made = await createTestLog({ seed });
  for (let i = 0; i < entries; i += 1) await made.log.append({ kind: 'system-event', name: `event-${i}` });
  return { ...made, key: parseVerifierKey(made.log.identityKey, sha256) };
}

async function subjectOf(log: AuditLog) {
  const note = await log.checkpoint();
  const { CheckedTree } = await import('../../audit/src/anchors/checked-tree.js');
  const tree = new CheckedTree(log.store);
  const checkpoint = parseCheckpoint(parseNote(note).text);
  return { note, checkpoint, prove: (from: number) => tree.prove(from, checkpoint.size) };
}

const context = (environment: Environment = createSystemEnvironment()) => ({
  environment,
  signal: new AbortController().signal,
});

async function post(
  url: string,
  body: string | Uint8Array<ArrayBuffer>,
): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** A host that answers what it is told to. */
async function answering(answer: (path: string, response: ServerResponse) => void): Promise<string> {
  const server: Server = createServer((request, response) => {
    request.resume();
    request.on('end', () => answer(request.url ?? '', response));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  running.push({
    stop: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no address.');
  return `http://127.0.0.1:${address.port}`;
}

describe('The witness server', () => {
  test('answers with exactly the statuses of C2SP tlog-witness', async () => {
    const { log, key } = await grownLog();
    const witness = await start({ name: 'w', seed: 2, logs: [key] });
    const small = await subjectOf(log);
    expect(await post(witness.url, formatAddCheckpoint({ old: 1, proof: [], note: small.note }))).toMatchObject({
      status: 409,
      type: 'text/x.tlog.size',
      text: '0\n',
    });
    const first = await post(witness.url, formatAddCheckpoint({ old: 0, proof: [], note: small.note }));
    expect(first).toMatchObject({ status: 200, type: 'text/plain; charset=utf-8' });
    expect(first.text).toMatch(/^\u2014 w\.example\/witness [A-Za-z0-9+/=]+\n$/);
    await log.append({ kind: 'system-event', name: 'more' });
    const large = await subjectOf(log);
    const proof = await large.prove(small.checkpoint.size);
    const statuses = async (over: Partial<Parameters<typeof formatAddCheckpoint>[0]>) =>
      (await post(witness.url, formatAddCheckpoint({ old: small.checkpoint.size, proof, note: large.note, ...over })))
        .status;
    expect(await statuses({ proof: proof.slice(1) })).toBe(422);
    expect(await statuses({ old: large.checkpoint.size + 1 })).toBe(400);
    expect(await statuses({ note: large.note.replace(/(\u2014 \S+ ....)..../, '$1AAAA') })).toBe(403);
    const stranger = await grownLog(2, 7);
    const other = await createTestLog({ origin: 'example.test/unknown' });
    expect(await statuses({ note: await other.log.checkpoint() })).toBe(404);
    expect(await statuses({ note: await stranger.log.checkpoint() })).toBe(403);
    expect(await statuses({})).toBe(200);
    expect(
      await post(witness.url, formatAddCheckpoint({ old: small.checkpoint.size, proof, note: large.note })),
    ).toMatchObject({ status: 409, text: `${large.checkpoint.size}\n` });
    expect(await statuses({ old: large.checkpoint.size, proof: [] }), 'the same once more').toBe(200);
  });

  test('serves the newest checkpoint that it cosigned, with its cosignature and those of the log alone', async () => {
    const { log, key } = await grownLog();
    const witness = await start({ name: 'w', seed: 2, logs: [key] });
    const path = `${witness.url}/${hashOf(log.origin)}/checkpoint`;
    expect((await fetch(path)).status).toBe(404);
    const { note } = await subjectOf(log);
    await post(witness.url, formatAddCheckpoint({ old: 0, proof: [], note }));
    const served = await (await fetch(path)).text();
    expect(verifyCosignatures({ note: served, witnesses: [witness.signer.key], verify: verifyEd25519 })).toHaveLength(
      1,
    );
    expect(parseNote(served).signatures.map(({ name }) => name)).toEqual([log.origin, 'w.example/witness']);
  });

  test('refuses other methods, other paths, bodies that are too large, and bytes that are no text', async () => {
    const witness = await start({ name: 'w', seed: 2, logs: [] });
    expect((await fetch(`${witness.url}/add-checkpoint`)).status).toBe(405);
    expect((await fetch(`${witness.url}/${hashOf('x')}/checkpoint`, { method: 'POST', body: '' })).status).toBe(405);
    for (const path of ['/', '/checkpoint', `/${'A'.repeat(64)}/checkpoint`, '/../add-checkpoint/x', '/%2e%2e']) {
      expect((await fetch(`${witness.url}${path}`)).status, path).toBe(404);
    }
    expect((await post(witness.url, 'x'.repeat(65 * 1024))).status).toBe(413);
    expect((await post(witness.url, Uint8Array.of(0xff, 0xfe, 0x0a))).status).toBe(400);
    expect((await post(witness.url, '')).status).toBe(400);
  });

  test('answers 429 to whoever asks too often, and takes them again later', async () => {
    let nowUs = 0;
    const environment = { monotonicUs: () => nowUs };
    const witness = await start({ name: 'w', seed: 2, logs: [], serve: { ratePerSecond: 1, environment } });
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await fetch(`${witness.url}/x`)).status);
    expect(statuses).toEqual([...Array(10).fill(404), 429, 429]);
    nowUs += 1_000_000;
    expect((await fetch(`${witness.url}/x`)).status).toBe(404);
  });

  test('remembers what it cosigned over a restart, and signs no second tree of one size', async () => {
    const { log, key } = await grownLog(3, 1);
    const witness = await start({ name: 'w', seed: 2, logs: [key] });
    const { note } = await subjectOf(log);
    await post(witness.url, formatAddCheckpoint({ old: 0, proof: [], note }));
    await witness.stop();
    const again = await start({ name: 'w', seed: 2, logs: [key] });
    const fork = await createTestLog({ seed: 1 });
    for (let i = 0; i < 3; i += 1) await fork.log.append({ kind: 'system-event', name: `fork-${i}` });
    const forked = await fork.log.checkpoint();
    expect(await post(again.url, formatAddCheckpoint({ old: 0, proof: [], note: forked }))).toMatchObject({
      status: 409,
      text: '4\n',
    });
    expect((await post(again.url, formatAddCheckpoint({ old: 4, proof: [], note: forked }))).status).toBe(422);
  });

  test('gives one of two trees of one size its cosignature, however many ask at once', async () => {
    const { log, key } = await grownLog(3, 1);
    const witness = await start({ name: 'w', seed: 2, logs: [key], serve: { ratePerSecond: 1000 } });
    const fork = await createTestLog({ seed: 1 });
    for (let i = 0; i < 3; i += 1) await fork.log.append({ kind: 'system-event', name: `fork-${i}` });
    const notes = [await log.checkpoint(), await fork.log.checkpoint()];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        post(witness.url, formatAddCheckpoint({ old: 0, proof: [], note: notes[i % 2] ?? '' })),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(39);
  });

  test('leaves a file that is no state of a witness as it is', async () => {
    const Database = (await import('better-sqlite3')).default;
    const path = join(folder, 'other.db');
    const other = new Database(path);
    other.exec('CREATE TABLE mine (x)');
    other.close();
    expect(() => openWitnessState(path)).toThrow('The file is no state of a witness');
  });
});

describe('The witness anchor', () => {
  test('collects as many cosignatures as the policy demands, and asks with a proof from what each witness has', async () => {
    const { log, key } = await grownLog();
    const witnesses = await Promise.all([2, 3, 4].map((seed) => start({ name: `w${seed}`, seed, logs: [key] })));
    const anchor = createWitnessAnchor({ policy: policyOf(witnesses, 'all') });
    for (let round = 0; round < 3; round += 1) {
      const receipt = await anchor.anchor(await subjectOf(log), context());
      const note = typeof receipt === 'object' && receipt !== null && 'note' in receipt ? String(receipt.note) : '';
      const keys = witnesses.map(({ signer }) => signer.key);
      expect(verifyCosignatures({ note, witnesses: keys, verify: verifyEd25519 })).toHaveLength(3);
      for (let i = 0; i <= round; i += 1) await log.append({ kind: 'system-event', name: `more-${i}` });
    }
    // Another process knows nothing of what the witnesses have, and learns it from their conflict.
    const fresh = createWitnessAnchor({ policy: policyOf(witnesses, 'all') });
    await fresh.anchor(await subjectOf(log), context());
    expect(await fresh.newest?.(log.origin, context())).toHaveLength(3);
  });

  test('is content with k of n, and fails with fewer', async () => {
    const { log, key } = await grownLog();
    const [a, b, c] = await Promise.all([2, 3, 4].map((seed) => start({ name: `w${seed}`, seed, logs: [key] })));
    if (a === undefined || b === undefined || c === undefined) throw new Error('There are three.');
    const anchor = createWitnessAnchor({ policy: policyOf([a, b, c], 2) });
    await c.stop();
    await anchor.anchor(await subjectOf(log), context());
    await b.stop();
    await expect(anchor.anchor(await subjectOf(log), context())).rejects.toMatchObject({ code: 'ANCHOR_UNREACHABLE' });
  });

  test('says of a witness that has seen more, or another tree, that the log was cut back or forked', async () => {
    const { log, key } = await grownLog(6, 1);
    const witness = await start({ name: 'w', seed: 2, logs: [key] });
    await createWitnessAnchor({ policy: policyOf([witness]) }).anchor(await subjectOf(log), context());
    const short = await grownLog(2, 1);
    const anchor = createWitnessAnchor({ policy: policyOf([witness]) });
    await expect(anchor.anchor(await subjectOf(short.log), context())).rejects.toMatchObject({ code: 'ANCHOR_AHEAD' });
    const fork = await createTestLog({ seed: 1 });
    for (let i = 0; i < 8; i += 1) await fork.log.append({ kind: 'system-event', name: `fork-${i}` });
    await expect(anchor.anchor(await subjectOf(fork.log), context())).rejects.toMatchObject({ code: 'ANCHOR_AHEAD' });
  });

  test.each([
    ['an error of the server', 500, 'text/plain', 'x', 'ANCHOR_UNREACHABLE'],
    ['too many requests', 429, 'text/plain', 'x', 'ANCHOR_UNREACHABLE'],
    ['an unknown log', 404, 'text/plain', 'x', 'ANCHOR_REFUSED'],
    ['a refusal', 403, 'text/plain', 'x', 'ANCHOR_REFUSED'],
    ['a redirect', 302, 'text/plain', '', 'ANCHOR_REFUSED'],
    ['a conflict without a size', 409, 'text/plain', '3\n', 'ANCHOR_ANSWER_INVALID'],
    ['a conflict with no number', 409, 'text/x.tlog.size', '03\n', 'ANCHOR_ANSWER_INVALID'],
    ['a conflict that never ends', 409, 'text/x.tlog.size', '1\n', 'ANCHOR_ANSWER_INVALID'],
    ['a larger size', 409, 'text/x.tlog.size', '900\n', 'ANCHOR_AHEAD'],
    ['a proof that does not hold', 422, 'text/plain', 'x', 'ANCHOR_AHEAD'],
    ['no signature', 200, 'text/plain', '', 'ANCHOR_ANSWER_INVALID'],
    ['HTML', 200, 'text/html', '<html></html>\n', 'ANCHOR_ANSWER_INVALID'],
    ['more than can be', 200, 'text/plain', 'x'.repeat(70_000), 'ANCHOR_ANSWER_INVALID'],
  ] as const)('takes %s for what it is', async (_what, status, type, body, code) => {
    const { log } = await grownLog();
    const url = await answering((_path, response) => {
      response.writeHead(status, { 'content-type': type, location: 'http://127.0.0.1:1/' }).end(body);
    });
    const line = `witness w ${formatVerifierKey(witnessSigner('w', 2).key)} ${url}`;
    const anchor = createWitnessAnchor({ policy: `${line}\nquorum w\n` });
    await expect(anchor.anchor(await subjectOf(log), context())).rejects.toMatchObject({ code });
  });

  test('does not take a cosignature of another key, or over another checkpoint', async () => {
    const { log, key } = await grownLog();
    const honest = await start({ name: 'w', seed: 2, logs: [key] });
    const other = witnessSigner('w.example/witness', 9).key;
    const anchor = createWitnessAnchor({ policy: `witness w ${formatVerifierKey(other)} ${honest.url}\nquorum w\n` });
    await expect(anchor.anchor(await subjectOf(log), context())).rejects.toMatchObject({
      code: 'ANCHOR_ANSWER_INVALID',
    });
    let stale = '';
    const replaying = await answering((_path, response) => void response.writeHead(200).end(stale));
    const { note } = await subjectOf(log);
    stale = (await post(honest.url, formatAddCheckpoint({ old: 0, proof: [], note }))).text;
    await log.append({ kind: 'system-event', name: 'more' });
    const line = `witness w ${formatVerifierKey(honest.signer.key)} ${replaying}`;
    const replayed = createWitnessAnchor({ policy: `${line}\nquorum w\n` });
    await expect(replayed.anchor(await subjectOf(log), context())).rejects.toMatchObject({
      code: 'ANCHOR_ANSWER_INVALID',
    });
  });

  test('does not wait for a witness that never answers', async () => {
    const { log } = await grownLog();
    const url = await answering(() => undefined);
    const line = `witness w ${formatVerifierKey(witnessSigner('w', 2).key)} ${url}`;
    const anchor = createWitnessAnchor({ policy: `${line}\nquorum w\n`, timeoutMs: 50 });
    await expect(anchor.anchor(await subjectOf(log), context())).rejects.toMatchObject({ code: 'ANCHOR_UNREACHABLE' });
  });

  test.each([
    ['that demands nothing', 'quorum none\n'],
    ['that is none', 'witness\n'],
    ['whose witnesses have no URL', `witness w ${formatVerifierKey(witnessSigner('w', 2).key)}\nquorum w\n`],
  ])('refuses a policy %s', (_what, policy) => {
    expect(() => createWitnessAnchor({ policy })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});

describe('A call that must be witnessed', () => {
  const open: Countersign[] = [];
  afterEach(async () => {
    for (const cs of open.splice(0)) await cs.close();
  });

  async function openHere(options: CountersignOptions): Promise<Countersign> {
    const cs = await openCountersign({
      path: join(folder, 'log.db'),
      keyDir: join(folder, 'keys'),
      markFile: join(folder, 'mark'),
      channels: [createScriptedChannel(() => ({ decision: 'approved', approver: { kind: 'person', id: 'ada' } }))],
      workspace: folder,
      warn: () => undefined,
      ...options,
    });
    open.push(cs);
    return cs;
  }

  /** A deployment whose log a witness knows. */
  async function witnessed(over: Partial<CountersignOptions> = {}) {
    const first = await openHere({});
    const key = parseVerifierKey(first.log.identityKey, sha256);
    await first.close();
    const witness = await start({ name: 'w', seed: 2, logs: [key] });
    const anchors = [createWitnessAnchor({ policy: policyOf([witness]) })];
    const cs = await openHere({ anchors, requireWitness: { risk: 'critical', timeoutMs: 5000 }, ...over });
    return { cs, witness, key };
  }

  const TOOL = { name: 'run_shell', description: 'Runs a shell command.' };

  test('runs when its intent is cosigned, and the cosigned checkpoint covers the intent', async () => {
    const { cs, witness } = await witnessed();
    let covered = 0;
    const tool = cs.withAudit({
      run_shell: async ({ command }: { command: string }) => {
        const note = witness.state.checkpoint(hashOf(cs.log.origin)) ?? '';
        covered = parseCheckpoint(parseNote(note).text).size;
        return command;
      },
    });
    expect(await tool.run_shell({ command: 'rm -rf / --no-preserve-root' })).toContain('rm');
    const { calls } = await cs.log.query();
    expect(calls[0]).toMatchObject({ risk: 'critical', outcome: 'ok' });
    expect(covered).toBeGreaterThan(calls[0]?.index ?? Number.POSITIVE_INFINITY);
    const [record] = await cs.log.entries({ kind: 'anchor-recorded', from: calls[0]?.index ?? 0 });
    expect(record?.entry).toMatchObject({ anchor: 'witness', name: 'witness' });
    const report = await cs.log.verify({ key: cs.log.identityKey });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('does not run without its witness: the outcome says so, and the caller learns it', async () => {
    const { cs, witness } = await witnessed({ requireWitness: { risk: ['critical'], timeoutMs: 300 } });
    await witness.stop();
    let ran = 0;
    const run = cs.gate.run({ tool: TOOL, args: { command: 'rm -rf / --no-preserve-root' } }, () => {
      ran += 1;
    });
    const error = await run.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CallRefusedError);
    expect(error).toMatchObject({ code: 'WITNESS_UNAVAILABLE', tool: 'run_shell' });
    expect(ran).toBe(0);
    const { calls } = await cs.log.query();
    expect(calls[0]).toMatchObject({ outcome: 'aborted', success: false, error: { code: 'WITNESS_UNAVAILABLE' } });
    const report = await cs.log.verify({ key: cs.log.identityKey });
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  test('holds up no call of another level', async () => {
    const { cs, witness } = await witnessed({ requireWitness: ['critical'] });
    await witness.stop();
    expect(await cs.gate.run({ tool: TOOL, args: { command: 'ls' } }, () => 'ran')).toBe('ran');
    expect(await cs.gate.run({ tool: TOOL, args: { command: 'rm -rf build' } }, () => 'ran')).toBe('ran');
  });

  test('shares its cosignature with those that wait at the same time', async () => {
    const { cs } = await witnessed();
    const calls = Array.from({ length: 10 }, (_, i) =>
      cs.gate.run({ tool: TOOL, args: { command: `rm -rf / --no-preserve-root # ${i}` } }, () => i),
    );
    expect(await Promise.all(calls)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect((await cs.log.entries({ kind: 'anchor-recorded' })).length).toBeLessThan(10);
  });

  test('stops waiting when its caller gives up', async () => {
    const { cs, witness } = await witnessed();
    await witness.stop();
    const controller = new AbortController();
    const context = { signal: controller.signal };
    const run = cs.gate.run({ tool: TOOL, args: { command: 'rm -rf / --no-preserve-root' }, context }, () => 'ran');
    while ((await cs.log.entries({ kind: 'tool-call' })).length === 0) await new Promise((next) => setTimeout(next, 5));
    controller.abort();
    await expect(run).rejects.toMatchObject({ code: 'WITNESS_UNAVAILABLE' });
  });

  test('cannot be demanded where there is no witness', async () => {
    await expect(openHere({ requireWitness: 'critical' })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(openHere(JSON.parse('{"requireWitness":"fatal"}'))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  test('puts the demand on record, and that it was taken back', async () => {
    const { cs } = await witnessed();
    const [change] = await cs.log.entries({ kind: 'config-changed' });
    expect(change?.payloads.get('config')).toEqual({
      anchors: [{ anchor: 'witness', name: 'witness' }],
      requireWitness: { risk: ['critical'], witnesses: ['witness'] },
    });
    await cs.close();
    const without = await openHere({});
    const changes = await without.log.entries({ kind: 'config-changed' });
    expect(changes.map(({ payloads }) => payloads.get('config'))).toMatchObject([{ requireWitness: {} }, {}]);
    expect(changes[1]?.payloads.get('config')).toEqual({});
  });
});
