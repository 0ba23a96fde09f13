/** Vectors of keys, notes, checkpoints and proofs: texts that are small enough to be checked alone. */

import { encodeBase64, formatVerifierKey, type NoteSigner, signNote } from '@countersign/tlog';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { digestOf, signerOf } from './log-builder.js';

/** A text, and whether it must be refused. */
export interface TextVector {
  readonly name: string;
  readonly clause: string;
  /** `ok` or the code. */
  readonly expect: string;
  readonly text?: string;
  /** In place of `text`, where the bytes are not UTF-8. */
  readonly base64?: string;
}

/** A note, with the keys that are known. */
export interface NoteVector extends TextVector {
  readonly keys: readonly string[];
}

/** A checkpoint, with the origin that is expected. */
export interface CheckpointVector extends NoteVector {
  readonly origin: string;
}

const NAME = 'vectors.example/note';
const ONE = signerOf(NAME, 'note one');
const TWO = signerOf('vectors.example/two', 'note two');
const KEYS = [formatVerifierKey(ONE.key)];
const BOTH = [...KEYS, formatVerifierKey(TWO.key)];

/** Verifier keys. */
export function keyVectors(): readonly TextVector[] {
  const good = formatVerifierKey(ONE.key);
  const encoded = good.slice(good.lastIndexOf('+AQ') + 1);
  const row = (clause: string, expect: string, name: string, text: string): TextVector => ({
    name,
    clause,
    expect,
    text,
  });
  const bad = (clause: string, name: string, text: string) => row(clause, 'KEY_INVALID', name, text);
  return [
    row('KEY-1', 'ok', 'a key', good),
    row('KEY-1', 'ok', 'a key with letters beyond ASCII', keyText('vectors.example/schlüssel', ONE.key.publicKey)),
    bad('KEY-1', 'an empty text', ''),
    bad('KEY-1', 'a name alone', NAME),
    bad('KEY-1', 'digits that are others', good.replace(/\+[0-9a-f]{8}\+/, '+00000000+')),
    bad(
      'KEY-1',
      'digits in upper case',
      good.replace(/\+[0-9a-f]{8}\+/, (digits) => digits.toUpperCase()),
    ),
    bad('KEY-1', 'seven digits', good.replace(/\+[0-9a-f]/, '+')),
    bad('KEY-1', 'another name under the same digits', good.replace('note', 'nota')),
    bad('KEY-1', 'a line feed at the end', `${good}\n`),
    bad('KEY-1', 'no base64', good.replace(encoded, '*'.repeat(44))),
    bad('VAL-1', 'base64 without padding', keyText(NAME, new Uint8Array(31)).replace(/=+$/, '')),
    bad('KEY-3', 'a public key of 31 bytes', keyText(NAME, new Uint8Array(31).fill(9))),
    bad('KEY-3', 'a public key of 33 bytes', keyText(NAME, new Uint8Array(33).fill(9))),
    row('KEY-2', 'KEY_NAME_INVALID', 'an empty name', keyText('', ONE.key.publicKey)),
    row('KEY-2', 'KEY_NAME_INVALID', 'a name with a space', keyText('a b', ONE.key.publicKey)),
    row('KEY-2', 'KEY_NAME_INVALID', 'a name with a space beyond ASCII', keyText('a\u2003b', ONE.key.publicKey)),
    row('KEY-2', 'KEY_NAME_INVALID', 'a name of 257 bytes', keyText('x'.repeat(257), ONE.key.publicKey)),
    row('KEY-3', 'KEY_TYPE_UNSUPPORTED', 'an unknown type', keyText(NAME, ONE.key.publicKey, 2)),
    ...LOW_ORDER.map((hex, i) =>
      row('KEY-4', 'LOW_ORDER_POINT', `low order ${i + 1}`, keyText(NAME, Buffer.from(hex, 'hex'))),
    ),
    row('KEY-4', 'NON_CANONICAL_POINT', 'y of p + 3', keyText(NAME, Buffer.from(`f0${'ff'.repeat(30)}7f`, 'hex'))),
    row('KEY-4', 'NOT_ON_CURVE', 'a y that no point has', keyText(NAME, Buffer.from(`02${'00'.repeat(31)}`, 'hex'))),
  ];
}

