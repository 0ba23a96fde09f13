/** Broken logs: what somebody without keys does to an export, line by line. */

import { encodeBase64, formatVerifierKey, hashLeaf } from '@countersign/tlog';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { APPROVAL, CALLS, DECISIONS } from './log-bases.js';
import {
  checkpointOf,
  commitmentOf,
  digestOf,
  type EntryLine,
  epochSigner,
  IDENTITY,
  KEY,
  signerOf,
} from './log-builder.js';
import { type BrokenLog, entry, line, lines } from './log-faults.js';
import { event } from './log-items.js';

/** All of them. */
export function brokenLines(): readonly BrokenLog[] {
  return [...eachEntry(), ...exportLines(), ...payloads(), ...outside()];
}

/** The same to each entry of a log. */
function eachEntry(): readonly BrokenLog[] {
  return [...CALLS.keys()].flatMap((i) => [
    broken(
      'CHAIN-10',
      'ENTRY_MISSING',
      `entry ${i} left out`,
      lines((all) => all.splice(i + 1, 1)),
    ),
    broken(
      'EXPORT-2',
      'EXPORT_INVALID',
      `entry ${i} twice`,
      lines((all) => all.splice(i + 1, 0, all[i + 1] ?? '')),
    ),
    broken('LEAF-5', 'LEAF_HASH_MISMATCH', `entry ${i} with a digit changed`, entry(i, later)),
    broken('CHAIN-10', 'ENTRY_MISSING', `entry ${i} without its text`, entry(i, erase)),
    broken(
      'CP-4',
      'CHECKPOINT_ROOT',
      `entry ${i} changed with its hash`,
      entry(i, (one) => hashed(later(one))),
    ),
    ...(i === 0 ? [] : pairs(i)),
  ]);
}

function pairs(i: number): readonly BrokenLog[] {
  const before = i - 1;
  return [
    broken(
      'EXPORT-2',
      'EXPORT_INVALID',
      `entries ${before} and ${i} swapped`,
      lines((all) => all.splice(i, 2, all[i + 1] ?? '', all[i] ?? '')),
    ),
    broken('CHAIN-1', 'ENTRY_MISPLACED', `entries ${before} and ${i} renumbered`, {
      entries: (all) => swapTexts(all, before, i),
    }),
    {
      ...broken('ANCHOR-2', 'LOG_TRUNCATED', `cut back to ${i} entries`),
      items: CALLS.slice(0, i),
      against: [checkpointOf(CALLS)],
    },
    {
      ...broken('CP-5', 'CHECKPOINT_SIZE', `cut back to ${i} entries under the newest checkpoint`, {
        note: () => checkpointOf(CALLS),
      }),
      items: CALLS.slice(0, i),
    },
  ];
}

function exportLines(): readonly BrokenLog[] {
  const invalid = (clause: string, name: string, options: BrokenLog['options']) =>
    broken(clause, 'EXPORT_INVALID', name, options);
  return [
    invalid(
      'EXPORT-6',
      'no end',
      lines((all) => all.pop()),
    ),
    invalid(
      'EXPORT-6',
      'an entry behind the end',
      lines((all) => all.push(all[2] ?? '')),
    ),
    invalid(
      'EXPORT-6',
      'two ends',
      lines((all) => all.push(all.at(-1) ?? '')),
    ),
    invalid(
      'EXPORT-2',
      'no header',
      lines((all) => all.shift()),
    ),
    invalid(
      'EXPORT-2',
      'two headers',
      lines((all) => all.unshift(all[0] ?? '')),
    ),
    invalid(
      'EXPORT-2',
      'a header in the middle',
      lines((all) => all.splice(3, 0, all[0] ?? '')),
    ),
    invalid(
      'EXPORT-1',
      'an empty line',
      lines((all) => all.splice(3, 0, '')),
    ),
    invalid(
      'EXPORT-1',
      'a line that is no JSON',
      lines((all) => all.splice(3, 0, '{"index":')),
    ),
    invalid(
      'EXPORT-1',
      'a line that is an array',
      lines((all) => all.splice(3, 0, '[]')),
    ),
    invalid('EXPORT-3', 'a version from the future', line(0, '"version":1', '"version":2')),
    invalid('EXPORT-3', 'another format', line(0, 'countersign-log-export', 'countersign-calls')),
    invalid('EXPORT-3', 'a header with an unknown member', line(0, '{', '{"note":"x",')),
    invalid('EXPORT-3', 'an entry with an unknown member', line(2, '{', '{"trust":"me",')),
    invalid('EXPORT-3', 'an entry without payloads', line(1, ',"payloads":[]', '')),
    invalid('EXPORT-3', 'an entry whose index is text', line(2, '"index":1', '"index":"1"')),
    invalid('EXPORT-3', 'an entry with a negative index', line(2, '"index":1', '"index":-1')),
    invalid(
      'EXPORT-3',
      'an end without its key',
      lines((all) => all.splice(-1, 1, JSON.stringify({ checkpoint: '' }))),
    ),
    invalid(
      'EXPORT-3',
      'a checkpoint without its size',
      lines((all) => all.splice(-1, 0, JSON.stringify({ note: checkpointOf(CALLS) }))),
    ),
    invalid(
      'EXPORT-2',
      'a kept checkpoint before the entries',
      lines((all) => all.splice(1, 0, JSON.stringify({ size: 1, note: checkpointOf(CALLS, 1) }))),
    ),
    broken('EXPORT-4', 'HEAD_MISMATCH', 'a size that is too small', line(0, '"size":7', '"size":6')),
    broken('EXPORT-4', 'ENTRY_MISSING', 'a size that is too large', line(0, '"size":7', '"size":8')),
    broken(
      'LEAF-1',
      'ENTRY_NOT_UTF8',
      'a leaf that was no UTF-8',
      entry(3, (one) => {
        delete one.leaf;
        one.unreadable = true;
      }),
    ),
    broken(
      'LEAF-5',
      'LEAF_HASH_MISMATCH',
      'a leaf hash of another leaf',
      entry(3, (one) => {
        one.leafHash = digestOf('x');
      }),
    ),
    broken(
      'LEAF-5',
      'LEAF_HASH_MISMATCH',
      'a leaf hash that is too short',
      entry(3, (one) => {
        one.leafHash = one.leafHash.slice(4);
      }),
    ),
    broken(
      'VAL-1',
      'LEAF_HASH_MISMATCH',
      'a leaf hash in the URL alphabet',
      entry(3, (one) => {
        one.leafHash = one.leafHash.replace(/[+/]|^./, '-');
      }),
    ),
    { ...broken('ANS-4', 'EMPTY_LOG', 'nothing at all'), items: [] },
  ];
}

