/** Vectors of payloads and of proofs of single entries. */

import { createHash } from 'node:crypto';
import {
  appendToEdge,
  EMPTY_EDGE,
  edgeRoot,
  encodeBase64,
  formatLogProof,
  formatVerifierKey,
  hashLeaf,
  hashNode,
  signNote,
} from '@countersign/tlog';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { commitmentOf, saltOf, signerOf } from './log-builder.js';
import type { TextVector } from './note-vectors.js';

/** A payload beside the commitment that a leaf holds of it. */
export interface PayloadVector extends Omit<TextVector, 'text' | 'base64'> {
  readonly payload: string;
  readonly salt: string;
  readonly json: string;
  readonly commitment: string;
}

const SALT = encodeBase64(saltOf(0, 'vector'));

/** Payloads. */
export function payloadVectors(): readonly PayloadVector[] {
  const row = (
    clause: string,
    expect: string,
    name: string,
    json: string,
    over: Partial<PayloadVector> = {},
  ): PayloadVector => ({
    ...{ name, clause, expect, payload: 'args', salt: SALT, json },
    commitment: commitmentOf({ name: 'args', salt: SALT, json }),
    ...over,
  });
  const ok = (name: string, json: string) => row('PAY-3', 'ok', name, json);
  const bad = (name: string, json: string) => row('PAY-3', 'PAYLOAD_NOT_CANONICAL', name, json);
  const preview = (members: object) =>
    JSON.stringify({ $t: 'truncated', bytes: 70_000, digest: SAMPLE_DIGEST, head: 'a', tail: 'b', ...members });
  const other = (over: Partial<PayloadVector>, name: string) =>
    row('PAY-2', 'PAYLOAD_COMMITMENT_MISMATCH', name, '{"a":1}', over);
  return [
    ok('an object', '{"a":1,"b":[true,null,"x"]}'),
    ok('null', 'null'),
    ok('text beyond ASCII', '"Grüße 世界 \u{1f600} \u2028"'),
    ok('escapes', '"\\b\\f\\n\\r\\t\\u0000\\u001f\\"\\\\/"'),
    ok('members in the order of UTF-16', '{"\u{1f600}":1,"\ufb33":2}'),
    ok('256 levels', `${'['.repeat(256)}${']'.repeat(256)}`),
    ...[
      '0',
      '1',
      '-1',
      '0.5',
      '-0.1',
      '1e+21',
      '1e-7',
      '0.000001',
      '123456789012345680000',
      '5e-324',
      '1.7976931348623157e+308',
      '9007199254740992000',
      '333333333.3333333',
      '1.5e+300',
    ].map((number) => ok(`the number ${number}`, number)),
    ...[
      '-0',
      '1.0',
      '1e0',
      '01',
      '+1',
      '.5',
      '1.',
      '1E5',
      '1e21',
      '1e-6',
      '0.10',
      '100000000000000000000000',
      '9007199254740993',
      'NaN',
      'Infinity',
      '1e400',
      '0x1',
    ].map((number) => bad(`the number ${number}`, number)),
    bad('nothing', ''),
    bad('a space', '{"a": 1}'),
    bad('a line feed', '1\n'),
    bad('two values', '1 2'),
    bad('a member twice', '{"a":1,"a":1}'),
    bad('members out of order', '{"b":1,"a":1}'),
    bad('members in the order of code points', '{"\ufb33":2,"\u{1f600}":1}'),
    bad('an escape that is not needed', '"\\u0061"'),
    bad('an escaped slash', '"\\/"'),
    bad('an escape in upper case', '"\\u001F"'),
    bad('a raw control character', '"\u0001"'),
    bad('half of a surrogate pair', '"\\ud800"'),
    bad('a trailing comma', '[1,]'),
    bad('single quotation marks', "'a'"),
    bad('a byte order mark', '\ufeff1'),
    bad('257 levels', `${'['.repeat(257)}${']'.repeat(257)}`),
    row('PAY-1', 'PAYLOAD_SALT_INVALID', 'a salt of 15 bytes', '1', { salt: Buffer.alloc(15).toString('base64') }),
    row('PAY-1', 'PAYLOAD_SALT_INVALID', 'no salt', '1', { salt: '' }),
    row('VAL-1', 'PAYLOAD_SALT_INVALID', 'a salt with unused bits set', '1', { salt: `${SALT.slice(0, 21)}B==` }),
    other({ salt: Buffer.alloc(16).toString('base64') }, 'another salt'),
    other({ payload: 'result' }, 'another name'),
    other({ json: '{"a":2}' }, 'another value'),
    other({ commitment: createHash('sha256').update('{"a":1}').digest('base64') }, 'a plain hash'),
    row('PAY-6', 'ok', 'a preview', preview({})),
    row('PAY-6', 'PAYLOAD_PREVIEW_INVALID', 'a preview with another member', preview({ zzz: 1 })),
    row(
      'PAY-6',
      'PAYLOAD_PREVIEW_INVALID',
      'a preview without its digest',
      '{"$t":"truncated","bytes":1,"head":"","tail":""}',
    ),
    row('PAY-6', 'PAYLOAD_PREVIEW_INVALID', 'a preview of less than nothing', preview({ bytes: -1 })),
    row('PAY-6', 'PAYLOAD_PREVIEW_INVALID', 'a preview with a long beginning', preview({ head: 'x'.repeat(2049) })),
    row('PAY-6', 'PAYLOAD_PREVIEW_INVALID', 'a preview with a long end', preview({ tail: 'é'.repeat(257) })),
  ];
}

