/**
 * What expressions of JavaScript come to, as far as it stands in the text: names of modules and functions, through aliases and
 * destructuring, and constant strings, also those that are put together or decoded. Pure.
 */

import { UNKNOWN } from '../filesystem/index.js';
import { plainPath } from './javascript-calls.js';
import type { Literal, SyntaxNode, TemplateLiteral } from './syntax-tree.js';

/** A constant string, or the full name of something. */
export type Value = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'name'; readonly path: string };

/** Names with what they were given, over the whole program: an over-count on purpose, since any of them may hold. */
export type Bindings = Map<string, Value[]>;

/** Every value that an expression may have, of those that are known. */
export function valuesOf(node: SyntaxNode | null | undefined, bindings: Bindings, depth = 0): readonly Value[] {
  if (node === null || node === undefined || depth > MAX_DEPTH) return [];
  const inner = (next: SyntaxNode | null | undefined) => valuesOf(next, bindings, depth + 1);
  switch (node.type) {
    case 'Literal':
      return literalValues(node);
    case 'TemplateLiteral':
      return [{ kind: 'text', text: templateText(node, inner) }];
    case 'Identifier':
      return bindings.get(node.name) ?? [{ kind: 'name', path: node.name }];
    case 'BinaryExpression':
      return node.operator === '+' ? joined(inner(node.left), inner(node.right)) : [];
    case 'MemberExpression':
      return memberValues(inner(node.object), memberName(node.property, node.computed, inner));
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return inner(node.expression);
    case 'AwaitExpression':
      return inner(node.argument);
    case 'SequenceExpression':
      return inner(node.expressions.at(-1));
    case 'ConditionalExpression':
      return [...inner(node.consequent), ...inner(node.alternate)];
    case 'LogicalExpression':
      return [...inner(node.left), ...inner(node.right)];
    case 'AssignmentExpression':
      return inner(node.right);
    case 'ImportExpression':
      return moduleValues(inner(node.source));
    case 'CallExpression':
      return callValues(node.callee, node.arguments, inner);
    default:
      return [];
  }
}

/** The text of the first constant string among the values; undefined for none. */
export function textOf(values: readonly Value[]): string | undefined {
  return values.find((value) => value.kind === 'text')?.text;
}

/** Gives the names of a pattern what the value holds. */
export function bind(pattern: SyntaxNode, values: readonly Value[], bindings: Bindings): void {
  switch (pattern.type) {
    case 'Identifier':
      addBinding(pattern.name, values, bindings);
      return;
    case 'AssignmentPattern':
      bind(pattern.left, [...values, ...valuesOf(pattern.right, bindings)], bindings);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') bind(property.argument, values, bindings);
        else {
          const name = memberName(property.key, property.computed, (node) => valuesOf(node, bindings));
          bind(property.value, memberValues(values, name), bindings);
        }
      }
      return;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) bind(element, [], bindings);
      return;
    default:
      return;
  }
}

const MAX_DEPTH = 24;
const MAX_VALUES = 8;
const MAX_TEXT = 20_000;

type Inner = (node: SyntaxNode | null | undefined) => readonly Value[];

function addBinding(name: string, values: readonly Value[], bindings: Bindings): void {
  const known = bindings.get(name) ?? [];
  const isKnown = (value: Value) => known.some((each) => keyOf(each) === keyOf(value));
  const added = values.filter((value) => !isKnown(value));
  bindings.set(name, [...known, ...added].slice(0, MAX_VALUES));
}

function keyOf(value: Value): string {
  return value.kind === 'text' ? `text ${value.text}` : `name ${value.path}`;
}

function literalValues({ value }: Literal): readonly Value[] {
  return typeof value === 'string' || typeof value === 'number' ? [{ kind: 'text', text: String(value) }] : [];
}

function templateText({ quasis, expressions }: TemplateLiteral, inner: Inner): string {
  return quasis
    .map(({ value }, at) => {
      const expression = expressions[at];
      const part = expression === undefined ? '' : (textOf(inner(expression)) ?? UNKNOWN);
      return `${value.cooked ?? value.raw}${part}`;
    })
    .join('')
    .slice(0, MAX_TEXT);
}

function joined(left: readonly Value[], right: readonly Value[]): readonly Value[] {
  const first = textOf(left);
  const second = textOf(right);
  if (first === undefined && second === undefined) return [];
  return [{ kind: 'text', text: `${first ?? UNKNOWN}${second ?? UNKNOWN}`.slice(0, MAX_TEXT) }];
}

/** The name of a member: as written, or as worked out; `?` where it is not known. */
function memberName(property: SyntaxNode, computed: boolean, inner: Inner): string {
  if (!computed) return property.type === 'Identifier' ? property.name : (textOf(inner(property)) ?? '?');
  const text = textOf(inner(property));
  return text === undefined || text.includes(UNKNOWN) ? '?' : text;
}

function memberValues(owners: readonly Value[], name: string): readonly Value[] {
  const names = owners.flatMap((owner) => (owner.kind === 'name' ? [owner.path] : []));
  const found = names.length === 0 ? [''] : names;
  return found.map((path) => ({ kind: 'name', path: path === '' ? `.${name}` : plainPath(`${path}.${name}`) }));
}

function moduleValues(sources: readonly Value[]): readonly Value[] {
  const text = textOf(sources);
  return [{ kind: 'name', path: text === undefined || text.includes(UNKNOWN) ? 'module:?' : plainPath(text) }];
}

