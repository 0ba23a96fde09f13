/**
 * Walks up a log once, range by range, and shows each entry to every step. Ranges come checked by themselves, from here or from
 * workers; what rests on entries before is looked at here, in order. What it keeps is what the steps keep.
 */

import { encodeBase64 } from '@countersign/core';
import {
  appendSubtreeToEdge,
  appendToEdge,
  EMPTY_EDGE,
  edgeRoot,
  type RightEdge,
  type VerifierKey,
} from '@countersign/tlog';
import { sha256 } from '../keys/private-key.js';
import { BitSet } from './bit-set.js';
import type { EvidenceReader, SeenEntry } from './evidence.js';
import type { Report } from './finding-list.js';
import { KnownRoots } from './known-roots.js';
import type { CheckedRange, Range, RangeVerifier, RowFinding } from './range/checked-range.js';
import { RangeFold } from './range/range-fold.js';
import { RangeQueue } from './range/range-queue.js';
import { SeenRow } from './range/seen-row.js';
import type { Outline } from './resume/outline.js';
import { STATE_VERSION, type VerifiedState } from './resume/verified-state.js';
import { AnchorReceipts, type ReceiptParts } from './steps/anchor-receipts.js';
import { ApprovalBook } from './steps/approval-book.js';
import { Authority } from './steps/authority.js';
import { Calls } from './steps/calls.js';
import { Chain } from './steps/chain.js';
import { Checkpoints } from './steps/checkpoints.js';
import { Epochs } from './steps/epochs.js';
import { GrantBook } from './steps/grant-book.js';
import { Parent } from './steps/parent.js';
import { Policies } from './steps/policies.js';
import { Purges } from './steps/purges.js';
import { Retention } from './steps/retention.js';
import { TimeBrackets } from './steps/time-brackets.js';
import { WitnessDemands } from './steps/witness-demands.js';

/** How many rows are told one by one that stand where no entry can be. */
const PAGE = 512;

/** Rows behind a larger gap are not taken for entries of this log. */
const MAX_GAP = 10_000_000;

/** What a walk works with. */
export interface WalkParts {
  readonly reader: EvidenceReader;
  /** Checks ranges of entries by themselves. */
  readonly ranges: RangeVerifier;
  readonly report: Report;
  /** The identity key that was given or found. */
  readonly trusted: VerifierKey | undefined;
  /** Report signatures of unknown keys too. */
  readonly strict: boolean;
  /** What the evidence of recorded anchors is checked with. */
  readonly receipts: Omit<ReceiptParts, 'report' | 'brackets'>;
  /** Called after each range with the number of entries read. */
  onPage(done: number): void;
}

/** A walk, with the steps that it shows entries to. */
export class LogWalk {
  readonly #parts: WalkParts;
  readonly #queue: RangeQueue;
  readonly roots: KnownRoots;
  readonly epochs: Epochs;
  readonly checkpoints: Checkpoints;
  readonly calls: Calls;
  readonly purges = new Purges();
  readonly retention = new Retention();
  readonly requests: ApprovalBook;
  readonly grants: GrantBook;
  readonly authority: Authority;
  readonly brackets: TimeBrackets;
  readonly receipts: AnchorReceipts;
  readonly parent: Parent;
  readonly #demands: WitnessDemands;
  readonly #chain: Chain;
  #edge: RightEdge = EMPTY_EDGE;
  #next = 0;
  #isWhole = true;
  #isStopped = false;
  #bad = 0;
  #opened = 0;
  #read = 0;
  #firstUnread: number | undefined;
  /** How many runs of entries without text were noted when the walk went on from an earlier one. */
  #noted = 0;
  /** Entries that were seen whole, and trees that were asked for then: a later verification needs them again. */
  #wholes = new BitSet();
  readonly #trees = new Set<number>();
  /** Indexes of payloads that no row was found for so far, ascending. */
  #orphans: readonly number[] = [];

