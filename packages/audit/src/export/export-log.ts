/**
 * Exports: calls as JSON or CSV for people and their tools, entries as JSON Lines for verifiers.
 */

import type { QueryFilter } from '../call-view.js';
import { QueryError } from '../errors.js';
import { allCalls, type QueryParts } from '../query/query-calls.js';
import { callsCsv } from './calls-csv.js';
import { callsJson } from './calls-json.js';
import { entriesJsonl } from './entries-jsonl.js';

/** The formats: `json` and `csv` hold calls, `jsonl` the whole log for a verifier. */
export const EXPORT_FORMATS = ['json', 'csv', 'jsonl'] as const;

/** One of the formats. */
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Which calls to export, oldest first; `jsonl` takes no filter, because a part of a log cannot be verified alone. */
export type ExportFilter = Omit<QueryFilter, 'limit' | 'cursor' | 'order' | 'proofs' | 'key' | 'against'>;

/** An export in pieces of text. @throws QueryError FILTER_INVALID for a filter with `jsonl`, or a format that is none */
export function exportLog(
  parts: QueryParts & { readonly origin: string; readonly identityKey: string },
  format: ExportFormat,
  filter: ExportFilter = {},
): AsyncGenerator<string, void, undefined> {
  switch (format) {
    case 'json':
      return exportJson(parts, filter);
    case 'csv':
      return callsCsv(allCalls(parts, { ...filter, order: 'oldest-first' }));
    case 'jsonl':
      if (Object.values(filter).some((value) => value !== undefined)) {
        throw new QueryError('FILTER_INVALID', 'The format jsonl holds the whole log and takes no filter.', {
          hint: 'Leave the filter out, or export json or csv.',
        });
      }
      return exportEntries(parts);
    default:
      throw unknownFormat(format satisfies never);
  }
}

/** Calls are written and purges run while this is read: it shows one moment. */
async function* exportEntries(
  parts: QueryParts & { readonly origin: string; readonly identityKey: string },
): AsyncGenerator<string, void, undefined> {
  const snapshot = await parts.store.snapshot();
  try {
    yield* entriesJsonl(snapshot, parts);
  } finally {
    await snapshot.close();
  }
}

async function* exportJson(
  parts: QueryParts & { readonly origin: string },
  filter: ExportFilter,
): AsyncGenerator<string, void, undefined> {
  const { checkpoint } = await parts.store.head();
  const session = filter.session === undefined ? {} : { session: filter.session };
  yield* callsJson(allCalls(parts, { ...filter, order: 'oldest-first' }), {
    log: parts.origin,
    ...session,
    checkpoint,
  });
}

/** An export that is empty because of a typing mistake would pass for a log without calls. */
function unknownFormat(_format: never): QueryError {
  return new QueryError('FILTER_INVALID', `format: expected one of ${EXPORT_FORMATS.join(', ')}.`);
}
