import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createTestEnvironment } from '@countersign/core/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { createMemoryLogStore } from '../src/memory-store.js';
import { seal, unseal } from '../src/sealed/seal.js';
import { isSealed } from '../src/sealed/sealed-form.js';
import { createSealer } from '../src/sealed/sealer.js';
import { openSessionKeys } from '../src/sealed/session-keys.js';
import { describeLogStore } from '../src/testing/describe-log-store.js';

const folder = mkdtempSync(join(tmpdir(), 'countersign-sealed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const environment = createTestEnvironment({ seed: 7 });
const randomBytes = (length: number): Uint8Array => environment.randomBytes(length);
const keysIn = (name: string) => openSessionKeys(join(folder, name), environment);

// What is read through the layer is what was written, so that it passes for a store.
describeLogStore(
  'memory, encrypted',
  async () => {
    const sealer = createSealer({ origin: 'example.test/log', keys: keysIn('suite'), seals: true, randomBytes });
    const store = sealer.log(createMemoryLogStore());
    const plain = async (payloads: Awaited<ReturnType<typeof store.payloads>>) =>
      payloads.map(({ sealed: _sealed, ...payload }) => payload);
    return {
      store: {
        ...store,
        payloads: async (range) => plain(await store.payloads(range)),
        read: async (indexes) => {
          const { leaves, payloads } = await store.read(indexes);
          return { leaves, payloads: await plain(payloads) };
        },
        snapshot: async () => {
          const snapshot = await store.snapshot();
          return { ...snapshot, payloads: async (range) => plain(await snapshot.payloads(range)) };
        },
      },
      close: () => store.close(),
    };
  },
  { describe, it, expect },
);

describe('the sealed form', () => {
  const key = randomBytes(32);
  const place = { log: 'example.test/log', what: 'payload', id: 4, name: 'args' } as const;
  const sealed = seal(Buffer.from('"secret"'), { key, nonce: randomBytes(12), place });

  it('opens in its place with its key alone, whichever byte is changed', () => {
    expect(Buffer.from(unseal(sealed, key, place) ?? []).toString()).toBe('"secret"');
    expect(isSealed(Buffer.from('"CSE1"'.padEnd(80)))).toBe(false);
    expect(unseal(sealed, randomBytes(32), place)).toBeUndefined();
    for (const other of [{ id: 5 }, { name: 'result' }, { log: 'example.test/other' }, { what: 'request' as const }]) {
      expect(unseal(sealed, key, { ...place, ...other })).toBeUndefined();
    }
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Uint8Array.from(sealed, (byte, i) => (i === at ? byte ^ 1 : byte));
      expect(unseal(changed, key, place)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length += 1) {
      expect(unseal(sealed.slice(0, length), key, place)).toBeUndefined();
    }
  });
});

describe('session keys', () => {
  it('are one for each session, for all who open the folder', () => {
    const [one, other] = [keysIn('shared'), keysIn('shared')];
    expect(one.areThere).toBe(false);
    const { id } = one.keyOf('a');
    expect(other.keyOf('a').id).toEqual(id);
    expect(other.keyOf('b').id).not.toEqual(id);
    expect(other.keyOf(undefined).id).not.toEqual(id);
    expect(Buffer.from(one.keyOf('a').key).equals(other.find(id)?.key ?? Buffer.of())).toBe(true);
  });

  it('seal no more when another process has moved them away, and open until they are destroyed', async () => {
    const [one, other] = [keysIn('moved'), keysIn('moved')];
    const { id } = one.keyOf('a');
    const moved = other.setAside('a', 3);
    expect(moved.map(({ newest }) => newest)).toEqual([3]);
    expect(one.find(id)).toBeDefined();
    expect(one.keyOf('a').id).not.toEqual(id);
    for (const key of moved) await other.destroy(key);
    expect(one.find(id)).toBeUndefined();
    expect(other.asides()).toEqual([]);
  });
});
