import { beforeAll, describe, expect, test } from 'vitest';
import type { QueryFilter } from '../src/call-view.js';
import { sampleCall } from '../src/testing/sample-call.js';
import { createTestLog, type TestLog } from '../src/testing/test-log.js';

const CALLS = 405;
const allowed = { decision: 'not_required', decisionBy: 'default:safe' } as const;
let world: TestLog;

beforeAll(async () => {
  world = await createTestLog();
  await Promise.all(Array.from({ length: CALLS }, (_, at) => record(at)));
});

describe('pages of a query', () => {
  // Below, at and above the number of candidates that are read at a time, and the number of calls.
  const limits = [7, 199, 200, 201, 404, 405, 406, 1000];

  test.each(limits)('of %i calls hold each call once, in order, and the last one says so', async (limit) => {
    for (const order of ['newest-first', 'oldest-first'] as const) {
      const { indexes, sizes } = await readPages({ limit, order });
      expect(indexes).toEqual([...indexes].sort((a, b) => (order === 'oldest-first' ? a - b : b - a)));
      expect(new Set(indexes).size).toBe(CALLS);
      expect(sizes.slice(0, -1).every((size) => size === limit)).toBe(true);
      expect(sizes).toHaveLength(Math.ceil(CALLS / limit));
    }
  });

  test.each(limits)('of %i calls leave out what the outcome does not fit, and nothing else', async (limit) => {
    const failed = await readPages({ limit, outcome: 'tool_error' });
    const rest = await readPages({ limit, success: true });
    expect(failed.indexes).toHaveLength(CALLS / 5);
    expect(new Set([...failed.indexes, ...rest.indexes]).size).toBe(CALLS);
  });
});

/** Every fifth call fails. */
async function record(at: number): Promise<void> {
  const call = sampleCall(world.log.origin, { callId: `call-${at}` });
  const { index: begun } = await world.log.begin({ ...call, ...allowed });
  const outcome = at % 5 === 0 ? ('tool_error' as const) : ('ok' as const);
  await world.log.finish({ callId: call.callId, run: call.run, tool: call.tool.name, begun, outcome, durationUs: 1 });
}

async function readPages(filter: QueryFilter): Promise<{ indexes: number[]; sizes: number[] }> {
  const indexes: number[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await world.log.query({ ...filter, ...(cursor === undefined ? {} : { cursor }) });
    indexes.push(...page.calls.map(({ index }) => index));
    sizes.push(page.calls.length);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return { indexes, sizes };
}
