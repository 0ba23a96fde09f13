import {
  type Checkpoint,
  formatCheckpoint,
  formatLogProof,
  hashLeaf,
  LOG_PROOF_HEADER,
  MAX_PROOF_HASHES,
  parseCheckpoint,
  parseLogProof,
  proveInclusion,
  rangeRoot,
  signNote,
  verifyCheckpoint,
  verifyLogProof,
} from '@countersign/tlog';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, bytesOf, codeOf, createTestSigner, expectCode, readerOf, sha256, verifyEd25519 } from './helpers.js';

const ZEROS = 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=';
const LOG = createTestSigner('example.com/log', 1);
const ORIGIN = LOG.key.name;
const CHECKPOINT: Checkpoint = { origin: ORIGIN, size: 7, root: new Uint8Array(32), extensions: [] };

describe('the text of a checkpoint', () => {
  it('is origin, size and root, a line each', () => {
    expect(formatCheckpoint(CHECKPOINT)).toBe(`example.com/log\n7\n${ZEROS}\n`);
    expect(formatCheckpoint({ ...CHECKPOINT, size: 0 })).toBe(`example.com/log\n0\n${ZEROS}\n`);
    expect(parseCheckpoint(`example.com/log\n7\n${ZEROS}\n`)).toEqual(CHECKPOINT);
  });

  it('may have further lines, as other logs write them', () => {
    const text = `go.sum database tree\n12\n${ZEROS}\nfirst\n second \n`;
    expect(parseCheckpoint(text)).toMatchObject({ origin: 'go.sum database tree', extensions: ['first', ' second '] });
    expect(formatCheckpoint(parseCheckpoint(text))).toBe(text);
  });

  it('takes a size in one form only, up to 2^53 - 1', () => {
    const textOf = (size: string) => `o\n${size}\n${ZEROS}\n`;
    for (const size of ['0', '1', '10', '4294967296', '9007199254740991']) {
      expect(parseCheckpoint(textOf(size)).size).toBe(Number(size));
    }
    const beyond = ['9007199254740992', '9007199254740993', '9223372036854775808', '18446744073709551616'];
    const forms = [
      '',
      '00',
      '07',
      '+7',
      '-7',
      '-0',
      '0x7',
      '0b1',
      '7.0',
      '7e0',
      ' 7',
      '7 ',
      '7n',
      '1_000',
      '\u0667',
      'NaN',
    ];
    for (const size of [...beyond, ...forms, '1'.repeat(400)]) {
      expectCode(() => parseCheckpoint(textOf(size)), 'CHECKPOINT_INVALID');
    }
  });

  it('takes a root of exactly 32 bytes in canonical base64', () => {
    for (const root of [
      '',
      'AAAA',
      ZEROS.slice(0, -1),
      `${ZEROS}AAAA`,
      ZEROS.replace('A=', 'B='),
      ZEROS.replace('=', ''),
      'AA==',
    ]) {
      expectCode(() => parseCheckpoint(`o\n7\n${root}\n`), 'CHECKPOINT_INVALID');
    }
  });

  it('refuses missing, empty and unfinished lines', () => {
    const texts = [
      '',
      '\n',
      'o\n',
      'o\n7\n',
      `o\n7\n${ZEROS}`,
      `\n7\n${ZEROS}\n`,
      `o\n7\n${ZEROS}\n\n`,
      `o\n7\n${ZEROS}\nx\n\ny\n`,
    ];
    for (const text of [...texts, `o\r\n7\r\n${ZEROS}\r\n`, `o\t\n7\n${ZEROS}\n`]) {
      expectCode(() => parseCheckpoint(text), 'CHECKPOINT_INVALID');
    }
  });

  it('is never made from parts that would read as something else', () => {
    const broken: Partial<Checkpoint>[] = [
      { origin: '' },
      { origin: 'two\nlines' },
      { origin: 'broken \ud800' },
      { size: -1 },
      { size: 1.5 },
      { size: 2 ** 53 },
      { root: new Uint8Array(31) },
      { extensions: [''] },
      { extensions: ['a\nb'] },
    ];
    for (const part of broken) expectCode(() => formatCheckpoint({ ...CHECKPOINT, ...part }), 'CHECKPOINT_INVALID');
  });

  it('comes back from its text, and any other text throws a pinned code (seed 9)', () => {
    const line = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\n'));
    const parts = fc.record({
      origin: line,
      size: fc.maxSafeNat(),
      root: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((root) => new Uint8Array(root)),
      extensions: fc.array(line, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(parts, fc.string({ unit: 'binary' }), (checkpoint, noise) => {
        expect(parseCheckpoint(formatCheckpoint(checkpoint))).toEqual(checkpoint);
        expectCode(() => parseCheckpoint(noise), 'CHECKPOINT_INVALID');
      }),
      { seed: 9, numRuns: 500 },
    );
  });

  it('is the same after parsing and formatting, whatever was accepted (seed 10)', () => {
    const piece = fc.constantFrom('o', '\n', '7', '0', ZEROS, ' ', '=', 'A', '\u00e9', '\0');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const text = `o\n7\n${ZEROS}\n${pieces.join('')}`;
        if (codeOf(() => parseCheckpoint(text)) === undefined)
          expect(formatCheckpoint(parseCheckpoint(text))).toBe(text);
      }),
      { seed: 10, numRuns: 1000 },
    );
  });
});

