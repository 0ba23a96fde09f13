/**
 * The approvers on record in a store, read from the log's entries and kept up to date as others add to them. Who decides is checked
 * against it under the write lock: a revocation that is on record before a decision counts for it.
 */

import { DecisionInvalidError } from '@countersign/approval';
import type { Actor } from '@countersign/core';
import {
  type Approvers,
  approverKey,
  type Decided,
  type EnrolledApprover,
  explainNotEntitled,
  noteApprover,
} from './approvers.js';
import { decodeEntry } from './entry/encode.js';
import { StoreCorruptError } from './errors.js';
import type { PlanView } from './plan/plan.js';
import type { LogStore } from './store.js';

/** The kinds of entry that the registry rests on. */
export const APPROVER_KINDS = ['approver-added', 'approver-revoked'] as const;

/** Somebody added to the registry after it was read: it is read again, and the decision tried again. */
export class RegistryMoved extends Error {}

/** The registry of one store. */
export class ApproverRegistry {
  readonly #store: Pick<LogStore, 'findEntries' | 'read'>;
  readonly #approvers: Approvers = new Map();
  /** The index of the newest entry that was read. */
  #newest = -1;
  #last: Promise<void> = Promise.resolve();

  constructor(store: Pick<LogStore, 'findEntries' | 'read'>) {
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
   * Whether somebody may decide, as of the state under the lock, which must name the newest entries of `APPROVER_KINDS`.
   * @throws RegistryMoved when the registry is behind it.
   * @throws DecisionInvalidError `APPROVER_NOT_ENTITLED`.
   */
  check(approver: Actor, request: Decided & { readonly id: string }, view: Pick<PlanView, 'newest' | 'nowUs'>): void {
    if (APPROVER_KINDS.some((kind) => view.newest(kind) > this.#newest)) throw new RegistryMoved();
    if (this.#approvers.size === 0) return;
    const known = this.#approvers.get(approverKey(approver));
    const why = known === undefined ? 'is not on record' : explainNotEntitled(known, request, view.nowUs);
    if (why === undefined) return;
    throw new DecisionInvalidError('APPROVER_NOT_ENTITLED', `request ${request.id}: the approver ${why}`, {
      hint: 'Somebody else has to decide; `countersign approvers` lists who may.',
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
export function readApprovers(store: Pick<LogStore, 'findEntries' | 'read'>): Promise<readonly EnrolledApprover[]> {
  return new ApproverRegistry(store).approvers();
}

/** The most entries about approvers that a log may have, of each kind. */
const MAX_ENTRIES = 100_000;

function unreadable(index: number): StoreCorruptError {
  return new StoreCorruptError('ENTRY_CORRUPT', `Entry ${index}, which says who may decide, cannot be read.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
