/**
 * Parses bash and POSIX sh with `unbash` and lowers its tree into ours. The only file that knows the parser. Pure.
 */

import {
  type Assignment,
  type CommandNode,
  type CompoundList,
  forEachChild,
  type ParameterExpansionPart,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Redirection,
  type Statement,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash';
import type {
  ParsedShell,
  ShellAssignment,
  ShellNode,
  ShellPart,
  ShellRedirect,
  ShellScript,
  ShellWord,
  Span,
  VariableChange,
} from './shell-ast.js';

/** Parses a bash script of at most 64 KiB. Unreadable places are counted, and the rest is answered all the same. */
export function parseBash(source: string): ParsedShell {
  const lowering: Lowering = { errors: 0, nodes: 0, fixed: undefined };
  const script = lowerScript(parse(source), lowering);
  return { script, errors: lowering.errors };
}

/** What one lowering keeps track of; `fixed` is the span to report where positions belong to another text. */
interface Lowering {
  errors: number;
  nodes: number;
  fixed: Span | undefined;
}

/** Statements and words that one command may have. A longer one counts as an error, which raises the level. */
const MAX_NODES = 20_000;

const EMPTY_SCRIPT: ShellScript = { kind: 'script', items: [] };

function span(node: Span | { readonly pos: number; readonly end: number }, lowering: Lowering): Span {
  if (lowering.fixed !== undefined) return lowering.fixed;
  return 'pos' in node ? { start: node.pos, end: node.end } : node;
}

function lowerScript(script: ParsedScript, lowering: Lowering): ShellScript {
  lowering.errors += script.errors?.length ?? 0;
  return { kind: 'script', items: lowerStatements(script.commands, lowering) };
}

/** A script inside a word; one in escaped backticks has positions of its own, so its parent's span stands for it. */
function lowerNested(
  script: ParsedScript | undefined,
  parent: { readonly pos: number; readonly end: number },
  lowering: Lowering,
): ShellScript {
  if (script === undefined) {
    lowering.errors += 1;
    return EMPTY_SCRIPT;
  }
  if (script.source === undefined) return lowerScript(script, lowering);
  const before = lowering.fixed;
  lowering.fixed = span(parent, lowering);
  const lowered = lowerScript(script, lowering);
  lowering.fixed = before;
  return lowered;
}

function lowerStatements(statements: readonly Statement[], lowering: Lowering): ShellNode[] {
  const items: ShellNode[] = [];
  for (const statement of statements) {
    const { command } = statement;
    if (command.type !== 'AndOr') items.push(lowerNode(command, lowering));
    else for (const part of command.commands) items.push(lowerNode(part, lowering));
  }
  return items;
}

function lowerList(list: CompoundList | undefined, lowering: Lowering): ShellScript {
  return list === undefined ? EMPTY_SCRIPT : { kind: 'script', items: lowerStatements(list.commands, lowering) };
}

function lowerNode(node: PipelineNode, lowering: Lowering): ShellNode {
  lowering.nodes += 1;
  if (lowering.nodes > MAX_NODES) {
    lowering.errors += 1;
    return { kind: 'block', isolated: true, tested: [], bodies: [], redirects: [], ...span(node, lowering) };
  }
  if (node.type === 'Pipeline') {
    return {
      kind: 'pipeline',
      stages: node.commands.map((stage) => lowerNode(stage, lowering)),
      ...span(node, lowering),
    };
  }
  if (node.type !== 'Redirected') return lowerCommandNode(node, [], lowering);
  return lowerCommandNode(node.command, lowerRedirects(node.redirects, lowering), lowering);
}

function lowerCommandNode(
  node: Exclude<CommandNode, { type: 'Redirected' }>,
  redirects: readonly ShellRedirect[],
  lowering: Lowering,
): ShellNode {
  const at = span(node, lowering);
  const block = (bodies: readonly ShellScript[], tested: readonly ShellWord[] = [], isolated = false): ShellNode => ({
    kind: 'block',
    isolated,
    tested,
    bodies,
    redirects,
    ...at,
  });
  switch (node.type) {
    case 'Command':
      return lowerCommand(node, lowering);
    case 'Subshell':
      return block([lowerList(node.body, lowering)], [], true);
    case 'BraceGroup':
      return block([lowerList(node.body, lowering)]);
    case 'If': {
      const branches = node.elif.flatMap((branch) => [
        lowerList(branch.clause, lowering),
        lowerList(branch.then, lowering),
      ]);
      return block([
        lowerList(node.clause, lowering),
        lowerList(node.then, lowering),
        ...branches,
        lowerList(node.else, lowering),
      ]);
    }
    case 'While':
      return block([lowerList(node.clause, lowering), lowerList(node.body, lowering)]);
    case 'For':
    case 'Select': {
      const values = node.wordlist?.map((word) => lowerWord(word, lowering));
      return { kind: 'loop', name: node.name.value, values, body: lowerList(node.body, lowering), redirects, ...at };
    }
    case 'Case': {
      const patterns = node.items.flatMap((item) => item.pattern.map((word) => lowerWord(word, lowering)));
      return block(
        node.items.map((item) => lowerList(item.body, lowering)),
        [lowerWord(node.word, lowering), ...patterns],
      );
    }
    case 'Function':
      return { kind: 'function', name: node.name.value, body: lowerBody(node.body, lowering), ...at };
    case 'Coproc': {
      const body = lowerBody(node.body, lowering);
      return block(body === undefined ? [] : [{ kind: 'script', items: [body] }], [], true);
    }
    case 'ArithmeticFor':
      return block([...collectScripts(node, lowering, node.body), lowerList(node.body, lowering)]);
    case 'ArithmeticCommand':
    case 'TestCommand':
      return block([], [...collectWords(node, lowering)]);
    default:
      return node satisfies never;
  }
}

function lowerBody(body: SyntaxNode, lowering: Lowering): ShellNode | undefined {
  if (body.type === 'CompoundList') {
    return {
      kind: 'block',
      isolated: false,
      tested: [],
      bodies: [lowerList(body, lowering)],
      redirects: [],
      ...span(body, lowering),
    };
  }
  return isCommandNode(body) ? lowerNode(body, lowering) : undefined;
}

function isCommandNode(node: SyntaxNode): node is CommandNode {
  return COMMAND_TYPES.has(node.type);
}

const COMMAND_TYPES: ReadonlySet<string> = new Set(
  'Command If For ArithmeticFor Select While Subshell BraceGroup Case TestCommand ArithmeticCommand Redirected Function Coproc'.split(
    ' ',
  ),
);

function lowerCommand(node: Extract<CommandNode, { type: 'Command' }>, lowering: Lowering): ShellNode {
  const words: ShellWord[] = [];
  const assignments: ShellAssignment[] = [];
  const redirects: ShellRedirect[] = [];
  for (const item of node.prefix) {
    if (item.type === 'Assignment') assignments.push(lowerAssignment(item, lowering));
    else redirects.push(lowerRedirect(item, lowering));
  }
  if (node.name !== undefined) words.push(lowerWord(node.name, lowering));
  for (const item of node.suffix) {
    if (item.type === 'Word') words.push(lowerWord(item, lowering));
    else if (item.type === 'Assignment') words.push(assignmentAsWord(item, lowering));
    else redirects.push(lowerRedirect(item, lowering));
  }
  return { kind: 'command', words, assignments, redirects, ...span(node, lowering) };
}

/** `export a=b`: an assignment after the name of a command is one of its words. */
function assignmentAsWord(item: Assignment, lowering: Lowering): ShellWord {
  const head: ShellPart = { kind: 'text', text: `${item.name}${item.append === true ? '+=' : '='}`, quoted: true };
  if (item.value.type === 'Word')
    return { parts: [head, ...lowerWord(item.value, lowering).parts], ...span(item, lowering) };
  const elements = item.value.elements.flatMap((word) => lowerWord(word, lowering).parts);
  return { parts: [head, ...elements], ...span(item, lowering) };
}

function lowerAssignment(item: Assignment, lowering: Lowering): ShellAssignment {
  const isArray = item.value.type === 'ArrayValue';
  const words = item.value.type === 'ArrayValue' ? item.value.elements : [item.value];
  return {
    name: item.name,
    append: item.append === true,
    values: words.map((word) => lowerWord(word, lowering)),
    isArray,
    subscript: item.index === undefined ? undefined : lowerWord(item.index, lowering),
    ...span(item, lowering),
  };
}

function lowerRedirects(items: readonly Redirection[], lowering: Lowering): ShellRedirect[] {
  return items.map((item) => lowerRedirect(item, lowering));
}

function lowerRedirect(item: Redirection, lowering: Lowering): ShellRedirect {
  const at = span(item, lowering);
  switch (item.type) {
    case 'Redirect':
      return { kind: 'file', operator: item.operator, target: item.target && lowerWord(item.target, lowering), ...at };
    case 'HereString':
      return { kind: 'text', body: item.target && lowerWord(item.target, lowering), ...at };
    case 'HereDoc': {
      const parts = item.body.parts;
      const body: ShellPart[] =
        parts === undefined
          ? [{ kind: 'text', text: item.body.text, quoted: true }]
          : lowerParts(parts, true, lowering);
      return { kind: 'text', body: { parts: body, ...span(item.body, lowering) }, ...at };
    }
    default:
      return item satisfies never;
  }
}

function lowerWord(word: Word, lowering: Lowering): ShellWord {
  const at = span(word, lowering);
  const parts = word.parts;
  if (parts === undefined) {
    const quoted = word.text.startsWith('\\') || word.value !== word.text;
    return { parts: [{ kind: 'text', text: word.value, quoted }], ...at };
  }
  return { parts: lowerParts(parts, false, lowering), ...at };
}

function lowerParts(parts: readonly WordPart[], quoted: boolean, lowering: Lowering): ShellPart[] {
  const lowered: ShellPart[] = [];
  for (const part of parts) {
    if (part.type === 'DoubleQuoted' || part.type === 'LocaleString') {
      if (part.parts.length === 0) lowered.push({ kind: 'text', text: '', quoted: true });
      lowered.push(...lowerParts(part.parts, true, lowering));
    } else lowered.push(...lowerPattern(part, lowering), lowerPart(part, quoted, lowering));
  }
  return lowered;
}

/** What runs while a pattern is expanded: scripts inside it, and the code of a zsh qualifier such as `*(e:'code':)`. */
function lowerPattern(part: WordPart, lowering: Lowering): ShellPart[] {
  if (part.type !== 'Glob' && part.type !== 'ExtendedGlob') return [];
  const scripts = collectScripts(part, lowering);
  const code = part.type === 'ExtendedGlob' ? ZSH_QUALIFIER.exec(part.pattern) : null;
  if (code !== null) {
    const before = lowering.fixed;
    lowering.fixed = span(part, lowering);
    scripts.push(lowerScript(parse((code[2] ?? '').replace(/^(['"])(.*)\1$/s, '$2')), lowering));
    lowering.fixed = before;
  }
  return scripts.length === 0 ? [] : [{ kind: 'opaque', scripts }];
}

const ZSH_QUALIFIER = /(?:^|[^\w$])e(['":,{|])(.+)['":,}|]/s;

/** `{a,$(b)}`: its alternatives where they can be told apart, else all that runs in it. */
function lowerBrace(part: Extract<WordPart, { type: 'BraceExpansion' }>, lowering: Lowering): ShellPart {
  const parts = part.parts ?? [];
  if (parts.every((inner) => inner.type === 'Literal')) return { kind: 'brace', text: part.text };
  if (parts.some((inner) => inner.type === 'BraceExpansion') || /^\{[^,]*\.\./.test(part.text))
    return { kind: 'opaque', scripts: collectScripts(part, lowering) };
  const choices: ShellPart[][] = [[]];
  for (const inner of parts) {
    if (inner.type !== 'Literal') {
      choices.at(-1)?.push(...lowerParts([inner], false, lowering));
      continue;
    }
    const [head = '', ...rest] = inner.value.split(',');
    choices.at(-1)?.push({ kind: 'text', text: head, quoted: false });
    for (const text of rest) choices.push([{ kind: 'text', text, quoted: false }]);
  }
  return { kind: 'alternatives', choices };
}

function lowerPart(
  part: Exclude<WordPart, { type: 'DoubleQuoted' | 'LocaleString' }>,
  quoted: boolean,
  lowering: Lowering,
): ShellPart {
  switch (part.type) {
    case 'Literal':
      return { kind: 'text', text: part.value, quoted };
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return { kind: 'text', text: part.value, quoted: true };
    case 'Glob':
      return { kind: 'glob', text: part.text };
    case 'ExtendedGlob':
      return { kind: 'glob', text: '*' };
    case 'BraceExpansion':
      return lowerBrace(part, lowering);
    case 'SimpleExpansion':
      return { kind: 'variable', name: part.text.slice(1), quoted, change: undefined };
    case 'ParameterExpansion':
      return lowerParameter(part, quoted, lowering);
    case 'CommandExpansion':
      return { kind: 'substitution', script: lowerNested(part.script, part, lowering), quoted };
    case 'ProcessSubstitution':
      return { kind: 'process', script: lowerNested(part.script, part, lowering), writes: part.operator === '>' };
    case 'ArithmeticExpansion':
      return { kind: 'arithmetic', scripts: collectScripts(part, lowering) };
    default:
      return part satisfies never;
  }
}

function lowerParameter(part: ParameterExpansionPart, quoted: boolean, lowering: Lowering): ShellPart {
  const { operation } = part;
  if (part.prefix === '#') return { kind: 'arithmetic', scripts: collectScripts(part, lowering) };
  const name = part.parameter;
  const index = part.index?.text;
  if (part.prefix === undefined && operation === undefined && index !== undefined && /^(?:\d{1,4}|[@*])$/.test(index))
    return { kind: 'variable', name, quoted, index, change: undefined };
  if (part.prefix === '!' || index !== undefined) return { kind: 'opaque', scripts: collectScripts(part, lowering) };
  if (operation === undefined) return { kind: 'variable', name, quoted, change: undefined };
  if (operation.type !== 'Default') {
    const scripts = collectScripts(part, lowering);
    if (scripts.length > 0 || operation.type === 'Transform') return { kind: 'opaque', scripts };
    return { kind: 'variable', name, quoted, change: { kind: 'other', operand: undefined } };
  }
  const operand = lowerWord(operation.operand, lowering);
  const change: VariableChange = { kind: changeKind(operation.operator), operand };
  return { kind: 'variable', name, quoted, change };
}

function changeKind(operator: string): VariableChange['kind'] {
  if (operator.endsWith('+')) return 'alternative';
  if (operator.endsWith('?')) return 'other';
  return operator.endsWith('=') ? 'assign' : 'default';
}

/** Every script below a node that isn't walked otherwise: arithmetic, subscripts, operands. */
function collectScripts(node: SyntaxNode, lowering: Lowering, except?: SyntaxNode): ShellScript[] {
  const found: ShellScript[] = [];
  const visit = (child: SyntaxNode): void => {
    if (child === except) return;
    if (child.type === 'Script') found.push(lowerScript(child, lowering));
    else forEachChild(child, visit);
  };
  forEachChild(node, visit);
  return found;
}

/** The words of `[[ ]]`, and the scripts inside `(( ))` as words that only run them. */
function* collectWords(node: SyntaxNode, lowering: Lowering): Generator<ShellWord> {
  const words: ShellWord[] = [];
  const visit = (child: SyntaxNode): void => {
    if (child.type === 'Word') words.push(lowerWord(child, lowering));
    else if (child.type === 'Script') {
      const script = lowerScript(child, lowering);
      words.push({ parts: [{ kind: 'substitution', script, quoted: true }], ...span(child, lowering) });
    } else forEachChild(child, visit);
  };
  forEachChild(node, visit);
  yield* words;
}
