/**
 * Parses bash and POSIX sh with `unbash` and lowers its tree into ours. With `lower-words.ts` the only file that knows the parser. Pure.
 */

import {
  type Assignment,
  type CommandNode,
  type CompoundList,
  type ParsedScript,
  type PipelineNode,
  parse,
  type Redirection,
  type Statement,
  type SyntaxNode,
} from 'unbash';
import { collectScripts, collectWords, lowerParts, lowerWord } from './lower-words.js';
import { EMPTY_SCRIPT, type Lowering, span } from './lowering.js';
import type {
  ParsedShell,
  ShellAssignment,
  ShellNode,
  ShellPart,
  ShellRedirect,
  ShellScript,
  ShellWord,
} from './shell-ast.js';

/** Parses a bash script of at most 64 KiB. Unreadable places are counted, and the rest is answered all the same. */
export function parseBash(source: string): ParsedShell {
  const lowering: Lowering = { errors: 0, nodes: 0, fixed: undefined, script: lowerScript };
  const script = lowerScript(parse(source), lowering);
  return { script, errors: lowering.errors };
}

/** Statements and words that one command may have. A longer one counts as an error, which raises the level. */
const MAX_NODES = 20_000;

function lowerScript(script: ParsedScript, lowering: Lowering): ShellScript {
  lowering.errors += script.errors?.length ?? 0;
  return { kind: 'script', items: lowerStatements(script.commands, lowering) };
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
