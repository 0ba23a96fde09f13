/**
 * Streaming tools: what an asynchronous generator yields passes through as it comes; its outcome is recorded at the end.
 */

import { MAX_VALUE_BYTES, normalise, revive } from '@countersign/core';
import type { OpenCall } from '../open-call.js';

/** An asynchronous generator of anything. */
export type AnyStream = AsyncGenerator<unknown, unknown, unknown>;

/** How many chunks of a stream are recorded; the others are counted. Chunks beyond 10 MiB in sum are counted only, too. */
export const MAX_RECORDED_CHUNKS = 1000;

/** Passes a stream through whose intent is on record; records its outcome when it ends, fails or is given up. */
export async function* passThrough(open: OpenCall, source: AnyStream): AnyStream {
  const recorded = new ChunkRecord();
  let settled = false;
  try {
    let step = await source.next();
    while (step.done !== true) {
      recorded.add(step.value);
      const answer = yield* relay(step.value);
      step = answer.threw ? await source.throw(answer.value) : await source.next(answer.value);
    }
    settled = true;
    await open.succeed(recorded.result(step.value));
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

/** The chunks as they were when they passed: whoever reads the stream may change them afterwards. */
class ChunkRecord {
  readonly #chunks: unknown[] = [];
  #count = 0;
  #bytes = 0;

  add(chunk: unknown): void {
    this.#count += 1;
    if (this.#chunks.length >= MAX_RECORDED_CHUNKS || this.#bytes > MAX_VALUE_BYTES) return;
    const { json, bindable, bytes } = normalise(chunk);
    this.#bytes += bytes;
    // What cannot be copied is looked at once more at the end.
    if (this.#bytes <= MAX_VALUE_BYTES) this.#chunks.push(bindable ? revive(json) : chunk);
  }

  /** What is recorded of the stream. */
  result(returned: unknown): object {
    return { chunks: this.#chunks, count: this.#count, ...(returned !== undefined && { returned }) };
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
