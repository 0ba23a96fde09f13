/**
 * A log as its export holds it (spec, section 12), in the shape that verification reads. The lines are gone through once, to see
 * that they are what they must be and to note where each entry stands; entries are read again when they are asked for, so that
 * an export may be longer than memory. Pure, but for what the source does.
 */

import { decodeBase64, encodeBase64 } from '@countersign/core';
import { parseCheckpoint, parseNote } from '@countersign/tlog';
import type { LogReader, StoredCheckpoint, StoredLeaf, StoredPayload, StoreProblem } from '../log-reader.js';
import { type EntryLine, type ExportLine, MAX_EXPORT_LINE_BYTES, parseExportLine } from './export-lines.js';

/** Where an export is read from: a file, or bytes in memory. */
export interface ExportSource {
  /** The bytes from `offset` on, at most `length`; none behind the end. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/** A log in an export. */
export interface ExportedLog extends LogReader {
  /** The identity key that the export states. It is as good as whoever gave you the export. */
  readonly identityKey: string | undefined;
}

/** Bytes in memory as a source. */
export function exportSourceOf(bytes: Uint8Array): ExportSource {
  return { read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

/** Opens an export. Lines that are not what they must be are no fault here: they are told to who asks for `inspect`. */
export async function openExport(source: ExportSource): Promise<ExportedLog> {
  const scan = new Scan();
  for await (const { text, offset, length } of linesOf(source)) scan.take(text, { offset, length });
  scan.finish();
  const read = (from: number, to: number) => readEntries(source, scan.placesWithin(from, to));
  return {
    isExport: true,
    identityKey: scan.identityKey,
    head: async () => ({ size: scan.size, edge: new Uint8Array(), checkpoint: scan.checkpoint }),
    leaves: async ({ from, limit }) => (await readEntries(source, scan.placesFrom(from, limit))).map(toLeaf),
    payloads: async ({ from, to }) => (await read(from, to)).flatMap(toPayloads),
    checkpoints: async () => withNewest(scan),
    requestRows: async () => [],
    grantRows: async () => [],
    inspect: async () => scan.problems,
  };
}

/** The kept ones and the newest, which may be one of them. */
function withNewest({ checkpoints, checkpoint, size }: Scan): readonly StoredCheckpoint[] {
  const last = checkpoints.at(-1);
  if (checkpoint === '' || last?.note === checkpoint) return checkpoints;
  return [...checkpoints, { size: sizeOf(checkpoint) ?? size, note: checkpoint, kept: false }];
}

function sizeOf(note: string): number | undefined {
  try {
    return parseCheckpoint(parseNote(note).text).size;
  } catch {
    // What is no checkpoint is found when its signatures are looked at.
    return undefined;
  }
}

/** Where a line stands. */
interface Place {
  readonly offset: number;
  readonly length: number;
}

const ORDER = ['header', 'entry', 'checkpoint', 'end'] as const;

/** How many lines that are no lines are told one by one. */
const MAX_PROBLEMS = 100;

/** What the lines say, apart from the entries themselves. */
class Scan {
  readonly problems: StoreProblem[] = [];
  readonly checkpoints: StoredCheckpoint[] = [];
  readonly #indexes: number[] = [];
  readonly #offsets: number[] = [];
  readonly #lengths: number[] = [];
  identityKey: string | undefined;
  checkpoint = '';
  #stated: number | undefined;
  #phase: (typeof ORDER)[number] | undefined;
  #line = 0;

  /** The size that the header states. */
  get size(): number {
    return this.#stated ?? this.#indexes.length;
  }

  take(text: string | undefined, place: Place): void {
    this.#line += 1;
    const line = text === undefined ? undefined : parseExportLine(text);
    if (line === undefined) this.#refuse('has none of the forms that a line may have');
    else if (!this.#follows(line)) this.#refuse('stands where it must not');
    else this.#accept(line, place);
  }

  finish(): void {
    if (this.#phase === 'end') return;
    this.#line += 1;
    this.#refuse('is not there: the export has no end');
  }

  placesFrom(from: number, limit: number): readonly Place[] {
    return this.#places(this.#positionOf(from), limit);
  }

  placesWithin(from: number, to: number): readonly Place[] {
    const start = this.#positionOf(from);
    return this.#places(start, this.#positionOf(to) - start);
  }

  #accept(line: ExportLine, { offset, length }: Place): void {
    this.#phase = line.kind;
    switch (line.kind) {
      case 'header':
        this.#stated = line.value.size;
        return;
      case 'entry':
        this.#indexes.push(line.value.index);
        this.#offsets.push(offset);
        this.#lengths.push(length);
        return;
      case 'checkpoint':
        this.checkpoints.push({ ...line.value, kept: true });
        return;
      case 'end':
        this.checkpoint = line.value.checkpoint;
        this.identityKey = line.value.identityKey;
        return;
      default:
        line satisfies never;
    }
  }

  /** The header once and first, entries and then checkpoints ascending, the end once and last. */
  #follows(line: ExportLine): boolean {
    const before = this.#phase;
    if (before === undefined || line.kind === 'header') return before === undefined && line.kind === 'header';
    if (before === 'end' || ORDER.indexOf(line.kind) < ORDER.indexOf(before)) return false;
    if (line.kind === 'entry') return line.value.index > (this.#indexes.at(-1) ?? -1);
    return line.kind === 'end' || line.value.size > (this.checkpoints.at(-1)?.size ?? -1);
  }

  #refuse(why: string): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push({ code: 'EXPORT_INVALID', message: `Line ${this.#line} ${why}.` });
  }

  /** The position of the first entry at `index` or behind. */
  #positionOf(index: number): number {
    let [low, high] = [0, this.#indexes.length];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if ((this.#indexes[middle] ?? 0) < index) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #places(start: number, limit: number): readonly Place[] {
    const end = Math.min(start + Math.max(0, limit), this.#indexes.length);
    return Array.from({ length: Math.max(0, end - start) }, (_, i) => ({
      offset: this.#offsets[start + i] ?? 0,
      length: this.#lengths[start + i] ?? 0,
    }));
  }
}

async function readEntries(source: ExportSource, places: readonly Place[]): Promise<readonly EntryLine[]> {
  const entries: EntryLine[] = [];
  for (const { offset, length } of places) {
    const line = parseExportLine(decodeUtf8(await source.read(offset, length)) ?? '');
    if (line?.kind === 'entry') entries.push(line.value);
  }
  return entries;
}

/** What is no base64 is no hash and no salt: no bytes say so. */
function toLeaf({ index, leaf, leafHash, unreadable }: EntryLine): StoredLeaf {
  return {
    index,
    leafHash: bytesOf(leafHash),
    ...(leaf !== undefined && { leaf }),
    ...(unreadable !== undefined && { unreadable }),
  };
}

function toPayloads({ index, payloads }: EntryLine): readonly StoredPayload[] {
  return payloads.map(({ name, salt, json }) => ({
    index,
    name,
    salt: bytesOf(salt),
    bytes: Buffer.from(json, 'utf8'),
  }));
}

function bytesOf(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64');
  return encodeBase64(bytes) === text ? decodeBase64(text) : new Uint8Array();
}

/** Read in pieces of this size. */
const CHUNK = 1024 * 1024;

/** The lines with their places; no text for one that is too long, not ended, or no UTF-8. */
async function* linesOf(
  source: ExportSource,
): AsyncGenerator<Place & { readonly text: string | undefined }, void, undefined> {
  let pending: Uint8Array[] = [];
  let length = 0;
  let offset = 0;
  for (let at = 0; ; ) {
    const chunk = await source.read(at, CHUNK);
    if (chunk.length === 0) break;
    at += chunk.length;
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      length += end - start;
      yield { offset, length, text: textOf([...pending, chunk.subarray(start, end)], length) };
      offset += length + 1;
      [pending, length, start] = [[], 0, end + 1];
    }
    length += chunk.length - start;
    // What is too long already is only counted.
    if (length <= MAX_EXPORT_LINE_BYTES) pending.push(new Uint8Array(chunk.subarray(start)));
  }
  if (length > 0) yield { offset, length, text: undefined };
}

const LINE_FEED = 0x0a;

function textOf(parts: readonly Uint8Array[], length: number): string | undefined {
  return length > MAX_EXPORT_LINE_BYTES ? undefined : decodeUtf8(Buffer.concat(parts));
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
