/**
 * Checks a range of entries by themselves: bytes, hashes, form, payloads, links within the range, and what a call says of itself.
 * The same code runs in the process that walks and in workers beside it, so that both find the same.
 */

import { encodeBase64 } from '@countersign/core';
import { hashNode } from '@countersign/tlog';
import type { Entry } from '../../entry/kinds.js';
import { groupPayloads } from '../../group-payloads.js';
import { sha256 } from '../../keys/private-key.js';
import type { LogReader, StoredLeaf, StoredPayload } from '../../log-reader.js';
import { RowReader } from '../evidence.js';
import type { Report } from '../finding-list.js';
import { checkCall } from '../steps/call-checks.js';
import { type CheckedLeaf, checkLeaf } from '../steps/leaf-checks.js';
import { checkPayloads, openAll } from '../steps/payloads.js';
import {
  BULK_KINDS,
  type CheckedRange,
  RANGE_SIZE,
  type Range,
  type RangeVerifier,
  type RowFinding,
  type WholeEntry,
} from './checked-range.js';
import { RangeWriter } from './range-writer.js';

/** Payloads are read for this many entries at a time, because they may be long. */
const PAYLOAD_PAGE = 64;

/** What a range is read from. */
export type RangeSource = Pick<LogReader, 'isExport' | 'leaves' | 'payloads'>;

/** Checks ranges in this process, one at a time. */
export function createRangeVerifier(reader: RangeSource): RangeVerifier {
  return { ahead: 1, size: RANGE_SIZE, check: (range) => checkRange(reader, range) };
}

/** Checks one range. Never throws on bad evidence. */
export async function checkRange(source: RangeSource, range: Range): Promise<CheckedRange> {
  const work = new RangeWork(range, source.isExport === true);
  const reader = new RowReader(source, work.report);
  const isRead = await work.read(reader);
  return work.finish(!isRead);
}

class RangeWork {
  readonly #range: Range;
  readonly #isExport: boolean;
  readonly #findings: RowFinding[] = [];
  readonly #wholes: WholeEntry[] = [];
  readonly #lost: { readonly row: number; readonly names: readonly string[] }[] = [];
  readonly #sealed: CheckedRange['sealed'][number][] = [];
  readonly #orphans: number[] = [];
  readonly #hashes: Uint8Array[] = [];
  readonly #writer: RangeWriter;
  #firstPrev: string | undefined;
  #before: CheckedLeaf | undefined;
  #row = -1;
  #isDense = true;
  #phase: RowFinding['phase'] = 'bytes';

  constructor(range: Range, isExport: boolean) {
    this.#range = range;
    this.#isExport = isExport;
    this.#writer = new RangeWriter(range.to - range.from + 1);
  }

  readonly report: Report = (code, message, index) => {
    const where = index === undefined ? {} : { index };
    this.#findings.push({ row: this.#row, phase: this.#phase, code, message, ...where });
  };

  /** False when the store could not be read to the end. */
  async read(reader: RowReader): Promise<boolean> {
    const { from, to } = this.#range;
    // One row more than there can be: a reader that answers an index twice would push the last one out.
    const page = await reader.leaves(from, to - from + 1);
    if (page === undefined) return false;
    const leaves = page.filter(({ index }) => index < to);
    let at = 0;
    for (let start = from; start < to; start += PAYLOAD_PAGE) {
      const end = Math.min(start + PAYLOAD_PAGE, to);
      this.#row = -1;
      const stored = await reader.payloads(start, end);
      if (stored === undefined) return false;
      const payloads = groupPayloads(stored);
      for (let leaf = leaves[at]; leaf !== undefined && leaf.index < end; leaf = leaves[at]) {
        this.#row = at;
        at += 1;
        this.#checkRow(leaf, payloads.get(leaf.index) ?? []);
        payloads.delete(leaf.index);
      }
      this.#orphans.push(...payloads.keys());
    }
    return true;
  }

  finish(isStopped: boolean): CheckedRange {
    const { numbers, bytes, texts, judgements, rows } = this.#writer;
    return {
      ...this.#range,
      isStopped,
      count: rows,
      numbers,
      bytes,
      texts,
      judgements,
      firstPrev: this.#firstPrev,
      findings: this.#findings,
      wholes: this.#wholes,
      lost: this.#lost,
      sealed: this.#sealed,
      orphans: this.#orphans,
      root: this.#root(),
    };
  }

  #checkRow(stored: StoredLeaf, rows: readonly StoredPayload[]): void {
    this.#phase = 'bytes';
    const leaf = checkLeaf(stored, this.report);
    const { found, missing, sealed } = checkPayloads(leaf, rows, this.report, this.#isExport);
    if (sealed.closed + sealed.opened > 0) this.#sealed.push({ row: this.#row, ...sealed });
    if (missing.length > 0) this.#lost.push({ row: this.#row, names: missing });
    if (this.#row === 0) this.#firstPrev = leaf.entry?.prev;
    this.#writer.add(leaf, this.#isLinkBroken(leaf), found.length);
    if (leaf.leafHash !== undefined) this.#hashes.push(leaf.leafHash);
    const { entry } = leaf;
    if (entry !== undefined) {
      this.#phase = 'call';
      if (entry.kind === 'tool-call') checkCall(entry, found, this.report);
      if (isShownWhole(entry, this.#before?.entry))
        this.#wholes.push({ row: this.#row, entry, payloads: openAll(found) });
    }
    // A row that repeats an index is none of the log, and no other row follows from it.
    if (leaf.index > (this.#before?.index ?? -1)) this.#before = leaf;
    this.#isDense &&= leaf.index === this.#range.from + this.#row;
  }

  /** Compared with the row before in the range; the walk compares the first. */
  #isLinkBroken({ index, entry }: CheckedLeaf): boolean {
    const before = this.#before;
    if (entry === undefined || before?.index !== index - 1 || before.leafHash === undefined) return false;
    return entry.prev !== encodeBase64(before.leafHash);
  }

  /** The range as one node, where it is one. */
  #root(): Uint8Array | undefined {
    const { from, to } = this.#range;
    const size = to - from;
    const isNode = (size & (size - 1)) === 0 && from % size === 0;
    if (!isNode || !this.#isDense || this.#hashes.length !== size || this.#writer.rows !== size) return undefined;
    let level: readonly Uint8Array[] = this.#hashes;
    while (level.length > 1) level = parentsOf(level);
    return level[0];
  }
}

function parentsOf(level: readonly Uint8Array[]): readonly Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let i = 0; i + 1 < level.length; i += 2) {
    const [left, right] = [level[i], level[i + 1]];
    if (left !== undefined && right !== undefined) parents.push(hashNode(sha256, left, right));
  }
  return parents;
}

/**
 * Whether the steps must see all of an entry. Of calls, outcomes and events their numbers are enough, unless an approval or a
 * grant is involved, the call is critical, or the entry before may announce it.
 */
function isShownWhole(entry: Entry, before: Entry | undefined): boolean {
  if (!BULK_KINDS.has(entry.kind)) return true;
  if (before === undefined || before.kind === 'grant-used' || before.kind === 'approval-decided') return true;
  if (entry.kind === 'tool-result') return entry.outcome === 'aborted';
  if (entry.kind !== 'tool-call') return false;
  return entry.request !== undefined || entry.grant !== undefined || entry.risk === 'critical';
}
