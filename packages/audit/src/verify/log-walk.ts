/**
 * Walks up a log once, page by page, and shows each entry to every step. What it keeps is what the steps keep.
 */

import { appendToEdge, EMPTY_EDGE, type RightEdge, type VerifierKey } from '@countersign/tlog';
import { groupPayloads } from '../group-payloads.js';
import { sha256 } from '../keys/private-key.js';
import type { StoredLeaf, StoredPayload } from '../log-reader.js';
import type { EvidenceReader, SeenEntry } from './evidence.js';
import type { Report } from './finding-list.js';
import { KnownRoots } from './known-roots.js';
import { AnchorReceipts, type ReceiptParts } from './steps/anchor-receipts.js';
import { ApprovalBook } from './steps/approval-book.js';
import { Authority } from './steps/authority.js';
import { Calls } from './steps/calls.js';
import { Chain } from './steps/chain.js';
import { Checkpoints } from './steps/checkpoints.js';
import { Epochs } from './steps/epochs.js';
import { GrantBook } from './steps/grant-book.js';
import { type CheckedLeaf, checkLeaf } from './steps/leaf-checks.js';
import { Parent } from './steps/parent.js';
import { checkPayloads } from './steps/payloads.js';
import { Policies } from './steps/policies.js';
import { Purges } from './steps/purges.js';
import { Retention } from './steps/retention.js';
import { TimeBrackets } from './steps/time-brackets.js';
import { WitnessDemands } from './steps/witness-demands.js';

/** Leaves are read in pages of this size. */
export const LEAF_PAGE = 512;

/** Payloads are read for this many entries at a time, because they may be long. */
const PAYLOAD_PAGE = 64;

/** Rows behind a larger gap are not taken for entries of this log. */
const MAX_GAP = 10_000_000;

/** What a walk works with. */
export interface WalkParts {
  readonly reader: EvidenceReader;
  readonly report: Report;
  /** The identity key that was given or found. */
  readonly trusted: VerifierKey | undefined;
  /** Report signatures of unknown keys too. */
  readonly strict: boolean;
  /** What the evidence of recorded anchors is checked with. */
  readonly receipts: Omit<ReceiptParts, 'report' | 'brackets'>;
  /** Called after each page with the number of entries read. */
  onPage(done: number): void;
}

/** A walk, with the steps that it shows entries to. */
export class LogWalk {
  readonly #parts: WalkParts;
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

  constructor(parts: WalkParts) {
    const { report, reader, trusted, strict } = parts;
    this.#parts = parts;
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

  /** Reads on to the last entry there is now. `expected` is the size that the head states. */
  async readOn(expected: number): Promise<void> {
    while (!this.#isStopped) {
      const from = this.#next;
      const page = await this.#parts.reader.leaves(from, LEAF_PAGE);
      if (page === undefined) this.#isStopped = true;
      if (page === undefined || page.length === 0) return;
      for (let start = 0; start < page.length && !this.#isStopped; start += PAYLOAD_PAGE) {
        await this.#readRows(page.slice(start, start + PAYLOAD_PAGE), expected);
      }
      this.roots.remember(this.#edge);
      this.#parts.onPage(this.#next);
      // Rows that do not go on from here would never end.
      if (this.#next === from) return;
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

  async #readRows(page: readonly StoredLeaf[], expected: number): Promise<void> {
    const leaves = page.filter(({ index }, i) => this.#isNext(index, page[i - 1]?.index, expected));
    const last = leaves.at(-1);
    if (last === undefined) return;
    const stored = await this.#parts.reader.payloads(this.#next, last.index + 1);
    if (stored === undefined) {
      this.#isStopped = true;
      return;
    }
    const byIndex = groupPayloads(stored);
    for (const leaf of leaves) {
      this.#readRow(leaf, byIndex.get(leaf.index) ?? []);
      byIndex.delete(leaf.index);
    }
    for (const index of byIndex.keys()) {
      this.#parts.report('PAYLOAD_UNEXPECTED', 'There is no entry that the payload could belong to.', index);
    }
  }

  /** Whether a row goes on from the one before it. */
  #isNext(index: number, before: number | undefined, expected: number): boolean {
    const from = before === undefined ? this.#next : before + 1;
    const isGap = index > from && index < expected && index - from <= MAX_GAP;
    if (index === from || isGap) return true;
    this.#parts.report('ENTRY_UNEXPECTED', 'A row stands where no entry can be.');
    return false;
  }

  #readRow(stored: StoredLeaf, payloads: readonly StoredPayload[]): void {
    const { report } = this.#parts;
    this.missUntil(stored.index);
    const leaf = checkLeaf(stored, report);
    const { opened, missing } = checkPayloads(leaf, payloads, report);
    this.#opened += opened.size;
    this.purges.noteRow(leaf, missing);
    this.retention.noteRow(leaf);
    if (leaf.text === 'bad') this.#bad += 1;
    if (leaf.index === 0 && leaf.entry === undefined) this.epochs.missFirst();
    const { unread } = this.#chain;
    const before = this.#edge;
    if (leaf.entry !== undefined) this.#show({ entry: leaf.entry, payloads: opened, before, unread });
    this.#chain.see(leaf);
    this.#append(leaf);
    this.#next = leaf.index + 1;
  }

  /** Every step sees the entry; the book of requests before that of grants, which asks it. */
  #show(seen: SeenEntry): void {
    this.#read += 1;
    try {
      this.epochs.see(seen);
      this.calls.see(seen);
      this.purges.see(seen);
      this.retention.see(seen);
      this.checkpoints.see(seen);
      this.requests.see(seen);
      this.grants.see(seen);
      this.authority.see(seen);
      this.brackets.see(seen);
      this.receipts.see(seen);
      this.#demands.see(seen);
      this.parent.see(seen);
    } catch {
      // Evidence must not end the verification; that a step cannot take it is said, and the rest goes on.
      this.#parts.report('VERIFICATION_INCOMPLETE', 'A step could not take in this entry.', seen.entry.index);
    }
  }

  #append({ leafHash }: CheckedLeaf): void {
    if (leafHash === undefined) this.#isWhole = false;
    else this.#edge = appendToEdge(sha256, this.#edge, leafHash);
  }
}
