/**
 * The two ways between a function's positional parameters and the arguments of a call on record. Pure.
 *
 * A function's one plain object is the arguments; several positional values become an object by the names of the
 * parameters where the function's source says them plainly, and a list otherwise. Names make the record readable and tell
 * the classifier which value is a path and which a command.
 */

import { types } from 'node:util';
import { isPlain } from './plain.js';

/** How positional values and recorded arguments belong together. */
export interface ParameterShape {
  /** The arguments of the call: what is classified, approved and recorded. */
  readonly args: unknown;
  /** The positional values for the arguments that were approved. */
  readonly spread: (approved: unknown) => readonly unknown[];
}

/** The shape of one call of a function with positional parameters. */
export function shapeAll(names: readonly string[] | undefined, values: readonly unknown[]): ParameterShape {
  const [only] = values;
  if (values.length === 1 && isPlainObject(only)) return { args: only, spread: (approved) => [approved] };
  if (names === undefined || values.length > names.length) return { args: values, spread: listOf };
  const given = names.slice(0, values.length);
  const args = Object.fromEntries(given.map((name, position) => [name, values[position]]));
  return { args, spread: (approved) => given.map((name) => member(approved, name)) };
}

/** The shape of one call of a tool method: its first value is the arguments, the others are the framework's and pass through. */
export function shapeFirst(values: readonly unknown[]): ParameterShape {
  const [args, ...others] = values;
  // A method that was called without anything sees no argument, unless an approver gave it one.
  const spread = (approved: unknown) => (values.length === 0 && approved === undefined ? [] : [approved, ...others]);
  return { args, spread };
}

/** The names of a function's parameters where each is a plain name; undefined for defaults, patterns, rest and native code. */
export function parameterNames(fn: (...args: never[]) => unknown): readonly string[] | undefined {
  // Function.prototype.toString runs no code of the function's owner.
  const source = Function.prototype.toString.call(fn).slice(0, MAX_SOURCE);
  const list = PARAMETER_LIST.exec(source);
  if (list === null) return undefined;
  const names = (list[1] ?? list[2] ?? '').split(',').map((name) => name.trim());
  const named = names.at(-1) === '' ? names.slice(0, -1) : names;
  const plain = named.every((name) => IDENTIFIER.test(name) && !RESERVED.has(name));
  return plain && new Set(named).size === named.length ? named : undefined;
}

const MAX_SOURCE = 4096;
const PARAMETER_LIST =
  /^(?:async\b\s*)?(?:function\b\s*\*?\s*[\w$]*\s*|\*?\s*[\w$]+\s*)?\(([^()[\]{}=]*)\)|^(?:async\s+)?([\w$]+)\s*=>/;
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const RESERVED = new Set(['__proto__']);

/** A Proxy is asked nothing: it stays what it is, and the normaliser says so. */
function isPlainObject(value: unknown): boolean {
  return (
    typeof value === 'object' && value !== null && !types.isProxy(value) && !Array.isArray(value) && isPlain(value)
  );
}

function listOf(approved: unknown): readonly unknown[] {
  if (!Array.isArray(approved)) throw new TypeError('The approved arguments are no longer a list of parameters.');
  return approved;
}

function member(approved: unknown, name: string): unknown {
  if (typeof approved !== 'object' || approved === null) {
    throw new TypeError('The approved arguments are no longer an object with the names of the parameters.');
  }
  return Object.hasOwn(approved, name) ? Reflect.get(approved, name) : undefined;
}
