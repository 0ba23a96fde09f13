/**
 * Queries for calls: candidates by derived columns, answers decoded from the signed bytes.
 */

import type { AuditedCall, QueryFilter, QueryResult } from '../call-view.js';
import { StoreCorruptError } from '../errors.js';
import { callKey, type LogStore } from '../store.js';
import { formatCursor, matchesOutcome, matchesStore, type ParsedFilter, parseFilter } from './filter.js';
import { type OpenedEntry, readEntries } from './opened-entry.js';
import { isBegin, isResult, type OpenedResult, viewCall } from './view-call.js';

/** What a query reads with. */
export interface QueryParts {
  readonly store: LogStore;
  readonly nowUs: number;
  /** Whether the writer of an entry still runs. */
  readonly isWriterAlive: (writer: string) => boolean;
}

/**
 * One page of calls.
 * @throws QueryError FILTER_INVALID or CURSOR_INVALID; StoreCorruptError ENTRY_CORRUPT when stored bytes are not what was signed.
 */
export async function queryCalls(parts: QueryParts, filter: QueryFilter = {}): Promise<QueryResult> {
  const parsed = parseFilter(filter, parts.nowUs);
  const calls: AuditedCall[] = [];
  let after = parsed.after;
  for (;;) {
    const limit = pageSize(parsed, calls.length);
    const indexes = await parts.store.findCalls({ ...parsed.store, ...(after === undefined ? {} : { after }), limit });
    for (const call of await viewCalls(parts, indexes)) {
      if (!matchesStore(call, parsed)) throw lyingColumn(call.index);
      if (!matchesOutcome(call, parsed)) continue;
      // One more than asked for: now it is known that there is a next page.
      if (calls.length === parsed.limit) return { calls, nextCursor: cursorAfter(calls, parsed) };
      calls.push(call);
    }
    after = indexes.at(-1);
    if (indexes.length < limit) return { calls };
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
export async function viewCalls(
  { store, isWriterAlive }: QueryParts,
  indexes: readonly number[],
): Promise<readonly AuditedCall[]> {
  const opened = await readEntries(store, indexes);
  const begins = indexes
    .flatMap((index) => [opened.get(index)])
    .filter((entry) => entry !== undefined)
    .filter(isBegin);
  const results = await resultsOf(store, begins, opened);
  return begins.map((begin) => {
    const { run, call, writer } = begin.entry;
    return viewCall(begin, results.get(callKey(run, call)), isWriterAlive(writer));
  });
}

/** The most candidates that are read at a time. */
const PAGE = 200;

/** Candidates that every condition was asked of are all answers: no more of them are decoded than the page still takes, and one. */
function pageSize({ outcomes, success, limit }: ParsedFilter, found: number): number {
  return outcomes === undefined && success === undefined ? Math.min(PAGE, limit - found + 1) : PAGE;
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

function cursorAfter(calls: readonly AuditedCall[], parsed: ParsedFilter): string {
  return formatCursor(parsed, calls.at(-1)?.index ?? 0);
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
