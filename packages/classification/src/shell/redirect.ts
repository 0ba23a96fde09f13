/**
 * Redirections: files written and read, here-documents, `/dev/tcp`. Pure but for the report.
 */

import { resolvePath } from '../filesystem/index.js';
import { expandValue, expandWords } from './expand.js';
import { isRebuildablePath, judgePath, placeOf } from './judge-path.js';
import type { ShellCommand, ShellRedirect } from './shell-ast.js';
import { type Argument, type Flow, pathContext, SOME_FLOW, type Walk } from './walk.js';

/** Judges a redirection; answers what the command then reads from standard input. */
export function judgeRedirect(redirect: ShellRedirect, walk: Walk, flow: Flow): Flow {
  if (redirect.kind === 'text') {
    const text = redirect.body === undefined ? '' : expandValue(redirect.body, walk).text;
    return { ...SOME_FLOW, text: `${text}\n` };
  }
  if (redirect.target === undefined) return flow;
  const target = expandWords([redirect.target], walk)[0];
  if (target === undefined || /^(?:\d+-?|-)$/.test(target.text)) return flow;
  if (placeOf(target, walk) === 'network') return judgeNetwork(target, walk);
  return redirect.operator === '<' ? judgeInput(target, walk) : judgeOutput(redirect.operator, target, walk, flow);
}

/** `> file` without a command, or after one that prints nothing, empties the file. */
export function judgeEmptying(node: Pick<ShellCommand, 'redirects'>, walk: Walk): void {
  for (const redirect of node.redirects) {
    if (redirect.kind !== 'file' || !EMPTYING.has(redirect.operator) || redirect.target === undefined) continue;
    const target = expandWords([redirect.target], walk)[0];
    if (target !== undefined) reportEmptied(target, walk);
  }
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
  redirects: readonly ShellRedirect[],
  words: readonly Argument[],
  walk: Walk,
  output: Flow,
): void {
  for (const redirect of redirects) {
    if (redirect.kind !== 'file' || redirect.target === undefined || !redirect.operator.includes('>')) continue;
    const target = expandWords([redirect.target], walk)[0];
    if (target === undefined || target.text.includes('\0') || placeOf(target, walk) === 'sink') continue;
    if (EMPTYING.has(redirect.operator) && isSilent(words)) reportEmptied(target, walk);
    rememberFile(target.text, walk, output, redirect.operator.startsWith('>>'));
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
