/**
 * How many calls a log takes in a second: the intent and the outcome of each, durable and signed, over SQLite, by the number of
 * concurrent callers. CPU time is what compares on a busy machine. Run with `TSX_TSCONFIG_PATH=test/tsconfig.json npx tsx test/bench/append.bench.ts [callers...]`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditLog, createMemorySigner, openAuditLog } from '@countersign/audit';
import { sampleCall } from '@countersign/audit/testing';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';

const CALLERS = [1, 16, 64];
const WARM_UP_MS = 500;
const MEASURE_MS = 2_000;
const ORIGIN = 'bench.example/log';

const asked = process.argv.slice(2).map(Number);
for (const callers of asked.length > 0 ? asked : CALLERS) console.log(await measure(callers));

async function measure(callers: number): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
  const environment = createSystemEnvironment();
  const stores = await openSqlite({ path: join(folder, 'log.db'), create: true });
  const signer = createMemorySigner({ origin: ORIGIN, environment });
  const log = await openAuditLog({ store: stores.log, signer, environment, create: true });
  await callFor(log, callers, WARM_UP_MS);
  const before = process.cpuUsage();
  const latencies = await callFor(log, callers, MEASURE_MS);
  const { user, system } = process.cpuUsage(before);
  await log.close();
  await stores.close();
  rmSync(folder, { recursive: true });
  return `${describeRun(callers, latencies)}, CPU ${Math.round((user + system) / latencies.length)} µs per call`;
}

/** Makes calls for this long; answers the milliseconds that each spent in the log. */
async function callFor(log: AuditLog, callers: number, forMs: number): Promise<number[]> {
  const end = performance.now() + forMs;
  const latencies: number[] = [];
  const caller = async (name: string): Promise<void> => {
    for (let i = 0; performance.now() < end; i += 1) latencies.push(await recordCall(log, `${name}-${forMs}-${i}`));
  };
  await Promise.all(Array.from({ length: callers }, (_, i) => caller(`caller-${i}`)));
  return latencies;
}

async function recordCall(log: AuditLog, callId: string): Promise<number> {
  const start = performance.now();
  const call = sampleCall(ORIGIN, { callId });
  const { index: begun } = await log.begin({ ...call, decision: 'not_required', decisionBy: 'policy' });
  const { run, tool } = call;
  await log.finish({ callId, run, tool: tool.name, begun, outcome: 'ok', durationUs: 1000, result: { ok: true } });
  return performance.now() - start;
}

function describeRun(callers: number, latencies: number[]): string {
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (part: number): string => (sorted[Math.floor(sorted.length * part)] ?? 0).toFixed(2);
  const perSecond = Math.round((latencies.length * 1000) / MEASURE_MS);
  return `${callers} callers: ${perSecond} calls/s, p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
