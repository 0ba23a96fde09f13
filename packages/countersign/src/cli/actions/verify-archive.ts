/** What `countersign verify-archive` does. */

import { archiveLine, type CheckedArchive, checkArchive } from '../archives.js';
import { CommandError } from '../errors.js';
import { EXIT } from '../exit-codes.js';
import { jsonText } from '../format/json.js';
import { type CliIo, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';
import { readVerifierKey } from '../verifier-key.js';

/** Verifies archives without a log; the exit code is 3 when one is not what was signed. */
export async function runVerifyArchive(io: CliIo, files: readonly string[], input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  const key = await readVerifierKey(options.key);
  if (key === undefined) {
    throw new CommandError('ARGUMENT_INVALID', '--key: an archive is verified with the key of its log.', {
      hint: 'Give the verifier key that `countersign keys export` prints.',
    });
  }
  const archives: CheckedArchive[] = [];
  for (const file of files) archives.push(await checkArchive(file, key));
  io.exitWith(archives.every(({ ok }) => ok) ? EXIT.ok : EXIT.tampering);
  await print(io, options.json || options.jsonl ? jsonText({ archives }, options) : archives.map(archiveLine).join(''));
}