function payloads(): readonly BrokenLog[] {
  const mismatch = (name: string, change: (one: EntryLine) => void) =>
    broken('PAY-2', 'PAYLOAD_COMMITMENT_MISMATCH', name, entry(2, change));
  return [
    mismatch('a payload changed', (one) => first(one, (payload) => ({ json: payload.json.replace('/work', '/home') }))),
    mismatch('a salt changed', (one) => first(one, () => ({ salt: Buffer.alloc(16, 1).toString('base64') }))),
    mismatch('the names of two payloads swapped', (one) => {
      const [a, b] = one.payloads;
      if (a !== undefined && b !== undefined) [a.name, b.name] = [b.name, a.name];
    }),
    mismatch('the salts of two payloads swapped', (one) => {
      const [a, b] = one.payloads;
      if (a !== undefined && b !== undefined) [a.salt, b.salt] = [b.salt, a.salt];
    }),
    mismatch('a payload with a space', (one) => first(one, (payload) => ({ json: `${payload.json} ` }))),
    mismatch('a payload that is empty', (one) => first(one, () => ({ json: '' }))),
    broken(
      'PAY-1',
      'PAYLOAD_SALT_INVALID',
      'a salt of 15 bytes',
      entry(2, (one) => first(one, () => ({ salt: Buffer.alloc(15).toString('base64') }))),
    ),
    broken(
      'PAY-1',
      'PAYLOAD_SALT_INVALID',
      'a salt that is no base64',
      entry(2, (one) => first(one, () => ({ salt: '*'.repeat(24) }))),
    ),
    broken(
      'PAY-4',
      'PAYLOAD_MISSING',
      'a payload left out',
      entry(2, (one) => {
        one.payloads.shift();
      }),
    ),
    broken(
      'PAY-4',
      'PAYLOAD_MISSING',
      'all payloads of an entry left out',
      entry(3, (one) => {
        one.payloads = [];
      }),
    ),
    broken(
      'PAY-5',
      'PAYLOAD_UNEXPECTED',
      'a payload that nothing commits to',
      entry(2, (one) => {
        one.payloads.push({ name: 'result', salt: Buffer.alloc(16).toString('base64'), json: '1' });
      }),
    ),
    broken(
      'PAY-5',
      'PAYLOAD_UNEXPECTED',
      'a payload twice',
      entry(2, (one) => {
        one.payloads.push(...one.payloads.slice(0, 1));
      }),
    ),
    broken(
      'PAY-5',
      'PAYLOAD_UNEXPECTED',
      'a payload renamed',
      entry(2, (one) => first(one, () => ({ name: 'arguments' }))),
    ),
    broken('PAY-5', 'PAYLOAD_UNEXPECTED', 'a payload moved to another entry', {
      entries: (all) => {
        all[3]?.payloads.push(...(all[2]?.payloads.splice(0, 1) ?? []));
      },
    }),
    {
      ...broken('PAY-2', 'PAYLOAD_COMMITMENT_MISMATCH', 'the results of two calls swapped', { entries: swapResults }),
      items: APPROVAL,
    },
  ];
}

