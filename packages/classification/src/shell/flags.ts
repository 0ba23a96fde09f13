/**
 * Splits the words after a program into flags and operands. Pure.
 */

import type { CompiledRule } from './compile-spec.js';
import type { Argument } from './walk.js';

/** A flag as it was given. */
export interface FlagUse {
  /** `-r`, `--recursive`, or `-delete` in the long style. */
  readonly name: string;
  readonly value: Argument | undefined;
  readonly at: Argument;
}

/** Words split into flags and operands. */
export interface ParsedArguments {
  readonly flags: readonly FlagUse[];
  readonly operands: readonly Argument[];
}

/** What a program expects: which flags take a value, and whether `-rf` is one flag or two. */
export interface FlagStyle {
  readonly values: ReadonlySet<string>;
  readonly style: 'bundled' | 'long';
}

const NO_VALUES: FlagStyle = { values: new Set(), style: 'bundled' };

/** Splits words into flags and operands. After `--` everything is an operand. */
export function parseArguments(
  words: readonly Argument[],
  expects: FlagStyle = NO_VALUES,
  stopAtOperand = false,
): ParsedArguments & { readonly used: number } {
  const flags: FlagUse[] = [];
  const operands: Argument[] = [];
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    const { text } = word;
    if (text === '--') {
      index += 1;
      break;
    }
    if (text.length < 2 || text.charCodeAt(0) !== 45) {
      if (stopAtOperand) break;
      operands.push(word);
    } else if (addFlags(word, words[index + 1], expects, flags)) index += 1;
  }
  const used = index;
  if (!stopAtOperand) operands.push(...words.slice(index));
  return { flags, operands, used };
}

/** Adds the flags of one word; answers true when the next word is the value of the last of them. */
function addFlags(word: Argument, next: Argument | undefined, expects: FlagStyle, flags: FlagUse[]): boolean {
  const { text } = word;
  const equals = text.indexOf('=');
  const isLong = text.startsWith('--') || expects.style === 'long';
  if (isLong) {
    const name = equals > 0 ? text.slice(0, equals) : text;
    const takesNext = equals < 0 && expects.values.has(name) && next !== undefined;
    const value = equals > 0 ? { ...word, text: text.slice(equals + 1) } : takesNext ? next : undefined;
    flags.push({ name, value, at: word });
    return takesNext;
  }
  for (let i = 1; i < text.length; i += 1) {
    const name = `-${text[i]}`;
    if (!expects.values.has(name)) {
      flags.push({ name, value: undefined, at: word });
      continue;
    }
    const rest = text.slice(i + 1);
    flags.push({ name, value: rest === '' ? next : { ...word, text: rest }, at: word });
    return rest === '' && next !== undefined;
  }
  return false;
}

/** Whether a flag is given, also as an abbreviation of at least three letters of a long one. */
export function hasFlag(parsed: ParsedArguments, ...names: readonly string[]): boolean {
  return parsed.flags.some((flag) => names.some((name) => isFlag(flag.name, name)));
}

/** The value of a flag, where it is given with one. */
export function flagValue(parsed: ParsedArguments, ...names: readonly string[]): Argument | undefined {
  return parsed.flags.find((flag) => flag.value !== undefined && names.some((name) => isFlag(flag.name, name)))?.value;
}

/** Whether all conditions of a rule hold. */
export function matchesRule(rule: CompiledRule, parsed: ParsedArguments): boolean {
  const { operand, value } = rule;
  if (rule.flags.length > 0 && !hasFlag(parsed, ...rule.flags)) return false;
  if (rule.all.length > 0 && !rule.all.every((name) => hasFlag(parsed, name))) return false;
  if (rule.without.length > 0 && rule.without.some((name) => parsed.flags.some((flag) => flag.name === name)))
    return false;
  if (rule.atLeast !== undefined && parsed.operands.length < rule.atLeast) return false;
  if (operand !== undefined && !parsed.operands.some((word) => operand.test(word.text))) return false;
  if (value === undefined) return true;
  return parsed.flags.some((flag) => rule.flags.includes(flag.name) && value.test(flag.value?.text ?? ''));
}

const MIN_ABBREVIATION = 5;

function isFlag(given: string, name: string): boolean {
  if (given === name) return true;
  return (
    name.length > MIN_ABBREVIATION &&
    given.length >= MIN_ABBREVIATION &&
    given.startsWith('--') &&
    name.startsWith(given)
  );
}
