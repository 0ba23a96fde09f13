/**
 * Opens arrays, objects, maps, sets and errors: lists their members without running user code, and says how each is put in place.
 */

import { type JsonValue, setMember } from '../json.js';
import { MAX_VALUE_BYTES } from '../limits.js';
import { escapeName, escapeSegment, REST_NAME, tagged } from '../tagged.js';
import { domMessageOf, isDomException } from './kind.js';
import { type Frame, type Place, type Step, sizeOf } from './work.js';

/** A container that has been opened: its JSON, which `frame` fills, and whether it has properties that are not carried. */
export interface Opened {
  readonly json: JsonValue;
  readonly frame: Frame;
  readonly hasFurtherProperties: boolean;
}

/** Where a container stands, and how many members are worth listing: one more than can be visited. */
export interface Opening {
  readonly place: Place;
  readonly prefix: string;
  readonly limit: number;
}

/** Opens an array; each run of holes becomes one member. */
export function openArray(array: readonly unknown[], opening: Opening): Opened {
  const steps: Step[] = [];
  let visited = 0;
  let present = 0;
  let holes = 0;
  let hidden = false;
  const flush = (): void => {
    if (holes > 0) steps.push({ kind: 'ready', json: tagged('hole', { v: holes }), nodes: holes });
    holes = 0;
  };
  for (; visited < array.length && visited < opening.limit; visited += 1) {
    const property = Object.getOwnPropertyDescriptor(array, visited);
    if (property?.enumerable !== true) {
      if (property !== undefined) hidden = true;
      holes += 1;
      continue;
    }
    flush();
    present += 1;
    steps.push(stepOf(property));
  }
  flush();
  // An array that was not read to its end is lossy anyway, and listing all its names would not be bounded.
  const complete = visited === array.length;
  const hasFurtherProperties = hidden || (complete && (Object.keys(array).length !== present || hasSymbolNames(array)));
  const target: JsonValue[] = [];
  return { json: target, frame: listFrame(opening, steps, target), hasFurtherProperties };
}

/** Opens a plain object, or an instance whose properties are shown: own enumerable string-named properties. */
export function openObject(object: object, opening: Opening): Opened {
  return openNamed(object, Object.keys(object), opening);
}

/** Opens an error: `message`, `cause` and `errors` where they are own data properties, and what is enumerable. */
export function openError(error: object, opening: Opening): Opened {
  if (isDomException(error)) return openNamed({ message: domMessageOf(error) }, ['message'], opening);
  const builtIn = ['message', 'cause', 'errors'].filter((name) => {
    const property = Object.getOwnPropertyDescriptor(error, name);
    return property !== undefined && Object.hasOwn(property, 'value');
  });
  // `stack` is left alone: reading it calls Error.prepareStackTrace, which a program may have replaced.
  const names = new Set([...builtIn, ...Object.keys(error).filter((name) => name !== 'stack')]);
  return openNamed(error, [...names], opening);
}

/** Opens a Map. */
export function openMap(map: object, opening: Opening): Opened {
  const steps: Step[] = [];
  const entries: IterableIterator<unknown> = Reflect.apply(mapEntries, map, []);
  for (
    let step = next(mapNext, entries);
    step.done !== true && steps.length < opening.limit;
    step = next(mapNext, entries)
  ) {
    const entry: unknown = step.value;
    if (Array.isArray(entry)) steps.push({ kind: 'value', value: entry[0] }, { kind: 'value', value: entry[1] });
  }
  const target: JsonValue[] = [];
  const json = tagged('map', { v: target });
  return { json, frame: pairsFrame(opening, steps, target), hasFurtherProperties: hasOwnProperties(map) };
}

/** Opens a Set. */
export function openSet(set: object, opening: Opening): Opened {
  const steps: Step[] = [];
  const values: IterableIterator<unknown> = Reflect.apply(setValues, set, []);
  for (
    let step = next(setNext, values);
    step.done !== true && steps.length < opening.limit;
    step = next(setNext, values)
  ) {
    steps.push({ kind: 'value', value: step.value });
  }
  const target: JsonValue[] = [];
  const json = tagged('set', { v: target });
  return { json, frame: listFrame(opening, steps, target), hasFurtherProperties: hasOwnProperties(set) };
}

/** True when an object has own enumerable properties, named by strings or symbols. */
export function hasOwnProperties(object: object): boolean {
  return Object.keys(object).length > 0 || hasSymbolNames(object);
}

