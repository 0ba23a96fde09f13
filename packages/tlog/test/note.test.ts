import {
  createVerifierKey,
  encodeBase64,
  formatNote,
  KEY_TYPES,
  MAX_NOTE_BYTES,
  MAX_NOTE_SIGNATURES,
  type NoteSigner,
  parseNote,
  parseVerifierKey,
  signNote,
  verifyNote,
} from '@countersign/tlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOf, codeOf, createTestSigner, expectCode, sha256, verifyEd25519 } from './helpers.js';

const EXAMPLE_KEY = parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k', sha256);
const EXAMPLE_TEXT = 'This is an example message.\n';
const EXAMPLE_LINE =
  '\u2014 example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';
const EXAMPLE = `${EXAMPLE_TEXT}\n${EXAMPLE_LINE}`;
const LOG = createTestSigner('example.com/log', 1);
const OTHER = createTestSigner('example.com/other', 2);

describe('parsing a note', () => {
  it('takes the example of the specification apart, from text and from bytes', () => {
    const note = parseNote(EXAMPLE);
    expect(note.text).toBe(EXAMPLE_TEXT);
    expect(note.signatures).toHaveLength(1);
    expect(note.signatures[0]).toMatchObject({ name: 'example.com/foo', id: 0x530d903a });
    expect(note.signatures[0]?.signature).toHaveLength(64);
    expect(parseNote(bytesOf(EXAMPLE))).toEqual(note);
    expect(formatNote(note)).toBe(EXAMPLE);
  });

  it('splits at the last empty line', () => {
    const text = 'one\n\ntwo\n\n';
    const note = signNote({ text, signers: [LOG] });
    expect(parseNote(note).text).toBe(text);
  });

  it('refuses what is not in the one form of a note', () => {
    const line = EXAMPLE_LINE;
    const broken = [
      '',
      '\n',
      '\n\n',
      EXAMPLE_TEXT,
      `${EXAMPLE_TEXT}\n`,
      `${EXAMPLE_TEXT}${line}`,
      `${EXAMPLE}\n`,
      EXAMPLE.slice(0, -1),
      `\n${line}`,
      `${EXAMPLE}trailing`,
      `${EXAMPLE}trailing\n`,
      EXAMPLE.replace('\u2014', '-'),
      EXAMPLE.replace('\u2014', '\u2013'),
      EXAMPLE.replace('\u2014 ', '\u2014  '),
      EXAMPLE.replace('foo Uw', 'foo  Uw'),
      EXAMPLE.replace('example.com/foo', ''),
      EXAMPLE.replace('example.com/foo', 'example.com+foo'),
      EXAMPLE.replace('example.com/foo', 'example.com\u00a0foo'),
      EXAMPLE.replace('=\n', '\n'),
      EXAMPLE.replace('aQM=', 'aQN='),
      EXAMPLE.replace('=\n', '= \n'),
      EXAMPLE.replaceAll('\n', '\r\n'),
      EXAMPLE.replace('message.', 'mess\u0000age.'),
      EXAMPLE.replace('message.', 'mess\tage.'),
      EXAMPLE.replace('message.', 'mess\ud800age.'),
      `${EXAMPLE_TEXT}\n\u2014 example.com/foo Uw2QOg==\n`,
    ];
    for (const note of broken) expect([note, codeOf(() => parseNote(note))]).toEqual([note, 'NOTE_INVALID']);
  });

  it('refuses bytes that are not UTF-8, and keeps a byte order mark as part of the text', () => {
    const bytes = bytesOf(EXAMPLE);
    for (const broken of [0xff, 0xc0, 0x80]) expectCode(() => parseNote(bytes.with(3, broken)), 'NOTE_INVALID');
    expect(parseNote(bytesOf(`\ufeff${EXAMPLE}`)).text).toBe(`\ufeff${EXAMPLE_TEXT}`);
  });

  it(`accepts ${MAX_NOTE_SIGNATURES} signature lines and no more`, () => {
    const note = (count: number) => `${EXAMPLE_TEXT}\n${EXAMPLE_LINE.repeat(count)}`;
    expect(parseNote(note(MAX_NOTE_SIGNATURES)).signatures).toHaveLength(MAX_NOTE_SIGNATURES);
    expectCode(() => parseNote(note(MAX_NOTE_SIGNATURES + 1)), 'NOTE_TOO_LARGE');
    expectCode(() => parseNote(note(5_000)), 'NOTE_TOO_LARGE');
  });

  it(`accepts ${MAX_NOTE_BYTES} bytes and no more`, () => {
    const room = MAX_NOTE_BYTES - bytesOf(`\n\n${EXAMPLE_LINE}`).length;
    const note = (length: number) => `${'a'.repeat(length)}\n\n${EXAMPLE_LINE}`;
    expect(parseNote(note(room)).text).toHaveLength(room + 1);
    expectCode(() => parseNote(note(room + 1)), 'NOTE_TOO_LARGE');
    expectCode(() => parseNote(bytesOf(note(room + 1))), 'NOTE_TOO_LARGE');
    const twoBytesEach = `${'\u00e9'.repeat(MAX_NOTE_BYTES / 2)}\n\n${EXAMPLE_LINE}`;
    expectCode(() => parseNote(twoBytesEach), 'NOTE_TOO_LARGE');
  });

  it('gives the same note back, or throws a pinned code, for any text (seed 7)', () => {
    const piece = fc.oneof(
      fc.constantFrom('\n', '\n\n', '\u2014 ', 'a', ' ', '+', '=', 'AAAAAAA=', EXAMPLE_LINE, EXAMPLE_TEXT, '\r', '\0'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    );
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom('', `\n\n${EXAMPLE_LINE}`), (pieces, end) => {
        const text = pieces.join('') + end;
        const code = codeOf(() => parseNote(text));
        if (code === undefined) {
          accepted += 1;
          expect(formatNote(parseNote(text))).toBe(text);
        } else {
          expect(code).toBe('NOTE_INVALID');
        }
      }),
      { seed: 7, numRuns: 3000 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('never throws anything else for any bytes (seed 8)', () => {
    fc.assert(
      fc.property(fc.nat(bytesOf(EXAMPLE).length - 1), fc.integer({ min: 0, max: 255 }), (position, byte) => {
        const bytes = bytesOf(EXAMPLE).with(position, byte);
        expect([undefined, 'NOTE_INVALID']).toContain(codeOf(() => parseNote(bytes)));
      }),
      { seed: 8, numRuns: 1000 },
    );
  });
});

describe('signing a note', () => {
  it('gives a line for each signer, in their order', () => {
    const note = signNote({ text: 'text\n', signers: [OTHER, LOG] });
    expect(parseNote(note).signatures.map(({ name }) => name)).toEqual(['example.com/other', 'example.com/log']);
    const result = verifyNote({ note, keys: [LOG.key, OTHER.key], verify: verifyEd25519 });
    expect(result).toMatchObject({ ok: true, verified: [{ key: OTHER.key }, { key: LOG.key }] });
  });

  it('refuses texts that no reader would accept', () => {
    for (const text of ['', 'no newline', 'tab\t\n', 'broken \udc00\n']) {
      expectCode(() => signNote({ text, signers: [LOG] }), 'NOTE_INVALID');
    }
    expectCode(() => signNote({ text: 'text\n', signers: [] }), 'NOTE_INVALID');
  });

  it('refuses a signer that answers something else than a signature, and keys of witnesses', () => {
    const short: NoteSigner = { key: LOG.key, sign: () => new Uint8Array(63) };
    expectCode(() => signNote({ text: 'text\n', signers: [short] }), 'SIGNATURE_INVALID');
    const { name, publicKey } = LOG.key;
    const key = createVerifierKey({ name, publicKey, type: KEY_TYPES.cosignature, hasher: sha256 });
    expectCode(() => signNote({ text: 'text\n', signers: [{ ...LOG, key }] }), 'KEY_TYPE_UNSUPPORTED');
  });
});

describe('verifying a note', () => {
  const text = 'text\n';
  const good = signNote({ text, signers: [LOG] });
  const both = signNote({ text, signers: [LOG, OTHER] });
  const bad = formatNote({ text: 'other text\n', signatures: parseNote(good).signatures });

  it('accepts the example of the specification', () => {
    const result = verifyNote({ note: EXAMPLE, keys: [EXAMPLE_KEY], verify: verifyEd25519 });
    expect(result).toEqual({ ok: true, note: parseNote(EXAMPLE), verified: [{ key: EXAMPLE_KEY }] });
  });

  it('ignores signatures by keys that it does not know', () => {
    const result = verifyNote({ note: both, keys: [OTHER.key], verify: verifyEd25519 });
    expect(result).toMatchObject({ ok: true, verified: [{ key: OTHER.key }] });
  });

  it('refuses a note that no known key has signed', () => {
    for (const keys of [[], [OTHER.key]]) {
      expect(verifyNote({ note: good, keys, verify: verifyEd25519 })).toEqual({
        ok: false,
        code: 'NO_KNOWN_SIGNATURE',
      });
    }
  });

  it('ignores a key of the same name with another ID', () => {
    const { key } = createTestSigner(LOG.key.name, 3);
    expect(verifyNote({ note: good, keys: [key], verify: verifyEd25519 })).toEqual({
      ok: false,
      code: 'NO_KNOWN_SIGNATURE',
    });
  });

  it('refuses the whole note when one known key fails, whatever stands beside it', () => {
    const [line] = parseNote(bad).signatures;
    const [, otherLine] = parseNote(both).signatures;
    if (line === undefined || otherLine === undefined) throw new Error('The notes have too few lines.');
    const broken = { ...line, signature: line.signature.toReversed() };
    for (const signatures of [
      [otherLine, broken],
      [broken, otherLine],
      [line, broken],
      [broken, line],
    ]) {
      const note = formatNote({ text, signatures });
      const result = verifyNote({ note, keys: [LOG.key, OTHER.key], verify: verifyEd25519 });
      expect(result).toEqual({ ok: false, code: 'SIGNATURE_INVALID' });
    }
    expect(verifyNote({ note: bad, keys: [LOG.key], verify: verifyEd25519 })).toEqual({
      ok: false,
      code: 'SIGNATURE_INVALID',
    });
  });

  it('refuses a known key whose signature has a wrong length, and never hands that to the verifier', () => {
    const [line] = parseNote(good).signatures;
    if (line === undefined) throw new Error('The note has no line.');
    for (const length of [1, 63, 65, 72]) {
      const signature = new Uint8Array(length);
      const note = formatNote({ text, signatures: [{ ...line, signature }] });
      const verify = () => {
        throw new Error('The verifier was called.');
      };
      expect(verifyNote({ note, keys: [LOG.key], verify })).toEqual({ ok: false, code: 'SIGNATURE_INVALID' });
    }
  });

  it('counts a key once, however often it signed', () => {
    const [line] = parseNote(good).signatures;
    if (line === undefined) throw new Error('The note has no line.');
    const note = formatNote({ text, signatures: [line, line] });
    const result = verifyNote({ note, keys: [LOG.key, { ...LOG.key }], verify: verifyEd25519 });
    expect(result.ok && result.verified).toHaveLength(1);
  });

  it('answers for text that is not a note', () => {
    expect(verifyNote({ note: 'nonsense', keys: [LOG.key], verify: verifyEd25519 })).toEqual({
      ok: false,
      code: 'NOTE_INVALID',
    });
    expect(verifyNote({ note: 'a'.repeat(MAX_NOTE_BYTES + 1), keys: [], verify: verifyEd25519 }).ok).toBe(false);
  });

  it('refuses to choose between two keys of one name and ID', () => {
    const twin = { ...LOG.key, publicKey: OTHER.key.publicKey };
    expectCode(() => verifyNote({ note: good, keys: [LOG.key, twin], verify: verifyEd25519 }), 'KEY_AMBIGUOUS');
  });

  it('refuses every note with one changed bit', () => {
    const bytes = bytesOf(good);
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const position = Math.floor(bit / 8);
      const changed = bytes.map((byte, index) => (index === position ? byte ^ (1 << (bit % 8)) : byte));
      const result = verifyNote({ note: changed, keys: [LOG.key], verify: verifyEd25519 });
      if (result.ok) expect.fail(`bit ${bit} of the note does not matter`);
    }
  });

  it('lets a fault of the signature function through', () => {
    const verify = () => {
      throw new RangeError('out of order');
    };
    expect(() => verifyNote({ note: good, keys: [LOG.key], verify })).toThrow(RangeError);
  });
});

describe('cosignatures', () => {
  const text = 'example.com/log\n1\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n';
  const { publicKey } = OTHER.key;
  const witness = createVerifierKey({ name: 'witness', publicKey, type: KEY_TYPES.cosignature, hasher: sha256 });

  it('are verified over the time and the text, and answer the time', () => {
    const note = cosign(1_700_000_000, `cosignature/v1\ntime 1700000000\n${text}`);
    expect(verifyNote({ note, keys: [LOG.key, witness], verify: verifyEd25519 })).toMatchObject({
      ok: true,
      verified: [{ key: LOG.key }, { key: witness, timeSeconds: 1_700_000_000 }],
    });
  });

  it('refuse the note when the time or the statement is another', () => {
    const statement = `cosignature/v1\ntime 1700000000\n${text}`;
    for (const note of [cosign(1_700_000_001, statement), cosign(1_700_000_000, text), cosign(2 ** 60, statement)]) {
      expect(verifyNote({ note, keys: [witness], verify: verifyEd25519 })).toEqual({
        ok: false,
        code: 'SIGNATURE_INVALID',
      });
    }
  });

  it('refuse the note when the time is beyond 2^53 seconds, even if it was signed', () => {
    const note = cosign(2 ** 60, `cosignature/v1\ntime ${2 ** 60}\n${text}`);
    const result = verifyNote({ note, keys: [witness], verify: verifyEd25519 });
    expect(result).toEqual({ ok: false, code: 'SIGNATURE_INVALID' });
  });

  it('of one witness at two times count once, with the first', () => {
    const [earlier, later] = [100, 200].map((time) => parseNote(cosign(time, `cosignature/v1\ntime ${time}\n${text}`)));
    const note = formatNote({ text, signatures: [...(later?.signatures ?? []), ...(earlier?.signatures ?? [])] });
    const result = verifyNote({ note, keys: [witness], verify: verifyEd25519 });
    expect(result).toMatchObject({ ok: true, verified: [{ key: witness, timeSeconds: 200 }] });
    expect(result.ok && result.verified).toHaveLength(1);
  });

  function cosign(timeSeconds: number, statement: string): string {
    const signature = new Uint8Array([...new Uint8Array(8), ...OTHER.sign(bytesOf(statement))]);
    new DataView(signature.buffer).setBigUint64(0, BigInt(timeSeconds));
    const { signatures } = parseNote(signNote({ text, signers: [LOG] }));
    return formatNote({ text, signatures: [...signatures, { name: witness.name, id: witness.id, signature }] });
  }
});

it('the key ID stands before the signature, big-endian', () => {
  const note = formatNote({
    text: 'text\n',
    signatures: [{ name: 'a', id: 0x01020304, signature: new Uint8Array([5]) }],
  });
  expect(note).toBe(`text\n\n\u2014 a ${encodeBase64(new Uint8Array([1, 2, 3, 4, 5]))}\n`);
});

it('the key ID of a formatted note is an unsigned 32-bit integer', () => {
  for (const id of [-1, 0.5, Number.NaN, 2 ** 32]) {
    expectCode(
      () => formatNote({ text: 'text\n', signatures: [{ name: 'a', id, signature: new Uint8Array(64) }] }),
      'NOTE_INVALID',
    );
  }
});