const SAMPLE_DIGEST = createHash('sha256').update('the whole').digest('base64');

/** A proof file, with the leaf that the verifier holds. */
export interface ProofVector extends TextVector {
  readonly origin: string;
  readonly keys: readonly string[];
  readonly leaf: string;
}

const ORIGIN = 'vectors.example/proofs';
const SIGNER = signerOf(ORIGIN, 'proofs');
const LEAVES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six'];

/** Proofs of single entries. */
export function proofVectors(): readonly ProofVector[] {
  const proof = proofOf(2, 7);
  const row = (clause: string, expect: string, name: string, text: string, leaf = 'two'): ProofVector => ({
    ...{ name, clause, expect, text, leaf, origin: ORIGIN, keys: [formatVerifierKey(SIGNER.key)] },
  });
  const invalid = (name: string, text: string) => row('PROOF-1', 'LOG_PROOF_INVALID', name, text);
  const lines = proof.split('\n');
  return [
    ...[1, 2, 3, 4, 5, 6, 7].flatMap((size) =>
      LEAVES.slice(0, size).map((leaf, index) =>
        row('TREE-2', 'ok', `entry ${index} of ${size}`, proofOf(index, size), leaf),
      ),
    ),
    row('PROOF-1', 'ok', 'extra data', proof.replace('\nindex', '\nextra AAAA\nindex')),
    row('PROOF-2', 'ROOT_MISMATCH', 'another leaf', proof, 'three'),
    row(
      'TREE-2',
      'PROOF_LENGTH_INVALID',
      'a proof without its hashes',
      proofOf(0, 2).replace(/index 0\n\S+\n/, 'index 0\n'),
      'zero',
    ),
    row('PROOF-2', 'ROOT_MISMATCH', 'another index', proof.replace('index 2', 'index 3')),
    row('TREE-2', 'INDEX_OUT_OF_RANGE', 'an index that is not below the size', proof.replace('index 2', 'index 7')),
    row('TREE-2', 'PROOF_LENGTH_INVALID', 'a hash left out', [...lines.slice(0, 2), ...lines.slice(3)].join('\n')),
    row('TREE-2', 'PROOF_LENGTH_INVALID', 'a hash too many', [...lines.slice(0, 3), ...lines.slice(2)].join('\n')),
    row(
      'TREE-2',
      'ROOT_MISMATCH',
      'two hashes swapped',
      [...lines.slice(0, 2), lines[3], lines[2], ...lines.slice(4)].join('\n'),
    ),
    row('PROOF-2', 'SIGNATURE_INVALID', 'a checkpoint of another size', proof.replace('\n7\n', '\n6\n')),
    row(
      'PROOF-2',
      'NO_KNOWN_SIGNATURE',
      'a checkpoint that nobody signed',
      proof.replace(`\u2014 ${ORIGIN}`, '\u2014 vectors.example/else'),
    ),
    row('PROOF-2', 'ORIGIN_MISMATCH', 'a checkpoint of another origin', proofOf(2, 7, 'vectors.example/other')),
    invalid('nothing', ''),
    invalid('another first line', proof.replace('@v1', '@v2')),
    invalid('no index', proof.replace('index 2\n', '')),
    invalid('an index with a leading zero', proof.replace('index 2', 'index 02')),
    invalid('an index below 0', proof.replace('index 2', 'index -2')),
    invalid('a hash of 31 bytes', proof.replace(lines[2] ?? '', Buffer.alloc(31).toString('base64'))),
    invalid('a hash that is no base64', proof.replace(lines[2] ?? '', '*')),
    invalid('64 hashes', proof.replace(`${lines[2]}\n`, `${lines[2]}\n`.repeat(64))),
    invalid('extra data that is empty', proof.replace('\nindex', '\nextra \nindex')),
    invalid('a carriage return', proof.replace('\n', '\r\n')),
    invalid('no empty line', proof.replace('\n\n', '\n')),
    invalid('no checkpoint', proof.slice(0, proof.indexOf('\n\n') + 2)),
  ];
}

function proofOf(index: number, size: number, origin = ORIGIN): string {
  const hashes = LEAVES.slice(0, size).map((leaf) => hashLeaf(sha256, Buffer.from(leaf)));
  const edge = hashes.reduce((grown, hash) => appendToEdge(sha256, grown, hash), EMPTY_EDGE);
  const root = encodeBase64(edgeRoot(sha256, edge));
  const checkpoint = signNote({ text: `${origin}\n${size}\n${root}\n`, signers: [SIGNER] });
  return formatLogProof({ index, hashes: pathOf(hashes, index), checkpoint });
}

/** RFC 9162, section 2.1.3.1, by the book. */
function pathOf(hashes: readonly Uint8Array[], index: number): readonly Uint8Array[] {
  if (hashes.length < 2) return [];
  const split = splitOf(hashes.length);
  const [left, right] = [hashes.slice(0, split), hashes.slice(split)];
  return index < split ? [...pathOf(left, index), rootOf(right)] : [...pathOf(right, index - split), rootOf(left)];
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (only !== undefined && hashes.length === 1) return only;
  const split = splitOf(hashes.length);
  return hashNode(sha256, rootOf(hashes.slice(0, split)), rootOf(hashes.slice(split)));
}

function splitOf(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}
