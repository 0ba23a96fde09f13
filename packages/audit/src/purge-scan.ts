/**
 * Finds what a purge may remove: reads the log once, from its first entry to its last but one, and sorts the entries into
 * units that stay or go together. Memory grows with the number of entries that still have their text, by a few words each.
 */

import type { ApprovalRecord, GrantRecord } from '@countersign/approval';
import { parseTime } from '@countersign/core';
import { z } from 'zod';
import { CONTROL_KINDS } from './entry/kinds.js';
import { StoreCorruptError } from './errors.js';
import { Holds } from './purge-holds.js';
import { callKey, type LogReader, type StoredLeaf } from './store.js';
import { LEAF_CHUNK } from './tree-reader.js';

/** An entry that still has its text, and whether it goes. */
export interface PurgeableEntry {
  readonly index: number;
  readonly goes: boolean;
  /** How many payloads it has. */
  readonly payloads: number;
  /** The row that goes with it: that of the request or grant which this entry made. */
  readonly request?: string;
  readonly grant?: string;
}

/** What was found, in ascending order of index, up to the last entry that goes. */
export interface Purgeable {
  readonly entries: readonly PurgeableEntry[];
}

/** Finds the entries that a purge at `nowUs` of all that is older than `cutoffUs` removes. */
export async function findPurgeable(
  reader: LogReader,
  times: { readonly cutoffUs: number; readonly nowUs: number },
): Promise<Purgeable> {
  const units = new Units();
  const holds = new Holds();
  const seen: SeenEntry[] = [];
  const { size } = await reader.head();
  // The newest leaf is never purged: the next entry links to it.
  const end = size - 1;
  for (let from = 0; from < end; from += LEAF_CHUNK) {
    const leaves = await reader.leaves({ from, limit: Math.min(LEAF_CHUNK, end - from) });
    for (const leaf of leaves) {
      const entry = readLeaf(leaf);
      if (entry === undefined) continue;
      noteHold(entry, holds);
      seen.push(note(entry, leaf.index, { units, cutoffUs: times.cutoffUs }));
    }
  }
  if (end >= 0) await noteLast(reader, { end, units, holds });
  await holdOpenRows(reader, units, times.nowUs);
  for (const entry of seen) if (holds.covers(entry)) units.hold(entry.unit);
  const entries = seen.map(({ unit, session, mayGo, ...entry }) => ({
    ...entry,
    goes: mayGo && !units.isHeld(unit) && !holds.covers({ index: entry.index, session }),
  }));
  return { entries: entries.slice(0, entries.findLastIndex(({ goes }) => goes) + 1) };
}

/** The members that retention goes by. */
const purgeView = z.object({
  kind: z.string(),
  time: z.string(),
  run: z.string().optional(),
  call: z.string().optional(),
  request: z.string().optional(),
  grant: z.string().optional(),
  outcome: z.string().optional(),
  session: z.string().optional(),
  hold: z.string().optional(),
  from: z.int().optional(),
  to: z.int().optional(),
  payload: z.record(z.string(), z.unknown()),
});

type PurgeView = z.infer<typeof purgeView>;

interface SeenEntry extends Omit<PurgeableEntry, 'goes'> {
  /** A key of its unit; undefined for an entry that stands for itself. */
  readonly unit: string | undefined;
  readonly session: string | undefined;
  readonly mayGo: boolean;
}

/** Notes what an entry says of its unit. */
function note(entry: PurgeView, index: number, { units, cutoffUs }: { units: Units; cutoffUs: number }): SeenEntry {
  const keys = unitKeys(entry);
  const [unit] = keys;
  const isControl = CONTROL_KINDS.some((kind) => kind === entry.kind);
  const isOld = parseTime(entry.time) < cutoffUs;
  if (!isControl) units.join(keys);
  // One entry that is too young keeps all that belongs to it.
  if (!isControl && !isOld) units.hold(unit);
  noteOutcome(entry, units);
  return {
    index,
    unit,
    session: entry.session,
    mayGo: isOld && !isControl,
    payloads: Object.keys(entry.payload).length,
    ...(entry.kind === 'approval-requested' && entry.request !== undefined && { request: entry.request }),
    ...(entry.kind === 'grant-issued' && entry.grant !== undefined && { grant: entry.grant }),
  };
}

function noteHold({ kind, hold, session, from, to }: PurgeView, holds: Holds): void {
  if (hold === undefined) return;
  if (kind === 'hold-placed') holds.place(hold, { session, from, to });
  if (kind === 'hold-released') holds.release(hold);
}

