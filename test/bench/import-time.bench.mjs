/**
 * Prints what importing a package costs above bare Node: medians of wall clock and of processor time over fresh processes
 * that take turns. Needs the build.
 *
 * `node test/bench/import-time.bench.mjs [rounds] [entry point ...]`
 */

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The umbrella's folder: every package resolves from there as it does for someone who installed them. */
const from = fileURLToPath(new URL('../../packages/audit/', import.meta.url));
const [rounds = '15', ...named] = process.argv.slice(2);
const entries = named.length > 0 ? named : ['@countersign/classification'];

const samples = new Map([['', []], ...entries.map((entry) => [entry, []])]);
for (let round = 0; round < Number(rounds); round += 1)
  for (const [entry, taken] of samples) taken.push(measure(entry));

const bare = medians(samples.get(''));
console.log(`bare Node ${process.version}: ${bare.wall.toFixed(1)} ms, processor ${bare.processor.toFixed(1)} ms`);
for (const entry of entries) {
  const { wall, processor } = medians(samples.get(entry));
  const above = `${(wall - bare.wall).toFixed(1)} ms, processor ${(processor - bare.processor).toFixed(1)} ms`;
  console.log(`${entry}: ${above} above that`);
}

/** One process from start to end, with what it used of a processor. */
function measure(entry) {
  const load = entry === '' ? '' : `await import(${JSON.stringify(entry)});`;
  const report = 'const { user, system } = process.cpuUsage(); console.log(user + system);';
  const start = process.hrtime.bigint();
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', `${load}${report}`], { cwd: from });
  return { wall: Number(process.hrtime.bigint() - start) / 1e6, processor: Number(output) / 1e3 };
}

function medians(taken) {
  const median = (key) => taken.map((each) => each[key]).sort((a, b) => a - b)[taken.length >> 1];
  return { wall: median('wall'), processor: median('processor') };
}
