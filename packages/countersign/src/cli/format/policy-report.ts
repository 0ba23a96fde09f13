/**
 * What is said of a policy: what came of its examples and tests, or what it makes of one call. Pure.
 */

import type { ExampleResult } from '../../policy/check-examples.js';
import type { TestResult } from '../../policy/run-tests.js';
import { type Explained, explanationJson, formatExplanation } from './explanation.js';
import type { Palette } from './palette.js';
import { visible } from './visible.js';
import { countText } from './words.js';

/** What is said of one policy: what became of its tests, or what it makes of the call. */
export type PolicyReport =
  | { readonly name: string; readonly explained: Explained }
  | {
      readonly name: string;
      readonly explained?: undefined;
      readonly examples: readonly (ExampleResult & { readonly fault: string })[];
      readonly tests: readonly TestResult[];
      readonly rules: number;
    };

/** How many examples and tests failed. */
export function failuresOf(report: PolicyReport): number {
  if (report.explained !== undefined) return 0;
  return report.examples.filter(({ ok }) => !ok).length + report.tests.filter(({ faults }) => faults.length > 0).length;
}

/** A report for programs. */
export function policyReportJson(report: PolicyReport): object {
  if (report.explained !== undefined) return { policy: report.name, ...explanationJson(report.explained) };
  return {
    policy: report.name,
    ok: failuresOf(report) === 0,
    rules: report.rules,
    examples: report.examples.map(({ id, side, at, ok, fault }) => ({ rule: id, side, at, ok, ...(!ok && { fault }) })),
    tests: report.tests.map(({ name, place, faults, explanation: { classification, verdict, tier } }) => ({
      ...(name !== undefined && { name }),
      place,
      ok: faults.length === 0,
      faults,
      found: {
        level: classification.level,
        effects: classification.effects,
        verdict: verdict.verdict,
        rule: verdict.rule,
        tier,
      },
    })),
  };
}

/** A report as lines that end in a line feed. */
export function formatPolicyReport(report: PolicyReport, palette: Palette): string {
  const name = visible(report.name);
  if (report.explained !== undefined) {
    return `${palette.strong(name)}\n${formatExplanation(report.explained, palette)}`;
  }
  const faults = [
    ...report.examples.filter(({ ok }) => !ok).map(({ fault }) => fault),
    ...report.tests.flatMap(({ place, faults: found, name: test }) =>
      found.map((fault) => `${place}${test === undefined ? '' : ` (${test})`}: expected ${fault}`),
    ),
  ];
  const counts = `${countText(report.rules, 'rule')}, ${countText(report.examples.length, 'example')}, ${countText(report.tests.length, 'test')}`;
  const state = faults.length === 0 ? palette.good('ok') : palette.bad('FAILED');
  return `${state}  ${name}  ${counts}\n${faults.map((fault) => `  ${visible(fault)}\n`).join('')}`;
}
