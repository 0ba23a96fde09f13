/**
 * Conditions in CEL (Common Expression Language): compiled once when a policy is loaded, then evaluated synchronously. The library
 * is loaded when the first condition is there. Bounds: the length and the number of nodes of a condition, one level of `all`, `exists`, `exists_one`,
 * `map` and `filter`, no regular expressions, and the number of values that it looks at.
 */

import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js';
import type { Conditions } from '../rule.js';

/** The longest condition, in UTF-16 code units. */
export const MAX_CONDITION_LENGTH = 1_000;

/** Nodes of the syntax tree of one condition. */
const MAX_NODES = 300;
/** Values in the arguments of a call that a condition is evaluated over. */
const MAX_VALUES = 5_000;

/** What is wrong with a condition. */
export interface ConditionFault {
  readonly text: string;
  /** One clause that names what was expected. */
  readonly message: string;
}

/** Compiles conditions; answers what is wrong with those that cannot be used, each once. */
export async function compileConditions(
  texts: readonly string[],
): Promise<{ readonly conditions: Conditions; readonly faults: readonly ConditionFault[] }> {
  const compiled = new Map<string, ParseResult>();
  const faults: ConditionFault[] = [];
  const distinct = [...new Set(texts)];
  if (distinct.length > 0) {
    const environment = await createEnvironment();
    for (const text of distinct) {
      const result = compile(text, environment);
      if (typeof result === 'string') faults.push({ text, message: result });
      else compiled.set(text, result);
    }
  }
  return {
    faults,
    conditions: { has: (text) => compiled.has(text), holds: (text, given) => holds(compiled.get(text), given) },
  };
}

/** What a condition may name, and of which type. */
const VARIABLES = {
  tool: 'string',
  server: 'string',
  args: 'dyn',
  level: 'string',
  effects: 'list<string>',
  confidence: 'double',
  programs: 'list<string>',
  paths: 'list<string>',
  verbs: 'list<string>',
  actor: 'string',
  role: 'string',
  session: 'string',
} as const;

async function createEnvironment(): Promise<Environment> {
  const { Environment: Cel } = await import('@marcbachmann/cel-js');
  const environment = new Cel({
    unlistedVariablesAreDyn: false,
    limits: { maxAstNodes: MAX_NODES, maxDepth: 32, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 8 },
  });
  for (const [name, type] of Object.entries(VARIABLES)) environment.registerVariable(name, type);
  return environment;
}

/** The condition, or what is wrong with it. */
function compile(text: string, environment: Environment): ParseResult | string {
  if (text.length > MAX_CONDITION_LENGTH) return `expected a condition of at most ${MAX_CONDITION_LENGTH} characters`;
  try {
    const parsed = environment.parse(text);
    const refused = refusedIn(parsed.ast, 0);
    if (refused !== undefined) return refused;
    const { valid, type, error } = parsed.check();
    if (!valid) return `expected a condition in CEL: ${summaryOf(error)}`;
    if (type !== 'bool' && type !== 'dyn')
      return `expected a condition that is true or false, found one of type ${type ?? 'unknown'}`;
    return parsed;
  } catch (error) {
    return `expected a condition in CEL: ${summaryOf(error)}`;
  }
}

/** What keeps a tree from being evaluated in bounded time. */
function refusedIn(node: ASTNode, loops: number): string | undefined {
  const name = node.op === 'call' || node.op === 'rcall' ? node.args[0] : undefined;
  if (name === 'matches')
    return 'expected no regular expressions; use startsWith, endsWith, contains, or globs in `match`';
  const inside = name !== undefined && LOOPS.has(name) ? loops + 1 : loops;
  if (inside > 1) return 'expected no all, exists, exists_one, map or filter within another';
  for (const child of childrenOf(node.args)) {
    const refused = refusedIn(child, inside);
    if (refused !== undefined) return refused;
  }
  return undefined;
}

const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

function childrenOf(part: unknown): readonly ASTNode[] {
  if (Array.isArray(part)) return part.flatMap(childrenOf);
  return isNode(part) ? [part] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function holds(condition: ParseResult | undefined, given: Readonly<Record<string, unknown>>): boolean | undefined {
  if (condition === undefined || countValues(given.args, 0) > MAX_VALUES) return undefined;
  try {
    const answer: unknown = condition({ ...given });
    return typeof answer === 'boolean' ? answer : undefined;
  } catch {
    // A member that is not there, a comparison of unlike types: nothing was said.
    return undefined;
  }
}

function countValues(value: unknown, counted: number): number {
  if (typeof value !== 'object' || value === null || counted > MAX_VALUES) return counted + 1;
  return Object.values(value).reduce<number>((sum, part) => countValues(part, sum), counted + 1);
}

/** What the library says, on one line: it speaks of the condition alone. */
function summaryOf(error: unknown): string {
  const summary = typeof error === 'object' && error !== null && 'summary' in error ? error.summary : undefined;
  return typeof summary === 'string' ? summary.replaceAll(/\s+/g, ' ').slice(0, 200) : 'it cannot be read';
}
