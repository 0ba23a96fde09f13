/**
 * Streaming tools: chunks pass through one by one, and the outcome is on record when the stream ends, whichever way.
 */

import { OutcomeNotRecordedError } from '@countersign/audit';
import { runInSession } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { MAX_RECORDED_CHUNKS } from '../src/wrap/stream.js';
import { ADA, createWorld, ofKind, rejectionOf, type World } from './gate-world.js';
import { expectSound } from './support.js';

async function lastResult(world: World) {
  return (await ofKind(world, 'tool-result')).at(-1);
}

async function collect(stream: AsyncIterable<unknown>): Promise<readonly unknown[]> {
  const chunks: unknown[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

describe('a wrapped stream', () => {
  it('passes each chunk on before the next is made, and records them when it ends', async () => {
    const world = await createWorld();
    const steps: string[] = [];
    const read = world.withAudit(async function* readLines(count: number) {
      for (let n = 1; n <= count; n += 1) {
        steps.push(`made ${n}`);
        yield n;
      }
      return 'end';
    });
    const stream = read(2);
    steps.push('called');
    for (let step = await stream.next(); ; step = await stream.next()) {
      steps.push(step.done === true ? `returned ${step.value}` : `got ${step.value}`);
      if (step.done === true) break;
      expect(await lastResult(world)).toBeUndefined();
    }
    expect(steps).toEqual(['called', 'made 1', 'got 1', 'made 2', 'got 2', 'returned end']);
    expect(await lastResult(world)).toMatchObject({
      outcome: 'ok',
      values: { result: { chunks: [1, 2], count: 2, returned: 'end' } },
    });
    await expectSound(world.store, world.signer);
  });

  it('is still an asynchronous generator function, of the same name, and wraps again as one', async () => {
    const { withAudit } = await createWorld();
    async function* readLines() {
      yield 1;
    }
    const wrapped = withAudit(readLines);
    expect(Object.prototype.toString.call(wrapped)).toBe('[object AsyncGeneratorFunction]');
    expect(wrapped.name).toBe('readLines');
    expect(await collect(withAudit(wrapped)())).toEqual([1]);
    expect(await collect(withAudit(readLines.bind(null), { name: 'read_bound' })())).toEqual([1]);
  });

  it('does nothing and records nothing until its first chunk is asked for', async () => {
    const world = await createWorld();
    let ran = false;
    const stream = world.withAudit(async function* readLines() {
      ran = true;
      yield 1;
    })();
    await stream.return(undefined);
    expect([ran, await world.kinds()]).toEqual([false, ['log-opened']]);
  });

  it('hears what its reader says: values, errors that it catches, errors that it does not', async () => {
    const world = await createWorld();
    const talk = world.withAudit(async function* readTalk(): AsyncGenerator<string, string, string> {
      let heard = yield 'first';
      for (;;) {
        try {
          heard = yield `heard ${heard}`;
        } catch (error) {
          if (error === 'give up') throw error;
          heard = `error ${String(error)}`;
        }
      }
    });
    const stream = talk();
    expect((await stream.next('ignored')).value).toBe('first');
    expect((await stream.next('hello')).value).toBe('heard hello');
    expect((await stream.throw('oops')).value).toBe('heard error oops');
    expect(await rejectionOf(stream.throw('give up'))).toBe('give up');
    expect(await lastResult(world)).toMatchObject({ outcome: 'tool_error', values: { error: { thrown: 'give up' } } });
  });

  it('that fails midway hands its error on unchanged and is on record as failed', async () => {
    const world = await createWorld();
    const boom = new Error('midway');
    const read = world.withAudit(async function* readLines() {
      yield 1;
      throw boom;
    });
    const got: unknown[] = [];
    const error = await rejectionOf(
      (async () => {
        for await (const chunk of read()) got.push(chunk);
      })(),
    );
    expect([got, error]).toEqual([[1], boom]);
    expect(error).toBe(boom);
    expect(await lastResult(world)).toMatchObject({ outcome: 'tool_error', values: { error: { message: 'midway' } } });
  });

  it('whose reader stops early is told, and is on record as aborted', async () => {
    const world = await createWorld();
    let cleaned = false;
    const read = world.withAudit(async function* readLines() {
      try {
        yield 1;
        yield 2;
      } finally {
        cleaned = true;
      }
    });
    for await (const chunk of read()) {
      expect(chunk).toBe(1);
      break;
    }
    expect(cleaned).toBe(true);
    expect(await lastResult(world)).toMatchObject({ outcome: 'aborted', success: false });
  });

  it('whose clean-up fails after its reader stopped hands that error on, and is on record all the same', async () => {
    const world = await createWorld();
    const boom = new Error('clean-up');
    const stream = world.withAudit(async function* readLines() {
      try {
        yield 1;
      } finally {
        // biome-ignore lint/correctness/noUnsafeFinally: the tool under test does just this.
        throw boom;
      }
    })();
    await stream.next();
    expect(await rejectionOf(Reflect.apply(stream.return, stream, []))).toBe(boom);
    expect(await ofKind(world, 'tool-result')).toMatchObject([{ outcome: 'aborted' }]);
  });

  it('records its chunks as they were when they passed', async () => {
    const world = await createWorld();
    const read = world.withAudit(async function* readLines() {
      yield { text: 'as made' };
      yield { fn: Math.max };
    });
    for await (const chunk of read()) Reflect.set(chunk, 'text', 'changed');
    expect((await lastResult(world))?.values.result).toMatchObject({ chunks: [{ text: 'as made' }, {}], count: 2 });
  });

  it(`records the first ${MAX_RECORDED_CHUNKS} chunks and counts the others, and passes all of them on`, async () => {
    const world = await createWorld();
    const read = world.withAudit(async function* readLines(count: number) {
      for (let n = 0; n < count; n += 1) yield n;
    });
    expect(await collect(read(MAX_RECORDED_CHUNKS + 5))).toHaveLength(MAX_RECORDED_CHUNKS + 5);
    const { chunks, count } = Object((await lastResult(world))?.values.result);
    expect([chunks.length, count]).toEqual([MAX_RECORDED_CHUNKS, MAX_RECORDED_CHUNKS + 5]);
  });

  it('keeps no more than ten megabytes of chunks for the record', async () => {
    const world = await createWorld();
    const read = world.withAudit(async function* readLines() {
      for (let n = 0; n < 4; n += 1) yield 'x'.repeat(4 * 1024 * 1024);
    });
    expect(await collect(read())).toHaveLength(4);
    const result = await lastResult(world);
    expect(result).toMatchObject({ outcome: 'ok', values: { result: { $t: 'truncated' } } });
    expect(result?.lossy).toBeUndefined();
  });

  it('carries the session that it was called in, wherever it is read', async () => {
    const world = await createWorld();
    const read = world.withAudit(async function* readLines() {
      yield 1;
    });
    const stream = runInSession('called-here', () => read());
    await runInSession('read-here', () => collect(stream));
    expect(await ofKind(world, 'tool-call')).toMatchObject([{ session: 'called-here' }]);
  });

  it('that is refused throws, or yields and returns the refusal where it is asked to', async () => {
    const world = await createWorld({ decide: () => ({ decision: 'rejected', approver: ADA }) });
    async function* deleteFiles() {
      yield 'ran';
    }
    expect(await rejectionOf(collect(world.withAudit(deleteFiles)()))).toMatchObject({ code: 'APPROVAL_REJECTED' });
    const stream = world.withAudit(deleteFiles, { onRefused: 'result' })();
    const refusal = { refused: true, code: 'APPROVAL_REJECTED' };
    expect([await stream.next(), await stream.next()]).toMatchObject([
      { done: false, value: refusal },
      { done: true, value: refusal },
    ]);
  });

  it('may come from a plain function that says so, and from any asynchronous iterable', async () => {
    const world = await createWorld();
    async function* lines() {
      yield 1;
      yield 2;
    }
    const options = { streams: true, name: 'read_lines' };
    expect(await collect(world.withAudit(() => lines(), options)())).toEqual([1, 2]);
    const later: AsyncIterable<unknown> = Object(world.withAudit(async () => lines(), options)());
    expect(await collect(later)).toEqual([1, 2]);
    const readable: AsyncIterable<unknown> = Object(world.withAudit(() => ReadableStream.from([3, 4]), options)());
    expect(await collect(readable)).toEqual([3, 4]);
    const none: AsyncIterable<unknown> = Object(world.withAudit(() => 5, options)());
    expect(await rejectionOf(collect(none))).toBeInstanceOf(TypeError);
    expect((await ofKind(world, 'tool-result')).map(({ outcome }) => outcome)).toEqual([
      'ok',
      'ok',
      'ok',
      'tool_error',
    ]);
  });

  it('whose outcome cannot be recorded carries it', async () => {
    const world = await createWorld({
      recorderOver: (log) => ({
        begin: (input) => log.begin(input),
        refuse: (input) => log.refuse(input),
        observe: (input) => log.observe(input),
        finish: () => Promise.reject(new Error('disk full')),
      }),
    });
    const read = world.withAudit(async function* readLines() {
      yield 1;
    });
    const error = await rejectionOf(collect(read()));
    expect(error).toBeInstanceOf(OutcomeNotRecordedError);
    expect(error).toMatchObject({ outcome: { ok: true, result: { chunks: [1], count: 1 } } });
  });
});
