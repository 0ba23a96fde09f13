/**
 * The approvers on record in a store, read from the log's entries and kept up to date as others add to them. Who decides is checked
 * against it under the write lock: a revocation that is on record before a decision counts for it.
 */

import { type ApprovalRequest, type DecisionDraft, DecisionInvalidError, explainNotAsked } from '@countersign/approval';
import { type Actor, formatTime } from '@countersign/core';
import { approverKey, type EnrolledApprover, explainNotEntitled } from './approvers.js';
import { isDecisionSigned, isSignedInTime } from './decision-statement.js';
import { type Delegation, explainDelegation, findDelegation, noteRoster, type Roster } from './delegations.js';
import { decodeEntry } from './entry/encode.js';
import type { EntryOf } from './entry/kinds.js';
import { StoreCorruptError } from './errors.js';
import type { PlanView } from './plan/plan.js';
import { requestEntriesOfCall } from './requests-of-call.js';
import type { LogStore } from './store.js';

/** The kinds of entry that the registry rests on. */
export const APPROVER_KINDS = [
  'approver-added',
  'approver-revoked',
  'approver-delegated',
  'delegation-revoked',
] as const;

/** Somebody added to the registry after it was read: it is read again, and the decision tried again. */
export class RegistryMoved extends Error {}

/** The entry of a request has to be read first; then the decision is tried again. */
export class RequestUnread extends RegistryMoved {
  readonly request: ApprovalRequest;

  constructor(request: ApprovalRequest) {
    super();
    this.request = request;
  }
}

/** What of the state under the lock the registry asks. */
type RegistryView = Pick<PlanView, 'newest' | 'nowUs'>;

/** What the registry reads. */
export type RegistryStore = Pick<LogStore, 'findEntries' | 'entriesOfCalls' | 'read'>;

