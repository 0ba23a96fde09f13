/**
 * The proofs of a log: receipts, proofs of growth, and queries that prove their answers. Keeps the hashes that they are made
 * from, so that the next one does not read the whole log again.
 */

import type { Environment } from '@countersign/core';
import { TILE_WIDTH } from '@countersign/tlog';
import type { QueryFilter, QueryResult } from './call-view.js';
import { EntryError } from './errors.js';
import { type TilesExport, writeTilesFolder } from './export/tiles-folder.js';
import { findGround } from './ground.js';
import { type OpenedEntry, readEntries } from './query/opened-entry.js';
import { ProvenEntries, type PurgedRun } from './query/proven-entries.js';
import { queryProven } from './query/query-proven.js';
import { isBegin, isResult } from './query/view-call.js';
import { createConsistencyReceipt, createReceipt, type ReceiptGround, type ReceiptOptions } from './receipts.js';
import { callKey, type LogStore } from './store.js';
import { TreeHashes } from './tree-hashes.js';
import { identityOf } from './verify/identity-of.js';
import type { ConsistencyReceipt, Receipt } from './verify/receipt.js';
import { findWitnessed } from './witnessed-ground.js';

/** What proofs are made from. */
export interface LogProofParts {
  readonly store: LogStore;
  /** The verifier key of the identity. */
  readonly identityKey: string;
  readonly environment: Environment;
  readonly isWriterAlive: (writer: string) => boolean;
  /** The high-water mark's note. */
  readonly readMark: () => Promise<string | undefined>;
  readonly markExpected: boolean;
}

/** Which receipt is asked for. */
export interface ReceiptRequest extends ReceiptOptions {
  /** The run, where several runs used one call's id. */
  readonly run?: string;
  /** Lead to the newest checkpoint that witnesses have cosigned, instead of the newest of all. */
  readonly witnessed?: boolean;
}

/** Makes the proofs of one log. */
export class LogProofs {
  readonly #parts: LogProofParts;
  readonly #tree: TreeHashes;

  constructor(parts: LogProofParts) {
    this.#parts = parts;
    this.#tree = new TreeHashes(parts.store);
  }

  /** See `LogView.receipt`. */
  async receipt(callIdOrIndex: string | number, { run, witnessed, ...options }: ReceiptRequest = {}): Promise<Receipt> {
    const entries = await findEntries(this.#parts.store, callIdOrIndex, run);
    const size = Math.max(...entries.map(({ index }) => index)) + 1;
    const ground = witnessed === true ? await this.#witnessed(size) : await this.#ground(size);
    return createReceipt(ground, entries, options);
  }

  /** See `LogView.consistencyProof`. */
  async consistency(fromSize: number, toSize?: number): Promise<ConsistencyReceipt> {
    const ground = await this.#ground(toSize ?? 0);
    return createConsistencyReceipt(ground, { from: fromSize, to: toSize }, await this.#parts.store.checkpoints());
  }

  /** One page of calls with their proofs. */
  query(filter: QueryFilter): Promise<QueryResult> {
    const { environment, ...parts } = this.#parts;
    return queryProven({ ...parts, tree: this.#tree, nowUs: environment.nowUs() }, filter);
  }

  /** See `LogView.exportTiles`. */
  async exportTiles(folder: string, signal?: AbortSignal): Promise<TilesExport> {
    const { store, environment, identityKey } = this.#parts;
    const ground = await this.#ground(0);
    let runs = await this.#purgedRuns();
    const isKnown = (index: number) => runs.some(({ start, end }) => start <= index && index < end);
    const isPurged = async (index: number): Promise<boolean> => {
      // A purge may have gone on while the export does.
      if (!isKnown(index)) runs = await this.#purgedRuns();
      return isKnown(index);
    };
    const minimumIndex = () => Math.min(ground.state.size, nextTile(runs.at(-1)?.end ?? 0));
    const key = identityOf(identityKey);
    return writeTilesFolder({ folder, key, ground, store, environment, isPurged, minimumIndex, signal });
  }

  async #purgedRuns(): Promise<readonly PurgedRun[]> {
    return new ProvenEntries(this.#parts.store, await this.#ground(0)).purgedRuns();
  }

  /** The newest checkpoint with cosignatures that is on record. */
  async #witnessed(atLeast: number): Promise<ReceiptGround> {
    const { store, identityKey } = this.#parts;
    const { tree } = await this.#ground(atLeast);
    const state = await findWitnessed({ store, tree, key: identityOf(identityKey), isPinned: false }, atLeast);
    return { tree, state };
  }

  async #ground(atLeast: number): Promise<ReceiptGround> {
    const { store, identityKey } = this.#parts;
    const key = identityOf(identityKey);
    return { tree: this.#tree, state: await findGround({ store, tree: this.#tree, key, isPinned: false }, atLeast) };
  }
}

/** The first index of the next tile, or of this one where it begins here. */
function nextTile(index: number): number {
  return Math.ceil(index / TILE_WIDTH) * TILE_WIDTH;
}

/** The entry that is meant; for a call, its begin and its result. */
async function findEntries(
  store: LogStore,
  id: string | number,
  run: string | undefined,
): Promise<readonly OpenedEntry[]> {
  const index = typeof id === 'number' ? id : await indexOf(store, id, run);
  const opened = index === undefined ? undefined : (await readEntries(store, [index])).get(index);
  if (opened === undefined) throw notFound();
  if (!isBegin(opened)) return [opened];
  const { run: ownRun, call } = opened.entry;
  const indexes = (await store.entriesOfCalls([{ run: ownRun, call }])).get(callKey(ownRun, call)) ?? [];
  const others = await readEntries(
    store,
    indexes.filter((other) => other > opened.index),
  );
  const result = [...others.values()].find((other) => isResult(other) && other.entry.begun === opened.index);
  return result === undefined ? [opened] : [opened, result];
}

async function indexOf(store: LogStore, id: string, run: string | undefined): Promise<number | undefined> {
  const begins = await store.findCall(id, run);
  if (begins.length > 1) {
    const first = begins.slice(0, MAX_NAMED).join(', ');
    throw new EntryError('CALL_AMBIGUOUS', `${begins.length} runs have a call with this id: see ${first}.`, {
      hint: 'Give one of these indexes instead, or say which run is meant.',
    });
  }
  return begins[0] ?? (await store.indexOfId(id));
}

const MAX_NAMED = 10;

function notFound(): EntryError {
  return new EntryError('ENTRY_NOT_FOUND', 'There is no such call or entry, or its text was purged.', {
    hint: 'Give the id of a call, an index from 0 to the size of the log, or the id of an entry.',
  });
}
