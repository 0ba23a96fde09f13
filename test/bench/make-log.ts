/**
 * Makes a large log for the benchmarks: real calls through the real gate over SQLite, with arguments and results, some refusals,
 * approvals and grants. What is called and answered comes from a seed; keys, ids and salts are fresh.
 * Only the making runs with `synchronous=OFF`: the log is as good as any other, but for a loss of power meanwhile.
 *
 * Run with `npm run bench:make -- <folder> <calls> [seed]`; the folder then holds `log.db`, `keys`, `mark` and `identity.vkey`.
 */

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type ApprovalRequest, createScriptedChannel, type DecisionInput } from '@countersign/approval';
import { isJsonObject } from '@countersign/core';
import { type Countersign, openCountersign } from 'countersign';
import { createSeeded } from '../tamper/seeded.js';

const CONCURRENT = 256;
const CALLS_PER_SESSION = 100;

/** Named here only: the workspace's root does not depend on it, so it is resolved from the package that does. */
const DRIVER = 'better-sqlite3';

const [folder = '', calls = '0', seed = '20261121'] = process.argv.slice(2);
if (folder === '' || !(Number(calls) > 0)) throw new Error('give a folder and a number of calls');
await makeLog({ folder, calls: Number(calls), seed: Number(seed) });

async function makeLog(options: {
  readonly folder: string;
  readonly calls: number;
  readonly seed: number;
}): Promise<void> {
  relaxFlushes();
  const start = performance.now();
  let made = 0;
  const cs = await openCountersign({
    path: join(options.folder, 'log.db'),
    keyDir: join(options.folder, 'keys'),
    markFile: join(options.folder, 'mark'),
    workspace: '/work',
    actor: { kind: 'agent', id: 'builder' },
    channels: [createScriptedChannel(decide)],
    onRefused: 'result',
    warn: (line) => console.warn(line),
    session: () => `session-${Math.floor(made / CALLS_PER_SESSION)}`,
  });
  const tools = wrapTools(cs);
  const pick = createSeeded(options.seed);
  const caller = async (): Promise<void> => {
    while (made < options.calls) {
      const number = made;
      made += 1;
      await callOnce(tools, number, pick);
      if (number % 50_000 === 49_999) console.log(`${number + 1} calls in ${seconds(start)} s`);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, caller));
  await cs.close();
  console.log(`${made} calls in ${seconds(start)} s, seed ${options.seed}`);
}

function seconds(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

type Tools = ReturnType<typeof wrapTools>;

function wrapTools(cs: Countersign) {
  return cs.withAudit({
    readFile: (args: { path: string; lines?: readonly number[] }) => ({
      path: args.path,
      text: `The text of ${args.path}: ${'lorem ipsum '.repeat(args.path.length % 9)}`,
    }),
    searchText: (args: { query: string; limit: number }) => ({
      hits: [{ path: '/work/notes/a.txt', line: args.limit, score: args.limit / 7 }],
    }),
    writeFile: (args: { path: string; content: string }) => ({ written: args.content.length }),
    deleteFile: (args: { path: string }) => ({ deleted: args.path }),
  });
}

/** Of 100 calls about 90 run at once, 8 wait for a person or rest on a grant, and the rest fail or are rejected. */
async function callOnce(tools: Tools, number: number, pick: (limit: number) => number): Promise<void> {
  const choice = pick(100);
  const name = `file-${pick(5000)}.txt`;
  if (choice < 60) await tools.readFile({ path: `/work/notes/${name}`, lines: [1, pick(200)] });
  else if (choice < 75) await tools.searchText({ query: `what is ${number} – a question`, limit: 1 + pick(50) });
  else if (choice < 92)
    await tools.writeFile({ path: `/work/out/${name}`, content: `text ${number} `.repeat(1 + pick(8)) });
  else await tools.deleteFile({ path: `/work/${choice < 96 ? 'tmp' : 'notes'}/${name}` });
}

/** A person who remembers what was asked in `tmp`, and rejects one in ten of the rest. */
function decide({ args, callId }: ApprovalRequest): DecisionInput {
  const approver = { kind: 'person', id: 'ann' };
  const path = isJsonObject(args) && typeof args.path === 'string' ? args.path : '';
  if (path.startsWith('/work/tmp/')) return { decision: 'approved', approver, remember: { uses: 5 } };
  if (callId.endsWith('0')) return { decision: 'rejected', approver, reason: 'Not this one.' };
  return { decision: 'approved', approver, reason: 'Looks right.' };
}

/** The store asks for FULL on every connection, and reads back what it set: both are answered here. */
function relaxFlushes(): void {
  const require = createRequire(new URL('../../packages/sqlite/package.json', import.meta.url));
  const Driver: { prototype: { pragma(text: string, options?: object): unknown } } = require(DRIVER);
  const { pragma } = Driver.prototype;
  Driver.prototype.pragma = function relaxed(text, options) {
    if (text === 'synchronous = FULL') return pragma.call(this, 'synchronous = OFF', options);
    return text === 'synchronous' ? 2 : pragma.call(this, text, options);
  };
}
