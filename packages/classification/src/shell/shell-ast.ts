/**
 * The syntax tree that the walks read. It is our own, so that the parser behind it can be replaced. Pure types.
 *
 * Offsets are UTF-16 code units into the command that was parsed.
 */

/** A stretch of the command. */
export interface Span {
  readonly start: number;
  /** One past the last code unit. */
  readonly end: number;
}

/** Statements in the order they run; `;`, `&`, `&&`, `||` and newlines all come down to this. */
export interface ShellScript {
  readonly kind: 'script';
  readonly items: readonly ShellNode[];
}

/** One statement. */
export type ShellNode = ShellCommand | ShellPipeline | ShellBlock | ShellLoop | ShellFunction;

/** A simple command: words, assignments before it, redirections. */
export interface ShellCommand extends Span {
  readonly kind: 'command';
  readonly words: readonly ShellWord[];
  readonly assignments: readonly ShellAssignment[];
  readonly redirects: readonly ShellRedirect[];
}

/** `a | b | c`; also a single command after `!` or `time`. */
export interface ShellPipeline extends Span {
  readonly kind: 'pipeline';
  readonly stages: readonly ShellNode[];
}

/** A group, subshell, `if`, `while`, `case`, `[[ ]]`, `(( ))`: bodies that may run, and words that are looked at. */
export interface ShellBlock extends Span {
  readonly kind: 'block';
  /** True for a subshell, whose variables and folder don't outlive it. */
  readonly isolated: boolean;
  /** Words that are expanded but not run, as in `case $x in` and `[[ $x == y ]]`. */
  readonly tested: readonly ShellWord[];
  readonly bodies: readonly ShellScript[];
  readonly redirects: readonly ShellRedirect[];
}

/** `for name in values; do body; done` and `select`. */
export interface ShellLoop extends Span {
  readonly kind: 'loop';
  readonly name: string;
  /** Absent for a loop over the positional parameters. */
  readonly values: readonly ShellWord[] | undefined;
  readonly body: ShellScript;
  readonly redirects: readonly ShellRedirect[];
}

/** `name() { body; }`: runs only when it is called. */
export interface ShellFunction extends Span {
  readonly kind: 'function';
  readonly name: string;
  readonly body: ShellNode | undefined;
}

/** `name=value`. */
export interface ShellAssignment extends Span {
  readonly name: string;
  readonly append: boolean;
  /** One word, or the elements of an array. */
  readonly values: readonly ShellWord[];
  readonly isArray: boolean;
  /** The subscript of `name[subscript]=value`. */
  readonly subscript: ShellWord | undefined;
}

/** `> file`, `<<< word`, `<< END`. */
export type ShellRedirect =
  | ({ readonly kind: 'file'; readonly operator: string; readonly target: ShellWord | undefined } & Span)
  | ({ readonly kind: 'text'; readonly body: ShellWord | undefined } & Span);

/** A word before expansion. */
export interface ShellWord extends Span {
  readonly parts: readonly ShellPart[];
}

/** A part of a word. `quoted` parts are not split into fields. */
export type ShellPart =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: 'glob'; readonly text: string }
  | { readonly kind: 'brace'; readonly text: string }
  /** `{a,$x,$(b)}`: alternatives that hold expansions of their own. */
  | { readonly kind: 'alternatives'; readonly choices: readonly (readonly ShellPart[])[] }
  | {
      readonly kind: 'variable';
      readonly name: string;
      readonly quoted: boolean;
      /** The subscript of an element of an array, where it is written out; `@` and `*` are all of them. */
      readonly index?: string;
      readonly change: VariableChange | undefined;
    }
  | { readonly kind: 'substitution'; readonly script: ShellScript; readonly quoted: boolean }
  | { readonly kind: 'process'; readonly script: ShellScript; readonly writes: boolean }
  | { readonly kind: 'arithmetic'; readonly scripts: readonly ShellScript[] }
  | { readonly kind: 'opaque'; readonly scripts: readonly ShellScript[] };

/** What `${name...}` does beyond reading the variable. */
export interface VariableChange {
  readonly kind: 'default' | 'alternative' | 'assign' | 'other';
  readonly operand: ShellWord | undefined;
}

/** What a parser answers. It never throws. */
export interface ParsedShell {
  readonly script: ShellScript;
  /** How many places could not be read. */
  readonly errors: number;
}
