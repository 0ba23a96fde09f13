/**
 * Redaction by path: patterns that say which members of a value are secret, as JSON Pointers (RFC 6901) or with dots, with
 * wildcards, for all tools or for some. Pure.
 *
 * `*` stands for one name or index (within a name: for any characters), `**` for any number of levels. A Map's text keys count
 * as names, and the tags of the normaliser as nothing, so that a path says what the program's own value looks like.
 */

import { ConfigError } from '@countersign/core';

/** A path, and the tools that it counts for. */
export interface RedactPath {
  /** `/headers/authorization`, `headers.authorization`, `users[*].ssn`, `**.token`. */
  readonly path: string;
  /** Names of tools, with `*` for any characters; all tools when not given. */
  readonly tool?: string | readonly string[];
  /** Which part of a call the path begins in; all parts when not given. */
  readonly in?: RedactPart | readonly RedactPart[];
}

/** The parts of a call or an event that are redacted as one value each. */
export type RedactPart = 'args' | 'result' | 'error' | 'details';

/** What a value that is to be redacted belongs to. */
export interface RedactSubject {
  readonly tool?: string;
  readonly part?: RedactPart;
}

/** How far a walk is along the paths: what is left of each. */
export type PathState = readonly PathRest[];

/** The paths, ready to be followed. */
export interface PathRules {
  /** The state at the top of a value. */
  start(subject: RedactSubject): PathState;
}

/** The most paths, and the most steps of one. */
export const MAX_PATHS = 1000;
export const MAX_STEPS = 64;

type Step = { readonly kind: 'levels' } | { readonly kind: 'name'; readonly matches: (name: string) => boolean };

interface PathRest {
  readonly steps: readonly Step[];
  readonly at: number;
}

/** Makes path rules. @throws ConfigError OPTION_INVALID for a path that cannot be followed; its text is repeated, no value is. */
export function createPathRules(paths: readonly (string | RedactPath)[]): PathRules {
  if (paths.length > MAX_PATHS) throw invalid(`expected at most ${MAX_PATHS} paths`);
  const rules = paths.map((given) => {
    const { path, tool, in: part } = typeof given === 'string' ? { path: given } : given;
    return { steps: parsePath(path), tool: listOf(tool).map(globOf), part: listOf(part) };
  });
  return {
    start: (subject) => rules.filter((rule) => isMeant(rule, subject)).flatMap(({ steps }) => reach({ steps, at: 0 })),
  };
}

/** The state one level further down, below a member or an item of this name. */
export function descend(state: PathState, name: string): PathState {
  if (state.length === 0) return state;
  const next = state.flatMap(({ steps, at }) => {
    const step = steps[at];
    if (step === undefined) return [];
    if (step.kind === 'levels') return reach({ steps, at });
    return step.matches(name) ? reach({ steps, at: at + 1 }) : [];
  });
  // With several `**` one place is reached in many ways, and each must count once.
  return next.filter((rest, i) => next.findIndex((other) => other.steps === rest.steps && other.at === rest.at) === i);
}

/** Whether a path ends here: the value is hidden whole. */
export function isEnd(state: PathState): boolean {
  return state.some(({ steps, at }) => at === steps.length);
}

/** A place in a path; before `**`, what stands behind it is reached already, because it stands for no level too. */
function reach(rest: PathRest): readonly PathRest[] {
  const isLevels = rest.steps[rest.at]?.kind === 'levels';
  return isLevels ? [rest, ...reach({ ...rest, at: rest.at + 1 })] : [rest];
}

function isMeant(
  { tool, part }: { readonly tool: readonly ((name: string) => boolean)[]; readonly part: readonly string[] },
  subject: RedactSubject,
): boolean {
  const isTool =
    tool.length === 0 || (subject.tool !== undefined && tool.some((matches) => matches(subject.tool ?? '')));
  // A value of which nobody says what it is may be any part.
  return isTool && (part.length === 0 || subject.part === undefined || part.includes(subject.part));
}

function listOf<T extends string>(given: T | readonly T[] | undefined): readonly T[] {
  if (given === undefined) return [];
  return typeof given === 'string' ? [given] : given;
}

function parsePath(path: unknown): readonly Step[] {
  if (typeof path !== 'string' || path === '' || path.length > 1024)
    throw invalid('expected texts of 1 to 1,024 characters');
  const names = path.startsWith('/') ? pointerNames(path) : dottedNames(path);
  if (names.length === 0 || names.length > MAX_STEPS || names.at(-1) === '**')
    throw invalid(`expected 1 to ${MAX_STEPS} steps, the last of them a name, in ${path}`);
  return names.map((name) => (name === '**' ? { kind: 'levels' } : { kind: 'name', matches: globOf(name) }));
}

function pointerNames(path: string): readonly string[] {
  const names = path.slice(1).split('/');
  if (names.some((name) => /~(?![01])/.test(name))) throw invalid(`expected ~0 or ~1 behind ~ in ${path}`);
  return names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** `a.b[0].c`, with a backslash before a dot or bracket that belongs to a name. */
function dottedNames(path: string): readonly string[] {
  const names = [...path.matchAll(/(?:^|\.)((?:[^.[\]\\]|\\.)+)|\[(\d{1,10}|\*)\]/g)];
  if (names.map(([whole]) => whole).join('') !== path)
    throw invalid(`expected names with dots between them in ${path}`);
  return names.map(([, name, index]) => (name ?? index ?? '').replace(/\\(.)/g, '$1'));
}

/** A name with `*` for any characters, as a test that takes time linear in the name. */
function globOf(pattern: string): (name: string) => boolean {
  const parts = pattern.split('*');
  const [first = '', ...others] = parts;
  const last = others.pop();
  if (last === undefined) return (name) => name === pattern;
  return (name) => {
    if (name.length < first.length + last.length || !name.startsWith(first) || !name.endsWith(last)) return false;
    let at = first.length;
    for (const part of others) {
      const found = name.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= name.length - last.length;
  };
}

function invalid(why: string): ConfigError {
  return new ConfigError('OPTION_INVALID', `redact.paths: ${why}`, {
    hint: 'Write JSON Pointers (/headers/authorization) or dotted paths (headers.authorization, users[*].ssn, **.token).',
  });
}
