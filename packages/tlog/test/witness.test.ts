/** Cosignatures, requests to witnesses, and witness policies: C2SP tlog-cosignature, tlog-witness and tlog-policy. */

import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import {
  addCosignatures,
  type CosignatureSigner,
  checkWitnessPolicy,
  cosign,
  createVerifierKey,
  createWitnessPolicy,
  emptyRoot,
  formatAddCheckpoint,
  formatCheckpoint,
  formatCosignatures,
  formatVerifierKey,
  formatWitnessPolicy,
  judgeAddCheckpoint,
  KEY_TYPES,
  parseAddCheckpoint,
  parseCosignatures,
  parseWitnessPolicy,
  proveConsistency,
  rangeRoot,
  satisfiesPolicy,
  signNote,
  verifyCosignatures,
  type WitnessedTree,
} from '@countersign/tlog';
import { describe, expect, it } from 'vitest';
import { codeOf, createLeafHashes, createTestSigner, expectCode, readerOf, sha256, verifyEd25519 } from './helpers.js';

const LOG = createTestSigner('example.com/log', 1);
const LEAVES = createLeafHashes(20);
const TIME = 1_700_000_000;

function witnessOf(name: string, seed: number): CosignatureSigner {
  const secret = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), new Uint8Array(32).fill(seed)]);
  const privateKey = createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
  const publicKey = new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(12));
  return {
    key: createVerifierKey({ name, type: KEY_TYPES.cosignature, publicKey, hasher: sha256 }),
    sign: (message) => new Uint8Array(sign(null, message, privateKey)),
  };
}

function rootOf(size: number): Uint8Array {
  return rangeRoot({ hasher: sha256, reader: readerOf(LEAVES), start: 0, end: size });
}

function textOf(size: number, root = rootOf(size), origin = LOG.key.name): string {
  return formatCheckpoint({ origin, size, root, extensions: [] });
}

function noteOf(size: number, root = rootOf(size)): string {
  return signNote({ text: textOf(size, root), signers: [LOG] });
}

function proof(from: number, to: number): Uint8Array[] {
  return proveConsistency({ hasher: sha256, reader: readerOf(LEAVES), from, to });
}

