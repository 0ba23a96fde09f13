/**
 * The approvers on record in a store, read from the log's entries and kept up to date as others add to them. Who decides is checked
 * against it under the write lock: a revocation that is on record before a decision counts for it.
 */

import { type ApprovalRequest, type DecisionDraft, DecisionInvalidError } from '@countersign/approval';
import { formatTime } from '@countersign/core';
import { type Approvers, approverKey, type EnrolledApprover, explainNotEntitled, noteApprover } from './approvers.js';
import { isDecisionSigned, isSignedInTime } from './decision-statement.js';
import { decodeEntry } from './entry/encode.js';
import type { EntryOf } from './entry/kinds.js';
import { StoreCorruptError } from './errors.js';
import type { PlanView } from './plan/plan.js';
import { requestEntriesOfCall } from './requests-of-call.js';
import type { LogStore } from './store.js';

/** The kinds of entry that the registry rests on. */
export const APPROVER_KINDS = ['approver-added', 'approver-revoked'] as const;

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

/** What the registry reads. */
export type RegistryStore = Pick<LogStore, 'findEntries' | 'entriesOfCalls' | 'read'>;

/** The registry of one store. */
export class ApproverRegistry {
  readonly #store: RegistryStore;
  readonly #approvers: Approvers = new Map();
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
    return [...this.#approvers.values()];
  }

  /** Reads what came since. @throws StoreCorruptError `ENTRY_CORRUPT` for an entry that cannot be read. */
  refresh(): Promise<void> {
    const turn = this.#last.then(() => this.#read());
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  /**
   * A decision with the role and the key that are on record of its approver, as of the state under the lock. Where nobody is on
   * record, the role is what whoever hands the decision in says.
   * @throws RegistryMoved when the registry is behind it.
   */
  complete(decision: DecisionDraft, view: Pick<PlanView, 'newest'>): DecisionDraft {
    if (APPROVER_KINDS.some((kind) => view.newest(kind) > this.#newest)) throw new RegistryMoved();
    if (this.#approvers.size === 0) return decision;
    const { role: _said, ...named } = decision.approver;
    const known = this.#approvers.get(approverKey(named));
    const role = known?.approver.role;
    const { signature } = decision;
    return {
      ...decision,
      approver: { ...named, ...(role !== undefined && { role }) },
      ...(signature !== undefined && known?.key !== undefined && { signature: { ...signature, key: known.key } }),
    };
  }

  /**
   * Whether somebody may decide, as of the state under the lock, which must name the newest entries of `APPROVER_KINDS`.
   * @throws RegistryMoved when the registry is behind it.
   * @throws RequestUnread when a signature is over a request whose entry was not read.
   * @throws DecisionInvalidError `APPROVER_NOT_ENTITLED`, `SIGNATURE_REQUIRED`, `SIGNATURE_INVALID`.
   */
  check(decision: DecisionDraft, request: ApprovalRequest, view: Pick<PlanView, 'newest' | 'nowUs'>): void {
    const { approver } = decision;
    if (APPROVER_KINDS.some((kind) => view.newest(kind) > this.#newest)) throw new RegistryMoved();
    const known = this.#approvers.get(approverKey(approver));
    this.#checkSignature(decision, request, { key: known?.key, nowUs: view.nowUs });
    if (this.#approvers.size === 0) return;
    const why = known === undefined ? 'is not on record' : explainNotEntitled(known, request, view.nowUs);
    if (why === undefined) return;
    throw new DecisionInvalidError('APPROVER_NOT_ENTITLED', `request ${request.id}: the approver ${why}`, {
      hint: 'Somebody else has to decide; `countersign approvers` lists who may.',
    });
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
      if (entry?.kind !== 'approver-added' && entry?.kind !== 'approver-revoked') throw unreadable(index);
      noteApprover(this.#approvers, entry);
      this.#newest = Math.max(this.#newest, index);
    }
  }
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
