/**
 * Forgetting a session whose payloads are encrypted (log format, section 7): the log says so first, then the key of the session is
 * destroyed, and with it what the session said, in every copy of the database. The keys are moved away under the lock in which the
 * statement is written, so that nothing that comes later is sealed with them; what a crash interrupts is settled at the next opening.
 */

import { type Actor, checkIdentifier } from '@countersign/core';
import { callKey } from '../call-key.js';
import { CONTROL_KINDS } from '../entry/kinds.js';
import { groupPayloads } from '../group-payloads.js';
import { actorMember } from '../plan/call-members.js';
import { type AppendItem, entryBytes } from '../plan/plan.js';
import { isSealed } from '../sealed/sealed-form.js';
import { type SessionKeys, type SetAsideKey, sessionDigits } from '../sealed/session-keys.js';
import type { LogStore } from '../store.js';
import { type EntryView, viewLeaf } from './entry-view.js';
import { ERASE_WATCH, type EraseParts, type EraseWatch, watchOf } from './erase.js';
import { RetentionError } from './errors.js';
import { checkAct } from './hold.js';
import type { Holds } from './holds.js';
import { PurgeOutrun } from './purge-statement.js';
import { readHolds, recordedEntries } from './recorded.js';

/** Why a session is forgotten, and who asked for it. */
export interface ForgetOptions {
  readonly reason: string;
  readonly by: Actor;
}

/** Where the log says that a session was forgotten, and how many keys were destroyed. */
export interface ForgetResult {
  readonly index: number;
  readonly keys: number;
}

/** What forgetting works with. */
export interface ForgetParts extends EraseParts {
  readonly store: LogStore;
  /** Undefined where nothing is encrypted. */
  readonly keys: SessionKeys | undefined;
  isWriterAlive(writer: string): boolean;
}

/**
 * Forgets a session.
 * @throws RetentionError `SESSION_NOT_SEALED` when it has no key, or payloads that are not encrypted; `PAYLOAD_NEEDED` for one with
 * open calls, requests or grants; `HELD`; KeyError `KEY_NOT_ERASED`; ConfigError `OPTION_INVALID`.
 */
export async function forgetSession(
  parts: ForgetParts,
  session: string,
  options: ForgetOptions,
): Promise<ForgetResult> {
  const by = checkAct(options);
  checkIdentifier('session', session);
  const { keys, store } = parts;
  if (keys === undefined) throw notSealed('No payload of this log is encrypted.');
  for (let attempt = 1; ; attempt += 1) {
    const watch = await watchOf(store);
    await checkSession(parts, session);
    const moved: SetAsideKey[] = [];
    const item = forgetItem({ parts, keys, watch, session, by, reason: options.reason, moved });
    try {
      const { entries } = await parts.append(item);
      await settleForgetting(parts);
      return { index: entries[0]?.index ?? -1, keys: moved.length };
    } catch (error) {
      if (error instanceof PurgeOutrun && attempt < MAX_ATTEMPTS) continue;
      // Whether the statement is there may not be known: what is left in the store decides, now or at the next opening.
      await settleForgetting(parts).catch(() => undefined);
      throw error;
    }
  }
}

/**
 * Destroys the keys of sessions that are on record as forgotten, and puts back those whose forgetting was never recorded. True
 * where something was destroyed. @throws KeyError KEY_NOT_ERASED
 */
export async function settleForgetting({ store, keys }: Pick<ForgetParts, 'store' | 'keys'>): Promise<boolean> {
  if (keys === undefined || keys.asides().length === 0) return false;
  for (;;) {
    const recorded = new Map<string, number>();
    let newest = -1;
    for await (const { entry } of recordedEntries(store, 'payload-erased')) {
      newest = entry.index;
      if (entry.session !== undefined) recorded.set(sessionDigits(entry.session), entry.index);
    }
    let forgotten: readonly SetAsideKey[] | undefined;
    // Keys are moved under this lock alone: what is there now belongs to no commit that is still under way.
    await store.exclusive({ requests: [], grants: [], calls: [], newest: ['payload-erased'] }, (state) => {
      if ((state.newest?.get('payload-erased') ?? -1) !== newest) return undefined;
      const isRecorded = (key: SetAsideKey): boolean => (recorded.get(key.session) ?? -1) > key.newest;
      const asides = keys.asides();
      for (const key of asides) if (!isRecorded(key)) keys.restore(key);
      forgotten = asides.filter(isRecorded);
      return undefined;
    });
    if (forgotten === undefined) continue;
    for (const key of forgotten) await keys.destroy(key);
    return forgotten.length > 0;
  }
}

const MAX_ATTEMPTS = 20;

