/**
 * The life of requests as a model: random sequences of asking, deciding, withdrawing, races, time, restarts and runs, held against
 * what the rows and the callers come to.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AlreadyDecidedError, type Approvals, approvalsOf, transition } from '../src/index.js';
import { createWorld, turns } from './support.js';

const SEED = 20_261_121;

type State = 'pending' | 'approved' | 'rejected' | 'expired' | 'used';

/** A request as the model knows it. */
interface ModelRequest {
  readonly id: string;
  readonly expiresAtUs: number;
  state: State;
  /** Every state that it has been in. */
  readonly states: State[];
  decidedBy: string | undefined;
  readonly quorum: number;
  /** Whose approvals count, in their order. */
  given: readonly string[];
  /** After a withdrawal, whether a process still waits depends on whether it had heard of the approval. */
  isUncertain: boolean;
  /** Processes in which its call waits. */
  readonly waitsIn: Set<number>;
}

interface Model {
  nowUs: number;
  readonly requests: ModelRequest[];
}

type World = ReturnType<typeof createWorld>;

interface Real {
  readonly world: World;
  readonly processes: Approvals[];
  /** What each wait came to: the state, or the code of its error. */
  readonly outcomes: { readonly id: string; readonly outcome: Promise<string> }[];
}

const PROCESSES = 3;
const LIFE_MS = 10_000;

function move(request: ModelRequest, state: State): void {
  request.state = state;
  request.states.push(state);
}

const isOver = (request: ModelRequest, { nowUs }: Model): boolean => nowUs >= request.expiresAtUs;

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

async function settle(): Promise<void> {
  for (let round = 0; round < 5; round += 1) await turns();
}

async function expectRows({ requests }: Model, { world }: Real): Promise<void> {
  await settle();
  for (const { id, state, decidedBy, given } of requests) {
    const record = await world.store.request(id);
    expect([id, record?.state, record?.decision?.approver.id]).toEqual([id, state, decidedBy]);
    expect(record && approvalsOf(record).map(({ approver }) => approver.id)).toEqual(given);
  }
}

function watch(real: Real, id: string, wait: Promise<{ readonly state: string }>): void {
  real.outcomes.push({ id, outcome: wait.then(({ state }) => state, codeOf) });
}

type Command = fc.AsyncCommand<Model, Real>;

const ask = (at: number, quorum: number): Command => ({
  check: () => true,
  run: async (model, real) => {
    const id = `r-${model.requests.length}`;
    const expiresAtUs = model.nowUs + LIFE_MS * 1_000;
    model.requests.push({
      id,
      expiresAtUs,
      state: 'pending',
      states: ['pending'],
      decidedBy: undefined,
      quorum,
      given: [],
      isUncertain: false,
      waitsIn: new Set([at]),
    });
    const needs = quorum === 1 ? {} : { needs: { quorum } };
    watch(real, id, processOf(real, at).ask(real.world.draft({ id, expiresAtUs, ...needs })));
    await expectRows(model, real);
  },
  toString: () => `ask in ${at} for ${quorum}`,
});

/** Goes on with a request in another process, as a framework does on resume. */
const resume = (at: number, which: number): Command => ({
  check: ({ requests }) => requests.length > 0,
  run: async (model, real) => {
    const request = pick(model, which);
    if (request.state === 'pending') request.waitsIn.add(at);
    watch(real, request.id, processOf(real, at).resume(request.id));
    await settle();
    noteTimeouts(model);
    await noteUnheard(model, real);
    await expectRows(model, real);
  },
  toString: () => `resume ${which} in ${at}`,
});

