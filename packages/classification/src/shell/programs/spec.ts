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

/** A finding under conditions, all of which must hold. */
export interface Rule extends Act {
  /** Any of these flags is given; a long flag also when it is abbreviated. */
  readonly flags?: string;
  /** All of these are given. */
  readonly all?: string;
  /** None of these is given. */
  readonly without?: string;
  /** An operand matches. */
  readonly operand?: RegExp;
  /** The value of one of `flags` matches. */
  readonly value?: RegExp;
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
}

/** Programs by name; several names are separated by spaces. */
export type ProgramTable = Readonly<Record<string, ProgramSpec>>;

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
