/**
 * Queries for calls: candidates by derived columns, answers decoded from the signed bytes.
 */

import type { AuditedCall, QueryFilter, QueryResult } from '../call-view.js';
import { QueryError, StoreCorruptError } from '../errors.js';
import { callKey, type LogStore } from '../store.js';
import { formatCursor, matchesOutcome, matchesStore, type ParsedFilter, parseFilter } from './filter.js';
import { type OpenedEntry, readEntries } from './opened-entry.js';
import { isBegin, isResult, type OpenedBegin, type OpenedResult, viewCall } from './view-call.js';

/** What a query reads with. */
export interface QueryParts {
  readonly store: LogStore;
  readonly nowUs: number;
  /** Whether the writer of an entry still runs. */
  readonly isWriterAlive: (writer: string) => boolean;
}

/** A call with the entries that it was joined from. */
export interface JoinedCall {
  readonly call: AuditedCall;
  readonly begin: OpenedBegin;
  readonly result?: OpenedResult;
}

/** One page of calls, as they were joined. */
export interface JoinedPage {
  readonly joined: readonly JoinedCall[];
  readonly hasMore: boolean;
}

/**
 * One page of calls.
 * @throws QueryError FILTER_INVALID or CURSOR_INVALID; StoreCorruptError ENTRY_CORRUPT when stored bytes are not what was signed.
 */
export async function queryCalls(parts: QueryParts, filter: QueryFilter = {}): Promise<QueryResult> {
  const parsed = parseFilter(filter, parts.nowUs);
  if (parsed.proofs !== undefined) throw noProofs();
  const { joined, hasMore } = await readPage(parts, parsed);
  const calls = joined.map(({ call }) => call);
  return hasMore ? { calls, nextCursor: cursorAfter(calls, parsed) } : { calls };
}

/**
 * One page of calls with their entries.
 * @param size Entries from this index on are not looked at: the page is of the log as it was at that size.
 * @throws StoreCorruptError ENTRY_CORRUPT
 */
export async function readPage(parts: QueryParts, parsed: ParsedFilter, size?: number): Promise<JoinedPage> {
  const found: JoinedCall[] = [];
  let after = startOf(parsed, size);
  for (;;) {
    const limit = pageSize(parsed, found.length);
    const indexes = await parts.store.findCalls({ ...parsed.store, ...(after === undefined ? {} : { after }), limit });
    const within = size === undefined ? indexes : indexes.filter((index) => index < size);
    for (const joined of await joinCalls(parts, within, size)) {
      if (!matchesStore(joined.call, parsed)) throw lyingColumn(joined.call.index);
      if (!matchesOutcome(joined.call, parsed)) continue;
      // One more than asked for: now it is known that there is a next page.
      if (found.length === parsed.limit) return { joined: found, hasMore: true };
      found.push(joined);
    }
    after = indexes.at(-1);
    if (indexes.length < limit || within.length < indexes.length) return { joined: found, hasMore: false };
  }
}

/** All calls that match, page by page. */
export async function* allCalls(parts: QueryParts, filter: QueryFilter): AsyncGenerator<AuditedCall, void, undefined> {
  let cursor: string | undefined;
  do {
    const page = await queryCalls(parts, { ...filter, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.calls;
    cursor = page.nextCursor;
  } while (cursor !== undefined);
}

/** The calls of begin entries, in the order given. */
export async function viewCalls(parts: QueryParts, indexes: readonly number[]): Promise<readonly AuditedCall[]> {
  return (await joinCalls(parts, indexes)).map(({ call }) => call);
}

/** The cursor by which the next page goes on. */
export function cursorAfter(calls: readonly AuditedCall[], parsed: ParsedFilter): string {
  return formatCursor(parsed, calls.at(-1)?.index ?? 0);
}

/** Where the page begins: newest first, nothing at or above the size. */
function startOf({ store, after }: ParsedFilter, size: number | undefined): number | undefined {
  if (store.order === 'oldest-first' || size === undefined) return after;
  return after === undefined ? size : Math.min(after, size);
}

/** The most candidates that are read at a time. */
const PAGE = 200;

/** Candidates that every condition was asked of are all answers: no more of them are decoded than the page still takes, and one. */
function pageSize({ outcomes, success, limit }: ParsedFilter, found: number): number {
  return outcomes === undefined && success === undefined ? Math.min(PAGE, limit - found + 1) : PAGE;
}

/** The calls of begin entries with their results, as they were at a size of the log. */
async function joinCalls(
  { store, isWriterAlive }: QueryParts,
  indexes: readonly number[],
  size = Number.MAX_SAFE_INTEGER,
): Promise<readonly JoinedCall[]> {
  const opened = await readEntries(store, indexes);
  const begins = indexes
    .flatMap((index) => [opened.get(index)])
    .filter((entry) => entry !== undefined)
    .filter(isBegin);
  const results = await resultsOf(store, begins, opened);
  return begins.map((begin) => {
    const { run, call, writer } = begin.entry;
    const result = results.get(callKey(run, call));
    // Its outcome was recorded later: at this size, its writer was still at it.
    if (result !== undefined && result.index >= size) return { begin, call: viewCall(begin, undefined, true) };
    return {
      begin,
      call: viewCall(begin, result, isWriterAlive(writer)),
      ...(result === undefined ? {} : { result }),
    };
  });
}

async function resultsOf(
  store: LogStore,
  begins: readonly (OpenedEntry & { entry: { run: string; call: string } })[],
  known: ReadonlyMap<number, OpenedEntry>,
): Promise<ReadonlyMap<string, OpenedResult>> {
  const entries = await store.entriesOfCalls(begins.map(({ entry: { run, call } }) => ({ run, call })));
  const others = [...entries.values()].flat().filter((index) => !known.has(index));
  const opened = await readEntries(store, others);
  const results = new Map<string, OpenedResult>();
  for (const entry of opened.values()) {
    if (isResult(entry)) results.set(callKey(entry.entry.run, entry.entry.call), entry);
  }
  return results;
}

function lyingColumn(index: number): StoreCorruptError {
  return new StoreCorruptError(
    'ENTRY_CORRUPT',
    `The store answered entry ${index} to a question that its signed bytes do not answer.`,
    {
      hint: 'An index or a column of the database was changed: run `countersign verify`.',
    },
  );
}

function noProofs(): QueryError {
  return new QueryError('FILTER_INVALID', 'The filter cannot be used: proofs are answered page by page.', {
    hint: 'Use `query` with `proofs`, and go on by its cursor.',
  });
}
