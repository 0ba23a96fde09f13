/**
 * Units: all that belongs to one call, its request and its grant goes together or stays together, so that what is left can
 * always be understood. Whether a unit is over is worked out from its signed entries alone.
 *
 * Memory goes by the window that is judged and by the number of grants.
 */

import { parseTime } from '@countersign/core';
import { callKey } from '../call-key.js';
import type { EntryView } from './entry-view.js';
import type { Holds } from './holds.js';
import { entriesOfKind, type PurgeStore, viewAt } from './purge-reader.js';

/** What may go of an entry or of a unit. */
export interface MayGo {
  readonly entry: boolean;
  readonly payloads: boolean;
}

/** What units are judged by. */
export interface UnitRules {
  readonly store: PurgeStore;
  readonly holds: Holds;
  readonly nowUs: number;
  /** Entries from here on stay, with all that belongs to them. */
  readonly end: number;
  /** What may go of a single entry, by its kind and its age. */
  mayGo(entry: EntryView): MayGo;
}

/** Judges entries by the units that they belong to. */
export class Units {
  readonly #rules: UnitRules;
  /** The indexes of the entries of each grant; made when a grant is met. */
  #grants: ReadonlyMap<string, readonly number[]> | undefined;
  readonly #grantVerdicts = new Map<string, MayGo>();

  constructor(rules: UnitRules) {
    this.#rules = rules;
  }