/** A call without a result is pending or dangling: evidence that stays. */
function noteOutcome({ kind, run, call, outcome }: PurgeView, units: Units): void {
  if (run === undefined || call === undefined) return;
  const key = callUnit(run, call);
  if (kind === 'tool-call' && outcome === undefined) units.open(key);
  if (kind === 'tool-result') units.close(key);
}

/** The newest entry stays, and what belongs to it. */
async function noteLast(
  reader: LogReader,
  { end, units, holds }: { end: number; units: Units; holds: Holds },
): Promise<void> {
  const [last] = await reader.leaves({ from: end, limit: 1 });
  const entry = last === undefined ? undefined : readLeaf(last);
  if (entry === undefined) return;
  noteHold(entry, holds);
  const keys = unitKeys(entry);
  units.join(keys);
  units.hold(keys[0]);
}

/** Requests that wait or may still be consumed, and grants that still answer, keep all that belongs to them. */
async function holdOpenRows(reader: LogReader, units: Units, nowUs: number): Promise<void> {
  for await (const { request, state } of rowsOf<ApprovalRecord>(
    (page) => reader.requestRows(page),
    (row) => row.request.id,
  )) {
    if (state === 'pending' || state === 'approved') units.hold(requestUnit(request.id));
  }
  for await (const { grant, used, revoked } of rowsOf<GrantRecord>(
    (page) => reader.grantRows(page),
    (row) => row.grant.id,
  )) {
    if (!revoked && used < grant.uses && nowUs < grant.expiresAtUs) units.hold(grantUnit(grant.id));
  }
}

async function* rowsOf<Row>(
  read: (page: { after?: string; limit: number }) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
): AsyncGenerator<Row> {
  let after: string | undefined;
  do {
    const rows: readonly Row[] = await read({ limit: LEAF_CHUNK, ...(after !== undefined && { after }) });
    yield* rows;
    const last = rows.at(-1);
    after = last === undefined ? undefined : idOf(last);
  } while (after !== undefined);
}

/** The keys of the unit that an entry belongs to: its call, its request, its grant. */
function unitKeys({ run, call, request, grant }: PurgeView): readonly string[] {
  return [
    ...(run !== undefined && call !== undefined ? [callUnit(run, call)] : []),
    ...(request !== undefined ? [requestUnit(request)] : []),
    ...(grant !== undefined ? [grantUnit(grant)] : []),
  ];
}

function callUnit(run: string, call: string): string {
  return `call ${callKey(run, call)}`;
}

function requestUnit(id: string): string {
  return `request ${id}`;
}

function grantUnit(id: string): string {
  return `grant ${id}`;
}

/** Undefined for an entry whose text is gone. */
function readLeaf({ index, leaf, unreadable }: StoredLeaf): PurgeView | undefined {
  if (unreadable === true) throw corrupt(index);
  if (leaf === undefined) return undefined;
  try {
    return purgeView.parse(JSON.parse(leaf));
  } catch (cause) {
    throw corrupt(index, cause);
  }
}

function corrupt(index: number, cause?: unknown): StoreCorruptError {
  return new StoreCorruptError(
    'ENTRY_CORRUPT',
    `The entry at index ${index} cannot be read; nothing more was purged.`,
    {
      hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
      cause,
    },
  );
}

/** Sets of keys that belong together (union-find), and what keeps a set from going. */
class Units {
  readonly #parents = new Map<string, string>();
  readonly #held = new Set<string>();
  /** Calls without a result so far. */
  readonly #open = new Set<string>();
  /** Worked out at the first question, when all is noted. */
  #heldRoots: Set<string> | undefined;

  join(keys: readonly string[]): void {
    const [first, ...others] = keys;
    if (first === undefined) return;
    const root = this.#root(first);
    for (const key of others) {
      const other = this.#root(key);
      if (other !== root) this.#parents.set(other, root);
    }
  }

  hold(key: string | undefined): void {
    if (key !== undefined) this.#held.add(key);
  }

  open(call: string): void {
    this.#open.add(call);
  }

  close(call: string): void {
    this.#open.delete(call);
  }

  /** Whether anything in the unit of this key is held or open. */
  isHeld(key: string | undefined): boolean {
    if (key === undefined) return false;
    this.#heldRoots ??= new Set([...this.#held, ...this.#open].map((held) => this.#root(held)));
    return this.#heldRoots.has(this.#root(key));
  }

  #root(key: string): string {
    let root = key;
    for (let parent = this.#parents.get(root); parent !== undefined; parent = this.#parents.get(root)) root = parent;
    // Short paths for the next time.
    for (let at = key; at !== root; ) {
      const next = this.#parents.get(at) ?? root;
      this.#parents.set(at, root);
      at = next;
    }
    return root;
  }
}
