/**
 * The worker that checks ranges of a log: it is told ranges, and answers what it found in the order that it was told them.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { checkRange } from '@countersign/audit/verify';
import { z } from 'zod';
import { openRangeReader, type RangeReader } from './range-reader.js';

serve(z.strictObject({ path: z.string() }).parse(workerData).path);

/** Answers ranges one after the other. A failure ends the worker, and the process that verifies learns of it by that. */
function serve(path: string): void {
  const reader = openRangeReader(path);
  let last: Promise<unknown> = Promise.resolve();
  parentPort?.on('message', (message: unknown) => {
    last = last.then(() => answer(reader, message));
  });
}

async function answer(reader: Promise<RangeReader>, message: unknown): Promise<void> {
  const asked = z.strictObject({ from: z.int(), to: z.int() }).parse(message);
  const range = await checkRange(await reader, asked);
  parentPort?.postMessage(range, [range.numbers.buffer, range.bytes.buffer].filter(isTransferable));
}

function isTransferable(buffer: ArrayBufferLike): buffer is ArrayBuffer {
  return buffer instanceof ArrayBuffer;
}