  /** What may go of each entry of a window of the log. */
  async judge(window: readonly EntryView[]): Promise<readonly MayGo[]> {
    const alone = window.map((entry) => this.#alone(entry));
    const candidates = window.filter((_entry, i) => alone[i]?.payloads === true || alone[i]?.entry === true);
    const calls = await this.#callsOf(candidates, new Map(window.map((entry) => [entry.index, entry])));
    const verdicts: MayGo[] = [];
    for (const [i, entry] of window.entries()) {
      const own = alone[i] ?? STAYS;
      verdicts.push(isStaying(own) ? own : both(own, await this.#unitOf(entry, calls)));
    }
    return verdicts;
  }

  #alone(entry: EntryView): MayGo {
    if (entry.index >= this.#rules.end || this.#rules.holds.covers(entry)) return STAYS;
    return this.#rules.mayGo(entry);
  }

  async #unitOf(entry: EntryView, calls: ReadonlyMap<string, readonly EntryView[]>): Promise<MayGo> {
    const key = keyOf(entry);
    const members = key === undefined ? undefined : calls.get(key);
    let verdict = members === undefined ? GOES : this.#callVerdict(members);
    const grants = new Set([entry, ...(members ?? [])].flatMap(({ grant }) => grant ?? []));
    for (const grant of grants) {
      if (isStaying(verdict)) return verdict;
      verdict = both(verdict, await this.#grantVerdict(grant));
    }
    return verdict;
  }

  /** A call is over when it has an outcome and its requests are decided and used up. */
  #callVerdict(members: readonly EntryView[]): MayGo {
    if (isOpen(members)) return STAYS;
    return members.reduce((verdict, entry) => both(verdict, this.#alone(entry)), GOES);
  }

  /** A grant is over when it can answer no more, and each call that it let run is over. */
  async #grantVerdict(grant: string): Promise<MayGo> {
    const known = this.#grantVerdicts.get(grant);
    if (known !== undefined) return known;
    const verdict = await this.#judgeGrant(grant);
    this.#grantVerdicts.set(grant, verdict);
    return verdict;
  }

  async #judgeGrant(grant: string): Promise<MayGo> {
    this.#grants ??= await indexGrants(this.#rules.store);
    const entries: EntryView[] = [];
    for (const index of this.#grants.get(grant) ?? []) {
      const entry = await viewAt(this.#rules.store, index);
      if (entry !== undefined) entries.push(entry);
    }
    if (isLive(entries, this.#rules.nowUs)) return STAYS;
    let verdict = entries.reduce((sum, entry) => both(sum, this.#alone(entry)), GOES);
    const linked = await this.#linkedTo(entries);
    for (let at = 0; at < linked.length && !isStaying(verdict); at += CALLS_AT_ONCE) {
      const calls = await this.#callsOf(linked.slice(at, at + CALLS_AT_ONCE), new Map());
      for (const members of calls.values()) verdict = both(verdict, this.#callVerdict(members));
    }
    return verdict;
  }

  /** The entries that name the calls of a grant: its uses, and the decision that stands right before it was issued. */
  async #linkedTo(entries: readonly EntryView[]): Promise<readonly EntryView[]> {
    const linked: EntryView[] = [];
    for (const entry of entries) {
      const named = entry.kind === 'grant-issued' ? await viewAt(this.#rules.store, entry.index - 1) : entry;
      if (named !== undefined && named.grant === entry.grant && keyOf(named) !== undefined) linked.push(named);
    }
    return linked;
  }

  /** All entries of the calls that these belong to, by call. */
  async #callsOf(
    entries: readonly EntryView[],
    known: ReadonlyMap<number, EntryView>,
  ): Promise<ReadonlyMap<string, readonly EntryView[]>> {
    const wanted = new Map<string, { readonly run: string; readonly call: string }>();
    for (const { run, call } of entries) {
      if (run !== undefined && call !== undefined) wanted.set(callKey(run, call), { run, call });
    }
    const found = await this.#rules.store.entriesOfCalls([...wanted.values()]);
    const calls = new Map<string, readonly EntryView[]>();
    for (const key of wanted.keys()) {
      const members: EntryView[] = [];
      for (const index of found.get(key) ?? []) {
        const entry = known.get(index) ?? (await viewAt(this.#rules.store, index));
        if (entry !== undefined && keyOf(entry) === key) members.push(entry);
      }
      // An index that hides an entry must not open the way: the entry that was met is a member whatever it says.
      calls.set(key, members.length > 0 ? members : entries.filter((entry) => keyOf(entry) === key));
    }
    return calls;
  }
}

/** How many calls of a grant are looked at together. */
const CALLS_AT_ONCE = 200;

const GOES: MayGo = Object.freeze({ entry: true, payloads: true });
const STAYS: MayGo = Object.freeze({ entry: false, payloads: false });

/** Whether a call may still go on, or one of its requests may still be used: evidence that stays. */
export function isOpen(members: readonly EntryView[]): boolean {
  const begins = members.some(({ kind, outcome }) => kind === 'tool-call' && outcome === undefined);
  if (begins && !members.some(({ kind }) => kind === 'tool-result')) return true;
  return members.some(({ kind, request }) => kind === 'approval-requested' && !isSettled(members, request));
}

/** A request is settled when it was rejected, ended without a run, or used. */
function isSettled(members: readonly EntryView[], request: string | undefined): boolean {
  return members.some(
    (entry) =>
      entry.request === request &&
      (entry.kind === 'approval-expired' ||
        entry.kind === 'tool-call' ||
        (entry.kind === 'approval-decided' && entry.decision === 'rejected')),
  );
}

/** Whether a grant still answers, by its entries. */
export function isLive(entries: readonly EntryView[], nowUs: number): boolean {
  const issued = entries.find(({ kind }) => kind === 'grant-issued');
  if (issued === undefined || entries.some(({ kind }) => kind === 'grant-revoked')) return false;
  const used = entries.filter(({ kind }) => kind === 'grant-used').length;
  return used < (issued.uses ?? 0) && nowUs < parseTime(issued.expiresAt ?? issued.time);
}

async function indexGrants(store: PurgeStore): Promise<ReadonlyMap<string, readonly number[]>> {
  const grants = new Map<string, number[]>();
  for (const kind of ['grant-issued', 'grant-used', 'grant-revoked']) {
    for await (const { grant, index } of entriesOfKind(store, kind)) {
      if (grant === undefined) continue;
      const indexes = grants.get(grant);
      if (indexes === undefined) grants.set(grant, [index]);
      else indexes.push(index);
    }
  }
  return grants;
}

function keyOf({ run, call }: EntryView): string | undefined {
  return run === undefined || call === undefined ? undefined : callKey(run, call);
}

function both(a: MayGo, b: MayGo): MayGo {
  return { entry: a.entry && b.entry, payloads: a.payloads && b.payloads };
}

function isStaying({ entry, payloads }: MayGo): boolean {
  return !entry && !payloads;
}
