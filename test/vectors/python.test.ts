/**
 * The verifier in Python against every vector and against the tamper matrix: wherever both verifiers look, they say the same.
 * It needs Python 3.8 or later, and nothing else.
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportSourceOf, openExport, type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { entriesJsonl } from '../../packages/audit/src/export/entries-jsonl.js';
import { fieldRows } from '../spec/field-table.js';
import type { Ground } from '../tamper/matrix/attack.js';
import { byteAttacks } from '../tamper/matrix/attacks/bytes.js';
import { checkpointAttacks } from '../tamper/matrix/attacks/checkpoints.js';
import { keyAttacks } from '../tamper/matrix/attacks/keys.js';
import { rowAttacks } from '../tamper/matrix/attacks/rows.js';
import { tailAttacks } from '../tamper/matrix/attacks/tail.js';
import { memoryGround } from '../tamper/matrix/ground.js';
import { createSeeded } from '../tamper/seeded.js';
import { readerOf } from '../tamper/snapshot.js';
import { entryVectors } from './entry-vectors.js';
import { logVectors } from './log-vectors.js';
import { checkpointVectors, keyVectors, noteVectors } from './note-vectors.js';
import { findPython, isReport, type PythonReport, runPython, VERIFIER } from './python.js';
import { payloadVectors } from './value-vectors.js';

const python = findPython() ?? '';
if (python === '') {
  const message = 'The verifier in Python was not tried: install Python 3.8 or later, so that python3 is on the PATH.';
  if (process.env.CI !== undefined) throw new Error(message);
  console.warn(message);
}

/** What the verifier in Python says that it leaves out. */
const LEFT_OUT =
  /^(?:PAYLOAD_PREVIEW_INVALID|APPROV|SELF_|GRANT_|POLICY_|NO_POLICY|AUTHORITY_|RETENTION_|HOLD_|WITNESS_|KEY_NOT_PINNED)/;

/** Vectors of clauses that it leaves out, beside those whose codes say so. */
const LEFT_OUT_CLAUSES = /^(?:PURGE-9|POL-4|REQ-(?!12$)\d+|GRANT-\d+)$/;

/** Clauses that share their code with others that it does look at. */
const NOT_COMPARED: ReadonlySet<string> = new Set(['PURGE-9']);

const DRAW_SEED = 7;
const MAX_VARIANTS = 6;

