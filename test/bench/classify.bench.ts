/**
 * Prints how long one classification takes, warm, over the labelled cases: p50, p95, p99 and the slowest, in microseconds.
 *
 * `npx tsx --tsconfig test/tsconfig.json test/bench/classify.bench.ts [rounds]`
 */

import { performance } from 'node:perf_hooks';
import { classifyShell, classifySql, classifyTool, createClassifier } from '@countersign/classification';
import { loadCases } from '../classification/load-cases.js';

const rounds = Number(process.argv[2] ?? '15');
const cases = loadCases();
const world = { workspace: '/work/app', home: '/home/me' } as const;
const classifier = createClassifier(world);

const EVERYDAY = [
  'ls -la',
  'cat package.json',
  'git status --short',
  'git diff --stat main...HEAD',
  'git log --oneline -n 20',
  'rg -n "TODO|FIXME" src -g "!dist"',
  "find . -name '*.ts' -not -path './node_modules/*' | head -50",
  'npm test',
  'npm run build 2>&1 | tail -20',
  "sed -n '1,120p' src/index.ts",
  'grep -rn "createClassifier" packages --include="*.ts" | sort | uniq -c',
  'cd packages/core && npx vitest run',
  'for f in src/*.ts; do wc -l "$f"; done',
  'curl -s http://localhost:3000/health | jq .status',
  "git add -A && git commit -m 'Fix the parser' && git push",
  'docker compose ps && docker compose logs --tail=50 web',
  'kubectl get pods -n prod -o wide',
  'rm -rf node_modules dist && npm ci',
];

interface Bench {
  readonly name: string;
  readonly inputs: readonly (() => unknown)[];
}

const benches: readonly Bench[] = [
  { name: 'shell, everyday', inputs: EVERYDAY.map((command) => () => classifyShell(command, world)) },
  {
    name: 'shell, all cases',
    inputs: cases.shell.map(
      ({ command }) =>
        () =>
          classifyShell(command, world),
    ),
  },
  { name: 'shell, long script', inputs: [() => classifyShell(EVERYDAY.join('\n').repeat(4), world)] },
  {
    name: 'sql, one dialect',
    inputs: cases.sql.flatMap(({ sql, dialect }) =>
      dialect === undefined ? [] : [() => classifySql(sql, { dialect })],
    ),
  },
  {
    name: 'sql, any dialect',
    inputs: cases.sql.map(
      ({ sql }) =>
        () =>
          classifySql(sql),
    ),
  },
  {
    name: 'tool definition',
    inputs: cases.tools.map(
      ({ name }) =>
        () =>
          classifyTool({ name }),
    ),
  },
  {
    name: 'call',
    inputs: cases.calls.map(({ name, args }) => {
      const tool = { name };
      return () => classifier.classify({ tool, args });
    }),
  },
];

console.log('microseconds              p50      p95      p99      max');
for (const bench of benches) console.log(rowOf(bench));

function rowOf({ name, inputs }: Bench): string {
  for (let round = 0; round < 3; round += 1) for (const run of inputs) run();
  const times: number[] = [];
  const repeats = Math.max(rounds, Math.ceil(2_000 / inputs.length));
  for (let round = 0; round < repeats; round += 1) {
    for (const run of inputs) {
      const start = performance.now();
      run();
      times.push((performance.now() - start) * 1_000);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(1);
  return `${name.padEnd(20)} ${[0.5, 0.95, 0.99, 1].map((share) => at(share).padStart(8)).join(' ')}`;
}