const decide = (at: number, which: number, answer: 'approved' | 'rejected'): Command => ({
  check: ({ requests }) => requests.length > 0,
  run: async (model, real) => {
    const request = pick(model, which);
    const decided = processOf(real, at).decide(request.id, { decision: answer, approver: `p${at}` });
    if (request.state === 'pending' && !isOver(request, model)) {
      if (answer === 'approved' && request.given.includes(`p${at}`)) {
        expect(await decided.catch(codeOf)).toBe('ALREADY_APPROVED');
      } else {
        expect((await decided).decision).toBe(answer);
        noteDecision(request, `p${at}`, answer);
      }
    } else {
      const error = await decided.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(AlreadyDecidedError);
      expect(error).toMatchObject({ requestId: request.id, code: 'ALREADY_DECIDED' });
    }
    await expectRows(model, real);
  },
  toString: () => `${answer} ${which} in ${at}`,
});

function noteDecision(request: ModelRequest, by: string, answer: 'approved' | 'rejected'): void {
  if (answer === 'approved') request.given = [...request.given, by];
  if (answer === 'approved' && request.given.length < request.quorum) return;
  request.decidedBy = by;
  move(request, answer);
}

/** An approver takes an approval back, as long as the call has not begun. */
const withdraw = (at: number, which: number): Command => ({
  check: ({ requests }) => requests.length > 0,
  run: async (model, real) => {
    const request = pick(model, which);
    const code = await processOf(real, at)
      .withdraw(request.id, `p${at}`)
      .then(() => 'withdrawn', codeOf);
    if ((request.state !== 'pending' && request.state !== 'approved') || isOver(request, model)) {
      expect(code).toBe('ALREADY_DECIDED');
    } else if (!request.given.includes(`p${at}`)) {
      expect(code).toBe('NOT_APPROVED_BEFORE');
    } else {
      expect(code).toBe('withdrawn');
      request.given = request.given.filter((by) => by !== `p${at}`);
      request.isUncertain ||= request.state === 'approved';
      if (request.state === 'approved') move(request, 'pending');
      request.decidedBy = undefined;
    }
    await expectRows(model, real);
  },
  toString: () => `withdraw ${which} in ${at}`,
});

/** All processes answer at once: one wins, the others learn who it was. */
const race = (which: number): Command => ({
  check: (model) => model.requests.some((request) => isRaced(request, model)),
  run: async (model, real) => {
    const open = model.requests.filter((request) => isRaced(request, model));
    const request = open[which % open.length];
    if (request === undefined) throw new Error('nothing is open');
    const answers = await Promise.all(
      real.processes.map(async (process, at) => {
        const decision = at % 2 === 0 ? 'approved' : 'rejected';
        return process.decide(request.id, { decision, approver: `p${at}` }).then(
          (won) => won,
          (error: unknown) => error,
        );
      }),
    );
    const lost = answers.filter((answer) => answer instanceof AlreadyDecidedError);
    expect(lost).toHaveLength(PROCESSES - 1);
    const decision = (await real.world.store.request(request.id))?.decision;
    for (const error of lost) expect(error).toMatchObject({ decidedBy: decision?.approver });
    noteDecision(request, decision?.approver.id ?? '', decision?.decision ?? 'rejected');
    await expectRows(model, real);
  },
  toString: () => `race for ${which}`,
});

/** One winner there is where one answer is enough. */
function isRaced(request: ModelRequest, model: Model): boolean {
  return request.state === 'pending' && request.quorum === 1 && !isOver(request, model);
}

const wait = (ms: number): Command => ({
  check: () => true,
  run: async (model, real) => {
    real.world.environment.advance(ms);
    model.nowUs += ms * 1_000;
    await settle();
    noteTimeouts(model);
    await noteUnheard(model, real);
    await expectRows(model, real);
  },
  toString: () => `wait ${ms} ms`,
});

/** A process ends and begins anew: what ran out unattended is ended then. */
const restart = (at: number): Command => ({
  check: () => true,
  run: async (model, real) => {
    await processOf(real, at).close();
    for (const { waitsIn } of model.requests) waitsIn.delete(at);
    const process = real.world.process();
    real.processes[at] = process;
    await process.expireOverdue();
    for (const request of model.requests) {
      if ((request.state === 'pending' || request.state === 'approved') && isOver(request, model))
        move(request, 'expired');
    }
    await expectRows(model, real);
  },
  toString: () => `restart ${at}`,
});

