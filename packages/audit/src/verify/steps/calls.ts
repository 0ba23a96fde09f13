/**
 * The structure of calls (log format, section 2): each begins once, and has one outcome that names it. Pure.
 */

import { BitSet } from '../bit-set.js';
import type { Report } from '../finding-list.js';
import { WORDS } from '../range/checked-range.js';
import type { SeenRow } from '../range/seen-row.js';
import { RecentKeys } from '../recent-keys.js';
import type { CallsState } from '../resume/verified-state.js';

/** A call without an outcome. */
interface OpenCall {
  readonly index: number;
  readonly writer: string;
  readonly tool: string | undefined;
  readonly session: string | undefined;
}

/** Follows calls. Memory goes by the calls that are open, and two bits for each entry. */
export class Calls {
  readonly #report: Report;
  /** By the digest of run and call. */
  readonly #open = new Map<string, OpenCall>();
  readonly #begun = new RecentKeys(WORDS.callKey);
  /** Indexes of entries whose calls can have no outcome, and of those whose calls have one. */
  #refused = new BitSet();
  #finished = new BitSet();

  constructor(report: Report) {
    this.#report = report;
  }

  seeRow(row: SeenRow): void {
    switch (row.kind) {
      case 'tool-call':
        this.#begin(row);
        return;
      case 'tool-refused':
        this.#checkFirst(row, row.callKey);
        this.#refused.add(row.index);
        return;
      case 'tool-result':
        this.#finish(row);
        return;
      default:
    }
  }

  /** What a later verification goes on from. */
  save(): CallsState {
    const open = [...this.#open].map(([key, { index, writer, tool, session }]) => ({
      key: Buffer.from(key, 'latin1').toString('base64'),
      index,
      writer,
      ...(tool !== undefined && { tool }),
      ...(session !== undefined && { session }),
    }));
    return { open, refused: this.#refused.toBase64(), finished: this.#finished.toBase64() };
  }

  restore({ open, refused, finished }: CallsState): void {
    this.#refused = BitSet.fromBase64(refused);
    this.#finished = BitSet.fromBase64(finished);
    for (const { key, index, writer, tool, session } of open) {
      this.#open.set(Buffer.from(key, 'base64').toString('latin1'), { index, writer, tool, session });
    }
  }

  /** Reports the calls that have no outcome. */
  finish(isWriterAlive: (writer: string) => boolean): void {
    for (const { index, writer } of this.#open.values()) {
      if (isWriterAlive(writer)) this.#report('PENDING_CALL', 'The call has no outcome yet.', index);
      else this.#report('DANGLING_CALL', 'The call has no outcome, and its writer is not known to be alive.', index);
    }
  }

  #begin(row: SeenRow): void {
    const { callKey: key, index, writer, tool, session } = row;
    this.#checkFirst(row, key);
    if (row.isObserved) this.#refused.add(index);
    else this.#open.set(key, { index, writer, tool, session });
  }

  #checkFirst({ words, callKeyAt, index }: SeenRow, key: string): void {
    if (this.#begun.add(words, callKeyAt) && !this.#open.has(key)) return;
    this.#report('CALL_REPEATED', 'A call of this id was begun in this run before.', index);
  }

  #finish(row: SeenRow): void {
    const { callKey: key, begun, index, tool, session } = row;
    const open = this.#open.get(key);
    if (open === undefined) {
      this.#reportLost(begun, index, row.unread > 0);
      return;
    }
    this.#open.delete(key);
    this.#finished.add(open.index);
    if (begun !== open.index) {
      this.#report('RESULT_MISMATCH', `The outcome names entry ${begun}; the call began with ${open.index}.`, index);
    }
    if (tool !== open.tool || session !== open.session) {
      this.#report('RESULT_MISMATCH', 'The outcome names another tool or session than the call.', index);
    }
  }

  #reportLost(begun: number, index: number, mayBeUnread: boolean): void {
    if (begun >= index) {
      this.#report('RESULT_WITHOUT_CALL', 'The outcome names an entry that does not stand before it.', index);
    } else if (this.#finished.has(begun)) {
      this.#report('RESULT_REPEATED', `The call of entry ${begun} has an outcome already.`, index);
    } else if (this.#refused.has(begun)) {
      this.#report('RESULT_WITHOUT_CALL', `Entry ${begun} is of a call that was not run here.`, index);
    } else if (!mayBeUnread) {
      this.#report('RESULT_WITHOUT_CALL', `Entry ${begun} is not the beginning of this call.`, index);
    }
  }
}
