/** What `countersign approve edit` does. */

import { z } from 'zod';
import type { CliIo } from '../io.js';
import { parseOptions } from '../options.js';
import { readJsonInput } from '../read-json-input.js';
import { requireRequest, withApprovals } from '../with-approvals.js';
import { approveSchema, confirmCritical, decideNow, decisionOf, printDecision, signed } from './decide.js';

/** Lets a call run with other arguments. */
export async function runEdit(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const editedArgs = await readJsonInput(io, options.args, {
    option: '--args',
    hint: 'Give a file with the arguments as JSON; `countersign approve show <request> --json` prints those that were asked for.',
  });
  const decided = await withApprovals(io, options, async (opened) => {
    const { approvals } = opened;
    const record = await requireRequest((one) => approvals.find(one), id);
    if (record.state === 'pending') await confirmCritical(io, { ...record.request, args: editedArgs }, options);
    const input = { ...decisionOf(options), decision: 'approved', editedArgs } as const;
    return decideNow(approvals, id, await signed(input, record.request, { opened, options }));
  });
  await printDecision(io, decided, options);
}

const schema = approveSchema.extend({ args: z.string().min(1) });
