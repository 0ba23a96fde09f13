/**
 * Published vectors of others, read from the folder that COUNTERSIGN_VECTORS names and never copied here.
 * Where it is not set these tests are skipped, and their names say so.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  appendToEdge,
  checkEnrolment,
  EMPTY_EDGE,
  edgeRoot,
  hashLeaf,
  parseVerifierKey,
  proveConsistency,
  proveInclusion,
  verifyCheckpoint,
  verifyConsistency,
  verifyInclusion,
} from '@countersign/tlog';
import { describe, expect, it } from 'vitest';
import { at, fromHex, readerOf, sha256, toHex, VECTORS, VECTORS_NOTE, verifyEd25519 } from './helpers.js';

const describeVectors = describe.skipIf(VECTORS === undefined);

interface InclusionCase {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface ConsistencyCase {
  readonly size1: number;
  readonly size2: number;
  readonly root1: string;
  readonly root2: string;
  readonly proof: readonly string[] | null;
  readonly wantErr: boolean;
}

interface SignatureGroup {
  readonly publicKey: { readonly pk: string };
  readonly tests: readonly { readonly msg: string; readonly sig: string; readonly result: 'valid' | 'invalid' }[];
}

interface PointCase {
  readonly key: string;
  readonly sig: string;
  readonly msg: string;
  readonly flags: readonly string[] | null;
}

describeVectors(`transparency-dev/merkle vectors${VECTORS_NOTE}`, () => {
  it('of inclusion are answered as stated: 98 of 98', () => {
    const files = findJson('merkle/testdata/inclusion');
    expect(files).toHaveLength(98);
    expect(files.filter((file) => verifiesInclusion(file) === readCase<InclusionCase>(file).wantErr)).toEqual([]);
  });

  it('of consistency are answered as stated: 97 of 98, since a root must be 32 bytes here', () => {
    const files = findJson('merkle/testdata/consistency');
    expect(files).toHaveLength(98);
    const different = files.filter((file) => verifiesConsistency(file) === readCase<ConsistencyCase>(file).wantErr);
    expect(different).toHaveLength(1);
    const { root1, wantErr } = readCase<ConsistencyCase>(at(different, 0));
    expect({ rootBytes: fromBase64(root1).length, wantErr }).toEqual({ rootBytes: 12, wantErr: false });
  });
});

describeVectors(`transparency-dev/tessera log${VECTORS_NOTE}`, () => {
  const origin = 'example.com/log/testdata';
  const key = 'example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx';
  const sizes = Array.from({ length: 16 }, (_, size) => size);

  it('has 16 checkpoints whose signature, root, tile and entry bundle agree', () => {
    for (const size of sizes) {
      const checkpoint = readCheckpoint(size);
      expect(checkpoint).toMatchObject({ origin, size, extensions: [] });
      const leafHashes = readBundle(size).map((leaf) => hashLeaf(sha256, leaf));
      expect(leafHashes.map(toHex)).toEqual(readTile(size).map(toHex));
      const edge = leafHashes.reduce((grown, hash) => appendToEdge(sha256, grown, hash), EMPTY_EDGE);
      expect(edge.size).toBe(size);
      expect(toHex(edgeRoot(sha256, edge))).toBe(toHex(checkpoint.root));
    }
  });

  it('has inclusion and consistency proofs that hold between its signed roots', () => {
    const reader = readerOf(readTile(15));
    for (const to of sizes.slice(1)) {
      const toRoot = readCheckpoint(to).root;
      for (const smaller of sizes.slice(0, to)) {
        const proof = proveInclusion({ hasher: sha256, reader, index: smaller, size: to });
        const leafHash = reader.leafHash(smaller);
        const claim = { hasher: sha256, index: smaller, size: to, leafHash, proof, root: toRoot };
        expect(verifyInclusion(claim)).toEqual({ ok: true });
        if (smaller === 0) continue;
        const fromRoot = readCheckpoint(smaller).root;
        const growth = proveConsistency({ hasher: sha256, reader, from: smaller, to });
        const growthClaim = { hasher: sha256, from: smaller, to, fromRoot, toRoot, proof: growth };
        expect(verifyConsistency(growthClaim)).toEqual({ ok: true });
      }
    }
  });

  function readCheckpoint(size: number) {
    const note = readBytes(`tessera/log/checkpoint.${size}`);
    const keys = [parseVerifierKey(key, sha256)];
    const result = verifyCheckpoint({ note, origin, keys, verify: verifyEd25519 });
    if (!result.ok) throw new Error(`Checkpoint ${size} was refused: ${result.code}.`);
    return result.checkpoint;
  }

  function readTile(size: number): Uint8Array[] {
    if (size === 0) return [];
    const bytes = readBytes(`tessera/log/tile/0/000.p/${size}`);
    expect(bytes).toHaveLength(size * 32);
    return Array.from({ length: size }, (_, index) => bytes.subarray(index * 32, (index + 1) * 32));
  }

  function readBundle(size: number): Uint8Array[] {
    if (size === 0) return [];
    const bytes = readBytes(`tessera/log/tile/entries/000.p/${size}`);
    const leaves: Uint8Array[] = [];
    for (let start = 0; start < bytes.length; ) {
      const end = start + 2 + at([...bytes], start) * 256 + at([...bytes], start + 1);
      leaves.push(bytes.subarray(start + 2, end));
      start = end;
    }
    return leaves;
  }
});

describeVectors(`C2SP/wycheproof Ed25519 vectors${VECTORS_NOTE}`, () => {
  it('are answered by node:crypto as stated: 151 of 151', () => {
    const { testGroups } = readCase<{ testGroups: readonly SignatureGroup[] }>('wycheproof/ed25519_test.json');
    const answers = testGroups.flatMap(({ publicKey, tests }) =>
      tests.map(({ msg, sig, result }) => ({
        isAsStated: verifyEd25519(fromHex(publicKey.pk), fromHex(msg), fromHex(sig)) === (result === 'valid'),
        isEnrolled: checkEnrolment(fromHex(publicKey.pk)).ok,
      })),
    );
    expect(answers).toHaveLength(151);
    expect(answers.filter(({ isAsStated }) => !isAsStated)).toEqual([]);
    expect(answers.filter(({ isEnrolled }) => !isEnrolled)).toEqual([]);
  });
});

describeVectors(`C2SP/CCTV Ed25519 vectors${VECTORS_NOTE}`, () => {
  const refused = ['low_order_A', 'non_canonical_A'];

  it('have 14 keys of low order, and enrolment refuses them and nothing else', () => {
    const cases = readCase<readonly PointCase[]>('cctv/ed25519vectors.json');
    const refusedKeys = new Set<string>();
    for (const { key, flags } of cases) {
      const mustRefuse = refused.some((flag) => flags?.includes(flag));
      expect(checkEnrolment(fromHex(key)).ok).toBe(!mustRefuse);
      if (mustRefuse) refusedKeys.add(key);
    }
    expect(refusedKeys.size).toBe(14);
  });

  it('are accepted by node:crypto in 208 cases, of which 122 are under keys that enrolment refuses', () => {
    const cases = readCase<readonly PointCase[]>('cctv/ed25519vectors.json');
    expect(cases).toHaveLength(914);
    const accepted = cases.filter(({ key, sig, msg }) =>
      verifyEd25519(fromHex(key), new TextEncoder().encode(msg), fromHex(sig)),
    );
    const enrolled = accepted.filter(({ key }) => checkEnrolment(fromHex(key)).ok);
    // These bind their signer only if he proved that he holds the secret key.
    const mixed = enrolled.filter(({ flags }) => flags?.includes('low_order_component_A'));
    const counts = { accepted: accepted.length, enrolled: enrolled.length, mixed: mixed.length };
    expect(counts).toEqual({ accepted: 208, enrolled: 86, mixed: 84 });
  });
});

function verifiesInclusion(file: string): boolean {
  const { leafIdx, treeSize, root, leafHash, proof } = readCase<InclusionCase>(file);
  return verifyInclusion({
    hasher: sha256,
    index: leafIdx,
    size: treeSize,
    leafHash: fromBase64(leafHash),
    proof: (proof ?? []).map(fromBase64),
    root: fromBase64(root),
  }).ok;
}

function verifiesConsistency(file: string): boolean {
  const { size1, size2, root1, root2, proof } = readCase<ConsistencyCase>(file);
  return verifyConsistency({
    hasher: sha256,
    from: size1,
    to: size2,
    fromRoot: fromBase64(root1),
    toRoot: fromBase64(root2),
    proof: (proof ?? []).map(fromBase64),
  }).ok;
}

function findJson(folder: string): string[] {
  const names = readdirSync(pathOf(folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
}

/** The shapes are those of the published files; a file of another shape makes its test fail. */
function readCase<Shape>(path: string): Shape {
  return JSON.parse(new TextDecoder().decode(readBytes(path)));
}

function readBytes(path: string): Uint8Array {
  return new Uint8Array(readFileSync(pathOf(path)));
}

function pathOf(path: string): string {
  return join(VECTORS ?? '', path);
}

function fromBase64(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64'));
}
