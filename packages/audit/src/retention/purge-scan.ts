/**
 * Finds what a purge may remove: walks up the log from its oldest entry, a window at a time, and stops where nothing is old
 * enough any more. What was found is exact for the log as it stood; `PurgeWatch` says whether it still stands so when it is removed.
 *
 * Memory goes by one window, the grants, and the statements and policies on record; never by the entries of the log.
 */

import { CONTROL_KINDS } from '../entry/kinds.js';
import { LEAF_CHUNK } from '../tree-reader.js';
import type { IntervalSet } from '../verify/intervals.js';
import { type EntryView, viewLeaf } from './entry-view.js';
import type { RetentionAges, RetentionHistory } from './history.js';
import type { Holds } from './holds.js';
import type { PurgeableEntry } from './purge-plan.js';
import { entriesOfKind, type PurgeStore } from './purge-reader.js';
import { readHistory, readHolds, readStatements } from './recorded.js';
import { type MayGo, Units } from './units.js';

/** What a statement removes: whole entries, or their payloads alone. */
export type PurgeWhat = 'entries' | 'payloads';

/** What a purge goes by. */
export interface PurgeAges {
  /** In days, or by the policies on record, and the defaults where there are none. */
  readonly asked: RetentionAges | 'recorded';
  readonly defaults: RetentionAges;
  /** True where the policies on record do not hold this purge back. */
  readonly override: boolean;
}

/** The newest entries of the kinds that a purge must know of: another one means that its plan is out of date. */
export interface PurgeWatch {
  readonly 'hold-placed': number;
  readonly 'config-changed': number;
  readonly 'entries-purged': number;
}

/** The kinds that are watched. */
export const WATCHED_KINDS = ['hold-placed', 'config-changed', 'entries-purged'] as const;

/** A part of the log, and what goes of it. */
export interface PurgeWindow {
  /** In ascending order: those that go, and those that a statement has to name. */
  readonly entries: readonly PurgeableEntry[];
  /** Where the next window begins. */
  readonly next: number;
}

/** Looks through a log as it stands. */
export class PurgeScan {
  readonly #store: PurgeStore;
  readonly #ages: PurgeAges;
  readonly #nowUs: number;
  readonly #history: RetentionHistory;
  readonly #units: Units;
  /** Entries whose payloads a statement took. */
  readonly #bare: IntervalSet;
  /** The newest leaf is never purged: the next entry links to it. */
  readonly #end: number;
  /** Behind the last step of the clock backwards, times only grow. */
  readonly #steadyFrom: number;
  readonly watch: PurgeWatch;
  /** Entries that were old enough for what was asked, and are kept by a policy on record. */
  retained = 0;

  private constructor(parts: ScanParts) {
    const { store, ages, nowUs, end, holds } = parts;
    this.#store = store;
    this.#ages = ages;
    this.#nowUs = nowUs;
    this.#history = parts.history;
    this.#bare = parts.bare;
    this.#end = end;
    this.#steadyFrom = parts.steadyFrom;
    this.watch = parts.watch;
    this.#units = new Units({ store, holds, nowUs, end, mayGo: (entry) => this.#mayGo(entry) });
  }

  /** Reads what a purge must know before it looks at anything: holds, policies, and what was purged already. */
  static async open(store: PurgeStore, { ages, nowUs, end }: ScanBounds): Promise<PurgeScan> {
    const { holds, newest: held } = await readHolds(store);
    const { policies: history, newest: configured } = await readHistory(store);
    const { bare, newest: purged } = await readStatements(store);
    let steadyFrom = 0;
    for await (const { index, stepUs = 0 } of entriesOfKind(store, 'clock-stepped')) if (stepUs < 0) steadyFrom = index;
    const watch = { 'hold-placed': held, 'config-changed': configured, 'entries-purged': purged };
    return new PurgeScan({ store, ages, nowUs, holds, history, bare, steadyFrom, watch, end });
  }

  /** Whether payloads may go before their entries: if not, there is nothing to find of them. */
  get payloadsGoFirst(): boolean {
    const { asked, defaults, override } = this.#ages;
    const policies = override ? [] : this.#history.all.map(({ policy }) => policy);
    const ages = asked === 'recorded' ? (policies.length > 0 ? policies : [defaults]) : [asked, ...policies];
    return ages.some(({ payloadDays, entryDays }) => payloadDays < entryDays);
  }

