/** What `countersign approve respond` does. */

import { z } from 'zod';
import type { CliIo } from '../io.js';
import { parseOptions } from '../options.js';
import { readJsonInput } from '../read-json-input.js';
import { requireRequest, withApprovals } from '../with-approvals.js';
import { decideNow, decisionOf, decisionSchema, printDecision, signed } from './decide.js';

/** Refuses a call, and answers its caller in the tool's place. */
export async function runRespond(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const respondWith = await readJsonInput(io, options.with, {
    option: '--with',
    hint: 'Give a file with the answer as JSON: a text stands in quotes.',
  });
  const decided = await withApprovals(io, options, async (opened) => {
    const { approvals } = opened;
    const { request } = await requireRequest((one) => approvals.find(one), id);
    const input = { ...decisionOf(options), decision: 'rejected', respondWith } as const;
    return decideNow(approvals, id, await signed(input, request, { opened, options }));
  });
  await printDecision(io, decided, options);
}

const schema = decisionSchema.extend({ with: z.string().min(1) });
