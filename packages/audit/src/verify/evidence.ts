/**
 * What the steps of verification are shown of each entry, and how a log is read that nobody trusts: whatever its reader
 * throws becomes a finding. Pure, but for what the reader does.
 */

import type { ApprovalRecord, GrantRecord } from '@countersign/approval';
import { CountersignError, type JsonValue } from '@countersign/core';
import type { RightEdge } from '@countersign/tlog';
import type { Entry, EntryKind, EntryOf } from '../entry/kinds.js';
import { StoreUnavailableError } from '../errors.js';
import type {
  LogReader,
  StoredCheckpoint,
  StoredHead,
  StoredLeaf,
  StoredOutline,
  StoredPayload,
  StoredRowText,
  StoreProblem,
} from '../log-reader.js';
import type { Report } from './finding-list.js';

/** A payload that is what its leaf commits to. */
export interface OpenedPayload {
  readonly value: JsonValue;
  /** True for a preview. */
  readonly truncated: boolean;
  /** 16 bytes. */
  readonly salt: Uint8Array;
}

/** The payloads of one entry that could be opened, by name. */
export type OpenedPayloads = ReadonlyMap<string, OpenedPayload>;

/**
 * One entry that was read, decoded and found in its place. Of calls, outcomes and events the steps see only those whole that an
 * approval or a grant is about, that are critical, or that stand behind one that may announce them; what they need of every entry
 * stands in its `SeenRow`.
 */
export interface SeenEntry {
  readonly entry: Entry;
  readonly payloads: OpenedPayloads;
  /** Works out the tree of all entries before this one: while the entry is seen, and not later. */
  treeBefore(): RightEdge;
  /** How many entries before this one could not be read, because they were purged or damaged. */
  readonly unread: number;
}

/** A seen entry of one kind. */
export type Seen<K extends EntryKind> = SeenEntry & { readonly entry: EntryOf<K> };

/** Narrows a seen entry to a kind. */
export function isSeen<K extends EntryKind>(seen: SeenEntry, kind: K): seen is Seen<K> {
  return seen.entry.kind === kind;
}

/** Reads rows of entries; what cannot be read is reported, and undefined is answered for it. */
export class RowReader {
  readonly #source: Pick<LogReader, 'leaves' | 'payloads'>;
  readonly #report: Report;
  /** What was said to be unreadable already. */
  readonly #told = new Set<string>();

  constructor(source: Pick<LogReader, 'leaves' | 'payloads'>, report: Report) {
    this.#source = source;
    this.#report = report;
  }

  /** A page of leaves; rows that cannot be read are left out of it, one by one. */
  async leaves(from: number, limit: number): Promise<readonly StoredLeaf[] | undefined> {
    const page = await quietly(() => this.#source.leaves({ from, limit }));
    if (page.ok) return page.value;
    if (page.error instanceof StoreUnavailableError) return this.fail('leaves', page.error);
    return this.#oneByOne(from, limit, (index) => this.#source.leaves({ from: index, limit: 1 }));
  }

  /** The payloads of a few entries; those of an entry that cannot be read are left out. */
  async payloads(from: number, to: number): Promise<readonly StoredPayload[] | undefined> {
    const page = await quietly(() => this.#source.payloads({ from, to }));
    if (page.ok) return page.value;
    if (page.error instanceof StoreUnavailableError) return this.fail('payloads', page.error);
    return this.#oneByOne(from, Math.min(to - from, MAX_RETRIES), (index) =>
      this.#source.payloads({ from: index, to: index + 1 }),
    );
  }

  /** Reports that something cannot be read. */
  fail(what: string, error: unknown, index?: number): undefined {
    const code = error instanceof StoreUnavailableError ? 'VERIFICATION_INCOMPLETE' : 'STORE_DAMAGED';
    // Other errors may repeat what stands in the store; our own never do.
    const why = error instanceof CountersignError ? ` (${error.code})` : '';
    const message = `Reading ${what} failed${why}.`;
    if (index !== undefined || !this.#told.has(message)) this.#report(code, message, index);
    this.#told.add(message);
    return undefined;
  }

  /** Undefined when a broken store would only be read on for nothing. */
  async #oneByOne<T>(
    from: number,
    limit: number,
    read: (index: number) => Promise<readonly T[]>,
  ): Promise<readonly T[] | undefined> {
    const found: T[] = [];
    let failures = 0;
    for (let index = from; index < from + limit; index += 1) {
      const row = await quietly(() => read(index));
      if (row.ok) {
        found.push(...row.value);
        continue;
      }
      this.fail('a row', row.error, index);
      failures += 1;
      if (failures >= MAX_FAILURES) return undefined;
    }
    return found;
  }
}

/** Reads a log; what cannot be read is reported, and undefined is answered for it. */
export class EvidenceReader extends RowReader {
  readonly #log: LogReader;

  constructor(source: LogReader, report: Report) {
    super(source, report);
    this.#log = source;
  }

  /** Whether the log is read from an export, which has no rows of approvals and no right edge. */
  get isExport(): boolean {
    return this.#log.isExport === true;
  }

  /** Whether there are keys to encrypted payloads. */
  get opensSealed(): boolean {
    return this.#log.opensSealed === true;
  }

  /** Leaf hashes, and whether the text is gone; from the leaves themselves where the log has no quicker way. */
  async outline(from: number, limit: number): Promise<readonly StoredOutline[] | undefined> {
    if (this.#log.outline !== undefined)
      return this.#try('the hashes', async () => this.#log.outline?.({ from, limit }) ?? []);
    const leaves = await this.leaves(from, limit);
    return leaves?.map(({ index, leaf, leafHash, unreadable }) => ({
      index,
      leafHash,
      isGone: leaf === undefined && unreadable !== true,
    }));
  }

  head(): Promise<StoredHead | undefined> {
    return this.#try('the head', () => this.#log.head());
  }

  checkpoints(): Promise<readonly StoredCheckpoint[] | undefined> {
    return this.#try('the checkpoints', () => this.#log.checkpoints());
  }

  inspect(): Promise<readonly StoreProblem[] | undefined> {
    return this.#try("the engine's own check", () => this.#log.inspect());
  }

  requestRows(after: string | undefined, limit: number): Promise<readonly ApprovalRecord[] | undefined> {
    const page = { limit, ...(after !== undefined && { after }) };
    return this.#try('the rows of requests', () => this.#log.requestRows(page));
  }

  grantRows(after: string | undefined, limit: number): Promise<readonly GrantRecord[] | undefined> {
    const page = { limit, ...(after !== undefined && { after }) };
    return this.#try('the rows of grants', () => this.#log.grantRows(page));
  }

  /** The next rows as text; undefined where there are none to be had, which is no failure: then they are read as rows. */
  async rowTexts(
    of: 'requests' | 'grants',
    after: string | undefined,
    limit: number,
  ): Promise<readonly StoredRowText[] | undefined> {
    const result = await quietly(async () =>
      this.#log.rowTexts?.({ of, limit, ...(after !== undefined && { after }) }),
    );
    return result.ok ? result.value : undefined;
  }

  async #try<T>(what: string, read: () => Promise<T>): Promise<T | undefined> {
    const result = await quietly(read);
    return result.ok ? result.value : this.fail(what, result.error);
  }
}

/** After this many rows in one page that cannot be read, the rest of the store is given up. */
const MAX_FAILURES = 20;

/** The most rows that are read again one by one. */
const MAX_RETRIES = 1000;

type Attempt<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

async function quietly<T>(read: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    return { ok: false, error };
  }
}
