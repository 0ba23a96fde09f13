/**
 * Which rows of the approvals may be acted on. A row is a copy: whoever can write to the database can write a row that says
 * "approved", and only whoever has the keys can write the entry that it would follow from. So a row counts when this process
 * wrote it, or after its entries were found in the signed tree.
 */

import { formatApprovalRecord, formatGrantRecord } from '@countersign/approval';
import { EMPTY_EDGE, type RightEdge } from '@countersign/tlog';
import { ApprovalLedger } from './approval-ledger.js';
import { StoreCorruptError } from './errors.js';
import type { LogReader } from './log-reader.js';
import type { ApprovalRow, SignedTree, UngroundedRow } from './plan/ungrounded.js';
import { digestRow } from './verify/steps/row-digest.js';

/** How many rows are remembered; what is forgotten is read from the log again when it is needed. */
export const MAX_KNOWN_ROWS = 10_000;

/** The rows that one process knows to follow from the log. */
export class RowGround {
  readonly #reader: Pick<LogReader, 'leaves' | 'payloads'>;
  readonly #start: RightEdge;
  /** The digest of each row's text, by kind and id. */
  readonly #known = new Map<string, string>();
  /** Sees what was written since the log was opened: most requests are younger than the process that waits for them. */
  #recent: ApprovalLedger;
  /** Sees the whole log; made when a row is older than that. */
  #whole: ApprovalLedger | undefined;

  /** @param start The tree that the log had when it was opened. */
  constructor(reader: Pick<LogReader, 'leaves' | 'payloads'>, start: RightEdge) {
    this.#reader = reader;
    this.#start = start;
    this.#recent = new ApprovalLedger(reader, start);
  }

  /** Whether a row is known to be as it is. */
  isKnown(row: ApprovalRow): boolean {
    return this.#known.get(keyOf(row)) === digestOf(row);
  }

  /** Takes note of a row that follows from the log. */
  note(row: ApprovalRow): void {
    const key = keyOf(row);
    // The newest stands last, and the oldest is forgotten first.
    this.#known.delete(key);
    this.#known.set(key, digestOf(row));
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN_ROWS && oldest !== undefined) this.#known.delete(oldest);
  }

  /**
   * Finds out what a row rests on. Afterwards it is known, or the log has gone on and the row must be looked at again.
   * @throws StoreCorruptError `STORE_DAMAGED` when no entries come to what the row says, or the log cannot be read.
   */
  async learn({ row, tree }: UngroundedRow): Promise<void> {
    const ledger = await this.#ledgerFor(row, tree);
    if (ledger.agrees(row)) this.note(row);
    else if (ledger.size === tree.size) throw forged(row);
  }

  async #ledgerFor(row: ApprovalRow, tree: SignedTree): Promise<ApprovalLedger> {
    try {
      await this.#recent.follow(tree);
      if (this.#recent.agrees(row)) return this.#recent;
      // The row may have begun before this process did. From here on the one that sees it all is enough.
      this.#whole ??= new ApprovalLedger(this.#reader, EMPTY_EDGE);
      this.#recent = this.#whole;
      await this.#whole.follow(tree);
      return this.#whole;
    } catch (error) {
      // A ledger that failed is of no use: the next one begins anew, when the store may be well again.
      this.#whole = undefined;
      this.#recent = new ApprovalLedger(this.#reader, this.#start);
      throw error;
    }
  }
}

function keyOf(row: ApprovalRow): string {
  return row.kind === 'request' ? `request ${row.record.request.id}` : `grant ${row.record.grant.id}`;
}

function digestOf(row: ApprovalRow): string {
  return digestRow(row.kind === 'request' ? formatApprovalRecord(row.record) : formatGrantRecord(row.record));
}

function forged({ kind }: ApprovalRow): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `The row of a ${kind} does not follow from the signed entries.`, {
    hint: 'Somebody or something changed the database: run `countersign verify`, and keep a copy of the store as it is.',
  });
}
