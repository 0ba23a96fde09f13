/**
 * Keeps checkpoints of the log in an append-only file (in real life on another disk), puts an old copy of the log in its place,
 * and looks at who notices.
 *
 * Run it from the clone after `npm run setup`: `npx tsx examples/02-keep-checkpoints-elsewhere/index.ts`
 */

import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileAnchor, LogRolledBackError, openCountersign } from 'countersign';

const folder = await mkdtemp(join(tmpdir(), 'keep-checkpoints-'));
const path = join(folder, 'agent-audit.db');
const elsewhere = join(folder, 'other-disk.txt');

const open = () =>
  openCountersign({
    path,
    keyDir: join(folder, 'keys'),
    // Without the high-water mark of this machine, so that the anchor alone has to notice.
    markFile: false,
    workspace: folder,
    anchors: [createFileAnchor({ path: elsewhere })],
  });

const first = await open();
const readNote = first.withAudit(async function readNote(name: string) {
  return `note ${name}`;
});
await readNote('one');
await first.close();
await copyFile(path, `${path}.backup`);

const second = await open();
await second.withAudit(async function readNote(name: string) {
  return `note ${name}`;
})('two');
await second.close();
console.log(`${(await readFile(elsewhere, 'utf8')).split('\n\n').length} parts of checkpoints are kept elsewhere`);

// Somebody restores the older copy: the second call never happened, as far as the log can tell.
await copyFile(`${path}.backup`, path);
const noticed = await open().catch((error: unknown) => error);
if (noticed instanceof LogRolledBackError) {
  console.log(`${noticed.code}: ${noticed.found} entries found, ${noticed.known} known. ${noticed.hint}`);
}

await rm(folder, { recursive: true });
if (!(noticed instanceof LogRolledBackError)) process.exitCode = 1;
