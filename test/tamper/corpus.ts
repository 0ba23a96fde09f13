/**
 * The tamper corpus: broken logs of the matrix as exports, with what a verifier must answer, for anybody's verifier. Made from fixed
 * seeds, so that the same code makes the same files.
 */

import { exitCodeOf, type VerifyReport } from '@countersign/audit/verify';
import { type Attack, type Ground, LEVELS, type Level, type Variant } from './matrix/attack.js';
import { engineAttacks } from './matrix/attacks/engine.js';
import { rowsAttacks } from './matrix/attacks/index.js';
import { fixedGround } from './matrix/ground.js';
import { evidenceAt, exportOf, verifyExport } from './matrix/try-variant.js';

/** What a verifier must answer. */
export interface ExpectedVerdict {
  readonly integrity: string;
  readonly completeness: string;
  readonly authority: string;
  /** The codes of all findings of severity `error`, in alphabetical order. */
  readonly errors: readonly string[];
  readonly exitCode: number;
}

/** A broken log in the corpus. */
export interface CorpusCase {
  readonly file: string;
  /** The number of the class of attack. */
  readonly class: number;
  readonly attack: string;
  readonly variant: string;
  readonly attacker: Attack['attacker'];
  /** The key that the verifier pinned, where it is not that of the sound log. */
  readonly key?: string;
  /** The mark as the attacker left it, where it is not that of the sound log. */
  readonly mark?: string;
  readonly verdicts: Readonly<Record<Level, ExpectedVerdict>>;
}

/** How many variants of one attack are published. */
const MAX_VARIANTS = 3;

/** The files of the corpus by their path, but for the README and the sound SQLite file. */
export async function corpusFiles(): Promise<ReadonlyMap<string, string>> {
  const ground = await fixedGround();
  const sound = (await exportOf(ground.rows, ground)) ?? '';
  const files = new Map([['sound.jsonl', sound]]);
  const cases: CorpusCase[] = [];
  for (const attack of rowsAttacks) {
    for (const { variant, text } of await published(attack, ground, sound)) {
      const file = `logs/${String(cases.length + 1).padStart(3, '0')}.jsonl`;
      files.set(file, text);
      cases.push(await describeCase({ file, attack, variant, text }, ground));
    }
  }
  const verdicts = await verdictsOf(sound, ground, {});
  const index = {
    sound: { file: 'sound.jsonl', key: ground.key, mark: ground.mark, anchor: ground.mark, verdicts },
    cases,
    sqlite: engineAttacks.map(({ cls, title, expected, refused, sql }) => ({
      class: cls,
      attack: title,
      sql,
      expected,
      ...(refused !== undefined && { refused }),
    })),
  };
  files.set('index.json', `${JSON.stringify(index, null, 2)}\n`);
  return files;
}

/** The variants of an attack that an export can hold, spread over all of them. */
async function published(attack: Attack, ground: Ground, sound: string) {
  if (attack.isInRowsOnly === true) return [];
  const able: { variant: Variant; text: string }[] = [];
  for (const variant of await attack.variants(ground)) {
    const text = await exportOf(variant.rows, ground);
    if (text !== undefined && (text !== sound || variant.key !== undefined)) able.push({ variant, text });
  }
  const step = Math.max(1, Math.floor(able.length / MAX_VARIANTS));
  return able.filter((_, i) => i % step === 0).slice(0, MAX_VARIANTS);
}

interface Made {
  readonly file: string;
  readonly attack: Attack;
  readonly variant: Variant;
  readonly text: string;
}

async function describeCase({ file, attack, variant, text }: Made, ground: Ground): Promise<CorpusCase> {
  const { key, mark } = variant;
  return {
    file,
    class: attack.cls,
    attack: attack.title,
    variant: variant.name,
    attacker: attack.attacker,
    ...(typeof key === 'string' && { key }),
    ...(mark !== undefined && { mark }),
    verdicts: await verdictsOf(text, ground, variant),
  };
}

async function verdictsOf(text: string, ground: Ground, variant: Partial<Variant>): Promise<CorpusCase['verdicts']> {
  const [key, mark, anchor] = await Promise.all(
    LEVELS.map(async (level) => verdictOf(await verifyExport(text, evidenceAt(level, ground, variant)))),
  );
  if (key === undefined || mark === undefined || anchor === undefined) throw new Error('a level is missing');
  return { key, mark, anchor };
}

/** What a report comes to. */
export function verdictOf(report: VerifyReport): ExpectedVerdict {
  const { integrity, completeness, authority, findings } = report;
  const errors = new Set(findings.filter(({ severity }) => severity === 'error').map(({ code }) => code));
  return { integrity, completeness, authority, errors: [...errors].sort(), exitCode: exitCodeOf(report) };
}
