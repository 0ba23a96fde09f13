/**
 * A second opinion on a call that the classifier is unsure of: any function, a language model in practice. It may raise a level, and lower a
 * moderate one to safe where the policy lets it. What it cannot say in time, or says in another form, changes nothing.
 */

import {
  type CallContext,
  type Classification,
  compareRisk,
  type Environment,
  isRiskLevel,
  type JsonValue,
  type RISK_LEVELS,
  type RiskLevel,
  type Signal,
  type ToolDefinition,
} from '@countersign/core';
import { z } from 'zod';

/** What a judge is asked. Secrets are markers in it. */
export interface JudgeQuestion {
  readonly tool: Pick<ToolDefinition, 'name' | 'title' | 'description' | 'server'>;
  /** The shown arguments. They come from the agent: a model must be given them as quoted data, never as instructions. */
  readonly args: JsonValue;
  /** What the classifier says. */
  readonly classification: Pick<Classification, 'level' | 'confidence' | 'effects' | 'reasons'>;
  readonly context: Pick<CallContext, 'session' | 'actor'>;
}

/** What a judge answers. */
export interface JudgeOpinion {
  readonly level: RiskLevel;
  /** One sentence: for the record, and for who approves. */
  readonly reason?: string;
}

/** A judge. `signal` aborts when its time is over. */
export type Judge = (
  question: JudgeQuestion,
  options: { readonly signal: AbortSignal },
) => JudgeOpinion | PromiseLike<JudgeOpinion>;

/** What a judge may do. */
export interface JudgeLimits {
  /** It is asked about moderate calls of a lower confidence. */
  readonly below: number;
  /** Whether a moderate call may become safe. */
  readonly mayLower: boolean;
  readonly timeoutMs: number;
}

/** A judge as the gate asks it; the limits may be accessors over a policy that changes. */
export interface JudgePort {
  /** Stands in the log. */
  readonly name: string;
  readonly ask: Judge;
  readonly limits: JudgeLimits;
  /** Puts an opinion on record before it has any effect. */
  readonly record: (opinion: RecordedOpinion) => Promise<unknown>;
}

/** An opinion as it is recorded. */
export interface RecordedOpinion {
  readonly call: string;
  readonly run: string;
  readonly session: string | undefined;
  readonly judge: string;
  /** What the judge said; the level before where it said nothing. */
  readonly level: RiskLevel;
  readonly previous: RiskLevel;
  readonly reason: string;
}

/** An answer, or why there is none. */
export interface JudgeAnswer {
  readonly level: RiskLevel | undefined;
  readonly reason: string;
}

/** Whether a judge is asked about a classification. */
export function isUnsure({ level, confidence }: Classification, { below }: JudgeLimits): boolean {
  return level === 'moderate' && confidence < below;
}

/** Asks a judge. Never throws, and takes no longer than its time. */
export async function askJudge(
  question: JudgeQuestion,
  { ask, limits }: Pick<JudgePort, 'ask' | 'limits'>,
  { environment, signal }: { readonly environment: Environment; readonly signal: AbortSignal | undefined },
): Promise<JudgeAnswer> {
  const late = new AbortController();
  const both = signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]);
  let cancel: () => void = () => undefined;
  const timeout = new Promise<typeof LATE>((resolve) => {
    cancel = environment.setTimer(() => resolve(LATE), limits.timeoutMs, { keepAlive: true });
  });
  try {
    const answer = await Promise.race([callJudge(ask, question, both), timeout]);
    return answer === LATE ? { level: undefined, reason: 'No opinion: the judge did not answer in time.' } : answer;
  } finally {
    cancel();
    late.abort();
  }
}

const LATE = Symbol('late');

async function callJudge(ask: Judge, question: JudgeQuestion, signal: AbortSignal): Promise<JudgeAnswer> {
  try {
    const parsed = opinionSchema.safeParse(await ask(question, { signal }));
    if (!parsed.success) return { level: undefined, reason: 'No opinion: the judge answered in another form.' };
    const { level, reason = '' } = parsed.data;
    return { level, reason: reason.toWellFormed().slice(0, MAX_REASON) };
  } catch {
    // Whatever a judge throws may hold what it was asked: only that it failed is recorded.
    return { level: undefined, reason: 'No opinion: the judge failed.' };
  }
}

const MAX_REASON = 1_000;

const opinionSchema = z.object({
  level: z.custom<RiskLevel>(isRiskLevel),
  reason: z.string().optional(),
});

/** The classification with what a judge made of it; the same one where the opinion changes nothing. */
export function withOpinion(
  classification: Classification,
  { level, reason }: JudgeAnswer,
  { name, mayLower, bindable }: { readonly name: string; readonly mayLower: boolean; readonly bindable: boolean },
): Classification {
  if (level === undefined) return classification;
  const said = reason === '' ? '.' : `: ${reason}`;
  const order = compareRisk(level, classification.level);
  if (order > 0) {
    return withSignal(
      classification,
      judgeSignal('judge.raised', level, `A second opinion (${name}) takes this call for ${level}${said}`),
    );
  }
  if (order === 0 || level !== 'safe' || !mayLower || !bindable || !isLowerable(classification)) return classification;
  const lowered = classification.signals.map((found) => ({ ...found, level: 'safe' as const }));
  const signal = judgeSignal('judge.lowered', 'safe', `A second opinion (${name}) takes this call for safe${said}`);
  const { score, reasons } = classification;
  return {
    ...classification,
    level: 'safe',
    score: Math.min(score, SAFE_SCORE),
    signals: [signal, ...lowered],
    reasons: [reasonOf(signal), ...reasons.map((each) => ({ ...each, level: 'safe' as const }))],
  };
}

/** The classification with a signal more. */
export function withSignal(classification: Classification, signal: Signal): Classification {
  const isWorse = compareRisk(signal.level, classification.level) > 0;
  const reason = reasonOf(signal);
  return {
    ...classification,
    level: isWorse ? signal.level : classification.level,
    score: Math.max(classification.score, SCORE_FLOOR[signal.level]),
    reasons: isWorse ? [reason, ...classification.reasons] : [...classification.reasons, reason],
    signals: [...classification.signals, signal],
  };
}

/**
 * What a judge must not lower: what nobody could read, text that misleads (a judge is misled by it too), what a rule of the policy says,
 * changed tools, and anything that touches the guard.
 */
function isLowerable({ signals, effects, parser }: Classification): boolean {
  const isHeld = signals.some(({ id, level }) => level !== 'safe' && HELD.test(id));
  return parser.ok && !isHeld && !effects.includes('guard.tamper');
}

const HELD = /^(?:rule|text|guard|limit|analyzer|classifier|arguments)\.|hidden-characters|^tool-definition-changed$/;

function judgeSignal(id: string, level: RiskLevel, text: string): Signal {
  return { id, level, text, effects: [], reversible: 'unknown', confidence: 0.6 };
}

function reasonOf({ id, level, text }: Signal) {
  return { id, level, text };
}

/** The highest score of a safe call (core, `Classification.score`). */
const SAFE_SCORE = 24;

/** Where each level's band of scores begins. */
const SCORE_FLOOR: Readonly<Record<(typeof RISK_LEVELS)[number], number>> = {
  safe: 0,
  moderate: 25,
  destructive: 50,
  critical: 80,
};
