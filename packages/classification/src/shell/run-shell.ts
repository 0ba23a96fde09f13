/**
 * Shells given code: `sh -c`, a script, a here-document, a pipe. Pure but for the report.
 */

import { flagValue, hasFlag, parseArguments } from './flags.js';
import { judgePath, placeOf } from './judge-path.js';
import { writtenFile } from './redirect.js';
import { type Argument, type Call, type Flow, forkWalk, isKnown, MAX_DEPTH, NO_FLOW, SOME_FLOW } from './walk.js';

/** The shells. */
export const SHELLS: ReadonlySet<string> = new Set(
  'sh bash zsh dash ash ksh mksh rbash fish csh tcsh nu xonsh elvish'.split(' '),
);

const SHELL_FLAGS = {
  values: new Set(['-o', '-O', '--rcfile', '--init-file', '--init-command', '-C']),
  style: 'bundled',
} as const;

/** Judges a shell by the code that it is given. */
export function runShell(call: Call): Flow {
  const parsed = parseArguments(call.words, SHELL_FLAGS, true);
  const rest = call.words.slice(parsed.used);
  const startup = flagValue(parsed, '--rcfile', '--init-file');
  if (startup !== undefined) runFile(startup, call);
  if (hasFlag(parsed, '-c', '--command')) return runCode(rest[0], rest.slice(2), call);
  const [script, ...positional] = rest;
  if (script === undefined || script.text === '-' || hasFlag(parsed, '-s')) return runInput(call);
  if (hasFlag(parsed, '-n') && SHELL_CHECKS.has(call.name)) {
    call.walk.report.add('shell.syntax-check', 'moderate', 'Checks the syntax of a script.', call.at);
    return SOME_FLOW;
  }
  return runFile(script, { ...call, words: positional });
}

const SHELL_CHECKS: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);

/** Runs text as a shell would; text that isn't known can't be judged and so is a danger. */
export function runCode(code: Argument | undefined, positional: readonly Argument[], call: Call): Flow {
  const { walk } = call;
  if (code === undefined) return SOME_FLOW;
  if (code.remote === true) reportRemote(call);
  else if (!isKnown(code.text)) reportUnreadable(call, code);
  const inner = forkWalk(walk, { positional });
  return walk.evaluator.text(code.text.replaceAll('\0', '$UNKNOWN'), inner, call.flow, code);
}

/** Runs a file as a script: one made by `<(...)`, standard input, or one on the disk. */
export function runFile(file: Argument, call: Call): Flow {
  const { walk } = call;
  const made = walk.processes.get(file.text) ?? writtenFile(file.text, walk);
  if (made !== undefined) return runInput({ ...call, flow: made });
  if (file.text === '/dev/stdin' || file.text === '/proc/self/fd/0') return runInput(call);
  if (!isKnown(file.text)) {
    walk.report.add('shell.unknown-script', 'moderate', 'Runs a script whose name is not known.', call.at, {
      effects: ['exec'],
      confidence: 0.5,
    });
    return SOME_FLOW;
  }
  if (KNOWN_SCRIPTS.test(file.text))
    walk.evaluator.words(
      [{ ...file, text: file.text.slice(file.text.lastIndexOf('/') + 1) }, ...call.words],
      walk,
      NO_FLOW,
    );
  judgePath(file, 'read', walk);
  const place = placeOf(file, walk);
  if (place === 'temp' || place === 'network') {
    walk.report.add(
      'shell.temp-script',
      'moderate',
      'Runs a script from a folder that anybody may write to.',
      call.at,
      { effects: ['exec'], confidence: 0.6 },
    );
  }
  walk.report.add('shell.script', 'moderate', 'Runs a script that the command does not show.', call.at, {
    effects: ['exec'],
    confidence: 0.6,
    targets: [file.text],
  });
  return SOME_FLOW;
}

/** Scripts of frameworks whose sub-commands stand in the tables. */
const KNOWN_SCRIPTS = /(?:^|\/)(?:artisan|manage\.py|console)$/;

/** Runs standard input as a script. */
export function runInput(call: Call): Flow {
  const { flow, walk, at } = call;
  if (flow.remote) reportRemote(call);
  if (flow.text !== undefined && isKnown(flow.text) && walk.depth < MAX_DEPTH)
    return walk.evaluator.text(flow.text, forkWalk(walk), SOME_FLOW, at);
  if (flow.piped && !flow.remote) reportUnreadable(call, at);
  if (!flow.piped)
    walk.report.add('shell.interactive', 'moderate', 'Starts an interactive shell.', at, { effects: ['exec'] });
  return { ...SOME_FLOW, shell: true };
}

/** Says that code is run that was fetched from the network. */
export function reportRemote(call: Call): void {
  call.walk.report.add('shell.remote-code', 'critical', 'Runs code straight from the network, unread.', call.at, {
    effects: ['net.egress', 'exec.remote_code'],
    reversible: false,
    alternative: 'Download the script to a file, read it, then run it.',
  });
}

/** Says that text is run that can't be read beforehand. */
export function reportUnreadable(call: Call, at: { readonly start: number; readonly end: number }): void {
  call.walk.report.add(
    'shell.unreadable-code',
    'destructive',
    'Runs text that is put together while it runs and cannot be read beforehand.',
    at,
    {
      effects: ['exec'],
      confidence: 0.6,
      alternative: 'Write the command out in full.',
    },
  );
}
