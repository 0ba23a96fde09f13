/**
 * A row that was found under the write lock and that this process does not know yet: it neither wrote it nor has found the
 * entries that it follows from. Pure.
 */

import type { ApprovalRecord, GrantRecord } from '@countersign/approval';

/** A row of the approvals. */
export type ApprovalRow =
  | { readonly kind: 'request'; readonly record: ApprovalRecord }
  | { readonly kind: 'grant'; readonly record: GrantRecord };

/** The tree under whose lock a row was found; its checkpoint was verified there. */
export interface SignedTree {
  readonly size: number;
  /** The root, in base64. */
  readonly root: string;
}

/** Thrown by a plan that looks at such a row. Never leaves the log: it finds out what the row rests on, and plans again. */
export class UngroundedRow extends Error {
  readonly row: ApprovalRow;
  readonly tree: SignedTree;

  constructor(row: ApprovalRow, tree: SignedTree) {
    super('A row was found that may not follow from the log.');
    this.row = row;
    this.tree = tree;
  }
}
