/**
 * A policy in a file: what it denies, what it asks about, and what happens when the file changes while the program runs.
 *
 * Run it from the clone after `npm run setup`: `npx tsx examples/03-policy-file/index.ts`
 */

import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CallRefusedError, createScriptedChannel, openCountersign } from 'countersign';

const folder = await mkdtemp(join(tmpdir(), 'policy-file-'));
const policy = join(folder, 'policy.yaml');
await copyFile(fileURLToPath(new URL('policy.yaml', import.meta.url)), policy);

const asked: string[] = [];
const cs = await openCountersign({
  path: join(folder, 'agent-audit.db'),
  keyDir: join(folder, 'keys'),
  markFile: join(folder, 'mark'),
  workspace: folder,
  policy,
  warn: (line) => console.log('warning:', line.replaceAll(folder, '...')),
  channels: [
    createScriptedChannel((request) => {
      asked.push(request.rule);
      return { decision: 'approved', approver: { kind: 'person', id: 'ada' } };
    }),
  ],
});

// The tools: nothing in them knows about Countersign.
const tools = cs.withAudit({
  pay: async ({ amount }: { amount: number; to: string }) => `paid ${amount}`,
  run_shell: async ({ command }: { command: string }) => `ran ${command}`,
});

async function attempt(call: () => Promise<string>): Promise<void> {
  try {
    console.log(await call());
  } catch (error) {
    if (!(error instanceof CallRefusedError)) throw error;
    console.log('refused:', error.message);
  }
}

await attempt(() => tools.pay({ amount: 900, to: 'acme' }));
await attempt(() => tools.run_shell({ command: 'terraform apply' }));
await attempt(() => tools.run_shell({ command: 'npm install left-pad' }));
// Not even a rule that allows everything could allow this.
await attempt(() => tools.run_shell({ command: `echo 'version: 1' > ${policy}` }));

// A file that is wrong changes nothing, and says where.
await writeFile(policy, 'version: 1\nrules:\n  - id: nothing\n    match: { tool: "*" }\n');
await cs.reloadPolicy().catch(() => console.log('the last good policy stays in force'));

// One that is right is in force from the next call on, and on record.
await writeFile(policy, 'version: 1\nrules: [{ id: no-shell, match: { tool: run_shell }, verdict: deny }]\n');
await cs.reloadPolicy();
await attempt(() => tools.run_shell({ command: 'ls' }));

const { calls } = await cs.log.query({ order: 'oldest-first' });
for (const call of calls) {
  const shadow = call.reasons.filter(({ id }) => id.startsWith('shadow.')).map(({ text }) => text);
  console.log([call.tool.padEnd(10), call.risk.padEnd(12), call.outcome.padEnd(8), ...shadow].join(' '));
}
const changes = await cs.log.entries({ kind: 'policy-changed' });
const report = await cs.log.verify({ key: cs.log.identityKey });
console.log(`${changes.length} policies on record, authority ${report.authority}; asked: ${asked.join(', ')}`);

await cs.close();
await rm(folder, { recursive: true });
const outcomes = calls.map(({ outcome }) => outcome).join(' ');
if (outcomes !== 'refused ok ok refused refused' || changes.length !== 2 || report.authority !== 'ok')
  process.exitCode = 1;
