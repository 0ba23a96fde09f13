/**
 * The order of a call: no record, no run; intent before the act, outcome after; a lost outcome is never lost to the caller.
 */

import {
  type CallRecorder,
  CallRefusedError,
  type LogStore,
  OutcomeNotRecordedError,
  StoreUnavailableError,
} from '@countersign/audit';
import { createFaultyStore, type FaultyStore } from '@countersign/audit/testing';
import { describe, expect, it } from 'vitest';
import { createWorld, DELETE, deferred, ofKind, READ, rejectionOf, turns } from './gate-world.js';
import { expectSound } from './support.js';

/** A store that can be told to fail, and what it was made into. */
function faulty(): { readonly over: (store: LogStore) => LogStore; store: FaultyStore | undefined } {
  const made: { over: (store: LogStore) => LogStore; store: FaultyStore | undefined } = {
    store: undefined,
    over: (store) => {
      made.store = createFaultyStore(store);
      return made.store;
    },
  };
  return made;
}

describe('the order of a call', () => {
  it('records the intent, runs the tool, records the outcome, and the log stays sound', async () => {
    const world = await createWorld();
    const seen: (readonly string[])[] = [];
    const answer = await world.gate.run({ tool: READ, args: { path: '/work/a' }, callId: 'c1' }, async () => {
      seen.push(await world.kinds());
      return 'contents';
    });
    expect(answer).toBe('contents');
    expect(seen).toEqual([['log-opened', 'tool-call']]);
    expect(await world.kinds()).toEqual(['log-opened', 'tool-call', 'tool-result']);
    const [call] = await ofKind(world, 'tool-call');
    const [result] = await ofKind(world, 'tool-result');
    expect(call).toMatchObject({ call: 'c1', tool: 'read_file', decision: 'not_required', bound: true });
    expect(result).toMatchObject({ call: 'c1', begun: call?.index, outcome: 'ok', success: true });
    expect(result?.values).toEqual({ result: 'contents' });
    await expectSound(world.store, world.signer);
  });

  it('asks before the intent, and records request, decision and call in that order', async () => {
    const world = await createWorld();
    await world.gate.run({ tool: DELETE, args: { path: '/work/a' } }, () => undefined);
    expect(await world.kinds()).toEqual([
      'log-opened',
      'approval-requested',
      'approval-decided',
      'tool-call',
      'tool-result',
    ]);
    const [call] = await ofKind(world, 'tool-call');
    expect(call).toMatchObject({ decision: 'approved', decisionBy: 'ada' });
  });

  it('does not run the tool while the store still holds the intent', async () => {
    const held = deferred();
    let holds = false;
    const world = await createWorld({
      storeOver: (store) => ({
        ...createFaultyStore(store),
        exclusive: async (request, build) => {
          if (holds) await held.promise;
          return store.exclusive(request, build);
        },
      }),
    });
    holds = true;
    let ran = 0;
    const running = world.gate.run({ tool: READ, args: {} }, () => {
      ran += 1;
    });
    await turns();
    expect(ran).toBe(0);
    held.resolve();
    await running;
    expect(ran).toBe(1);
  });

  it.each(['before-commit', 'after-commit'] as const)(
    'does not run the tool when the commit of the intent failed (%s)',
    async (fault) => {
      const under = faulty();
      const world = await createWorld({ storeOver: under.over });
      under.store?.fail(fault);
      let ran = 0;
      const error = await rejectionOf(
        world.gate.run({ tool: READ, args: { path: '/work/secret-name' } }, () => {
          ran += 1;
        }),
      );
      expect(error).toBeInstanceOf(CallRefusedError);
      expect(error).toMatchObject({ code: 'RECORD_FAILED', tool: 'read_file', cause: { code: 'STORE_IO' } });
      expect(String(error)).not.toContain('secret-name');
      expect(ran).toBe(0);
    },
  );

  it('does not run the tool when the request for approval cannot be recorded', async () => {
    const under = faulty();
    const world = await createWorld({ storeOver: under.over });
    under.store?.fail('before-commit');
    const error = await rejectionOf(world.gate.run({ tool: DELETE, args: { path: '/work/a' } }, () => 'ran'));
    expect(error).toMatchObject({ code: 'APPROVAL_UNAVAILABLE', cause: { code: 'STORE_IO' } });
    expect((await world.last()).entry).toMatchObject({ kind: 'tool-refused', code: 'APPROVAL_UNAVAILABLE' });
  });

  it('refuses a call whose refusal cannot be recorded either', async () => {
    const under = faulty();
    const world = await createWorld({ storeOver: under.over, policy: { defaults: { safe: 'deny' } } });
    under.store?.fail('before-commit');
    const error = await rejectionOf(world.gate.run({ tool: READ, args: {} }, () => 'ran'));
    expect(error).toMatchObject({ code: 'POLICY_DENIED', cause: { code: 'STORE_IO' } });
  });

  it('refuses every call after the log was closed', async () => {
    const world = await createWorld();
    await world.log.close();
    const error = await rejectionOf(world.gate.run({ tool: READ, args: {} }, () => 'ran'));
    expect(error).toMatchObject({ code: 'RECORD_FAILED', cause: { code: 'STORE_CLOSED' } });
  });
});

