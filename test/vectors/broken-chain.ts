/** Broken logs: what somebody who has the keys, and does not keep to the rules, does to the chain, to calls, purges and keys. */

import { createHash } from 'node:crypto';
import { formatVerifierKey, type NoteSigner } from '@countersign/tlog';
import { brokenRetention } from './broken-retention.js';
import { anchored, BASES, CALLS, newEpoch, OLD, purged, signersFrom } from './log-bases.js';
import { checkpointOf, digestOf, epochSigner, IDENTITY, type Item, ORIGIN, signerOf, uuidOf } from './log-builder.js';
import { at, type BrokenLog, leafAt, over, textAt } from './log-faults.js';
import { ANN, call, event, opened, result, START } from './log-items.js';

type More = Omit<BrokenLog, 'name' | 'clause' | 'code' | 'items'>;
type Row = readonly [clause: string, code: string, name: string, items: readonly Item[], more?: More];

const rows = (list: readonly Row[]): readonly BrokenLog[] =>
  list.map(([clause, code, name, items, more]) => ({ clause, code, name, items, ...more }));

/** All of them. */
export function brokenChain(): readonly BrokenLog[] {
  return [...[leaves(), chain(), values(), calls(), checkpoints(), epochs(), purges()].flat(), ...brokenRetention()];
}

function leaves(): readonly BrokenLog[] {
  return rows([
    ['FIELD-1', 'ENTRY_UNKNOWN_VERSION', 'version 2', over(CALLS, 3, { v: 2 })],
    ['FIELD-2', 'ENTRY_UNKNOWN_KIND', 'an unknown kind', over(CALLS, 3, { kind: 'tool-results' })],
    [
      'FIELD-3',
      'ENTRY_PAYLOAD_UNKNOWN',
      'a payload of another kind',
      over(CALLS, 3, { payload: { args: digestOf('x') } }),
    ],
    ['FIELD-4', 'ENTRY_MEMBER_INVALID', 'an unknown member', over(CALLS, 3, { extra: 'x' })],
    [
      'FIELD-4',
      'ENTRY_MEMBER_INVALID',
      'a member left out',
      leafAt(CALLS, 3, (members) => {
        delete members.outcome;
      }),
    ],
    ['FIELD-5', 'ENTRY_MEMBER_INVALID', 'a result that failed and is ok', over(CALLS, 3, { success: false })],
    [
      'FIELD-5',
      'ENTRY_MEMBER_INVALID',
      'an erasure of a payload and of a session',
      [...CALLS, { kind: 'payload-erased', members: { target: 3, name: 'result', session: 'session-1', by: ANN } }],
    ],
    ['LEAF-1', 'ENTRY_NOT_CANONICAL', 'a byte order mark', at(CALLS, 3, () => ({ leaf: (leaf) => `\ufeff${leaf}` }))],
    ['LEAF-2', 'ENTRY_TOO_LARGE', 'a leaf of more than 8 KiB', over(CALLS, 3, { tool: 'x'.repeat(8192) })],
    ['LEAF-3', 'ENTRY_NOT_CANONICAL', 'a leaf with a space', textAt(CALLS, 3, ':', ': ')],
    ['LEAF-3', 'ENTRY_NOT_CANONICAL', 'a member twice', textAt(CALLS, 3, '"v":1', '"v":1,"v":1')],
    ['LEAF-3', 'ENTRY_NOT_CANONICAL', 'an escape that is not needed', textAt(CALLS, 3, 'files', '\\u0066iles')],
    ['LEAF-3', 'ENTRY_NOT_CANONICAL', 'a number with a fraction', textAt(CALLS, 3, '"v":1', '"v":1.0')],
    ['LEAF-3', 'ENTRY_NOT_CANONICAL', 'members out of order', textAt(CALLS, 3, '{', '{"zzz":1,')],
    [
      'LEAF-3',
      'ENTRY_NOT_CANONICAL',
      'a line feed behind the leaf',
      at(CALLS, 3, () => ({ leaf: (leaf) => `${leaf}\n` })),
    ],
    ['LEAF-4', 'ENTRY_MEMBER_INVALID', 'a null', over(CALLS, 3, { session: null })],
    ['LEAF-4', 'ENTRY_MEMBER_INVALID', 'a fraction', over(CALLS, 3, { durationUs: 0.5 })],
    [
      'LEAF-6',
      'PAYLOAD_MISSING',
      'a bad leaf does not excuse what a sound one lacks',
      over(CALLS, 3, { v: 2 }),
      { options: { lost: ['6 result'] } },
    ],
  ]);
}