/** The 14 encodings of points of low order that decoders are known to accept. */
const LOW_ORDER = [
  '01',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '00',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
].flatMap((hex) => {
  const bytes = Buffer.alloc(32);
  bytes.write(hex, 'hex');
  const negative = Buffer.from(bytes);
  negative[31] = (negative[31] ?? 0) | 0x80;
  return [bytes.toString('hex'), negative.toString('hex')];
});

function keyText(name: string, publicKey: Uint8Array, type = 1): string {
  const encoded = Buffer.concat([Buffer.of(type), publicKey]);
  const id = Buffer.from(sha256(Buffer.concat([Buffer.from(`${name}\n`), encoded])))
    .toString('hex')
    .slice(0, 8);
  return `${name}+${id}+${encodeBase64(encoded)}`;
}

const TEXT = 'The first line\nand a second.\n';
const NOTE = signNote({ text: TEXT, signers: [ONE] });
const LINE = NOTE.slice(TEXT.length + 1);
const UNKNOWN = signNote({ text: TEXT, signers: [TWO] }).slice(TEXT.length + 1);

/** Notes. */
export function noteVectors(): readonly NoteVector[] {
  const row = (clause: string, expect: string, name: string, text: string, keys = KEYS): NoteVector => ({
    name,
    clause,
    expect,
    text,
    keys,
  });
  const invalid = (clause: string, name: string, text: string) => row(clause, 'NOTE_INVALID', name, text);
  const forged = resigned((bytes) => Buffer.from(bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte))));
  return [
    row('NOTE-1', 'ok', 'a note', NOTE),
    row('NOTE-1', 'ok', 'two good lines', signNote({ text: TEXT, signers: [ONE, TWO] }), BOTH),
    row('NOTE-1', 'ok', 'a text with empty lines', signNote({ text: 'a\n\nb\n\nc\n', signers: [ONE] })),
    row('NOTE-3', 'ok', 'an unknown line beside a good one', NOTE + UNKNOWN),
    row(
      'NOTE-3',
      'ok',
      'a bad line of an unknown key beside a good one',
      NOTE + UNKNOWN.replace(/ (\S{8})\S{4}/, ' $1AAAA'),
    ),
    row('NOTE-3', 'ok', 'a known name under another key id', NOTE + LINE.replace(/ \S{4}(\S+)$/m, ' AAAA$1')),
    row('NOTE-2', 'ok', '64 lines', NOTE + UNKNOWN.repeat(63)),
    row('NOTE-4', 'ok', 'the same good line twice', NOTE + LINE),
    row('NOTE-4', 'SIGNATURE_INVALID', 'another text', NOTE.replace('second', 'Second')),
    row('NOTE-4', 'SIGNATURE_INVALID', 'a bad line of a known key', `${TEXT}\n${forged}`),
    row('NOTE-4', 'SIGNATURE_INVALID', 'a bad line of a known key beside a good one', NOTE + forged),
    row('NOTE-4', 'SIGNATURE_INVALID', 'a bad known line and a good unknown one', `${TEXT}\n${forged}${UNKNOWN}`),
    row(
      'NOTE-4',
      'SIGNATURE_INVALID',
      'a signature of 63 bytes',
      `${TEXT}\n${resigned((bytes) => bytes.subarray(0, -1))}`,
    ),
    row(
      'NOTE-4',
      'SIGNATURE_INVALID',
      'a signature of 65 bytes',
      `${TEXT}\n${resigned((bytes) => Buffer.concat([bytes, Buffer.of(0)]))}`,
    ),
    row('KEY-5', 'SIGNATURE_INVALID', 'S raised by the order of the group', `${TEXT}\n${resigned(raised)}`),
    row('NOTE-5', 'NO_KNOWN_SIGNATURE', 'an unknown line alone', `${TEXT}\n${UNKNOWN}`),
    row(
      'NOTE-5',
      'NO_KNOWN_SIGNATURE',
      'a known key under another name',
      NOTE.replace(`\u2014 ${NAME}`, '\u2014 vectors.example/else'),
    ),
    row('NOTE-5', 'NO_KNOWN_SIGNATURE', 'no keys at all', NOTE, []),
    invalid('NOTE-1', 'nothing', ''),
    invalid('NOTE-1', 'a text without signatures', TEXT),
    invalid('NOTE-1', 'an empty line and nothing behind it', `${TEXT}\n`),
    invalid('NOTE-1', 'no empty line', TEXT + LINE),
    invalid('NOTE-1', 'an empty line between signatures', `${NOTE}\n${LINE}x`),
    invalid('NOTE-1', 'a hyphen for a dash', NOTE.replace('\u2014', '-')),
    invalid('NOTE-1', 'an en dash', NOTE.replace('\u2014', '\u2013')),
    invalid('NOTE-1', 'two spaces', NOTE.replace(`${NAME} `, `${NAME}  `)),
    invalid('NOTE-1', 'a space at the end of a line', NOTE.replace(/\n$/, ' \n')),
    invalid('NOTE-1', 'a tab', NOTE.replace(`${NAME} `, `${NAME}\t`)),
    invalid('NOTE-1', 'no line feed at the end', NOTE.slice(0, -1)),
    invalid('NOTE-1', 'a line that is no signature', `${NOTE}and more\n`),
    invalid('NOTE-2', 'a carriage return', NOTE.replace('\n', '\r\n')),
    invalid('NOTE-2', 'U+0000', NOTE.replace('first', 'fir\u0000st')),
    invalid(
      'NOTE-2',
      'a line of a key id alone',
      `${TEXT}\n\u2014 ${NAME} ${LINE.split(' ').at(-1)?.slice(0, 4)}AA==\n`.replace(/ \S+\n$/, ' AAAAAA==\n'),
    ),
    invalid('NOTE-2', 'a line with no base64', NOTE.replace(/ \S+\n$/, ' ????\n')),
    invalid('VAL-1', 'a line whose base64 has no padding', NOTE.replace(/=+\n$/, '\n')),
    invalid('NOTE-2', 'a name with a plus sign', NOTE.replace(`\u2014 ${NAME}`, '\u2014 a+b')),
    {
      name: 'bytes that are no UTF-8',
      clause: 'NOTE-2',
      expect: 'NOTE_INVALID',
      base64: Buffer.concat([Buffer.of(0xff), Buffer.from(NOTE)]).toString('base64'),
      keys: KEYS,
    },
    invalid('NOTE-2', '65 lines', NOTE + UNKNOWN.repeat(64)),
    row('NOTE-6', 'ok', 'a cosignature', cosigned(1_795_241_460n), [COSIGNER]),
    row('NOTE-6', 'SIGNATURE_INVALID', 'a cosignature of another time', cosigned(1_795_241_460n, 1_795_241_461n), [
      COSIGNER,
    ]),
    row('NOTE-6', 'SIGNATURE_INVALID', 'a plain signature where a cosignature is expected', plainForCosignature(), [
      COSIGNER,
    ]),
  ];
}

