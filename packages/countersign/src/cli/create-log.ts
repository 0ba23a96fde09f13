/**
 * Makes a log that is not there yet, with its keys and its mark: what `keys create` does.
 */

import { readIdentity } from '@countersign/audit';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import { openLog } from '../open-log.js';
import { CommandError } from './errors.js';
import { type CliIo, note } from './io.js';
import { databasePath } from './open-view.js';
import type { CommonOptions } from './options.js';

/** Makes the log. @throws CommandError `LOG_EXISTS` when there is one. */
export async function createLog(io: CliIo, options: CommonOptions): Promise<void> {
  const environment = createSystemEnvironment();
  const stores = await openSqlite({ path: databasePath(io, options), create: true, environment });
  try {
    if ((await readIdentity(stores.log)) !== undefined) throw exists(stores.path);
    const { log } = await openLog(stores, {
      create: true,
      environment,
      warn: (line) => note(io, line),
      ...(options.keyDir === undefined ? {} : { keyDir: options.keyDir }),
      ...(options.mark === undefined ? {} : { markFile: options.mark }),
    });
    await log.close();
  } finally {
    await stores.close();
  }
}

function exists(path: string): CommandError {
  return new CommandError('LOG_EXISTS', `There is a log with its keys in ${path} already.`, {
    hint: 'See them with `countersign keys`; `countersign keys rotate` replaces the key of the present epoch.',
  });
}