/** The registry of one store. */
export class ApproverRegistry {
  readonly #store: RegistryStore;
  readonly #roster: Roster = { approvers: new Map(), delegations: new Map() };
  /** The index of the newest entry that was read. */
  #newest = -1;
  /** The entry of the request that was decided last with a signature. */
  #asked: EntryOf<'approval-requested'> | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(store: RegistryStore) {
    this.#store = store;
  }

  /** Everybody on record, the revoked ones included, in the order in which they came. */
  async approvers(): Promise<readonly EnrolledApprover[]> {
    await this.refresh();
    return [...this.#roster.approvers.values()];
  }

  /** All delegations on record, the revoked ones included, in the order in which they came. */
  async delegations(): Promise<readonly Delegation[]> {
    await this.refresh();
    return [...this.#roster.delegations.values()];
  }

  /** Reads what came since. @throws StoreCorruptError `ENTRY_CORRUPT` for an entry that cannot be read. */
  refresh(): Promise<void> {
    const turn = this.#last.then(() => this.#read());
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * A decision with the role and the key that are on record of its approver, and the delegation by which they decide, as of the state
   * under the lock. Where nobody is on record, the role is what whoever hands the decision in says.
   * @throws RegistryMoved when the registry is behind it.
   */
  complete(decision: DecisionDraft, request: ApprovalRequest, view: RegistryView): DecisionDraft {
    this.#assertCurrent(view);
    const { approvers } = this.#roster;
    if (approvers.size === 0) return decision;
    const { role: _said, ...named } = decision.approver;
    const known = approvers.get(approverKey(named));
    const delegation = this.#delegationFor(named, request, view.nowUs);
    const role = (delegation === undefined ? known : approvers.get(approverKey(delegation.by)))?.approver.role;
    const key = known?.key ?? delegation?.key;
    const { signature } = decision;
    return {
      ...decision,
      approver: { ...named, ...(role !== undefined && { role }) },
      ...(signature !== undefined && key !== undefined && { signature: { ...signature, key } }),
      ...(delegation !== undefined && { onBehalfOf: delegation.by, delegation: delegation.id }),
    };
  }

  /** The delegation that somebody decides by who may not decide on their own. */
  #delegationFor(approver: Actor, request: ApprovalRequest, nowUs: number): Delegation | undefined {
    const known = this.#roster.approvers.get(approverKey(approver));
    const isOwn = known !== undefined && explainNotEntitled(known, request, nowUs) === undefined;
    if (isOwn && explainNotAsked(request.needs, known.approver) === undefined) return undefined;
    return findDelegation(this.#roster, approver, { about: request, nowUs });
  }

  /**
   * Whether somebody may decide, as of the state under the lock, which must name the newest entries of `APPROVER_KINDS`.
   * @throws RegistryMoved when the registry is behind it.
   * @throws RequestUnread when a signature is over a request whose entry was not read.
   * @throws DecisionInvalidError `APPROVER_NOT_ENTITLED`, `SIGNATURE_REQUIRED`, `SIGNATURE_INVALID`.
   */
  check(decision: DecisionDraft, request: ApprovalRequest, view: RegistryView): void {
    this.#assertCurrent(view);
    const { approvers, delegations } = this.#roster;
    const known = approvers.get(approverKey(decision.approver));
    const delegation = decision.delegation === undefined ? undefined : delegations.get(decision.delegation);
    this.#checkSignature(decision, request, { key: known?.key ?? delegation?.key, nowUs: view.nowUs });
    if (approvers.size === 0) return;
    const why = this.#explain(known, delegation, { about: request, nowUs: view.nowUs });
    if (why === undefined) return;
    throw new DecisionInvalidError('APPROVER_NOT_ENTITLED', `request ${request.id}: the approver ${why}`, {
      hint: 'Somebody else has to decide; `countersign approvers` lists who may.',
    });
  }

  #explain(
    known: EnrolledApprover | undefined,
    delegation: Delegation | undefined,
    at: { readonly about: ApprovalRequest; readonly nowUs: number },
  ): string | undefined {
    if (delegation !== undefined) return explainDelegation(delegation, this.#roster, at);
    return known === undefined ? 'is not on record' : explainNotEntitled(known, at.about, at.nowUs);
  }

  #assertCurrent(view: RegistryView): void {
    if (APPROVER_KINDS.some((kind) => view.newest(kind) > this.#newest)) throw new RegistryMoved();
  }

  /** Reads the entry of a request, for a signature that is over what it says. */
  async readRequest({ run, callId, id }: ApprovalRequest): Promise<void> {
    for (const entry of await requestEntriesOfCall(this.#store, { run, callId })) {
      if (entry.request === id) this.#asked = entry;
    }
    if (this.#asked?.request !== id) throw unreadable(id);
  }

  #checkSignature(
    decision: DecisionDraft,
    request: ApprovalRequest,
    { key, nowUs }: { readonly key: string | undefined; readonly nowUs: number },
  ): void {
    const { signature, decision: answer, approver, editedDigest } = decision;
    if (signature === undefined) {
      if (key === undefined) return;
      throw new DecisionInvalidError(
        'SIGNATURE_REQUIRED',
        `request ${request.id}: the approver has a key, and has not signed`,
        {
          hint: 'Decide with `countersign approve` and --sign-key.',
        },
      );
    }
    if (this.#asked?.request !== request.id) throw new RequestUnread(request);
    const signedAt = formatTime(signature.signedAtUs);
    const stated = { decision: answer, approver, editedDigest, signedAt, signature: signature.value };
    const asked = { ...this.#asked, expiresAt: formatTime(request.expiresAtUs) };
    const isFresh = isSignedInTime(signature.signedAtUs, nowUs);
    if (key !== undefined && isFresh && isDecisionSigned(asked, stated, key)) return;
    const why =
      key === undefined
        ? 'no key of the approver is on record'
        : isFresh
          ? 'the signature is not by the key on record, over this decision'
          : 'the signature was made at another time than now';
    throw new DecisionInvalidError('SIGNATURE_INVALID', `request ${request.id}: ${why}`, {
      hint: 'Sign the decision statement of this request with the key on record.',
    });
  }

  async #read(): Promise<void> {
    const from = this.#newest + 1;
    const found = await Promise.all(
      APPROVER_KINDS.map((kind) => this.#store.findEntries({ kind, from, limit: MAX_ENTRIES })),
    );
    const indexes = found.flat().sort((a, b) => a - b);
    if (indexes.length === 0) return;
    const { leaves } = await this.#store.read(indexes);
    for (const { index, leaf } of leaves) {
      const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
      const entry = decoded?.ok === true ? decoded.entry : undefined;
      if (entry === undefined || !noteRoster(this.#roster, entry)) throw unreadable(index);
      this.#newest = Math.max(this.#newest, index);
    }
  }
}

/** All delegations on record in a store. @throws StoreCorruptError `ENTRY_CORRUPT` */
export function readDelegations(store: RegistryStore): Promise<readonly Delegation[]> {
  return new ApproverRegistry(store).delegations();
}

/** Everybody on record in a store. @throws StoreCorruptError `ENTRY_CORRUPT` */
export function readApprovers(store: RegistryStore): Promise<readonly EnrolledApprover[]> {
  return new ApproverRegistry(store).approvers();
}

/** The most entries about approvers that a log may have, of each kind. */
const MAX_ENTRIES = 100_000;

function unreadable(index: number | string): StoreCorruptError {
  return new StoreCorruptError('ENTRY_CORRUPT', `Entry ${index}, which says who may decide, cannot be read.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
