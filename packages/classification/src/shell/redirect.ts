/**
 * Redirections: files written and read, here-documents, `/dev/tcp`. Pure but for the report.
 */

import { resolvePath } from '../filesystem/index.js';
import { expandValue, expandWords } from './expand.js';
import { isRebuildablePath, judgePath, placeOf } from './judge-path.js';
import type { ShellRedirect } from './shell-ast.js';
import { type Argument, type Flow, pathContext, SOME_FLOW, type Walk } from './walk.js';

/** What the redirections of one command come to. */
export interface Redirected {
  /** What the command then reads from standard input. */
  readonly input: Flow;
  readonly written: readonly WrittenFile[];
}

/** A file that output goes to. */
export interface WrittenFile {
  readonly operator: string;
  readonly target: Argument;
}

/** Judges redirections from left to right; each target is expanded once, as it may run commands. */
export function judgeRedirects(redirects: readonly ShellRedirect[], walk: Walk, flow: Flow): Redirected {
  let input = flow;
  const written: WrittenFile[] = [];
  for (const redirect of redirects) {
    if (redirect.kind === 'text') {
      const text = redirect.body === undefined ? '' : expandValue(redirect.body, walk).text;
      input = { ...SOME_FLOW, text: `${text}\n` };
      continue;
    }
    const target = redirect.target === undefined ? undefined : expandWords([redirect.target], walk)[0];
    if (target === undefined || /^(?:\d+-?|-)$/.test(target.text)) continue;
    input = judgeTarget(redirect.operator, target, walk, input);
    if (redirect.operator.includes('>')) written.push({ operator: redirect.operator, target });
  }
  return { input, written };
}

function judgeTarget(operator: string, target: Argument, walk: Walk, flow: Flow): Flow {
  if (placeOf(target, walk) === 'network') return judgeNetwork(target, walk);
  return operator === '<' ? judgeInput(target, walk) : judgeOutput(operator, target, walk, flow);
}

/** `> file` without a command, or after one that prints nothing, empties the file. */
export function judgeEmptying(written: readonly WrittenFile[], walk: Walk): void {
  for (const { operator, target } of written) if (EMPTYING.has(operator)) reportEmptied(target, walk);
}

function reportEmptied(target: Argument, walk: Walk): void {
  const place = placeOf(target, walk);
  if (place === 'temp' || place === 'sink' || HARMLESS_TO_EMPTY.test(target.text) || isRebuildablePath(target, walk))
    return;
  const path = resolvePath(target.text, pathContext(walk)).absolute;
  if (walk.files.has(path)) return;
  walk.report.add('shell.empty-file', 'destructive', 'Empties a file.', target, {
    effects: ['fs.write', 'data.delete'],
    reversible: false,
    targets: [target.text],
    alternative: 'Keep a copy of the file first.',
  });
}

const EMPTYING: ReadonlySet<string> = new Set(['>', '>|', '&>']);
/** Logs, locks and placeholders are emptied and made as a matter of course. */
const HARMLESS_TO_EMPTY =
  /\.(?:log|out|err|tmp|pid|lock|txt|keep)$|(?:^|\/)(?:\.gitkeep|__init__\.py|\.keep|nohup\.out)$/;

/** Remembers what a command wrote to files, so that a later one that runs them can be judged by it. */
export function rememberFiles(
  written: readonly WrittenFile[],
  words: readonly Argument[],
  walk: Walk,
  output: Flow,
): void {
  for (const { operator, target } of written) {
    if (target.text.includes('\0') || placeOf(target, walk) === 'sink') continue;
    if (EMPTYING.has(operator) && isSilent(words)) reportEmptied(target, walk);
    rememberFile(target.text, walk, output, operator.startsWith('>>'));
  }
}

function isSilent(words: readonly Argument[]): boolean {
  const [program, first, ...rest] = words.map((word) => word.text);
  if (program === ':' || program === 'true') return true;
  return program === 'cat' && first === '/dev/null' && rest.length === 0;
}

/** Remembers one file. */
export function rememberFile(name: string, walk: Walk, output: Flow, appends = false): void {
  if (walk.files.size >= MAX_FILES) return;
  const path = resolvePath(name, pathContext(walk)).absolute;
  const before = appends ? (walk.files.get(path) ?? SOME_FLOW) : { ...SOME_FLOW, text: '' };
  const text = before.text === undefined || output.text === undefined ? undefined : before.text + output.text;
  walk.files.set(path, { ...output, text, piped: true, remote: output.remote || before.remote });
}

/** What the command itself put into the file of that name. */
export function writtenFile(name: string, walk: Walk): Flow | undefined {
  if (walk.files.size === 0 || name.includes('\0')) return undefined;
  return walk.files.get(resolvePath(name, pathContext(walk)).absolute);
}

const MAX_FILES = 64;

function judgeInput(target: Argument, walk: Walk): Flow {
  judgePath(target, 'read', walk);
  if (target.opaque || target.text.includes('\0')) reportUnknown(target, walk);
  return SOME_FLOW;
}

function judgeOutput(operator: string, target: Argument, walk: Walk, flow: Flow): Flow {
  const level = judgePath(target, 'write', walk);
  if (level === 'safe' && placeOf(target, walk) !== 'sink') reportUnknown(target, walk);
  return operator === '<>' ? SOME_FLOW : flow;
}

function judgeNetwork(target: Argument, walk: Walk): Flow {
  walk.report.markSending(target);
  walk.report.add(
    'shell.dev-tcp',
    'critical',
    'Opens a raw network connection from the shell, as a reverse shell does.',
    target,
    {
      effects: ['net.egress', 'exec.remote_code'],
      targets: [target.text],
    },
  );
  return { ...SOME_FLOW, remote: true };
}

function reportUnknown(target: Argument, walk: Walk): void {
  walk.report.add('shell.unknown-file', 'moderate', 'Uses a file whose name is not known.', target, {
    confidence: 0.6,
  });
}
