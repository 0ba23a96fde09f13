/**
 * The schema of the program tables: what is known of a program, its sub-commands and its flags. Pure data.
 *
 * Two questions are asked of a specification. *Is this proven safe?* `reads` answers, in a closed world: a flag that isn't
 * listed there isn't proven. *Is this a danger?* `rules` and `act` answer, in an open world: other flags don't matter.
 *
 * Flags are written as words: `-n= --lines= -q`. A trailing `=` says that a value follows.
 */

import type { Effect, RiskLevel } from '@countersign/core';

/** A finding that a specification gives. */
export interface Act {
  /** Stable id without the leading `shell.`, such as `git.reset-hard`. */
  readonly id: string;
  readonly level: RiskLevel;
  /** One plain sentence. */
  readonly text: string;
  readonly effects?: readonly Effect[];
  readonly reversible?: boolean;
  readonly alternative?: string;
}

/** A regular expression, as a literal of the language or as a table that was stored as text holds it. */
export interface Pattern {
  readonly source: string;
  readonly flags: string;
}

/** A finding under conditions, all of which must hold. */
export interface Rule extends Act {
  /** Any of these flags is given; a long flag also when it is abbreviated. */
  readonly flags?: string;
  /** All of these are given. */
  readonly all?: string;
  /** None of these is given. */
  readonly without?: string;
  /** An operand matches. */
  readonly operand?: Pattern;
  /** The value of one of `flags` matches. */
  readonly value?: Pattern;
  /** At least so many operands are given. */
  readonly atLeast?: number;
}

/**
 * What the operands are: `none` allowed when proven; `text`, which is no path; `list`, paths of which only names and
 * sizes are read; `read`, files that are read; `pattern`, text first and files after; `write`, files that are written.
 */
export type OperandUse = 'none' | 'text' | 'list' | 'read' | 'pattern' | 'write';

/** What is known of a program or sub-command. */
export interface ProgramSpec {
  /** Flags with which it only reads; `*` where every flag not named in `rules` does. Absent: never proven safe. */
  readonly reads?: string;
  /** Only with one of these flags does it only read, as `crontab -l`. */
  readonly only?: string;
  /** Other flags that take a value; needed to tell values from operands. */
  readonly values?: string;
  /** Dangers, beside what `act` says. */
  readonly rules?: readonly Rule[];
  /** Defaults to `text`. */
  readonly operands?: OperandUse;
  /** What it does when it isn't proven safe; defaults to a moderate finding that says so. */
  readonly act?: Act;
  /** By name; several names are separated by spaces. */
  readonly subcommands?: Readonly<Record<string, ProgramSpec>>;
  /** `bundled`: `-rf` is `-r -f`. `long`: `-rf` is one flag, as in find and terraform. Defaults to `bundled`. */
  readonly style?: 'bundled' | 'long';
  /** True where it only prints its operands, so that unknown parts in them do no harm. */
  readonly prints?: boolean;
  /** True where the verb of a sub-command that isn't listed says what it does, and `describe` and `list` only read. */
  readonly verbs?: boolean;
  /** True where data of the caller's choice leaves the machine. */
  readonly sends?: boolean;
  /** Command lines by what they do; only for a program as a whole. */
  readonly lines?: CommandLines;
  /** Flags whose value is statements of a database. */
  readonly sql?: string;
  /** Flags whose value a shell runs. */
  readonly code?: string;
  /** Command lines after which another command stands. */
  readonly inner?: string;
}

/**
 * What a command line does. Safe: `reads`. Moderate: `changes`, `secrets`. Destructive: `deletes`, `stops`, `access`,
 * `overwrites`, `publishes`, `runs`. Critical: `wrecks`, `admins`.
 */
export type LineKind =
  | 'reads'
  | 'changes'
  | 'secrets'
  | 'deletes'
  | 'stops'
  | 'access'
  | 'overwrites'
  | 'publishes'
  | 'runs'
  | 'wrecks'
  | 'admins';

/**
 * Command lines, separated by `;`, each the words that the operands begin with and the flags that must be given:
 * `volumes destroy|rm; scale count 0; deploy --prod; sync --delete !--dryrun`. `|` separates alternatives of a word, `*`
 * stands for anything in it, a flag with `=` asks for its value, `!` for its absence, and `.` alone for no words.
 */
export type CommandLines = Readonly<Partial<Record<LineKind, string>>>;

/** Programs by name; several names are separated by spaces. */
export type ProgramTable = Readonly<Record<string, ProgramSpec>>;

/** A table that is read when one of its programs is first asked for. */
export interface StoredTable {
  /** The keys of the table. */
  readonly names: readonly string[];
  read(): ProgramTable;
}

/** A table with where its facts come from. Its examples stand in the text file of its name in `examples/`. */
export interface ProgramFamily {
  /** The manuals that were read. */
  readonly source: string;
  readonly programs: ProgramTable;
}

/** A table and its source. */
export function family(source: string, programs: ProgramTable): ProgramFamily {
  return { source, programs };
}

/** A program of which the lines tell, and else the verbs of its sub-commands. */
export function cli(lines: CommandLines, more: Partial<ProgramSpec> = {}): ProgramSpec {
  return { verbs: true, lines, ...more };
}

/** A program of which the lines tell, and which else counts as moderate. */
export function tool(lines: CommandLines = {}, more: Partial<ProgramSpec> = {}): ProgramSpec {
  return { lines, ...more };
}

type ActDetails = Partial<Pick<Act, 'effects' | 'alternative' | 'reversible'>>;

/** A program that only reads, given no flags but these. */
export function reading(reads: string, operands: OperandUse = 'text', more: Partial<ProgramSpec> = {}): ProgramSpec {
  return { reads, operands, ...more };
}

/** A program with one plain consequence, whatever its flags. */
export function doing(
  level: RiskLevel,
  id: string,
  text: string,
  details: ActDetails & Partial<ProgramSpec> = {},
): ProgramSpec {
  const { effects, alternative, reversible, ...spec } = details;
  const act: Act = {
    id,
    level,
    text,
    ...(effects !== undefined && { effects }),
    ...(alternative !== undefined && { alternative }),
    ...(reversible !== undefined && { reversible }),
  };
  return { act, ...spec };
}
