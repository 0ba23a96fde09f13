/**
 * Whether a WHERE condition narrows anything. Pure.
 */

import type { SqlToken } from './lexer.js';

/** True when every row meets the condition, as far as can be told without knowing the data. An empty condition does. */
export function isAlwaysTrue(tokens: readonly SqlToken[], nesting = 0): boolean {
  if (nesting > 16) {
    return true;
  }
  const condition = stripParentheses(tokens);
  if (condition.length === 0) {
    return true;
  }
  const alternatives = splitAt(condition, ['OR', '||']);
  if (alternatives.length > 1) {
    return alternatives.some((alternative) => isAlwaysTrue(alternative, nesting + 1));
  }
  const conjuncts = splitAt(condition, ['AND', '&&']);
  if (conjuncts.length > 1) {
    return conjuncts.every((conjunct) => isAlwaysTrue(conjunct, nesting + 1));
  }
  return isTrivial(condition, nesting);
}

/** Parts between the given words at the outermost level; the AND of a BETWEEN doesn't split. */
function splitAt(tokens: readonly SqlToken[], words: readonly string[]): readonly (readonly SqlToken[])[] {
  const outer = Math.min(...tokens.map((token) => token.depth));
  const parts: SqlToken[][] = [[]];
  let between = false;
  for (const token of tokens) {
    const isWord = token.depth === outer && token.kind !== 'string' && token.kind !== 'quoted';
    if (isWord && words.includes(token.text) && !(between && token.text === 'AND')) {
      parts.push([]);
      continue;
    }
    between = isWord && token.text === 'BETWEEN' ? true : between && !(isWord && token.text === 'AND');
    parts.at(-1)?.push(token);
  }
  return parts;
}

function stripParentheses(tokens: readonly SqlToken[]): readonly SqlToken[] {
  let inner = tokens;
  while (isSymbol(inner[0], '(') && isSymbol(inner.at(-1), ')')) {
    const depth = inner[0]?.depth;
    const closing = inner.findIndex((token, index) => index > 0 && token.depth === depth && isSymbol(token, ')'));
    if (closing !== inner.length - 1) {
      break;
    }
    inner = inner.slice(1, -1);
  }
  return inner;
}

function isTrivial(condition: readonly SqlToken[], nesting: number): boolean {
  const [first, second] = condition;
  if (first === undefined) {
    return true;
  }
  if (condition.length === 1) {
    return isTruthy(first);
  }
  if (isWord(first, 'NOT') || isSymbol(first, '!')) {
    return isAlwaysFalse(condition.slice(1));
  }
  if (isWord(first, 'EXISTS') && isSymbol(second, '(')) {
    return !condition.some((token) => isWord(token, 'FROM'));
  }
  return isTrivialComparison(condition, nesting);
}

function isTrivialComparison(condition: readonly SqlToken[], nesting: number): boolean {
  const at = condition.findIndex((token) => COMPARISONS.has(token.text) && token.kind !== 'string');
  if (at <= 0) {
    return false;
  }
  const left = stripParentheses(condition.slice(0, at));
  const operator = condition[at]?.text ?? '';
  const right = stripParentheses(condition.slice(at + 1));
  if (operator === 'IS' && right.length > 1 && isWord(right[0], 'NOT') && isWord(right.at(-1), 'NULL')) {
    return left.every((token) => token.kind === 'number' || token.kind === 'string') || isIdentity(left);
  }
  if (operator === 'IS' && isWord(right[0], 'TRUE')) {
    return isAlwaysTrue(left, nesting + 1);
  }
  if (operator === 'LIKE' && right.length === 1 && /^%+$/.test(right[0]?.text ?? '')) {
    return true;
  }
  if (sameText(left, right)) {
    return REFLEXIVE.has(operator);
  }
  return compareLiterals(left, operator, right);
}

const COMPARISONS = new Set(['=', '<=>', '==', '<>', '!=', '<', '>', '<=', '>=', 'LIKE', 'IS']);
const REFLEXIVE = new Set(['=', '<=>', '==', '<=', '>=', 'LIKE', 'IS']);

/** `id IS NOT NULL`, `id > 0`: columns that are keys by their name are never null and never negative. */
function isIdentity(tokens: readonly SqlToken[]): boolean {
  const name = tokens.at(-1);
  return name !== undefined && /^(?:id|rowid|_rowid_|oid|ctid|pk)$/i.test(name.text);
}

function compareLiterals(left: readonly SqlToken[], operator: string, right: readonly SqlToken[]): boolean {
  const b = literal(right);
  if (b === undefined) {
    return false;
  }
  if (isIdentity(left)) {
    return isWideForIdentity(operator, Number(b));
  }
  const a = literal(left);
  if (a === undefined) {
    return false;
  }
  switch (operator) {
    case '<>':
    case '!=':
      return a !== b;
    case '<':
      return Number(a) < Number(b);
    case '<=':
      return Number(a) <= Number(b);
    case '>':
      return Number(a) > Number(b);
    case '>=':
      return Number(a) >= Number(b);
    default:
      return a === b;
  }
}

function isWideForIdentity(operator: string, bound: number): boolean {
  switch (operator) {
    case '>':
      return bound <= 0;
    case '>=':
      return bound <= 1;
    case '<>':
    case '!=':
      return bound <= 0;
    default:
      return false;
  }
}

/** The value of a literal; a sign in front of a number is part of it. */
function literal(tokens: readonly SqlToken[]): string | undefined {
  const [first, second] = tokens;
  if (tokens.length === 2 && isSymbol(first, '-') && second?.kind === 'number') {
    return `-${second.text}`;
  }
  if (tokens.length !== 1 || (first?.kind !== 'number' && first?.kind !== 'string')) {
    return undefined;
  }
  return first.text;
}

function sameText(left: readonly SqlToken[], right: readonly SqlToken[]): boolean {
  const parameters = left.some((token) => token.kind === 'variable');
  return (
    !parameters && left.length === right.length && left.every((token, index) => name(token) === name(right[index]))
  );
}

function name(token: SqlToken | undefined): string {
  return token === undefined ? '' : token.kind === 'quoted' ? token.text.toUpperCase() : token.text;
}

function isTruthy(token: SqlToken): boolean {
  const isNumber = token.kind === 'number' || (token.kind === 'string' && /^\s*\d/.test(token.text));
  const isText = token.kind === 'string' && /^(?:t|true|y|yes|on)$/i.test(token.text);
  return isWord(token, 'TRUE') || isText || (isNumber && Number.parseFloat(token.text) !== 0);
}

function isAlwaysFalse(tokens: readonly SqlToken[]): boolean {
  const inner = stripParentheses(tokens);
  const [first, operator, last] = inner;
  if (inner.length === 1) {
    return isWord(first, 'FALSE') || (first?.kind === 'number' && Number(first.text) === 0);
  }
  return inner.length === 3 && first?.kind === 'number' && operator?.text === '=' && first.text !== last?.text;
}

function isWord(token: SqlToken | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text === word;
}

function isSymbol(token: SqlToken | undefined, symbol: string): boolean {
  return token?.kind === 'symbol' && token.text === symbol;
}
