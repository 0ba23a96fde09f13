/**
 * Reads a program in JavaScript by its syntax tree (acorn, ECMAScript 2026). Nothing is proven safe: what it calls by a name that is
 * known is reported, however the name was come by. Pure.
 */

import { createRequire } from 'node:module';
import { UNKNOWN } from '../filesystem/index.js';
import { meaningOf, POWERFUL_OWNERS, plainPath, STARTING_MODULES } from './javascript-calls.js';
import { type Bindings, bind, textOf, type Value, valuesOf } from './javascript-values.js';
import { type CodeReading, CodeReport, shellWord, UNREAD } from './reading.js';
import type { CallNode, Comment, ObjectExpression, Parser, SyntaxNode } from './syntax-tree.js';

/** Reads a program; one that is no JavaScript, or too deeply nested, is not `ok`. */
export function readJavaScript(code: string): CodeReading {
  try {
    const comments: Comment[] = [];
    const program = parse(code, comments);
    if (program === undefined) return UNREAD;
    const nodes = nodesOf(program);
    const bindings: Bindings = new Map();
    // Twice, so that what is used before the line that sets it is known too.
    for (let round = 0; round < 2; round += 1) for (const node of nodes) collect(node, bindings);
    const report = new CodeReport();
    for (const node of nodes) judge(node, bindings, report);
    judgeImports(nodes, bindings, report);
    return report.reading(true, bareText(code, nodes, comments));
  } catch (error) {
    // Acorn recurses: a program may be nested beyond the stack.
    if (error instanceof RangeError) return UNREAD;
    throw error;
  }
}

/** The parser, loaded when the first program is read: importing this package stays cheap. Undefined where it is not installed. */
function loadParser(): Parser | undefined {
  try {
    const require = createRequire(import.meta.url);
    return require('acorn');
  } catch {
    // Whatever keeps it from being loaded, the answer is the same: no program is parsed.
    return undefined;
  }
}

