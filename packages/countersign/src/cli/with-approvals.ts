/**
 * The approval service over a log that other processes may have open: for the commands that decide. It has no channels, and no
 * call waits in it.
 */

import { ApprovalNotFoundError, type ApprovalRecord, type Approvals, createApprovals } from '@countersign/approval';
import { createRemoteEdits } from '@countersign/audit';
import type { Environment } from '@countersign/core';
import { recordRefused } from '../record-refused.js';
import { visible } from './format/visible.js';
import type { CliIo } from './io.js';
import type { CommonOptions } from './options.js';
import { withOpenedLog } from './with-log.js';

/** What a command that decides works with. */
export interface OpenedApprovals {
  readonly approvals: Approvals;
  readonly environment: Environment;
}

/** Runs `use` with the approvals of a log and closes both after. @throws What `withOpenedLog` throws. */
export async function withApprovals<T>(
  io: CliIo,
  options: CommonOptions,
  use: (opened: OpenedApprovals) => Promise<T>,
): Promise<T> {
  return withOpenedLog(io, options, async ({ log, approvals: store, environment, redactor, argsSalt }) => {
    const edits = createRemoteEdits({ find: (id) => store.request(id), redactor, argsSalt });
    const approvals = createApprovals({
      store,
      journal: log.journal,
      environment,
      edits,
      refused: (refused) => recordRefused(log, refused),
    });
    try {
      return await use({ approvals, environment });
    } finally {
      await approvals.close();
    }
  });
}

/** One request. @throws ApprovalNotFoundError `REQUEST_NOT_FOUND` */
export async function requireRequest(
  find: (id: string) => Promise<ApprovalRecord | undefined>,
  id: string,
): Promise<ApprovalRecord> {
  const record = await find(id);
  if (record !== undefined) return record;
  throw new ApprovalNotFoundError('REQUEST_NOT_FOUND', `No request has the id ${visible(id)}.`, {
    hint: 'List those that wait with `countersign approve list`.',
  });
}
