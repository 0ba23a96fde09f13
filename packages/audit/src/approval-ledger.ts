/**
 * What the signed entries say of requests and grants, followed from one tree of the log to the next: every leaf is hashed into
 * the tree, and the tree must be the signed one, so that nothing in the store can add to the story or take from it.
 */

import { encodeBase64 } from '@countersign/core';
import { appendToEdge, edgeRoot, hashLeaf, type RightEdge } from '@countersign/tlog';
import type { Entry } from './entry/kinds.js';
import { StoreCorruptError } from './errors.js';
import { sha256 } from './keys/private-key.js';
import type { LogReader, StoredLeaf } from './log-reader.js';
import type { ApprovalRow, SignedTree } from './plan/ungrounded.js';
import { LEAF_CHUNK } from './tree-reader.js';
import { IntervalSet } from './verify/intervals.js';
import { ApprovalBook } from './verify/steps/approval-book.js';
import { doesGrantAgree, doesRequestAgree } from './verify/steps/approval-rows.js';
import { GrantBook } from './verify/steps/grant-book.js';
import { checkLeaf } from './verify/steps/leaf-checks.js';
import { checkPayloads, openAll } from './verify/steps/payloads.js';
import { rangesOf } from './verify/steps/purges.js';

/** Follows the entries that requests and grants rest on, from the tree that it starts with. */
export class ApprovalLedger {
  readonly #reader: Pick<LogReader, 'leaves' | 'payloads'>;
  readonly #requests = new ApprovalBook(ignoreFinding);
  readonly #grants = new GrantBook(ignoreFinding, this.#requests);
  /** Entries whose text is gone, and those of which a purge says so. */
  readonly #gone = new IntervalSet();
  readonly #purged = new IntervalSet();
  /** Requests of which a payload is not there. */
  readonly #blind = new Set<string>();
  #edge: RightEdge;
  #unread = 0;
  #last: Promise<unknown> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;

  constructor(reader: Pick<LogReader, 'leaves' | 'payloads'>, start: RightEdge) {
    this.#reader = reader;
    this.#edge = start;
  }

  /** How many leaves it has seen, with those before its start. */
  get size(): number {
    return this.#edge.size;
  }

  /**
   * Goes on to this tree; does nothing where it is as far already. After a failure it has seen what may not be true, and fails
   * for good.
   * @throws StoreCorruptError `STORE_DAMAGED` when the leaves do not come to that tree; what the store throws.
   */
  async follow(tree: SignedTree): Promise<void> {
    const turn = this.#last.then(() => this.#followOrFail(tree));
    this.#last = turn.catch(() => undefined);
    await turn;
  }

  /** Whether a row says what its entries come to. */
  agrees({ kind, record }: ApprovalRow): boolean {
    if (kind === 'grant') return doesGrantAgree(record, this.#grants.grants().get(record.grant.id));
    const { request, state } = record;
    // Nobody may decide about, or run on, what was taken out of sight: payloads go only from requests that are over.
    const isOpen = state === 'pending' || state === 'approved';
    if (isOpen && this.#blind.has(request.id)) return false;
    return doesRequestAgree(record, this.#requests.request(request.id));
  }

  async #followOrFail(tree: SignedTree): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#edge.size >= tree.size) return;
    try {
      await this.#follow(tree);
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  async #follow({ size, root }: SignedTree): Promise<void> {
    while (this.#edge.size < size) {
      const from = this.#edge.size;
      const leaves = await this.#reader.leaves({ from, limit: Math.min(LEAF_CHUNK, size - from) });
      for (const leaf of leaves) {
        // Most leaves say nothing of approvals, and a turn of the event loop for each would take longer than they do.
        if (this.#concerns(leaf)) await this.#show(leaf);
        this.#edge = appendToEdge(sha256, this.#edge, leaf.leafHash);
      }
      if (leaves.length === 0) throw damaged(`its leaf ${from} is not there`);
    }
    if (encodeBase64(edgeRoot(sha256, this.#edge)) !== root)
      throw damaged('its entries do not come to its signed tree');
    for (const { from, to } of this.#gone.within(0, size)) {
      const [gap] = this.#purged.gapsWithin(from, to);
      if (gap !== undefined) throw damaged(`the text of entry ${gap.from} is gone, and no purge says so`);
    }
  }

  /** Whether a leaf, which must be the next one and have its hash, says something of approvals. */
  #concerns({ index, leaf, leafHash, unreadable }: StoredLeaf): boolean {
    if (index !== this.#edge.size) throw damaged(`its leaf ${this.#edge.size} is not there`);
    if (unreadable === true) throw damaged(`entry ${index} is no text`);
    if (leaf === undefined) {
      this.#gone.add(index, index + 1);
      this.#unread += 1;
      return false;
    }
    const hash = hashLeaf(sha256, Buffer.from(leaf, 'utf8'));
    if (!Buffer.from(hash).equals(leafHash)) throw damaged(`entry ${index} does not have its hash`);
    return CONCERNS.test(leaf);
  }

  async #show(stored: StoredLeaf): Promise<void> {
    const { index } = stored;
    const leaf = checkLeaf(stored, ignoreFinding);
    const { entry } = leaf;
    if (entry === undefined) throw damaged(`entry ${index} cannot be read`);
    if (entry.kind === 'entries-purged') return this.#notePurge(entry);
    const payloads = await this.#reader.payloads({ from: index, to: index + 1 });
    const opened = openAll(checkPayloads(leaf, payloads, ignoreFinding).found);
    const isWhole = Object.keys(entry.payload).every((name) => opened.has(name));
    if (!isWhole && (entry.kind === 'approval-requested' || entry.kind === 'approval-decided')) {
      this.#blind.add(entry.request);
    }
    const seen = { entry, payloads: opened, treeBefore: () => this.#edge, unread: this.#unread };
    this.#requests.see(seen);
    this.#grants.see(seen);
  }

  #notePurge(statement: Extract<Entry, { readonly kind: 'entries-purged' }>): void {
    if (statement.what !== 'entries') return;
    for (const { from, to } of rangesOf(statement)) this.#purged.add(from, Math.min(to, statement.index));
  }
}

/**
 * The leaves that say something of a request or a grant, or of a purge. Member names cannot be made to look otherwise: within a
 * string the quotes would be escaped.
 */
const CONCERNS = /"kind":"(?:approval-(?:requested|decided|expired)|grant-|entries-purged)|"(?:request|grant)":"/;

/** Findings are for verification; here only what the entries come to counts. */
function ignoreFinding(): void {}

function damaged(reason: string): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `What approvals rest on cannot be read from the log: ${reason}.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
