/**
 * The total normaliser: any JavaScript value to JSON, with a note of what was lost (`docs/spec.md`, normalised values). Pure.
 *
 * It never throws, never runs code that belongs to the value (getters, Proxy traps, `toJSON`, `valueOf`, iterators), never
 * changes the value, and takes linear time. It does not recurse. What JSON lacks becomes one of the tagged forms of `tagged.ts`.
 */

import { types } from 'node:util';
import { encodeBase64 } from './base64.js';
import type { JsonValue } from './json.js';
import { MAX_VALUE_BYTES, MAX_VALUE_DEPTH, MAX_VALUE_NODES } from './limits.js';
import {
  hasOwnProperties,
  hasSymbolNames,
  type Opened,
  type Opening,
  openArray,
  openError,
  openMap,
  openObject,
  openSet,
} from './normalise/containers.js';
import { classNameOf, errorNameOf, isOfBuiltInClass, kindOf, type ObjectKind, opaqueName } from './normalise/kind.js';
import {
  base64Length,
  bytesOf,
  fromBigInt,
  fromDate,
  fromNumber,
  fromRegExp,
  fromString,
  unbox,
} from './normalise/leaves.js';
import {
  afford,
  emit,
  emitCapped,
  type Frame,
  type Loss,
  type LossKind,
  lose,
  type Place,
  pointerOf,
  sizeOf,
  type Work,
} from './normalise/work.js';
import { tagged } from './tagged.js';

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

function convert(work: Work, place: Place, value: unknown): JsonValue {
  switch (typeof value) {
    case 'string':
      // The length in code units is a lower bound of the length in bytes, and known without looking.
      return value.length > work.bytesLeft ? emitCapped(work, place, 'bytes') : emit(work, place, fromString(value));
    case 'number':
      return emit(work, place, fromNumber(value));
    case 'boolean':
      return emit(work, place, value);
    case 'undefined':
      return emit(work, place, UNDEFINED);
    case 'bigint': {
      const json = fromBigInt(value);
      return json === undefined ? emitCapped(work, place, 'bytes') : emit(work, place, json);
    }
    case 'symbol':
      return emitOpaque(work, place, 'symbol');
    case 'function':
      return emitOpaque(work, place, types.isProxy(value) ? 'proxy' : 'function');
    default:
      return typeof value === 'object' && value !== null ? convertObject(work, place, value) : emit(work, place, null);
  }
}

const UNDEFINED = tagged('undefined');

function emitOpaque(work: Work, place: Place, what: string, loss: LossKind = 'opaque'): JsonValue {
  lose(work, place, OWN_LOSS.find((kind) => kind === what) ?? loss);
  return emit(work, place, tagged('opaque', { v: what }));
}

/** Opaque things that are a kind of loss by themselves. */
const OWN_LOSS = ['symbol', 'function', 'proxy'] as const;

function convertObject(work: Work, place: Place, value: object): JsonValue {
  // Nothing may touch a Proxy before this: even `typeof` is safe, but no other question is.
  if (types.isProxy(value)) return emitOpaque(work, place, 'proxy');
  const first = work.seen.get(value);
  if (first !== undefined) return emit(work, place, tagged('ref', { v: pointerOf(first) }));
  try {
    const json = convertNew(work, place, value);
    work.seen.set(value, place);
    return json;
  } catch {
    // Exotic objects of the host (bindings not yet initialised, interceptors) may refuse any question.
    return emitOpaque(work, place, 'unreadable');
  }
}

function convertNew(work: Work, place: Place, value: object): JsonValue {
  const kind = kindOf(value);
  switch (kind) {
    case 'opaque':
      return emitOpaque(work, place, opaqueName(value) ?? 'unreadable');
    case 'bytes':
      return convertBytes(work, place, value);
    case 'date':
      return convertLeaf(work, place, { value, kind, json: fromDate(value) });
    case 'regexp':
      return convertLeaf(work, place, { value, kind, json: fromRegExp(value) });
    case 'boxed':
      return convertBoxed(work, place, value);
    case 'array':
    case 'object':
    case 'error':
    case 'map':
    case 'set':
      return convertContainer(work, place, { value, kind });
    default:
      return kind satisfies never;
  }
}

interface Leaf {
  readonly value: object;
  readonly kind: ObjectKind;
  /** Undefined where the value has no form. */
  readonly json: JsonValue | undefined;
}

