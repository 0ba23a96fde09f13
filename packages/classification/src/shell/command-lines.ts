/**
 * Command lines of a table, such as `volumes destroy|rm` or `scale count 0`: which of them a call is, and what that means.
 * Pure but for the report.
 */

import type { Effect, RiskLevel } from '@countersign/core';
import type { CommandLines, LineKind } from './programs/spec.js';
import { isChangingWord } from './verbs.js';
import { type Argument, type Call, isKnown } from './walk.js';

/** A line ready for use. */
export interface CompiledLine {
  readonly kind: LineKind;
  /** Stable id: the words of the line. */
  readonly id: string;
  readonly words: readonly WordPattern[];
  readonly flags: readonly LineFlag[];
  /** How many words and flags it names: of two lines, the one that says more is meant. */
  readonly weight: number;
}

/** One word of a line: the words that it may be, or a pattern where one of them has a `*`. */
type WordPattern = ReadonlySet<string> | RegExp;

interface LineFlag {
  readonly names: readonly string[];
  readonly value: RegExp | undefined;
  readonly isForbidden: boolean;
}

/** What the lines say: proven to only read, something that was reported, or nothing. */
export type LineVerdict = 'reads' | 'reported' | 'unlisted';

interface Meaning {
  readonly level: RiskLevel;
  readonly text: string;
  readonly effects: readonly Effect[];
  readonly reversible?: boolean;
}

const MEANINGS: Readonly<Record<Exclude<LineKind, 'reads'>, Meaning>> = {
  changes: { level: 'moderate', text: 'Makes a limited change.', effects: ['infra.change'] },
  secrets: { level: 'moderate', text: 'Shows secrets.', effects: ['secrets.read'] },
  deletes: {
    level: 'destructive',
    text: 'Deletes something that may not come back.',
    effects: ['data.delete'],
    reversible: false,
  },
  stops: { level: 'destructive', text: 'Stops or takes down what others rely on.', effects: ['infra.change'] },
  access: {
    level: 'destructive',
    text: 'Changes who may do what, or switches a protection off.',
    effects: ['auth.change'],
  },
  overwrites: {
    level: 'destructive',
    text: 'Overwrites data or settings, or goes back to an earlier state.',
    effects: ['data.delete', 'infra.change'],
    reversible: false,
  },
  publishes: {
    level: 'destructive',
    text: 'Publishes for everybody, which cannot be taken back.',
    effects: ['infra.change', 'message.send'],
    reversible: false,
  },
  runs: { level: 'destructive', text: 'Runs code or attacks other machines.', effects: ['exec'] },
  wrecks: {
    level: 'critical',
    text: 'Destroys a whole database, disk, cluster or project.',
    effects: ['data.delete', 'infra.change'],
    reversible: false,
  },
  admins: { level: 'critical', text: 'Gives full rights.', effects: ['auth.change'] },
};

const KINDS: readonly LineKind[] = [
  'admins',
  'wrecks',
  'runs',
  'publishes',
  'overwrites',
  'access',
  'stops',
  'deletes',
  'secrets',
  'changes',
  'reads',
];

/** Splits the lines of a table; the gravest kind stands first. */
export function compileLines(lines: CommandLines): readonly CompiledLine[] {
  return KINDS.flatMap((kind) =>
    (lines[kind] ?? '')
      .split(';')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => compileLine(kind, line)),
  );
}

function compileLine(kind: LineKind, line: string): CompiledLine {
  const parts = line.split(/\s+/);
  const words = parts.filter((part) => !/^!?-/.test(part));
  const weight = parts.filter((part) => part !== '*' && part !== '.' && !part.startsWith('!')).length;
  return {
    weight,
    kind,
    id: words.map((word) => word.split('|')[0]).join('-') || (parts[0] ?? '').replace(/^-+/, ''),
    words: words.filter((word) => word !== '.').map(wordPatternOf),
    flags: parts.filter((part) => /^!?-/.test(part)).map(flagOf),
  };
}

