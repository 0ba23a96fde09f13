/**
 * Content that is gone, and the statements that say so (log format, section 7). Memory goes by the runs of entries that are
 * gone, by statements, and by single payloads that are.
 */

import type { EntryOf } from '../../entry/kinds.js';
import { type EvidenceReader, isSeen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import { IntervalSet } from '../intervals.js';
import type { KnownRoots } from '../known-roots.js';
import type { CheckedLeaf } from './leaf-checks.js';
import { isForgetting, type OwnedRow, type SealedCount, SealedPayloads } from './sealed-payloads.js';

/** What the step works with at the end. */
export interface PurgeParts {
  readonly report: Report;
  readonly reader: EvidenceReader;
  readonly roots: KnownRoots;
  /** False when entries are missing, so that roots cannot be worked out. */
  readonly isWhole: boolean;
}

/** Follows purges and erasures. */
export class Purges {
  readonly #gone = new IntervalSet();
  /** Payloads that are not there, of entries that are. */
  readonly #lost = new Map<number, { readonly row: OwnedRow; readonly names: readonly string[] }>();
  readonly #statements: EntryOf<'entries-purged'>[] = [];
  readonly #erasures: Erasure[] = [];
  readonly #sealed = new SealedPayloads();

  /** Number of entries whose text is gone. */
  count(size: number): number {
    return this.#gone.countWithin(0, size);
  }

  /** Notes what a row lacks. */
  noteRow(
    row: OwnedRow & Pick<CheckedLeaf, 'text'>,
    missing: readonly string[],
    sealed: SealedCount = { closed: 0, opened: 0 },
  ): void {
    const { index, kind, session, text } = row;
    if (text === 'gone') this.#gone.add(index, index + 1);
    else if (missing.length > 0) this.#lost.set(index, { row: { index, kind, session }, names: missing });
    this.#sealed.noteRow(row, sealed);
  }

  see(seen: SeenEntry): void {
    if (isSeen(seen, 'entries-purged')) this.#statements.push(seen.entry);
    if (isSeen(seen, 'payload-erased') && isOfPayload(seen.entry)) this.#erasures.push(seen.entry);
    this.#sealed.see(seen);
  }

  async finish(size: number, parts: PurgeParts): Promise<void> {
    const removed = new IntervalSet();
    for (const statement of this.#statements) {
      await this.#checkStatement(statement, removed, parts);
      if (statement.what === 'entries') for (const { from, to } of rangesOf(statement)) removed.add(from, to);
    }
    for (const { from, to } of this.#gone.within(0, size)) {
      for (const gap of removed.gapsWithin(from, to)) {
        const message = `The content of entries ${gap.from} to ${gap.to - 1} is gone, and no purge says so.`;
        parts.report('ENTRY_MISSING', message, gap.from);
      }
    }
    this.#checkLost(removed, parts.report);
    this.#sealed.finish(parts.report, parts.reader.opensSealed);
    for (const statement of this.#statements) await this.#checkRemoved(statement, parts);
    for (const erasure of this.#erasures) await this.#checkErased(erasure, removed, parts);
  }

  async #checkStatement(
    statement: EntryOf<'entries-purged'>,
    removed: IntervalSet,
    { report, roots, isWhole }: PurgeParts,
  ): Promise<void> {
    const { index, from, to, kept, root } = statement;
    if (to > index || (from === 0 && to > 0 && !kept.includes(0))) {
      report('PURGE_INVALID', 'The range reaches beyond the statement, or takes in the first entry.', index);
      return;
    }
    if (isWhole && (await roots.rootAt(to)) !== root) {
      report('PURGE_INVALID', 'The stated root is not that of the tree at the end of the range.', index);
    }
    if (statement.what !== 'entries') return;
    const before = removed.countWithin(from, to);
    if (kept.some((one) => removed.has(one)) || statement.removed !== to - from - kept.length - before) {
      report('PURGE_INVALID', 'The stated number of removed entries is not what the range leaves.', index);
    }
  }

  #checkLost(removed: IntervalSet, report: Report): void {
    for (const [index, { row, names }] of this.#lost) {
      if (this.#sealed.isForgotten(row)) continue;
      if (removed.has(index) || this.#statements.some((one) => takesPayloadsOf(one, index))) continue;
      const erased = this.#erasures.filter(({ target }) => target === index).map(({ name }) => name);
      const missing = names.filter((name) => !erased.includes(name));
      if (missing.length === 0) continue;
      report('PAYLOAD_MISSING', `Not there: ${missing.join(', ')}.`, index);
    }
  }

  /** What a statement removed must be gone. Looked at again, because a purge may have run while the log was read. */
  async #checkRemoved(statement: EntryOf<'entries-purged'>, { report, reader }: PurgeParts): Promise<void> {
    const isNewest = statement === this.#statements.at(-1);
    for (const { from, to } of rangesOf(statement)) {
      if (statement.what === 'entries' && this.#gone.countWithin(from, to) === to - from) continue;
      for (let at = from; at < to; at += PAGE) {
        const end = Math.min(at + PAGE, to);
        const isThere =
          statement.what === 'entries'
            ? (await reader.leaves(at, end - at))?.some(({ leaf, index }) => leaf !== undefined && index < end)
            : ((await reader.payloads(at, end)) ?? []).length > 0;
        if (isThere === true) {
          const code = isNewest ? 'PURGE_INCOMPLETE' : 'PURGED_CONTENT_PRESENT';
          report(code, `Content between ${at} and ${end - 1} is there that this statement removed.`, statement.index);
        }
      }
    }
  }

  async #checkErased(
    { target, name, index }: Erasure,
    removed: IntervalSet,
    { report, reader }: PurgeParts,
  ): Promise<void> {
    if (target >= index) {
      report('PURGE_INVALID', 'The erasure names an entry that does not stand before it.', index);
      return;
    }
    if (removed.has(target) || this.#lost.get(target)?.names.includes(name) === true) return;
    const rows = (await reader.payloads(target, target + 1)) ?? [];
    if (!rows.some((row) => row.name === name)) return;
    const isNewest = index === this.#erasures.at(-1)?.index;
    report(isNewest ? 'PURGE_INCOMPLETE' : 'PURGED_CONTENT_PRESENT', 'The erased payload is there.', index);
  }
}

const PAGE = 64;

/** An erasure of one payload. */
type Erasure = EntryOf<'payload-erased'> & { readonly target: number; readonly name: string };

function isOfPayload(erasure: EntryOf<'payload-erased'>): erasure is Erasure {
  return !isForgetting(erasure) && erasure.target !== undefined && erasure.name !== undefined;
}

/** The ranges that a statement removes: its own without the kept indexes. */
export function rangesOf({ from, to, kept }: EntryOf<'entries-purged'>): readonly { from: number; to: number }[] {
  const bounds = [...kept, to];
  return bounds
    .map((end, i) => ({ from: i === 0 ? from : (kept[i - 1] ?? 0) + 1, to: end }))
    .filter((range) => range.from < range.to);
}

/** Whether a statement of payloads covers an entry. */
function takesPayloadsOf({ what, from, to, kept }: EntryOf<'entries-purged'>, index: number): boolean {
  return what === 'payloads' && index >= from && index < to && !kept.includes(index);
}
