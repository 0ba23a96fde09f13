/**
 * Tools that run other programs under a sub-command: `npm exec`, `poetry run`, `make`, `tmux`. Pure but for the report.
 */

import { parseArguments } from '../flags.js';
import { writtenFile } from '../redirect.js';
import { reportRemote, reportUnreadable, runCode } from '../run-shell.js';
import type { Span } from '../shell-ast.js';
import { type Argument, type Call, forkWalk, isKnown, NO_FLOW } from '../walk.js';

/** After which sub-commands a program follows, and how many words stand before it. */
const RUN_WORDS: ReadonlyMap<string, readonly (readonly [string, number])[]> = new Map([
  [
    'npm',
    [
      ['exec', 0],
      ['x', 0],
    ],
  ],
  [
    'pnpm',
    [
      ['exec', 0],
      ['dlx', 0],
      ['x', 0],
    ],
  ],
  [
    'yarn',
    [
      ['exec', 0],
      ['dlx', 0],
    ],
  ],
  ['bun', [['x', 0]]],
  ['poetry', [['run', 0]]],
  ['pipenv', [['run', 0]]],
  ['uv', [['run', 0]]],
  ['bundle', [['exec', 0]]],
  ['conda', [['run', 0]]],
  ['mamba', [['run', 0]]],
  ['micromamba', [['run', 0]]],
  ['hatch', [['run', 0]]],
  ['pdm', [['run', 0]]],
  ['rye', [['run', 0]]],
  ['direnv', [['exec', 1]]],
  ['asdf', [['exec', 0]]],
  [
    'mise',
    [
      ['exec', 0],
      ['x', 0],
    ],
  ],
]);

const RUN_VALUES: ReadonlySet<string> = new Set(
  '-n --name -p --prefix --cwd --with --python --package --env -e'.split(' '),
);

/** Judges the program that a runner is given. */
export function judgeRunners(call: Call): void {
  if (call.name === 'make' || call.name === 'just') {
    judgeMake(call);
    return;
  }
  if (call.name === 'tmux' || call.name === 'screen' || call.name === 'vagrant') {
    judgeTyped(call);
    return;
  }
  const index = call.words.findIndex((word) => !word.text.startsWith('-'));
  const found = RUN_WORDS.get(call.name)?.find(([word]) => word === call.words[index]?.text);
  if (found === undefined) return;
  const rest = call.words.slice(index + 1 + found[1]);
  const inner = rest.slice(parseArguments(rest, { values: RUN_VALUES, style: 'bundled' }, true).used);
  const code = call.words.findIndex((word) => word.text === '-c' || word.text === '--call');
  const text = call.words[code + 1];
  if (code >= 0 && text !== undefined && call.name === 'npm') runCode(text, [], call);
  else if (inner.length > 0)
    call.walk.evaluator.words(inner, forkWalk(call.walk, { depth: call.walk.depth + 1 }), call.flow);
}

/** `at` and `batch` run later what comes in. */
export function judgeLater(call: Call): void {
  const { flow, walk, at } = call;
  if (flow.text !== undefined) walk.evaluator.text(flow.text, forkWalk(walk), NO_FLOW, at);
  else if (flow.piped) reportUnreadable(call, at);
}

/** A target's name says something, and variables on the line may be run by the file. */
function judgeMake(call: Call): void {
  const { walk, words } = call;
  const file = words.findIndex((word) => /^(?:-f|--file|--makefile|--justfile)$/.test(word.text));
  const name = file < 0 ? 'Makefile' : (words[file + 1]?.text ?? '');
  const made = name === '-' ? call.flow : writtenFile(name, walk);
  if (made?.text !== undefined) runRecipes(made.text, call.at, call);
  else if (made?.piped === true) reportUnreadable(call, call.at);
  for (const word of words) {
    if (/^(?:SHELL|\.SHELLFLAGS|CC|CXX|LD)=/.test(word.text))
      runCode({ ...word, text: word.text.slice(word.text.indexOf('=') + 1) }, [], call);
    if (/^--eval=/.test(word.text)) runRecipes(word.text.slice(7), word, call);
    if (/^--eval=/.test(word.text))
      walk.report.add('shell.make-eval', 'destructive', 'Runs text as a makefile.', word, { effects: ['exec'] });
  }
  if (
    words.some((word) =>
      /^(?:(?:db|database|infra|cluster|prod|production|tf|stack)[-_:]?(?:drop|reset|destroy|delete|wipe|purge|down)|(?:destroy|drop|wipe|nuke|purge|delete)(?:[-_:].*)?|uninstall|.*[-_:](?:destroy|wipe|nuke|purge))$/.test(
        word.text,
      ),
    )
  ) {
    walk.report.add(
      'shell.make-destroy',
      'destructive',
      'Runs a target whose name says that it destroys something.',
      call.at,
      { effects: ['exec'], confidence: 0.6 },
    );
  }
}

