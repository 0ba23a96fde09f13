/**
 * Opens a log that is there, appends a few entries, goes on after errors, and says on its standard output what came of each:
 * `stored <index> <id>` or `failed <code>`. Whoever starts it lets one of its system calls fail.
 *
 * Argument: folder.
 */

import { join } from 'node:path';
import { createSigner, openAuditLog, openKeyDir, openMark } from '@countersign/audit';
import { CountersignError, createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import { countingEnvironment, IO_ORIGIN } from './io-origin.js';

const APPENDS = 2;

const [folder = ''] = process.argv.slice(2);
const environment = createSystemEnvironment();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const codeOf = (error: unknown): string =>
  error instanceof CountersignError ? error.code : `UNTYPED ${String(error)}`;

try {
  const stores = await openSqlite({ path: join(folder, 'log.db'), create: true });
  const signer = createSigner(await openKeyDir({ dir: join(folder, 'keys'), origin: IO_ORIGIN, create: true }));
  const mark = openMark({ path: join(folder, 'marks', 'mark'), environment: countingEnvironment() });
  const log = await openAuditLog({ store: stores.log, signer, environment, mark, create: true });
  for (let i = 0; i < APPENDS; i += 1) {
    await log.append({ kind: 'system-event', name: `event-${i}` }).then(
      ({ index, id }) => say(`stored ${index} ${id}`),
      (error: unknown) => say(`failed ${codeOf(error)}`),
    );
  }
  await log.close();
  await stores.close();
} catch (error) {
  say(`failed ${codeOf(error)}`);
}
say('ended');
