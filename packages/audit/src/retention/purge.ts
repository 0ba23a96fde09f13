/**
 * Retention: removes what is older than its age, after saying so in the log (log format, section 7).
 *
 * Entries go in units (`units.ts`), leaf hashes stay, and a statement and the removal that it states commit in one transaction.
 * A purge works its way up from the oldest entries, one window at a time; whatever happens on the way, what was removed so far
 * is stated, and the next purge goes on. Where somebody placed a hold, changed the retention or purged meanwhile, the plan is
 * made again: the newest entries of these kinds are compared under the write lock.
 */

import { type Environment, encodeBase64 } from '@countersign/core';
import { edgeRoot } from '@countersign/tlog';
import { writeArchive } from '../archive/archive-file.js';
import { archiveLines } from '../archive/archive-lines.js';
import { StoreCorruptError } from '../errors.js';
import { edgeOf } from '../head.js';
import { sha256 } from '../keys/private-key.js';
import type { Appended, AppendItem, PayloadMaker } from '../plan/plan.js';
import type { LogStore } from '../store.js';
import { TreeReader } from '../tree-reader.js';
import { IntervalSet } from '../verify/intervals.js';
import type { CheckedPurge, PurgeOptions, PurgeResult } from './purge-options.js';
import { type PurgeableEntry, planPurge } from './purge-plan.js';
import { PurgeScan, type PurgeWatch, type PurgeWhat } from './purge-scan.js';
import { PurgeOutrun, statementItem } from './purge-statement.js';

/** What a purge works with. */
export interface PurgeParts {
  readonly store: LogStore;
  readonly makePayloads: PayloadMaker;
  /** Named in archives. */
  readonly log: { readonly origin: string; readonly identityKey: string };
  nowUs(): number;
  randomBytes(length: number): Uint8Array;
  /** Appends one item and answers when it is durable. */
  append(item: AppendItem): Promise<Appended>;
  /** Called before each window and each statement: lets others go first, and throws to end the purge there. */
  pause(): Promise<void>;
}

/**
 * Purges a log.
 * @throws StoreCorruptError when the log is not what was signed: then nothing more is removed.
 */
export async function purgeLog(parts: PurgeParts, options: CheckedPurge): Promise<PurgeResult> {
  const { size } = await parts.store.head();
  const run = new PurgeRun(parts, options, size - 1);
  if (options.archive !== undefined) await run.archive(options.archive);
  await run.pass('entries');
  await run.pass('payloads');
  return run.result;
}

/** The pauses of a purge. The promise is rejected when the signal is aborted. */
export function pausesOf(
  environment: Environment,
  { signal, paceMs = 0 }: Pick<PurgeOptions, 'signal' | 'paceMs'>,
): PurgeParts['pause'] {
  return async () => {
    signal?.throwIfAborted();
    if (paceMs > 0) await new Promise<void>((resolve) => environment.setTimer(resolve, paceMs, { keepAlive: true }));
  };
}

class PurgeRun {
  readonly #parts: PurgeParts;
  readonly #options: CheckedPurge;
  readonly #nowUs: number;
  readonly #end: number;
  #isChecked = false;
  #retained = 0;
  /** What an archive holds; nothing else goes where there is one. */
  #archived: IntervalSet | undefined;
  result: PurgeResult = { entries: 0, payloads: 0, statements: 0 };

  constructor(parts: PurgeParts, options: CheckedPurge, end: number) {
    this.#parts = parts;
    this.#end = end;
    this.#options = options;
    this.#nowUs = parts.nowUs();
  }