/** The line of the note with other signature bytes. */
function resigned(change: (signature: Buffer) => Uint8Array): string {
  const bytes = Buffer.from(LINE.split(' ').at(-1) ?? '', 'base64');
  const other = Buffer.concat([bytes.subarray(0, 4), change(bytes.subarray(4))]);
  return `\u2014 ${NAME} ${other.toString('base64')}\n`;
}

/** S + L says the same, where S is not looked at. */
function raised(signature: Buffer): Uint8Array {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n;
  let rest = BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + order;
  const high = Buffer.alloc(32);
  for (let i = 0; i < 32; i += 1) {
    high[i] = Number(rest % 256n);
    rest /= 256n;
  }
  return Buffer.concat([signature.subarray(0, 32), high]);
}

const WITNESS = signerOf('vectors.example/witness', 'witness');
const COSIGNER = keyText(WITNESS.key.name, WITNESS.key.publicKey, 4);
const COSIGNER_ID = Buffer.from(COSIGNER.split('+')[1] ?? '', 'hex');

function cosigned(seconds: bigint, stated = seconds): string {
  const signature = WITNESS.sign(Buffer.from(`cosignature/v1\ntime ${seconds}\n${TEXT}`));
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(stated);
  return `${TEXT}\n\u2014 ${WITNESS.key.name} ${Buffer.concat([COSIGNER_ID, time, signature]).toString('base64')}\n`;
}

