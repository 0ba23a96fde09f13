/**
 * The approvals' port into the log: an event becomes its entries and its row changes in one commit. Whether it applies is
 * decided by approval's own state machine, under the write lock; the rows are then made from the entries that say so.
 */

import {
  type ApprovalEvent,
  type ApprovalRequest,
  applyApprovalEvent,
  type CurrentRows,
  type DecisionJournal,
} from '@countersign/approval';
import type { JsonValue } from '@countersign/core';
import { APPROVER_KINDS, type ApproverRegistry, RegistryMoved, RequestUnread } from './approver-registry.js';
import { approvalEventParts } from './plan/approval-events.js';
import type { Appended, AppendItem, PayloadMaker, PlanView } from './plan/plan.js';
import { busy } from './unavailable.js';

/** What a journal writes with. */
export interface JournalOptions {
  /** The log's origin. */
  readonly origin: string;
  readonly makePayloads: PayloadMaker;
  /** Makes the shown form of what an approver wrote: the row holds the same as the entry. */
  readonly show?: (text: string) => string;
  /** The same for an answer in the tool's place. */
  readonly showValue?: (value: JsonValue) => JsonValue;
  /** Who may decide; without it, everybody. */
  readonly approvers?: ApproverRegistry;
  /** Appends one item and answers when it is durable. */
  append(item: AppendItem): Promise<Appended>;
}

/** The journal of a log. */
export function createJournal(options: JournalOptions): DecisionJournal {
  return {
    record: async (event) => {
      const { requests, grants } = await appendEvent(showEvent(event, options), options);
      const [request] = requests;
      const [grant] = grants;
      return { ...(request !== undefined && { request }), ...(grant !== undefined && { grant }) };
    },
  };
}

/** Tries again where somebody was put on record or revoked meanwhile. */
async function appendEvent(event: ApprovalEvent, options: JournalOptions): Promise<Appended> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await options.append(eventItem(event, options));
    } catch (error) {
      if (!(error instanceof RegistryMoved)) throw error;
      if (attempt > MAX_ATTEMPTS) throw busy();
      await (error instanceof RequestUnread
        ? options.approvers?.readRequest(error.request)
        : options.approvers?.refresh());
    }
  }
}

/** How often one decision is tried again because of changes of who may decide. */
const MAX_ATTEMPTS = 100;

function showEvent(event: ApprovalEvent, { show, showValue = (value) => value }: JournalOptions): ApprovalEvent {
  if (show === undefined) return event;
  const shown = (text: string | undefined): string | undefined => (text === undefined ? undefined : show(text));
  switch (event.kind) {
    case 'decided': {
      const reason = shown(event.decision.reason);
      const messageForModel = shown(event.decision.messageForModel);
      const { respondWith } = event.decision;
      return {
        ...event,
        decision: {
          ...event.decision,
          ...(reason !== undefined && { reason }),
          ...(messageForModel !== undefined && { messageForModel }),
          ...(respondWith !== undefined && { respondWith: showValue(respondWith) }),
        },
      };
    }
    case 'grant-revoked': {
      const reason = shown(event.reason);
      return { ...event, ...(reason !== undefined && { reason }) };
    }
    case 'requested':
    case 'expired':
    case 'withdrawn':
    case 'escalated':
      return event;
    default:
      return event satisfies never;
  }
}

function eventItem(event: ApprovalEvent, { origin, makePayloads, approvers }: JournalOptions): AppendItem {
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
      newest: event.kind === 'decided' ? APPROVER_KINDS : [],
    },
    bytes: parts.bytes,
    flush: false,
    plan: (view) => {
      const current = currentRows(view);
      const { nowUs } = view;
      const known =
        event.kind === 'decided' ? asOnRecord(event, { approvers, request: current.request?.request, view }) : event;
      // Throws when the event does not apply; its rows are not used, because a row is what the entries say.
      applyApprovalEvent(current, known, { log: origin, nowUs });
      const decision = known.kind === 'decided' ? known.decision : undefined;
      if (decision !== undefined && current.request !== undefined) {
        approvers?.check(decision, current.request.request, view);
      }
      const drafts = parts.drafts(current, { nowUs, ...(decision !== undefined && { decision }) });
      return { drafts, rows: (entries) => parts.rows(current, entries) };
    },
  };
}

/** A decision with what is on record of its approver; without a registry or a request, as it was handed in. */
function asOnRecord(
  event: Extract<ApprovalEvent, { readonly kind: 'decided' }>,
  {
    approvers,
    request,
    view,
  }: {
    readonly approvers: ApproverRegistry | undefined;
    readonly request: ApprovalRequest | undefined;
    readonly view: PlanView;
  },
): Extract<ApprovalEvent, { readonly kind: 'decided' }> {
  if (approvers === undefined || request === undefined) return event;
  return { ...event, decision: approvers.complete(event.decision, request, view) };
}
