/**
 * `find` and `fd`: what they list, delete and run. Pure but for the report.
 */

import { UNKNOWN } from '../filesystem/index.js';
import { parseArguments } from './flags.js';
import { isRebuildablePath, judgePath, placeOf } from './judge-path.js';
import { findSpec, proveReading } from './judge-program.js';
import { type Argument, type Call, type Flow, forkWalk, makeArgument, NO_FLOW, SOME_FLOW } from './walk.js';
import { REBUILT } from './wrappers.js';

/** Judges find by its tests and actions. */
export function judgeFind(call: Call): Flow {
  const { walk, words } = call;
  const before = walk.report.count;
  const isFd = call.name.startsWith('fd');
  const roots = isFd ? [] : findRoots(words);
  const rebuildable = isOnlyRebuildable(call, roots);
  const found = foundFile(call, roots, rebuildable);
  const { rest, commands } = takeCommands(words, isFd);
  for (const command of commands) {
    const inner = command.map((word) =>
      word.text.includes('{}') ? { ...word, text: word.text.replaceAll('{}', found.text), fed: true } : word,
    );
    judgeSweep(inner, roots, call);
    const usesFound = command.some((word) => word.text.includes('{}'));
    walk.evaluator.words(
      usesFound || !isFd ? inner : [...inner, found],
      forkWalk(walk, { depth: walk.depth + 1 }),
      NO_FLOW,
    );
  }
  if (words.some((word) => word.text === '-delete')) judgeDelete(call, roots, rebuildable);
  for (const [index, word] of words.entries()) {
    const target = words[index + 1];
    if (/^-fprint/.test(word.text) || word.text === '-fls') judgeWrite(target, call);
  }
  const spec = findSpec(isFd ? 'fd' : 'find');
  const proof: Call = { ...call, words: rest };
  if (walk.report.count === before && (spec === undefined || !proveReading(proof, spec, parseArguments(rest, spec)))) {
    walk.report.add('shell.unproven', 'moderate', 'Nothing proves that this search only reads.', call.at, {
      confidence: 0.7,
    });
  }
  return { ...SOME_FLOW, rebuildable, sample: found.text };
}

function findRoots(words: readonly Argument[]): readonly Argument[] {
  const start = words.findIndex((word) => !/^-(?:[HLP]|D|O\d)$/.test(word.text));
  const tail = start < 0 ? [] : words.slice(start);
  const end = tail.findIndex((word) => /^[-(!]/.test(word.text));
  return end < 0 ? tail : tail.slice(0, end);
}

/** Every root is rebuildable, or a `-name` limits the search to what is. */
function isOnlyRebuildable(call: Call, roots: readonly Argument[]): boolean {
  const { words, walk } = call;
  const names = words.filter((_, index) => /^-i?name$/.test(words[index - 1]?.text ?? ''));
  const isWithin = (word: Argument) =>
    ['workspace', 'workspace-root', 'temp', 'temp-root'].includes(placeOf(word, walk));
  if (!roots.every(isWithin)) return false;
  if (roots.length > 0 && roots.every((root) => isRebuildablePath(root, walk))) return true;
  return (
    names.length > 0 &&
    names.every((name) => isRebuildablePath({ ...name, text: `./${name.text}` }, { ...walk, cwd: undefined }))
  );
}

function foundFile(call: Call, roots: readonly Argument[], rebuildable: boolean): Argument {
  if (rebuildable) return makeArgument(REBUILT, call.at, { fed: true });
  const root = roots[0]?.text ?? '.';
  const sample = secretName(call, root);
  if (sample !== undefined) return makeArgument(sample, call.at, { fed: true });
  const folder = ['temp', 'temp-root'].includes(placeOf(roots[0] ?? makeArgument('.', call.at), call.walk))
    ? `${root}/found`
    : root;
  return makeArgument(`${folder}/${UNKNOWN}`, call.at, { fed: true });
}

/** A path that the search may find and that is a secret by its name: `find . -name '*.pem'`. */
function secretName(call: Call, root: string): string | undefined {
  const names = call.words.filter((_, index) => /^-i?(?:name|path)$/.test(call.words[index - 1]?.text ?? ''));
  return names
    .map((name) => `${root}/${name.text.replace(/[*?]+/g, 'x')}`)
    .find((path) => ['secret', 'guard', 'accounts'].includes(placeOf(makeArgument(path, call.at), call.walk)));
}

const COMMAND_FLAGS: ReadonlySet<string> = new Set(['-exec', '-execdir', '-ok', '-okdir']);
const FD_COMMAND_FLAGS: ReadonlySet<string> = new Set(['-x', '-X', '--exec', '--exec-batch']);

function takeCommands(
  words: readonly Argument[],
  isFd: boolean,
): { readonly rest: readonly Argument[]; readonly commands: readonly (readonly Argument[])[] } {
  const starts = isFd ? FD_COMMAND_FLAGS : COMMAND_FLAGS;
  const rest: Argument[] = [];
  const commands: Argument[][] = [];
  let current: Argument[] | undefined;
  for (const word of words) {
    if (current !== undefined) {
      if (word.text === ';' || (word.text === '+' && current.at(-1)?.text === '{}')) current = undefined;
      else current.push(word);
    } else if (starts.has(word.text)) {
      current = [];
      commands.push(current);
    } else rest.push(word);
  }
  return { rest, commands };
}

function judgeDelete(call: Call, roots: readonly Argument[], rebuildable: boolean): void {
  const { walk, at } = call;
  const alternative = 'List the files first with -print instead of -delete.';
  for (const root of roots) {
    const place = placeOf(root, walk);
    if (['root', 'system-root', 'home-root', 'guard', 'device', 'accounts'].includes(place))
      judgePath(root, 'delete-tree', walk);
  }
  const isTemp = roots.length > 0 && roots.every((root) => ['temp', 'temp-root'].includes(placeOf(root, walk)));
  const level = rebuildable || isTemp ? 'moderate' : 'destructive';
  walk.report.add('shell.find-delete', level, 'Deletes every file that the search finds.', at, {
    effects: ['fs.delete', 'data.delete'],
    reversible: false,
    alternative,
  });
}

/** Deleting whatever is found under a root of the system or a home is deleting the root. */
function judgeSweep(command: readonly Argument[], roots: readonly Argument[], call: Call): void {
  const isRemoving = command.some((word) => REMOVERS.has(word.text.slice(word.text.lastIndexOf('/') + 1)));
  const isLimited = call.words.some((word) =>
    /^-(?:i?name|i?path|i?regex|newer\w*|[acm](?:time|min)|maxdepth)$/.test(word.text),
  );
  if (!isRemoving || isLimited) return;
  for (const root of roots)
    if (['root', 'system-root', 'home-root'].includes(placeOf(root, call.walk)))
      judgePath(root, 'delete-tree', call.walk);
}

const REMOVERS: ReadonlySet<string> = new Set(['rm', 'unlink', 'shred', 'rmdir', 'truncate']);

function judgeWrite(target: Argument | undefined, call: Call): void {
  if (target !== undefined) judgePath(target, 'write', call.walk);
  call.walk.report.add('shell.find-write', 'moderate', 'Writes what it finds to a file.', call.at, {
    effects: ['fs.write'],
  });
}
