/** The specification: what code wrote in it, its clauses, and who cites them. */

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { FINDINGS } from '@countersign/audit/verify';
import { describe, expect, test } from 'vitest';
import { entryVectors } from '../vectors/entry-vectors.js';
import { logVectors } from '../vectors/log-vectors.js';
import { checkpointVectors, keyVectors, noteVectors } from '../vectors/note-vectors.js';
import { payloadVectors, proofVectors } from '../vectors/value-vectors.js';
import { withSections } from './spec-sections.js';

const root = new URL('../../', import.meta.url);
const spec = readFileSync(new URL('docs/spec.md', root), 'utf8');
const clauses = [...spec.matchAll(/^- \*\*([A-Z]+-\d+)\*\* /gm)].map(([, id = '']) => id);
const vectors = [
  ...[keyVectors(), noteVectors(), checkpointVectors(), payloadVectors(), proofVectors(), logVectors()].flat(),
  ...entryVectors(),
];

describe('The specification', () => {
  // When this fails: npx tsx --tsconfig test/tsconfig.json test/spec/generate-spec.ts
  test('holds what code makes of it', () => {
    expect(withSections(spec)).toBe(spec);
  });

  test('has clauses with ids of their own, and names no clause that it does not have', () => {
    expect(new Set(clauses).size).toBe(clauses.length);
    expect(clauses.length).toBeGreaterThan(80);
    const named = [
      ...spec.matchAll(
        /\b(?:VAL|LEAF|FIELD|CHAIN|PAY|TREE|KEY|NOTE|CP|EPOCH|ANS|WIT|ANCHOR|PURGE|HOLD|EXPORT|CALL|AUTH|REQ|RET|GRANT|POL|PROOF|REC|PARENT)-\d+\b/g,
      ),
    ];
    expect([...new Set(named.map(([id]) => id))].filter((id) => !clauses.includes(id))).toEqual([]);
  });

  test('names no code that is not one', () => {
    const codes = new Set<string>(Object.keys(FINDINGS));
    const text = spec.slice(0, spec.indexOf('## 16.'));
    const named = [...text.matchAll(/\[[^\]]*\]/g)].flatMap(
      ([bracket]) => bracket.match(/`[A-Z]+(?:_[A-Z0-9]+)+`/g) ?? [],
    );
    expect(named.map((code) => code.slice(1, -1)).filter((code) => !codes.has(code))).toEqual([]);
  });

  test('is cited in every clause by a vector or a test, and vectors cite nothing else', () => {
    const cited = new Set(vectors.map(({ clause }) => clause));
    expect([...cited].filter((id) => !clauses.includes(id))).toEqual([]);
    const texts = testFiles().map((path) => readFileSync(path, 'utf8'));
    const missing = clauses.filter(
      (id) => !cited.has(id) && !texts.some((text) => new RegExp(`\\b${id}\\b`).test(text)),
    );
    expect(missing).toEqual([]);
  });

  test('has a vector for every finding that its clauses name', () => {
    const expected = new Set(vectors.map((vector) => vector.expect));
    const named = Object.keys(FINDINGS).filter((code) => spec.includes(`| \`${code}\` |`));
    expect(named.filter((code) => !expected.has(code) && !NOT_IN_VECTORS.has(code))).toEqual([]);
  });
});

describe('The threat model', () => {
  test('names findings that there are', () => {
    const text = readFileSync(new URL('docs/threat-model.md', root), 'utf8');
    const named = [...text.matchAll(/`([A-Z]+(?:_[A-Z0-9]+)+)`/g)].map(([, code = '']) => code);
    const codes = new Set<string>(Object.keys(FINDINGS));
    expect(named.length).toBeGreaterThan(30);
    expect(named.filter((code) => !codes.has(code))).toEqual([]);
  });
});

/** What rests on more than an export, its key and its checkpoints, and what is told of sound logs. */
const NOT_IN_VECTORS = new Set([
  'ANCHOR_RECEIPT_INVALID',
  'ANCHOR_RECEIPT_NOT_CHECKED',
  'PARENT_CUT_BACK',
  'PARENT_MISMATCH',
  'PARENT_NOT_CHECKED',
  'TIME_OUTSIDE_BRACKET',
  // Of receipts.
  'RECEIPT_INVALID',
  'PROOF_INVALID',
  'PAYLOAD_WITHHELD',
  'CONSISTENCY_INVALID',
  'VERIFICATION_INCOMPLETE',
  'KEY_NOT_PINNED',
  'NO_KEY',
  'NO_ANCHOR',
  'ENTRY_UNEXPECTED',
  'ROWS_NOT_CHECKED',
  'DANGLING_CALL',
  'PENDING_CALL',
]);

/** Tests that check clauses which no vector can hold, such as how a report is made up. */
function testFiles(): readonly string[] {
  const paths = [
    'test/spec/clauses.test.ts',
    'test/spec/receipt-clauses.test.ts',
    'test/vectors/python.test.ts',
    'packages/countersign/test/verify-anchors.test.ts',
  ];
  return paths.map((path) => fileURLToPath(new URL(path, root))).filter(existsSync);
}
