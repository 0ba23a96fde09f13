/**
 * What an attack of the catalogue is: a class, who can do it, the changed logs that it leads to, and what verification must
 * find with what evidence.
 */

import type { FindingCode } from '@countersign/audit/verify';
import type { ForgedEntry } from '../../../packages/audit/test/verify-forge.js';
import type { World } from '../../../packages/audit/test/verify-world.js';
import type { Snapshot } from '../snapshot.js';

/**
 * What a verifier holds: the pinned key alone; also the mark of the machine, which the attacker left alone unless the variant
 * says otherwise; also a checkpoint that was kept where the attacker cannot reach.
 */
export const LEVELS = ['key', 'mark', 'anchor'] as const;

export type Level = (typeof LEVELS)[number];

/**
 * Codes of which at least one must be found; `any error` where the place decides; `nothing` where no verifier with this evidence
 * can find it, which the documentation says.
 */
export type Expected = readonly FindingCode[] | 'any error' | 'nothing';

/** A log as the attacker left it. */
export interface Variant {
  readonly name: string;
  readonly rows: Snapshot;
  /** The mark as the attacker left it; the true one when not given. */
  readonly mark?: string;
  /** The key that the verifier pinned; that of the log when not given, none for null. */
  readonly key?: string | null;
}

/** A sound log to attack, with what its attackers may have kept. */
export interface Ground {
  readonly rows: Snapshot;
  readonly key: string;
  readonly mark: string;
  /** The rows and the checkpoint after each commit, oldest first. */
  readonly older: readonly { readonly rows: Snapshot; readonly mark: string }[];
  /** A log of the same content in memory, whose keys an attacker may have. */
  readonly world: World;
  readonly entries: readonly ForgedEntry[];
}

/** One line of the catalogue. */
export interface Attack {
  /** The number of the class. */
  readonly cls: number;
  readonly title: string;
  /** `database`: can write to it and has no key; `keys`: has today's keys as well. */
  readonly attacker: 'database' | 'keys';
  readonly expected: Expected | Readonly<Record<Level, Expected>>;
  /** True where what is wrong stands in rows that no export holds. */
  readonly isInRowsOnly?: boolean;
  variants(ground: Ground): Iterable<Variant> | Promise<Iterable<Variant>>;
}

/** What must be found with the evidence of a level. */
export function expectedAt(attack: Attack, level: Level): Expected {
  const { expected } = attack;
  return typeof expected === 'string' || isList(expected) ? expected : expected[level];
}

function isList(expected: Attack['expected']): expected is readonly FindingCode[] {
  return Array.isArray(expected);
}