describe('verifying a checkpoint', () => {
  const note = signNote({ text: formatCheckpoint(CHECKPOINT), signers: [LOG] });
  const good = { note, origin: ORIGIN, keys: [LOG.key], verify: verifyEd25519 };

  it('answers the checkpoint and who signed it', () => {
    expect(verifyCheckpoint(good)).toEqual({ ok: true, checkpoint: CHECKPOINT, verified: [{ key: LOG.key }] });
  });

  it('refuses the checkpoint of another log, also under the same key', () => {
    for (const origin of ['example.com/lo', 'example.com/log2', 'EXAMPLE.com/log', '']) {
      expect(verifyCheckpoint({ ...good, origin })).toEqual({ ok: false, code: 'ORIGIN_MISMATCH' });
    }
  });

  it('refuses a signed text that is not a checkpoint', () => {
    const other = signNote({ text: 'Not a checkpoint.\n', signers: [LOG] });
    expect(verifyCheckpoint({ ...good, note: other })).toEqual({ ok: false, code: 'CHECKPOINT_INVALID' });
  });

  it('passes on why the note itself is refused', () => {
    expect(verifyCheckpoint({ ...good, keys: [] })).toEqual({ ok: false, code: 'NO_KNOWN_SIGNATURE' });
    expect(verifyCheckpoint({ ...good, note: '' })).toEqual({ ok: false, code: 'NOTE_INVALID' });
    const changed = note.replace('\n7\n', '\n8\n');
    expect(verifyCheckpoint({ ...good, note: changed })).toEqual({ ok: false, code: 'SIGNATURE_INVALID' });
  });
});

