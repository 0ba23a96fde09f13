/**
 * Payloads that stand encrypted in the store, and the statements that the key of a session was destroyed (log format, section 7).
 * Memory goes by sessions of which something is sealed, and by the approvals asked for in sessions.
 */

import { isJsonObject, type JsonValue } from '@countersign/core';
import { CONTROL_KINDS, type EntryKind, type EntryOf } from '../../entry/kinds.js';
import { isSeen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';

/** A row, as far as it says whose content it holds. */
export interface OwnedRow {
  readonly index: number;
  readonly kind?: EntryKind | undefined;
  readonly session?: string | undefined;
}

/** How many payloads of a row stand encrypted: those that no key opened, and those that one did. */
export interface SealedCount {
  readonly closed: number;
  readonly opened: number;
}

/** An entry that says that the key of a session was destroyed. */
export type Forgetting = EntryOf<'payload-erased'> & { readonly session: string };

/** Narrows an erasure to one of a whole session. */
export function isForgetting(erasure: EntryOf<'payload-erased'>): erasure is Forgetting {
  return erasure.session !== undefined;
}

/** Whether a recorded configuration says that payloads are encrypted. */
export function encryptsPayloads(config: JsonValue | undefined): boolean {
  return typeof config === 'object' && config !== null && isJsonObject(config) && config.encryptPayloads === true;
}

/** Follows sealed payloads. */
export class SealedPayloads {
  /** By session; what belongs to none has the name of none, an empty text. */
  readonly #tallies = new Map<string, Tally>();
  /** The sessions of requests, and of the entries that decide them. */
  readonly #requests = new Map<string, string>();
  readonly #decisions = new Map<number, string>();
  /** The index of the newest statement for each session that was forgotten. */
  readonly #forgotten = new Map<string, number>();
  /** Statements whose session could still be read. */
  readonly #readable: number[] = [];
  /** A decision is seen after its row: only then is its session known. */
  #undecided: (OwnedRow & SealedCount) | undefined;
  #isRecorded = false;
  #unrecorded: number | undefined;

  noteRow(row: OwnedRow, { closed, opened }: SealedCount): void {
    this.#settle();
    if (closed > 0 && !this.#isRecorded) this.#unrecorded ??= row.index;
    if (closed + opened === 0) return;
    const { index, kind, session } = row;
    const noted = { index, kind, session, closed, opened };
    if (kind === 'approval-decided') this.#undecided = noted;
    else this.#add(noted, sessionOf(noted));
  }

  see(seen: SeenEntry): void {
    if (isSeen(seen, 'config-changed')) this.#isRecorded ||= encryptsPayloads(seen.payloads.get('config')?.value);
    if (isSeen(seen, 'approval-requested') && seen.entry.session !== undefined) {
      this.#requests.set(seen.entry.request, seen.entry.session);
    }
    if (isSeen(seen, 'approval-decided')) {
      const session = this.#requests.get(seen.entry.request);
      if (session !== undefined) this.#decisions.set(seen.entry.index, session);
    }
    if (isSeen(seen, 'payload-erased') && isForgetting(seen.entry)) this.#forget(seen.entry);
  }

  /** Whether the content of a row went with the key of its session. */
  isForgotten(row: OwnedRow): boolean {
    const session = row.kind === 'approval-decided' ? this.#decisions.get(row.index) : sessionOf(row);
    return session !== undefined && (this.#forgotten.get(session) ?? -1) > row.index;
  }

  finish(report: Report, opensSealed: boolean): void {
    this.#settle();
    const closed = [...this.#tallies.values()].filter((tally) => tally.closed > 0);
    const count = closed.reduce((sum, tally) => sum + tally.closed, 0);
    if (this.#unrecorded !== undefined) {
      const message = 'A payload stands encrypted, and no configuration before it says that payloads are.';
      report('PAYLOAD_NOT_CANONICAL', message, this.#unrecorded);
    }
    if (count > 0) {
      const first = Math.min(...closed.map((tally) => tally.first));
      if (opensSealed) report('PAYLOAD_KEY_MISSING', `${count} encrypted payloads have lost their keys.`, first);
      else report('PAYLOAD_SEALED', `${count} encrypted payloads were not opened.`, first);
    }
    for (const index of this.#readable) report('PURGE_INCOMPLETE', 'The forgotten session can still be read.', index);
  }

  #forget({ index, session }: Forgetting): void {
    this.#settle();
    this.#forgotten.set(session, index);
    const tally = this.#tallies.get(session);
    if (tally !== undefined && tally.opened > 0) this.#readable.push(index);
    this.#tallies.delete(session);
  }

  #settle(): void {
    const row = this.#undecided;
    this.#undecided = undefined;
    if (row !== undefined) this.#add(row, this.#decisions.get(row.index));
  }

  #add({ index, closed, opened }: OwnedRow & SealedCount, session = ''): void {
    const tally = this.#tallies.get(session) ?? { closed: 0, opened: 0, first: index };
    if (tally.closed === 0) tally.first = index;
    tally.closed += closed;
    tally.opened += opened;
    this.#tallies.set(session, tally);
  }
}

interface Tally {
  closed: number;
  opened: number;
  first: number;
}

const CONTROL: ReadonlySet<EntryKind> = new Set(CONTROL_KINDS);

/** Control kinds name sessions that they are about, and belong to none. */
function sessionOf({ kind, session }: OwnedRow): string | undefined {
  return kind !== undefined && CONTROL.has(kind) ? undefined : session;
}
