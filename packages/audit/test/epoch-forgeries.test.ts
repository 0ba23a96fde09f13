/**
 * Logs that somebody rewrote across the end of an epoch, with the keys that such an attacker has: today's, and never those that
 * were erased. Each ends in its finding.
 */

import { sign } from 'node:crypto';
import { encodeBase64 } from '@countersign/core';
import { createVerifierKey, edgeRoot, formatVerifierKey, KEY_TYPES, type KeyType, signNote } from '@countersign/tlog';
import { describe, expect, it } from 'vitest';
import type { EntryOf } from '../src/entry/kinds.js';
import { epochKeyName } from '../src/keys/epoch-name.js';
import { epochStatementBytes } from '../src/keys/epoch-statement.js';
import { noteSignerOf, privateKeyOfSeed, sha256 } from '../src/keys/private-key.js';
import { verifyLog } from '../src/verify/index.js';
import { entriesOf, type ForgedEntry, forge, readerOf } from './verify-forge.js';
import { ORIGIN, openWorld, type World } from './verify-world.js';

/** The private key of an epoch; the attacker holds that of epoch 3, the last one. */
const keyOf = (epoch: number) => privateKeyOfSeed(new Uint8Array(32).fill(epoch));
const signerOf = (epoch: number, key = keyOf(epoch)) => noteSignerOf(epochKeyName(ORIGIN, epoch), key);
const verifierOf = (epoch: number, key = keyOf(epoch)) => formatVerifierKey(signerOf(epoch, key).key);

/** An event, or the end of an epoch. */
type Step = 'event' | 'forged event' | Partial<Ending>;
interface Ending {
  /** The number of the epoch that begins. */
  readonly epoch: number;
  readonly epochKey: string;
  /** Whose key signs the proof. */
  readonly by: number;
}

/** Three epochs of three entries each, the last one open: sizes 1 to 3, 4 to 6, 7 and up. */
const HONEST: readonly Step[] = ['event', { epoch: 2 }, 'event', 'event', { epoch: 3 }, 'event', 'event'];

interface Forgery {
  readonly steps?: readonly Step[];
  /** The epoch whose key signs the checkpoint of a size. */
  readonly signs?: (size: number) => number;
  readonly seals?: readonly number[];
  readonly firstKey?: string;
}

const EVENTS = { event: 'tick', 'forged event': 'never happened' } as const;

async function codesOf(forgery: Forgery = {}): Promise<readonly string[]> {
  const world = await openWorld();
  const { steps = HONEST, seals = [3, 6], firstKey = verifierOf(1) } = forgery;
  const [opened] = await entriesOf(world);
  if (opened?.entry.kind !== 'log-opened') throw new Error('another kind');
  const entries: ForgedEntry[] = [{ ...opened, entry: { ...opened.entry, epochKey: firstKey } }];
  for (const step of steps) {
    if (typeof step === 'string')
      entries.push({
        entry: { ...common(opened, entries.length), kind: 'system-event', name: EVENTS[step] },
        payloads: [],
      });
    else entries.push({ entry: await endingOf(world, entries, step), payloads: [] });
  }
  const signs = forgery.signs ?? ((size: number) => (size > 6 ? 3 : size > 3 ? 2 : 1));
  const signerAt = (size: number) => ({
    sign: (text: string) => signNote({ text, signers: [world.signer.identity, signerOf(signs(size))] }),
  });
  const evidence = await forge(world, entries, { signerAt, kept: seals });
  const { findings } = await verifyLog(readerOf(evidence), { key: world.key });
  return [...new Set(findings.map(({ code }) => code))];
}

/** The members that `forge` does not fill in. */
function common({ entry }: ForgedEntry, place: number) {
  const { v, log, index, prev, writer, writerSeq, time, totals } = entry;
  const id = `019aa000-0000-7000-8000-${String(place).padStart(12, '0')}`;
  return { v, log, index, prev, writer, writerSeq, id, time, totals, payload: {} } as const;
}

async function endingOf(
  world: World,
  entries: readonly ForgedEntry[],
  step: Partial<Ending>,
): Promise<EntryOf<'key-epoch'>> {
  const { epoch = 2, epochKey = verifierOf(epoch), by = epoch - 1 } = step;
  const [first] = entries;
  if (first === undefined) throw new Error('no entry');
  const root = encodeBase64(edgeRoot(sha256, (await forge(world, entries)).edge));
  const statement = { log: ORIGIN, index: entries.length, epoch, root, epochKey };
  const proof = sign(null, epochStatementBytes(statement), keyOf(by)).toString('base64');
  return { ...common(first, entries.length), kind: 'key-epoch', epoch, epochKey, root, proof };
}