describe('log proofs', () => {
  const leaves = Array.from({ length: 7 }, (_, index) => bytesOf(`leaf ${index}`));
  const reader = readerOf(leaves.map((leaf) => hashLeaf(sha256, leaf)));
  const expected = { origin: ORIGIN, keys: [LOG.key], verify: verifyEd25519, hasher: sha256 };

  it('are laid out as the specification says', () => {
    const checkpoint = checkpointOf(1);
    const parts = { index: 0, hashes: [], checkpoint };
    expect(formatLogProof(parts)).toBe(`${LOG_PROOF_HEADER}\nindex 0\n\n${checkpoint}`);
    const full = { index: 0, hashes: [new Uint8Array(32)], checkpoint, extra: bytesOf('foo') };
    expect(formatLogProof(full)).toBe(`c2sp.org/tlog-proof@v1\nextra Zm9v\nindex 0\n${ZEROS}\n\n${checkpoint}`);
    expect(parseLogProof(formatLogProof(full))).toEqual(full);
    expect(parseLogProof(formatLogProof(parts))).toEqual(parts);
  });

  it('hold for each leaf of each tree, and only for that leaf', () => {
    for (let size = 1; size <= leaves.length; size += 1) {
      for (let index = 0; index < size; index += 1) {
        const proof = proofOf(index, size);
        const result = verifyLogProof({ ...expected, proof, leaf: at(leaves, index) });
        expect(result).toMatchObject({ ok: true, index, checkpoint: { size }, verified: [{ key: LOG.key }] });
        expect(verifyLogProof({ ...expected, proof, leaf: bytesOf('leaf 99') })).toEqual({
          ok: false,
          code: 'ROOT_MISMATCH',
        });
      }
    }
  });

  it('fail with the checkpoint of another size', () => {
    const proof = proofOf(2, 5).replace(checkpointOf(5), checkpointOf(7));
    expect(verifyLogProof({ ...expected, proof, leaf: at(leaves, 2) }).ok).toBe(false);
  });

  it('fail with another index, origin or key', () => {
    const [leaf, proof] = [at(leaves, 2), proofOf(2, 5)];
    const moved = proof.replace('index 2\n', 'index 3\n');
    expect(verifyLogProof({ ...expected, leaf, proof: moved })).toEqual({ ok: false, code: 'ROOT_MISMATCH' });
    const outside = proof.replace('index 2\n', 'index 5\n');
    expect(verifyLogProof({ ...expected, leaf, proof: outside })).toEqual({ ok: false, code: 'INDEX_OUT_OF_RANGE' });
    expect(verifyLogProof({ ...expected, leaf, proof, origin: 'x' })).toEqual({ ok: false, code: 'ORIGIN_MISMATCH' });
    expect(verifyLogProof({ ...expected, leaf, proof, keys: [] })).toEqual({ ok: false, code: 'NO_KNOWN_SIGNATURE' });
    expect(verifyLogProof({ ...expected, leaf, proof: '' })).toEqual({ ok: false, code: 'LOG_PROOF_INVALID' });
  });

  it('are refused in every other form', () => {
    const good = proofOf(2, 5);
    const broken = [
      '',
      LOG_PROOF_HEADER,
      good.slice(1),
      ` ${good}`,
      good.replace('@v1', '@v2'),
      good.replace('index 2', 'index 02'),
      good.replace('index 2', 'index +2'),
      good.replace('index 2', 'index  2'),
      good.replace('index 2', 'index 9007199254740993'),
      good.replace('index 2\n', ''),
      good.replace('index 2', 'extra\nindex 2'),
      good.replace('index 2', 'extra \nindex 2'),
      good.replace('index 2', 'extra Zg\nindex 2'),
      good.replace('index 2', 'extra Zm9v\nextra Zm9v\nindex 2'),
      good.replace('index 2', 'index 2\nextra Zm9v'),
      good.replace('index 2', 'index 2\nAAAA'),
      good.replace('\n\n', '\n'),
      good.replace('\n\n', '\n\n\n'),
      good.replaceAll('\n', '\r\n'),
      good.slice(0, -1),
      `${good}\n`,
      good.replace('\n5\n', '\n05\n'),
    ];
    for (const text of broken) expect([text, codeOf(() => parseLogProof(text))]).toEqual([text, 'LOG_PROOF_INVALID']);
  });

  it(`have ${MAX_PROOF_HASHES} hashes at most`, () => {
    const parts = { index: 0, checkpoint: checkpointOf(1) };
    const hashes = (count: number) => Array.from({ length: count }, () => new Uint8Array(32));
    const text = formatLogProof({ ...parts, hashes: hashes(MAX_PROOF_HASHES) });
    expect(parseLogProof(text).hashes).toHaveLength(MAX_PROOF_HASHES);
    expectCode(() => parseLogProof(text.replace('index 0', `index 0\n${ZEROS}`)), 'LOG_PROOF_INVALID');
    expectCode(() => formatLogProof({ ...parts, hashes: hashes(MAX_PROOF_HASHES + 1) }), 'LOG_PROOF_INVALID');
  });

  it('are never made from parts that cannot be read back', () => {
    const parts = { index: 0, hashes: [], checkpoint: checkpointOf(1) };
    for (const part of [{ index: -1 }, { index: 2 ** 53 }, { extra: new Uint8Array(0) }, { checkpoint: 'x\n' }]) {
      expectCode(() => formatLogProof({ ...parts, ...part }), 'LOG_PROOF_INVALID');
    }
    expectCode(() => formatLogProof({ ...parts, hashes: [new Uint8Array(31)] }), 'LOG_PROOF_INVALID');
    expectCode(() => formatLogProof({ ...parts, extra: new Uint8Array(1_600_000) }), 'LOG_PROOF_INVALID');
    expectCode(() => parseLogProof('a'.repeat(2_000_001)), 'LOG_PROOF_INVALID');
  });

  it('are the same after parsing and formatting, or throw a pinned code, after any small change (seed 11)', () => {
    const good = proofOf(2, 5);
    const piece = fc.constantFrom('', '\n', 'extra Zg==\n', 'A', '=', '\u2014 ', 'index 2\n', ' ', '\ud800', '\0');
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(3), piece, (position, removed, added) => {
        const text = good.slice(0, position) + added + good.slice(position + removed);
        const code = codeOf(() => parseLogProof(text));
        if (code === undefined) expect(formatLogProof(parseLogProof(text))).toBe(text);
        else expect(code).toBe('LOG_PROOF_INVALID');
      }),
      { seed: 11, numRuns: 2000 },
    );
  });

  function checkpointOf(size: number): string {
    const root = rangeRoot({ hasher: sha256, reader, start: 0, end: size });
    return signNote({ text: formatCheckpoint({ ...CHECKPOINT, size, root }), signers: [LOG] });
  }

  function proofOf(index: number, size: number): string {
    const hashes = proveInclusion({ hasher: sha256, reader, index, size });
    return formatLogProof({ index, hashes, checkpoint: checkpointOf(size) });
  }
});
