/** What `countersign purge` does. The log is opened for writing as it stands: no policy is recorded, and nothing is created. */

import { resolve } from 'node:path';
import type { PurgeResult } from '@countersign/audit';
import { z } from 'zod';
import { checkAskable, confirm, personHere } from '../confirm.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { countText } from '../format/words.js';
import { type CliIo, print } from '../io.js';
import { databasePath, withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { withLog } from '../with-log.js';

/** Asks, purges, and prints what was removed. */
export async function runPurge(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  checkAskable(io, options);
  // The log is looked at first, so that nobody confirms what cannot be done.
  await withView(io, options, async () => undefined);
  if (options.yes !== true) await confirm(io, `Remove ${describe(options)} from ${databasePath(io, options)}?`);
  const { olderThanDays, payloadsOlderThanDays, entriesOlderThanDays, reason, overrideRetention, archive } = options;
  const result = await withLog(io, options, (log) =>
    log.purge({
      by: personHere(),
      ...(olderThanDays !== undefined && { olderThanDays }),
      ...(payloadsOlderThanDays !== undefined && { payloadsOlderThanDays }),
      ...(entriesOlderThanDays !== undefined && { entriesOlderThanDays }),
      ...(reason !== undefined && { reason }),
      ...(overrideRetention === true && { overrideRetention }),
      ...(archive !== undefined && { archive: resolve(archive) }),
      signal: io.signal,
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
  archive: z.string().min(1).optional(),
  reason: z.string().min(1).max(4096).optional(),
  yes: z.boolean().optional(),
});

function describe({ olderThanDays, payloadsOlderThanDays, entriesOlderThanDays }: z.infer<typeof schema>): string {
  const entries = entriesOlderThanDays ?? olderThanDays;
  const parts = [
    ...(entries === undefined ? [] : [`the text of entries older than ${countText(entries, 'day')}`]),
    ...(payloadsOlderThanDays === undefined ? [] : [`payloads older than ${countText(payloadsOlderThanDays, 'day')}`]),
  ];
  return parts.length === 0 ? 'what the retention policy no longer keeps' : parts.join(' and ');
}

function resultText({ entries, payloads, statements, retained = 0, archive }: PurgeResult): string {
  const kept =
    retained === 0
      ? ''
      : `${countText(retained, 'entry', 'entries')} of that age ${retained === 1 ? 'is' : 'are'} kept by the retention policy on record; see --override-retention.\n`;
  const archived = archive === undefined ? '' : `Archived and verified before: ${visible(archive.path)}\n`;
  if (statements === 0) return `Nothing is old enough: nothing was removed.\n${kept}`;
  const text = entries === 0 ? '' : `the text of ${countText(entries, 'entry', 'entries')} and `;
  return `Removed ${text}${countText(payloads, 'payload')}; ${countText(statements, 'statement')} in the log ${statements === 1 ? 'says' : 'say'} so.\n${archived}${kept}`;
}