describe('a cosignature', () => {
  const [ada, bob] = [witnessOf('ada.example/witness', 2), witnessOf('bob.example/witness', 3)];
  const note = noteOf(5);
  const lines = [ada, bob].map((signer) => cosign({ text: textOf(5), timeSeconds: TIME, signer }));
  const cosigned = addCosignatures(note, lines);

  it('is verified with the key and the time that made it', () => {
    const found = verifyCosignatures({ note: cosigned, witnesses: [ada.key, bob.key], verify: verifyEd25519 });
    expect(found?.map(({ key, timeSeconds }) => [key.name, timeSeconds])).toEqual([
      ['ada.example/witness', TIME],
      ['bob.example/witness', TIME],
    ]);
  });

  it('has pinned bytes', () => {
    expect(formatCosignatures(lines.slice(0, 1))).toMatchInlineSnapshot(`
      "— ada.example/witness IcOs5AAAAABlU/EAWs8SyvtviEJ3xwkruKhOj3jN4QNpbEnTfuf0w0jJomXZ+Xn2oVFdTRjcvu8j1XQDoSIvzEBsNsbtybLzxmBjAA==
      "
    `);
  });

  it('is not believed when its time, its text or one of its bits is another', () => {
    const [line] = lines;
    if (line === undefined) throw new Error('There is a line.');
    for (let bit = 0; bit < line.signature.length * 8; bit += 1) {
      const signature = line.signature.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      const broken = addCosignatures(note, [{ ...line, signature }]);
      expect(
        verifyCosignatures({ note: broken, witnesses: [ada.key], verify: verifyEd25519 }),
        `bit ${bit}`,
      ).toBeUndefined();
    }
    const other = addCosignatures(noteOf(6), [line]);
    expect(verifyCosignatures({ note: other, witnesses: [ada.key], verify: verifyEd25519 })).toBeUndefined();
  });

  it('of a witness that is not asked about is ignored, and one bad line of a known witness spoils the whole note', () => {
    expect(verifyCosignatures({ note: cosigned, witnesses: [witnessOf('eve', 9).key], verify: verifyEd25519 })).toEqual(
      [],
    );
    const [, good] = lines;
    if (good === undefined) throw new Error('There is a line.');
    const bad = { ...good, signature: good.signature.toReversed() };
    const mixed = addCosignatures(note, [...lines.slice(0, 1), bad]);
    expect(verifyCosignatures({ note: mixed, witnesses: [ada.key, bob.key], verify: verifyEd25519 })).toBeUndefined();
  });

  it('is added once', () => {
    expect(addCosignatures(cosigned, lines)).toBe(cosigned);
  });

  it('is not made with a key of another type, over no text, or of no time', () => {
    const text = textOf(5);
    expectCode(() => cosign({ text, timeSeconds: TIME, signer: LOG }), 'KEY_TYPE_UNSUPPORTED');
    expectCode(() => cosign({ text: 'no newline', timeSeconds: TIME, signer: ada }), 'NOTE_INVALID');
    for (const timeSeconds of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      expectCode(() => cosign({ text, timeSeconds, signer: ada }), 'RANGE_INVALID');
    }
    expectCode(
      () => cosign({ text, timeSeconds: TIME, signer: { ...ada, sign: () => new Uint8Array(3) } }),
      'SIGNATURE_INVALID',
    );
  });

  it.each([
    ['nothing', ''],
    ['no newline', formatCosignatures(lines).trimEnd()],
    ['an empty line before', `\n${formatCosignatures(lines)}`],
    ['an empty line behind', `${formatCosignatures(lines)}\n`],
    ['a carriage return', formatCosignatures(lines).replaceAll('\n', '\r\n')],
    ['HTML', '<html></html>\n'],
  ])('is not read from an answer that holds %s', (_what, text) => {
    expectCode(() => parseCosignatures(text), 'NOTE_INVALID');
  });

  it('is read from an answer as it was written', () => {
    expect(parseCosignatures(formatCosignatures(lines))).toEqual(lines);
    expectCode(() => parseCosignatures(formatCosignatures(lines.slice(0, 1)).repeat(65)), 'NOTE_TOO_LARGE');
  });
});

