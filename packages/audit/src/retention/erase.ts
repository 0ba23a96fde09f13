/**
 * Erasure of single payloads, with a reason and a name (log format, section 7). The commitment stays in the leaf, so that the log
 * still verifies; the bytes and the salt go, and with them all copies that this call has of them: the salt of its arguments'
 * digest, the same value in its other entries, and the values in the rows of the approvals.
 */

import { type Actor, ConfigError, checkIdentifier } from '@countersign/core';
import { callKey } from '../call-key.js';
import { EntryError } from '../errors.js';
import { groupPayloads } from '../group-payloads.js';
import { actorMember } from '../plan/call-members.js';
import { type Appended, type AppendItem, entryBytes, type PayloadMaker } from '../plan/plan.js';
import type { StoredPayload } from '../store.js';
import type { EntryView } from './entry-view.js';
import { RetentionError } from './errors.js';
import { checkAct } from './hold.js';
import { entriesOfKind, type PurgeStore, viewAt } from './purge-reader.js';
import { clearedRows, NOTHING, PurgeOutrun } from './purge-statement.js';
import { newestIndex, readHolds } from './recorded.js';
import { isLive, isOpen } from './units.js';

/** What to erase. */
export interface EraseOptions {
  /** The entry. */
  readonly index: number;
  /** The name of the payload, such as `args` or `result`. */
  readonly payload: string;
  readonly reason: string;
  readonly by: Actor;
}

/** What was erased: what was asked for first, then its copies. */
export interface EraseResult {
  readonly erased: readonly { readonly index: number; readonly payload: string }[];
}

/** What an erasure works with. */
export interface EraseParts {
  readonly store: PurgeStore;
  readonly makePayloads: PayloadMaker;
  nowUs(): number;
  append(item: AppendItem): Promise<Appended>;
}

/**
 * Erases one payload and its copies.
 * @throws EntryError `ENTRY_NOT_FOUND`; RetentionError `PAYLOAD_NOT_FOUND`, `PAYLOAD_NEEDED` for one that open calls, live grants or
 * verification rest on, `HELD`; ConfigError `OPTION_INVALID`.
 */
export async function erasePayload(parts: EraseParts, options: EraseOptions): Promise<EraseResult> {
  const by = checkOptions(options);
  for (let attempt = 1; ; attempt += 1) {
    const watch = await watchOf(parts.store);
    const targets = await findTargets(parts, options);
    try {
      await parts.append(erasureItem({ targets, watch, by, reason: options.reason, makePayloads: parts.makePayloads }));
      return { erased: targets.map(({ entry, name }) => ({ index: entry.index, payload: name })) };
    } catch (error) {
      if (!(error instanceof PurgeOutrun) || attempt >= MAX_ATTEMPTS) throw error;
    }
  }
}

/** The item of an erasure. Its plan throws `PurgeOutrun` when somebody placed a hold, purged or erased meanwhile. */
export function erasureItem(options: {
  readonly targets: readonly EraseTarget[];
  readonly watch: EraseWatch;
  readonly by: Actor;
  readonly reason: string;
  readonly makePayloads: PayloadMaker;
}): AppendItem {
  const { targets, watch, by, reason, makePayloads } = options;
  const drafts = targets.map(({ entry, name }) => ({
    fields: { kind: 'payload-erased' as const, target: entry.index, name, by: actorMember(by) },
    payloads: makePayloads({ reason: reason.toWellFormed() }),
  }));
  const rows = targets.map(({ entry, name }) => ({
    ...{ index: entry.index, kind: entry.kind, goes: true, timeUs: entry.timeUs, payloads: [name] },
    ...(asks(entry) && entry.request !== undefined && { request: entry.request }),
    ...(entry.kind === 'grant-issued' && entry.grant !== undefined && { grant: entry.grant }),
  }));
  return {
    lock: {
      newest: ERASE_WATCH,
      requests: rows.flatMap(({ request }) => request ?? []),
      grants: rows.flatMap(({ grant }) => grant ?? []),
    },
    bytes: drafts.reduce((sum, { payloads }) => sum + entryBytes(payloads), 0),
    flush: true,
    plan: (view) => {
      if (ERASE_WATCH.some((kind) => view.newest(kind) !== watch[kind])) throw new PurgeOutrun();
      const payloads = targets.map(({ entry, name }) => ({ index: entry.index, name }));
      return { drafts, removal: { ...NOTHING, payloads, cleared: clearedRows(rows, view) } };
    },
  };
}

/** One payload that goes. */
export interface EraseTarget {
  readonly entry: EntryView;
  readonly name: string;
}

/** What an erasure must know of. */
export const ERASE_WATCH = ['hold-placed', 'entries-purged', 'payload-erased'] as const;

/** The newest entries of the kinds that an erasure must know of. */
export type EraseWatch = Readonly<Record<(typeof ERASE_WATCH)[number], number>>;

/** What is known now; -1 where there is none. */
export async function watchOf(store: PurgeStore): Promise<EraseWatch> {
  return {
    'hold-placed': await newestIndex(store, 'hold-placed'),
    'entries-purged': await newestIndex(store, 'entries-purged'),
    'payload-erased': await newestIndex(store, 'payload-erased'),
  };
}

