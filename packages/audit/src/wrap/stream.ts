/**
 * Streaming tools: what an asynchronous generator yields passes through as it comes; its outcome is recorded at the end.
 */

import type { OpenCall } from '../gate.js';

/** An asynchronous generator of anything. */
export type AnyStream = AsyncGenerator<unknown, unknown, unknown>;

/** How many chunks of a stream are recorded; the others are counted. */
export const MAX_RECORDED_CHUNKS = 1000;

/** Passes a stream through whose intent is on record; records its outcome when it ends, fails or is given up. */
export async function* passThrough(open: OpenCall, source: AnyStream): AnyStream {
  const chunks: unknown[] = [];
  let count = 0;
  let settled = false;
  try {
    let step = await source.next();
    while (step.done !== true) {
      if (chunks.length < MAX_RECORDED_CHUNKS) chunks.push(step.value);
      count += 1;
      const answer = yield* relay(step.value);
      step = answer.threw ? await source.throw(answer.value) : await source.next(answer.value);
    }
    settled = true;
    await open.succeed({ chunks, count, ...(step.value === undefined ? {} : { returned: step.value }) });
    return step.value;
  } catch (error) {
    // An outcome that could not be recorded is no failure of the tool: it has been reported as what it is.
    if (settled) throw error;
    settled = true;
    await open.fail(error);
    throw error;
  } finally {
    if (!settled) await giveUp(open, source);
  }
}

/** Yields one chunk, and answers what the consumer said: a value by `next`, or an error by `throw`. */
async function* relay(
  chunk: unknown,
): AsyncGenerator<unknown, { readonly threw: boolean; readonly value: unknown }, unknown> {
  try {
    return { threw: false, value: yield chunk };
  } catch (error) {
    return { threw: true, value: error };
  }
}

/** The consumer stopped reading: the tool is told, and the call is on record as aborted. */
async function giveUp(open: OpenCall, source: AnyStream): Promise<void> {
  const stopped = new Error('The consumer stopped reading the stream.');
  try {
    await source.return(undefined);
  } finally {
    await open.fail(stopped, { aborted: true });
  }
}
