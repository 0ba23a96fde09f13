/**
 * The anchors of an open log. Everything here happens beside the commits and never holds one up; only a call that must be
 * witnessed waits (`requireWitness`).
 */

import { type Environment, encodeBase64, type JsonValue, parseTime } from '@countersign/core';
import { parseCheckpoint, parseNote } from '@countersign/tlog';
import { decodeEntry } from '../entry/encode.js';
import type { EntryOf } from '../entry/kinds.js';
import type { FreeEntry } from '../plan/free-entry.js';
import type { KeptCheckpoint, LogStore } from '../store.js';
import { type Anchor, AnchorError, type AnchorStatus, type AnchorSubject, IDENTITY_ANCHOR } from './anchor.js';
import { type AnchorHost, AnchorRunner } from './anchor-runner.js';
import { CheckedTree } from './checked-tree.js';
import type { IdentityAnchor } from './identity-anchor.js';

/** What an anchorer works with. */
export interface AnchorerOptions {
  readonly anchors: readonly Anchor[];
  readonly store: LogStore;
  readonly environment: Environment;
  /** How long an anchor may stay silent while nothing happens; an hour when not given, false for as long as nothing happens. */
  readonly heartbeatMs: number | false | undefined;
  /** Checks that a note is a checkpoint that this log signed. @throws StoreCorruptError `STORE_DAMAGED` when it is not. */
  check(note: string): void;
  /** Where the identity's key is kept elsewhere: what asks for its signature, and finds what it signed last. */
  readonly identity: AnchoredIdentity | undefined;
  /** Appends an entry, and keeps a checkpoint with it. */
  append(entry: FreeEntry, keep?: KeptCheckpoint): Promise<void>;
  readonly onFailure: ((status: AnchorStatus) => void) | undefined;
}

/** An identity whose signature is asked for beside the commits. */
export interface AnchoredIdentity {
  /** Undefined in a process that cannot ask for it. */
  readonly anchor: IdentityAnchor | undefined;
  /** The origin of the log: the name that its records have. */
  readonly name: string;
  /** The newest stored note with its signature. @throws EntryError or StoreCorruptError when there is none. */
  findSigned(): Promise<string>;
}

/** How long a quiet log goes without a word to its anchors. */
export const HEARTBEAT_MS = 3_600_000;

/** How long closing a log waits for its anchors. */
export const CLOSE_GRACE_MS = 3000;

/** After so many failures in a row that the anchor fails is put on record, once. */
export const FAILURES_ON_RECORD = 3;

/** Runs the anchors of one log. */
export class Anchorer {
  readonly #options: AnchorerOptions;
  readonly #tree: CheckedTree;
  readonly #runners: readonly AnchorRunner[];
  /** Asks for the signature of an identity that is kept elsewhere; the other anchors get what it signed. */
  readonly #identity: AnchorRunner | undefined;
  #signed: { readonly size: number; readonly note: string } | undefined;
  #isClosed = false;

  constructor(options: AnchorerOptions) {
    const { store, environment, anchors, heartbeatMs = HEARTBEAT_MS } = options;
    this.#options = options;
    this.#tree = new CheckedTree(store);
    const host: AnchorHost = {
      environment,
      subject: () => this.#subject(),
      recorded: (anchor, from) => newestRecord(store, anchor, from),
      hasNews: (from, to) => hasNews(store, from, to),
      record: (anchor, subject, receipt) => this.#record(anchor, subject, receipt),
      onFailure: (status) => this.#noteFailure(status),
    };
    this.#runners = anchors.map((anchor) => new AnchorRunner(anchor, host, heartbeatMs));
    this.#identity = this.#startIdentity(host);
  }

  /** How the anchors stand, as far as this process knows. */
  get status(): readonly AnchorStatus[] {
    return this.#all.map((runner) => runner.status);
  }

  /** A commit was made. */
  notice(): void {
    if (!this.#isClosed) for (const runner of this.#all) runner.notice();
  }

  /** Whether there is a witness among the anchors. */
  get hasWitness(): boolean {
    return this.#runners.some(({ anchor }) => anchor.kind === WITNESS);
  }

  /**
   * Ends when every witness among the anchors has cosigned a checkpoint that covers the first `size` entries, and that is on record.
   * @throws AnchorError, or what the last try threw, when `signal` aborts before.
   */
  async witnessed(size: number, signal: AbortSignal): Promise<void> {
    const witnesses = this.#runners.filter(({ anchor }) => anchor.kind === WITNESS);
    if (witnesses.length === 0) {
      throw new AnchorError('ANCHOR_UNREACHABLE', 'The log has no witness among its anchors.');
    }
    // They are shown what the identity has signed.
    await this.#identity?.reach(size, signal);
    await Promise.all(witnesses.map((runner) => runner.reach(size, signal)));
  }

  /** Finds out how far an identity that is kept elsewhere has signed; waits for its first signature where there is none. */
  async awaitIdentity(signal: AbortSignal): Promise<void> {
    await this.#identity?.load();
    if (this.signedSize === 0) await this.#identity?.reach(1, signal);
  }

  /** The size of the newest checkpoint that an identity that is kept elsewhere has signed; 0 for none. */
  get signedSize(): number {
    return this.#identity?.status.size ?? 0;
  }

  /** Anchors what is left, for a few seconds at most. */
  async close(): Promise<void> {
    this.#isClosed = true;
    // What the identity signs now is what the others keep.
    await this.#identity?.stop(CLOSE_GRACE_MS);
    await Promise.all(this.#runners.map((runner) => runner.stop(CLOSE_GRACE_MS)));
  }

  get #all(): readonly AnchorRunner[] {
    return this.#identity === undefined ? this.#runners : [this.#identity, ...this.#runners];
  }

  #startIdentity(host: AnchorHost): AnchorRunner | undefined {
    const anchor = this.#options.identity?.anchor;
    if (anchor === undefined) return undefined;
    const own: AnchorHost = {
      ...host,
      subject: () => this.#newest(),
      record: async (_anchor, subject) => {
        const note = anchor.note ?? subject.note;
        await this.#record(anchor, { ...subject, note }, undefined);
        this.#signed = { size: subject.checkpoint.size, note };
      },
    };
    return new AnchorRunner(anchor, own, false);
  }