const REQUIRES =
  /^(?:require|module\.require|process\.mainModule\.require|process\.getBuiltinModule|require\.main\.require|createRequire\(\)|import\.meta\.require)$/;

function callValues(callee: SyntaxNode, given: readonly SyntaxNode[], inner: Inner): readonly Value[] {
  const callees = inner(callee);
  const [first] = given;
  const argument = first === undefined || first.type === 'SpreadElement' ? [] : inner(first);
  const folded = foldedCall(callee, given, inner);
  if (folded !== undefined) return [{ kind: 'text', text: folded.slice(0, MAX_TEXT) }];
  const second = () => textOf(argumentAt(given, 1, inner));
  return callees.flatMap((value): readonly Value[] => {
    if (value.kind !== 'name') return [];
    const { path } = value;
    if (REQUIRES.test(path)) return moduleValues(argument);
    if (/(?:^|\.)createRequire$/.test(path)) return [{ kind: 'name', path: 'createRequire()' }];
    if (/(?:^|\.)promisify$/.test(path)) return argument;
    if (path === 'Buffer.from') return decoded(textOf(argument), second() ?? 'utf8');
    if (/^String\.from(?:CharCode|CodePoint)$/.test(path)) return charactersOf(given, inner);
    if (/^path\.(?:join|resolve)$/.test(path)) return pathText(given, inner);
    return decodedCall(path, textOf(argument));
  });
}

function decodedCall(path: string, text: string | undefined): readonly Value[] {
  if (path === 'atob') return decoded(text, 'base64');
  return /^(?:decodeURI|decodeURIComponent|unescape)$/.test(path) ? uriDecoded(text) : [];
}

function argumentAt(given: readonly SyntaxNode[], at: number, inner: Inner): readonly Value[] {
  const node = given[at];
  return node === undefined || node.type === 'SpreadElement' ? [] : inner(node);
}

/** Methods of strings and lists of strings by which names are hidden. */
function foldedCall(callee: SyntaxNode, given: readonly SyntaxNode[], inner: Inner): string | undefined {
  if (callee.type !== 'MemberExpression') return undefined;
  const method = memberName(callee.property, callee.computed, inner);
  const argument = textOf(argumentAt(given, 0, inner));
  if (method === 'join') return listText(callee.object, argument ?? ',', inner);
  const text = textOf(inner(callee.object));
  if (text === undefined) return undefined;
  if (method === 'toString' || method === 'trim' || method === 'valueOf') return text;
  if (method === 'toLowerCase') return text.toLowerCase();
  if (method === 'toUpperCase') return text.toUpperCase();
  if (method === 'concat') return argument === undefined ? text + UNKNOWN : text + argument;
  if (method === 'replace' || method === 'replaceAll') {
    const to = textOf(argumentAt(given, 1, inner));
    return argument === undefined || to === undefined ? undefined : text.replaceAll(argument, to);
  }
  return undefined;
}

/** `['a', 'b'].join('')`, and `'ba'.split('').reverse().join('')`. */
function listText(object: SyntaxNode, separator: string, inner: Inner): string | undefined {
  if (object.type === 'ArrayExpression') {
    const parts = object.elements.map((element) =>
      element === null || element.type === 'SpreadElement' ? UNKNOWN : (textOf(inner(element)) ?? UNKNOWN),
    );
    return parts.join(separator);
  }
  if (object.type !== 'CallExpression' || object.callee.type !== 'MemberExpression') return undefined;
  const method = memberName(object.callee.property, object.callee.computed, inner);
  if (method === 'reverse') {
    const text = listText(object.callee.object, '', inner);
    return text === undefined ? undefined : [...text].reverse().join(separator);
  }
  const text = method === 'split' ? textOf(inner(object.callee.object)) : undefined;
  const by = textOf(argumentAt(object.arguments, 0, inner));
  return text === undefined || by === undefined ? undefined : text.split(by).join(separator);
}

function decoded(text: string | undefined, encoding: string): readonly Value[] {
  if (text === undefined || text.includes(UNKNOWN)) return [];
  const known = (['base64', 'hex', 'utf8', 'latin1', 'base64url'] as const).find((name) => name === encoding);
  return [{ kind: 'text', text: Buffer.from(text, known ?? 'utf8').toString('utf8') }];
}

function uriDecoded(text: string | undefined): readonly Value[] {
  if (text === undefined || !/^(?:[^%]|%[0-9a-f]{2})*$/i.test(text)) return [];
  return [
    {
      kind: 'text',
      text: text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    },
  ];
}

function charactersOf(given: readonly SyntaxNode[], inner: Inner): readonly Value[] {
  const codes = given.map((_, at) => Number(textOf(argumentAt(given, at, inner)) ?? Number.NaN));
  const isKnown = codes.length > 0 && codes.every((code) => code >= 0 && code <= 0x10_ff_ff);
  return isKnown ? [{ kind: 'text', text: String.fromCodePoint(...codes) }] : [];
}

function pathText(given: readonly SyntaxNode[], inner: Inner): readonly Value[] {
  const parts = given.map((_, at) => textOf(argumentAt(given, at, inner)) ?? UNKNOWN);
  return parts.length === 0 ? [] : [{ kind: 'text', text: parts.join('/').replace(/\/{2,}/g, '/') }];
}