/** What comes from outside the log: keys and checkpoints. */
function outside(): readonly BrokenLog[] {
  const other = signerOf('vectors.example/other', 'identity');
  const imposter = signerOf(IDENTITY.key.name, 'imposter');
  const forged = (note: (note: string) => string) => ({ against: [note(checkpointOf(CALLS))] });
  const anchor = (clause: string, code: string, name: string, against: string) => ({
    ...broken(clause, code, name),
    against: [against],
  });
  return [
    { ...broken('CP-7', 'KEY_MISMATCH', 'the key of another log'), key: formatVerifierKey(other.key) },
    { ...broken('CP-7', 'KEY_MISMATCH', 'another key of the same name'), key: formatVerifierKey(imposter.key) },
    {
      ...broken('KEY-1', 'KEY_UNUSABLE', 'a key whose digits are others'),
      key: KEY.replace(/\+[0-9a-f]{8}\+/, '+00000000+'),
    },
    { ...broken('KEY-4', 'KEY_UNUSABLE', 'a key of low order'), key: LOW_ORDER_KEY },
    anchor(
      'ANCHOR-3',
      'LOG_FORKED',
      'an anchor of another tree of the same size',
      checkpointOf([...CALLS.slice(0, 6), event('x')]),
    ),
    anchor('ANCHOR-3', 'LOG_FORKED', 'an anchor of another tree of a smaller size', checkpointOf(DECISIONS, 5)),
    anchor(
      'ANCHOR-1',
      'ANCHOR_OF_OTHER_LOG',
      'an anchor of another origin',
      checkpointOf(CALLS, 7, { text: (text) => text.replace('vectors.example/log', 'vectors.example/other') }),
    ),
    anchor(
      'ANCHOR-1',
      'ANCHOR_INVALID',
      'an anchor that nobody signed',
      checkpointOf(CALLS, 7, { signersAt: () => [epochSigner(1)] }),
    ),
    anchor(
      'ANCHOR-1',
      'ANCHOR_INVALID',
      'an anchor signed by an imposter',
      checkpointOf(CALLS, 7, { signersAt: () => [imposter] }),
    ),
    {
      ...broken('ANCHOR-1', 'ANCHOR_INVALID', 'an anchor with another size'),
      ...forged((note) => note.replace('\n7\n', '\n6\n')),
    },
    {
      ...broken('ANCHOR-1', 'ANCHOR_INVALID', 'an anchor without its last line feed'),
      ...forged((note) => note.trimEnd()),
    },
    { ...broken('ANCHOR-1', 'ANCHOR_INVALID', 'an anchor that is empty'), against: [''] },
    {
      ...broken('ANCHOR-2', 'LOG_TRUNCATED', 'an older anchor that fits beside a newer one that does not'),
      items: CALLS.slice(0, 5),
      against: [checkpointOf(CALLS, 3), checkpointOf(CALLS, 6)],
    },
  ];
}

/** The neutral element as a public key: one signature verifies under it for every message. */
const LOW_ORDER_KEY = 'vectors.example/log+b1a4cf0f+AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

function broken(clause: string, code: string, name: string, options: BrokenLog['options'] = {}): BrokenLog {
  return { clause, code, name, items: CALLS, options };
}

/** A digit of the time, which stands in every leaf. */
function later(one: EntryLine): EntryLine {
  if (one.leaf === undefined) throw new Error('no leaf');
  one.leaf = one.leaf.replace('.000000Z', '.000001Z');
  return one;
}

function hashed(one: EntryLine): void {
  one.leafHash = encodeBase64(hashLeaf(sha256, Buffer.from(one.leaf ?? '')));
}

function erase(one: EntryLine): void {
  delete one.leaf;
  one.payloads = [];
}

function first(
  one: EntryLine,
  change: (payload: EntryLine['payloads'][number]) => Partial<EntryLine['payloads'][number]>,
): void {
  const [payload] = one.payloads;
  if (payload === undefined) throw new Error('no payload');
  const before = commitmentOf(payload);
  Object.assign(payload, change(payload));
  if (payload.salt.length === 24 && !payload.salt.includes('*') && commitmentOf(payload) === before)
    throw new Error('nothing was changed');
}

function swapTexts(all: EntryLine[], left: number, right: number): void {
  const [a, b] = [all[left], all[right]];
  if (a === undefined || b === undefined) throw new Error('no such entries');
  [all[left], all[right]] = [
    { ...b, index: left },
    { ...a, index: right },
  ];
}

function swapResults(all: EntryLine[]): void {
  const [a, b] = [all[6], all[9]];
  if (a === undefined || b === undefined) throw new Error('no such entries');
  [a.payloads, b.payloads] = [b.payloads, a.payloads];
}