  /** What may leave the machine: the newest checkpoint with the identity's signature. */
  async #subject(): Promise<AnchorSubject | undefined> {
    return this.#options.identity === undefined ? this.#newest() : this.#signedSubject(this.#options.identity);
  }

  async #signedSubject({ name, findSigned }: AnchoredIdentity): Promise<AnchorSubject | undefined> {
    // Another process may have asked for a newer signature.
    const recorded = await newestRecord(this.#options.store, { kind: IDENTITY_ANCHOR, name }, this.#signed?.size);
    if (recorded === undefined && this.#signed === undefined) return undefined;
    if (this.#signed === undefined || (recorded?.size ?? 0) > this.#signed.size) {
      const note = await findSigned();
      this.#signed = { size: parseCheckpoint(parseNote(note).text).size, note };
    }
    return this.#subjectOf(this.#signed.note);
  }

  async #newest(): Promise<AnchorSubject | undefined> {
    const { checkpoint: stored } = await this.#options.store.head();
    if (stored === '') return undefined;
    this.#options.check(stored);
    return this.#subjectOf(stored);
  }

  async #subjectOf(note: string): Promise<AnchorSubject> {
    const checkpoint = parseCheckpoint(parseNote(note).text);
    const { size, root } = checkpoint;
    if (encodeBase64(await this.#tree.rootAt(size)) !== encodeBase64(root)) {
      throw new AnchorError(
        'ANCHOR_ROOT_MISMATCH',
        'The rows of the store have another root than its newest checkpoint.',
        {
          hint: 'Nothing was anchored. Run `countersign verify`, and keep a copy of the store as it is.',
        },
      );
    }
    return { note, checkpoint, prove: (from) => this.#tree.prove(from, size) };
  }

  async #record(anchor: Anchor, { note, checkpoint }: AnchorSubject, receipt: JsonValue | undefined): Promise<void> {
    const { kind, name } = anchor;
    const { size, root } = checkpoint;
    await this.#options.append(
      {
        kind: 'anchor-recorded',
        anchor: kind,
        name,
        size,
        root: encodeBase64(root),
        ...(receipt !== undefined && { payloads: { receipt } }),
      },
      { size, note },
    );
  }

  #noteFailure(status: AnchorStatus): void {
    this.#options.onFailure?.(status);
    if (status.failures !== FAILURES_ON_RECORD || this.#isClosed) return;
    const { kind, name, failures, lastFailure = '' } = status;
    const details = { anchor: kind, name, failures, code: lastFailure };
    // Whether it can be put on record is not for the anchor to settle: its status says it too.
    this.#options.append({ kind: 'system-event', name: 'anchor-failed', payloads: { details } }).catch(() => undefined);
  }
}

/** The anchors that `requireWitness` waits for. */
export const WITNESS = 'witness';

/** How many entries behind the end are looked through for the newest record of an anchor. */
const RECORD_WINDOWS = [1000, 20_000, 200_000] as const;

/** Reads at most this many indexes at a time. */
const PAGE = 1000;

/** The newest record of an anchor; one that lies far behind counts as none, and the log is anchored again. */
async function newestRecord(
  store: LogStore,
  anchor: Pick<Anchor, 'kind' | 'name'>,
  known: number | undefined,
): Promise<{ readonly size: number; readonly atUs: number } | undefined> {
  const { size: end } = await store.head();
  const starts = known === undefined ? RECORD_WINDOWS.map((window) => Math.max(0, end - window)) : [known];
  for (const from of starts) {
    const records = await readRecords(store, from);
    const newest = records.findLast((entry) => entry.anchor === anchor.kind && entry.name === anchor.name);
    if (newest !== undefined) return { size: newest.size, atUs: parseTime(newest.time) };
    if (from === 0) return undefined;
  }
  return undefined;
}

/** The records of anchors from an index on. */
export async function readRecords(
  store: Pick<LogStore, 'findEntries' | 'read'>,
  from: number,
): Promise<readonly EntryOf<'anchor-recorded'>[]> {
  const records: EntryOf<'anchor-recorded'>[] = [];
  for (let next = from; ; ) {
    const indexes = await store.findEntries({ kind: 'anchor-recorded', from: next, limit: PAGE });
    const { leaves } = await store.read(indexes);
    for (const { leaf } of leaves) {
      const decoded = leaf === undefined ? undefined : decodeEntry(leaf);
      if (decoded?.ok === true && decoded.entry.kind === 'anchor-recorded') records.push(decoded.entry);
    }
    const last = indexes.at(-1);
    if (last === undefined || indexes.length < PAGE) return records;
    next = last + 1;
  }
}

async function hasNews(store: LogStore, from: number, to: number): Promise<boolean> {
  // More records than a page between two anchorings are news enough.
  const records = await store.findEntries({ kind: 'anchor-recorded', from, limit: PAGE });
  return to - from > records.filter((index) => index < to).length;
}