/** The call is about to run, as the log decides it under its lock. */
const begin = (which: number, hasSameArguments: boolean): Command => ({
  check: ({ requests }) => requests.length > 0,
  run: async (model, real) => {
    const request = pick(model, which);
    const record = await real.world.store.request(request.id);
    const argsDigest = hasSameArguments ? (record?.request.argsDigest ?? '') : 'another digest';
    const result = transition(record, { kind: 'consumed', argsDigest }, model.nowUs);
    expect(result.ok).toBe(request.state === 'approved' && !isOver(request, model) && hasSameArguments);
    if (result.ok) {
      await real.world.store.apply({ requests: [{ expectVersion: result.record.version - 1, record: result.record }] });
      move(request, 'used');
    }
    await expectRows(model, real);
  },
  toString: () => `begin ${which} with ${hasSameArguments ? 'the' : 'other'} arguments`,
});

/** What runs out while a call waits for it in some process is ended by that process. */
function noteTimeouts(model: Model): void {
  for (const request of model.requests) {
    const isWaiting = request.waitsIn.size > 0 && !request.isUncertain;
    if (request.state === 'pending' && isOver(request, model) && isWaiting) move(request, 'expired');
  }
}

/** A process that has not yet heard of an approval when the time is up ends it: its call has not begun in time. Either order is sound. */
async function noteUnheard(model: Model, { world }: Real): Promise<void> {
  for (const request of model.requests) {
    const mayHaveEnded = request.state === 'approved' || (request.state === 'pending' && request.isUncertain);
    if (!mayHaveEnded || !isOver(request, model) || request.waitsIn.size === 0) continue;
    if ((await world.store.request(request.id))?.state === 'expired') move(request, 'expired');
  }
}

function pick({ requests }: Model, which: number): ModelRequest {
  const request = requests[which % requests.length];
  if (request === undefined) throw new Error('there is no request');
  return request;
}

function processOf({ processes }: Real, at: number): Approvals {
  const process = processes[at];
  if (process === undefined) throw new Error(`there is no process ${at}`);
  return process;
}

const process = fc.nat({ max: PROCESSES - 1 });
const which = fc.nat({ max: 20 });
const commands = fc.commands(
  [
    fc.tuple(process, fc.constantFrom(1, 1, 2, 3)).map((chosen) => ask(...chosen)),
    fc.tuple(process, which).map((chosen) => withdraw(...chosen)),
    fc.tuple(process, which).map((chosen) => resume(...chosen)),
    fc
      .tuple(process, which, fc.constantFrom('approved' as const, 'rejected' as const))
      .map((chosen) => decide(...chosen)),
    which.map(race),
    fc.constantFrom(1, 250, 4_000, 10_000).map(wait),
    process.map(restart),
    fc.tuple(which, fc.boolean()).map((chosen) => begin(...chosen)),
  ],
  { maxCommands: 40 },
);

describe('the life of requests', () => {
  it('follows the model through expiry, races, restarts and runs', async () => {
    console.log(`seed ${SEED}`);
    const run = async (sequence: Iterable<Command>) => {
      const world = createWorld();
      const processes = [world.approvals, ...Array.from({ length: PROCESSES - 1 }, () => world.process())];
      const real: Real = { world, processes, outcomes: [] };
      const model: Model = { nowUs: world.environment.nowUs(), requests: [] };
      await fc.asyncModelRun(() => ({ model, real }), sequence);
      // Whoever still waits hears of what was decided elsewhere, or of the end of the process.
      world.environment.advance(250);
      await settle();
      await Promise.all(processes.map((one) => one.close()));
      for (const { id, outcome } of real.outcomes) {
        const states: readonly string[] = model.requests.find((request) => request.id === id)?.states ?? [];
        expect([...states.filter((state) => state !== 'pending'), 'APPROVALS_CLOSED']).toContain(await outcome);
      }
    };
    await fc.assert(fc.asyncProperty(commands, run), { seed: SEED, numRuns: 300 });
  }, 120_000);
});