function chain(): readonly BrokenLog[] {
  const back = '2026-11-21T06:10:00.000000Z';
  const stepped = (stepUs: number, time: string): Item => ({
    kind: 'clock-stepped',
    members: { stepUs },
    over: { time },
  });
  return rows([
    ['CHAIN-1', 'ENTRY_MISPLACED', 'an index that is not its place', over(CALLS, 3, { index: 4 })],
    ['CHAIN-2', 'ENTRY_MISPLACED', 'an entry of another log', over(CALLS, 3, { log: 'vectors.example/other' })],
    ['CHAIN-3', 'CHAIN_BROKEN', 'a link to another leaf', over(CALLS, 3, { prev: digestOf('x') })],
    ['CHAIN-3', 'CHAIN_BROKEN', 'a first entry with a link', over(CALLS, 0, { prev: digestOf('x') })],
    [
      'CHAIN-3',
      'CHAIN_BROKEN',
      'a link past a purged entry',
      over([...OLD, purged(2, 6), event('x')], 6, { prev: digestOf('x') }),
      { options: { gone: [2, 3, 4, 5] } },
    ],
    ['CHAIN-4', 'ID_REPEATED', 'an id used twice', over(CALLS, 5, { id: uuidOf('entry 2') })],
    ['CHAIN-5', 'WRITER_GAP', 'a sequence with a gap', over(CALLS, 6, { writerSeq: 7 })],
    ['CHAIN-5', 'WRITER_GAP', 'a sequence number twice', over(CALLS, 6, { writerSeq: 5 })],
    ['CHAIN-5', 'WRITER_GAP', 'a writer that does not begin with 0', over(CALLS, 6, { writer: 'writer-2' })],
    [
      'CHAIN-5',
      'WRITER_GAP',
      'a gap longer than what was purged',
      over([...OLD, purged(2, 6), event('x')], 6, { writerSeq: 8 }),
      { options: { gone: [2, 3, 4, 5] } },
    ],
    ['CHAIN-6', 'TIME_BACKWARDS', 'a time before that of the entry before', over(CALLS, 3, { time: back })],
    [
      'CHAIN-6',
      'TIME_BACKWARDS',
      'a time one microsecond before',
      over(CALLS, 3, { time: '2026-11-21T06:11:01.999999Z' }),
    ],
    [
      'CHAIN-6',
      'CLOCK_STEP_INVALID',
      'a step that is not the difference',
      [opened, event('a'), stepped(-60_000_000, back)],
    ],
    [
      'CHAIN-7',
      'CLOCK_STEP_INVALID',
      'a step of two seconds',
      [opened, event('a'), stepped(2_000_000, '2026-11-21T06:11:04.000000Z')],
    ],
    [
      'CHAIN-7',
      'CLOCK_STEP_INVALID',
      'a step of nothing',
      [opened, event('a'), stepped(0, '2026-11-21T06:11:02.000000Z')],
    ],
    ...(['safe', 'moderate', 'destructive', 'critical'] as const).map(
      (level): Row => [
        'CHAIN-8',
        'TOTALS_MISMATCH',
        `one ${level} call too many in the totals`,
        over(CALLS, 6, { totals: { safe: 1, moderate: 1, destructive: 0, critical: 1, [level]: 2 } }),
      ],
    ),
    [
      'CHAIN-8',
      'TOTALS_MISMATCH',
      'a call that is not counted',
      over(CALLS, 2, { totals: { safe: 0, moderate: 0, destructive: 0, critical: 0 } }),
    ],
    [
      'CHAIN-8',
      'TOTALS_MISMATCH',
      'a refusal that is not counted',
      over(CALLS, 4, { totals: { safe: 1, moderate: 0, destructive: 0, critical: 0 } }),
    ],
    [
      'CHAIN-8',
      'TOTALS_MISMATCH',
      'a risk that was lowered and counted as it was',
      over(CALLS, 4, { risk: 'safe', rule: 'default:safe' }),
    ],
    ['CHAIN-9', 'LOG_NOT_OPENED', 'a first entry of another kind', CALLS.slice(1)],
    ['CHAIN-9', 'LOG_NOT_OPENED', 'a first entry that cannot be read', over(CALLS, 0, { v: 2 })],
    ['CHAIN-9', 'LOG_REOPENED', 'a log opened twice', [...CALLS, opened]],
  ]);
}

