/**
 * The classifier's answer, as every other part of Countersign reads it. Pure types.
 */

import type { RiskLevel } from './risk.js';

/** What a call does to the world. The names are stable: logs and policies refer to them. */
export const EFFECTS = [
  'fs.read',
  'fs.write',
  'fs.delete',
  'exec',
  'exec.remote_code',
  'net.egress',
  'net.listen',
  'db.read',
  'db.write',
  'data.delete',
  'vcs.rewrite',
  'infra.change',
  'auth.change',
  'secrets.read',
  'money',
  'message.send',
  'persist',
  'guard.tamper',
] as const;

/** One effect of a call. */
export type Effect = (typeof EFFECTS)[number];

/** The part of an argument that a reason concerns. */
export interface ArgumentSpan {
  /** RFC 6901 JSON Pointer from the arguments' root, `''` for the whole. */
  readonly pointer: string;
  /** First UTF-16 code unit within the string at `pointer`; absent for the whole value. */
  readonly start?: number;
  /** One past the last UTF-16 code unit. */
  readonly end?: number;
}

/** Why a call has its level, in one plain sentence that helps a person decide. */
export interface Reason {
  /** Stable id such as `shell.rm.recursive`. */
  readonly id: string;
  readonly level: RiskLevel;
  readonly text: string;
  readonly at?: ArgumentSpan;
  /** A safer way to the same end, where there is one. */
  readonly alternative?: string;
}

/** One finding of one analyzer; the classification is the join of all of them. */
export interface Signal {
  /** Stable id, the same as the id of the reason that it gives rise to. */
  readonly id: string;
  readonly level: RiskLevel;
  readonly effects: readonly Effect[];
  readonly reversible: boolean | 'unknown';
  /** How sure the analyzer is of the level, 0 to 1. */
  readonly confidence: number;
  readonly text: string;
  readonly at?: ArgumentSpan;
  readonly alternative?: string;
  /** What is acted on: paths, tables, hosts. */
  readonly targets?: readonly string[];
}

/** What read the arguments, and whether it could. */
export interface ParserReport {
  /** The analyzers used, joined by `+` in order of use, such as `shell+filesystem`; `none` where nothing was read. */
  readonly kind: string;
  /** False when any analyzer could not read its input; the level is then raised, never lowered. */
  readonly ok: boolean;
  /** Pinned codes such as `SHELL_PARSE_ERROR`; never a part of the input. */
  readonly errors: readonly string[];
}

/** How risky a call is, and why. */
export interface Classification {
  readonly level: RiskLevel;
  /** 0 to 100, monotone with `level`: safe 0-24, moderate 25-49, destructive 50-79, critical 80-100. */
  readonly score: number;
  /** 0 to 1. */
  readonly confidence: number;
  readonly reversible: boolean | 'unknown';
  /** Sorted in the order of `EFFECTS`, without repeats. */
  readonly effects: readonly Effect[];
  /** Worst first; never empty. */
  readonly reasons: readonly Reason[];
  readonly signals: readonly Signal[];
  readonly targets: readonly string[];
  readonly parser: ParserReport;
  readonly ruleSetVersion: string;
}
