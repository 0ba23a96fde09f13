/** The starting signal of a process under test. */

import { once } from 'node:events';

/** Says that this process is ready, and waits for the line that starts it. */
export async function waitForLine(): Promise<void> {
  process.stdout.write('ready\n');
  await once(process.stdin, 'data');
  process.stdin.destroy();
}
