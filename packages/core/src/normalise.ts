/**
 * The total normaliser: any JavaScript value to JSON, with a note of what was lost (log format, section 1). Pure.
 *
 * It never throws, never runs code that belongs to the value (getters, Proxy traps, `toJSON`, `valueOf`, iterators), never
 * changes the value, and takes linear time. It does not recurse. What JSON lacks becomes one of the tagged forms of `tagged.ts`.
 * One kind of code it cannot keep from running: the traps of a Proxy that was made the sandbox of a `vm` context, through that
 * context's global object, which no question tells from an ordinary one. What they throw is caught.
 */

import type { JsonValue } from './json.js';
import { MAX_VALUE_BYTES, MAX_VALUE_DEPTH, MAX_VALUE_NODES } from './limits.js';
import { convert } from './normalise/convert.js';
import { afford, emit, emitCapped, type Frame, type Loss, lose, type Place, type Work } from './normalise/work.js';

export type { Loss, LossKind } from './normalise/work.js';

/** Limits of one normalisation. Each can be lowered from its constant and not raised. */
export interface NormaliseOptions {
  /** Nested containers; at most and by default `MAX_VALUE_DEPTH`. */
  readonly maxDepth?: number;
  /** Values visited; at most and by default `MAX_VALUE_NODES`. */
  readonly maxNodes?: number;
  /** Bytes of canonical JSON; at most and by default `MAX_VALUE_BYTES`. The markers of a capped value may add 8 KiB. */
  readonly maxBytes?: number;
}

/** The JSON of a value, and what it cost. */
export interface Normalised {
  /** Deeply frozen. `revive` turns it back when `bindable` holds. */
  readonly json: JsonValue;
  /** True when nothing was lost, so that an approval of `json` is an approval of the value. */
  readonly bindable: boolean;
  /** The first 100 losses. */
  readonly losses: readonly Loss[];
  /** How many losses there were. */
  readonly lossTotal: number;
  /** How many values were visited. */
  readonly nodes: number;
  /** The length of the canonical JSON in bytes. */
  readonly bytes: number;
}

/**
 * The JSON of any value. Own enumerable data properties with string names are what counts; others are losses where they are
 * enumerable and otherwise not looked at, nor are properties added to a typed array, nor that two views share one buffer.
 * A null-prototype object counts as a plain one.
 */
export function normalise(value: unknown, options: NormaliseOptions = {}): Normalised {
  const maxNodes = limitOf(options.maxNodes, MAX_VALUE_NODES);
  const maxBytes = limitOf(options.maxBytes, MAX_VALUE_BYTES);
  const work: Work = {
    maxDepth: limitOf(options.maxDepth, MAX_VALUE_DEPTH),
    nodesLeft: maxNodes,
    bytesLeft: maxBytes,
    wasteLeft: 4 * maxBytes,
    full: false,
    stack: [],
    seen: new Map(),
    losses: [],
    lossTotal: 0,
  };
  let json: JsonValue = null;
  const root = rootFrame(value, (converted) => {
    json = converted;
  });
  work.stack.push({ frame: root, next: 0 });
  for (let open = work.stack.at(-1); open !== undefined; open = work.stack.at(-1)) {
    if (open.next < open.frame.steps.length) visitNext(work, open);
    else work.stack.pop()?.frame.close();
  }
  const { losses, lossTotal } = work;
  return {
    json,
    bindable: lossTotal === 0,
    losses,
    lossTotal,
    nodes: maxNodes - work.nodesLeft,
    bytes: maxBytes - work.bytesLeft,
  };
}

function limitOf(asked: number | undefined, most: number): number {
  return asked !== undefined && asked >= 0 && asked < most ? Math.floor(asked) : most;
}

function rootFrame(value: unknown, put: (json: JsonValue) => void): Frame {
  return {
    prefix: '',
    depth: 0,
    steps: [{ kind: 'value', value }],
    segment: () => '',
    overhead: () => 0,
    restOverhead: () => 0,
    put: (_index, json) => put(json),
    putRest: (_index, marker) => put(marker),
    close: () => undefined,
  };
}

/** Converts the next member of an open container, or ends the container where a limit leaves no room. */
function visitNext(work: Work, open: { readonly frame: Frame; next: number }): void {
  const { frame, next: index } = open;
  const step = frame.steps[index];
  const place: Place = { frame, index };
  const nodes = step?.kind === 'ready' ? step.nodes : 1;
  const limit = step === undefined || work.nodesLeft < nodes ? 'nodes' : 'bytes';
  if (step === undefined || limit === 'nodes' || !afford(work, frame.overhead(index))) {
    // Holes that do not fit end the work as values would: many sparse arrays would else each be read as far as the first one.
    if (limit === 'nodes') work.nodesLeft = 0;
    work.bytesLeft -= frame.restOverhead(index);
    frame.putRest(index, emitCapped(work, frame.place ?? place, limit));
    open.next = frame.steps.length;
    return;
  }
  open.next += 1;
  work.nodesLeft -= nodes;
  if (step.kind === 'ready' && step.loss !== undefined) lose(work, place, step.loss);
  frame.put(index, step.kind === 'ready' ? emit(work, place, step.json) : convert(work, place, step.value));
}
