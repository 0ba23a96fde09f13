import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeApprovalStore } from '@countersign/approval/testing';
import { describeLogStore } from '@countersign/audit/testing';
import { openSqlite } from '@countersign/sqlite';
import { describe, expect, it } from 'vitest';
import { NOTHING, sampleBatch } from '../../audit/src/testing/sample-batch.js';

async function openTwice() {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-sqlite-'));
  const path = join(folder, 'log.db');
  const first = await openSqlite({ path, create: true });
  const second = await openSqlite({ path });
  const close = async () => {
    await first.close();
    await second.close();
    rmSync(folder, { recursive: true });
  };
  return { first, second, close };
}

describeLogStore(
  'SQLite',
  async () => {
    const { first, second, close } = await openTwice();
    return { store: first.log, other: second.log, close };
  },
  { describe, it, expect },
);

describeApprovalStore(
  'SQLite',
  async () => {
    const { first, close } = await openTwice();
    return {
      store: first.approvals,
      apply: ({ requests = [], grants = [] }) =>
        first.log.exclusive(NOTHING, (state) => sampleBatch(state, [{}], { requests, grants })),
      close,
    };
  },
  { describe, it, expect },
);
