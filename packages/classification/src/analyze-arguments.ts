/**
 * Walks the arguments of a call and has each part judged by the analyzers for what it may be. Every limit that is hit adds
 * a signal; nothing is passed over in silence. Pure.
 */

import { isJsonObject, type JsonObject, type JsonValue, type Signal } from '@countersign/core';
import { analyzeText, readerFailure } from './analyze-text.js';
import { argumentKinds, isContent, plainName } from './argument-kinds.js';
import { judgeFlag } from './flag-signals.js';
import { analyzeHttp, holdsSecret } from './http/index.js';
import { type Analysis, type AnalyzerContext, placeSignal, signal } from './signal.js';
import { argvCommand, commandOf, dispatchOf, judgeEnvironment, judgeManifest, requestOf } from './structures.js';
import { judgeCharacters } from './text-signals.js';
import type { ToolPrior } from './tool-prior/index.js';

/** Judges a call that stands within the arguments of another. */
export type NestedCall = (name: string, args: JsonValue, depth: number) => readonly Signal[];

/** What the walk needs to know. */
export interface ArgumentsContext {
  readonly prior: ToolPrior;
  readonly context: AnalyzerContext;
  readonly nested: NestedCall;
}

/** Values visited at most; the rest counts as unread. */
export const MAX_ARGUMENT_NODES = 5_000;
/** Nesting of arguments that is still read. */
export const MAX_ARGUMENT_DEPTH = 64;
/** UTF-16 code units read over all strings. */
export const MAX_ARGUMENT_TEXT = 400_000;
/** UTF-16 code units of one string that are searched for misleading characters and secrets. */
const MAX_SEARCHED = 100_000;

interface Walk extends ArgumentsContext {
  readonly found: Analysis[];
  nodes: number;
  text: number;
  full: boolean;
}

/** Judges all arguments. Each analysis carries signals placed by JSON Pointer. */
export function analyzeArguments(args: JsonValue, given: ArgumentsContext): readonly Analysis[] {
  const walk: Walk = { ...given, found: [], nodes: 0, text: 0, full: false };
  visit(args, { pointer: '', name: '', key: '', depth: 0, parent: undefined }, walk);
  if (walk.full) {
    const level = given.prior.kind === 'run' || given.prior.runsArguments ? 'destructive' : 'moderate';
    const hit = signal('limit.hit', level, 'The arguments are too large to be read in full.', { confidence: 0.3 });
    walk.found.push({ kind: 'arguments', ok: false, errors: ['ARGUMENTS_TOO_LARGE'], signals: [hit] });
  }
  return walk.found;
}

interface Place {
  readonly pointer: string;
  /** The nearest property name, plain. */
  readonly name: string;
  /** The same as written. */
  readonly key: string;
  readonly depth: number;
  readonly parent: JsonObject | undefined;
}

function visit(value: JsonValue, place: Place, walk: Walk): void {
  walk.nodes++;
  if (walk.nodes > MAX_ARGUMENT_NODES || place.depth > MAX_ARGUMENT_DEPTH) {
    walk.full = true;
    return;
  }
  if (typeof value === 'string') {
    visitText(value, place, walk);
  } else if (isJsonObject(value)) {
    visitObject(value, place, walk);
  } else if (Array.isArray(value)) {
    visitArray(value, place, walk);
  } else {
    add(walk, 'arguments', judgeFlag(place.name, value, walk.prior), place.pointer);
  }
}

function visitArray(items: readonly JsonValue[], place: Place, walk: Walk): void {
  const argv = argvCommand(items, place.name, walk.prior);
  if (argv !== undefined) {
    analyze(argv, { ...place, name: 'command' }, walk, { wholeValue: true });
    return;
  }
  for (const [at, item] of items.entries()) {
    if (walk.full) {
      return;
    }
    visit(item, { ...place, pointer: `${place.pointer}/${at}`, depth: place.depth + 1 }, walk);
  }
}

