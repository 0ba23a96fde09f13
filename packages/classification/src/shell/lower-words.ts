/**
 * Lowers words: quotes, expansions, braces, patterns, and the scripts inside them. Pure but for the count of errors.
 */

import {
  forEachChild,
  type ParameterExpansionPart,
  type ParsedScript,
  parse,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash';
import { EMPTY_SCRIPT, type Lowering, span } from './lowering.js';
import type { ShellPart, ShellScript, ShellWord, VariableChange } from './shell-ast.js';

/** Lowers a word. */
export function lowerWord(word: Word, lowering: Lowering): ShellWord {
  const at = span(word, lowering);
  const parts = word.parts;
  if (parts === undefined) {
    const quoted = word.text.startsWith('\\') || word.value !== word.text;
    return { parts: [{ kind: 'text', text: word.value, quoted }], ...at };
  }
  return { parts: lowerParts(parts, false, lowering), ...at };
}

/** Lowers the parts of a word or of the body of a here-document. */
export function lowerParts(parts: readonly WordPart[], quoted: boolean, lowering: Lowering): ShellPart[] {
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
    scripts.push(lowering.script(parse((code[2] ?? '').replace(/^(['"])(.*)\1$/s, '$2')), lowering));
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
export function collectScripts(node: SyntaxNode, lowering: Lowering, except?: SyntaxNode): ShellScript[] {
  const found: ShellScript[] = [];
  const visit = (child: SyntaxNode): void => {
    if (child === except) return;
    if (child.type === 'Script') found.push(lowering.script(child, lowering));
    else forEachChild(child, visit);
  };
  forEachChild(node, visit);
  return found;
}

/** The words of `[[ ]]`, and the scripts inside `(( ))` as words that only run them. */
export function* collectWords(node: SyntaxNode, lowering: Lowering): Generator<ShellWord> {
  const words: ShellWord[] = [];
  const visit = (child: SyntaxNode): void => {
    if (child.type === 'Word') words.push(lowerWord(child, lowering));
    else if (child.type === 'Script') {
      const script = lowering.script(child, lowering);
      words.push({ parts: [{ kind: 'substitution', script, quoted: true }], ...span(child, lowering) });
    } else forEachChild(child, visit);
  };
  forEachChild(node, visit);
  yield* words;
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
  if (script.source === undefined) return lowering.script(script, lowering);
  const before = lowering.fixed;
  lowering.fixed = span(parent, lowering);
  const lowered = lowering.script(script, lowering);
  lowering.fixed = before;
  return lowered;
}
