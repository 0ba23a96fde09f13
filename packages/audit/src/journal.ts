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
  /** Makes the shown form of what an approver wrote: the row holds the same as the entry. */
  readonly show?: (text: string) => string;
  /** Appends one item and answers when it is durable. */
  append(item: AppendItem): Promise<Appended>;
}

/** The journal of a log. */
export function createJournal(options: JournalOptions): DecisionJournal {
  return {
    record: async (event) => {
      const { requests, grants } = await options.append(eventItem(showEvent(event, options), options));
      const [request] = requests;
      const [grant] = grants;
      return { ...(request !== undefined && { request }), ...(grant !== undefined && { grant }) };
    },
  };
}

function showEvent(event: ApprovalEvent, { show }: JournalOptions): ApprovalEvent {
  if (show === undefined) return event;
  const shown = (text: string | undefined): string | undefined => (text === undefined ? undefined : show(text));
  switch (event.kind) {
    case 'decided': {
      const reason = shown(event.decision.reason);
      const messageForModel = shown(event.decision.messageForModel);
      return {
        ...event,
        decision: {
          ...event.decision,
          ...(reason !== undefined && { reason }),
          ...(messageForModel !== undefined && { messageForModel }),
        },
      };
    }
    case 'grant-revoked': {
      const reason = shown(event.reason);
      return { ...event, ...(reason !== undefined && { reason }) };
    }
    case 'requested':
    case 'expired':
      return event;
    default:
      return event satisfies never;
  }
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