function parse(code: string, comments: Comment[]): SyntaxNode | undefined {
  const acorn = loadParser();
  if (acorn === undefined) return undefined;
  for (const sourceType of ['module', 'script'] as const) {
    try {
      comments.length = 0;
      return acorn.parse(code, {
        ecmaVersion: 'latest',
        sourceType,
        allowReturnOutsideFunction: true,
        allowAwaitOutsideFunction: true,
        allowHashBang: true,
        allowSuperOutsideMethod: true,
        onComment: comments,
      });
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  return undefined;
}

/** All nodes, the outer ones first. Without recursion: a chain of additions is as deep as it is long. */
function nodesOf(program: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  const waiting = [program];
  for (let node = waiting.pop(); node !== undefined && found.length < MAX_NODES; node = waiting.pop()) {
    found.push(node);
    const children = Object.values(node).flat().filter(isNode);
    waiting.push(...children.toReversed());
  }
  return found;
}

const MAX_NODES = 50_000;

function isNode(value: unknown): value is SyntaxNode {
  return (
    typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string' && 'start' in value
  );
}

/** Remembers what names stand for. */
function collect(node: SyntaxNode, bindings: Bindings): void {
  switch (node.type) {
    case 'VariableDeclarator':
      bind(node.id, valuesOf(node.init, bindings), bindings);
      return;
    case 'AssignmentExpression':
      if (node.left.type !== 'MemberExpression') bind(node.left, valuesOf(node.right, bindings), bindings);
      return;
    case 'ImportDeclaration': {
      const path = plainPath(String(node.source.value));
      for (const each of node.specifiers) {
        const name = each.type === 'ImportSpecifier' ? nameOf(each.imported) : undefined;
        const isWhole = name === undefined || name === 'default';
        bind(each.local, [{ kind: 'name', path: isWhole ? path : plainPath(`${path}.${name}`) }], bindings);
      }
      return;
    }
    case 'CallExpression':
      bindCallback(node.callee, node.arguments, bindings);
      return;
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      // A function of its own hides the global of its name.
      if (node.id !== null && !bindings.has(node.id.name)) bindings.set(node.id.name, []);
      return;
    default:
      return;
  }
}

/** `import('fs').then((fs) => ...)`: the parameter is the module. */
function bindCallback(callee: SyntaxNode, given: readonly SyntaxNode[], bindings: Bindings): void {
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier' || callee.property.name !== 'then')
    return;
  const [handler] = given;
  if (handler?.type !== 'ArrowFunctionExpression' && handler?.type !== 'FunctionExpression') return;
  const [parameter] = handler.params;
  if (parameter !== undefined) bind(parameter, valuesOf(callee.object, bindings), bindings);
}

function nameOf(node: SyntaxNode): string {
  return node.type === 'Identifier' ? node.name : node.type === 'Literal' ? String(node.value) : '?';
}

function judge(node: SyntaxNode, bindings: Bindings, report: CodeReport): void {
  switch (node.type) {
    case 'CallExpression':
    case 'NewExpression':
      for (const value of valuesOf(node.callee, bindings)) {
        if (value.kind === 'name') judgeCall(plainPath(value.path), node, { bindings, report });
      }
      return;
    case 'TaggedTemplateExpression':
      judgeTag(node.tag, node.quasi, { bindings, report });
      return;
    case 'MemberExpression':
    case 'Identifier':
      judgeReference(node, bindings, report);
      return;
    case 'ImportExpression':
      if (textOf(valuesOf(node.source, bindings)) === undefined) reportUnknownModule(node, report);
      return;
    default:
      return;
  }
}

interface Judging {
  readonly bindings: Bindings;
  readonly report: CodeReport;
}

function judgeCall(path: string, node: CallNode, { bindings, report }: Judging): void {
  const { start, end } = node;
  const meaning = meaningOf(path);
  const argument = (at: number): readonly Value[] => {
    const given = node.arguments[at];
    return given === undefined || given.type === 'SpreadElement' ? [] : valuesOf(given, bindings);
  };
  if (meaning === undefined) {
    judgeOther(path, node, { bindings, report });
    return;
  }
  switch (meaning.kind) {
    case 'command': {
      const words = meaning.form === 'words' ? wordsOf(node, bindings) : undefined;
      const text = words ?? textOf(argument(0)) ?? UNKNOWN;
      report.add('commands', { start, end, text });
      return;
    }
    case 'code':
      report.add('texts', {
        start,
        end,
        text: textOf(argument(node.arguments.length === 0 ? 0 : codeArgument(path, node))),
      });
      return;
    case 'path': {
      const isTree = meaning.access === 'delete' && hasOption(node, 'recursive');
      report.add('paths', {
        start,
        end,
        access: isTree ? 'delete-tree' : meaning.access,
        path: textOf(argument(meaning.at)),
      });
      return;
    }
    case 'request': {
      const method = optionText(node, 'method', bindings) ?? /\.(post|put|patch|delete)$/.exec(path)?.[1];
      report.add('requests', { start, end, url: textOf(argument(0)) ?? optionText(node, 'url', bindings), method });
      return;
    }
    case 'finding':
      report.add('findings', { ...meaning.finding, start, end });
      return;
    default:
      meaning satisfies never;
  }
}

/** Calls that are of concern by what they are given, or by what is not known of their name. */
function judgeOther(path: string, node: CallNode, { bindings, report }: Judging): void {
  const { start, end } = node;
  const first = node.arguments[0];
  const values = first === undefined || first.type === 'SpreadElement' ? [] : valuesOf(first, bindings);
  if (/^(?:setTimeout|setInterval|setImmediate)$/.test(path)) {
    const text = textOf(values);
    if (text !== undefined) report.add('texts', { start, end, text });
  } else if (/^(?:require|module\.require)$/.test(path)) {
    const text = textOf(values);
    if (text === undefined || text.includes(UNKNOWN)) reportUnknownModule(node, report);
  } else if (path === 'fs.open' && /[wax+]/.test(textOf(argumentsAt(node, 1, bindings)) ?? '')) {
    report.add('paths', { start, end, access: 'write', path: textOf(values) });
  } else if (/\.listen$/.test(path)) {
    report.add('findings', {
      id: 'listen',
      level: 'moderate',
      text: 'Listens on the network.',
      effects: ['net.listen'],
      start,
      end,
    });
  } else if (path.endsWith('.?') && POWERFUL_OWNERS.has(path.slice(0, -2))) {
    const text = 'Calls a function of the system by a name that is not known before it runs.';
    report.add('findings', { id: 'internals', level: 'destructive', text, effects: ['exec'], start, end });
  }
}

function argumentsAt(node: CallNode, at: number, bindings: Bindings): readonly Value[] {
  const given = node.arguments[at];
  return given === undefined || given.type === 'SpreadElement' ? [] : valuesOf(given, bindings);
}

/** The body of a function is its last argument. */
function codeArgument(path: string, node: CallNode): number {
  return /Function$/.test(path) ? node.arguments.length - 1 : 0;
}

/** A dangerous function that is handed on, and the environment. */
function judgeReference(node: SyntaxNode, bindings: Bindings, report: CodeReport): void {
  const { start, end } = node;
  for (const value of valuesOf(node, bindings)) {
    if (value.kind !== 'name') continue;
    const path = plainPath(value.path);
    if (/^(?:process|Deno|Bun|import\.meta)\.env(?:\.|$)/.test(path) && !PLAIN_VARIABLE.test(path)) {
      const text = 'Reads the environment, where secrets stand.';
      report.add('findings', { id: 'environment', level: 'moderate', text, effects: ['secrets.read'], start, end });
    }
  }
}

const PLAIN_VARIABLE =
  /\.env\.(?:HOME|PATH|PWD|USER|LANG|TERM|SHELL|NODE_ENV|CI|PORT|HOST|TZ|DEBUG|\?|toObject|get|has)$/;

/** A module that starts programs, whose use is not seen: an alias was not followed. */
function judgeImports(nodes: readonly SyntaxNode[], bindings: Bindings, report: CodeReport): void {
  if (report.commands.length > 0) return;
  for (const node of nodes) {
    const values =
      node.type === 'ImportDeclaration'
        ? [{ kind: 'name' as const, path: plainPath(String(node.source.value)) }]
        : node.type === 'CallExpression' || node.type === 'ImportExpression'
          ? valuesOf(node, bindings)
          : [];
    if (values.some((value) => value.kind === 'name' && STARTING_MODULES.has(value.path))) {
      report.add('commands', { start: node.start, end: node.end, text: UNKNOWN });
      return;
    }
  }
}

function judgeTag(tag: SyntaxNode, quasi: SyntaxNode, { bindings, report }: Judging): void {
  for (const value of valuesOf(tag, bindings)) {
    if (value.kind !== 'name') continue;
    const path = plainPath(value.path);
    if (path === '$' || path.endsWith('.$') || meaningOf(path)?.kind === 'command') {
      report.add('commands', { start: tag.start, end: quasi.end, text: textOf(valuesOf(quasi, bindings)) ?? UNKNOWN });
    }
  }
}

function reportUnknownModule({ start, end }: SyntaxNode, report: CodeReport): void {
  const text = 'Loads a module whose name is not known before it runs.';
  report.add('findings', { id: 'unknown-module', level: 'moderate', text, effects: ['exec'], start, end });
}

/** `spawn('rm', ['-rf', dir])` as a line. */
function wordsOf(node: CallNode, bindings: Bindings): string | undefined {
  const [first, second] = node.arguments;
  const list = first?.type === 'ArrayExpression' ? first : second?.type === 'ArrayExpression' ? second : undefined;
  const optionArgs = second?.type === 'ObjectExpression' ? propertyOf(second, 'args') : undefined;
  const rest = list ?? (optionArgs?.type === 'ArrayExpression' ? optionArgs : undefined);
  const words = rest?.elements.map((each) =>
    each === null || each.type === 'SpreadElement' ? UNKNOWN : (textOf(valuesOf(each, bindings)) ?? UNKNOWN),
  );
  if (first === undefined || first.type === 'ArrayExpression') return words?.map(shellWord).join(' ');
  const program = first.type === 'SpreadElement' ? UNKNOWN : (textOf(valuesOf(first, bindings)) ?? UNKNOWN);
  if (words === undefined && second !== undefined && second.type !== 'ObjectExpression') return `${program} ${UNKNOWN}`;
  return [program, ...(words ?? []).map(shellWord)].join(' ');
}

function hasOption(node: CallNode, name: string): boolean {
  return node.arguments.some((given) => given.type === 'ObjectExpression' && propertyOf(given, name) !== undefined);
}

function optionText(node: CallNode, name: string, bindings: Bindings): string | undefined {
  for (const given of node.arguments) {
    const value = given.type === 'ObjectExpression' ? propertyOf(given, name) : undefined;
    if (value !== undefined) return textOf(valuesOf(value, bindings));
  }
  return undefined;
}

function propertyOf(object: ObjectExpression, name: string): SyntaxNode | undefined {
  const found = object.properties.find((each) => each.type === 'Property' && nameOf(each.key) === name);
  return found?.type === 'Property' ? found.value : undefined;
}

/** Comments and what stands in strings become blanks. */
function bareText(code: string, nodes: readonly SyntaxNode[], comments: readonly Comment[]): string {
  const spans = nodes.flatMap((node) =>
    (node.type === 'Literal' && typeof node.value === 'string') || node.type === 'TemplateElement' ? [node] : [],
  );
  return blanked(code, [...spans, ...comments]);
}

function blanked(code: string, spans: readonly { readonly start: number; readonly end: number }[]): string {
  let text = '';
  let at = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue;
    text += code.slice(at, start) + ' '.repeat(end - start);
    at = end;
  }
  return text + code.slice(at);
}
