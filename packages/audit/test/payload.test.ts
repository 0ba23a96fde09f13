/** Payloads: commitments, previews, and strict reading. */

import { createHash } from 'node:crypto';
import type { JsonValue } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  commitPayload,
  DEFAULT_MAX_PAYLOAD_BYTES,
  openPayload,
  PREVIEW_HEAD_BYTES,
  PREVIEW_TAIL_BYTES,
  payloadBytes,
  preparePayload,
} from '../src/payload.js';

const salt = new Uint8Array(16).fill(3);

describe('A commitment', () => {
  test('is the hash of tag, salt, length of name, name and bytes', () => {
    const bytes = Buffer.from('{"a":1}');
    const message = Buffer.concat([
      Buffer.from('countersign/field/v1\0'),
      salt,
      Buffer.of(4),
      Buffer.from('args'),
      bytes,
    ]);
    expect(commitPayload({ salt, name: 'args', bytes })).toBe(createHash('sha256').update(message).digest('base64'));
    expect(commitPayload({ salt, name: 'args', bytes })).toBe('loOdqMSfVL9vpquEZxrmbhIJhSB//IQnFXuxLUEas1c=');
  });

  test.each([
    { name: 'a', length: 0 },
    { name: 'x'.repeat(255), length: 16 * 1024 },
    { name: 'größe 😀', length: 16 * 1024 + 1 },
    { name: 'half \ud800', length: 40 },
    { name: '\0', length: 1 },
    { name: 'args', length: 200_000 },
  ])('is the same over parts in one buffer and one by one: $length bytes', ({ name, length }) => {
    const bytes = Buffer.alloc(length, 'abc');
    const parts = createHash('sha256').update('countersign/field/v1\0').update(salt);
    parts
      .update(Uint8Array.of(Buffer.byteLength(name)))
      .update(Buffer.from(name))
      .update(bytes);
    expect(commitPayload({ salt, name, bytes })).toBe(parts.digest('base64'));
  });

  test('keeps name and bytes apart', () => {
    const one = commitPayload({ salt, name: 'a', bytes: Buffer.from('bc') });
    expect(commitPayload({ salt, name: 'ab', bytes: Buffer.from('c') })).not.toBe(one);
  });

  test.each([
    { salt: new Uint8Array(15), name: 'a' },
    { salt: new Uint8Array(17), name: 'a' },
    { salt, name: '' },
    { salt, name: 'é'.repeat(128) },
  ])('is refused for a salt or a name of another length', (input) => {
    expect(() => commitPayload({ ...input, bytes: new Uint8Array() })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('A payload', () => {
  test('of at most the limit is kept whole, and above it becomes a preview', () => {
    const fits = 'x'.repeat(DEFAULT_MAX_PAYLOAD_BYTES - 2);
    expect(preparePayload({ name: 'args', value: fits, salt })).toMatchObject({
      truncated: false,
      bytes: payloadBytes(fits),
    });
    expect(preparePayload({ name: 'args', value: `${fits}x`, salt })).toMatchObject({ truncated: true });
  });

  test('above the limit states size, digest, head and tail of the whole', () => {
    const value = { text: 'x'.repeat(10_000), z: 'end' };
    const whole = payloadBytes(value);
    const prepared = preparePayload({ name: 'args', value, salt, maxBytes: 5000 });
    const text = Buffer.from(whole).toString();
    expect(openPayload(prepared, prepared.commitment)).toEqual({
      ok: true,
      truncated: true,
      value: {
        $t: 'truncated',
        bytes: whole.length,
        digest: commitPayload({ salt, name: 'args', bytes: whole }),
        head: text.slice(0, PREVIEW_HEAD_BYTES),
        tail: text.slice(-PREVIEW_TAIL_BYTES),
      },
    });
  });

  test.each([0, 1, 2, 3])('is cut between code points (shifted by %i bytes)', (shift) => {
    const value = `${'x'.repeat(shift)}${'😀'.repeat(5000)}`;
    const prepared = preparePayload({ name: 'args', value, salt, maxBytes: 100 });
    const opened = openPayload(prepared, prepared.commitment);
    expect(opened).toMatchObject({ ok: true, value: { head: expect.any(String), tail: expect.any(String) } });
    const preview: unknown = opened.ok ? opened.value : undefined;
    expect(preview).toMatchObject({
      head: expect.stringMatching(/^"x*(?:😀)+$/u),
      tail: expect.stringMatching(/^(?:😀)+"$/u),
    });
    expect(JSON.stringify(preview)).not.toContain('\ufffd');
  });

  test('is refused when commitment, salt, name or bytes are others', () => {
    const prepared = preparePayload({ name: 'args', value: { a: 1 }, salt });
    const { commitment } = prepared;
    const mismatch = { ok: false, code: 'PAYLOAD_COMMITMENT_MISMATCH' };
    expect(openPayload({ ...prepared, name: 'result' }, commitment)).toEqual(mismatch);
    expect(openPayload({ ...prepared, name: '' }, commitment)).toEqual(mismatch);
    expect(openPayload({ ...prepared, salt: new Uint8Array(16) }, commitment)).toEqual(mismatch);
    expect(openPayload({ ...prepared, bytes: payloadBytes({ a: 2 }) }, commitment)).toEqual(mismatch);
    expect(openPayload(prepared, 'nonsense')).toEqual(mismatch);
    expect(openPayload({ ...prepared, salt: new Uint8Array(15) }, commitment)).toEqual({
      ok: false,
      code: 'PAYLOAD_SALT_INVALID',
    });
  });

  test.each(['{"a": 1}', '{"a":1.0}', '{"b":1,"a":2}', '{"a":1,"a":1}', '', 'x'])(
    'that is not canonical is refused: %s',
    (text) => {
      const stored = { name: 'args', salt, bytes: Buffer.from(text) };
      expect(openPayload(stored, commitPayload(stored))).toEqual({ ok: false, code: 'PAYLOAD_NOT_CANONICAL' });
    },
  );

  const seed = 44;
  test(`of any value opens to that value (seed ${seed})`, () => {
    const json = fc.jsonValue({ noUnicodeString: false }).map((value): JsonValue => JSON.parse(JSON.stringify(value)));
    fc.assert(
      fc.property(json, fc.uint8Array({ minLength: 16, maxLength: 16 }), (value, random) => {
        const prepared = preparePayload({ name: 'result', value, salt: random });
        expect(openPayload(prepared, prepared.commitment)).toEqual({ ok: true, value, truncated: false });
      }),
      { seed, numRuns: 300 },
    );
  });
});
