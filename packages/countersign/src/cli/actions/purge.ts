/** What `countersign purge` does. The log is opened for writing as it stands: no policy is recorded, and nothing is created. */

import type { PurgeResult } from '@countersign/audit';
import { z } from 'zod';
import { askForYes, isInteractive, personHere } from '../confirm.js';
import { CommandError } from '../errors.js';
import { jsonText } from '../format/json.js';
import { countText } from '../format/words.js';
import { type CliIo, print } from '../io.js';
import { databasePath, withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { withLog } from '../with-log.js';

/** Asks, purges, and prints what was removed. */
export async function runPurge(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  if (options.yes !== true && !isInteractive(io)) {
    throw new CommandError('CONFIRMATION_NEEDED', 'A purge removes entries for good, and nobody can be asked here.', {
      hint: 'Repeat the command with --yes.',
    });
  }
  // The log is looked at first, so that nobody confirms what cannot be done.
  await withView(io, options, async () => undefined);
  if (options.yes !== true) await confirm(io, options);
  const { olderThanDays, payloadsOlderThanDays, entriesOlderThanDays, reason, overrideRetention } = options;
  const result = await withLog(io, options, (log) =>
    log.purge({
      by: personHere(),
      ...(olderThanDays !== undefined && { olderThanDays }),
      ...(payloadsOlderThanDays !== undefined && { payloadsOlderThanDays }),
      ...(entriesOlderThanDays !== undefined && { entriesOlderThanDays }),
      ...(reason !== undefined && { reason }),
      ...(overrideRetention === true && { overrideRetention }),
    }),
  );
  await print(io, options.json || options.jsonl ? jsonText(result, options) : resultText(result));
}

const days = z
  .string()
  .regex(/^[0-9]{1,6}(\.[0-9]{1,6})?$/, 'expected a number of days, 0 or more')
  .transform(Number)
  .optional();

const schema = commonSchema.extend({
  olderThanDays: days,
  payloadsOlderThanDays: days,
  entriesOlderThanDays: days,
  overrideRetention: z.boolean().optional(),
  reason: z.string().min(1).max(4096).optional(),
  yes: z.boolean().optional(),
});

async function confirm(io: CliIo, options: z.infer<typeof schema>): Promise<void> {
  const what = `Remove ${describe(options)} from ${databasePath(io, options)}?`;
  if (!(await askForYes(io, what))) throw new CommandError('NOT_CONFIRMED', 'Nothing was removed.');
}

function describe({ olderThanDays, payloadsOlderThanDays, entriesOlderThanDays }: z.infer<typeof schema>): string {
  const entries = entriesOlderThanDays ?? olderThanDays;
  const parts = [
    ...(entries === undefined ? [] : [`the text of entries older than ${countText(entries, 'day')}`]),
    ...(payloadsOlderThanDays === undefined ? [] : [`payloads older than ${countText(payloadsOlderThanDays, 'day')}`]),
  ];
  return parts.length === 0 ? 'what the retention policy no longer keeps' : parts.join(' and ');
}

function resultText({ entries, payloads, statements, retained = 0 }: PurgeResult): string {
  const kept =
    retained === 0
      ? ''
      : `${countText(retained, 'entry', 'entries')} of that age ${retained === 1 ? 'is' : 'are'} kept by the retention policy on record; see --override-retention.\n`;
  if (statements === 0) return `Nothing is old enough: nothing was removed.\n${kept}`;
  const text = entries === 0 ? '' : `the text of ${countText(entries, 'entry', 'entries')} and `;
  return `Removed ${text}${countText(payloads, 'payload')}; ${countText(statements, 'statement')} in the log ${statements === 1 ? 'says' : 'say'} so.\n${kept}`;
}
