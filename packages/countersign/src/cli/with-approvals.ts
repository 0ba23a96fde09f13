/**
 * The approval service over a log that other processes may have open: for the commands that decide. It has no channels, and no
 * call waits in it.
 */

import {
  ApprovalNotFoundError,
  type ApprovalRecord,
  type ApprovalRequest,
  type Approvals,
  createApprovals,
  type DecisionSignature,
  type EditAssessor,
} from '@countersign/approval';
import {
  type AuditLog,
  createRemoteEdits,
  decisionStatement,
  openApproverKey,
  requestEntriesOfCall,
} from '@countersign/audit';
import { type Actor, type Environment, formatTime, type JsonValue } from '@countersign/core';
import { recordRefused } from '../record-refused.js';
import { visible } from './format/visible.js';
import type { CliIo } from './io.js';
import type { CommonOptions } from './options.js';
import { withOpenedLog } from './with-log.js';

/** What a command that decides works with. */
export interface OpenedApprovals {
  readonly approvals: Approvals;
  readonly environment: Environment;
  /** Signs a decision about a request with the key in a file. @throws KeyError `KEY_MISSING`, `KEY_INVALID`, `KEY_EXPOSED` */
  sign(request: ApprovalRequest, decision: ToSign): Promise<DecisionSignature>;
}

/** A decision that is about to be made. */
export interface ToSign {
  readonly decision: 'approved' | 'rejected';
  readonly approver: Actor;
  readonly editedArgs?: JsonValue;
  readonly keyFile: string;
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
      return await use({
        approvals,
        environment,
        sign: (request, decision) => signDecision(request, decision, { log, edits, environment }),
      });
    } finally {
      await approvals.close();
    }
  });
}

interface SignParts {
  readonly log: AuditLog;
  readonly edits: EditAssessor;
  readonly environment: Environment;
}

async function signDecision(
  request: ApprovalRequest,
  { decision, approver, editedArgs, keyFile }: ToSign,
  { log, edits, environment }: SignParts,
): Promise<DecisionSignature> {
  const key = await openApproverKey(keyFile, { name: approver.id, create: false, environment });
  const asked = (await requestEntriesOfCall(log.store, request)).find((entry) => entry.request === request.id);
  if (asked === undefined) throw unknownRequest(request.id);
  const edit = editedArgs === undefined ? undefined : await edits.assessEdit(request.id, editedArgs);
  const signedAtUs = environment.nowUs();
  const stated = { decision, approver, editedDigest: edit?.editedDigest, signedAt: formatTime(signedAtUs) };
  const known = { ...asked, expiresAt: formatTime(request.expiresAtUs) };
  return { signedAtUs, value: key.sign(decisionStatement(known, stated, key.verifierKey)) };
}

/** One request. @throws ApprovalNotFoundError `REQUEST_NOT_FOUND` */
export async function requireRequest(
  find: (id: string) => Promise<ApprovalRecord | undefined>,
  id: string,
): Promise<ApprovalRecord> {
  const record = await find(id);
  if (record !== undefined) return record;
  throw unknownRequest(id);
}

function unknownRequest(id: string): ApprovalNotFoundError {
  return new ApprovalNotFoundError('REQUEST_NOT_FOUND', `No request has the id ${visible(id)}.`, {
    hint: 'List those that wait with `countersign approve list`.',
  });
}