/** Values of members that no entry may have, each in a log that is signed as it stands. */
function values(): readonly BrokenLog[] {
  const invalid = (clause: string, name: string, index: number, members: Item['over'] & object): Row => [
    clause,
    'ENTRY_MEMBER_INVALID',
    name,
    over(CALLS, index, members),
  ];
  return rows([
    invalid('VAL-1', 'a commitment without padding', 3, { payload: { result: digestOf('x').slice(0, -1) } }),
    invalid('VAL-1', 'a link with unused bits set', 3, { prev: `${digestOf('x').slice(0, 42)}B=` }),
    invalid('VAL-2', 'a session with a control character', 3, { session: 'a\u0007b' }),
    invalid('VAL-2', 'a session of 257 bytes', 3, { session: 'x'.repeat(257) }),
    invalid('VAL-2', 'an empty tool', 3, { tool: '' }),
    invalid('VAL-3', 'a duration below 0', 3, { durationUs: -1 }),
    invalid('VAL-3', 'a duration of 2^53', 3, { durationUs: 2 ** 53 }),
    invalid('VAL-4', 'a digest of 31 bytes', 2, { argsDigest: Buffer.alloc(31).toString('base64') }),
    invalid('VAL-5', 'a time in milliseconds', 3, { time: '2026-11-21T06:11:03.000Z' }),
    invalid('VAL-5', 'a day that does not exist', 3, { time: '2027-02-29T06:11:03.000000Z' }),
    invalid('VAL-5', 'a second too many', 3, { time: '2026-12-31T23:59:60.000000Z' }),
    invalid('VAL-5', 'hour 24', 3, { time: '2026-12-31T24:00:00.000000Z' }),
    invalid('VAL-5', 'a time before 1970', 3, { time: '1969-12-31T23:59:59.000000Z' }),
    invalid('VAL-6', 'an id of another version', 3, { id: '019aa520-5fa0-4abc-8def-0123456789ab' }),
    invalid('VAL-7', 'an unknown risk', 2, { risk: 'low' }),
    invalid('VAL-8', 'an identity key without its digits', 0, { identityKey: 'vectors.example/log+AQAA' }),
  ]);
}

