/**
 * Turns the program tables into maps that are quick to look up. Pure.
 */

import { type CompiledLine, compileLines } from './command-lines.js';
import type { Act, OperandUse, Pattern, ProgramSpec, ProgramTable, Rule, StoredTable } from './programs/spec.js';

/** A rule whose flag lists are split. */
export interface CompiledRule extends Omit<Rule, 'flags' | 'all' | 'without' | 'operand' | 'value'> {
  readonly flags: readonly string[];
  readonly all: readonly string[];
  readonly without: readonly string[];
  readonly operand: RegExp | undefined;
  readonly value: RegExp | undefined;
}

/** A specification ready for use. */
export interface CompiledSpec {
  /** Flags that only read, with whether they take a value; absent where the program can't be proven safe. */
  readonly reads: ReadonlyMap<string, boolean> | undefined;
  readonly anyFlagReads: boolean;
  /** One of these must be given for it to be proven; empty where none needs to. */
  readonly only: readonly string[];
  /** Every flag that takes a value. */
  readonly values: ReadonlySet<string>;
  readonly rules: readonly CompiledRule[];
  readonly operands: OperandUse;
  readonly act: Act | undefined;
  readonly subcommands: ReadonlyMap<string, CompiledSpec> | undefined;
  readonly style: 'bundled' | 'long';
  readonly prints: boolean;
  readonly verbs: boolean;
  readonly sends: boolean;
  readonly lines: readonly CompiledLine[];
  readonly sql: ReadonlySet<string>;
  readonly code: ReadonlySet<string>;
  readonly inner: readonly CompiledLine[];
}

/** All programs by name. A table is read, and a specification compiled, when it is first asked for, so that loading costs little. */
export class ProgramIndex {
  readonly #tables: readonly StoredTable[];
  readonly #compiled = new Map<string, CompiledSpec>();
  #places: ReadonlyMap<string, Place> | undefined;

  constructor(tables: readonly StoredTable[]) {
    this.#tables = tables;
  }

  has(name: string): boolean {
    return this.#place(name) !== undefined;
  }

  get(name: string): CompiledSpec | undefined {
    const known = this.#compiled.get(name);
    if (known !== undefined) return known;
    const place = this.#place(name);
    const spec = place?.read()[place.key];
    if (spec === undefined) return undefined;
    const compiled = compileSpec(spec, undefined);
    this.#compiled.set(name, compiled);
    return compiled;
  }

  #place(name: string): Place | undefined {
    this.#places ??= placesOf(this.#tables);
    return this.#places.get(name);
  }
}

/** Where a program stands: a key of a table. */
interface Place {
  readonly key: string;
  read(): ProgramTable;
}

function placesOf(tables: readonly StoredTable[]): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  for (const table of tables) {
    let programs: ProgramTable | undefined;
    const read = () => {
      programs ??= table.read();
      return programs;
    };
    for (const key of table.names) for (const name of key.split(' ')) places.set(name, { key, read });
  }
  return places;
}

function addTable(table: ProgramTable, into: Map<string, CompiledSpec>, parent: ProgramSpec): void {
  for (const [names, spec] of Object.entries(table)) {
    const compiled = compileSpec(spec, parent);
    for (const name of names.split(' ')) into.set(name, compiled);
  }
}

/** A sub-command takes over its parent's flag style, rules and flags with values. */
function compileSpec(spec: ProgramSpec, parent: ProgramSpec | undefined): CompiledSpec {
  const whole: ProgramSpec = parent === undefined ? spec : inherit(spec, parent);
  const reads = whole.reads === undefined || whole.reads === '*' ? undefined : parseFlags(whole.reads);
  const subcommands = whole.subcommands === undefined ? undefined : new Map<string, CompiledSpec>();
  if (subcommands !== undefined) addTable(whole.subcommands ?? {}, subcommands, whole);
  return {
    reads,
    anyFlagReads: whole.reads === '*',
    only: words(whole.only),
    values: new Set([...(whole.values ?? '').split(' ').map(bareFlag), ...valueFlags(reads)]),
    rules: (whole.rules ?? []).map(compileRule),
    operands: whole.operands ?? 'text',
    act: whole.act,
    subcommands,
    style: whole.style ?? 'bundled',
    prints: whole.prints ?? false,
    verbs: whole.verbs ?? false,
    sends: whole.sends ?? false,
    lines: spec.lines === undefined ? [] : compileLines(spec.lines),
    sql: new Set(words(spec.sql)),
    code: new Set(words(spec.code)),
    inner: spec.inner === undefined ? [] : compileLines({ runs: spec.inner }),
  };
}

function inherit(spec: ProgramSpec, parent: ProgramSpec): ProgramSpec {
  return {
    ...spec,
    style: spec.style ?? parent.style ?? 'bundled',
    rules: [...(parent.rules ?? []), ...(spec.rules ?? [])],
    values: `${parent.values ?? ''} ${spec.values ?? ''}`,
    ...(spec.reads !== undefined && spec.reads !== '*' && parent.reads !== undefined && parent.reads !== '*'
      ? { reads: `${parent.reads} ${spec.reads}` }
      : {}),
  };
}

function parseFlags(text: string): ReadonlyMap<string, boolean> {
  const flags = new Map<string, boolean>();
  for (const word of text.split(' ')) if (word !== '') flags.set(bareFlag(word), word.endsWith('='));
  return flags;
}

function valueFlags(reads: ReadonlyMap<string, boolean> | undefined): readonly string[] {
  return reads === undefined ? [] : [...reads].filter(([, takesValue]) => takesValue).map(([name]) => name);
}

function bareFlag(word: string): string {
  return word.endsWith('=') ? word.slice(0, -1) : word;
}

function compileRule(rule: Rule): CompiledRule {
  return {
    ...rule,
    flags: words(rule.flags),
    all: words(rule.all),
    without: words(rule.without),
    operand: compilePattern(rule.operand),
    value: compilePattern(rule.value),
  };
}

function compilePattern(pattern: Pattern | undefined): RegExp | undefined {
  return pattern === undefined || pattern instanceof RegExp ? pattern : new RegExp(pattern.source, pattern.flags);
}

function words(text: string | undefined): readonly string[] {
  return text === undefined ? [] : text.split(' ');
}