  constructor(parts: WalkParts) {
    const { report, reader, ranges, trusted, strict } = parts;
    this.#parts = parts;
    this.#queue = new RangeQueue(ranges, report);
    this.roots = new KnownRoots(reader);
    this.epochs = new Epochs(report, trusted);
    this.checkpoints = new Checkpoints({ report, epochs: this.epochs, roots: this.roots, strict });
    this.calls = new Calls(report);
    this.requests = new ApprovalBook(report);
    this.grants = new GrantBook(report, this.requests);
    this.authority = new Authority(report, new Policies(report));
    const { policy, verifyTimestamp } = parts.receipts;
    this.brackets = new TimeBrackets(report, policy !== undefined || verifyTimestamp !== undefined);
    this.receipts = new AnchorReceipts({ report, brackets: this.brackets, ...parts.receipts });
    this.#demands = new WitnessDemands(report, this.receipts);
    this.parent = new Parent(report);
    this.#chain = new Chain(report, () => this.epochs.origin);
  }

  /** The index that comes next: the number of entries, those that are missing included. */
  get next(): number {
    return this.#next;
  }

  /** The tree of all entries; undefined when some are missing from it. */
  get edge(): RightEdge | undefined {
    return this.#isWhole ? this.#edge : undefined;
  }

  /** The tree of those entries that are there. */
  get partialEdge(): RightEdge {
    return this.#edge;
  }

  /** True when the store could not be read to its end. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Entries whose leaf is there and not to be believed. */
  get bad(): number {
    return this.#bad;
  }