function calls(): readonly BrokenLog[] {
  const again = call({ call: 'a' });
  return rows([
    ['CALL-1', 'CALL_REPEATED', 'a call begun twice while it is open', [...START, call({ call: 'a' }), again]],
    ['CALL-1', 'CALL_REPEATED', 'a call begun again after its result', [...CALLS, again]],
    ['CALL-1', 'CALL_REPEATED', 'a refused call that is begun', [...CALLS, call({ call: 'b' })]],
    ['CALL-2', 'RESULT_WITHOUT_CALL', 'a result without its call', [...START, result('a', 1)]],
    ['CALL-2', 'RESULT_WITHOUT_CALL', 'a result before its call', [...START, result('a', 3), call({ call: 'a' })]],
    ['CALL-2', 'RESULT_WITHOUT_CALL', 'a result of a refused call', [...CALLS, result('b', 4)]],
    [
      'CALL-2',
      'RESULT_WITHOUT_CALL',
      'a result of a call that a provider ran',
      [...START, call({ call: 'a', members: { outcome: 'observed_only', success: true } }), result('a', 2)],
    ],
    ['CALL-2', 'RESULT_REPEATED', 'two results of a call', [...CALLS, result('a', 2)]],
    ['CALL-3', 'RESULT_MISMATCH', 'a result that names another entry', over(CALLS, 3, { begun: 1 })],
    ['CALL-3', 'RESULT_MISMATCH', 'a result of another tool', over(CALLS, 3, { tool: 'shell' })],
    ['CALL-3', 'RESULT_MISMATCH', 'a result of another session', over(CALLS, 3, { session: 'session-2' })],
  ]);
}

