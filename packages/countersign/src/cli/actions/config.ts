/** What `countersign config` does. */

import { DEFAULT_RETENTION } from '@countersign/audit';
import { readConfig } from '../../read-config.js';
import { jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { countText } from '../format/words.js';
import { type CliIo, note, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';

/** Prints one line for a configuration that is sound. */
export async function runConfigCheck(io: CliIo, file: string, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  await readConfig(file);
  await print(io, options.json || options.jsonl ? jsonText({ file, ok: true }, options) : `ok  ${visible(file)}\n`);
}

/** Prints a configuration with every choice made. */
export async function runConfigShow(io: CliIo, file: string, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  const { retention, purge } = await readConfig(file);
  const ages = retention ?? DEFAULT_RETENTION;
  if (options.json || options.jsonl) {
    return print(
      io,
      jsonText({ retention: { ...ages, onRecord: retention !== undefined }, purge: purge ?? 'off' }, options),
    );
  }
  const every = purge === undefined ? 'off' : `every ${countText(purge.everyMs / 60_000, 'minute')}`;
  const archive = purge?.archive === undefined ? '' : `, archived in ${visible(purge.archive)}`;
  await print(
    io,
    `retention  ${ages.profile}: payloads ${countText(ages.payloadDays, 'day')}, entries ${countText(ages.entryDays, 'day')}\n` +
      `purge      ${every}${archive}\n`,
  );
  if (retention === undefined && !options.quiet)
    note(io, 'No ages are configured: the defaults hold, and nothing is put on record.');
}
