/**
 * The command `countersign`, as the process that it runs in.
 */

import { readFileSync } from 'node:fs';
import { EXIT } from './exit-codes.js';
import { createProcessHost } from './io.js';
import { runCli } from './run-cli.js';

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
  // What is being written is cleared away first; whatever does not listen is not waited for.
  setTimeout(() => process.exit(EXIT.interrupted), INTERRUPT_GRACE_MS).unref();
});

const INTERRUPT_GRACE_MS = 250;

const { version }: { readonly version: string } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
process.exitCode = await runCli(process.argv.slice(2), createProcessHost({ version, signal: interrupted.signal }));
