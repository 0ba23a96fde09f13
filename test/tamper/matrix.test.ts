/**
 * The tamper matrix: every class of attack of the catalogue, in every store, with every level of evidence: what must be found,
 * and what is. The table is printed; a variant that comes out otherwise than expected is a survivor, and there may be none.
 */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './log-file.js';
import { type Attack, type Ground, LEVELS } from './matrix/attack.js';
import { BIT_SEED } from './matrix/attacks/bytes.js';
import { engineAttacks } from './matrix/attacks/engine.js';
import { rowsAttacks } from './matrix/attacks/index.js';
import { ELSEWHERE, LAST_CLASS, NOT_TRIED } from './matrix/elsewhere.js';
import { memoryGround, sqliteGround } from './matrix/ground.js';
import { addVerdict, type Cell, emptyCell, formatMatrix } from './matrix/matrix-table.js';
import {
  attackFile,
  runScript,
  type StoreName,
  tryInExport,
  tryInFile,
  tryInMemory,
  type Verdict,
  verifyFile,
} from './matrix/try-variant.js';
import { createSeeded } from './seeded.js';

/** A file is opened or an export made for each variant: of an attack with more variants than this, so many are drawn. */
const MAX_FILES = 24;
const DRAW_SEED = 99;

const NOT_STORED: Verdict = { kind: 'not stored' };

const folder = temporaryFolder();
const base = `${folder.path}/sound.db`;
const cells: Cell[] = [];
let memory: Ground;
let sqlite: Ground;

beforeAll(async () => {
  memory = await memoryGround();
  sqlite = await sqliteGround(base);
});

afterAll(() => {
  folder.remove();
  cells.sort((a, b) => a.attack.cls - b.attack.cls);
  const elsewhere = ELSEWHERE.map(({ cls, title, file, test }) => `${cls} | ${title} | ${file}: "${test}"`);
  const notTried = NOT_TRIED.map(({ cls, why }) => `${cls} | not tried: ${why}`);
  console.log(`The tamper matrix (seeds ${BIT_SEED}, ${DRAW_SEED}):\n${formatMatrix(cells)}`);
  console.log(`Tried elsewhere:\n${[...elsewhere, ...notTried].join('\n')}`);
});

describe.each(rowsAttacks)('$cls: $title', (attack) => {
  it('comes out as expected in memory, at every level of evidence', async () => {
    const own = cellsOf(attack, 'memory');
    for (const variant of await attack.variants(memory)) {
      record(own, variant.name, await tryInMemory(variant, memory, LEVELS));
    }
    expectNoSurvivor(own);
  });

  it('comes out as expected in an export, at every level of evidence', async () => {
    const own = cellsOf(attack, 'export');
    for (const variant of draw([...(await attack.variants(memory))])) {
      const verdicts = attack.isInRowsOnly ? LEVELS.map(() => NOT_STORED) : await tryInExport(variant, memory, LEVELS);
      record(own, variant.name, verdicts);
    }
    expectNoSurvivor(own);
  });

  it('comes out as expected in a SQLite file, at every level of evidence', async () => {
    const own = cellsOf(attack, 'SQLite');
    for (const variant of draw([...(await attack.variants(sqlite))])) {
      record(own, variant.name, await tryInFile(variant, sqlite, { base, levels: LEVELS }));
    }
    expectNoSurvivor(own);
  });
});

describe.each(engineAttacks)('$cls: $title', ({ cls, title, expected, refused, sql }) => {
  it('comes out as expected in a SQLite file, at every level of evidence', async () => {
    const path = `${base}.engine`;
    const own = cellsOf({ cls, title, attacker: 'database', expected }, 'SQLite');
    expect(attackFile(base, path, (database) => runScript(database, sql))).toBe(true);
    const verdicts = await verifyFile(path, { ground: sqlite, variant: {}, levels: LEVELS });
    for (const verdict of verdicts) {
      if (verdict.kind === 'refused') expect(verdict.code).toBe(refused);
    }
    record(own, title, verdicts);
    expectNoSurvivor(own);
  });
});

describe('the catalogue', () => {
  it('has no class that is tried nowhere', () => {
    const here = [...rowsAttacks, ...engineAttacks, ...ELSEWHERE, ...NOT_TRIED].map(({ cls }) => cls);
    const missing = Array.from({ length: LAST_CLASS }, (_, i) => i + 1).filter((cls) => !here.includes(cls));
    expect(missing).toEqual([]);
  });

  it.each(ELSEWHERE)('$cls, $title, is tried in $file', ({ file, test }) => {
    expect(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')).toContain(test);
  });
});

describe('the grounds', () => {
  it('are sound before they are attacked, in both stores', async () => {
    const untouched = await tryInMemory({ name: 'untouched', rows: memory.rows }, memory, ['anchor']);
    const stored = await tryInFile({ name: 'untouched', rows: sqlite.rows }, sqlite, { base, levels: ['anchor'] });
    for (const verdict of [...untouched, ...stored]) {
      expect(verdict).toMatchObject({
        kind: 'verified',
        report: { findings: [], integrity: 'ok', completeness: 'ok' },
      });
    }
  });
});

function cellsOf(attack: Pick<Attack, 'cls' | 'title' | 'attacker' | 'expected'>, store: StoreName): readonly Cell[] {
  const own = LEVELS.map((level) => emptyCell(attack, store, level));
  cells.push(...own);
  return own;
}

function record(own: readonly Cell[], name: string, verdicts: readonly Verdict[]): void {
  for (const [i, cell] of own.entries()) {
    const verdict = verdicts[i];
    if (verdict === undefined) throw new Error('a verdict is missing');
    addVerdict(cell, name, verdict);
  }
}

function expectNoSurvivor(own: readonly Cell[]): void {
  for (const cell of own) {
    expect(cell.unexplained, `${cell.store}, ${cell.level}`).toEqual([]);
    expect(cell.asExpected + cell.notStored, 'variants').toBeGreaterThan(0);
  }
}

function draw<T>(variants: readonly T[]): readonly T[] {
  if (variants.length <= MAX_FILES) return variants;
  const pick = createSeeded(DRAW_SEED);
  const left = [...variants];
  return Array.from({ length: MAX_FILES }, () => left.splice(pick(left.length), 1)).flat();
}
