/**
 * Judges mutated inputs and prints how many broke a reader and which took long; exits 1 when one broke.
 *
 * `npx tsx --tsconfig test/tsconfig.json test/bench/classify-fuzz.bench.ts [count] [seed]`
 */

import { performance } from 'node:perf_hooks';
import { classifyShell, classifySql } from '@countersign/classification';
import { type Mutation, mutations } from '../classification/mutations.js';

/** Milliseconds that no input of at most 10 KiB should take on a quiet machine. */
const SLOW = 5;

const count = Number(process.argv[2] ?? '100000');
const seed = Number(process.argv[3] ?? '20261121');
const slow: { readonly took: number; readonly mutation: Mutation }[] = [];
let broken = 0;

for (const mutation of mutations(seed, count)) {
  const took = timeOf(mutation);
  // A second and third look tell a slow input from a busy machine.
  const least = took > SLOW ? Math.min(took, timeOf(mutation), timeOf(mutation)) : took;
  if (least > SLOW) slow.push({ took: least, mutation });
}
slow.sort((a, b) => b.took - a.took);
console.log(`seed ${seed}: ${count} inputs, ${broken} broke a reader, ${slow.length} took over ${SLOW} ms`);
for (const { took, mutation } of slow.slice(0, 10))
  console.log(`${took.toFixed(1)} ms ${mutation.kind} ${JSON.stringify(mutation.text.slice(0, 160))}`);
process.exitCode = broken === 0 ? 0 : 1;

function timeOf({ kind, text }: Mutation): number {
  const start = performance.now();
  const { parser } = kind === 'shell' ? classifyShell(text) : classifySql(text);
  const took = performance.now() - start;
  if (parser.errors.some((error) => error.endsWith('FAILED'))) {
    broken += 1;
    console.log(`broke: ${parser.errors.join()} ${JSON.stringify(text.slice(0, 400))}`);
  }
  return took;
}