function convertLeaf(work: Work, place: Place, { value, kind, json }: Leaf): JsonValue {
  if (json === undefined) return emitOpaque(work, place, kind);
  if (!isOfBuiltInClass(value, kind)) return emitInstance(work, place, { value, json });
  if (hasOwnProperties(value)) lose(work, place, 'property');
  return emit(work, place, json);
}

function emitInstance(
  work: Work,
  place: Place,
  { value, json }: { readonly value: object; readonly json: JsonValue },
): JsonValue {
  lose(work, place, 'instance');
  return emit(work, place, tagged('instance', { name: classNameOf(value), v: json }));
}

function convertBoxed(work: Work, place: Place, value: object): JsonValue {
  const primitive = unbox(value);
  if (typeof primitive === 'string') {
    // The characters of a boxed string are enumerable properties of it, and are listed below.
    if (primitive.length > Math.min(work.bytesLeft, MAX_VALUE_NODES)) return emitCapped(work, place, 'bytes');
    if (Object.keys(value).length > primitive.length || hasSymbolNames(value)) lose(work, place, 'property');
  } else if (hasOwnProperties(value)) {
    lose(work, place, 'property');
  }
  const json = fromPrimitive(primitive);
  if (json === undefined) return emitOpaque(work, place, typeof primitive);
  const boxed = tagged('boxed', { v: json });
  return isOfBuiltInClass(value, 'boxed')
    ? emit(work, place, boxed)
    : emitInstance(work, place, { value, json: boxed });
}

function fromPrimitive(primitive: unknown): JsonValue | undefined {
  if (typeof primitive === 'string') return fromString(primitive);
  if (typeof primitive === 'number') return fromNumber(primitive);
  if (typeof primitive === 'bigint') return fromBigInt(primitive);
  return typeof primitive === 'boolean' ? primitive : undefined;
}

function convertBytes(work: Work, place: Place, value: object): JsonValue {
  const contents = bytesOf(value);
  if (contents === undefined) return emitOpaque(work, place, 'bytes');
  const { type, bytes, exact } = contents;
  if (base64Length(bytes.length) > work.bytesLeft) return emitCapped(work, place, 'bytes');
  const json = tagged('bytes', { type, v: encodeBase64(bytes) });
  if (!exact) return emitInstance(work, place, { value, json });
  // Listing the names of a typed array would list its elements too.
  if (!types.isTypedArray(value) && hasOwnProperties(value)) lose(work, place, 'property');
  return emit(work, place, json);
}

interface Container {
  readonly value: object;
  readonly kind: 'array' | 'object' | 'error' | 'map' | 'set';
}

/** Opens a container: its JSON is put in place at once, and filled while its frame is on the stack. */
function convertContainer(work: Work, place: Place, { value, kind }: Container): JsonValue {
  if (place.frame.depth >= work.maxDepth) return emitCapped(work, place, 'depth');
  const isInstance = kind !== 'error' && !isOfBuiltInClass(value, kind);
  const wrapper = isInstance || kind === 'error' ? '/v' : '';
  const own = kind === 'map' || kind === 'set' ? '/v' : '';
  const opened = openContainer(value, kind, { place, prefix: wrapper + own, limit: work.nodesLeft + 1 });
  const json = wrap(opened, value, isInstance ? 'instance' : kind);
  if (!afford(work, sizeOf(json))) return emitCapped(work, place, 'bytes');
  if (isInstance) lose(work, place, 'instance');
  if (kind === 'error') lose(work, place, 'error');
  if (opened.hasFurtherProperties) lose(work, place, 'property');
  work.stack.push({ frame: opened.frame, next: 0 });
  return json;
}

function openContainer(value: object, kind: Container['kind'], opening: Opening): Opened {
  switch (kind) {
    case 'array':
      return Array.isArray(value) ? openArray(value, opening) : openObject(value, opening);
    case 'map':
      return openMap(value, opening);
    case 'set':
      return openSet(value, opening);
    case 'error':
      return openError(value, opening);
    case 'object':
      return openObject(value, opening);
    default:
      return kind satisfies never;
  }
}

function wrap(opened: Opened, value: object, kind: Container['kind'] | 'instance'): JsonValue {
  if (kind === 'instance') return tagged('instance', { name: classNameOf(value), v: opened.json });
  if (kind === 'error') return tagged('error', { name: errorNameOf(value), v: opened.json });
  return opened.json;
}
