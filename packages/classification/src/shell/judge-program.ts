/**
 * Judges a program by its table and by what a handler knows of it: first the dangers, then whether it is proven safe.
 */

import { UNKNOWN } from '../filesystem/index.js';
import { judgeLines } from './command-lines.js';
import type { CompiledSpec } from './compile-spec.js';
import { type FlagUse, hasFlag, matchesRule, type ParsedArguments, parseArguments } from './flags.js';
import { judgeGuardFiles } from './guard.js';
import { judgeCarried } from './handlers/carried.js';
import { HANDLERS } from './handlers/index.js';
import { provesRead } from './handlers/proofs.js';
import { judgePath, placeOf } from './judge-path.js';
import { outputOf } from './output.js';
import { PROGRAMS } from './programs/index.js';
import type { Act } from './programs/spec.js';
import { judgeVerbs } from './verbs.js';
import { type Argument, type Call, type Flow, NO_FLOW, type Walk } from './walk.js';

/** Judges a program; answers what it prints. */
export function judgeProgram(call: Call): Flow {
  const { walk } = call;
  const before = walk.report.count;
  const spec = findSpec(call.name);
  HANDLERS.get(call.name)?.(call);
  const isRead = provesRead(call) && walk.report.count === before;
  const isProven = isRead || (spec === undefined ? judgeUnknown(call) : judgeKnown(call, spec));
  if (!isProven) judgeGuardFiles(call);
  if (!isProven && walk.report.count === before) reportUnproven(call, spec !== undefined);
  return outputOf(call.name, call.words, call.flow, walk);
}

/** The table's entry for a program: by its name, then by its name without a version. */
export function findSpec(name: string): CompiledSpec | undefined {
  return PROGRAMS.get(name) ?? PROGRAMS.get(name.replace(/[-.]?[\d.]+$/, ''));
}

/** Whether a program given these words only reads; reports nothing beyond what reading secret files gives. */
export function proveReading(call: Call, spec: CompiledSpec, parsed: ParsedArguments): boolean {
  if (spec.reads === undefined && !spec.anyFlagReads) return false;
  if (!isTrustedPath(call.program.text) || spec.rules.some((rule) => matchesRule(rule, parsed))) return false;
  if (!spec.anyFlagReads && !parsed.flags.every((flag) => isReadFlag(flag, spec))) return false;
  if (spec.only.length > 0 && !hasFlag(parsed, ...spec.only)) return false;
  if (parsed.operands.length > 0 && (spec.operands === 'none' || (spec.subcommands?.size ?? 0) > 0)) return false;
  if (!call.words.every((word) => isProvable(word, spec, call.name))) return false;
  return proveOperands(call, spec, parsed);
}

function isReadFlag(flag: FlagUse, spec: CompiledSpec): boolean {
  const takesValue = spec.reads?.get(flag.name);
  if (takesValue === undefined) return /^-\d+$/.test(flag.at.text) && spec.reads?.has('-NUM') === true;
  return takesValue || flag.value === undefined;
}

