/** What `countersign erase` does. */

import type { LogView } from '@countersign/audit';
import { z } from 'zod';
import { checkAskable, confirm, personHere } from '../confirm.js';
import { CommandError } from '../errors.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { type CliIo, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { withLog } from '../with-log.js';

/** Asks, erases, and prints what was erased. */
export async function runErase(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const { payload, reason, by } = options;
  checkAskable(io, options);
  const index = await withView(io, options, ({ view }) => indexOf(view, id, options));
  if (options.yes !== true) await confirm(io, `Remove the payload ${payload} of entry ${index} for good?`);
  const person = by === undefined ? personHere() : { kind: 'person', id: by };
  const result = await withLog(io, options, (log) => log.erase({ index, payload, reason, by: person }));
  const lines = result.erased.map((erased) => `Erased ${visible(erased.payload)} of entry ${erased.index}.\n`);
  await print(io, options.json || options.jsonl ? jsonText(result, options) : lines.join(''));
}

const schema = commonSchema.extend({
  payload: z.string().min(1).max(255),
  reason: z.string().min(1).max(4096),
  by: z.string().min(1).max(256).optional(),
  run: z.string().min(1).optional(),
  yes: z.boolean().optional(),
});

/** The entry that is meant: of a call, the one that carries the payload. */
async function indexOf(view: LogView, id: string, { payload, run }: z.infer<typeof schema>): Promise<number> {
  if (/^(0|[1-9]\d{0,15})$/.test(id)) return Number(id);
  const calls = await view.call(id, run);
  const [call] = calls;
  if (calls.length > 1) {
    throw new CommandError(
      'CALL_AMBIGUOUS',
      `Several runs used the call id: ${calls.map((one) => visible(one.run)).join(', ')}.`,
      {
        hint: 'Repeat the command with --run.',
      },
    );
  }
  if (call === undefined) return (await view.entry(id)).index;
  const members = await view.store.entriesOfCalls([{ run: call.run, call: call.callId }]);
  for (const index of [...members.values()].flat()) {
    const { payloads } = await view.entry(index);
    if (payloads.has(payload)) return index;
  }
  return call.index;
}