/** `a|b` as a set and `a|b*` as a pattern over one whole word; case does not matter. */
function wordPatternOf(word: string): WordPattern {
  return word.includes('*') ? patternOf(word) : new Set(word.toLowerCase().split('|'));
}

function isWordOf(pattern: WordPattern, operand: Operand): boolean {
  return pattern instanceof RegExp ? pattern.test(operand.text) : pattern.has(operand.lower);
}

/** `a|b*` as a pattern over one whole word; case does not matter. */
function patternOf(word: string): RegExp {
  const escaped = word.replace(/[.+?^${}()[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^(?:${escaped})$`, 'is');
}

function flagOf(part: string): LineFlag {
  const isForbidden = part.startsWith('!');
  const text = isForbidden ? part.slice(1) : part;
  const equals = text.indexOf('=');
  if (equals < 0) return { names: text.split('|'), value: undefined, isForbidden };
  return { names: text.slice(0, equals).split('|'), value: patternOf(text.slice(equals + 1)), isForbidden };
}

/** Judges a call by the lines of its program. */
export function judgeLines(call: Call, lines: readonly CompiledLine[], values: ReadonlySet<string>): LineVerdict {
  if (lines.length === 0) return 'unlisted';
  const operands = operandsOf(call.words, values);
  const isDry = call.words.some((word) => DRY.test(word.text));
  const found = chooseLine(lines.filter((line) => isLine(line, operands, call.words)));
  if (found === undefined) return 'unlisted';
  if (found.kind === 'reads') return provesLine(found, operands, call) ? 'reads' : 'unlisted';
  const meaning = MEANINGS[found.kind];
  const level = isDry ? 'moderate' : meaning.level;
  const id = `shell.${call.name}.${found.id}`.toLowerCase().replace(/[^a-z0-9.-]+/g, '-');
  call.walk.report.add(id, level, isDry ? 'Tries out a change.' : meaning.text, call.at, {
    effects: meaning.effects,
    ...(meaning.reversible !== undefined && { reversible: meaning.reversible }),
    confidence: 0.8,
  });
  return 'reported';
}

/** The gravest line, unless one that only changes or reads says more than every grave one. */
function chooseLine(found: readonly CompiledLine[]): CompiledLine | undefined {
  const grave = found.filter((line) => !MILD.has(line.kind));
  const most = Math.max(-1, ...grave.map((line) => line.weight));
  const mild = found.filter((line) => MILD.has(line.kind) && line.weight > most);
  const best = Math.max(-1, ...mild.map((line) => line.weight));
  return mild.find((line) => line.weight === best) ?? grave[0];
}

const MILD: ReadonlySet<LineKind> = new Set(['secrets', 'changes', 'reads'] as const);

/** Flags that ask what would happen, without doing it. */
export const DRY = /^--?(?:dry-?run|what-?if|help)(?:=(?!none|false).*)?$/i;

/** The words after a line such as `run`: a command of its own. */
export function innerWords(
  call: Call,
  lines: readonly CompiledLine[],
  values: ReadonlySet<string>,
): readonly Argument[] {
  const operands = lines.length === 0 ? [] : operandsOf(call.words, values);
  const line = lines.find((one) => isLine(one, operands, call.words));
  if (line === undefined) return [];
  const dashes = call.words.findIndex((word) => word.text === '--');
  const at = dashes >= 0 ? dashes : lastIndexOf(line.words, operands);
  const rest = call.words.slice(at + 1);
  const first = rest.findIndex((word) => !word.text.startsWith('-'));
  return first < 0 ? [] : rest.slice(first);
}

/** Where in the words the last word of a line stands. */
function lastIndexOf(patterns: readonly WordPattern[], operands: readonly Operand[]): number {
  let next = 0;
  let index = -1;
  for (const operand of operands) {
    const pattern = patterns[next];
    if (pattern === undefined) break;
    if (!isWordOf(pattern, operand)) continue;
    index = operand.index;
    next += 1;
  }
  return index;
}

interface Operand {
  readonly text: string;
  readonly lower: string;
  readonly index: number;
  /** True where a flag stands before it whose kind isn't known, so that it may be that flag's value. */
  readonly isPerhapsValue: boolean;
}

function operandsOf(words: readonly Argument[], values: ReadonlySet<string>): readonly Operand[] {
  const operands: Operand[] = [];
  for (const [index, { text }] of words.entries()) {
    if (text.startsWith('-') && text.length > 1) continue;
    const before = words[index - 1]?.text ?? '';
    const isAfterFlag = before.startsWith('-') && before.length > 1 && before !== '--' && !before.includes('=');
    if (isAfterFlag && values.has(before)) continue;
    operands.push({ text, lower: text.toLowerCase(), index, isPerhapsValue: isAfterFlag });
  }
  return operands;
}

function isLine(line: CompiledLine, operands: readonly Operand[], words: readonly Argument[]): boolean {
  const { kind, flags } = line;
  if (!followsWords(line.words, operands, kind === 'reads')) return false;
  if (kind === 'reads' && line.words.length === 0 && !operands.every((operand) => operand.isPerhapsValue)) return false;
  return flags.every((flag) => hasLineFlag(flag, words) !== flag.isForbidden);
}

/** Whether the operands begin with these words; what may be the value of a flag can be passed over. */
function followsWords(
  patterns: readonly WordPattern[],
  operands: readonly Operand[],
  isStrict: boolean,
  from: { readonly pattern: number; readonly operand: number } = START,
): boolean {
  const pattern = patterns[from.pattern];
  if (pattern === undefined) return true;
  for (let at = from.operand; at < operands.length; at += 1) {
    const operand = operands[at];
    if (operand === undefined) return false;
    const next = { pattern: from.pattern + 1, operand: at + 1 };
    if (isWordOf(pattern, operand) && followsWords(patterns, operands, isStrict, next)) return true;
    if (isStrict || !operand.isPerhapsValue) return false;
  }
  return false;
}

const START = { pattern: 0, operand: 0 } as const;

function hasLineFlag({ names, value }: LineFlag, words: readonly Argument[]): boolean {
  return names.some((name) => isGiven(name, value, words));
}

function isGiven(name: string, value: RegExp | undefined, words: readonly Argument[]): boolean {
  const isShort = /^-[A-Za-z0-9]$/.test(name);
  return words.some(({ text }, index) => {
    if (name === '-') return text.startsWith('-') || text.startsWith('+');
    if (text === name) return value === undefined || value.test(words[index + 1]?.text ?? '');
    if (text.startsWith(`${name}=`)) return value === undefined || value.test(text.slice(name.length + 1));
    if (!isShort || text.startsWith('--') || !/^-[A-Za-z0-9]+/.test(text)) return false;
    if (value !== undefined) return text.startsWith(name) && value.test(text.slice(2));
    return text.length <= MAX_BUNDLE && /^-[A-Za-z0-9]+$/.test(text) && text.includes(name.slice(1));
  });
}

/** Longer words after one dash are long flags of a program in the old style. */
const MAX_BUNDLE = 5;

/** Reads are proven when nothing in the words is unknown, and no flag points elsewhere or writes a file. */
function provesLine(line: CompiledLine, operands: readonly Operand[], call: Call): boolean {
  const given = new Set(line.flags.flatMap((flag) => flag.names));
  const isPlain = line.words.length > 0 || operands.length === 0 || line.flags.length > 0;
  return (
    isPlain &&
    !isChangingWord(operands[line.words.length]?.text ?? '') &&
    !call.program.text.includes('/') &&
    call.words.every((word) => !word.opaque && !word.fed && isKnown(word.text)) &&
    call.words.every(({ text }) => given.has(text) || !UNPROVEN_FLAG.test(text))
  );
}

const UNPROVEN_FLAG =
  /^(?:-O|--?(?:endpoint-url|endpoint|server|token|as|output-file|outfile|out-file|output-dir|out|dest|save|write|fix|apply|exec|execute|command|plugin|pager|config|reveal|show-secrets|with-decryption|clean|delete|remove|purge|reset|prune|set|edit|kill|force|yes)(?:=.*)?)$/;
