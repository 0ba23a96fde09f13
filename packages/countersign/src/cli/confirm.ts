/**
 * Asking the person at the terminal, and who that is.
 */

import { homedir, userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import type { Actor } from '@countersign/core';
import { CommandError, InterruptedError } from './errors.js';
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

/** What the person types in answer. @throws InterruptedError for Ctrl-C */
export async function askForText(io: CliIo, question: string): Promise<string> {
  return (await ask(io, visible(question))).trim();
}

/** @throws CommandError `CONFIRMATION_NEEDED` when nobody can be asked, and nobody said yes */
export function checkAskable(io: CliIo, { yes }: { readonly yes?: boolean | undefined }): void {
  if (yes === true || isInteractive(io)) return;
  throw new CommandError('CONFIRMATION_NEEDED', 'This removes something for good, and nobody can be asked here.', {
    hint: 'Repeat the command with --yes.',
  });
}

/** Asks before something is removed for good. @throws CommandError `NOT_CONFIRMED` for every answer but yes */
export async function confirm(io: CliIo, question: string): Promise<void> {
  if (!(await askForYes(io, question))) throw new CommandError('NOT_CONFIRMED', 'Nothing was removed.');
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
