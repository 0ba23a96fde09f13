/**
 * Collects findings: at most a named number is kept, all of them count. Pure.
 */

import { FINDINGS, type Finding, type FindingCode, type Part, type Severity } from './findings.js';
import { isIncomplete } from './report.js';

/** The most findings that a report lists. */
export const MAX_FINDINGS = 1000;

/** Takes one finding: its code, what was expected and found, and the entry that it is about. */
export type Report = (code: FindingCode, message: string, index?: number) => void;

/** The findings of one verification. */
export class FindingList {
  readonly #findings: Finding[] = [];
  readonly #failed = new Set<Part>();
  readonly #counts: Record<Severity, number> = { error: 0, warning: 0, info: 0 };
  #incomplete: Finding | undefined;

  /** Adds a finding. */
  readonly add: Report = (code, message, index) => {
    const { severity, parts } = FINDINGS[code];
    const finding: Finding = { code, severity, ...(index !== undefined && { index }), message };
    this.#counts[severity] += 1;
    for (const part of parts) this.#failed.add(part);
    if (isIncomplete(code)) this.#incomplete ??= finding;
    if (this.#findings.length < MAX_FINDINGS) this.#findings.push(finding);
  };

  /** Whether an error decides this part. */
  hasFailed(part: Part): boolean {
    return this.#failed.has(part);
  }

  /** Whether something keeps the verification from being whole. */
  isIncomplete(): boolean {
    return this.#incomplete !== undefined;
  }

  counts(): { readonly errors: number; readonly warnings: number; readonly infos: number } {
    return { errors: this.#counts.error, warnings: this.#counts.warning, infos: this.#counts.info };
  }

  /** The listed findings; the one that says why the verification is not whole is always among them. */
  list(): readonly Finding[] {
    const total = this.#counts.error + this.#counts.warning + this.#counts.info;
    if (total <= MAX_FINDINGS) return this.#findings;
    const { severity } = FINDINGS.FINDINGS_CUT;
    const message = `${total} findings were made; the first ${MAX_FINDINGS} are listed.`;
    const missing = this.#incomplete !== undefined && !this.#findings.includes(this.#incomplete);
    return [
      ...this.#findings,
      ...(missing && this.#incomplete !== undefined ? [this.#incomplete] : []),
      { code: 'FINDINGS_CUT', severity, message },
    ];
  }
}