function plainForCosignature(): string {
  return `${TEXT}\n\u2014 ${WITNESS.key.name} ${Buffer.concat([COSIGNER_ID, WITNESS.sign(Buffer.from(TEXT))]).toString('base64')}\n`;
}

/** Checkpoints. */
export function checkpointVectors(): readonly CheckpointVector[] {
  const root = digestOf('root');
  const row = (
    clause: string,
    expect: string,
    name: string,
    text: string,
    signer: NoteSigner = ONE,
  ): CheckpointVector => ({
    ...{ name, clause, expect, keys: KEYS, origin: NAME },
    text: signNote({ text, signers: [signer] }),
  });
  const bad = (name: string, text: string) => row('CP-1', 'CHECKPOINT_INVALID', name, text);
  return [
    row('CP-1', 'ok', 'a checkpoint', `${NAME}\n7\n${root}\n`),
    row('CP-1', 'ok', 'a checkpoint of no entries', `${NAME}\n0\n${digestOf('')}\n`),
    row('CP-1', 'ok', 'a checkpoint of 2^53 - 1 entries', `${NAME}\n9007199254740991\n${root}\n`),
    row('CP-1', 'ok', 'a checkpoint with further lines', `${NAME}\n7\n${root}\nmore\nand more\n`),
    bad('one line', `${NAME}\n`),
    bad('no root', `${NAME}\n7\n`),
    bad('an empty line for an origin', `\n7\n${root}\n`),
    bad('a size with a leading zero', `${NAME}\n07\n${root}\n`),
    bad('a size of 00', `${NAME}\n00\n${root}\n`),
    bad('a size with a sign', `${NAME}\n+7\n${root}\n`),
    bad('a size below 0', `${NAME}\n-7\n${root}\n`),
    bad('a size in hex', `${NAME}\n0x7\n${root}\n`),
    bad('a size with an exponent', `${NAME}\n7e0\n${root}\n`),
    bad('a size with a space', `${NAME}\n7 \n${root}\n`),
    bad('a size of 2^53', `${NAME}\n9007199254740992\n${root}\n`),
    bad('a size of 2^64', `${NAME}\n18446744073709551616\n${root}\n`),
    bad('a size in other digits', `${NAME}\n٧\n${root}\n`),
    bad('a root of 31 bytes', `${NAME}\n7\n${Buffer.alloc(31).toString('base64')}\n`),
    bad('a root of 33 bytes', `${NAME}\n7\n${Buffer.alloc(33).toString('base64')}\n`),
    bad('a root in the URL alphabet', `${NAME}\n7\n-_${root.slice(2)}\n`),
    bad('a root with unused bits set', `${NAME}\n7\n${root.slice(0, 42)}B=\n`),
    bad('an empty further line', `${NAME}\n7\n${root}\n\nmore\n`),
    row('CP-2', 'ORIGIN_MISMATCH', 'another origin', `vectors.example/other\n7\n${root}\n`),
    row('CP-2', 'ORIGIN_MISMATCH', 'an origin that ours begins', `${NAME}/more\n7\n${root}\n`),
    row('CP-2', 'ORIGIN_MISMATCH', 'an origin in upper case', `${NAME.toUpperCase()}\n7\n${root}\n`),
    row('NOTE-5', 'NO_KNOWN_SIGNATURE', 'signed by another', `${NAME}\n7\n${root}\n`, TWO),
  ];
}
