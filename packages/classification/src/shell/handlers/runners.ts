/**
 * Tools that run other programs under a sub-command: `npm exec`, `poetry run`, `make`, `tmux`. Pure but for the report.
 */

import { reportUnreadable, runCode } from '../run-shell.js';
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
  const start = rest.findIndex((word) => !word.text.startsWith('-'));
  const inner = start < 0 ? [] : rest.slice(start);
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
  for (const word of words) {
    if (/^(?:SHELL|\.SHELLFLAGS|CC|CXX|LD)=/.test(word.text))
      runCode({ ...word, text: word.text.slice(word.text.indexOf('=') + 1) }, [], call);
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

/** Commands that are typed into another session. */
function judgeTyped(call: Call): void {
  for (const [index, word] of call.words.entries()) {
    if (!/\s/.test(word.text) || !isKnown(word.text) || isOption(call.words[index - 1])) continue;
    runCode(word, [], call);
  }
}

function isOption(word: Argument | undefined): boolean {
  return word !== undefined && /^-[nstFhp]$/.test(word.text);
}
