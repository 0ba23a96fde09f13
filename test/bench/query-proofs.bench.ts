/**
 * What proofs cost: a page of 100 calls with and without them, over SQLite, by a reader that sees the log for the first time and
 * by one that has seen it. Run with `TSX_TSCONFIG_PATH=test/tsconfig.json npx tsx test/bench/query-proofs.bench.ts [entries]`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AuditLog, createMemorySigner, type LogStore, LogView, openAuditLog } from '@countersign/audit';
import { sampleCall, sampleClassification } from '@countersign/audit/testing';
import { createSystemEnvironment, RISK_LEVELS } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import { formatVerifierKey } from '@countersign/tlog';

const ORIGIN = 'bench.example/log';
const PAGE = 100;
const ENTRIES = Number(process.argv[2] ?? 100_000);
const AT_A_TIME = 500;

const folder = mkdtempSync(join(tmpdir(), 'countersign-bench-'));
const environment = createSystemEnvironment();
const stores = await openSqlite({ path: join(folder, 'log.db'), create: true });
const signer = createMemorySigner({ origin: ORIGIN, environment });
const log = await openAuditLog({ store: stores.log, signer, environment, create: true });
await fill(log, Math.floor(ENTRIES / 2));
const key = formatVerifierKey(signer.identity.key);
const anchor = await log.checkpoint();
const filter = { risk: 'destructive', limit: PAGE } as const;
const proven = { ...filter, proofs: true, key, against: [anchor] };
const { size } = await stores.log.head();
console.log(`${size} entries`);
const { store, hashesRead } = counting(stores.log);
const view = new LogView({ store, origin: ORIGIN, identityKey: key, environment, isWriterAlive: () => false });
await measure('a page without proofs, first', () => view.query(filter));
await measure('a page without proofs, again', () => view.query(filter));
await measure('a page with proofs, first', () => view.query(proven));
await measure('the same page with proofs', () => view.query(proven));
const cursor = (await view.query(proven)).nextCursor ?? '';
await measure('the next page with proofs', () => view.query({ ...proven, cursor }));
await measure('a page by tool, all counted again', () => view.query({ ...proven, tool: 'nothing' }));
await measure('one receipt', () => view.receipt(Math.floor(size / 2)));
await log.close();
await stores.close();
rmSync(folder, { recursive: true });

async function fill(to: AuditLog, calls: number): Promise<void> {
  for (let start = 0; start < calls; start += AT_A_TIME) {
    await Promise.all(Array.from({ length: Math.min(AT_A_TIME, calls - start) }, (_, i) => record(to, start + i)));
  }
}

async function record(to: AuditLog, i: number): Promise<void> {
  const classification = sampleClassification({ level: RISK_LEVELS[i % RISK_LEVELS.length] ?? 'safe' });
  const call = sampleCall(ORIGIN, { callId: `call-${i}`, classification });
  const { index: begun } = await to.begin({ ...call, decision: 'not_required', decisionBy: 'policy' });
  const { run, tool, context } = call;
  const session = context.session === undefined ? {} : { session: context.session };
  const outcome = { outcome: 'ok', durationUs: 1000, result: { ok: true } } as const;
  await to.finish({ callId: call.callId, run, ...session, tool: tool.name, begun, ...outcome });
}

/** The store, and how many leaf hashes were read from it. */
function counting(honest: LogStore): { readonly store: LogStore; readonly hashesRead: () => number } {
  let read = 0;
  const store = new Proxy(honest, {
    get: (target, name) => {
      if (name === 'hashes') {
        return async (range: Parameters<LogStore['hashes']>[0]) => {
          const rows = await target.hashes(range);
          read += rows.length;
          return rows;
        };
      }
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  return { store, hashesRead: () => read };
}

async function measure(what: string, run: () => Promise<object>): Promise<void> {
  const before = hashesRead();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const answer = await run();
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  const status = 'completeness' in answer ? JSON.stringify(Reflect.get(Object(answer.completeness), 'status')) : '';
  const cost = `${ms.toFixed(1)} ms, CPU ${((user + system) / 1000).toFixed(1)} ms, ${hashesRead() - before} hashes read`;
  console.log(`${what}: ${cost} ${status}`);
}