const folder = mkdtempSync(join(tmpdir(), 'countersign-python-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(python === '')('The verifier in Python', () => {
  test('is one file of at most 400 lines of at most 120 characters, of the standard library alone', () => {
    const lines = readFileSync(VERIFIER, 'utf8').trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(400);
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
    const imports = lines.filter((line) => /^(?:import|from) /.test(line)).join(' ');
    const names = imports.replaceAll(/from (\w+) import [^;]*?(?= from| import|$)/g, '$1').match(/\w+/g) ?? [];
    const known = 'import from argparse base64 collections hashlib json os re sys datetime decimal'.split(' ');
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  test('has the field table of the code', () => {
    const [rows] = runPython(python, [{ sort: 'fields' }]);
    const table = Object.fromEntries(
      Object.entries(isRecord(rows) ? rows : {}).filter(([kind]) => /^[a-z]/.test(kind)),
    );
    const ours = fieldRows().map(({ kind, members, payloads }) => [kind, [membersOf(members), payloads]]);
    expect(table).toEqual(Object.fromEntries(ours));
  });

  test('answers every vector of leaves, payloads, keys, notes and checkpoints as its own answer says', () => {
    const texts = [
      ...entryVectors().map((vector, i) => ({ ...vector, sort: 'entry', base64: entryBytes(i) })),
      ...payloadVectors()
        .filter(({ clause }) => clause !== 'PAY-6')
        .map((vector) => ({ ...vector, sort: 'payload' })),
      ...keyVectors().map((vector) => ({ ...vector, sort: 'key' })),
      ...noteVectors().map((vector) => ({ ...vector, sort: 'note' })),
      ...checkpointVectors().map((vector) => ({ ...vector, sort: 'checkpoint' })),
    ];
    const answers = runPython(python, texts);
    // Why a key is refused it says in two codes of its own.
    const wrong = texts.flatMap(({ name, sort, expect: expected }, i) => {
      const isRight = sort === 'key' && expected !== 'ok' ? answers[i] !== 'ok' : answers[i] === expected;
      return isRight ? [] : [`${sort}, ${name}: ${String(answers[i])} where ${expected} is right`];
    });
    expect(wrong).toEqual([]);
  });

  test('agrees about every log among the vectors, and finds what must be found', async () => {
    const vectors = logVectors();
    const logs = vectors.map(({ text, key, against = [], file }) => ({ text, key, against, name: file }));
    const pairs = await verifyBoth(logs);
    const looked = pairs.filter((_, i) => !NOT_COMPARED.has(vectors[i]?.clause ?? ''));
    expect(looked.flatMap(disagreements)).toEqual([]);
    const missed = vectors.filter(({ expect: expected, clause }, i) => {
      if (LEFT_OUT.test(expected) || LEFT_OUT_CLAUSES.test(clause)) return false;
      const findings = pairs[i]?.theirs.findings ?? [];
      if (expected === 'ok') return findings.some(({ severity }) => severity === 'error');
      return !findings.some(({ code }) => code === expected);
    });
    expect(missed.map(({ name }) => name)).toEqual([]);
  });
});

describe.skipIf(python === '')('The verifier in Python and damaged exports', () => {
  test(`ends on none, and answers what the other one does (seed ${DAMAGE_SEED})`, { timeout: 300_000 }, async () => {
    const pick = createSeeded(DAMAGE_SEED);
    const clean = logVectors().filter(({ expect: expected }) => expected === 'ok');
    const logs = Array.from({ length: 200 }, (_, i): LogInput => {
      const { text = '', key = '', name = '' } = clean[pick(clean.length)] ?? {};
      return { name: `${i}: ${name}`, text: damaged(text, pick), key, against: [] };
    });
    const answers = ({ integrity, completeness }: VerifyReport | PythonReport) => `${integrity}, ${completeness}`;
    const wrong = (await verifyBoth(logs)).filter(({ ours, theirs }) => answers(ours) !== answers(theirs));
    expect(wrong.map(({ name, ours, theirs }) => `${name}: ${answers(ours)} and ${answers(theirs)}`)).toEqual([]);
  });
});

const DAMAGE_SEED = 5;
const RUBBISH = ['null', '-1', '"', '\\ud800', '1e999', '{}', '[]', '9'.repeat(30), '\u00e9', '\n'];

/** A text with something put into it, or left out of it, at one to three places. */
function damaged(text: string, pick: (below: number) => number): string {
  let result = text;
  for (let i = pick(3); i >= 0; i -= 1) {
    const at = pick(result.length);
    const rubbish = RUBBISH[pick(RUBBISH.length)] ?? '';
    result = result.slice(0, at) + (pick(2) === 0 ? rubbish : '') + result.slice(at + pick(12));
  }
  return result;
}

describe.skipIf(python === '')('The verifier in Python and the tamper matrix', () => {
  let ground: Ground;
  beforeAll(async () => {
    ground = await memoryGround();
  });
  const attacks = [...byteAttacks, ...rowAttacks, ...tailAttacks, ...checkpointAttacks, ...keyAttacks];

  test(`agrees about every class of attack (seed ${DRAW_SEED})`, { timeout: 300_000 }, async () => {
    const logs: LogInput[] = [];
    const pick = createSeeded(DRAW_SEED);
    for (const attack of attacks) {
      const variants = [...(await attack.variants(ground))];
      while (variants.length > MAX_VARIANTS) variants.splice(pick(variants.length), 1);
      for (const { name, rows, mark = ground.mark, key = ground.key } of variants) {
        if (key === null) continue;
        const text = await exportOf(rows);
        if (text !== undefined) logs.push({ name: `${attack.cls}: ${name}`, text, key, against: [mark] });
      }
    }
    expect(logs.length).toBeGreaterThan(attacks.length);
    const pairs = await verifyBoth(logs);
    expect(pairs.flatMap(disagreements)).toEqual([]);
  });

  async function exportOf(rows: Parameters<typeof readerOf>[0]): Promise<string | undefined> {
    try {
      let text = '';
      const about = { origin: 'any', identityKey: ground.key };
      for await (const piece of entriesJsonl(readerOf(rows), about)) text += piece;
      return text;
    } catch {
      // Rows that no store hands out cannot be exported either.
      return undefined;
    }
  }
});

interface LogInput {
  readonly name: string;
  readonly text: string;
  readonly key: string;
  readonly against: readonly string[];
}

interface Pair {
  readonly name: string;
  readonly ours: VerifyReport;
  readonly theirs: PythonReport;
}

async function verifyBoth(logs: readonly LogInput[]): Promise<readonly Pair[]> {
  const jobs = logs.map(({ text, key, against }, i) => {
    const path = join(folder, `${i}.jsonl`);
    writeFileSync(path, text);
    return { sort: 'log', path, key, against };
  });
  const reports = runPython(python, jobs);
  const pairs: Pair[] = [];
  for (const [i, { name, text, key, against }] of logs.entries()) {
    const theirs = reports[i];
    if (!isReport(theirs)) throw new Error(`no report on ${name}`);
    const ours = await verifyLog(await openExport(exportSourceOf(Buffer.from(text))), { key, against });
    pairs.push({ name, ours, theirs });
  }
  return pairs;
}

/** Where the two differ: in the errors that both look for, in an answer, or in the tree. */
function disagreements({ name, ours, theirs }: Pair): readonly string[] {
  const errors = (findings: PythonReport['findings'] | VerifyReport['findings']) =>
    [...new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code))]
      .filter((code) => !LEFT_OUT.test(code))
      .sort()
      .join(', ');
  const [left, right] = [errors(ours.findings), errors(theirs.findings)];
  // A run that an approval does not let run is one that it does not look for.
  const isLeftOut = left.includes('RUN_NOT_ALLOWED') && left.replace(/(?:, )?RUN_NOT_ALLOWED/, '') === right;
  const answers = PARTS.filter((part) => !isCompatible(ours[part], theirs[part], ours));
  return [
    ...(left === right || isLeftOut ? [] : [`${name}: [${left}] and [${right}]`]),
    ...answers.map((part) => `${name}: ${part} ${ours[part]} and ${theirs[part]}`),
    ...(ours.size === theirs.size && (ours.root === theirs.root || left !== '') ? [] : [`${name}: another tree`]),
  ];
}

