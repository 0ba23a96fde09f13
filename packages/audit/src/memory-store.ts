/**
 * A log store in memory, with the approvals' rows beside it: for tests, and for logs that need not outlive the process. It
 * keeps its own copies, so that nobody can change what is stored through an object that was handed in or out.
 */

import {
  type ApprovalRecord,
  type ApprovalStore,
  formatApprovalRecord,
  formatGrantRecord,
  type GrantRecord,
  mayAnswer,
  parseApprovalRecord,
  parseGrantRecord,
} from '@countersign/approval';
import { EMPTY_EDGE, encodeEdge } from '@countersign/tlog';
import { StoreCorruptError, StoreUnavailableError } from './errors.js';
import { lockRequestOf } from './lock-ask.js';
import { beginsCall, type LeafColumns, matchesCall, readColumns } from './memory-columns.js';
import {
  type CallFilter,
  callKey,
  type LockAsk,
  type LockedState,
  type LockRequest,
  type LogBatch,
  type LogSnapshot,
  type LogStore,
  type Removal,
  type StoredCheckpoint,
  type StoredHash,
  type StoredHead,
  type StoredLeaf,
  type StoredPayload,
} from './store.js';

/** A memory store: the log's side, and the approvals' side of the same data. */
export interface MemoryLogStore extends LogStore {
  readonly approvals: ApprovalStore;
}

/** An empty store. Several logs and readers may share it, as processes share a file. */
export function createMemoryLogStore(): MemoryLogStore {
  return new MemoryStore();
}

/** A leaf with what is searched by. */
interface Row extends StoredLeaf {
  /** Absent when the text is gone. */
  readonly columns?: LeafColumns;
}

class MemoryStore implements MemoryLogStore {
  readonly description = 'memory';
  readonly approvals: ApprovalStore;
  #rows: Row[] = [];
  #payloads: StoredPayload[] = [];
  /** Index of each begin entry, by `callKey`. */
  readonly #begins = new Map<string, number>();
  /** Index of the newest entry of each kind. */
  readonly #newest = new Map<string, number>();
  #checkpoints: readonly StoredCheckpoint[] = [];
  #edge = encodeEdge(EMPTY_EDGE);
  readonly #requests = new Map<string, string>();
  readonly #grants = new Map<string, string>();
  /** The write lock: each waits for the one before. */
  #last: Promise<unknown> = Promise.resolve();
  #isClosed = false;

