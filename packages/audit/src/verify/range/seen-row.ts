/**
 * One row of a checked range, as the steps see it that follow every entry: a view that moves from row to row, so that a million
 * rows make no objects. What is kept of it must be taken out. Pure.
 */

import { RISK_LEVELS, type RiskLevel } from '@countersign/core';
import { ENTRY_KINDS, type EntryKind } from '../../entry/kinds.js';
import {
  BAD,
  BYTES,
  type CheckedRange,
  COLUMN,
  FIRST_KIND,
  FLAG,
  GONE,
  type Judgement,
  NUMBERS,
  PLACE,
} from './checked-range.js';

/** The bytes of a word. */
const WORD = Uint32Array.BYTES_PER_ELEMENT;

/** A row. Members of entries may be asked for only where `kind` is there. */
export class SeenRow {
  readonly #range: CheckedRange;
  readonly #bytes: Buffer;
  readonly #words: Uint32Array;
  #row = 0;
  #numbersAt = 0;
  #bytesAt = 0;
  /** How many entries before this one could not be read. The walk sets it. */
  unread = 0;

  constructor(range: CheckedRange) {
    this.#range = range;
    const { buffer, byteOffset, byteLength } = range.bytes;
    this.#bytes = Buffer.from(buffer, byteOffset, byteLength);
    // Words must begin at a multiple of their size; where they do not, a copy does.
    this.#words =
      byteOffset % WORD === 0
        ? new Uint32Array(buffer, byteOffset, Math.floor(byteLength / WORD))
        : new Uint32Array(Uint8Array.from(range.bytes).buffer);
  }

  /** Moves to a row. */
  moveTo(row: number): void {
    this.#row = row;
    this.#numbersAt = row * NUMBERS;
    this.#bytesAt = row * BYTES;
  }

  get index(): number {
    return this.#number(COLUMN.index);
  }

  /** `read`: decoded and sound; `gone`: its text was removed; `bad`: there, and not to be believed. */
  get text(): 'read' | 'gone' | 'bad' {
    const state = this.#number(COLUMN.state);
    if (state === GONE) return 'gone';
    return state === BAD ? 'bad' : 'read';
  }

  /** The kind of the entry; undefined where it could not be read. */
  get kind(): EntryKind | undefined {
    return ENTRY_KINDS[this.#number(COLUMN.state) - FIRST_KIND];
  }

  /** The hash for the tree; undefined when there is none. */
  get leafHash(): Uint8Array | undefined {
    if (!this.#has(FLAG.hasHash)) return undefined;
    const start = this.#bytesAt + PLACE.leafHash;
    return this.#bytes.subarray(start, start + 32);
  }

  /** Whether the leaf does not link to the row before it in the range. */
  get isLinkBroken(): boolean {
    return this.#has(FLAG.isLinkBroken);
  }

  /** The member `prev`, known for the first row of a range alone: the range has compared the others. */
  get prev(): string | undefined {
    return this.#row === 0 ? this.#range.firstPrev : undefined;
  }

  /** Payloads that were opened. */
  get opened(): number {
    return this.#number(COLUMN.opened);
  }

  /** The bytes of all rows as words, of which the id and the digest of run and call are some. */
  get words(): Uint32Array {
    return this.#words;
  }

  /** The word at which the id begins. */
  get idAt(): number {
    return (this.#bytesAt + PLACE.id) / WORD;
  }

  /** The word at which the digest of run and call begins. */
  get callKeyAt(): number {
    return (this.#bytesAt + PLACE.callKey) / WORD;
  }

  get log(): string {
    return this.#text(COLUMN.log) ?? '';
  }

  get writer(): string {
    return this.#text(COLUMN.writer) ?? '';
  }

  get writerSeq(): number {
    return this.#number(COLUMN.writerSeq);
  }

  get timeUs(): number {
    return this.#number(COLUMN.timeUs);
  }

  /** The calls of a level so far, by the position of the level. */
  total(level: number): number {
    return this.#number(COLUMN.totals + level);
  }

  /** The level that the entry counts for, as its position; -1 for none. */
  get riskAt(): number {
    return this.#number(COLUMN.risk);
  }

  get risk(): RiskLevel | undefined {
    return RISK_LEVELS[this.riskAt];
  }

  /** What a `clock-stepped` entry states. */
  get stepUs(): number | undefined {
    const stepUs = this.#number(COLUMN.stepUs);
    return Number.isNaN(stepUs) ? undefined : stepUs;
  }

  /** A digest of run and call, one byte to a character, of an entry that names both. */
  get callKey(): string {
    const start = this.#bytesAt + PLACE.callKey;
    return this.#bytes.toString('latin1', start, start + 32);
  }

  get tool(): string | undefined {
    return this.#text(COLUMN.tool);
  }

  get session(): string | undefined {
    return this.#text(COLUMN.session);
  }

  /** The index of the call that a result names. */
  get begun(): number {
    return this.#number(COLUMN.begun);
  }

  /** True for a call that a provider ran itself. */
  get isObserved(): boolean {
    return this.#has(FLAG.isObserved);
  }

  /** True for an outcome of a call that was aborted: the steps see it whole. */
  get isAborted(): boolean {
    return this.#has(FLAG.isAborted);
  }

  /** What the policy is asked about a call that ran. */
  get judgement(): Judgement | undefined {
    return this.#range.judgements[this.#number(COLUMN.judgement)];
  }

  #number(column: number): number {
    return this.#range.numbers[this.#numbersAt + column] ?? Number.NaN;
  }

  #text(column: number): string | undefined {
    return this.#range.texts[this.#number(column)];
  }

  #has(flag: number): boolean {
    return (this.#number(COLUMN.flags) & flag) !== 0;
  }
}
