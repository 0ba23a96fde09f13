/**
 * The retention policies on record, and the age that each entry must reach before it may go: the longest of the policy that was
 * in force when the entry was written and of those since. Only an override that is on record, with its reason and its person,
 * forgets the policies before it (log format, section 7). Pure.
 */

import type { RetentionPolicy } from './policy.js';

/** What a log keeps for how long, in days. */
export type RetentionAges = Pick<RetentionPolicy, 'payloadDays' | 'entryDays'>;

/** A policy on record. */
export interface RecordedPolicy {
  /** The index of its `config-changed` entry. */
  readonly index: number;
  readonly policy: RetentionPolicy;
  /** True where it also applies, alone, to what was written under a longer one. */
  readonly override: boolean;
}

/** The policies of a log, in the order of their entries. */
export class RetentionHistory {
  readonly #records: RecordedPolicy[] = [];

  /** Adds a policy; indexes only grow. */
  add(record: RecordedPolicy): void {
    this.#records.push(record);
  }

  /** The policy in force; undefined where none was ever recorded. */
  get newest(): RecordedPolicy | undefined {
    return this.#records.at(-1);
  }

  /**
   * The ages that the entry at `index` must reach, by what was on record before the entry at `until`; undefined where nothing was.
   * An entry that was written before the first policy is kept as long as those since ask.
   */
  agesOf(index: number, until = Number.POSITIVE_INFINITY): RetentionAges | undefined {
    const known = this.#records.filter((record) => record.index < until);
    const inForce = known.findLastIndex((record) => record.index < index);
    const overridden = known.findLastIndex((record) => record.override && record.index > index);
    const since = known.slice(Math.max(inForce, overridden, 0));
    if (since.length === 0) return undefined;
    return {
      payloadDays: Math.max(...since.map(({ policy }) => policy.payloadDays)),
      entryDays: Math.max(...since.map(({ policy }) => policy.entryDays)),
    };
  }

  /** All policies, in the order of their entries. */
  get all(): readonly RecordedPolicy[] {
    return this.#records;
  }
}
