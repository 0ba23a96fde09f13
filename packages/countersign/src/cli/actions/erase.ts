/** What `countersign erase` does. */

import type { LogView } from '@countersign/audit';
import type { Actor } from '@countersign/core';
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
export async function runErase(io: CliIo, id: string | undefined, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  const { payload, session } = options;
  checkAskable(io, options);
  if (session !== undefined && id === undefined && payload === undefined) return forget(io, session, options);
  if (session !== undefined || id === undefined || payload === undefined) {
    throw new CommandError('ARGUMENT_INVALID', 'Expected an id with --payload, or --session alone.', {
      hint: 'Say what to erase: one payload of an entry, or a session whose payloads are encrypted.',
    });
  }
  await erase(io, { id, payload }, options);
}

/** Destroys the key of a session. */
async function forget(io: CliIo, session: string, options: Options): Promise<void> {
  const { reason } = options;
  if (options.yes !== true) await confirm(io, `Destroy the key of the session ${visible(session)} for good?`);
  const result = await withLog(io, options, (log) => log.forgetSession(session, { reason, by: personOf(options) }));
  const text = `Forgot the session ${visible(session)}: entry ${result.index} says so, and its key is gone.\n`;
  await print(io, options.json || options.jsonl ? jsonText(result, options) : text);
}

async function erase(
  io: CliIo,
  { id, payload }: { readonly id: string; readonly payload: string },
  options: Options,
): Promise<void> {
  const { reason } = options;
  const index = await withView(io, options, ({ view }) => indexOf(view, id, { ...options, payload }));
  if (options.yes !== true) await confirm(io, `Remove the payload ${payload} of entry ${index} for good?`);
  const result = await withLog(io, options, (log) => log.erase({ index, payload, reason, by: personOf(options) }));
  const lines = result.erased.map((erased) => `Erased ${visible(erased.payload)} of entry ${erased.index}.\n`);
  await print(io, options.json || options.jsonl ? jsonText(result, options) : lines.join(''));
}

const schema = commonSchema.extend({
  payload: z.string().min(1).max(255).optional(),
  session: z.string().min(1).max(256).optional(),
  reason: z.string().min(1).max(4096),
  by: z.string().min(1).max(256).optional(),
  run: z.string().min(1).optional(),
  yes: z.boolean().optional(),
});

type Options = z.infer<typeof schema>;

function personOf({ by }: Options): Actor {
  return by === undefined ? personHere() : { kind: 'person', id: by };
}

/** The entry that is meant: of a call, the one that carries the payload. */
async function indexOf(
  view: LogView,
  id: string,
  { payload, run }: Options & { readonly payload: string },
): Promise<number> {
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
