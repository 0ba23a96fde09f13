/** Epochs of a log that is written: when they end, what stands on record, and that every process goes on with the new key. */

import { execFileSync } from 'node:child_process';
import { constants } from 'node:fs';
import { mkdtemp, open as openFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestEnvironment } from '@countersign/core/testing';
import { parseNote } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openKeyDir } from '../src/keys/key-dir.js';
import { createMemorySigner, createSigner, type Signer } from '../src/keys/signer.js';
import { openMark } from '../src/mark.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { type AuditLogOptions, openAuditLog } from '../src/open-audit-log.js';
import type { LogStore } from '../src/store.js';
import { createFaultyStore } from '../src/testing/faulty-store.js';
import { verifyLog } from '../src/verify/index.js';
import { kindsOf, readAll } from './support.js';

const origin = 'example.test/epochs';
const environment = createTestEnvironment({ seed: 3 });
const EVENT = { kind: 'system-event', name: 'tick' } as const;
const HOUR = 3_600_000;
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'countersign-epochs-'));
});
afterEach(() => rm(dir, { recursive: true }));

/** The keys in the directory, as another process has them. */
async function signerOf(): Promise<Signer> {
  return createSigner(await openKeyDir({ dir: join(dir, 'keys'), origin, create: true }));
}

async function open(store: LogStore, over: Partial<AuditLogOptions> = {}) {
  return openAuditLog({ store, environment, create: true, signer: over.signer ?? (await signerOf()), ...over });
}

/** The epochs whose private keys are there. */
async function keyFiles(): Promise<readonly string[]> {
  return (await readdir(join(dir, 'keys'))).filter((name) => name.startsWith('epoch-')).sort();
}

/** Which epoch signed each checkpoint that is kept, by size. */
async function seals(store: LogStore): Promise<readonly (readonly [number, string | undefined])[]> {
  const kept = (await store.checkpoints()).filter((checkpoint) => checkpoint.kept);
  return kept.map(({ size, note }) => [size, parseNote(note).signatures[1]?.name]);
}

async function expectVerified(store: LogStore, signer: Signer): Promise<void> {
  const { formatVerifierKey } = await import('@countersign/tlog');
  const report = await verifyLog(store, { key: formatVerifierKey(signer.identity.key) });
  expect(report.findings.map(({ code }) => code)).toEqual(['NO_ANCHOR']);
}

