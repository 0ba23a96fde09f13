/** A log whose identity key another process holds: writers and the signer are killed, and what was acknowledged verifies. */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRemoteIdentity, openMark } from '@countersign/audit';
import { verifyLog } from '@countersign/audit/verify';
import { openSqlite } from '@countersign/sqlite';
import { type Countersign, openCountersign } from 'countersign';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Child, startChild } from './child.js';

const ORIGIN = 'example.test/elsewhere';

interface Signer {
  readonly child: Child;
  readonly port: string;
  readonly url: string;
  readonly verifierKey: string;
}

async function startSigner(port = '0'): Promise<Signer> {
  const child = await startChild('remote-signer.ts', [ORIGIN, port]);
  onTestFinished(() => child.kill());
  const [bound = '', verifierKey = ''] = (await child.line()).split(' ');
  return { child, port: bound, url: `http://127.0.0.1:${bound}/`, verifierKey };
}

function makePlaces() {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-elsewhere-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { path: join(folder, 'log.db'), keyDir: join(folder, 'keys'), markFile: join(folder, 'mark') };
}

type Places = ReturnType<typeof makePlaces>;

async function startWriter(places: Places, signer: Signer, { maxEntries = 10_000 } = {}): Promise<Child> {
  const { path, keyDir, markFile } = places;
  const args = [path, keyDir, markFile, signer.url, signer.verifierKey, `${maxEntries}`];
  const child = await startChild('write-remotely.ts', args);
  onTestFinished(() => child.kill());
  return child;
}

/** Reads lines until one will do; the number of calls that were made until then. */
async function linesUntil(child: Child, isLast: (line: string) => boolean): Promise<number> {
  for (let calls = 0; ; ) {
    const line = await child.line();
    if (/^\d+$/.test(line)) calls = Number(line);
    if (isLast(line)) return calls;
  }
}

/** The finished calls, and the codes of what is found with the key pinned. */
async function verify({ path, markFile }: Places, key: string) {
  const stores = await openSqlite({ path, create: false });
  try {
    const mark = (await openMark({ path: markFile }).read())?.note;
    const report = await verifyLog(stores.log, { key, ...(mark !== undefined && { mark }), markExpected: true });
    const codes = new Set(report.findings.map(({ code }) => code));
    const calls = (await stores.log.findEntries({ kind: 'tool-result', from: 0, limit: 100_000 })).length;
    return { calls, codes, errors: report.counts.errors };
  } finally {
    await stores.close();
  }
}

async function open(places: Places, { url, verifierKey }: Signer): Promise<Countersign> {
  const signer = createRemoteIdentity({
    verifierKey,
    sign: async (body, { signal }) =>
      new Uint8Array(await (await fetch(url, { method: 'POST', body: Buffer.from(body), signal })).arrayBuffer()),
  });
  return openCountersign({ ...places, signer, warn: () => undefined });
}

describe('a log whose identity key another process holds', () => {
  it('has no private key of the identity in its folder, and signs on closing what is left', async () => {
    const [places, signer] = [makePlaces(), await startSigner()];
    const cs = await open(places, signer);
    expect(await cs.withAudit({ add: async ({ a }: { a: number }) => a + 1 }).add({ a: 1 })).toBe(2);
    await cs.close();
    expect(readdirSync(places.keyDir).sort()).toEqual(['epoch-1.key', 'identity.vkey', 'redaction.key']);
    const { codes, errors } = await verify(places, signer.verifierKey);
    expect([errors, codes.has('IDENTITY_BEHIND')]).toEqual([0, false]);
  });

  it('loses nothing that was acknowledged when its writers are killed, and is signed on by the next one', async () => {
    const [places, signer] = [makePlaces(), await startSigner()];
    const writers = await Promise.all([startWriter(places, signer), startWriter(places, signer)]);
    for (const writer of writers) writer.start();
    const seen = await Promise.all(writers.map((writer) => linesUntil(writer, (line) => Number(line) >= 40)));
    for (const writer of writers) writer.kill();
    await Promise.all(writers.map((writer) => writer.ended()));
    const found = await verify(places, signer.verifierKey);
    expect(found.errors).toBe(0);
    expect(found.calls).toBeGreaterThanOrEqual(seen.reduce((sum, calls) => sum + calls, 0));
    await (await open(places, signer)).close();
    const after = await verify(places, signer.verifierKey);
    expect([after.errors, after.codes.has('IDENTITY_BEHIND')]).toEqual([0, false]);
  });

  it('begins no call past the bound while its signer is gone, and goes on when it is back', async () => {
    const places = makePlaces();
    const first = await startSigner();
    const writer = await startWriter(places, first, { maxEntries: 30 });
    writer.start();
    await linesUntil(writer, (line) => Number(line) >= 10);
    first.child.kill();
    await first.child.ended();
    const calls = await linesUntil(writer, (line) => line === 'SIGNER_BEHIND');
    const behind = await verify(places, first.verifierKey);
    expect([behind.errors, behind.codes.has('IDENTITY_BEHIND')]).toEqual([0, true]);
    expect(behind.calls).toBe(calls);
    const again = await startSigner(first.port);
    expect(again.verifierKey).toBe(first.verifierKey);
    expect(await linesUntil(writer, (line) => /^\d+$/.test(line))).toBe(calls + 1);
    writer.kill();
    await writer.ended();
    expect((await verify(places, first.verifierKey)).errors).toBe(0);
  }, 120_000);

  it('is not opened for the first time without its signer, and is when that is there', async () => {
    const places = makePlaces();
    const signer = await startSigner();
    signer.child.kill();
    await signer.child.ended();
    const opening = open(places, signer).then(
      () => 'opened',
      () => 'failed',
    );
    await sleep(500);
    await startSigner(signer.port);
    expect(await opening).toBe('opened');
  }, 60_000);
});
