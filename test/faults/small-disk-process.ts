/**
 * Fills a small disk with a log, goes on for a while after it is full, then makes room and appends again. Says on its standard
 * output what came of each entry: `stored <index> <id>` or `failed <code>`, and `freed` when it made room.
 *
 * Argument: the disk.
 */

import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditLog, createSigner, openAuditLog, openKeyDir, openMark } from '@countersign/audit';
import { CountersignError, createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import { IO_ORIGIN } from './io-origin.js';

const FAILURES = 5;
const BALLAST_BYTES = 300_000;

const [disk = ''] = process.argv.slice(2);
const ballast = join(disk, 'ballast');
writeFileSync(ballast, Buffer.alloc(BALLAST_BYTES, 1));
const environment = createSystemEnvironment();
const stores = await openSqlite({ path: join(disk, 'log.db'), create: true });
const signer = createSigner(await openKeyDir({ dir: join(disk, 'keys'), origin: IO_ORIGIN, create: true }));
const mark = openMark({ path: join(disk, 'marks', 'mark') });
const log = await openAuditLog({ store: stores.log, signer, environment, mark, create: true });

for (let failures = 0; failures < FAILURES; ) if (!(await append(log))) failures += 1;
rmSync(ballast);
say('freed');
for (let i = 0; i < 3; i += 1) await append(log);
await log.close();
await stores.close();
say('ended');

/** Whether it was stored. */
async function append(to: AuditLog): Promise<boolean> {
  try {
    const text = 'x'.repeat(2000);
    const { index, id } = await to.append({ kind: 'system-event', name: 'filler', payloads: { details: { text } } });
    say(`stored ${index} ${id}`);
    return true;
  } catch (error) {
    say(`failed ${error instanceof CountersignError ? error.code : `UNTYPED ${String(error)}`}`);
    return false;
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