const MAX_ATTEMPTS = 20;

/** Payloads that verification itself rests on. */
const EVIDENCE: ReadonlySet<string> = new Set(['policy', 'config', 'receipt']);

/** The arguments of a call stand in several of its entries, and edits of them take their place. */
const ARGUMENTS: ReadonlySet<string> = new Set(['args', 'editedArgs']);

/** What an approver answered in the tool's place stands in the decision and in the refusal. */
const RESULTS: ReadonlySet<string> = new Set(['result', 'response']);

function checkOptions({ index, payload, reason, by }: EraseOptions): Actor {
  if (!Number.isSafeInteger(index) || index < 0) throw new ConfigError('OPTION_INVALID', 'index: expected an index');
  checkIdentifier('payload', payload);
  return checkAct({ reason, by });
}

async function findTargets(parts: EraseParts, { index, payload }: EraseOptions): Promise<readonly EraseTarget[]> {
  const { store } = parts;
  const entry = await viewAt(store, index);
  if (entry === undefined) {
    throw new EntryError('ENTRY_NOT_FOUND', 'There is no such entry, or its text was purged.', {
      hint: 'Give an index from 0 to the size of the log.',
    });
  }
  const members = await membersOf(store, entry);
  const stored = await payloadsOf(store, members);
  const wanted = stored.get(index)?.find(({ name }) => name === payload);
  if (wanted === undefined) throw notThere(entry);
  if (EVIDENCE.has(payload)) throw needed('Verification rests on it.');
  await checkNotNeeded(parts, entry, members);
  const targets = [entry, ...members.filter((member) => member.index !== index)].flatMap((member) =>
    (stored.get(member.index) ?? [])
      .filter((copy) => isCopy(copy, wanted))
      .map(({ name }): EraseTarget => ({ entry: member, name })),
  );
  const { holds } = await readHolds(store);
  if (members.some((member) => holds.covers(member))) {
    throw new RetentionError('HELD', 'A hold covers what was to be erased; nothing was erased.', {
      hint: 'See `countersign hold list`; whoever placed the hold may release it.',
    });
  }
  // What was asked for comes first.
  return [...targets].sort((a, b) => rank(a, wanted) - rank(b, wanted));
}

function rank({ entry, name }: EraseTarget, wanted: StoredPayload): number {
  return entry.index === wanted.index && name === wanted.name ? 0 : 1;
}

function isCopy(copy: StoredPayload, wanted: StoredPayload): boolean {
  if (copy.index === wanted.index && copy.name === wanted.name) return true;
  // With the salt, the digest of the arguments would still let anybody try what they were.
  if (ARGUMENTS.has(wanted.name)) return ARGUMENTS.has(copy.name) || copy.name === 'argsSalt';
  if (RESULTS.has(wanted.name)) return RESULTS.has(copy.name);
  return copy.name === wanted.name && Buffer.from(copy.bytes).equals(wanted.bytes);
}

/** All entries of the call that an entry belongs to; the entry alone where it belongs to none. */
async function membersOf(store: PurgeStore, entry: EntryView): Promise<readonly EntryView[]> {
  const { run, call } = entry;
  if (run === undefined || call === undefined) return [entry];
  const found = await store.entriesOfCalls([{ run, call }]);
  const members: EntryView[] = [];
  for (const index of found.get(callKey(run, call)) ?? []) {
    const member = index === entry.index ? entry : await viewAt(store, index);
    if (member !== undefined && member.run === run && member.call === call) members.push(member);
  }
  return members.some(({ index }) => index === entry.index) ? members : [entry, ...members];
}

async function payloadsOf(
  store: PurgeStore,
  members: readonly EntryView[],
): Promise<ReadonlyMap<number, readonly StoredPayload[]>> {
  const { payloads } = await store.read(members.map(({ index }) => index));
  return groupPayloads(payloads);
}

async function checkNotNeeded(
  { store, nowUs }: EraseParts,
  entry: EntryView,
  members: readonly EntryView[],
): Promise<void> {
  if (isOpen(members)) throw needed('Its call is not over.');
  if (entry.kind !== 'grant-issued') return;
  const grant: EntryView[] = [entry];
  for (const kind of ['grant-used', 'grant-revoked']) {
    for await (const use of entriesOfKind(store, kind)) if (use.grant === entry.grant) grant.push(use);
  }
  if (isLive(grant, nowUs())) throw needed('Its grant still answers.');
}

function asks({ kind }: EntryView): boolean {
  return kind === 'approval-requested' || kind === 'approval-decided';
}

function notThere({ payloads }: EntryView): RetentionError {
  const names = payloads.length === 0 ? 'none' : payloads.join(', ');
  return new RetentionError(
    'PAYLOAD_NOT_FOUND',
    `The entry has no such payload, or it is gone already. It committed to: ${names}.`,
    {
      hint: 'See `countersign show` for what the entry still holds.',
    },
  );
}

function needed(why: string): RetentionError {
  return new RetentionError('PAYLOAD_NEEDED', `The payload is still needed; nothing was erased. ${why}`, {
    hint: 'Try again when the call, its approval and its grant are over.',
  });
}