const PARTS = ['integrity', 'completeness', 'authority'] as const;

/** The same, or what it does not look at: authority, and errors that it leaves out. */
function isCompatible(ours: string, theirs: string, { findings }: VerifyReport): boolean {
  if (ours === theirs || theirs === 'not-checked') return true;
  const isByLeftOut = findings.some(({ code, severity }) => severity === 'error' && LEFT_OUT.test(code));
  return ours === 'failed' && (isByLeftOut || theirs === 'no-evidence');
}

function entryBytes(position: number): string {
  const listed: unknown = JSON.parse(readFileSync(new URL('./entries/broken.json', import.meta.url), 'utf8'));
  const vector: unknown = Array.isArray(listed) ? listed[position] : undefined;
  if (!isRecord(vector)) throw new Error('no such vector');
  if (typeof vector.base64 === 'string') return vector.base64;
  return Buffer.from(String(vector.leaf), 'utf8').toString('base64');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** The members of a kind as the table in Python has them: `[type, is optional]` by name. */
function membersOf(members: readonly string[]): Readonly<Record<string, readonly [string, boolean]>> {
  return Object.fromEntries(
    members.map((member) => {
      const [, name = '', optional, type = ''] = /^(\w+)(\??): (.*)$/.exec(member) ?? [];
      return [name, [TYPE_NAMES[type] ?? type.replaceAll('|', '/').replaceAll('"', ''), optional === '?'] as const];
    }),
  );
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  identifier: 'id',
  '[identifier] max 32': 'ids',
  '[count] max 500': 'counts',
  '{log: identifier, size: count, root: digest}': 'parent',
};
