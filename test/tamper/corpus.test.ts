/** The published corpus is what the code makes, and both verifiers of this repository answer as it says. */

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CorpusCase, corpusFiles, type ExpectedVerdict } from './corpus.js';
import { temporaryFolder } from './log-file.js';
import { LEVELS } from './matrix/attack.js';
import { engineAttacks } from './matrix/attacks/engine.js';
import { fixedGround } from './matrix/ground.js';
import { attackFile, runScript, verifyFile } from './matrix/try-variant.js';

const DIRECTORY = fileURLToPath(new URL('../tamper-corpus/', import.meta.url));
const folder = temporaryFolder();
afterAll(folder.remove);

interface Index {
  readonly sound: { readonly key: string; readonly mark: string; readonly verdicts: Record<string, ExpectedVerdict> };
  readonly cases: readonly CorpusCase[];
}

const index: Index = JSON.parse(readFileSync(join(DIRECTORY, 'index.json'), 'utf8'));
let made: ReadonlyMap<string, string>;
beforeAll(async () => {
  made = await corpusFiles();
}, 120_000);

describe('the tamper corpus', () => {
  it('is what the code makes, file by file', () => {
    for (const [name, content] of made) {
      expect(readFileSync(join(DIRECTORY, name), 'utf8') === content, name).toBe(true);
    }
    const logs = readdirSync(join(DIRECTORY, 'logs')).map((name) => `logs/${name}`);
    expect(logs.sort()).toEqual([...made.keys()].filter((name) => name.startsWith('logs/')).sort());
  });

  it('has a sound log in which nothing is found, and broken ones of which the strongest evidence finds each but what is said', () => {
    expect(index.sound.verdicts.anchor).toMatchObject({ integrity: 'ok', completeness: 'ok', errors: [] });
    const found = index.cases.filter(({ verdicts }) => verdicts.anchor.errors.length > 0);
    console.log(`${index.cases.length} broken logs of ${new Set(index.cases.map((one) => one.class)).size} classes`);
    expect(found).toEqual(index.cases);
  });

  it('has a SQLite file that its scripts break as it says', { timeout: 120_000 }, async () => {
    const ground = await fixedGround();
    for (const { title, sql, expected, refused } of engineAttacks) {
      const path = join(folder.path, 'attacked.db');
      expect(
        attackFile(join(DIRECTORY, 'sound.db'), path, (database) => runScript(database, sql)),
        title,
      ).toBe(true);
      for (const verdict of await verifyFile(path, { ground, variant: {}, levels: LEVELS })) {
        if (verdict.kind === 'verified') {
          const codes = verdict.report.findings.map(({ code }) => code);
          expect(codes, title).toEqual(expect.arrayContaining([expect.toBeOneOf([...expected])]));
        } else {
          expect(verdict, title).toMatchObject({ kind: 'refused', code: refused });
        }
      }
    }
  });
});
