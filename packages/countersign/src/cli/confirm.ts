/**
 * Asking the person at the terminal, and who that is.
 */

import { homedir, userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import type { Actor } from '@countersign/core';
import { InterruptedError } from './errors.js';
import { visible } from './format/visible.js';
import type { CliIo } from './io.js';

/** Whether somebody can be asked. */
export function isInteractive(io: CliIo): boolean {
  return io.stdin.isTTY === true && io.stderr.isTTY === true;
}

/** Whether the person types `yes`. @throws InterruptedError for Ctrl-C */
export async function askForYes(io: CliIo, question: string): Promise<boolean> {
  const answer = await ask(io, `${visible(question)} Type yes to go on > `);
  return answer.trim().toLowerCase() === 'yes';
}

/** Who asks, as far as the system knows. */
export function personHere(): Actor {
  try {
    return { kind: 'person', id: userInfo().username };
  } catch {
    // An account without an entry in the list of users: the home folder is the best name that it has.
    return { kind: 'person', id: homedir() };
  }
}

/** What the person types; an input that ends is an empty answer. */
async function ask(io: CliIo, question: string): Promise<string> {
  const prompt = createInterface({ input: io.stdin, output: io.stderr });
  try {
    const interrupted = new Promise<never>((_resolve, reject) => {
      prompt.once('SIGINT', () => reject(new InterruptedError()));
    });
    const ended = new Promise<string>((resolve) => prompt.once('close', () => resolve('')));
    return await Promise.race([prompt.question(question, { signal: io.signal }), ended, interrupted]);
  } finally {
    prompt.close();
  }
}