  constructor() {
    this.approvals = {
      request: async (id) => this.#request(id),
      requests: async ({ states, session, limit = 100 } = {}) =>
        this.#allRequests()
          .filter((row) => states === undefined || states.includes(row.state))
          .filter((row) => session === undefined || row.request.session === session)
          .sort((a, b) => byAge([a.request.requestedAtUs, a.request.id], [b.request.requestedAtUs, b.request.id]))
          .slice(0, Math.min(limit, 1000)),
      settled: async (ids) => ids.filter((id) => this.#request(id)?.state !== 'pending'),
      grant: async (id) => this.#grant(id),
      grants: async (filter) =>
        this.#allGrants()
          .filter((row) => filter === undefined || mayAnswer(row, filter))
          .sort((a, b) => byAge([a.grant.issuedAtUs, a.grant.id], [b.grant.issuedAtUs, b.grant.id])),
    };
  }

  async head(): Promise<StoredHead> {
    this.#assertOpen();
    return this.#head();
  }

  async exclusive(
    ask: LockAsk,
    build: (state: LockedState) => (LogBatch & { readonly removal?: Removal }) | undefined,
  ): Promise<void> {
    this.#assertOpen();
    const turn = this.#last.then(() => {
      this.#assertOpen();
      const batch = build(this.#locked(lockRequestOf(ask)));
      if (batch !== undefined) this.#write(batch);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async leaves({ from, limit }: { from: number; limit: number }): Promise<readonly StoredLeaf[]> {
    this.#assertOpen();
    return this.#rows.slice(from, from + limit).map(copyLeaf);
  }

  async hashes({ from, limit }: { from: number; limit: number }): Promise<readonly StoredHash[]> {
    this.#assertOpen();
    return this.#rows.slice(from, from + limit).map(({ index, leafHash }) => ({ index, leafHash: leafHash.slice() }));
  }

  async payloads({ from, to }: { from: number; to: number }): Promise<readonly StoredPayload[]> {
    this.#assertOpen();
    return this.#payloads.filter(({ index }) => index >= from && index < to).map(copyPayload);
  }

  async checkpoints(): Promise<readonly StoredCheckpoint[]> {
    this.#assertOpen();
    return this.#checkpoints;
  }

  async requestRows({ after = '', limit }: { after?: string; limit: number }): Promise<readonly ApprovalRecord[]> {
    this.#assertOpen();
    const ids = [...this.#requests.keys()].filter((id) => id > after).sort();
    return ids.slice(0, limit).flatMap((id) => this.#request(id) ?? []);
  }

  async grantRows({ after = '', limit }: { after?: string; limit: number }): Promise<readonly GrantRecord[]> {
    this.#assertOpen();
    const ids = [...this.#grants.keys()].filter((id) => id > after).sort();
    return ids.slice(0, limit).flatMap((id) => this.#grant(id) ?? []);
  }

  async inspect(): Promise<readonly never[]> {
    this.#assertOpen();
    return [];
  }

  async indexOfId(id: string): Promise<number | undefined> {
    this.#assertOpen();
    return this.#rows.find(({ columns }) => columns?.id === id)?.index;
  }

  async findCalls(filter: CallFilter): Promise<readonly number[]> {
    this.#assertOpen();
    const { order, after, limit } = filter;
    const found = this.#rows.filter(({ columns }) => columns !== undefined && matchesCall(columns, filter));
    const ordered = order === 'newest-first' ? found.reverse() : found;
    const isNext = (index: number) => after === undefined || (order === 'newest-first' ? index < after : index > after);
    return ordered
      .map(({ index }) => index)
      .filter(isNext)
      .slice(0, limit);
  }

  async entriesOfCalls(
    calls: readonly { readonly run: string; readonly call: string }[],
  ): Promise<ReadonlyMap<string, readonly number[]>> {
    this.#assertOpen();
    return new Map(
      calls.map(({ run, call }) => [
        callKey(run, call),
        this.#indexesWhere((columns) => columns.run === run && columns.call === call),
      ]),
    );
  }

  async findCall(call: string, run?: string): Promise<readonly number[]> {
    this.#assertOpen();
    return this.#indexesWhere(
      (columns) => beginsCall(columns) && columns.call === call && (run === undefined || columns.run === run),
    );
  }

  async findEntries({ kind, from, limit }: { kind?: string; from: number; limit: number }): Promise<readonly number[]> {
    this.#assertOpen();
    const found = this.#indexesWhere((columns) => kind === undefined || columns.kind === kind);
    return found.filter((index) => index >= from).slice(0, limit);
  }

  async read(
    indexes: readonly number[],
  ): Promise<{ readonly leaves: readonly StoredLeaf[]; readonly payloads: readonly StoredPayload[] }> {
    this.#assertOpen();
    const wanted = new Set(indexes);
    return {
      leaves: this.#rows.filter(({ index }) => wanted.has(index)).map(copyLeaf),
      payloads: this.#payloads.filter(({ index }) => wanted.has(index)).map(copyPayload),
    };
  }

  async measure(): Promise<{ readonly entries: number; readonly payloads: number; readonly bytes: number }> {
    this.#assertOpen();
    const leafBytes = this.#rows.reduce((sum, { leaf = '' }) => sum + Buffer.byteLength(leaf) + 32, 0);
    const payloadBytes = this.#payloads.reduce((sum, { bytes, salt }) => sum + bytes.length + salt.length, 0);
    return {
      entries: this.#rows.filter(({ leaf }) => leaf !== undefined).length,
      payloads: this.#payloads.length,
      bytes: leafBytes + payloadBytes,
    };
  }

  async snapshot(): Promise<LogSnapshot> {
    this.#assertOpen();
    const copy = new MemoryStore();
    copy.#rows = [...this.#rows];
    copy.#payloads = [...this.#payloads];
    copy.#checkpoints = this.#checkpoints;
    copy.#edge = this.#edge;
    for (const [id, text] of this.#requests) copy.#requests.set(id, text);
    for (const [id, text] of this.#grants) copy.#grants.set(id, text);
    return copy;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#last;
  }

  #head(): StoredHead {
    const last = this.#rows.at(-1);
    return {
      size: this.#rows.length,
      edge: new Uint8Array(this.#edge),
      checkpoint: this.#checkpoints.at(-1)?.note ?? '',
      ...(last?.leaf !== undefined && { last: { leaf: last.leaf, leafHash: new Uint8Array(last.leafHash) } }),
    };
  }

  #locked({ requests, grants, calls, probe, newest = [] }: LockRequest): LockedState {
    const probed = probe === undefined ? undefined : this.#rows[probe]?.leafHash;
    return {
      head: this.#head(),
      requests: new Map(requests.flatMap((id) => entryOf(id, this.#request(id)))),
      grants: new Map(grants.flatMap((id) => entryOf(id, this.#grant(id)))),
      calls: new Map(
        calls.flatMap(({ run, call }) => entryOf(callKey(run, call), this.#begins.get(callKey(run, call)))),
      ),
      ...(probed !== undefined && { probed: new Uint8Array(probed) }),
      newest: new Map(newest.flatMap((kind) => entryOf(kind, this.#newestOf(kind)))),
    };
  }

  /** Checks all of the batch before it writes any of it. */
  #write({ removal, ...batch }: LogBatch & { readonly removal?: Removal }): void {
    this.#check(batch);
    if (removal?.cleared !== undefined) this.#checkRows(removal.cleared);
    for (const leaf of batch.leaves) this.#push({ ...copyLeaf(leaf), columns: readColumns(leaf.leaf) });
    this.#payloads.push(...batch.payloads.map(copyPayload).sort(byIndexAndName));
    for (const { record } of batch.requests) this.#requests.set(record.request.id, formatApprovalRecord(record));
    for (const { record } of batch.grants) this.#grants.set(record.grant.id, formatGrantRecord(record));
    this.#edge = new Uint8Array(batch.edge);
    const checkpoint = { size: this.#rows.length, note: batch.checkpoint, kept: batch.keepCheckpoint === true };
    const kept = new Map(this.#checkpoints.filter((known) => known.kept).map((known) => [known.size, known]));
    for (const { size, note } of batch.keep ?? []) {
      // The same checkpoint, perhaps with a line more.
      kept.set(size, { size, note, kept: true });
    }
    this.#checkpoints = [...[...kept.values()].sort((left, right) => left.size - right.size), checkpoint];
    if (removal !== undefined) this.#remove(removal);
  }

  #push(row: Row & { readonly columns: LeafColumns }): void {
    this.#rows.push(row);
    const key = beginKey(row.columns);
    if (key !== undefined) this.#begins.set(key, row.index);
    if (row.columns.kind !== undefined) this.#newest.set(row.columns.kind, row.index);
  }

  #check(batch: LogBatch): void {
    const size = this.#rows.length;
    if (!batch.leaves.every(({ index }, i) => index === size + i)) throw conflict('its entries do not follow the head');
    this.#checkRows(batch);
    const begun = new Set<string>();
    for (const { leaf } of batch.leaves) {
      const key = beginKey(readColumns(leaf));
      if (key === undefined) continue;
      if (begun.has(key) || this.#begins.has(key)) throw conflict('a call began twice');
      begun.add(key);
    }
  }

  #checkRows({ requests, grants }: Pick<LogBatch, 'requests' | 'grants'>): void {
    for (const { expectVersion, record } of requests) {
      if ((this.#request(record.request.id)?.version ?? 0) !== expectVersion) throw conflict('a request changed');
    }
    for (const { expectVersion, record } of grants) {
      if ((this.#grant(record.grant.id)?.version ?? 0) !== expectVersion) throw conflict('a grant changed');
    }
  }

  #remove(removal: Removal): void {
    const leaves = new Set(removal.leaves);
    for (const index of leaves) {
      const key = beginKey(this.#rows[index]?.columns ?? {});
      if (key !== undefined) this.#begins.delete(key);
    }
    this.#rows = this.#rows.map((row) => (leaves.has(row.index) ? { index: row.index, leafHash: row.leafHash } : row));
    this.#payloads = this.#payloads.filter(
      ({ index, name }) =>
        !leaves.has(index) &&
        !removal.payloads.some((gone) => gone.index === index && (gone.name === undefined || gone.name === name)),
    );
    for (const { record } of removal.cleared?.requests ?? [])
      this.#requests.set(record.request.id, formatApprovalRecord(record));
    for (const { record } of removal.cleared?.grants ?? [])
      this.#grants.set(record.grant.id, formatGrantRecord(record));
    for (const id of removal.requests) this.#requests.delete(id);
    for (const id of removal.grants) this.#grants.delete(id);
  }

  #newestOf(kind: string): number | undefined {
    const index = this.#newest.get(kind);
    if (index === undefined || this.#rows[index]?.columns?.kind === kind) return index;
    // The newest one was purged: an older one may be there.
    return this.#rows.findLast(({ columns }) => columns?.kind === kind)?.index;
  }

  #indexesWhere(matches: (columns: LeafColumns) => boolean): readonly number[] {
    return this.#rows.filter(({ columns }) => columns !== undefined && matches(columns)).map(({ index }) => index);
  }

  #request(id: string): ApprovalRecord | undefined {
    const text = this.#requests.get(id);
    return text === undefined ? undefined : parseApprovalRecord(text);
  }

  #grant(id: string): GrantRecord | undefined {
    const text = this.#grants.get(id);
    return text === undefined ? undefined : parseGrantRecord(text);
  }

  #allRequests(): ApprovalRecord[] {
    return [...this.#requests.values()].map(parseApprovalRecord);
  }

  #allGrants(): GrantRecord[] {
    return [...this.#grants.values()].map(parseGrantRecord);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new StoreUnavailableError('STORE_CLOSED', 'The store in memory is closed.');
  }
}

function conflict(reason: string): StoreCorruptError {
  return new StoreCorruptError('CONFLICTING_WRITE', `The commit was refused and nothing was written: ${reason}.`);
}

/** The key of the call that an entry begins; undefined for every other entry. */
function beginKey(columns: LeafColumns): string | undefined {
  const { run, call } = columns;
  return beginsCall(columns) && run !== undefined && call !== undefined ? callKey(run, call) : undefined;
}

function copyLeaf({ index, leaf, leafHash }: StoredLeaf): StoredLeaf {
  return { index, leafHash: new Uint8Array(leafHash), ...(leaf !== undefined && { leaf }) };
}

function copyPayload({ index, name, salt, bytes }: StoredPayload): StoredPayload {
  return { index, name, salt: new Uint8Array(salt), bytes: new Uint8Array(bytes) };
}

function entryOf<T>(key: string, value: T | undefined): readonly (readonly [string, T])[] {
  return value === undefined ? [] : [[key, value]];
}

function byIndexAndName(a: StoredPayload, b: StoredPayload): number {
  return a.index - b.index || compareText(a.name, b.name);
}

function byAge(a: readonly [number, string], b: readonly [number, string]): number {
  return a[0] - b[0] || compareText(a[1], b[1]);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