describe('An epoch', () => {
  test('ends with the commit that reaches its number of entries, and its old key is erased', async () => {
    const store = createMemoryLogStore();
    const log = await open(store, { epochs: { maxEntries: 4 } });
    for (let i = 0; i < 7; i += 1) await log.append(EVENT);
    expect(await kindsOf(store)).toEqual([
      'log-opened',
      'system-event',
      'system-event',
      'key-epoch',
      'system-event',
      'system-event',
      'system-event',
      'key-epoch',
      'system-event',
      'system-event',
    ]);
    expect(await seals(store)).toEqual([
      [4, `${origin}/epoch/1`],
      [8, `${origin}/epoch/2`],
    ]);
    expect(parseNote(await log.checkpoint()).signatures[1]?.name).toBe(`${origin}/epoch/3`);
    expect([log.epoch, (await keyFiles()).includes('epoch-3.key')]).toEqual([3, true]);
    expect(await keyFiles()).not.toContain('epoch-2.key');
    await expectVerified(store, await signerOf());
  });

  test('ends by age with the next commit or opening, not by itself', async () => {
    const store = createMemoryLogStore();
    const log = await open(store);
    environment.advance(23 * HOUR);
    await log.append(EVENT);
    expect(await kindsOf(store)).toEqual(['log-opened', 'system-event']);
    environment.advance(2 * HOUR);
    expect(log.epoch).toBe(1);
    await log.append(EVENT);
    expect((await kindsOf(store)).slice(2)).toEqual(['system-event', 'key-epoch']);
    await log.close();
    environment.advance(25 * HOUR);
    const again = await open(store);
    expect([again.epoch, (await kindsOf(store)).at(-1)]).toEqual([3, 'key-epoch']);
    await expectVerified(store, await signerOf());
  });

  test('ends when it is asked to, also when it has no other entry', async () => {
    const store = createMemoryLogStore();
    const log = await open(store);
    expect(await log.rotateEpoch()).toEqual({ epoch: 2, index: 1 });
    expect(await log.rotateEpoch()).toEqual({ epoch: 3, index: 2 });
    const [first, second] = await Promise.all([log.append(EVENT), log.rotateEpoch(), log.append(EVENT)]);
    expect([first.index, second]).toEqual([3, { epoch: 4, index: 5 }]);
    expect(await keyFiles()).toEqual(['epoch-4.key']);
    expect((await seals(store)).map(([size]) => size)).toEqual([2, 3, 6]);
    await expectVerified(store, await signerOf());
  });

  test('is not ended where keys are not made here', async () => {
    const store = createMemoryLogStore();
    const signer = createMemorySigner({ origin, environment });
    const log = await open(store, { signer, epochs: { maxEntries: 2 } });
    for (let i = 0; i < 5; i += 1) await log.append(EVENT);
    await expect(log.rotateEpoch()).rejects.toMatchObject({ name: 'KeyError', code: 'KEY_NOT_ROTATED' });
    expect(await kindsOf(store)).not.toContain('key-epoch');
    await expectVerified(store, signer);
  });

  test('has keys in memory too', async () => {
    const store = createMemoryLogStore();
    const signer = createMemorySigner({ origin, environment, rotates: true });
    const log = await open(store, { signer, epochs: { maxEntries: 3 } });
    for (let i = 0; i < 9; i += 1) await log.append(EVENT);
    expect(log.epoch).toBe(6);
    await expect(signer.epochs.open(5)).rejects.toMatchObject({ code: 'KEY_MISSING' });
    await expectVerified(store, signer);
  });

  test('with a step of the clock puts the step on record before it ends', async () => {
    const store = createMemoryLogStore();
    const log = await open(store);
    environment.stepWallClock(10_000);
    await log.rotateEpoch();
    expect(await kindsOf(store)).toEqual(['log-opened', 'clock-stepped', 'key-epoch']);
    await expectVerified(store, await signerOf());
  });

  test.each([{ maxAgeMs: 999 }, { maxAgeMs: Number.NaN }, { maxEntries: 1 }, { maxEntries: 2.5 }])(
    'cannot have the limits %j',
    async (epochs) => {
      await expect(open(createMemoryLogStore(), { epochs })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    },
  );
});

describe('Several writers of one log', () => {
  test('go on under the key of the one that ended the epoch', async () => {
    const store = createMemoryLogStore();
    const one = await open(store);
    const two = await open(store);
    await one.rotateEpoch();
    expect(two.epoch).toBe(1);
    await two.append(EVENT);
    expect([two.epoch, parseNote(await two.checkpoint()).signatures[1]?.name]).toEqual([2, `${origin}/epoch/2`]);
    await two.rotateEpoch();
    await two.rotateEpoch();
    await one.append(EVENT);
    expect([one.epoch, await keyFiles()]).toEqual([4, ['epoch-4.key']]);
    await expectVerified(store, await signerOf());
  });

  test('that ask for it at once end one epoch after the other', async () => {
    const store = createMemoryLogStore();
    const logs = await Promise.all([1, 2, 3].map(() => open(store)));
    const ended = await Promise.all(logs.flatMap((log) => [log.append(EVENT), log.rotateEpoch()]));
    expect(new Set(ended.flatMap((end) => ('epoch' in end ? [end.epoch] : []))).size).toBe(3);
    expect(await keyFiles()).toEqual(['epoch-4.key']);
    await expectVerified(store, await signerOf());
  });

  test('refuse to write where the key that the log names is not theirs', async () => {
    const store = createMemoryLogStore();
    const one = await open(store);
    const signer = await signerOf();
    const two = await open(store, { signer: { ...signer, epochs: createMemorySigner({ origin, environment }).epochs } })
      .then(() => 'opened')
      .catch((error: unknown) => error);
    expect(two).toMatchObject({ code: 'KEY_MISMATCH' });
    await one.rotateEpoch();
    await rm(join(dir, 'keys', 'epoch-2.key'));
    await expect(open(store)).rejects.toMatchObject({ name: 'KeyError', code: 'KEY_MISSING' });
  });

  test('that lost the new key fail closed, and lose nothing', async () => {
    const store = createMemoryLogStore();
    const one = await open(store);
    const two = await open(store);
    await one.rotateEpoch();
    const path = join(dir, 'keys', 'epoch-2.key');
    const text = await readFile(path, 'utf8');
    await rm(path);
    await expect(two.append(EVENT)).rejects.toMatchObject({ code: 'KEY_MISSING' });
    expect((await readAll(store)).length).toBe(2);
    const { writeFile } = await import('node:fs/promises');
    await writeFile(path, text, { mode: 0o600 });
    await two.append(EVENT);
    await expectVerified(store, await signerOf());
  });
});

describe('A key of an epoch', () => {
  test('is a file for its owner alone, and one that others can open is refused', async () => {
    const store = createMemoryLogStore();
    const one = await open(store);
    const two = await open(store);
    await one.rotateEpoch();
    const path = join(dir, 'keys', 'epoch-2.key');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    const { chmod } = await import('node:fs/promises');
    await chmod(path, 0o640);
    await expect(two.append(EVENT)).rejects.toMatchObject({ code: 'KEY_EXPOSED' });
  });

  test('that cannot be erased is spoken of, and erased by the next opening', async () => {
    const store = createMemoryLogStore();
    const signer = createMemorySigner({ origin, environment, rotates: true });
    const { rotation } = signer.epochs;
    if (rotation === undefined) throw new Error('no rotation');
    const { KeyError } = await import('../src/errors.js');
    let isBroken = true;
    const stubborn = {
      ...signer,
      epochs: {
        ...signer.epochs,
        rotation: {
          ...rotation,
          eraseBefore: async (epoch: number) => {
            if (isBroken) throw new KeyError('KEY_NOT_ERASED', 'It stays.', { hint: 'Delete it.' });
            await rotation.eraseBefore(epoch);
          },
        },
      },
    };
    const lines: string[] = [];
    const log = await open(store, { signer: stubborn, warn: (line) => lines.push(line) });
    await log.rotateEpoch();
    await log.append(EVENT);
    expect(lines).toEqual(['It stays. Delete it.', 'It stays. Delete it.'].slice(0, lines.length));
    expect(lines.length).toBeGreaterThan(0);
    await signer.epochs.open(1);
    isBroken = false;
    await open(store, { signer: stubborn });
    await expect(signer.epochs.open(1)).rejects.toMatchObject({ code: 'KEY_MISSING' });
  });
});

describe('What stands in the place of an old key', () => {
  test('and is no regular file is left alone: nothing is written into it', async () => {
    const { epochs } = await signerOf();
    const path = join(dir, 'keys', 'epoch-1.key');
    await rm(path);
    execFileSync('mkfifo', [path]);
    const pipe = await openFile(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      await expect(epochs.rotation?.eraseBefore(2)).rejects.toMatchObject({ code: 'KEY_NOT_ERASED' });
      expect((await pipe.read(Buffer.alloc(8), 0, 8, null)).bytesRead).toBe(0);
    } finally {
      await pipe.close();
    }
    expect((await stat(path)).isFIFO()).toBe(true);
  });
});

describe('A commit that ends an epoch', () => {
  test('and is not acknowledged is settled by the next one, stored or not', async () => {
    for (const fault of ['before-commit', 'after-commit'] as const) {
      const store = createFaultyStore(createMemoryLogStore());
      const log = await open(store);
      store.fail(fault);
      await expect(log.rotateEpoch()).rejects.toMatchObject({ code: 'STORE_IO' });
      await log.append(EVENT);
      const isStored = fault === 'after-commit';
      expect([log.epoch, await keyFiles()]).toEqual(
        isStored ? [2, ['epoch-2.key']] : [1, ['epoch-1.key', 'epoch-2.key']],
      );
      expect(await log.rotateEpoch()).toMatchObject({ epoch: isStored ? 3 : 2 });
      await expectVerified(store, await signerOf());
      await rm(join(dir, 'keys'), { recursive: true });
    }
  });

  test('moves the mark, and the log can be opened against it', async () => {
    const store = createMemoryLogStore();
    const mark = openMark({ path: join(dir, 'mark'), environment });
    const log = await open(store, { mark, epochs: { maxEntries: 3 } });
    for (let i = 0; i < 5; i += 1) await log.append(EVENT);
    expect((await mark.read())?.checkpoint.size).toBe((await store.head()).size);
    await log.close();
    const again = await open(store, { mark });
    await again.append(EVENT);
    expect((await again.verify({ key: again.identityKey })).findings).toEqual([]);
  });
});
