/**
 * A table of what must not happen: each attempt with the code that its maker gets and the entries that it leaves; and the questions
 * about a call that did run, answered from the log alone.
 */

import { createTestEnvironment } from '@countersign/core/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Countersign, CountersignOptions } from '../src/open-countersign.js';
import { createTestHome, openTestLog, type TestHome } from './cli-support.js';

let home: TestHome;

beforeEach(() => {
  home = createTestHome();
});
afterEach(() => home.remove());

const TOOL = { name: 'run_shell', description: 'Runs a command.', inputSchema: { type: 'object' } } as const;
const ARGS = { command: 'rm -rf data' };

function createPlace() {
  const environment = createTestEnvironment();
  const open = (options: CountersignOptions = {}) => openTestLog(home, { channels: [], environment, ...options });
  return { environment, open };
}

type Place = ReturnType<typeof createPlace>;

/** Begins a call under one id; answers the code that it is refused with, or what it ran with. */
function run(cs: Countersign, over: { readonly tool?: object; readonly args?: unknown } = {}): Promise<unknown> {
  const call = {
    callId: 'call-1',
    tool: { ...TOOL, ...over.tool },
    args: over.args ?? ARGS,
    context: { run: 'run-1' },
  };
  return cs.gate.run(call, (opened) => opened.args).catch(codeOf);
}

async function begin(cs: Countersign, args: unknown = ARGS) {
  const asked = new Promise<string>((resolve) => {
    cs.approvals.on('requested', ({ id }) => resolve(id));
  });
  const outcome = run(cs, { args });
  return { id: await asked, outcome };
}

const decide = (cs: Countersign, id: string, approver: string) =>
  cs.approvals.decide(id, { decision: 'approved', approver, channel: 'test' }).then(() => 'decided', codeOf);

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : error;
}

/** The entries since the request, but for policies and configurations: kind, and what says why. */
async function story(cs: Countersign): Promise<readonly string[]> {
  const entries = (await cs.log.entries()).map(({ entry }) => entry);
  const from = entries.findIndex(({ kind }) => kind === 'approval-requested');
  return entries.slice(from).flatMap((entry) => {
    if (entry.kind === 'tool-refused') return [`tool-refused ${entry.code}`];
    if (entry.kind === 'approval-expired') return [`approval-expired ${entry.cause}`];
    if (entry.kind === 'approval-decided') return [`approval-decided ${entry.decisionBy}`];
    if (entry.kind === 'authorization') return [`authorization ${entry.allowed} ${entry.actor?.id}`];
    return entry.kind === 'policy-changed' || entry.kind === 'config-changed' ? [] : [entry.kind];
  });
}

interface Attempt {
  readonly name: string;
  readonly make: (cs: Countersign, place: Place) => Promise<unknown>;
  readonly code: string;
  readonly leaves: readonly string[];
}

const DECISIONS: readonly Attempt[] = [
  {
    name: 'the requester decides',
    make: async (cs) => decide(cs, (await begin(cs)).id, 'tester'),
    code: 'SELF_APPROVAL',
    leaves: ['approval-requested', 'authorization false tester'],
  },
  {
    name: 'somebody decides who is not on record',
    make: async (cs) => {
      const { id } = await begin(cs);
      await cs.log.append({ kind: 'approver-added', approver: { kind: 'person', id: 'ada' } });
      return decide(cs, id, 'eve');
    },
    code: 'APPROVER_NOT_ENTITLED',
    leaves: ['approval-requested', 'approver-added', 'authorization false eve'],
  },
  {
    name: 'somebody decides after somebody else',
    make: async (cs) => {
      const { id, outcome } = await begin(cs);
      await cs.approvals.decide(id, { decision: 'rejected', approver: 'ada' });
      await outcome;
      return decide(cs, id, 'bob');
    },
    code: 'ALREADY_DECIDED',
    leaves: ['approval-requested', 'approval-decided ada', 'tool-refused APPROVAL_REJECTED'],
  },
  {
    name: 'somebody decides after the time is up',
    make: async (cs, { environment }) => {
      const { id, outcome } = await begin(cs);
      environment.advance(600_000);
      await outcome;
      return decide(cs, id, 'ada');
    },
    code: 'ALREADY_DECIDED',
    leaves: ['approval-requested', 'approval-expired timeout', 'tool-refused APPROVAL_EXPIRED'],
  },
];

/** Begins the call again, after its request was approved while no program waited. */
async function approvedThen(
  cs: Countersign,
  place: Place,
  then: (cs: Countersign) => Promise<unknown>,
): Promise<unknown> {
  const { id, outcome } = await begin(cs);
  await cs.close();
  await outcome;
  const next = await place.open();
  await decide(next, id, 'ada');
  const result = await then(next);
  await next.close();
  return result;
}

