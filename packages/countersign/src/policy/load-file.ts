/**
 * Reads one policy file of a tier and checks it: its form, what its tier may say, its conditions, and the examples of its rules.
 * Whatever is wrong is named with file, line and column.
 */

import type { PolicyTier } from '@countersign/approval';
import type { Conditions } from '@countersign/classification';
import {
  compileConditions,
  describeIssues,
  type LocatedDocument,
  readDocument,
} from '@countersign/classification/policy-file';
import { ConfigError } from '@countersign/core';
import { readTextFile } from '../read-text-file.js';
import { checkExamples, type ExampleFault } from './check-examples.js';
import { MAX_POLICY_BYTES, type PolicyFile, type PolicyFileInput, policyFileSchema } from './file-schema.js';
import { type SplitRule, splitFile } from './split-file.js';
import type { PolicyWorld } from './world.js';

/** A policy file that was read and checked. */
export interface LoadedFile {
  readonly tier: PolicyTier;
  /** As it was given; undefined for an object. */
  readonly path: string | undefined;
  readonly file: PolicyFile;
  /** The parts of its rules, in its order. */
  readonly parts: readonly SplitRule[];
  readonly conditions: Conditions;
  readonly document: LocatedDocument;
}

/** Where a tier comes from: the path of a file, or what such a file would hold. */
export type PolicySource = string | PolicyFileInput;

/**
 * Loads one file.
 * @throws ConfigError `CONFIG_UNREADABLE` or `CONFIG_INVALID`.
 */
export async function loadPolicyFile(source: PolicySource, tier: PolicyTier, world: PolicyWorld): Promise<LoadedFile> {
  const loaded = await readPolicyFile(source, tier);
  const faults = checkExamples(loaded, world).map((fault) => describeFault(fault, loaded.document));
  if (faults.length > 0) throw invalid(faults);
  return loaded;
}

/** Loads one file without checking its examples, for a command that reports on them. @throws ConfigError as above. */
export async function readPolicyFile(source: PolicySource, tier: PolicyTier): Promise<LoadedFile> {
  const document =
    typeof source === 'string'
      ? readDocument(await readTextFile(source, { what: 'policy', maxBytes: MAX_POLICY_BYTES }), source, {
          maxBytes: MAX_POLICY_BYTES,
        })
      : objectDocument(source, tier);
  const parsed = policyFileSchema.safeParse(document.value);
  if (!parsed.success) throw invalid(describeIssues(parsed.error.issues, document));
  const file = parsed.data;
  if (tier === 'project') checkProject(file, document);
  const conditions = await compileAll(file, document);
  const path = typeof source === 'string' ? source : undefined;
  return { tier, path, file, parts: splitFile(file, tier), conditions, document };
}

/** The clause for an example that says something else than its rule. */
export function describeFault({ rule, side, at, id }: ExampleFault, document: LocatedDocument): string {
  const expected =
    side === 'match'
      ? `the rule ${id} to match this call, and it does not`
      : `the rule ${id} not to match this call, and it does`;
  return `${document.place(['rules', rule, 'examples', side, at])}: expected ${expected}`;
}

async function compileAll(file: PolicyFile, document: LocatedDocument): Promise<Conditions> {
  const texts = (file.rules ?? []).map(({ match }) => match.if);
  const { conditions, faults } = await compileConditions(texts.filter((text) => text !== undefined));
  if (faults.length > 0) {
    throw invalid(
      faults.map(({ text, message }) => `${document.place(['rules', texts.indexOf(text), 'match', 'if'])}: ${message}`),
    );
  }
  return conditions;
}

/** A project may only restrict. */
function checkProject(file: PolicyFile, document: LocatedDocument): void {
  const faults: string[] = [];
  const refuse = (path: readonly (string | number)[], what: string) =>
    faults.push(`${document.place(path)}: expected ${what}, because a project may only restrict`);
  for (const [at, rule] of (file.rules ?? []).entries()) {
    if (rule.override !== undefined) refuse(['rules', at, 'override'], 'no override');
    if (rule.verdict === 'allow') refuse(['rules', at, 'verdict'], 'require-approval or deny');
  }
  for (const [level, verdict] of Object.entries(file.defaults ?? {})) {
    if (verdict === 'allow') refuse(['defaults', level], 'require-approval or deny');
  }
  if (file.unbindable === 'run') refuse(['unbindable'], 'refuse');
  if (file.judge?.mayLower === true) refuse(['judge', 'mayLower'], 'false');
  if (faults.length > 0) throw invalid(faults);
}

function objectDocument(value: unknown, tier: PolicyTier): LocatedDocument {
  const formatPath = (path: readonly (string | number)[]) =>
    path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return { value, place: (path) => `policy.${tier}${formatPath(path)}` };
}

function invalid(clauses: readonly string[]): ConfigError {
  return new ConfigError('CONFIG_INVALID', `${clauses.join('; ')}.`, {
    hint: 'Correct what is named; docs/policy.md lists every member. `countersign policy test` explains examples.',
  });
}