/** A word with an unknown part may turn into anything, a flag too; only where words are just printed does it not matter. */
function isProvable(word: Argument, spec: CompiledSpec, name: string): boolean {
  if (word.opaque) return false;
  if (spec.prints) return true;
  if (word.fed) return spec.rules.length === 0 && !RISKY_WHEN_FED.has(name);
  if (word.text.includes(UNKNOWN)) return false;
  return !(word.glob && spec.rules.length > 0 && /^[*?[]/.test(word.text));
}

/** Programs with actions among their words, which words from elsewhere may hold. */
const RISKY_WHEN_FED: ReadonlySet<string> = new Set(['find', 'gfind', 'fd', 'fdfind']);

function proveOperands(call: Call, spec: CompiledSpec, parsed: ParsedArguments): boolean {
  const { walk } = call;
  const hasPattern = parsed.flags.some((flag) => PATTERN_FLAGS.has(flag.name));
  switch (spec.operands) {
    case 'none':
    case 'text':
      return true;
    case 'list':
      return parsed.operands.every((word) => word.fed || judgePath(word, 'list', walk) === 'safe');
    case 'read':
    case 'pattern': {
      const paths = spec.operands === 'pattern' && !hasPattern ? parsed.operands.slice(1) : parsed.operands;
      const levels = paths.map((word) => (word.fed ? proveFed(word, walk) : judgePath(word, 'read', walk) === 'safe'));
      return levels.every(Boolean);
    }
    case 'write':
      return false;
    default:
      return spec.operands satisfies never;
  }
}

/** A file that a search found: only where the search was made is known, or what it looked for. */
function proveFed(word: Argument, walk: Walk): boolean {
  return placeOf(word, walk) === 'unknown' || judgePath(word, 'read', walk) === 'safe';
}

const PATTERN_FLAGS: ReadonlySet<string> = new Set(['-e', '-f', '--regexp', '--file', '--files']);

/** `./ls` is a file of the project, not the `ls` that the table means. */
function isTrustedPath(text: string): boolean {
  return !text.includes('/') || /^\/(?:usr\/(?:local\/)?)?s?bin\/[^/]+$|^\/opt\/homebrew\/bin\/[^/]+$/.test(text);
}

function judgeKnown(call: Call, root: CompiledSpec): boolean {
  const { spec, parsed, isListed } = descend(root, call.words);
  if (
    parsed.operands.length === 0 &&
    parsed.flags.length === 1 &&
    isTrustedPath(call.program.text) &&
    /^--(?:version|help)$/.test(parsed.flags[0]?.at.text ?? '')
  )
    return true;
  for (const rule of spec.rules) if (matchesRule(rule, parsed)) reportAct(rule, call);
  if (spec.sends) call.walk.report.markSending(call.at);
  judgeCarried(call, root);
  const lines = judgeLines(call, root.lines, root.values);
  if (lines === 'reads') return provesPlaces(call, root, parsed);
  if (lines === 'reported') {
    judgeWritten(call, spec, parsed);
    return false;
  }
  if (!isListed && root.verbs) return judgeVerbs(call, parsed, true);
  const before = call.walk.report.count;
  if (proveReading(call, spec, parsed)) return call.walk.report.count === before;
  if (spec.act !== undefined) reportAct(spec.act, call);
  judgeWritten(call, spec, parsed);
  return false;
}

/** A line that only reads still shows what is in the files it is given. */
function provesPlaces(call: Call, spec: CompiledSpec, parsed: ParsedArguments): boolean {
  const before = call.walk.report.count;
  const isOpen = parsed.operands.every((word) => !SHUT_PLACES.has(placeOf(word, call.walk)));
  return isOpen && proveOperands(call, spec, parsed) && call.walk.report.count === before;
}

const SHUT_PLACES: ReadonlySet<string> = new Set(['secret', 'guard', 'accounts']);

/** Follows sub-commands down; flags before them belong to the whole. */
function descend(
  root: CompiledSpec,
  words: readonly Argument[],
): { readonly spec: CompiledSpec; readonly parsed: ParsedArguments; readonly isListed: boolean } {
  let spec = root;
  let rest = words;
  const flags: FlagUse[] = [];
  while (spec.subcommands !== undefined) {
    const globals = parseArguments(rest, spec, true);
    const next = spec.subcommands.get(rest[globals.used]?.text ?? '');
    if (next === undefined) break;
    flags.push(...globals.flags);
    rest = rest.slice(globals.used + 1);
    spec = next;
  }
  const parsed = parseArguments(rest, spec);
  return { spec, parsed: { flags: [...flags, ...parsed.flags], operands: parsed.operands }, isListed: spec !== root };
}

function reportAct(act: Act, call: Call): void {
  call.walk.report.add(`shell.${act.id}`, act.level, act.text, call.at, {
    effects: act.effects ?? [],
    ...(act.reversible !== undefined && { reversible: act.reversible }),
    ...(act.alternative !== undefined && { alternative: act.alternative }),
  });
}

/** Files that the program is told to write: operands where they are that, and the values of output flags. */
function judgeWritten(call: Call, spec: CompiledSpec, parsed: ParsedArguments): void {
  if (spec.operands === 'write') for (const word of parsed.operands) judgePath(word, 'write', call.walk);
  if (spec.operands === 'read') for (const word of parsed.operands) judgePath(word, 'read', call.walk);
  for (const flag of parsed.flags) {
    if (flag.value === undefined || !OUTPUT_FLAGS.has(flag.name)) continue;
    const place = placeOf(flag.value, call.walk);
    if (GRAVE_PLACES.has(place)) judgePath(flag.value, 'write', call.walk);
  }
}

const OUTPUT_FLAGS: ReadonlySet<string> = new Set(
  '-o -O --output --output-file --output-document --out --outfile --log-file --dest --target-directory -out -w'.split(
    ' ',
  ),
);
const GRAVE_PLACES: ReadonlySet<string> = new Set(
  'guard accounts startup system system-root device root kernel vcs'.split(' '),
);

/** A program that no table knows: a command inside its words, or the verbs in them, may still tell. */
function judgeUnknown(call: Call): false {
  const { words, walk } = call;
  const inner = words.findIndex((word) => !word.glob && TELLING.has(word.text.slice(word.text.lastIndexOf('/') + 1)));
  if (inner >= 0 && words.length > inner + 1)
    walk.evaluator.words(words.slice(inner), { ...walk, depth: walk.depth + 1 }, NO_FLOW);
  judgeVerbs(call, parseArguments(words), false);
  if (REMOVING_CMDLET.test(call.name) && !HARMLESS_CMDLET.test(call.name)) {
    walk.report.add('shell.cmdlet', 'destructive', 'Runs a cmdlet whose verb removes or stops something.', call.at, {
      effects: ['data.delete', 'infra.change'],
      confidence: 0.6,
    });
  }
  for (const word of words) {
    const path = word.text.startsWith('-') ? word.text.slice(word.text.indexOf('=') + 1) : word.text;
    if (
      path.includes('/') &&
      GRAVE_PLACES.has(placeOf({ ...word, text: path }, walk)) &&
      /guard|accounts|device/.test(placeOf({ ...word, text: path }, walk))
    ) {
      walk.report.add(
        'shell.unknown-on-protected',
        'destructive',
        'Gives a protected file to a program that is not known.',
        word,
        { confidence: 0.5, targets: [path] },
      );
    }
  }
  return false;
}

/** Approved verbs of PowerShell that take something away, before a noun of one word. */
const REMOVING_CMDLET =
  /^(?:remove|clear|disable|stop|suspend|uninstall|unregister|revoke|reset|restore|dismount|unpublish|deny|limit|block|unprotect)-[a-z][a-z0-9]{2,}$/;
const HARMLESS_CMDLET =
  /^(?:clear-(?:host|variable|disposable)|remove-(?:variable|module|job|event|psbreakpoint|pssession|alias|typedata|psdrive)|stop-(?:transcript|job)|uninstall-(?:module|script)|disable-psbreakpoint|suspend-job|reset-css)$/;

/** Programs whose name among the words of an unknown one says that it runs them. */
const TELLING: ReadonlySet<string> = new Set(
  'rm dd mkfs shred sh bash zsh chmod chown sudo python python3 perl mkfs.ext4 wipefs'.split(' '),
);

function reportUnproven(call: Call, isKnown: boolean): void {
  const text = isKnown ? 'Nothing proves that this command only reads.' : 'Runs a program that is not known.';
  call.walk.report.add(isKnown ? 'shell.unproven' : 'shell.unknown', 'moderate', text, call.at, {
    effects: ['exec'],
    confidence: isKnown ? 0.7 : 0.4,
  });
}
