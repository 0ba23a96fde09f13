import { createMemoryApprovalStore } from '@countersign/approval';
import { describeApprovalStore } from '@countersign/approval/testing';
import { describe, expect, it } from 'vitest';

describeApprovalStore(
  'memory',
  async () => {
    const store = createMemoryApprovalStore();
    return { store, apply: store.apply, close: async () => undefined };
  },
  { describe, expect, it },
);
