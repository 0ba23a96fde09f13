/** What `countersign query` does. */

import {
  type AuditedCall,
  joinCompleteness,
  type LogView,
  type QueryFilter,
  type QueryResult,
  type RiskCompleteness,
} from '@countersign/audit';
import { z } from 'zod';
import { readCheckpointFile } from '../checkpoint-file.js';
import { CommandError, InterruptedError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { formatCalls } from '../format/calls-table.js';
import { completenessLines } from '../format/completeness.js';
import { jsonDocument, jsonLine } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { type CliIo, mayColor, note, print, widthOf } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, countSchema, filterSchema, parseOptions } from '../options.js';

/** Prints calls. */
export async function runQuery(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const filter: QueryFilter = { ...filterSchema.parse(input), ...pageSchema.parse(input) };
  const against = await readAgainst(options);
  await withView(io, options, async ({ view, pinnedKey }) => {
    const proofs = options.proofs
      ? { proofs: true, against, ...(pinnedKey === undefined ? {} : { key: pinnedKey }) }
      : {};
    if (options.jsonl) await printLines(io, view, { ...filter, ...proofs }, options);
    else await printPage(io, await view.query({ ...filter, ...proofs }), options);
  });
}

/** What a person should know of a page. */
function noteAround(io: CliIo, { calls, nextCursor, purgedUpTo }: QueryResult, options: QueryOptions): void {
  if (calls.length === 0) note(io, 'No calls match.');
  if (nextCursor !== undefined) note(io, `There are more: go on with --cursor ${nextCursor}`);
  else if (purgedUpTo !== undefined && mayReach(options, purgedUpTo)) {
    note(io, `Older calls were purged, up to ${purgedUpTo.toISOString()}.`);
  }
}

/** Whether a filter asks for times that a purge reached; an age is said anyway. */
function mayReach({ since }: QueryOptions, purgedUpTo: Date): boolean {
  const from = typeof since === 'string' ? Date.parse(since) : Number.NaN;
  return Number.isNaN(from) || from <= purgedUpTo.getTime();
}

const pageSchema = z.object({
  limit: countSchema.exactOptional(),
  cursor: z.string().exactOptional(),
  order: z.enum(['newest-first', 'oldest-first'], 'expected newest-first or oldest-first').exactOptional(),
});

const schema = commonSchema
  .extend(filterSchema.shape)
  .extend(pageSchema.shape)
  .extend({
    proofs: z.boolean().default(false),
    against: z.array(z.string().min(1)).max(1000).exactOptional(),
  });

type QueryOptions = z.infer<typeof schema>;

async function readAgainst({ proofs, against = [] }: QueryOptions): Promise<readonly string[]> {
  if (!proofs && against.length > 0) {
    throw new CommandError('ARGUMENT_INVALID', '--against: only a query with --proofs compares checkpoints.', {
      hint: 'Add --proofs, or run `countersign verify --against`.',
    });
  }
  return Promise.all(against.map(async (path) => (await readCheckpointFile(path, '--against')).note));
}

async function printPage(io: CliIo, page: QueryResult, options: QueryOptions): Promise<void> {
  if (options.json) {
    await print(io, jsonDocument(page));
    tellCompleteness(io, page.completeness, { ...options, quiet: true });
    return;
  }
  const palette = createPalette(mayColor(io, io.stdout, options));
  if (page.calls.length > 0) await print(io, formatCalls(page.calls, { palette, width: widthOf(io.stdout) }));
  tellCompleteness(io, page.completeness, options);
  if (!options.quiet) noteAround(io, page, options);
}

async function printLines(io: CliIo, view: LogView, filter: QueryFilter, options: QueryOptions): Promise<void> {
  const statements: RiskCompleteness[] = [];
  for await (const { calls, completeness } of everyPage(view, filter)) {
    if (completeness !== undefined) statements.push(completeness);
    for (const call of calls) {
      if (io.signal.aborted) throw new InterruptedError();
      await print(io, jsonLine(call satisfies AuditedCall));
    }
  }
  tellCompleteness(io, joinCompleteness(statements), options);
}

/** Whoever asks for little hears only of what is wrong. */
function tellCompleteness(io: CliIo, statement: RiskCompleteness | undefined, options: QueryOptions): void {
  if (statement === undefined) return;
  if (statement.status === 'failed') io.exitWith(EXIT.tampering);
  if (options.quiet && statement.status !== 'failed') return;
  const palette = createPalette(mayColor(io, io.stderr, options));
  for (const line of completenessLines(statement, palette)) note(io, line);
}

/** All pages of calls that match, or as many as hold what was asked for. */
async function* everyPage(view: LogView, filter: QueryFilter): AsyncGenerator<QueryResult, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY, cursor: start, ...rest } = filter;
  let left = limit;
  let cursor = start;
  while (left > 0) {
    const page = await view.query({
      ...rest,
      limit: Math.min(left, PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield page;
    left -= page.calls.length;
    cursor = page.nextCursor;
    if (cursor === undefined) return;
  }
}

const PAGE = 200;
