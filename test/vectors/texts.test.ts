/** Keys, notes, checkpoints, payloads and proofs among the vectors, against the code; and the files, against what makes them. */

import { readdirSync, readFileSync } from 'node:fs';
import { parseJson } from '@countersign/core';
import {
  checkEnrolment,
  parseVerifierKey,
  TlogError,
  verifyCheckpoint,
  verifyLogProof,
  verifyNote,
} from '@countersign/tlog';
import { describe, expect, test } from 'vitest';
import { verifyEd25519 } from '../../packages/audit/src/ed25519.js';
import { exampleEntry } from '../../packages/audit/src/entry/example.js';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { checkPayloads } from '../../packages/audit/src/verify/steps/payloads.js';
import { checkpointVectors, keyVectors, noteVectors, type TextVector } from './note-vectors.js';
import { payloadVectors, proofVectors } from './value-vectors.js';
import { vectorFiles } from './vector-files.js';

const DIRECTORY = new URL('./', import.meta.url);
const parseKey = (text: string) => parseVerifierKey(text, sha256);

describe('The files of vectors', () => {
  test('are what the generator makes', () => {
    const files = vectorFiles();
    for (const [name, content] of files) expect(readFileSync(new URL(name, DIRECTORY), 'utf8'), name).toBe(content);
    const logs = readdirSync(new URL('logs/', DIRECTORY)).map((name) => `logs/${name}`);
    expect(logs.sort()).toEqual([...files.keys()].filter((name) => name.startsWith('logs/')).sort());
  });

  test('hold at least 300 vectors of all sorts, under names of their own', () => {
    const sorts = [keyVectors(), noteVectors(), checkpointVectors(), payloadVectors(), proofVectors()];
    for (const vectors of sorts) expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    const [, logs = ''] = [...vectorFiles()].find(([name]) => name === 'logs/index.json') ?? [];
    const listed = parseJson(logs);
    const count = Array.isArray(listed) ? listed.length : 0;
    expect(sorts.reduce((sum, vectors) => sum + vectors.length, count)).toBeGreaterThanOrEqual(300);
  });
});

describe('Vectors', () => {
  test.each(keyVectors())('of keys, $name: $expect', ({ text = '', expect: expected }) => {
    expect(keyAnswer(text)).toBe(expected);
  });

  test.each(noteVectors())('of notes, $name: $expect', (vector) => {
    const answer = verifyNote({ note: noteOf(vector), keys: vector.keys.map(parseKey), verify: verifyEd25519 });
    expect(answer.ok ? 'ok' : answer.code).toBe(vector.expect);
  });

  test.each(checkpointVectors())('of checkpoints, $name: $expect', (vector) => {
    const { keys, origin } = vector;
    const answer = verifyCheckpoint({ note: noteOf(vector), origin, keys: keys.map(parseKey), verify: verifyEd25519 });
    expect(answer.ok ? 'ok' : answer.code).toBe(vector.expect);
  });

  test.each(proofVectors())(
    'of proofs, $name: $expect',
    ({ text: proof = '', leaf, origin, keys, expect: expected }) => {
      const known = { origin, keys: keys.map(parseKey), verify: verifyEd25519, hasher: sha256 };
      const answer = verifyLogProof({ proof, leaf: Buffer.from(leaf), ...known });
      expect(answer.ok ? 'ok' : answer.code).toBe(expected);
    },
  );

  test.each(payloadVectors())(
    'of payloads, $name: $expect',
    ({ payload, salt, json, commitment, expect: expected }) => {
      const codes: string[] = [];
      const entry = { ...exampleEntry('tool-call'), payload: { [payload]: commitment } };
      const decoded = Buffer.from(salt, 'base64');
      const bytes = decoded.toString('base64') === salt ? decoded : Buffer.of();
      const row = { index: 1, name: payload, salt: bytes, bytes: Buffer.from(json) };
      checkPayloads({ index: 1, leafHash: undefined, text: 'read', entry }, [row], (code) => codes.push(code));
      expect(codes).toEqual(expected === 'ok' ? [] : [expected]);
    },
  );
});

function noteOf({ text, base64 = '' }: TextVector): string | Uint8Array {
  return text ?? new Uint8Array(Buffer.from(base64, 'base64'));
}

function keyAnswer(text: string): string {
  try {
    const answer = checkEnrolment(parseKey(text).publicKey);
    return answer.ok ? 'ok' : answer.code;
  } catch (error) {
    if (error instanceof TlogError) return error.code;
    throw error;
  }
}