function visitObject(object: JsonObject, place: Place, walk: Walk): void {
  const handled = new Set<string>();
  visitStructures(object, place, walk, handled);
  const keys = Object.keys(object);
  for (const key of keys.length > 1 ? keys.toSorted() : keys) {
    if (walk.full) {
      return;
    }
    const value = object[key];
    if (value === undefined || handled.has(key)) {
      continue;
    }
    if (key.length > 256 || judgeCharacters(key, true).length > 0) {
      add(walk, 'text', judgeCharacters(key.slice(0, 256), true), place.pointer);
    }
    const pointer = `${place.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    visit(value, { pointer, name: plainName(key), key, depth: place.depth + 1, parent: object }, walk);
  }
}

/** Objects that mean something as a whole: a command with its arguments, a request, a call of another tool, a manifest. */
function visitStructures(object: JsonObject, place: Place, walk: Walk, handled: Set<string>): void {
  const command = commandOf(object, walk.prior);
  if (command !== undefined) {
    analyze(command.text, { ...place, name: 'command' }, walk, { wholeValue: true });
    for (const key of command.keys) {
      handled.add(key);
    }
  }
  const request = requestOf(object, walk.prior);
  if (request !== undefined) {
    const analysis = guarded('http', () => analyzeHttp(request.request));
    walk.found.push({
      ...analysis,
      signals: analysis.signals.map((found) => placeSignal(found, `${place.pointer}${request.pointer}`)),
    });
    for (const key of request.keys) {
      handled.add(key);
      judgeReadElsewhere(object[key], `${place.pointer}/${key}`, walk);
    }
  }
  const dispatch = dispatchOf(object, walk.prior);
  if (dispatch !== undefined) {
    const signals =
      walk.context.depth + place.depth >= 8
        ? [tooDeep()]
        : walk.nested(dispatch.tool, dispatch.args, walk.context.depth + 1);
    const placed = signals.map((found) => ({
      ...found,
      at: { ...found.at, pointer: `${place.pointer}${dispatch.pointer}${found.at?.pointer ?? ''}` },
    }));
    walk.found.push({ kind: 'tool', ok: true, errors: [], signals: placed });
    for (const key of dispatch.keys) {
      handled.add(key);
    }
  }
  add(walk, 'manifest', judgeManifest(object), place.pointer);
  add(walk, 'environment', judgeEnvironment(place.name, object), place.pointer);
}

function tooDeep(): Signal {
  return signal('limit.depth', 'destructive', 'Calls within calls are nested too deeply to be read.', {
    confidence: 0.3,
  });
}

/** What stands in a request as a whole still shows its characters: those of every text in it, one level down. */
function judgeReadElsewhere(value: JsonValue | undefined, pointer: string, walk: Walk): void {
  const texts = isJsonObject(value) ? Object.values(value) : [value];
  for (const text of texts)
    if (typeof text === 'string') add(walk, 'text', judgeCharacters(text.slice(0, MAX_SEARCHED), true), pointer);
}

/** Properties that say whom or what a call is about, where a look-alike is somebody else. */
const NAMES_SOMEBODY =
  /^(?:to|cc|bcc|recipients?|payee|beneficiary|destination|iban|account\w*|e?mail\w*|user(?:s|id|name)?|assignees?|roles?|rolename|members?|groups?|owner|domain|host(?:name)?|channel\w*|repo\w*|branch|package\w*)$/;

function visitText(value: string, place: Place, walk: Walk): void {
  walk.text += value.length;
  if (walk.text > MAX_ARGUMENT_TEXT) {
    walk.full = true;
  }
  if (analyze(value, place, walk, { wholeValue: false })) {
    return;
  }
  const searched = value.slice(0, MAX_SEARCHED);
  add(walk, 'text', judgeCharacters(searched, NAMES_SOMEBODY.test(place.name)), place.pointer);
  add(walk, 'arguments', judgeFlag(place.name, value, walk.prior), place.pointer);
  if (holdsSecret(searched) && walk.prior.kind === 'message') {
    add(
      walk,
      'text',
      [
        signal('message.secret', 'critical', 'A secret goes out in a message.', {
          effects: ['message.send', 'secrets.read'],
          reversible: false,
        }),
      ],
      place.pointer,
    );
  }
  if (!isContent(place.name)) {
    add(walk, 'guard', mentionsGuard(searched, walk, false), place.pointer);
  }
}

/** Has a text judged for each thing that it may be; answers false where it is mere content. */
function analyze(value: string, place: Place, walk: Walk, { wholeValue }: { readonly wholeValue: boolean }): boolean {
  const kinds = argumentKinds({ name: place.name, value }, walk.prior);
  for (const kind of kinds) {
    const analysis = guarded(kind, () => analyzeText(kind, value, { ...walk, name: place.name, parent: place.parent }));
    const signals = analysis.signals.map((found) =>
      placeSignal(wholeValue ? { ...found, at: { pointer: '' } } : found, place.pointer),
    );
    walk.found.push({ ...analysis, signals });
  }
  if (kinds.length > 0) {
    add(walk, 'text', judgeCharacters(value.slice(0, MAX_SEARCHED), true), place.pointer);
    add(
      walk,
      'guard',
      kinds.includes('shell') || (kinds.includes('path') && walk.prior.kind === 'read')
        ? []
        : mentionsGuard(value.slice(0, MAX_SEARCHED), walk, !kinds.includes('path')),
      place.pointer,
    );
  }
  return kinds.length > 0;
}

/** An analyzer that throws has not read its input: the call is judged by that. */
function guarded(kind: string, run: () => Analysis): Analysis {
  try {
    return run();
  } catch {
    // Whatever went wrong inside, the answer is the same: unread, so at least moderate, and destructive where it would run.
    return readerFailure(kind);
  }
}

function mentionsGuard(text: string, walk: Walk, runs: boolean): readonly Signal[] {
  const guard = walk.context.guardPaths.find((path) => text.includes(path));
  if (guard === undefined) {
    return [];
  }
  const reads = walk.prior.kind === 'read' && !runs;
  return [
    signal('guard.tamper', reads ? 'destructive' : 'critical', 'Reaches for the files of the guard itself.', {
      effects: ['guard.tamper'],
      reversible: false,
      targets: [guard],
    }),
  ];
}

function add(walk: Walk, kind: string, signals: readonly Signal[], pointer: string): void {
  if (signals.length > 0) {
    walk.found.push({ kind, ok: true, errors: [], signals: signals.map((found) => placeSignal(found, pointer)) });
  }
}