describe('a request to a witness', () => {
  it('is read as it was written', () => {
    for (const request of [
      { old: 0, proof: [], note: noteOf(7) },
      { old: 3, proof: proof(3, 7), note: noteOf(7) },
    ]) {
      expect(parseAddCheckpoint(formatAddCheckpoint(request))).toEqual(request);
    }
  });

  it.each([
    ['nothing', ''],
    ['no old line', `\n\n${noteOf(3)}`],
    ['a signed size', `old +1\n\n${noteOf(3)}`],
    ['a leading zero', `old 01\n\n${noteOf(3)}`],
    ['a size of 2^53', `old 9007199254740992\n\n${noteOf(3)}`],
    ['two spaces', `old  1\n\n${noteOf(3)}`],
    ['a short hash', `old 1\nAAAA\n\n${noteOf(3)}`],
    ['base64 without padding', `old 1\n${Buffer.alloc(32).toString('base64').slice(0, -1)}\n\n${noteOf(3)}`],
    ['64 hashes', `old 1\n${`${Buffer.alloc(32).toString('base64')}\n`.repeat(64)}\n${noteOf(3)}`],
    ['no empty line', 'old 1\n'],
  ])('is refused with %s', (_what, body) => {
    expectCode(() => parseAddCheckpoint(body), 'WITNESS_REQUEST_INVALID');
  });

  const known = new Map<string, WitnessedTree>();
  const judge = (request: { old: number; proof: readonly Uint8Array[]; note: string }) =>
    judgeAddCheckpoint({
      request,
      keysOf: (origin) => (origin === LOG.key.name ? [LOG.key] : []),
      known: (origin) => known.get(origin),
      hasher: sha256,
      verify: verifyEd25519,
    });

  it('is answered with the statuses of the specification', () => {
    known.clear();
    expect(judge({ old: 0, proof: [], note: noteOf(4) })).toMatchObject({ status: 200, tree: { size: 4 } });
    expect(judge({ old: 0, proof: proof(2, 4), note: noteOf(4) }).status, 'a proof from nothing').toBe(422);
    expect(judge({ old: 2, proof: proof(2, 4), note: noteOf(4) }), 'nothing known').toEqual({ status: 409, size: 0 });
    known.set(LOG.key.name, { size: 4, root: rootOf(4) });
    expect(judge({ old: 4, proof: proof(4, 9), note: noteOf(9) })).toMatchObject({ status: 200, tree: { size: 9 } });
    expect(judge({ old: 4, proof: [], note: noteOf(4) }).status, 'the same again').toBe(200);
    expect(judge({ old: 4, proof: [], note: noteOf(4, rootOf(5)) }).status, 'the same size, another root').toBe(422);
    expect(judge({ old: 4, proof: proof(3, 9), note: noteOf(9) }).status, 'a proof from elsewhere').toBe(422);
    expect(judge({ old: 4, proof: [], note: noteOf(9) }).status, 'no proof').toBe(422);
    expect(judge({ old: 3, proof: proof(3, 9), note: noteOf(9) })).toEqual({ status: 409, size: 4 });
    expect(judge({ old: 9, proof: [], note: noteOf(4) }).status, 'backwards').toBe(400);
    expect(judge({ old: 0, proof: [], note: noteOf(4) })).toEqual({ status: 409, size: 4 });
    expect(judge({ old: 0, proof: [], note: 'x' }).status).toBe(400);
  });

  it('about an unknown log or by another key is refused', () => {
    known.clear();
    const eve = createTestSigner('eve.example/log', 8);
    const text = formatCheckpoint({ origin: 'eve.example/log', size: 1, root: rootOf(1), extensions: [] });
    expect(judge({ old: 0, proof: [], note: signNote({ text, signers: [eve] }) }).status).toBe(404);
    expect(judge({ old: 0, proof: [], note: signNote({ text: textOf(1), signers: [eve] }) }).status).toBe(403);
    const forged = { ...LOG, sign: () => new Uint8Array(64) };
    expect(judge({ old: 0, proof: [], note: signNote({ text: textOf(1), signers: [forged] }) }).status).toBe(403);
  });

  it('about an empty log must state the root of one', () => {
    known.clear();
    expect(judge({ old: 0, proof: [], note: noteOf(0, emptyRoot(sha256)) }).status).toBe(200);
    expect(judge({ old: 0, proof: [], note: noteOf(0, rootOf(1)) }).status).toBe(422);
  });
});

