/**
 * The way back from normalised JSON to a JavaScript value: an ordinary, unfrozen, private copy. Pure.
 *
 * It works in two passes and without recursion. The first makes an empty object for every container and every other value with
 * an identity, the second fills them, so that references may point forward, back and around.
 */

import { isJsonObject, type JsonValue } from './json.js';
import { invalid, reviveArray, reviveObject, revivePrimitive, reviveTagged, type Shell } from './revive/shells.js';
import { TAG, unescapeSegment } from './tagged.js';

export { ReviveError, type ReviveErrorCode } from './revive/error.js';

/**
 * The value that `normalise` turned into `json`, equal to it in structure and in which objects are one and the same.
 * Null-prototype objects come back as plain ones, and views each with memory of their own.
 * @throws ReviveError REVIVE_LOSSY for a value that was not bindable, TAGGED_FORM_INVALID for JSON that `normalise` does not make.
 */
export function revive(json: JsonValue): unknown {
  const shells = openShells(json);
  const resolve = (node: JsonValue): unknown => {
    if (typeof node !== 'object' || node === null) return node;
    const shell = shells.get(node);
    if (shell !== undefined) return shell.value;
    if (!isJsonObject(node)) throw invalid('a list out of place');
    return node[TAG] === 'ref' ? resolveReference(node.v, json, shells) : revivePrimitive(node);
  };
  for (const shell of shells.values()) shell.fill(resolve);
  return resolve(json);
}

/** The first pass: a shell for every value with an identity, by the JSON that stands for it. */
function openShells(json: JsonValue): Map<object, Shell> {
  const shells = new Map<object, Shell>();
  const open: JsonValue[] = [json];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (typeof node !== 'object' || node === null || shells.has(node)) continue;
    const shell = shellOf(node);
    if (shell === undefined) continue;
    shells.set(node, shell);
    for (const child of shell.children) open.push(child);
  }
  return shells;
}

function shellOf(node: object & JsonValue): Shell | undefined {
  if (!isJsonObject(node)) return reviveArray(node);
  return Object.hasOwn(node, TAG) ? reviveTagged(node) : reviveObject(node);
}

function resolveReference(
  pointer: JsonValue | undefined,
  root: JsonValue,
  shells: ReadonlyMap<object, Shell>,
): unknown {
  const node = typeof pointer === 'string' ? follow(pointer, root) : undefined;
  const shell = typeof node === 'object' && node !== null ? shells.get(node) : undefined;
  if (shell === undefined) throw invalid('a reference to nothing');
  return shell.value;
}

/** The part of `root` that a JSON Pointer names (RFC 6901, section 4); undefined where there is none. */
function follow(pointer: string, root: JsonValue): JsonValue | undefined {
  if (pointer === '') return root;
  if (!pointer.startsWith('/')) return undefined;
  let node: JsonValue | undefined = root;
  for (const segment of pointer.slice(1).split('/')) {
    if (typeof node !== 'object' || node === null) return undefined;
    const name = unescapeSegment(segment);
    if (isJsonObject(node)) node = Object.hasOwn(node, name) ? node[name] : undefined;
    else node = INDEX.test(name) ? node[Number(name)] : undefined;
  }
  return node;
}

const INDEX = /^(?:0|[1-9]\d*)$/;
