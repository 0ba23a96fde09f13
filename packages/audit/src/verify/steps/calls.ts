/**
 * The structure of calls (log format, section 2): each begins once, and has one outcome that names it. Pure.
 */

import { callKey } from '../../call-key.js';
import type { EntryOf } from '../../entry/kinds.js';
import { BitSet } from '../bit-set.js';
import { isSeen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import { RecentKeys } from '../recent-keys.js';

/** A call without an outcome. */
interface OpenCall {
  readonly index: number;
  readonly writer: string;
  readonly tool: string;
  readonly session: string | undefined;
}

/** Follows calls. Memory goes by the calls that are open, and two bits for each entry. */
export class Calls {
  readonly #report: Report;
  readonly #open = new Map<string, OpenCall>();
  readonly #begun = new RecentKeys();
  /** Indexes of entries whose calls can have no outcome, and of those whose calls have one. */
  readonly #refused = new BitSet();
  readonly #finished = new BitSet();

  constructor(report: Report) {
    this.#report = report;
  }

  see(seen: SeenEntry): void {
    if (isSeen(seen, 'tool-call')) this.#begin(seen.entry);
    if (isSeen(seen, 'tool-refused')) this.#refuse(seen.entry);
    if (isSeen(seen, 'tool-result')) this.#finish(seen.entry, seen.unread > 0);
  }

  /** Reports the calls that have no outcome. */
  finish(isWriterAlive: (writer: string) => boolean): void {
    for (const { index, writer } of this.#open.values()) {
      if (isWriterAlive(writer)) this.#report('PENDING_CALL', 'The call has no outcome yet.', index);
      else this.#report('DANGLING_CALL', 'The call has no outcome, and its writer is not known to be alive.', index);
    }
  }

  #begin(entry: EntryOf<'tool-call'>): void {
    const { run, call, index, writer, tool, session } = entry;
    const key = callKey(run, call);
    this.#checkFirst(key, index);
    if (entry.outcome === 'observed_only') this.#refused.add(index);
    else this.#open.set(key, { index, writer, tool, session });
  }

  #refuse({ run, call, index }: EntryOf<'tool-refused'>): void {
    this.#checkFirst(callKey(run, call), index);
    this.#refused.add(index);
  }

  #checkFirst(key: string, index: number): void {
    if (this.#begun.add(key) && !this.#open.has(key)) return;
    this.#report('CALL_REPEATED', 'A call of this id was begun in this run before.', index);
  }

  #finish(entry: EntryOf<'tool-result'>, mayBeUnread: boolean): void {
    const { run, call, begun, index, tool, session } = entry;
    const key = callKey(run, call);
    const open = this.#open.get(key);
    if (open === undefined) {
      this.#reportLost(begun, index, mayBeUnread);
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
