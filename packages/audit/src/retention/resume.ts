/**
 * Resumes a purge or an erasure whose statement is in the log and whose removal is not, or not whole. Statement and removal
 * commit in one transaction, so that only another store, or a copy that was put together by hand, can come to this.
 */

import type { EntryOf } from '../entry/kinds.js';
import { StoreCorruptError } from '../errors.js';
import { actorMember } from '../plan/call-members.js';
import { type AppendItem, entryBytes, type PayloadMaker } from '../plan/plan.js';
import { rangesOf } from '../verify/steps/purges.js';
import { type EraseParts, type EraseTarget, erasureItem, watchOf } from './erase.js';
import { type ForgetParts, settleForgetting } from './forget-session.js';
import { SYSTEM } from './purge-options.js';
import { viewAt } from './purge-reader.js';
import { NOTHING, PurgeOutrun } from './purge-statement.js';
import { newestIndex, recordedAt } from './recorded.js';

/** What was resumed. */
export interface Resumed {
  readonly purge: boolean;
  readonly erasure: boolean;
  /** The key of a forgotten session was destroyed. */
  readonly forgetting: boolean;
}

/**
 * Looks at the newest statement of each sort, and carries out what it left undone.
 * @throws StoreCorruptError when the entries cannot be read.
 */
export async function resumeRemovals(parts: ForgetParts): Promise<Resumed> {
  return {
    purge: await resumePurge(parts),
    erasure: await resumeErasure(parts),
    forgetting: await settleForgetting(parts),
  };
}

async function resumePurge({ store, makePayloads, append }: EraseParts): Promise<boolean> {
  const index = await newestIndex(store, 'entries-purged');
  const opened = index < 0 ? undefined : await recordedAt(store, index, 'entries-purged');
  if (opened === undefined) return false;
  const left = await leftBy(store, opened);
  if (left.leaves.length === 0 && left.payloads.length === 0) return false;
  return quietly(() => append(resumeItem(opened, left, makePayloads)));
}

interface Left {
  readonly leaves: readonly number[];
  readonly payloads: readonly number[];
}

/** What a statement removes and is still there. */
async function leftBy(store: EraseParts['store'], statement: EntryOf<'entries-purged'>): Promise<Left> {
  const leaves: number[] = [];
  const payloads: number[] = [];
  for (const { from, to } of rangesOf(statement)) {
    if (to > statement.index) throw damaged();
    payloads.push(...(await store.payloads({ from, to })).map(({ index }) => index));
    if (statement.what !== 'entries') continue;
    const found = await store.findEntries({ from, limit: Math.min(to - from, PAGE) });
    leaves.push(...found.filter((index) => index < to));
  }
  return { leaves, payloads };
}

/** A page is enough at a time: what is left after it is resumed at the next opening. */
const PAGE = 1000;

/** Says again what is to be gone; it removes no entry that was not stated before, and so counts none. */
function resumeItem(statement: EntryOf<'entries-purged'>, left: Left, makePayloads: PayloadMaker): AppendItem {
  const { what, from, to, kept, root, index } = statement;
  const payloads = makePayloads({ reason: 'An interrupted purge was resumed.' });
  const policy = 'resumed';
  const fields = {
    kind: 'entries-purged',
    what,
    from,
    to,
    kept,
    removed: 0,
    root,
    policy,
    by: actorMember(SYSTEM),
  } as const;
  return {
    lock: { newest: ['entries-purged'] },
    bytes: entryBytes(payloads),
    flush: true,
    plan: (view) => {
      if (view.newest('entries-purged') !== index) throw new PurgeOutrun();
      const removal = { ...NOTHING, leaves: left.leaves, payloads: left.payloads.map((at) => ({ index: at })) };
      return { drafts: [{ fields, payloads }], removal };
    },
  };
}

async function resumeErasure(parts: EraseParts): Promise<boolean> {
  const { store, makePayloads, append } = parts;
  const watch = await watchOf(store);
  const targets: EraseTarget[] = [];
  // What is erased together is stated together, in entries that follow each other.
  for (let index = watch['payload-erased']; index > 0; index -= 1) {
    const erasure = await recordedAt(store, index, 'payload-erased');
    const { target = index, name = '' } = erasure ?? {};
    if (target >= index) break;
    const stored = await store.payloads({ from: target, to: target + 1 });
    const entry = stored.some((payload) => payload.name === name) ? await viewAt(store, target) : undefined;
    if (entry !== undefined) targets.push({ entry, name });
  }
  if (targets.length === 0) return false;
  const reason = 'An interrupted erasure was resumed.';
  return quietly(() => append(erasureItem({ targets, watch, by: SYSTEM, reason, makePayloads })));
}

/** False where another process was faster. */
async function quietly(act: () => Promise<unknown>): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (error instanceof PurgeOutrun) return false;
    throw error;
  }
}

function damaged(): StoreCorruptError {
  return new StoreCorruptError('ENTRY_CORRUPT', 'The newest purge states a range that reaches beyond it.', {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