/** True when an object has own enumerable properties named by symbols. */
export function hasSymbolNames(object: object): boolean {
  const symbols = Object.getOwnPropertySymbols(object);
  return symbols.some((symbol) => Object.getOwnPropertyDescriptor(object, symbol)?.enumerable === true);
}

/** A step of a built-in iterator, by the method that it was born with. */
function next(method: NextMethod, iterator: object): IteratorResult<unknown> {
  return Reflect.apply(method, iterator, []);
}

type NextMethod = () => IteratorResult<unknown>;

const mapEntries = Map.prototype.entries;
const setValues = Set.prototype.values;
const mapNext: NextMethod = Object.getPrototypeOf(new Map().entries()).next;
const setNext: NextMethod = Object.getPrototypeOf(new Set().values()).next;

const ACCESSOR: Step = { kind: 'ready', json: tagged('opaque', { v: 'accessor' }), nodes: 1, loss: 'accessor' };

function stepOf(property: PropertyDescriptor): Step {
  return Object.hasOwn(property, 'value') ? { kind: 'value', value: property.value } : ACCESSOR;
}

function openNamed(object: object, names: readonly string[], opening: Opening): Opened {
  const steps: Step[] = [];
  const kept: string[] = [];
  for (const name of names) {
    if (steps.length >= opening.limit) break;
    const property = Object.getOwnPropertyDescriptor(object, name);
    if (property === undefined) continue;
    kept.push(name);
    steps.push(stepOf(property));
  }
  const target: Record<string, JsonValue> = {};
  const frame = objectFrame(opening, { steps, names: kept, target });
  return { json: target, frame, hasFurtherProperties: hasSymbolNames(object) };
}

function depthOf(opening: Opening): number {
  return opening.place.frame.depth + 1;
}

function listFrame(opening: Opening, steps: readonly Step[], target: JsonValue[]): Frame {
  return {
    place: opening.place,
    prefix: opening.prefix,
    depth: depthOf(opening),
    steps,
    segment: (index) => String(index),
    overhead: (index) => (index > 0 ? 1 : 0),
    restOverhead: (index) => (index > 0 ? 1 : 0),
    put: (_index, json) => void target.push(json),
    putRest: (_index, marker) => void target.push(marker),
    close: () => void Object.freeze(target),
  };
}

/** The members are keys and values by turns, and the target a list of pairs. */
function pairsFrame(opening: Opening, steps: readonly Step[], target: JsonValue[]): Frame {
  let key: JsonValue = null;
  return {
    place: opening.place,
    prefix: opening.prefix,
    depth: depthOf(opening),
    steps,
    segment: (index) => `${index >> 1}/${index % 2}`,
    overhead: (index) => (index % 2 === 0 && index > 0 ? 3 : index === 0 ? 2 : 1),
    put: (index, json) => {
      if (index % 2 === 0) key = json;
      else target.push(Object.freeze([key, json]));
    },
    restOverhead: (index) => (index > 0 ? 1 : 0),
    putRest: (index, marker) => void target.push(index % 2 === 0 ? marker : Object.freeze([key, marker])),
    close: () => void Object.freeze(target),
  };
}

interface Named {
  readonly steps: readonly Step[];
  readonly names: readonly string[];
  readonly target: Record<string, JsonValue>;
}

function objectFrame(opening: Opening, { steps, names, target }: Named): Frame {
  const memberAt = (index: number): string => escapeName(names[index] ?? '');
  // Every loss below one member asks for the same segment, and escaping a long name each time would take quadratic time.
  let last: { readonly index: number; readonly segment: string } | undefined;
  return {
    place: opening.place,
    prefix: opening.prefix,
    depth: depthOf(opening),
    steps,
    segment: (index) => {
      if (last?.index !== index) last = { index, segment: escapeSegment(memberAt(index)) };
      return last.segment;
    },
    // A name that cannot fit anyway is not worth escaping, and might not survive it.
    overhead: (index) => {
      const length = names[index]?.length ?? 0;
      return length > MAX_VALUE_BYTES ? length : sizeOf(memberAt(index)) + (index > 0 ? 2 : 1);
    },
    put: (index, json) => setMember(target, memberAt(index), json),
    restOverhead: (index) => sizeOf(REST_NAME) + (index > 0 ? 2 : 1),
    putRest: (_index, marker) => setMember(target, REST_NAME, marker),
    close: () => void Object.freeze(target),
  };
}
