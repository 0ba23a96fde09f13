/**
 * Cuts what a purge removes into statements: each a range with the indexes in it that stay. Pure.
 */

/** The most indexes that one statement names as kept (log format, section 7). */
export const MAX_KEPT = 500;

/** The most entries that one statement removes, in one transaction: few enough that no call waits long for it. */
export const MAX_REMOVED = 250;

/** An entry of a window, and whether it, or its payloads, go. */
export interface PurgeableEntry {
  readonly index: number;
  readonly kind: string;
  readonly goes: boolean;
  readonly timeUs: number;
  /** The names of its payloads that are still there. */
  readonly payloads: readonly string[];
  /** The rows that hold its values: that of its request, or of the grant that it issued. */
  readonly request?: string;
  readonly grant?: string;
}

/** One statement and its removal. */
export interface PurgeStatement {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** Indexes in the range that stay as they are, ascending. */
  readonly kept: readonly number[];
  /** What goes, ascending. */
  readonly removed: readonly PurgeableEntry[];
}

/** The statements for a window, in ascending order of their ranges, which do not overlap. */
export function planPurge(entries: readonly PurgeableEntry[]): readonly PurgeStatement[] {
  const statements: Draft[] = [];
  let draft: Draft | undefined;
  /** Entries that stay, since the last one that goes. */
  let between: number[] = [];
  for (const entry of entries) {
    if (!entry.goes) {
      between.push(entry.index);
      continue;
    }
    if (draft === undefined || draft.removed.length >= MAX_REMOVED || draft.kept.length + between.length > MAX_KEPT) {
      draft = { from: entry.index, to: entry.index, kept: [], removed: [] };
      statements.push(draft);
      between = [];
    }
    draft.kept.push(...between);
    between = [];
    draft.removed.push(entry);
    draft.to = entry.index + 1;
  }
  return statements;
}

interface Draft extends PurgeStatement {
  to: number;
  readonly kept: number[];
  readonly removed: PurgeableEntry[];
}
