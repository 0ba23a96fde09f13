/**
 * Checks the examples that rules carry: each must match, or not match, as it says. Pure.
 */

import { matchesPolicyRule } from '@countersign/approval';
import { type Classifier, createClassifier, type RiskRule } from '@countersign/classification';
import { callOfExample, type ExplainedCall } from './example-call.js';
import type { PolicyFile } from './file-schema.js';
import type { LoadedFile } from './load-file.js';
import type { SplitRule } from './split-file.js';
import type { PolicyWorld } from './world.js';

/** Which of a rule's examples. */
export type ExampleSide = 'match' | 'notMatch';

/** One example, and whether the rule does what it says. */
export interface ExampleResult {
  /** Position of the rule in the file, and of the example in its list. */
  readonly rule: number;
  readonly id: string;
  readonly side: ExampleSide;
  readonly at: number;
  readonly ok: boolean;
}

/** An example that says something else than its rule. */
export type ExampleFault = ExampleResult;

/** The examples that fail. */
export function checkExamples(loaded: LoadedFile, world: PolicyWorld): readonly ExampleFault[] {
  return runExamples(loaded, world).filter(({ ok }) => !ok);
}

/** All examples of a file with what came of them. */
export function runExamples(loaded: JudgedFile, world: PolicyWorld): readonly ExampleResult[] {
  const { file } = loaded;
  if (!hasExamples(file)) return [];
  const matches = createRuleMatcher(loaded, world);
  return (file.rules ?? []).flatMap((rule, at) => {
    if (rule.examples === undefined) return [];
    const { match = [], notMatch = [] } = rule.examples;
    return (['match', 'notMatch'] as const).flatMap((side) =>
      (side === 'match' ? match : notMatch).map((example, position) => ({
        rule: at,
        id: rule.id,
        side,
        at: position,
        ok: matches(at, callOfExample(example)) === (side === 'match'),
      })),
    );
  });
}

/** What of a loaded file its rules are judged by. */
type JudgedFile = Pick<LoadedFile, 'file' | 'parts' | 'conditions'>;

/** Answers whether the rule at a position of a file matches a call, whatever comes of it. */
export function createRuleMatcher(
  { parts, conditions }: JudgedFile,
  world: PolicyWorld,
): (at: number, call: ExplainedCall) => boolean {
  const risks = parts.flatMap(({ risk }) => (risk === undefined ? [] : [risk]));
  const judge: Judge = {
    // Asks every rule alone whether it matches, whatever comes of it.
    marks: createClassifier({ ...world, rules: risks.map(asMark), conditions }),
    final: createClassifier({ ...world, rules: risks, conditions }),
  };
  return (at, call) => {
    const part = parts[at];
    return part !== undefined && matchesPart(part, call, judge);
  };
}

interface Judge {
  readonly marks: Classifier;
  readonly final: Classifier;
}

function hasExamples(file: PolicyFile): boolean {
  return (file.rules ?? []).some((rule) => rule.examples !== undefined);
}

function asMark({ id, match, reason, override, every }: RiskRule): RiskRule {
  return { id, match, reason, ...((override === true || every === true) && { every: true }) };
}

function matchesPart({ risk, verdict }: SplitRule, call: ExplainedCall, judge: Judge): boolean {
  const isMarked = risk !== undefined && judge.marks.classify(call).signals.some(({ id }) => id === `rule.${risk.id}`);
  if (verdict === undefined) return isMarked;
  if (risk !== undefined && !isMarked) return false;
  const { level, effects } = judge.final.classify(call);
  const marks = risk === undefined ? [] : [{ id: `rule.${risk.id}` }, { id: `shadow.${risk.id}` }];
  return matchesPolicyRule(verdict, call, { level, effects, signals: marks });
}
