/**
 * What verification answers (log format, section 8): three answers kept apart, and the findings that they rest on. Pure.
 */

import type { FINDINGS, Finding } from './findings.js';

export { FINDINGS, type Finding, type FindingCode, type FindingKind, type Part, type Severity } from './findings.js';

/** One of the three answers. */
export type Answer = 'ok' | 'failed' | 'no-evidence' | 'not-checked';

/** How many entries there were, by what became of their text. */
export interface EntryCounts {
  /** Entries that were read and checked. */
  readonly checked: number;
  /** Entries of which a purge left the hash alone. */
  readonly purged: number;
  /** Payloads that were opened. */
  readonly payloads: number;
  /** Calls that ran, whose authority was looked at. */
  readonly calls: number;
}

/** The result of verifying a log. */
export interface VerifyReport {
  /** Nothing was changed. */
  readonly integrity: Answer;
  /** Nothing is missing up to a known checkpoint. */
  readonly completeness: Answer;
  /** Every run was allowed by the policy or by an approver entitled to it. */
  readonly authority: Answer;
  /** At most 1,000, in order of discovery; `FINDINGS_CUT` says when there were more. */
  readonly findings: readonly Finding[];
  /** How many findings there were of each severity, those that are not listed included. */
  readonly counts: { readonly errors: number; readonly warnings: number; readonly infos: number };
  /** Number of entries. */
  readonly size: number;
  /** Root of the tree of all entries, in standard base64; worked out from the entries themselves. */
  readonly root: string;
  /** The newest checkpoint as it is stored: a signed note, or empty. */
  readonly checkpoint: string;
  /** Whether the caller gave the key, or it was merely found with the log. */
  readonly keySource: 'pinned' | 'found';
  readonly entries: EntryCounts;
  /** Where the verification went on from an earlier one: what is before rests on that run, but for its tree. */
  readonly resumedFrom?: { readonly size: number; readonly root: string };
}

/** The exit code of a report: 0 no errors, 3 tampering (with `strict`, warnings too), 4 could not be completed. */
export function exitCodeOf(
  report: Pick<VerifyReport, 'findings' | 'counts'>,
  { strict = false }: { readonly strict?: boolean } = {},
): 0 | 3 | 4 {
  if (report.counts.errors > 0) return 3;
  if (report.findings.some(({ code }) => isIncomplete(code))) return 4;
  return strict && report.counts.warnings > 0 ? 3 : 0;
}

/** Whether a finding of this code means that the verification could not be completed. */
export function isIncomplete(code: keyof typeof FINDINGS): boolean {
  return code === 'VERIFICATION_INCOMPLETE' || code === 'NO_KEY' || code === 'KEY_UNUSABLE';
}
