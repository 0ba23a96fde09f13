import { describeApprovalStore } from '@countersign/approval/testing';
import { describe, expect, it } from 'vitest';
import { createMemoryLogStore } from '../src/memory-store.js';
import { describeLogStore } from '../src/testing/describe-log-store.js';
import { appendSamples, NOTHING, sampleBatch } from '../src/testing/sample-batch.js';

describeLogStore(
  'memory',
  async () => {
    const store = createMemoryLogStore();
    return { store, close: () => store.close() };
  },
  { describe, it, expect },
);

describeApprovalStore(
  'memory, beside the log',
  async () => {
    const store = createMemoryLogStore();
    return {
      store: store.approvals,
      apply: ({ requests = [], grants = [] }) =>
        store.exclusive(NOTHING, (state) => sampleBatch(state, [{}], { requests, grants })),
      close: () => store.close(),
    };
  },
  { describe, it, expect },
);

describe('the memory store', () => {
  it('keeps copies, so that bytes handed in or out change nothing', async () => {
    const store = createMemoryLogStore();
    const [written] = await appendSamples(store, [{ payloads: { args: '1' } }]);
    written?.leafHash.fill(0);
    const [payload] = await store.payloads({ from: 0, to: 1 });
    payload?.bytes.fill(0);
    const [leaf] = await store.leaves({ from: 0, limit: 1 });
    expect(leaf?.leafHash.some((byte) => byte !== 0)).toBe(true);
    expect(Buffer.from((await store.payloads({ from: 0, to: 1 }))[0]?.bytes ?? []).toString()).toBe('1');
  });
});
