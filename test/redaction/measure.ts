/** How the redactor does on the labelled cases: recall by family of secrets, false marks by family of texts without any. */

import { createRedactor } from '../../packages/audit/src/redact/redactor.js';
import { SETTINGS } from './contexts.js';
import { FORM_FAMILIES, FORM_SETTINGS } from './forms.js';
import { NEGATIVES } from './negatives.js';
import { createRandom } from './random.js';

/** The seed of all cases. */
export const SEED = 20261121;

/** The goals: at least this share of secrets hidden, and at most this share of texts without a secret marked. */
export const RECALL_GOAL = 0.95;
export const FALSE_MARK_GOAL = 0.01;

export interface FamilyScore {
  readonly family: string;
  readonly cases: number;
  readonly good: number;
  /** What was found for each case that went wrong, shortened: all secrets are made up. */
  readonly misses: readonly string[];
}

export interface Score {
  readonly positives: readonly FamilyScore[];
  readonly negatives: readonly FamilyScore[];
  readonly recall: number;
  readonly falseMarks: number;
}

interface Case {
  readonly family: string;
  readonly text: string;
  readonly secret?: string;
}

/** Scores the redactor. */
export function measureRedaction(): Score {
  const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });
  const shown = (text: string): string => String(redactor.redact(text).value);
  const positives = scoreFamilies(positiveCases(), ({ text, secret = '' }) => isHidden(shown(text), secret), shown);
  const negatives = scoreFamilies(negativeCases(), ({ text }) => shown(text) === text, shown);
  return { positives, negatives, recall: share(positives), falseMarks: 1 - share(negatives) };
}

/** Every form in every setting is too much alike: each form stands in six, in turn, and each setting is filled four times. */
export function positiveCases(): readonly Case[] {
  const random = createRandom(SEED);
  const forms = FORM_FAMILIES.flatMap(({ family, make }, at) =>
    [0, 1, 2, 3, 4, 5].map((n) => {
      const secret = make(random);
      const setting = FORM_SETTINGS[(at + n * 2) % FORM_SETTINGS.length] ?? String;
      return { family: `form: ${family}`, secret, text: setting(secret) };
    }),
  );
  const settings = SETTINGS.flatMap(({ family, make }) =>
    [0, 1, 2, 3].map(() => ({ family: `place: ${family}`, ...make(random) })),
  );
  return [...forms, ...settings];
}

export function negativeCases(): readonly Case[] {
  const random = createRandom(SEED + 1);
  return NEGATIVES.flatMap(({ family, count, make }) =>
    Array.from({ length: count }, (_, at) => ({ family, text: make(random, at) })),
  );
}

/** Nothing of the secret may be left: no piece of half its length, and none of 12 characters. */
function isHidden(shown: string, secret: string): boolean {
  const length = Math.min(12, Math.max(4, Math.floor(secret.length / 2)));
  const bare = secret.replace(/-----[A-Z ]{1,60}-----/g, '').trim();
  for (let at = 0; at + length <= bare.length; at += 1) {
    if (shown.includes(bare.slice(at, at + length))) return false;
  }
  return true;
}

function scoreFamilies(
  cases: readonly Case[],
  isGood: (one: Case) => boolean,
  shown: (text: string) => string,
): readonly FamilyScore[] {
  const families = new Map<string, { cases: number; good: number; misses: string[] }>();
  for (const one of cases) {
    const score = families.get(one.family) ?? { cases: 0, good: 0, misses: [] };
    score.cases += 1;
    if (isGood(one)) score.good += 1;
    else
      score.misses.push(
        `${JSON.stringify(one.text.slice(0, 160))} -> ${JSON.stringify(shown(one.text).slice(0, 160))}`,
      );
    families.set(one.family, score);
  }
  return [...families]
    .map(([family, score]) => ({ family, ...score }))
    .sort((a, b) => a.family.localeCompare(b.family));
}

function share(scores: readonly FamilyScore[]): number {
  const sum = (of: (score: FamilyScore) => number): number => scores.reduce((total, score) => total + of(score), 0);
  return sum(({ good }) => good) / sum(({ cases }) => cases);
}
