/**
 * The state of one normalisation: what is left of the limits, the containers that are open, where objects were seen, what was lost.
 */

import { canonicalJson } from '../canonical-json.js';
import type { JsonValue } from '../json.js';
import { tagged } from '../tagged.js';
import { isPlainAscii } from '../unicode.js';

/** What a value loses on the way to JSON. */
export type LossKind =
  | 'accessor'
  | 'proxy'
  | 'function'
  | 'symbol'
  | 'property'
  | 'instance'
  | 'error'
  | 'opaque'
  | 'depth'
  | 'nodes'
  | 'bytes';

/** One loss. */
export interface Loss {
  /** RFC 6901 JSON Pointer into the normalised JSON; of the nearest ancestor whose pointer fits into 1,024 characters. */
  readonly pointer: string;
  readonly kind: LossKind;
}

/** One member of a container: a value that is still to be converted, or what already is JSON. */
export type Step =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'ready'; readonly json: JsonValue; readonly nodes: number; readonly loss?: LossKind };

/** Where a value stands: which member of which container. */
export interface Place {
  readonly frame: Frame;
  readonly index: number;
}

/** A container whose members are being converted. */
export interface Frame {
  /** Where the container itself stands; absent for the frame around the root. */
  readonly place?: Place;
  /** What the tagged form around the members adds to their pointers, such as `/v`. */
  readonly prefix: string;
  readonly depth: number;
  readonly steps: readonly Step[];
  /** The pointer of a member, from the end of `prefix`. */
  segment(index: number): string;
  /** The bytes of a member beside its value: comma, name, colon, brackets. */
  overhead(index: number): number;
  put(index: number, json: JsonValue): void;
  /** The bytes beside the marker that ends the container early. */
  restOverhead(index: number): number;
  /** Ends the container early with a marker. */
  putRest(index: number, marker: JsonValue): void;
  /** Called when all members are there. */
  close(): void;
}

/** The state of one normalisation. */
export interface Work {
  readonly maxDepth: number;
  nodesLeft: number;
  /** Below zero when the limit was passed. */
  bytesLeft: number;
  wasteLeft: number;
  /** True when enough was measured in vain. */
  full: boolean;
  readonly stack: { readonly frame: Frame; next: number }[];
  readonly seen: Map<object, Place>;
  readonly losses: Loss[];
  lossTotal: number;
}

/** Records a loss; the first 100 are kept, the rest counted. */
export function lose(work: Work, place: Place, kind: LossKind): void {
  work.lossTotal += 1;
  if (work.losses.length < MAX_LOSSES) work.losses.push(Object.freeze({ pointer: shortPointer(place), kind }));
}

/** Takes the bytes of `json` from what is left, and answers it; or a marker in its stead where they do not suffice. */
export function emit(work: Work, place: Place, json: JsonValue): JsonValue {
  return afford(work, sizeOf(json)) ? json : emitCapped(work, place, 'bytes');
}

/**
 * Takes so many bytes from what is left, or answers false. What was measured in vain is counted too, so that one long string
 * or name that stands in a hundred thousand places is not measured a hundred thousand times.
 */
export function afford(work: Work, size: number): boolean {
  if (!work.full && size <= work.bytesLeft) {
    work.bytesLeft -= size;
    return true;
  }
  work.wasteLeft -= size;
  if (work.wasteLeft < 0) work.full = true;
  return false;
}

/** A marker for a value that a limit leaves out. It is charged even where nothing is left, which then ends the work. */
export function emitCapped(work: Work, place: Place, limit: Limit): JsonValue {
  lose(work, place, limit);
  work.bytesLeft -= sizeOf(CAPPED[limit]);
  return CAPPED[limit];
}

/** The limits. */
export type Limit = 'depth' | 'nodes' | 'bytes';

/** The markers of the limits. */
export const CAPPED = {
  depth: tagged('capped', { v: 'depth' }),
  nodes: tagged('capped', { v: 'nodes' }),
  bytes: tagged('capped', { v: 'bytes' }),
} as const;

/** The RFC 6901 JSON Pointer of a place in the normalised JSON. */
export function pointerOf(place: Place): string {
  return segmentsOf(place).reverse().join('');
}

/** The bytes that a JSON value takes in canonical form. Fast for strings and numbers. */
export function sizeOf(json: JsonValue): number {
  if (typeof json === 'string') return isPlainAscii(json) ? json.length + 2 : Buffer.byteLength(JSON.stringify(json));
  if (typeof json === 'number') return String(json).length;
  return Buffer.byteLength(canonicalJson(json));
}

const MAX_LOSSES = 100;

const MAX_POINTER_LENGTH = 1024;

/** The pointer's parts from the place up to the root. */
function segmentsOf(place: Place): string[] {
  const segments: string[] = [];
  for (let at: Place | undefined = place; at?.frame.place !== undefined; at = at.frame.place) {
    segments.push(`${at.frame.prefix}/${at.frame.segment(at.index)}`);
  }
  return segments;
}

function shortPointer(place: Place): string {
  const segments = segmentsOf(place);
  let length = segments.reduce((sum, segment) => sum + segment.length, 0);
  while (length > MAX_POINTER_LENGTH) length -= segments.shift()?.length ?? 0;
  return segments.reverse().join('');
}
