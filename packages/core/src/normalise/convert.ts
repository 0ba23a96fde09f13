/**
 * One value to JSON: leaves at once, containers as an empty one whose frame goes onto the stack. Runs no code of the value.
 */

import { types } from 'node:util';
import { encodeBase64 } from '../base64.js';
import type { JsonValue } from '../json.js';
import { MAX_VALUE_NODES } from '../limits.js';
import { tagged } from '../tagged.js';
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
} from './containers.js';
import { classNameOf, errorNameOf, isOfBuiltInClass, kindOf, type ObjectKind, opaqueName } from './kind.js';
import { base64Length, bytesOf, fromBigInt, fromDate, fromNumber, fromRegExp, fromString, unbox } from './leaves.js';
import { afford, emit, emitCapped, type LossKind, lose, type Place, pointerOf, sizeOf, type Work } from './work.js';

/** The JSON of a value that stands at `place`, within what `work` has left. */
export function convert(work: Work, place: Place, value: unknown): JsonValue {
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
