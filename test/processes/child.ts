/** A process that runs one of the scripts of this folder. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { scriptCommand } from '../lib/script.js';

/** A child that said that it is ready. */
export interface Child {
  /** Lets it start. */
  start(): void;
  /** Resolves with its next line; rejects when there is none. */
  line(): Promise<string>;
  /** Ends it as a crash would. */
  kill(): void;
  /** Resolves when it is gone. */
  ended(): Promise<void>;
}

/** Starts a script of this folder and waits until it is ready. */
export async function startChild(script: string, args: readonly string[]): Promise<Child> {
  const run = scriptCommand(new URL(script, import.meta.url), args);
  const child = spawn(run.command, run.args, { stdio: ['pipe', 'pipe', 'inherit'], env: run.env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => {
    const next = await lines.next();
    if (next.done === true) throw new Error(`${script} ended without a line`);
    return next.value;
  };
  // The pipe breaks when the child is killed; that is its end and no error.
  child.stdin.on('error', () => undefined);
  await line();
  return { start: () => child.stdin.end('go\n'), line, kill: () => child.kill('SIGKILL'), ended: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
