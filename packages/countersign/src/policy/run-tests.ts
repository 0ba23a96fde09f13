/**
 * Runs the tests of a policy: calls with what must become of them.
 */

import type { Verdict } from '@countersign/approval';
import { describeIssues, type LocatedDocument, readDocument } from '@countersign/classification/policy-file';
import { ConfigError, type Effect, isAtLeast, type RiskLevel } from '@countersign/core';
import { z } from 'zod';
import { readTextFile } from '../read-text-file.js';
import { callOfExample } from './example-call.js';
import { type Explanation, explainCall } from './explain-call.js';
import { MAX_POLICY_BYTES, type PolicyTest, testsSchema } from './file-schema.js';
import type { PolicyInForce } from './in-force.js';
import type { PolicyWorld } from './world.js';

/** Tests, and where they stand. */
export interface TestList {
  readonly tests: readonly PolicyTest[];
  readonly document: LocatedDocument;
}

/** One test, and what came of it. */
export interface TestResult {
  readonly name: string | undefined;
  /** `file:line:column`, and the path of the member. */
  readonly place: string;
  /** What was expected and is not so, such as `verdict deny, found allow`; empty for a test that passes. */
  readonly faults: readonly string[];
  readonly explanation: Explanation;
}

/**
 * Reads a file of tests: `tests:` and a list.
 * @throws ConfigError `CONFIG_UNREADABLE` or `CONFIG_INVALID` naming file, line and column.
 */
export async function readTests(path: string): Promise<TestList> {
  const text = await readTextFile(path, { what: 'tests', maxBytes: MAX_POLICY_BYTES });
  const document = readDocument(text, path, { maxBytes: MAX_POLICY_BYTES });
  const parsed = z.strictObject({ tests: testsSchema }).safeParse(document.value);
  if (parsed.success) return { tests: parsed.data.tests, document };
  throw new ConfigError('CONFIG_INVALID', `${describeIssues(parsed.error.issues, document).join('; ')}.`, {
    hint: 'A file of tests has one member, `tests`, with a list of calls; docs/policy.md has an example.',
  });
}

/** Runs tests under a policy. */
export function runTests(
  { tests, document }: TestList,
  inForce: PolicyInForce,
  world: PolicyWorld,
): readonly TestResult[] {
  return tests.map((test, at) => {
    const { name, expect, ...call } = test;
    const explanation = explainCall(callOfExample(call), inForce, world);
    return { name, place: document.place(['tests', at]), faults: faultsOf(expect, explanation), explanation };
  });
}

function faultsOf(expected: PolicyTest['expect'], { classification, verdict }: Explanation): readonly string[] {
  const { level, effects } = classification;
  const missing = [expected.effects ?? []].flat().filter((effect: Effect) => !effects.includes(effect));
  return [
    ...differs('level', expected.level, level),
    ...(expected.atLeast === undefined || isAtLeast(level, expected.atLeast)
      ? []
      : [`level at least ${expected.atLeast}, found ${level}`]),
    ...differs('verdict', expected.verdict, verdict.verdict),
    ...differs('rule', expected.rule, verdict.rule),
    ...(missing.length === 0 ? [] : [`effect ${missing.join(', ')}, found ${effects.join(', ') || 'none'}`]),
  ];
}

function differs(what: string, expected: RiskLevel | Verdict | string | undefined, found: string): readonly string[] {
  return expected === undefined || expected === found ? [] : [`${what} ${expected}, found ${found}`];
}