const CALLS: readonly Attempt[] = [
  {
    name: 'a call with other arguments uses the approval',
    make: (cs, place) => approvedThen(cs, place, (next) => run(next, { args: { command: 'rm -rf other' } })),
    code: 'APPROVAL_MISMATCH',
    leaves: ['approval-requested', 'approval-decided ada', 'tool-refused APPROVAL_MISMATCH'],
  },
  {
    name: 'a call of another tool uses the approval',
    make: (cs, place) => approvedThen(cs, place, (next) => run(next, { tool: { name: 'shell_exec' } })),
    code: 'APPROVAL_MISMATCH',
    leaves: ['approval-requested', 'approval-decided ada', 'tool-refused APPROVAL_MISMATCH'],
  },
  {
    name: 'a call uses the approval after the schema of its tool has changed',
    make: (cs, place) =>
      approvedThen(cs, place, (next) =>
        run(next, { tool: { inputSchema: { type: 'object', required: ['command'] } } }),
      ),
    code: 'APPROVAL_MISMATCH',
    leaves: ['approval-requested', 'approval-decided ada', 'tool-refused APPROVAL_MISMATCH'],
  },
  {
    name: 'a call uses the approval after its time',
    make: (cs, place) =>
      approvedThen(cs, place, (next) => {
        place.environment.advance(600_000);
        return run(next);
      }),
    code: 'APPROVAL_EXPIRED',
    leaves: ['approval-requested', 'approval-decided ada', 'tool-refused APPROVAL_EXPIRED'],
  },
  {
    name: 'a call uses the approval twice',
    make: (cs, place) =>
      approvedThen(cs, place, async (next) => {
        expect(await run(next)).toEqual(ARGS);
        return run(next);
      }),
    code: 'CALL_ALREADY_BEGUN',
    leaves: ['approval-requested', 'approval-decided ada', 'tool-call', 'tool-result'],
  },
];

describe('refused', () => {
  test.each([...DECISIONS, ...CALLS])('when $name: $code', async ({ make, code, leaves }) => {
    const place = createPlace();
    const cs = await place.open();
    expect(await make(cs, place)).toBe(code);
    await cs.close();
    const reader = await place.open();
    expect((await story(reader)).slice(0, leaves.length)).toEqual(leaves);
    expect(await reader.log.verify()).toMatchObject({ integrity: 'ok' });
    expect((await reader.log.verify()).authority).not.toBe('failed');
    await reader.close();
  });

  test('and asked about again when the policy has changed between approval and run', async () => {
    const place = createPlace();
    const cs = await place.open();
    const { id, outcome } = await begin(cs);
    await cs.close();
    await outcome;
    const next = await place.open({ policy: { version: 1, timeoutMs: 60_000 } });
    await decide(next, id, 'ada');
    const again = await begin(next);
    await decide(next, again.id, 'bob');
    expect(await again.outcome).toEqual(ARGS);
    expect(await story(next)).toEqual([
      'approval-requested',
      'approval-decided ada',
      'approval-expired aborted',
      'approval-requested',
      'approval-decided bob',
      'tool-call',
      'tool-result',
    ]);
    await next.close();
  });
});

describe('arguments that change between approval and run', () => {
  test('by the hand of the caller change nothing: what was approved runs', async () => {
    const cs = await createPlace().open();
    const args = { command: 'rm -rf data', nested: { list: ['a'] } };
    const { id, outcome } = await begin(cs, args);
    args.command = 'rm -rf /';
    args.nested.list.push('b');
    await decide(cs, id, 'ada');
    expect(await outcome).toEqual({ command: 'rm -rf data', nested: { list: ['a'] } });
    await cs.close();
  });

  test.each([
    [
      'a getter',
      () => {
        let reads = 0;
        return Object.defineProperty({}, 'command', {
          enumerable: true,
          get: () => (reads++ === 0 ? 'ls' : 'rm -rf /'),
        });
      },
    ],
    ['a Proxy', () => new Proxy({ command: 'rm -rf data' }, { get: () => 'rm -rf /' })],
  ])('through %s cannot be bound to an approval: the call is refused, on record', async (_, make) => {
    const cs = await createPlace().open();
    expect(await run(cs, { args: make() })).toBe('ARGUMENTS_NOT_BINDABLE');
    const refused = (await cs.log.entries({ kind: 'tool-refused' })).map(({ entry }) => entry);
    expect(refused).toMatchObject([{ code: 'ARGUMENTS_NOT_BINDABLE', call: 'call-1' }]);
    await cs.close();
  });
});

describe('the log alone', () => {
  test('says who allowed a call, under which policy, for which arguments, and within which window', async () => {
    const place = createPlace();
    const cs = await place.open();
    const { id, outcome } = await begin(cs);
    await decide(cs, id, 'ada');
    await outcome;
    await cs.close();
    const reader = await place.open();
    const [call] = (await reader.log.entries({ kind: 'tool-call' })).map(({ entry }) => entry);
    const [asked] = (await reader.log.entries({ kind: 'approval-requested' })).map(({ entry }) => entry);
    const [decided] = (await reader.log.entries({ kind: 'approval-decided' })).map(({ entry }) => entry);
    const [policy] = (await reader.log.entries({ kind: 'policy-changed' })).map(({ entry }) => entry);
    if (call?.kind !== 'tool-call' || asked?.kind !== 'approval-requested') throw new Error('an entry is missing');
    if (decided?.kind !== 'approval-decided' || policy?.kind !== 'policy-changed')
      throw new Error('an entry is missing');
    expect([call.request, asked.request, decided.request]).toEqual([id, id, id]);
    expect(decided).toMatchObject({ decisionBy: 'ada', attestation: 'server', argsDigest: call.argsDigest });
    expect(call.policy).toBe(policy.policy);
    expect([asked.time <= decided.time, decided.time <= call.time, call.time < asked.expiresAt]).toEqual([
      true,
      true,
      true,
    ]);
    expect((await reader.log.query()).calls).toMatchObject([{ args: ARGS, decision: 'approved', decisionBy: 'ada' }]);
    await reader.close();
  });
});
