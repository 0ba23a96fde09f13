/**
 * A process that ends an epoch and is killed on the way: it sends itself SIGKILL just before the step of a number, counting every
 * file operation on the folder of the keys, and the commit. Each step is named on the standard output before it is taken.
 * Arguments: the database, the folder of the keys, the mark, the number of the step, or 0 to take them all.
 */

import { writeSync } from 'node:fs';
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';
import { createSigner, type LogStore, openAuditLog, openKeyDir, openMark } from '@countersign/audit';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';

const [path = '', keyDir = '', markPath = '', killAt = '0'] = process.argv.slice(2);
let isCounting = false;
let steps = 0;

/** Names the next step, and ends the process before it when it is the one. */
function step(name: string): void {
  if (!isCounting) return;
  steps += 1;
  writeSync(1, `step ${name}\n`);
  if (steps === Number(killAt)) process.kill(process.pid, 'SIGKILL');
}

/** A name without the random part of temporary files. */
const short = (file: unknown): string => basename(String(file)).replace(/\.[0-9a-f]{32}\.tmp$/, '.tmp');

async function countFiles(): Promise<void> {
  const { open, link, unlink, readdir } = fs;
  const probe = await open(path, 'r');
  const handles = Object.getPrototypeOf(probe);
  await probe.close();
  for (const method of ['sync', 'write', 'writeFile'] as const) {
    const original = handles[method];
    handles[method] = function counted(...args: readonly unknown[]) {
      step(method);
      return Reflect.apply(original, this, args);
    };
  }
  Object.assign(fs, {
    open: (...args: Parameters<typeof open>) => {
      step(`open ${short(args[0])}`);
      return open(...args);
    },
    link: (...args: Parameters<typeof link>) => {
      step(`link ${short(args[1])}`);
      return link(...args);
    },
    unlink: (...args: Parameters<typeof unlink>) => {
      step(`unlink ${short(args[0])}`);
      return unlink(...args);
    },
    readdir: (...args: Parameters<typeof readdir>) => {
      step('readdir');
      return readdir(...args);
    },
  });
  syncBuiltinESMExports();
}

function countCommits(store: LogStore): LogStore {
  return new Proxy(store, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'exclusive') return member.bind(target);
      return async (...args: readonly unknown[]) => {
        step('commit');
        await Reflect.apply(member, target, args);
        step('acknowledge');
      };
    },
  });
}

const environment = createSystemEnvironment();
const stores = await openSqlite({ path, create: false });
const origin = 'example.test/rotation';
const signer = createSigner(await openKeyDir({ dir: keyDir, origin, create: false }));
const mark = openMark({ path: markPath });
await countFiles();
const log = await openAuditLog({ store: countCommits(stores.log), signer, environment, mark, create: false });
isCounting = true;
const { epoch } = await log.rotateEpoch();
isCounting = false;
await log.close();
await stores.close();
process.stdout.write(`done ${epoch}\n`);
