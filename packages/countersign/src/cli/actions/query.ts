/** What `countersign query` does. */

import type { AuditedCall, LogView, QueryFilter } from '@countersign/audit';
import { z } from 'zod';
import { InterruptedError } from '../errors.js';
import { formatCalls } from '../format/calls-table.js';
import { jsonDocument, jsonLine } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { type CliIo, mayColor, note, print, widthOf } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, countSchema, filterSchema, parseOptions } from '../options.js';

/** Prints calls. */
export async function runQuery(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const filter: QueryFilter = { ...filterSchema.parse(input), ...pageSchema.parse(input) };
  await withView(io, options, async ({ view }) => {
    if (options.jsonl) {
      for await (const call of everyCall(view, filter)) {
        if (io.signal.aborted) throw new InterruptedError();
        await print(io, jsonLine(call));
      }
      return;
    }
    const page = await view.query(filter);
    if (options.json) {
      await print(io, jsonDocument(page));
      return;
    }
    const palette = createPalette(mayColor(io, io.stdout, options));
    if (page.calls.length > 0) await print(io, formatCalls(page.calls, { palette, width: widthOf(io.stdout) }));
    if (options.quiet) return;
    if (page.calls.length === 0) note(io, 'No calls match.');
    if (page.nextCursor !== undefined) note(io, `There are more: go on with --cursor ${page.nextCursor}`);
  });
}

const pageSchema = z.object({
  limit: countSchema.exactOptional(),
  cursor: z.string().exactOptional(),
  order: z.enum(['newest-first', 'oldest-first'], 'expected newest-first or oldest-first').exactOptional(),
});

const schema = commonSchema.extend(filterSchema.shape).extend(pageSchema.shape);

/** All calls that match, page by page, or as many as were asked for. */
async function* everyCall(view: LogView, filter: QueryFilter): AsyncGenerator<AuditedCall, void, undefined> {
  const { limit = Number.POSITIVE_INFINITY, cursor: start, ...rest } = filter;
  let left = limit;
  let cursor = start;
  while (left > 0) {
    const page = await view.query({
      ...rest,
      limit: Math.min(left, PAGE),
      ...(cursor === undefined ? {} : { cursor }),
    });
    yield* page.calls;
    left -= page.calls.length;
    cursor = page.nextCursor;
    if (cursor === undefined) return;
  }
}

const PAGE = 200;
