/**
 * Wraps one tool, calls it three times, and looks at what is on record.
 *
 * Run it from the clone after `npm run setup`: `npx tsx examples/01-wrap-one-tool/index.ts`
 */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallRefusedError, createScriptedChannel, openCountersign, runInSession } from 'countersign';

const folder = await mkdtemp(join(tmpdir(), 'wrap-one-tool-'));
const cs = await openCountersign({
  path: join(folder, 'agent-audit.db'),
  keyDir: join(folder, 'keys'),
  markFile: join(folder, 'mark'),
  workspace: folder,
  // In a real program this is a terminal, or whatever reaches the right person.
  channels: [
    createScriptedChannel(() => ({
      decision: 'rejected',
      approver: { kind: 'person', id: 'ada' },
      reason: 'The reports stay.',
    })),
  ],
});

// The tool: nothing in it knows about Countersign.
async function runShell(command: string): Promise<string> {
  const { execFile } = await import('node:child_process');
  return new Promise((done, fail) => {
    execFile('sh', ['-c', command], { cwd: folder }, (error, stdout) => (error ? fail(error) : done(stdout)));
  });
}

const tool = cs.withAudit(runShell);

await writeFile(join(folder, 'report.txt'), 'quarterly figures\n');
await runInSession('example', async () => {
  console.log('ls:', (await tool('ls *.txt')).trim());
  console.log('cat:', (await tool('cat report.txt')).trim());
  try {
    await tool('find . -name "*.txt" -delete');
  } catch (error) {
    if (!(error instanceof CallRefusedError)) throw error;
    console.log('refused:', error.code, '-', error.message);
  }
});

const { calls } = await cs.log.query({ session: 'example', order: 'oldest-first' });
for (const call of calls) console.log(`${call.risk.padEnd(12)} ${call.decision.padEnd(13)} ${call.outcome}`);

const report = await cs.log.verify({ key: cs.log.identityKey });
console.log(`integrity ${report.integrity}, completeness ${report.completeness}, authority ${report.authority}`);

await cs.close();
await rm(folder, { recursive: true });
if (calls.length !== 3 || report.integrity !== 'ok') process.exitCode = 1;