  /** Archives what is about to go. @throws RetentionError `ARCHIVE_EXISTS`, `ARCHIVE_INVALID`, `ARCHIVE_IO` */
  async archive(path: string): Promise<void> {
    const { store, log, randomBytes } = this.#parts;
    const wanted = new IntervalSet();
    for (const what of ['entries', 'payloads'] as const) {
      const scan = await this.#scan();
      if (what === 'payloads' && !scan.payloadsGoFirst) continue;
      for await (const { entries } of scan.windows(what)) {
        await this.#parts.pause();
        for (const { index, goes } of entries) if (goes) wanted.add(index, index + 1);
      }
    }
    this.#archived = wanted;
    if (wanted.countWithin(0, this.#end) === 0) return;
    await this.#checkTree();
    const snapshot = await store.snapshot();
    try {
      const lines = archiveLines(snapshot, log, wanted);
      const archive = await writeArchive({ path, lines, key: log.identityKey, randomBytes });
      this.result = { ...this.result, archive };
    } finally {
      await snapshot.close();
    }
  }

  #scan(): Promise<PurgeScan> {
    return PurgeScan.open(this.#parts.store, { ages: this.#options.ages, nowUs: this.#nowUs, end: this.#end });
  }

  /** Removes all that goes of one sort. */
  async pass(what: PurgeWhat): Promise<void> {
    let from = 0;
    for (let attempt = 1; ; attempt += 1) {
      const scan = await this.#scan();
      if (what === 'payloads' && !scan.payloadsGoFirst) return;
      try {
        await this.#walk(scan, what, from, (next) => {
          from = next;
        });
        this.#retained = Math.max(this.#retained, scan.retained);
        if (this.#retained > 0) this.result = { ...this.result, retained: this.#retained };
        return;
      } catch (error) {
        if (!(error instanceof PurgeOutrun) || attempt >= MAX_ATTEMPTS) throw error;
      }
    }
  }

  async #walk(scan: PurgeScan, what: PurgeWhat, from: number, done: (next: number) => void): Promise<void> {
    const tree = new TreeReader(this.#parts.store);
    let watch: PurgeWatch = scan.watch;
    for await (const { entries, next } of scan.windows(what, from)) {
      await this.#parts.pause();
      for (const statement of planPurge(this.#onlyArchived(entries))) {
        await this.#checkTree();
        await this.#parts.pause();
        const root = encodeBase64(edgeRoot(sha256, await tree.edgeAt(statement.to)));
        const { makePayloads } = this.#parts;
        const { archive } = this.result;
        const item = statementItem({
          ...{ what, statement, root, watch, makePayloads, options: this.#options },
          ...(archive !== undefined && { archive: archive.digest }),
        });
        const { entries: placed } = await this.#parts.append(item);
        watch = { ...watch, 'entries-purged': placed.at(-1)?.index ?? watch['entries-purged'] };
        const payloads = statement.removed.reduce((sum, entry) => sum + entry.payloads.length, 0);
        this.#count(what === 'entries' ? statement.removed.length : 0, payloads);
      }
      done(next);
    }
  }

  /** What became old enough since the archive was written waits for the next purge. */
  #onlyArchived(entries: readonly PurgeableEntry[]): readonly PurgeableEntry[] {
    const archived = this.#archived;
    if (archived === undefined) return entries;
    return entries.map((entry) => (entry.goes && !archived.has(entry.index) ? { ...entry, goes: false } : entry));
  }

  #count(entries: number, payloads: number): void {
    const { result } = this;
    this.result = {
      ...result,
      entries: result.entries + entries,
      payloads: result.payloads + payloads,
      statements: result.statements + 1,
    };
  }

  /** A log whose leaves do not come to its tree is evidence: nothing is removed from it. */
  async #checkTree(): Promise<void> {
    if (this.#isChecked) return;
    const head = await this.#parts.store.head();
    const found = await new TreeReader(this.#parts.store).edgeAt(head.size);
    const [stated, root] = [edgeOf(head), found].map((edge) => encodeBase64(edgeRoot(sha256, edge)));
    if (stated !== root) {
      throw new StoreCorruptError(
        'STORE_DAMAGED',
        'The leaves of the log do not come to its tree; nothing was removed.',
        {
          hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
        },
      );
    }
    this.#isChecked = true;
  }
}

/** How often a plan is made again before the purge gives up. */
const MAX_ATTEMPTS = 20;