function forgetItem(options: {
  readonly parts: ForgetParts;
  readonly keys: SessionKeys;
  readonly watch: EraseWatch;
  readonly session: string;
  readonly by: Actor;
  readonly reason: string;
  /** Filled with the keys that the plan moved. */
  readonly moved: SetAsideKey[];
}): AppendItem {
  const { parts, keys, watch, session, by, reason, moved } = options;
  const payloads = parts.makePayloads({ reason: reason.toWellFormed() });
  return {
    lock: { newest: ERASE_WATCH },
    bytes: entryBytes(payloads),
    flush: true,
    plan: (view) => {
      if (ERASE_WATCH.some((kind) => view.newest(kind) !== watch[kind])) throw new PurgeOutrun();
      const asides = keys.setAside(session, watch['payload-erased']);
      if (asides.length === 0)
        throw notSealed('The session has no key: nothing of it is encrypted, or it was forgotten.');
      moved.splice(0, moved.length, ...asides);
      return { drafts: [{ fields: { kind: 'payload-erased', session, by: actorMember(by) }, payloads }] };
    },
  };
}

/** Nothing of the session may be held, still needed, or stand there unencrypted: the statement would say too much. */
async function checkSession(parts: ForgetParts, session: string): Promise<void> {
  const { store } = parts;
  const { holds } = await readHolds(store);
  const scan = new SessionScan(session, holds);
  for (let from = 0; ; ) {
    const leaves = await store.leaves({ from, limit: PAGE });
    const last = leaves.at(-1);
    if (last === undefined) break;
    const payloads = groupPayloads(await store.payloads({ from, to: last.index + 1 }));
    for (const leaf of leaves) {
      const entry = viewLeaf(leaf);
      if (entry === undefined || !scan.owns(entry)) continue;
      const open = payloads.get(entry.index)?.find(({ sealed, bytes }) => sealed !== true && !isSealed(bytes));
      if (open !== undefined) throw notSealed(`The payload ${open.name} of entry ${entry.index} is not encrypted.`);
    }
    from = last.index + 1;
  }
  if (scan.openWriters.some((writer) => parts.isWriterAlive(writer))) throw needed('One of its calls is not over.');
  await checkRows(parts, session);
}

const PAGE = 64;

const CONTROL: ReadonlySet<string> = new Set(CONTROL_KINDS);

class SessionScan {
  readonly #session: string;
  readonly #holds: Holds;
  readonly #requests = new Set<string>();
  /** The writers of calls that have no outcome, by call. */
  readonly #open = new Map<string, string>();

  constructor(session: string, holds: Holds) {
    this.#session = session;
    this.#holds = holds;
  }

  get openWriters(): readonly string[] {
    return [...this.#open.values()];
  }

  /** Whether an entry belongs to the session. @throws RetentionError `HELD` */
  owns(entry: EntryView): boolean {
    const { kind, session, request, run = '', call = '', writer = '' } = entry;
    const isDecision = kind === 'approval-decided' && request !== undefined && this.#requests.has(request);
    if (CONTROL.has(kind) || !(session === this.#session || isDecision)) return false;
    if (this.#holds.covers({ ...entry, session: this.#session })) throw held();
    if (kind === 'approval-requested' && request !== undefined) this.#requests.add(request);
    if (kind === 'tool-call' && entry.outcome === undefined) this.#open.set(callKey(run, call), writer);
    if (kind === 'tool-result') this.#open.delete(callKey(run, call));
    return true;
  }
}

/** Requests that can still be answered, and grants that still answer, need what stands in their rows. */
async function checkRows({ store, nowUs }: ForgetParts, session: string): Promise<void> {
  const now = nowUs();
  for await (const { request, state } of pages(
    (page) => store.requestRows(page),
    ({ request: { id } }) => id,
  )) {
    const isOpen = (state === 'pending' || state === 'approved') && request.expiresAtUs > now;
    if (isOpen && request.session === session) throw needed('One of its requests can still be answered.');
  }
  for await (const { grant, used, revoked } of pages(
    (page) => store.grantRows(page),
    ({ grant: { id } }) => id,
  )) {
    const isLive = !revoked && used < grant.uses && grant.expiresAtUs > now;
    if (isLive && grant.session === session) throw needed('One of its grants still answers.');
  }
}

async function* pages<Row>(
  read: (page: { readonly after?: string; readonly limit: number }) => Promise<readonly Row[]>,
  idOf: (row: Row) => string,
): AsyncGenerator<Row> {
  for (let rows = await read({ limit: PAGE }); ; ) {
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    rows = await read({ limit: PAGE, after: idOf(last) });
  }
}

function notSealed(why: string): RetentionError {
  return new RetentionError('SESSION_NOT_SEALED', `The session was not forgotten. ${why}`, {
    hint: 'Only what was written with `encryptPayloads` is forgotten with its key; erase other payloads with `countersign erase <id>`.',
  });
}

function needed(why: string): RetentionError {
  return new RetentionError('PAYLOAD_NEEDED', `The session is still needed; nothing was forgotten. ${why}`, {
    hint: 'Try again when its calls, approvals and grants are over.',
  });
}

function held(): RetentionError {
  return new RetentionError('HELD', 'A hold covers the session; nothing was forgotten.', {
    hint: 'See `countersign hold list`; whoever placed the hold may release it.',
  });
}