/** A key of another type or order under the right name. */
function rawKey(publicKey: Uint8Array, type: KeyType = KEY_TYPES.ed25519): string {
  return formatVerifierKey(createVerifierKey({ name: epochKeyName(ORIGIN, 2), publicKey, type, hasher: sha256 }));
}

const TODAY = () => 3;

describe('Three epochs', () => {
  it('that are sound have no finding but that nothing outside vouches for them', async () => {
    expect(await codesOf()).toEqual(['NO_ANCHOR']);
  });

  it.each<readonly [attack: string, code: string, forgery: Forgery]>([
    // Class 43 (journald CVE-2023-31439): entries of a sealed epoch are changed and sealed again with the key of today.
    [
      'an old entry changed, sealed with the key of today',
      'CHECKPOINT_SIGNATURE',
      { steps: ['forged event', { epoch: 2, by: 3 }, ...HONEST.slice(2)], signs: TODAY },
    ],
    [
      'an old entry changed, the end of its epoch signed with the key of today',
      'EPOCH_PROOF_INVALID',
      { steps: ['forged event', { epoch: 2, by: 3 }, ...HONEST.slice(2)] },
    ],
    [
      'the seal of an old epoch by the key of the next one',
      'CHECKPOINT_SIGNATURE',
      { signs: (size) => (size > 6 ? 3 : 2) },
    ],
    ['a sealed key that signs on', 'CHECKPOINT_SIGNATURE', { signs: (size) => (size > 3 ? 2 : 1) }],
    // Class 44 (journald CVE-2023-31438): the end of an epoch is cut off, and the log goes on.
    [
      'entries cut off the end of a sealed epoch',
      'EPOCH_PROOF_INVALID',
      { steps: ['event', { epoch: 2 }, 'event', { epoch: 3, by: 3 }, 'event'], seals: [3, 5] },
    ],
    ['no seal', 'EPOCH_SEAL_MISSING', { seals: [6] }],
    ['a seal that is not kept', 'EPOCH_SEAL_MISSING', { steps: HONEST.slice(0, 5), seals: [3] }],
    ['a checkpoint kept that seals nothing', 'CHECKPOINT_UNEXPECTED', { seals: [2, 3, 6] }],
    // Class 45: gaps and overlaps.
    [
      'an epoch left out',
      'EPOCH_INVALID',
      { steps: ['event', { epoch: 3, by: 1 }, 'event'], seals: [3], signs: (size) => (size > 3 ? 3 : 1) },
    ],
    [
      'an epoch that begins twice',
      'EPOCH_INVALID',
      { steps: ['event', { epoch: 2 }, 'event', { epoch: 2 }, 'event'], seals: [3, 5] },
    ],
    [
      'an epoch that is never ended',
      'CHECKPOINT_SIGNATURE',
      { steps: ['event', 'event', 'event', 'event'], seals: [], signs: () => 3 },
    ],
    [
      'the key of a sealed epoch used again',
      'EPOCH_INVALID',
      { steps: ['event', { epoch: 2 }, 'event', 'event', { epoch: 3, epochKey: verifierOf(3, keyOf(1)) }, 'event'] },
    ],
    // Classes 46 to 48: keys that prove nothing, or the same thing twice.
    [
      'a key of low order',
      'KEY_WEAK',
      {
        steps: ['event', { epoch: 2, epochKey: rawKey(new Uint8Array([1, ...new Uint8Array(31)])) }, 'event'],
        seals: [3],
      },
    ],
    [
      'a key off the curve',
      'KEY_WEAK',
      { steps: ['event', { epoch: 2, epochKey: rawKey(new Uint8Array(32).fill(2)) }, 'event'], seals: [3] },
    ],
    [
      'a key of the type of witnesses',
      'KEY_WEAK',
      {
        steps: ['event', { epoch: 2, epochKey: rawKey(signerOf(2).key.publicKey, KEY_TYPES.cosignature) }, 'event'],
        seals: [3],
      },
    ],
    [
      'a key under the name of another epoch',
      'KEY_WEAK',
      { steps: ['event', { epoch: 2, epochKey: verifierOf(4) }, 'event'], seals: [3] },
    ],
  ])('with %s: %s', async (_, code, forgery) => {
    expect(await codesOf(forgery)).toContain(code);
  });

  it('of which one uses the identity key are found', async () => {
    const world = await openWorld();
    const publicKey = world.signer.identity.key.publicKey;
    const steps: readonly Step[] = ['event', { epoch: 2, epochKey: rawKey(publicKey) }, 'event'];
    expect(await codesOf({ steps, seals: [3] })).toContain('EPOCH_INVALID');
  });
});
