/** What `countersign hold` does. */

import type { Hold } from '@countersign/audit';
import type { Actor } from '@countersign/core';
import { z } from 'zod';
import { personHere } from '../confirm.js';
import { CommandError } from '../errors.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { type CliIo, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { withLog } from '../with-log.js';

/** Prints the holds in force. */
export async function runHoldList(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  const holds = await withView(io, options, ({ view }) => view.holds());
  if (options.json) return print(io, jsonText({ holds }, options));
  if (options.jsonl) return print(io, holds.map((hold) => `${JSON.stringify(hold)}\n`).join(''));
  await print(io, holds.length === 0 ? 'Nothing is held.\n' : holds.map(holdLine).join(''));
}

/** Places a hold and prints its id. */
export async function runHoldPlace(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(placeSchema, input);
  const { session, from, to, everything, reason, by } = options;
  if (session === undefined && from === undefined && to === undefined && everything !== true) {
    throw new CommandError('ARGUMENT_INVALID', 'Nothing says what to hold.', {
      hint: 'Give --session, --from and --to, or --everything.',
    });
  }
  const placed = await withLog(io, options, (log) =>
    log.hold({
      reason,
      by: personNamed(by),
      ...(session !== undefined && { session }),
      ...(from !== undefined && { from }),
      ...(to !== undefined && { to }),
      ...(everything === true && { everything }),
    }),
  );
  const { hold, index } = placed;
  await print(
    io,
    options.json || options.jsonl ? jsonText({ hold, index }, options) : `Held: ${hold} (entry ${index}).\n`,
  );
}

/** Ends a hold. */
export async function runHoldRelease(io: CliIo, hold: string, input: unknown): Promise<void> {
  const options = parseOptions(actSchema, input);
  const { reason, by } = options;
  const { index } = await withLog(io, options, (log) => log.release({ hold, reason, by: personNamed(by) }));
  await print(io, options.json || options.jsonl ? jsonText({ hold, index }, options) : `Released (entry ${index}).\n`);
}

const actSchema = commonSchema.extend({
  reason: z.string().min(1).max(4096),
  by: z.string().min(1).max(256).optional(),
});

const index = z
  .string()
  .regex(/^(0|[1-9]\d{0,15})$/, 'expected an index')
  .transform(Number)
  .optional();

const placeSchema = actSchema.extend({
  session: z.string().min(1).max(256).optional(),
  from: index,
  to: index,
  everything: z.boolean().optional(),
});

function personNamed(by: string | undefined): Actor {
  return by === undefined ? personHere() : { kind: 'person', id: by };
}

function holdLine({ id, placedAt, session, from, to, by, reason }: Hold): string {
  const what = [
    ...(session === undefined ? [] : [`session ${visible(session)}`]),
    ...(from === undefined ? [] : [`from ${from}`]),
    ...(to === undefined ? [] : [`before ${to}`]),
  ];
  const why = reason === undefined ? '' : `: ${visible(reason)}`;
  return `${id}  ${what.length === 0 ? 'everything' : what.join(', ')}  since ${placedAt} by ${visible(by.id)}${why}\n`;
}
