/**
 * What the two halves of the lowering of the parser's tree share: commands in `parse-bash.ts`, words in `lower-words.ts`.
 */

import type { ParsedScript } from 'unbash';
import type { ShellScript, Span } from './shell-ast.js';

/** What one lowering keeps track of; `fixed` is the span to report where positions belong to another text. */
export interface Lowering {
  errors: number;
  nodes: number;
  fixed: Span | undefined;
  /** Lowers a script inside a word. */
  readonly script: (script: ParsedScript, lowering: Lowering) => ShellScript;
}

/** Nothing to run. */
export const EMPTY_SCRIPT: ShellScript = { kind: 'script', items: [] };

/** The stretch of a node, or of the part that stands for it. */
export function span(node: Span | { readonly pos: number; readonly end: number }, lowering: Lowering): Span {
  if (lowering.fixed !== undefined) return lowering.fixed;
  return 'pos' in node ? { start: node.pos, end: node.end } : node;
}