  /** What goes, window by window from `from` on. */
  async *windows(what: PurgeWhat, from = 0): AsyncGenerator<PurgeWindow> {
    for (let at = from; at < this.#end; ) {
      const start = await this.#nextIndex(what, at);
      if (start === undefined || start >= this.#end) return;
      const leaves = await this.#store.leaves({ from: start, limit: Math.min(LEAF_CHUNK, this.#end - start) });
      const views = leaves.flatMap((leaf) => viewLeaf(leaf) ?? []);
      const next = (leaves.at(-1)?.index ?? start) + 1;
      const isOld = views.some((entry) => this.#isOld(entry, what));
      if (isOld) yield { entries: await this.#judge(views, what), next };
      else if (next > this.#steadyFrom) return;
      at = next;
    }
  }

  /** The first index from `at` on that may have something to remove. */
  async #nextIndex(what: PurgeWhat, at: number): Promise<number | undefined> {
    const from = what === 'payloads' ? (this.#bare.gapsWithin(at, this.#end)[0]?.from ?? this.#end) : at;
    return (await this.#store.findEntries({ from, limit: 1 }))[0];
  }

  async #judge(views: readonly EntryView[], what: PurgeWhat): Promise<readonly PurgeableEntry[]> {
    const verdicts = await this.#units.judge(views);
    return views.flatMap((view, i): readonly PurgeableEntry[] => {
      const verdict = verdicts[i];
      const isBare = view.payloads.length === 0 || this.#bare.has(view.index);
      // A statement about payloads has nothing to say of an entry that lost them to another.
      if (what === 'payloads' && this.#bare.has(view.index)) return [];
      const goes = what === 'entries' ? verdict?.entry === true : !isBare && verdict?.payloads === true;
      if (!goes && this.#isRetained(view, what)) this.retained += 1;
      return [toPurgeable(view, goes, isBare)];
    });
  }

  #mayGo(entry: EntryView): MayGo {
    if (CONTROL_KINDS.some((kind) => kind === entry.kind)) return { entry: false, payloads: false };
    const limits = this.#limits(entry.index);
    const ageUs = this.#nowUs - entry.timeUs;
    return { entry: ageUs > limits.entryDays * DAY_US, payloads: ageUs > limits.payloadDays * DAY_US };
  }

  /** Whether only a policy on record keeps an entry that is as old as was asked. */
  #isRetained(entry: EntryView, what: PurgeWhat): boolean {
    const isControl = CONTROL_KINDS.some((kind) => kind === entry.kind);
    if (this.#ages.asked === 'recorded' || isControl || !this.#isOld(entry, what)) return false;
    const { entry: entryGoes, payloads } = this.#mayGo(entry);
    return what === 'entries' ? !entryGoes : !payloads;
  }

  #isOld({ index, timeUs }: EntryView, what: PurgeWhat): boolean {
    const { asked } = this.#ages;
    const limits = asked === 'recorded' ? this.#limits(index) : asked;
    return this.#nowUs - timeUs > (what === 'entries' ? limits.entryDays : limits.payloadDays) * DAY_US;
  }

  /** The ages that an entry must have reached: what was asked for, and never less than what is on record for it. */
  #limits(index: number): RetentionAges {
    const { asked, defaults, override } = this.#ages;
    const recorded = this.#history.agesOf(index);
    if (asked === 'recorded') return recorded ?? defaults;
    if (override || recorded === undefined) return asked;
    return {
      payloadDays: Math.max(asked.payloadDays, recorded.payloadDays),
      entryDays: Math.max(asked.entryDays, recorded.entryDays),
    };
  }
}

const DAY_US = 24 * 60 * 60 * 1_000_000;

/** What one purge looks at. */
export interface ScanBounds {
  readonly ages: PurgeAges;
  readonly nowUs: number;
  /** The index of what was the newest entry when the purge began: it stays, and so does what is newer. */
  readonly end: number;
}

interface ScanParts extends ScanBounds {
  readonly store: PurgeStore;
  readonly holds: Holds;
  readonly history: RetentionHistory;
  readonly bare: IntervalSet;
  readonly steadyFrom: number;
  readonly watch: PurgeWatch;
}

function toPurgeable(
  { index, kind, timeUs, payloads, request, grant }: EntryView,
  goes: boolean,
  isBare: boolean,
): PurgeableEntry {
  const asks = kind === 'approval-requested' || kind === 'approval-decided';
  return {
    index,
    kind,
    goes,
    timeUs,
    payloads: isBare ? [] : payloads,
    ...(asks && request !== undefined && { request }),
    ...(kind === 'grant-issued' && grant !== undefined && { grant }),
  };
}
