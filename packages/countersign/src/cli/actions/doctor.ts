/** What `countersign doctor` does. */

import { type Check, type CheckStatus, fail, failed, ok } from '../doctor/check.js';
import { checkNode, checkSqlite } from '../doctor/installation.js';
import { EXIT } from '../exit-codes.js';
import { jsonDocument, jsonLine } from '../format/json.js';
import { createPalette, type Paint, type Palette } from '../format/palette.js';
import { visible } from '../format/visible.js';
import { type CliIo, mayColor, print } from '../io.js';
import { type CommonOptions, commonSchema, parseOptions } from '../options.js';

/** Prints one line for each check; the exit code is 1 when one failed. */
export async function runDoctor(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  const sqlite = await checkSqlite();
  // Without SQLite nothing of the log can be read: one line says so, rather than ten.
  const log = sqlite.status === 'fail' ? [] : await checkStore(io, options);
  const checks = [checkNode(process.version), sqlite, ...log];
  const status = worst(checks);
  io.exitWith(status === 'fail' ? EXIT.internal : EXIT.ok);
  if (options.json) await print(io, jsonDocument({ status, checks }));
  else if (options.jsonl) await print(io, checks.map(jsonLine).join(''));
  else await print(io, formatChecks(checks, createPalette(mayColor(io, io.stdout, options))));
}

async function checkStore(io: CliIo, options: CommonOptions): Promise<readonly Check[]> {
  const { databasePath, openView } = await import('../open-view.js');
  try {
    const opened = await openView(io, options);
    try {
      const { checkDatabaseFiles, checkDisk, checkKeyFiles } = await import('../doctor/files.js');
      const { checkLog, isRemote } = await import('../doctor/log.js');
      return [
        ok('log', `${opened.files.database}, ${opened.view.origin}`),
        ...pinned(opened.pinnedKey, opened.view.identityKey),
        await checkDatabaseFiles(opened.files),
        await checkKeyFiles(opened.files, await isRemote(opened.store)),
        ...(await checkLog(opened)),
        await checkDisk(opened.files),
      ];
    } finally {
      await opened.store.close();
    }
  } catch (error) {
    return [failed('log', error, `See whether ${databasePath(io, options)} is the log that you mean.`)];
  }
}

function pinned(pinnedKey: string | undefined, found: string): readonly Check[] {
  if (pinnedKey === undefined) return [];
  return [
    pinnedKey === found
      ? ok('verifier key', 'the log belongs to the key that was given')
      : fail(
          'verifier key',
          'the log belongs to another key than the one given',
          'Run `countersign verify` with the same key.',
        ),
  ];
}

function worst(checks: readonly Check[]): CheckStatus {
  const found = (status: CheckStatus): boolean => checks.some((check) => check.status === status);
  return found('fail') ? 'fail' : found('warn') ? 'warn' : 'ok';
}

function formatChecks(checks: readonly Check[], palette: Palette): string {
  const paints: Readonly<Record<CheckStatus, Paint>> = { ok: palette.good, warn: palette.doubtful, fail: palette.bad };
  const width = checks.reduce((widest, { name }) => Math.max(widest, name.length), 0);
  return checks
    .map(({ name, status, message, advice }) => {
      const line = `${paints[status](status.padEnd(4))}  ${name.padEnd(width)}  ${visible(message)}\n`;
      return advice === undefined ? line : `${line}${' '.repeat(width + 8)}${visible(advice)}\n`;
    })
    .join('');
}
