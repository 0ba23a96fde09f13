/**
 * The approvals' port into the log: an event becomes its entries and its row changes in one commit. Whether it applies is
 * decided by approval's own state machine, under the write lock; the rows are then made from the entries that say so.
 */

import { type ApprovalEvent, applyApprovalEvent, type CurrentRows, type DecisionJournal } from '@countersign/approval';
import { approvalEventParts } from './plan/approval-events.js';
import type { Appended, AppendItem, PayloadMaker, PlanView } from './plan/plan.js';

/** What a journal writes with. */
export interface JournalOptions {
  /** The log's origin. */
  readonly origin: string;
  readonly makePayloads: PayloadMaker;
  /** Appends one item and answers when it is durable. */
  append(item: AppendItem): Promise<Appended>;
}

/** The journal of a log. */
export function createJournal(options: JournalOptions): DecisionJournal {
  return {
    record: async (event) => {
      const { requests, grants } = await options.append(eventItem(event, options));
      const [request] = requests;
      const [grant] = grants;
      return { ...(request !== undefined && { request }), ...(grant !== undefined && { grant }) };
    },
  };
}

function eventItem(event: ApprovalEvent, { origin, makePayloads }: JournalOptions): AppendItem {
  const parts = approvalEventParts(event, makePayloads);
  const { requestId, grantId } = parts;
  const currentRows = (view: PlanView): CurrentRows => ({
    request: requestId === undefined ? undefined : view.request(requestId),
    grant: grantId === undefined ? undefined : view.grant(grantId),
  });
  return {
    lock: {
      requests: requestId === undefined ? [] : [requestId],
      grants: grantId === undefined ? [] : [grantId],
    },
    bytes: parts.bytes,
    flush: false,
    plan: (view) => {
      const current = currentRows(view);
      // Throws when the event does not apply; its rows are not used, because a row is what the entries say.
      applyApprovalEvent(current, event, { log: origin, nowUs: view.nowUs });
      return { drafts: parts.drafts(current), rows: (entries) => parts.rows(current, entries) };
    },
  };
}