  /** Entries that were read and payloads that were opened. */
  get counts(): { readonly checked: number; readonly payloads: number } {
    return { checked: this.#read, payloads: this.#opened };
  }

  /** What a later verification goes on from. */
  save(key: string): VerifiedState {
    const first = this.#firstUnread;
    return {
      version: STATE_VERSION,
      key,
      size: this.#next,
      root: encodeBase64(edgeRoot(sha256, this.#edge)),
      ...(first !== undefined && { firstUnread: first }),
      wholes: this.#wholes.toBase64(),
      trees: [...this.#trees],
      chain: this.#chain.save(),
      calls: this.calls.save(),
      demands: this.#demands.save(),
      ...this.authority.save(),
    };
  }

  /** Goes on from where an earlier verification ended: the steps see those entries again that others may rest on. */
  async resume(state: VerifiedState, outline: Outline): Promise<void> {
    for (const edge of outline.edges) this.roots.remember(edge);
    this.#firstUnread = state.firstUnread;
    this.#wholes = BitSet.fromBase64(state.wholes);
    await this.#seeAgain(state, outline);
    await this.#noteGone(outline, state.size);
    this.#edge = outline.edges.at(-1) ?? EMPTY_EDGE;
    this.#next = state.size;
    this.#chain.restore(state.chain);
    this.calls.restore(state.calls);
    this.#demands.restore(state.demands);
    this.authority.restore(state);
  }

  async #seeAgain({ size }: VerifiedState, outline: Outline): Promise<void> {
    for (const run of this.#wholes.runs(size, LONGEST_RUN)) {
      await this.#noteGone(outline, run.from);
      const range = await this.#askAlone(run);
      if (range === undefined) return;
      const fold = new RangeFold(range);
      this.#tell(range.findings);
      for (let position = 0; position < range.count; position += 1) {
        fold.row.moveTo(position);
        this.#opened += fold.row.opened;
        if (fold.row.text !== 'gone') this.purges.noteRow(fold.row, fold.missingOf(position));
        if (fold.row.text === 'bad') this.#bad += 1;
        fold.row.unread = this.#firstUnread !== undefined && this.#firstUnread < fold.row.index ? 1 : 0;
        if (fold.row.kind !== undefined) this.#show(fold, position, () => treeOf(outline.asked, fold.row.index), true);
      }
    }
  }

  /** Notes the entries before `end` whose text is gone, each run with the time of the entry before it. */
  async #noteGone(outline: Outline, end: number): Promise<void> {
    for (let run = outline.gone[this.#noted]; run !== undefined && run.to <= end; run = outline.gone[this.#noted]) {
      this.#noted += 1;
      const before = run.from === 0 ? undefined : await this.#askAlone({ from: run.from - 1, to: run.from });
      if (before !== undefined && before.count === 1) this.retention.seeRow(new SeenRow(before));
      for (let index = run.from; index < run.to; index += 1) {
        this.purges.noteRow({ index, text: 'gone' }, NONE);
        this.retention.noteRow({ index, text: 'gone' });
      }
    }
  }

  async #askAlone(range: Range): Promise<CheckedRange | undefined> {
    const answer = await this.#queue.ask(range);
    this.#isStopped ||= answer === undefined || answer.isStopped;
    return this.#isStopped ? undefined : answer;
  }

  /** Reads on to the last entry there is now. `expected` is the size that the head states. */
  async readOn(expected: number): Promise<void> {
    let at = this.#next;
    for (;;) {
      const range = await this.#queue.take(at, expected);
      if (range !== undefined) this.#fold(range, expected);
      this.#isStopped = range === undefined || range.isStopped;
      if (range === undefined || range.isStopped) return;
      this.roots.remember(this.#edge);
      this.#parts.onPage(this.#next);
      at = range.to;
      if (this.#next >= range.to) continue;
      // The range ended before its end: the log does, or a gap begins, or entries were written since.
      const goesOn = await this.#findNext(expected);
      if (goesOn === 'end') return;
      if (goesOn === 'grown') at = this.#next;
    }
  }

  /** Notes that entries up to `size` are not there. */
  missUntil(size: number): void {
    if (size <= this.#next) return;
    const message = `Entries ${this.#next} to ${size - 1} are not there.`;
    this.#parts.report('ENTRY_MISSING', message, this.#next);
    if (this.#next === 0) this.epochs.missFirst();
    this.#chain.skip(size - this.#next);
    this.#isWhole = false;
    this.#next = size;
  }

  /** Looks for the row that comes next, and says of rows that can be none of this log that they are there. */
  async #findNext(expected: number): Promise<'end' | 'gap' | 'grown'> {
    const page = await this.#parts.reader.leaves(this.#next, 1);
    const [found] = page ?? [];
    if (page === undefined) this.#isStopped = true;
    if (found === undefined) return 'end';
    if (found.index === this.#next) return 'grown';
    if (this.#isNext(found.index, expected)) return 'gap';
    const rows = (await this.#parts.reader.leaves(this.#next, PAGE)) ?? [];
    for (const _row of rows) this.#reportUnexpected();
    return 'end';
  }

  /** Whether a row goes on from the one before it. */
  #isNext(index: number, expected: number): boolean {
    return index === this.#next || (index > this.#next && index < expected && index - this.#next <= MAX_GAP);
  }

  #reportUnexpected(): void {
    this.#parts.report('ENTRY_UNEXPECTED', 'A row stands where no entry can be.');
  }

  #fold(range: CheckedRange, expected: number): void {
    const fold = new RangeFold(range);
    this.#tell(fold.findingsOf(-1));
    // What was read twice, because the range before ended early, is told by this one.
    this.#orphans = [...this.#orphans.filter((index) => index < range.from), ...range.orphans];
    const start = this.#edge;
    const { root, from, to } = range;
    const node = this.#isWhole && start.size === from ? root : undefined;
    let last = -1;
    for (let position = 0; position < range.count; position += 1) {
      fold.row.moveTo(position);
      const { index } = fold.row;
      if (this.#isNext(index, expected)) {
        this.#foldRow(fold, position, node === undefined ? undefined : start);
        last = position;
      } else if (index < this.#next) this.#reportUnexpected();
      // Rows behind one that lies too far on lie further: they are told when the walk looks for what comes next.
      else break;
    }
    if (last >= 0) {
      fold.row.moveTo(last);
      this.#chain.endRange(fold.row);
    }
    if (node !== undefined) this.#edge = appendSubtreeToEdge(sha256, start, { root: node, leaves: to - from });
  }

  /** @param start The tree before the range, where the range is appended as one node; else the tree grows by the row. */
  #foldRow(fold: RangeFold, position: number, start: RightEdge | undefined): void {
    const { row } = fold;
    this.missUntil(row.index);
    this.#tellOrphans(row.index);
    const findings = fold.findingsOf(position);
    this.#tell(findings.filter(({ phase }) => phase === 'bytes'));
    this.#opened += row.opened;
    this.purges.noteRow(row, fold.missingOf(position), fold.sealedOf(position));
    this.retention.noteRow(row);
    if (row.text === 'bad') this.#bad += 1;
    if (row.index === 0 && row.kind === undefined) this.epochs.missFirst();
    row.unread = this.#chain.unread;
    if (row.kind === undefined) this.#firstUnread ??= row.index;
    if (row.kind !== undefined) this.#show(fold, position, () => this.#treeBefore(fold, position, start));
    this.#tell(findings.filter(({ phase }) => phase === 'call'));
    this.#chain.seeRow(row);
    if (start === undefined) this.#append(row);
    this.#next = row.index + 1;
  }

  /** Every step sees the entry; the book of requests before that of grants, which asks it. */
  #show(fold: RangeFold, position: number, before: () => RightEdge, isAgain = false): void {
    const { row } = fold;
    this.#read += 1;
    const whole = fold.wholeOf(position);
    const { index } = row;
    const treeBefore = (): RightEdge => {
      this.#trees.add(index);
      return before();
    };
    try {
      this.brackets.seeRow(row);
      if (whole !== undefined) {
        this.#wholes.add(index);
        const { entry, payloads } = whole;
        this.#showWhole({ entry, payloads, unread: row.unread, treeBefore });
      }
      // What follows calls by their numbers goes on from where it was.
      if (isAgain) return;
      this.calls.seeRow(row);
      this.retention.seeRow(row);
      this.authority.seeRow(row);
      this.#demands.seeRow(row);
    } catch {
      // Evidence must not end the verification; that a step cannot take it is said, and the rest goes on.
      this.#parts.report('VERIFICATION_INCOMPLETE', 'A step could not take in this entry.', row.index);
    }
  }

  #showWhole(seen: SeenEntry): void {
    this.epochs.see(seen);
    this.purges.see(seen);
    this.retention.see(seen);
    this.checkpoints.see(seen);
    this.requests.see(seen);
    this.grants.see(seen);
    this.authority.see(seen);
    this.receipts.see(seen);
    this.#demands.see(seen);
    this.parent.see(seen);
  }

  #treeBefore(fold: RangeFold, position: number, start: RightEdge | undefined): RightEdge {
    if (start === undefined) return this.#edge;
    const row = new SeenRow(fold.range);
    let edge = start;
    for (let before = 0; before < position; before += 1) {
      row.moveTo(before);
      edge = appendToEdge(sha256, edge, row.leafHash ?? new Uint8Array());
    }
    return edge;
  }

  #append({ leafHash }: SeenRow): void {
    if (leafHash === undefined) this.#isWhole = false;
    else this.#edge = appendToEdge(sha256, this.#edge, leafHash);
  }

  /** Payloads before a row that is there, and of no row. */
  #tellOrphans(index: number): void {
    while (this.#orphans[0] !== undefined && this.#orphans[0] < index) {
      const [orphan] = this.#orphans;
      this.#parts.report('PAYLOAD_UNEXPECTED', 'There is no entry that the payload could belong to.', orphan);
      this.#orphans = this.#orphans.slice(1);
    }
  }

  #tell(findings: readonly RowFinding[]): void {
    for (const { code, message, index } of findings) this.#parts.report(code, message, index);
  }
}

/** The most entries that are seen again at a time. */
const LONGEST_RUN = 64;

function treeOf(asked: ReadonlyMap<number, RightEdge>, index: number): RightEdge {
  const edge = asked.get(index);
  // Its step says so, and the verification is not whole then.
  if (edge === undefined) throw new Error('a tree that was not asked for before');
  return edge;
}

const NONE: readonly string[] = [];
