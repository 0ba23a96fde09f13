/**
 * Puts the rows of a range into columns. Pure.
 */

import { hash } from 'node:crypto';
import { parseTime, RISK_LEVELS } from '@countersign/core';
import { callKey } from '../../call-key.js';
import { isDecisive } from '../../entry/decisive.js';
import { ENTRY_KINDS, type Entry, type EntryKind, type EntryOf } from '../../entry/kinds.js';
import type { CheckedLeaf } from '../steps/leaf-checks.js';
import { BAD, BYTES, COLUMN, FIRST_KIND, FLAG, GONE, type Judgement, NUMBERS, PLACE } from './checked-range.js';

/** Columns that grow by a row at a time, up to a number of rows. */
export class RangeWriter {
  readonly numbers: Float64Array;
  readonly bytes: Buffer;
  readonly texts: string[] = [];
  readonly judgements: Judgement[] = [];
  readonly #textAt = new Map<string, number>();
  readonly #callAt = new Map<string, number>();
  readonly #judgementAt = new Map<string, number>();
  #second = '';
  #secondUs = 0;
  #rows = 0;

  constructor(rows: number) {
    this.numbers = new Float64Array(rows * NUMBERS);
    this.bytes = Buffer.alloc(rows * BYTES);
  }

  get rows(): number {
    return this.#rows;
  }

  /** Adds a row, before what is said of it. */
  add({ index, leafHash, text, entry }: CheckedLeaf, isLinkBroken: boolean, opened: number): void {
    const at = this.#rows * NUMBERS;
    this.numbers[at + COLUMN.index] = index;
    this.numbers[at + COLUMN.state] =
      entry === undefined ? (text === 'gone' ? GONE : BAD) : FIRST_KIND + kindAt(entry.kind);
    this.numbers[at + COLUMN.opened] = opened;
    this.numbers[at + COLUMN.flags] =
      (leafHash === undefined ? 0 : FLAG.hasHash) | (isLinkBroken ? FLAG.isLinkBroken : 0);
    if (leafHash !== undefined) this.bytes.set(leafHash, this.#rows * BYTES + PLACE.leafHash);
    if (entry !== undefined) this.#put(entry, at);
    this.#rows += 1;
  }

  #put(entry: Entry, at: number): void {
    const { numbers } = this;
    numbers[at + COLUMN.writerSeq] = entry.writerSeq;
    numbers[at + COLUMN.timeUs] = this.#timeOf(entry.time);
    for (let level = 0; level < RISK_LEVELS.length; level += 1) {
      const name = RISK_LEVELS[level];
      numbers[at + COLUMN.totals + level] = name === undefined ? 0 : entry.totals[name];
    }
    numbers[at + COLUMN.log] = this.#text(entry.log);
    numbers[at + COLUMN.writer] = this.#text(entry.writer);
    numbers[at + COLUMN.stepUs] = entry.kind === 'clock-stepped' ? entry.stepUs : Number.NaN;
    putId(this.bytes, this.#rows * BYTES + PLACE.id, entry.id);
    this.#putCall(entry, at);
  }

  #putCall(entry: Entry, at: number): void {
    const { numbers } = this;
    numbers[at + COLUMN.judgement] = -1;
    numbers[at + COLUMN.risk] = -1;
    numbers[at + COLUMN.session] = 'session' in entry ? this.#optional(entry.session) : -1;
    numbers[at + COLUMN.tool] = -1;
    if (entry.kind !== 'tool-call' && entry.kind !== 'tool-result' && entry.kind !== 'tool-refused') return;
    this.#putCallKey(callKey(entry.run, entry.call), this.#rows * BYTES + PLACE.callKey);
    numbers[at + COLUMN.tool] = this.#text(entry.tool);
    const flags = numbers[at + COLUMN.flags] ?? 0;
    if (entry.kind === 'tool-result') {
      numbers[at + COLUMN.begun] = entry.begun;
      if (entry.outcome === 'aborted') numbers[at + COLUMN.flags] = flags | FLAG.isAborted;
    } else numbers[at + COLUMN.risk] = RISK_LEVELS.indexOf(entry.risk);
    if (entry.kind !== 'tool-call') return;
    if (entry.outcome === 'observed_only')
      numbers[at + COLUMN.flags] = (numbers[at + COLUMN.flags] ?? 0) | FLAG.isObserved;
    else numbers[at + COLUMN.judgement] = this.#judgement(entry);
  }

  /** An outcome mostly stands near its call, whose digest is there already. */
  #putCallKey(key: string, place: number): void {
    const known = this.#callAt.get(key);
    if (known === undefined) {
      this.bytes.write(hash('sha256', key, 'binary'), place, 'latin1');
      this.#callAt.set(key, place);
    } else this.bytes.copyWithin(place, known, known + DIGEST_BYTES);
  }

  /** Most times share their second with the one before. */
  #timeOf(time: string): number {
    const second = time.slice(0, 19);
    if (second !== this.#second) {
      this.#secondUs = parseTime(`${second}.000000Z`);
      this.#second = second;
    }
    return this.#secondUs + Number(time.slice(20, 26));
  }

  #optional(text: string | undefined): number {
    return text === undefined ? -1 : this.#text(text);
  }

  #text(text: string): number {
    const known = this.#textAt.get(text);
    if (known !== undefined) return known;
    // A copy: a piece of a leaf would hold on to the whole of it.
    const copy = Buffer.from(text, 'utf8').toString('utf8');
    this.#textAt.set(copy, this.texts.length);
    return this.texts.push(copy) - 1;
  }

  #judgement(entry: EntryOf<'tool-call'>): number {
    const { policy, tool, server, session, actor, risk, classification, verdict, rule, bound } = entry;
    const { effects, signals, more = 0 } = classification;
    const marks = signals.filter(isDecisive);
    const isCut = more > 0 && marks.length === signals.length;
    const who = actor === undefined ? '' : `${actor.kind}\n${actor.id}`;
    // None of these can hold a line feed.
    const key = `${policy}\n${tool}\n${server ?? ''}\n${session ?? ''}\n${who}\n${risk}\n${effects.join()}\n${verdict}\n${rule}\n${bound}\n${isCut}\n${marks.join('\n')}`;
    const known = this.#judgementAt.get(key);
    if (known !== undefined) return known;
    this.#judgementAt.set(key, this.judgements.length);
    return (
      this.judgements.push({
        policy,
        tool,
        server,
        session,
        actor: actor === undefined ? undefined : { kind: actor.kind, id: actor.id },
        risk,
        effects,
        verdict,
        rule,
        bound,
        marks,
        isCut,
        key,
      }) - 1
    );
  }
}

const DIGEST_BYTES = 32;

const KIND_AT: ReadonlyMap<EntryKind, number> = new Map(ENTRY_KINDS.map((kind, at) => [kind, at]));

function kindAt(kind: EntryKind): number {
  return KIND_AT.get(kind) ?? 0;
}

/** The 32 digits of a UUID as 16 bytes. */
function putId(bytes: Buffer, start: number, id: string): void {
  let at = start;
  for (let i = 0; i < id.length; i += 2) {
    if (id.charCodeAt(i) === DASH) i += 1;
    bytes[at] = (digitOf(id.charCodeAt(i)) << 4) | digitOf(id.charCodeAt(i + 1));
    at += 1;
  }
}

const DASH = 0x2d;

function digitOf(code: number): number {
  return code < 0x40 ? code - 0x30 : code - 0x57;
}
