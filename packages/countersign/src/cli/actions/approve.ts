/** What `countersign approve list` and `show` do. */

import { z } from 'zod';
import { jsonLine, jsonText } from '../format/json.js';
import { createPalette } from '../format/palette.js';
import { formatRecord, formatRequests, recordJson, waitingJson } from '../format/requests.js';
import { type CliIo, mayColor, note, print, widthOf } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { requireRequest } from '../with-approvals.js';

/** Prints the requests that wait. */
export async function runApproveList(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(listSchema, input);
  const { session } = options;
  const { requests, nowUs } = await withView(io, options, async ({ approvals, environment }) => {
    const records = await approvals.requests({
      states: ['pending'],
      limit: MOST_REQUESTS,
      ...(session !== undefined && { session }),
    });
    const now = environment.nowUs();
    return { nowUs: now, requests: records.filter(({ request }) => now < request.expiresAtUs) };
  });
  if (options.jsonl) return print(io, requests.map((record) => jsonLine(waitingJson(record))).join(''));
  if (options.json) return print(io, jsonText({ requests: requests.map(waitingJson) }, options));
  if (requests.length === 0) {
    if (!options.quiet) note(io, 'Nothing waits for approval.');
    return;
  }
  const palette = createPalette(mayColor(io, io.stdout, options));
  await print(io, formatRequests(requests, { palette, width: widthOf(io.stdout), nowUs }));
  if (!options.quiet) note(io, 'See one whole with `countersign approve show <request>`.');
}

/** Prints one request, in whatever state it is. */
export async function runApproveShow(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  const record = await withView(io, options, ({ approvals }) => requireRequest((one) => approvals.request(one), id));
  const text = formatRecord(record, { color: mayColor(io, io.stdout, options) });
  await print(io, options.json || options.jsonl ? jsonText(recordJson(record), options) : text);
}

const listSchema = commonSchema.extend({ session: z.string().min(1).max(256).optional() });

/** The most requests that one list shows. */
const MOST_REQUESTS = 1_000;