function checkpoints(): readonly BrokenLog[] {
  const signed = (name: string, ...signers: readonly NoteSigner[]): Row => [
    'CP-3',
    'CHECKPOINT_SIGNATURE',
    name,
    CALLS,
    { options: { signersAt: () => signers } },
  ];
  const text = (clause: string, name: string, change: (text: string) => string, code = 'CHECKPOINT_INVALID'): Row => [
    clause,
    code,
    name,
    CALLS,
    { options: { text: change } },
  ];
  const note = (clause: string, code: string, name: string, change: (note: string) => string): Row => [
    clause,
    code,
    name,
    CALLS,
    { options: { note: change } },
  ];
  const imposter = signerOf(ORIGIN, 'imposter');
  return rows([
    signed('a checkpoint of the identity key alone', IDENTITY),
    signed('a checkpoint of the epoch key alone', epochSigner(1)),
    signed('a checkpoint of keys that nobody knows', imposter, signerOf(`${ORIGIN}/epoch/1`, 'imposter')),
    signed('a checkpoint of the next epoch', IDENTITY, epochSigner(2)),
    text('CP-1', 'a size with a leading zero', (all) => all.replace('\n7\n', '\n07\n')),
    text('CP-1', 'a size with a sign', (all) => all.replace('\n7\n', '\n+7\n')),
    text('CP-1', 'a size in hex', (all) => all.replace('\n7\n', '\n0x7\n')),
    text('CP-1', 'a size beyond 2^53', (all) => all.replace('\n7\n', '\n9007199254740993\n')),
    text('CP-1', 'a root that is too short', (all) =>
      all.replace(/\n[^\n]{44}\n$/, `\n${Buffer.alloc(31).toString('base64')}\n`),
    ),
    text('CP-1', 'a checkpoint with a further line', (all) => `${all}extension\n`),
    text('CP-2', 'a checkpoint of another origin', (all) => all.replace(ORIGIN, 'vectors.example/other')),
    text('CP-2', 'a checkpoint of an origin that begins like ours', (all) => all.replace(ORIGIN, `${ORIGIN}/more`)),
    text(
      'CP-4',
      'a checkpoint of another root',
      (all) => all.replace(/\n[^\n]{44}\n$/, `\n${digestOf('x')}\n`),
      'CHECKPOINT_ROOT',
    ),
    [
      'CP-5',
      'CHECKPOINT_MISSING',
      'no checkpoint',
      CALLS,
      {
        options: {
          lines: (all) => all.splice(-1, 1, (all.at(-1) ?? '').replace(/"checkpoint":"[^"]*"/, '"checkpoint":""')),
        },
      },
    ],
    ['CP-5', 'CHECKPOINT_SIZE', 'a newest checkpoint that is older than the log', CALLS, { options: { newest: 5 } }],
    ['CP-6', 'CHECKPOINT_UNEXPECTED', 'a checkpoint kept for no reason', CALLS, { options: { kept: [3] } }],
    [
      'CP-6',
      'CHECKPOINT_INVALID',
      'a kept checkpoint of another size',
      [...START, event('a'), anchored, event('b')],
      { options: { kept: [3], note: (same, size) => (size === 3 ? checkpointOf(START) : same) } },
    ],
    [
      'CP-3',
      'CHECKPOINT_SIGNATURE',
      'a kept checkpoint of an imposter',
      [...START, event('a'), anchored, event('b')],
      {
        options: {
          kept: [3],
          signersAt: (size) => (size === 3 ? [imposter, epochSigner(1)] : [IDENTITY, epochSigner(1)]),
        },
      },
    ],
    note('NOTE-4', 'CHECKPOINT_SIGNATURE', 'a signature with a bit changed', (all) =>
      all.replace(/(.)(.{4}\n)$/, (_, one: string, rest: string) => `${one === 'A' ? 'B' : 'A'}${rest}`),
    ),
    note('NOTE-1', 'CHECKPOINT_INVALID', 'a note without its empty line', (all) => all.replace('\n\n', '\n')),
    note('NOTE-1', 'CHECKPOINT_INVALID', 'a note with a hyphen for a dash', (all) => all.replaceAll('\u2014', '-')),
    note('NOTE-2', 'CHECKPOINT_INVALID', 'a note with a carriage return', (all) => all.replace('\n', '\r\n')),
    note('NOTE-2', 'CHECKPOINT_INVALID', 'a note without its last line feed', (all) => all.slice(0, -1)),
    note('NOTE-5', 'CHECKPOINT_SIGNATURE', 'a note without lines of known keys', (all) =>
      all.replaceAll(`\u2014 ${ORIGIN}`, '\u2014 vectors.example/else'),
    ),
    [
      'CP-6',
      'CHECKPOINT_MISSING',
      'an anchored checkpoint that was not kept',
      [...START, event('a'), anchored, event('b')],
      { options: { kept: [] } },
    ],
    [
      'ANCHOR-5',
      'ANCHOR_RECORD_MISMATCH',
      'a recorded anchor of another root',
      over([...START, event('a'), anchored], 3, { root: digestOf('x') }),
      { options: { kept: [3] } },
    ],
    [
      'ANCHOR-5',
      'ANCHOR_RECORD_MISMATCH',
      'a recorded anchor of a size beyond itself',
      over([...START, event('a'), anchored, event('b')], 3, { size: 5 }),
      { options: { kept: [] } },
    ],
  ]);
}

function epochs(): readonly BrokenLog[] {
  const { items, options } = BASES['two epochs'] ?? { items: [] };
  const proofOf = (item: Item) => items.map((one, i) => (i === 2 ? item : one));
  const low = 'AQEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
  return rows([
    [
      'EPOCH-1',
      'KEY_WEAK',
      'an epoch key of another name',
      over(CALLS, 0, { epochKey: formatVerifierKey(signerOf(`${ORIGIN}/epoch/2`, 'epoch 1').key) }),
    ],
    [
      'KEY-4',
      'KEY_WEAK',
      'an epoch key of low order',
      over(CALLS, 0, { epochKey: `${ORIGIN}/epoch/1+${keyIdOf(`${ORIGIN}/epoch/1`, low)}+${low}` }),
    ],
    [
      'KEY-1',
      'KEY_WEAK',
      'an epoch key whose digits are others',
      over(CALLS, 0, { epochKey: formatVerifierKey(epochSigner(1).key).replace(/\+[0-9a-f]{8}\+/, '+00000000+') }),
    ],
    [
      'CP-7',
      'KEY_MISMATCH',
      'an identity key that is not the pinned one',
      over(CALLS, 0, { identityKey: formatVerifierKey(signerOf(ORIGIN, 'imposter').key) }),
    ],
    [
      'EPOCH-2',
      'EPOCH_INVALID',
      'an epoch that was skipped',
      [opened, event('one'), newEpoch(3, { by: 1 }), event('two'), event('three')],
      { options: { kept: [3], signersAt: (size) => [IDENTITY, epochSigner(size >= 4 ? 3 : 1)] } },
    ],
    [
      'EPOCH-2',
      'EPOCH_INVALID',
      'an epoch with another root',
      proofOf(newEpoch(2, { root: digestOf('x') })),
      options === undefined ? {} : { options },
    ],
    [
      'EPOCH-2',
      'EPOCH_INVALID',
      'an epoch with the key of the one before',
      over(items, 2, { epochKey: formatVerifierKey(signerOf(`${ORIGIN}/epoch/2`, 'epoch 1').key) }),
      {
        options: {
          kept: [3],
          signersAt: (size) => [IDENTITY, size >= 4 ? signerOf(`${ORIGIN}/epoch/2`, 'epoch 1') : epochSigner(1)],
        },
      },
    ],
    [
      'EPOCH-2',
      'EPOCH_INVALID',
      'an epoch with the key of the identity',
      over(CALLS, 0, { epochKey: formatVerifierKey(IDENTITY_AS_EPOCH.key) }),
      { options: { signersAt: () => [IDENTITY, IDENTITY_AS_EPOCH] } },
    ],
    [
      'EPOCH-3',
      'EPOCH_PROOF_INVALID',
      'a new key that vouches for itself',
      proofOf(newEpoch(2, { by: 2 })),
      options === undefined ? {} : { options },
    ],
    [
      'EPOCH-3',
      'EPOCH_PROOF_INVALID',
      'a proof of another statement',
      over(items, 2, { proof: Buffer.alloc(64, 7).toString('base64') }),
      options === undefined ? {} : { options },
    ],
    [
      'EPOCH-4',
      'CHECKPOINT_SIGNATURE',
      'a seal of the new key',
      items,
      { options: { kept: [3], signersAt: () => [IDENTITY, epochSigner(2)] } },
    ],
    [
      'EPOCH-4',
      'CHECKPOINT_SIGNATURE',
      'the old key goes on',
      items,
      { options: { kept: [3], signersAt: () => [IDENTITY, epochSigner(1)] } },
    ],
    [
      'EPOCH-4',
      'CHECKPOINT_SIGNATURE',
      'an old seal of a newer key',
      BASES['three epochs']?.items ?? [],
      {
        options: {
          kept: [3, 6, 7],
          signersAt: (size) => (size === 3 ? [IDENTITY, epochSigner(2)] : signersFrom(4, 7, 8)(size)),
        },
      },
    ],
    ['EPOCH-5', 'EPOCH_SEAL_MISSING', 'no seal', items, { options: { signersAt: signersFrom(4) } }],
    [
      'EPOCH-5',
      'EPOCH_SEAL_MISSING',
      'one seal of three is not there',
      BASES['three epochs']?.items ?? [],
      { options: { kept: [3, 7], signersAt: signersFrom(4, 7, 8) } },
    ],
  ]);
}

/** The identity key under the name of the first epoch. */
const IDENTITY_AS_EPOCH = signerOf(`${ORIGIN}/epoch/1`, 'identity');

function purges(): readonly BrokenLog[] {
  const gone = [2, 3, 4, 5];
  const purge = (
    clause: string,
    code: string,
    name: string,
    statement: Item,
    more: More['options'] = { gone },
  ): Row => [clause, code, name, [...OLD, statement, event('after')], { options: more }];
  const erasure = (target: number, name = 'result'): Item => ({
    kind: 'payload-erased',
    members: { target, name, by: ANN },
  });
  return rows([
    purge('PURGE-5', 'ENTRY_MISSING', 'a purge that states less than is gone', purged(3, 6)),
    purge('PURGE-5', 'ENTRY_MISSING', 'a purge that ends before what is gone', purged(2, 5)),
    purge('PURGE-5', 'ENTRY_MISSING', 'entries gone beside a purge of payloads', purged(2, 6, { what: 'payloads' })),
    purge('PURGE-5', 'ENTRY_MISSING', 'a kept entry that is gone', purged(2, 6, { kept: [3], removed: 3 })),
    purge('PURGE-5', 'PAYLOAD_MISSING', 'payloads gone that no statement covers', purged(2, 4, { what: 'payloads' }), {
      lost: ['2', '3', '4'],
    }),
    purge(
      'PURGE-10',
      'PAYLOAD_MISSING',
      'a payload of another session than the forgotten one is gone',
      { kind: 'payload-erased', members: { session: 'session-2', by: ANN } },
      { lost: ['3 result'] },
    ),
    purge('PURGE-5', 'PAYLOAD_MISSING', 'another payload than the erased one is gone', erasure(2, 'args'), {
      lost: ['2 args', '2 argsSalt'],
    }),
    purge('PURGE-6', 'PURGE_INCOMPLETE', 'content there that the newest purge removed', purged(2, 6), {
      gone: [2, 3, 4],
    }),
    [
      'PURGE-6',
      'PURGED_CONTENT_PRESENT',
      'content there that an older purge removed',
      [...OLD, purged(2, 4), event('x'), purged(4, 6)],
      { options: { gone: [2, 4, 5] } },
    ],
    purge(
      'PURGE-6',
      'PURGE_INCOMPLETE',
      'payloads there that the newest purge removed',
      purged(2, 6, { what: 'payloads' }),
      { lost: ['2', '3'] },
    ),
    purge('PURGE-6', 'PURGE_INCOMPLETE', 'a payload there that was erased', erasure(3), {}),
    [
      'PURGE-6',
      'PURGED_CONTENT_PRESENT',
      'a payload there that was erased before another',
      [...OLD, erasure(3), erasure(5)],
      { options: { lost: ['5 result'] } },
    ],
    purge('PURGE-2', 'PURGE_INVALID', 'a purge beyond itself', purged(2, 9, { removed: 7, root: digestOf('x') }), {
      gone: [2, 3, 4, 5],
    }),
    purge('PURGE-2', 'PURGE_INVALID', 'a purge of the first entry', purged(0, 2), { gone: [] }),
    purge('PURGE-3', 'PURGE_INVALID', 'a purge with another root', purged(2, 6, { root: digestOf('x') })),
    purge('PURGE-4', 'PURGE_INVALID', 'a purge that removed more than its range', purged(2, 6, { removed: 5 })),
    purge('PURGE-4', 'PURGE_INVALID', 'a purge that counts its kept entries', purged(2, 6, { kept: [5], removed: 4 }), {
      gone: [2, 3, 4],
    }),
    [
      'PURGE-4',
      'PURGE_INVALID',
      'a purge that keeps what was removed before',
      [...OLD, purged(2, 4), purged(2, 6, { kept: [2], removed: 2 })],
      { options: { gone } },
    ],
    [
      'PURGE-4',
      'PURGE_INVALID',
      'a purge that counts what was removed before',
      [...OLD, purged(2, 4), purged(2, 6)],
      { options: { gone } },
    ],
    purge('PURGE-7', 'PURGE_INVALID', 'an erasure of what comes after', erasure(8), {}),
    [
      'CHAIN-8',
      'TOTALS_MISMATCH',
      'more calls in the totals than were purged',
      over([...OLD, purged(2, 6)], 6, { totals: { safe: 7, moderate: 0, destructive: 0, critical: 0 } }),
      { options: { gone } },
    ],
  ]);
}

function keyIdOf(name: string, encoded: string): string {
  const bytes = Buffer.concat([Buffer.from(`${name}\n`), Buffer.from(encoded, 'base64')]);
  return createHash('sha256').update(bytes).digest('hex').slice(0, 8);
}