/** The commands of a makefile: lines after a tab, and what follows `target: ;`. */
function runRecipes(text: string, at: Span, call: Call): void {
  for (const line of text.split('\n').slice(0, MAX_RECIPES)) {
    const recipe = /^\t[@+-]*(.+)$/.exec(line)?.[1] ?? /^[^=#\t]*:[^=;]*;[@+-]*(.+)$/.exec(line)?.[1];
    const computed = /\$\(shell\s+([^)]+)\)/.exec(line)?.[1];
    for (const command of [recipe, computed])
      if (command !== undefined)
        call.walk.evaluator.text(command.replaceAll('$$', '$'), forkWalk(call.walk), NO_FLOW, at);
  }
}

const MAX_RECIPES = 200;

/** Commands that are typed into another session, or that it starts with. */
function judgeTyped(call: Call): void {
  const start = startedProgram(call);
  if (start.length > 1) call.walk.evaluator.words(start, forkWalk(call.walk, { depth: call.walk.depth + 1 }), NO_FLOW);
  for (const [index, word] of call.words.entries()) {
    if (!/\s/.test(word.text) || !isKnown(word.text) || isOption(call.words[index - 1])) continue;
    runCode(word, [], call);
  }
}

const TMUX_STARTS =
  /^(?:new(?:-session)?|neww|new-window|splitw?|split-window|respawn-(?:pane|window)|popup|display-popup)$/;
const TMUX_VALUES: ReadonlySet<string> = new Set('-s -n -c -t -e -x -y -F -f -L -S -l -p'.split(' '));
const SCREEN_VALUES: ReadonlySet<string> = new Set('-S -c -h -e -p -s -t -T'.split(' '));

/** The program in `screen -dm program` and `tmux new-session program`. */
function startedProgram(call: Call): readonly Argument[] {
  if (call.name === 'screen') {
    if (call.words.some((word) => /^-(?:X|r|ls|x|wipe|Q)$/.test(word.text))) return [];
    const parsed = parseArguments(call.words, { values: SCREEN_VALUES, style: 'bundled' }, true);
    return call.words.slice(parsed.used);
  }
  const verb = call.words.findIndex((word) => TMUX_STARTS.test(word.text));
  if (call.name !== 'tmux' || verb < 0) return [];
  const rest = call.words.slice(verb + 1);
  return rest.slice(parseArguments(rest, { values: TMUX_VALUES, style: 'bundled' }, true).used);
}

/** `fzf` runs what its previews and bindings say. */
export function judgeFinder(call: Call): void {
  for (const flag of parseArguments(call.words, { values: FINDER_VALUES, style: 'bundled' }).flags) {
    if (flag.value === undefined) continue;
    if (flag.name === '--preview') runCode(flag.value, [], call);
    for (const match of flag.name === '--bind'
      ? flag.value.text.matchAll(/(?:execute|reload|become|transform)[\w-]*[(:[]([^)\]]+)/g)
      : [])
      runCode({ ...flag.value, text: match[1] ?? '' }, [], call);
  }
}

const FINDER_VALUES: ReadonlySet<string> = new Set('--preview --bind -q --query -d -n'.split(' '));

/** `deno eval code`, `deno run -`. */
export function judgeDeno(call: Call): void {
  const [verb, ...rest] = call.words;
  const code = rest.find((word) => !word.text.startsWith('-'));
  const inner = forkWalk(call.walk, { depth: call.walk.depth + 1 });
  const node = { ...call.program, text: 'node' };
  if (verb?.text === 'eval' && code !== undefined)
    call.walk.evaluator.words([node, { ...node, text: '-e' }, code], inner, NO_FLOW);
  else if (verb?.text === 'run' && rest.some((word) => word.text === '-'))
    call.walk.evaluator.words([node], inner, call.flow);
  else if (/^(?:run|install)$/.test(verb?.text ?? '') && /^https?:\/\//.test(code?.text ?? '')) reportRemote(call);
}

/** `ip netns exec name program`. */
export function judgeNamespace(call: Call): void {
  const exec = call.words.findIndex((word) => word.text === 'exec');
  const inner = exec < 1 ? [] : call.words.slice(exec + 2);
  if (inner.length > 0)
    call.walk.evaluator.words(inner, forkWalk(call.walk, { depth: call.walk.depth + 1 }), call.flow);
}

/** `zip -T -TT command` tests an archive with a command. */
export function judgeZip(call: Call): void {
  const flag = call.words.findIndex((word) => word.text === '-TT' || word.text === '--unzip-command');
  const code = flag < 0 ? undefined : call.words[flag + 1];
  if (code !== undefined) runCode(code, [], call);
}

/** A debugger's commands: `-ex '!command'` and `-ex 'shell command'`. */
export function judgeDebugger(call: Call): void {
  const args = call.words.findIndex((word) => word.text === '--args' || word.text === '--');
  const inner = args < 0 ? [] : call.words.slice(args + 1);
  if (inner.length > 0) call.walk.evaluator.words(inner, forkWalk(call.walk, { depth: call.walk.depth + 1 }), NO_FLOW);
  for (const word of call.words) {
    const command = /^(?:!|shell\s+|platform shell\s+|python\s+)(.+)$/s.exec(word.text)?.[1];
    if (command !== undefined) runCode({ ...word, text: command }, [], call);
  }
}

function isOption(word: Argument | undefined): boolean {
  return word !== undefined && /^-[nstFhp]$/.test(word.text);
}
