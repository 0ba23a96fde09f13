/**
 * Calls that had to be witnessed before they ran, as the configuration on record demands it (log format, section 6). Pure.
 */

import { isJsonObject, type JsonValue } from '@countersign/core';
import { isSeen, type Seen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { SeenRow } from '../range/seen-row.js';
import type { VerifiedState } from '../resume/verified-state.js';
import type { AnchorReceipts } from './anchor-receipts.js';

/** What is demanded from an entry of kind `config-changed` on. */
interface Demand {
  readonly levels: readonly string[];
  readonly witnesses: readonly string[];
}

/** Follows the demands. Memory goes by the calls that are open. */
export class WitnessDemands {
  readonly #report: Report;
  readonly #receipts: AnchorReceipts;
  #demand: Demand | undefined;
  /** The witnesses of calls without an outcome, by the index of their begin entries. */
  readonly #open = new Map<number, readonly string[]>();

  /** @param receipts Sees each entry before this step does. */
  constructor(report: Report, receipts: AnchorReceipts) {
    this.#report = report;
    this.#receipts = receipts;
  }

  see(seen: SeenEntry): void {
    if (isSeen(seen, 'config-changed')) this.#demand = readDemand(seen.payloads.get('config')?.value);
    if (isSeen(seen, 'tool-result')) this.#finish(seen);
  }

  /** Calls, and outcomes that no payload explains: the others are seen whole. */
  seeRow(row: SeenRow): void {
    if (row.kind === 'tool-call') this.#begin(row);
    else if (row.kind === 'tool-result' && !row.isAborted) this.#checkRun(row.begun);
  }

  /** What a later verification goes on from. */
  save(): VerifiedState['demands'] {
    return [...this.#open].map(([index, witnesses]) => [index, [...witnesses]]);
  }

  restore(demands: VerifiedState['demands']): void {
    for (const [index, witnesses] of demands) this.#open.set(index, witnesses);
  }

  #begin({ index, risk, isObserved }: SeenRow): void {
    // Nobody here could have stopped a call that a provider ran itself.
    if (isObserved || risk === undefined || this.#demand?.levels.includes(risk) !== true) return;
    this.#open.set(index, this.#demand.witnesses);
  }

  /** A call that was aborted for want of its witnesses did not run. */
  #finish({ entry, payloads }: Seen<'tool-result'>): void {
    const { begun, outcome } = entry;
    if (outcome !== 'aborted') return;
    if (mayBeUnwitnessed(payloads.get('error')?.value)) this.#open.delete(begun);
    else this.#checkRun(begun);
  }

  #checkRun(begun: number): void {
    const witnesses = this.#open.get(begun);
    this.#open.delete(begun);
    if (witnesses === undefined || witnesses.every((name) => this.#receipts.witnessed(name) > begun)) return;
    this.#report('WITNESS_MISSING', 'The call ran before its witnesses had cosigned it.', begun);
  }
}

/** The demand in a configuration; undefined for none, and for one that was erased. */
function readDemand(config: JsonValue | undefined): Demand | undefined {
  const demand = isJsonObject(config) ? config.requireWitness : undefined;
  if (!isJsonObject(demand)) return undefined;
  return { levels: textsOf(demand.risk), witnesses: textsOf(demand.witnesses) };
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A call that was given up before it ran says so in its error; where that was erased, nothing says otherwise. */
function mayBeUnwitnessed(error: JsonValue | undefined): boolean {
  return !isJsonObject(error) || error.code === 'WITNESS_UNAVAILABLE';
}