describe('a witness policy', () => {
  const witnesses = [2, 3, 4, 5].map((seed) => ({
    name: `w${seed}`,
    key: witnessOf(`witness${seed}.example`, seed).key,
  }));
  const vkeys = witnesses.map(({ key }) => formatVerifierKey(key));
  const keys = witnesses.map(({ key }) => key);
  const text = [
    '# who must have seen it',
    `log ${formatVerifierKey(LOG.key)} https://log.example`,
    ...vkeys.map((vkey, i) => `witness w${i + 2} ${vkey}${i === 0 ? ' https://w2.example/prefix' : ''}`),
    'group near any w2 w3   # either',
    'group all-of-it all near w4 w5',
    '',
    'quorum all-of-it',
    '',
  ].join('\n');

  it('is read, and written again to the same meaning', () => {
    const policy = parseWitnessPolicy(text, sha256);
    expect(policy.groups.map(({ threshold }) => threshold)).toEqual([1, 3]);
    expect(policy.witnesses[0]?.url).toBe('https://w2.example/prefix');
    expect(parseWitnessPolicy(formatWitnessPolicy(policy), sha256)).toEqual(policy);
    expect(checkWitnessPolicy(policy)).toEqual(policy);
  });

  it('is satisfied by every set of witnesses that its groups allow, and by no other', () => {
    const policy = parseWitnessPolicy(text, sha256);
    for (let set = 0; set < 16; set += 1) {
      const cosigners = keys.filter((_, i) => (set >> i) % 2 === 1);
      const expected = (set & 3) !== 0 && (set & 12) === 12;
      expect(satisfiesPolicy(policy, cosigners), `set ${set}`).toBe(expected);
    }
  });

  it('counts k of n as its structured form does', () => {
    for (let threshold = 1; threshold <= 4; threshold += 1) {
      const policy = createWitnessPolicy({ witnesses, threshold });
      for (let set = 0; set < 16; set += 1) {
        const cosigners = keys.filter((_, i) => (set >> i) % 2 === 1);
        expect(satisfiesPolicy(policy, cosigners)).toBe(cosigners.length >= threshold);
        expect(satisfiesPolicy(policy, [...cosigners, ...cosigners])).toBe(cosigners.length >= threshold);
      }
    }
    expect(satisfiesPolicy(parseWitnessPolicy('quorum none\n', sha256), [])).toBe(true);
  });

  const w2 = `witness w2 ${vkeys[0]}`;
  const w3 = `witness w3 ${vkeys[1]}`;
  it.each([
    ['no quorum', w2],
    ['two quorums', `${w2}\nquorum w2\nquorum w2`],
    ['a quorum that is not defined', 'quorum w2'],
    ['a quorum that is defined later', `quorum w2\n${w2}`],
    ['a group member that is not defined', `${w2}\ngroup g 1 w2 w9\nquorum g`],
    ['a group of itself', `group g 1 g\nquorum g`],
    ['a name twice', `${w2}\nwitness w2 ${vkeys[1]}\nquorum w2`],
    ['a key under two names', `${w2}\nwitness other ${vkeys[0]}\nquorum w2`],
    ['a member twice', `${w2}\ngroup g 1 w2 w2\nquorum g`],
    ['a member of two groups', `${w2}\n${w3}\ngroup g 1 w2\ngroup h 1 w2 w3\nquorum h`],
    ['a threshold of 0', `${w2}\ngroup g 0 w2\nquorum g`],
    ['a threshold above its members', `${w2}\ngroup g 2 w2\nquorum g`],
    ['a threshold with a sign', `${w2}\ngroup g +1 w2\nquorum g`],
    ['a group without members', `${w2}\ngroup g 1\nquorum w2`],
    ['the name none', `witness none ${vkeys[0]}\nquorum none`],
    ["a log's key for a witness", `witness w ${formatVerifierKey(LOG.key)}\nquorum w`],
    ["a witness's key for a log", `log ${vkeys[0]}\nquorum none`],
    ['a key with another ID', `witness w2 ${vkeys[0]?.replace(/\+[0-9a-f]{8}\+/, '+00000000+')}\nquorum w2`],
    ['an unknown word', `${w2}\nwitnesses w3\nquorum w2`],
    ['a URL of another kind', `${w2} ftp://w2.example\nquorum w2`],
    ['a URL with a query', `${w2} https://w2.example/?a\nquorum w2`],
    ['words behind', `${w2} https://w2.example more\nquorum w2`],
    ['a NUL', `${w2}\nquorum w2\u0000`],
    ['a carriage return', `${w2}\r\nquorum w2\r\n`],
    ['too much', `${'#\n'.repeat(2000)}quorum none\n`],
  ])('is refused with %s', (_what, policy) => {
    expect(codeOf(() => parseWitnessPolicy(policy, sha256))).toBe('POLICY_INVALID');
  });

  it('says in which line the mistake is, and quotes nothing of it', () => {
    expect(() => parseWitnessPolicy('quorum none\nsecret-looking word\n', sha256)).toThrow(
      'This is not a witness policy: line 2: it is not of the form log, witness, group or quorum.',
    );
  });
});
