/**
 * How fast a log is verified, cold, all told: entries a second without the engine's own check of its file, the time of that check
 * apart, and the peak of memory, workers included. What is measured is what users run, so the packages must be built.
 *
 * Run with `npm run bench:verify -- <folder> [jobs...]` over a folder that `npm run bench:make` filled; each number of jobs gets a
 * process of its own.
 */

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [folder, ...jobs] = process.argv.slice(2);
if (folder === undefined) throw new Error('give the folder of a log, and numbers of jobs');
if (jobs.length === 1) console.log(await measure(folder, Number(jobs[0])));
else {
  for (const each of jobs.length > 0 ? jobs : ['1', '2']) {
    const { status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), folder, each], {
      stdio: 'inherit',
    });
    if (status !== 0) process.exit(1);
  }
}

async function measure(from, count) {
  const start = performance.now();
  const { createSystemEnvironment } = await import('../../packages/core/dist/index.js');
  const { LogView, openMark } = await import('../../packages/audit/dist/index.js');
  const { openSqlite } = await import('../../packages/sqlite/dist/index.js');
  const environment = createSystemEnvironment();
  const { log: store, close } = await openSqlite({ path: join(from, 'log.db') });
  const inspect = store.inspect.bind(store);
  let checkMs = 0;
  store.inspect = async () => {
    const began = performance.now();
    const problems = await inspect();
    checkMs = performance.now() - began;
    return problems;
  };
  const key = readFileSync(join(from, 'keys', 'identity.vkey'), 'utf8').trim();
  const origin = key.slice(0, key.indexOf('+'));
  const mark = openMark({ path: join(from, 'mark'), environment });
  const view = new LogView({ store, origin, identityKey: key, environment, mark, isWriterAlive: () => false });
  const report = await view.verify({ key, jobs: count });
  const ms = performance.now() - start - checkMs;
  await close();
  const { user, system } = process.cpuUsage();
  const { integrity, completeness, authority, size, counts } = report;
  if (counts.errors + counts.warnings > 0) console.log(report.findings.slice(0, 10));
  return [
    `${count} jobs: ${size} entries in ${(ms / 1000).toFixed(2)} s, ${Math.round((size * 1000) / ms)} entries/s`,
    `the engine's own check ${(checkMs / 1000).toFixed(2)} s`,
    `CPU ${((user + system - checkMs * 1000) / size).toFixed(1)} µs an entry`,
    `peak RSS ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
    `${integrity}, ${completeness}, ${authority}`,
  ].join('; ');
}