describe('an outcome that cannot be recorded', () => {
  it('reaches the caller inside OutcomeNotRecordedError, and the tool is not run again', async () => {
    const under = faulty();
    const world = await createWorld({ storeOver: under.over });
    const result = { paid: new Map([['amount', 5]]) };
    let ran = 0;
    const error = await rejectionOf(
      world.gate.run({ tool: READ, args: {}, callId: 'pay-1' }, () => {
        ran += 1;
        under.store?.fail('before-commit', 'before-commit', 'before-commit');
        return result;
      }),
    );
    if (!(error instanceof OutcomeNotRecordedError)) throw error;
    expect(error).toMatchObject({ code: 'OUTCOME_NOT_RECORDED', callId: 'pay-1', cause: { code: 'STORE_IO' } });
    expect(error.outcome.ok && error.outcome.result).toBe(result);
    expect(ran).toBe(1);
    expect(await world.kinds()).toEqual(['log-opened', 'tool-call']);
  });

  it('carries what the tool threw', async () => {
    const under = faulty();
    const world = await createWorld({ storeOver: under.over });
    const thrown = new Error('card declined');
    const error = await rejectionOf(
      world.gate.run({ tool: READ, args: {} }, () => {
        under.store?.fail('before-commit');
        throw thrown;
      }),
    );
    if (!(error instanceof OutcomeNotRecordedError)) throw error;
    expect(!error.outcome.ok && error.outcome.error).toBe(thrown);
    expect(error.message).not.toContain('card declined');
  });

  it('is not written twice when nobody knows whether the commit was stored', async () => {
    const under = faulty();
    const world = await createWorld({ storeOver: under.over });
    await rejectionOf(
      world.gate.run({ tool: READ, args: {} }, () => {
        under.store?.fail('after-commit');
        return 1;
      }),
    );
    expect((await world.kinds()).filter((kind) => kind === 'tool-result').length).toBeLessThanOrEqual(1);
    await expectSound(world.store, world.signer);
  });

  it.each(['redactor', 'clock'] as const)('carries the result when the %s fails after the tool ran', async (part) => {
    let broken = false;
    const fault = new StoreUnavailableError('STORE_IO', 'broken');
    const world = await createWorld();
    const failing = await createWorld({
      over: {
        redactor: {
          ...world.redactor,
          redact: (value) => {
            if (broken && part === 'redactor') throw new Error('sk-secret');
            return world.redactor.redact(value);
          },
        },
        environment: {
          ...world.environment,
          monotonicUs: () => {
            if (broken && part === 'clock') throw fault;
            return 0;
          },
        },
      },
    });
    const running = failing.gate.run({ tool: READ, args: {} }, () => {
      broken = true;
      return 'the result';
    });
    if (part === 'redactor') {
      expect(await running).toBe('the result');
      expect((await failing.last()).payloads).toEqual({ result: '[redacted:redactor-failed:00000000]' });
    } else {
      expect(await rejectionOf(running)).toMatchObject({ outcome: { ok: true, result: 'the result' }, cause: fault });
    }
  });
});

describe('one call', () => {
  it('is begun once under its id and run', async () => {
    const world = await createWorld();
    const call = { tool: READ, args: {}, callId: 'same', context: { run: 'run-1' } };
    let ran = 0;
    const results = await Promise.allSettled(
      [1, 2, 3].map(() =>
        world.gate.run(call, () => {
          ran += 1;
        }),
      ),
    );
    expect(ran).toBe(1);
    expect(results.filter((result) => result.status === 'fulfilled').length).toBe(1);
    const error = await rejectionOf(world.gate.run(call, () => (ran += 1)));
    expect(error).toMatchObject({ code: 'CALL_ALREADY_BEGUN', callId: 'same' });
    expect(await ofKind(world, 'tool-call')).toHaveLength(1);
    await world.gate.run({ ...call, context: { run: 'run-2' } }, () => (ran += 1));
    expect(ran).toBe(2);
  });

  it('is finished once', async () => {
    const world = await createWorld();
    const open = await world.gate.open({ tool: READ, args: {} });
    await open.succeed(1);
    await expect(open.fail(new Error('again'))).rejects.toBeInstanceOf(OutcomeNotRecordedError);
    expect(await ofKind(world, 'tool-result')).toHaveLength(1);
  });

  it('has its duration from the monotonic clock, from the intent to the outcome', async () => {
    const world = await createWorld();
    const open = await world.gate.open({ tool: READ, args: {} });
    world.environment.stepWallClock(-60_000);
    world.environment.advance(1.5);
    await open.succeed(undefined);
    const [result] = await ofKind(world, 'tool-result');
    expect(result).toMatchObject({ durationUs: 1500 });
  });

  it('asks for a flushed mark with the outcome of a critical call, and not of a safe one', async () => {
    const flushes: (boolean | undefined)[] = [];
    const recorderOver = (log: CallRecorder): CallRecorder => ({
      begin: (input) => log.begin(input),
      refuse: (input) => log.refuse(input),
      observe: (input) => log.observe(input),
      finish: (input) => {
        flushes.push(input.flush);
        return log.finish(input);
      },
    });
    const world = await createWorld({ recorderOver });
    await world.gate.run({ tool: READ, args: {} }, () => 1);
    await world.gate.run({ tool: { name: 'run_shell' }, args: { command: 'rm -rf /' } }, () => 1);
    expect(flushes).toEqual([false, true]);
  });
});
