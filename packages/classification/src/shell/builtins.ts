/**
 * Built-in commands that change the shell itself: the folder, variables, aliases, traps, and `eval`. Pure but for the walk.
 */

import { resolvePath } from '../filesystem/index.js';
import { HISTORY, judgeAssignment, reportHistory } from './environment.js';
import { parseArguments } from './flags.js';
import { judgeProgram } from './judge-program.js';
import { outputOf } from './output.js';
import { reportRemote, reportUnreadable, runCode, runFile, runInput } from './run-shell.js';
import { type Argument, type Call, type Flow, forkWalk, isKnown, NO_FLOW, pathContext, SOME_FLOW } from './walk.js';

type Builtin = (call: Call) => Flow;

/** The built-in commands by name; those that are like programs stand in the tables. */
export const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['cd', changeFolder],
  ['pushd', changeFolder],
  ['chdir', changeFolder],
  ['set-location', changeFolder],
  ['popd', leaveFolder],
  ['eval', runEval],
  ['source', runSource],
  ['.', runSource],
  ['trap', runTrap],
  ['alias', defineAlias],
  ['export', declare],
  ['declare', declare],
  ['typeset', declare],
  ['local', declare],
  ['readonly', declare],
  ['read', readVariables],
  ['mapfile', readVariables],
  ['readarray', readVariables],
  ['set', setOptions],
  ['printf', printInto],
  ['exec', runExec],
  ['history', showHistory],
  ['unset', unsetNames],
  ['complete', runLaterCode],
  ['bind', runLaterCode],
]);

function changeFolder(call: Call): Flow {
  const { walk, words } = call;
  const target = words.find((word) => !/^-[LPe@]+$/.test(word.text) && word.text !== '--');
  if (target === undefined) walk.cwd = walk.context.home ?? '/<home>';
  else if (target.text === '-' || !isKnown(target.text)) walk.cwd = null;
  else walk.cwd = resolvePath(target.text, pathContext(walk)).absolute;
  return NO_FLOW;
}

function unsetNames(call: Call): Flow {
  if (call.words.some((word) => HISTORY.test(word.text))) reportHistory(call.at, call.walk);
  return judgeProgram(call);
}

function leaveFolder(call: Call): Flow {
  call.walk.cwd = null;
  return NO_FLOW;
}

function runEval(call: Call): Flow {
  const { words, walk, at, flow } = call;
  const text = words.map((word) => word.text).join(' ');
  if (flow.remote || words.some((word) => word.remote === true)) reportRemote(call);
  else if (!isKnown(text)) reportUnreadable(call, at);
  return walk.evaluator.text(text.replaceAll('\0', '$UNKNOWN'), walk, flow, at);
}

function runSource(call: Call): Flow {
  const [file, ...positional] = call.words;
  if (file === undefined) return NO_FLOW;
  return file.text === '-' ? runInput(call) : runFile(file, { ...call, words: positional });
}

function runTrap(call: Call): Flow {
  const { operands } = parseArguments(call.words);
  const [action] = operands;
  if (action === undefined || operands.length < 2 || action.text === '' || action.text === '-') return NO_FLOW;
  return runCode(action, [], call);
}

function defineAlias(call: Call): Flow {
  const { walk, words } = call;
  for (const word of words) {
    const match = /^([^=]+)=(.*)$/s.exec(word.text);
    if (match === null) continue;
    walk.aliases.set(match[1] ?? '', match[2] ?? '');
    walk.report.add('shell.alias', 'moderate', 'Gives a new meaning to a command.', word);
    runCode({ ...word, text: match[2] ?? '' }, [], call);
  }
  return NO_FLOW;
}

function declare(call: Call): Flow {
  const { walk, words, at } = call;
  const named = words.filter((word) => !/^[-+]/.test(word.text));
  if (named.length === 0) {
    walk.report.add('shell.environment-read', 'moderate', 'Shows all variables, which often hold secrets.', at, {
      effects: ['secrets.read'],
    });
    return SOME_FLOW;
  }
  for (const word of named) declareOne(word, call);
  return NO_FLOW;
}

function declareOne(word: Argument, call: Call): void {
  const match = /^([A-Za-z_]\w*)(\+?)=(.*)$/s.exec(word.text);
  if (match === null) {
    if (word.text.includes('=') || !isKnown(word.text)) {
      call.walk.report.add('shell.env.unproven', 'moderate', 'Sets a variable whose name is not known.', word, {
        confidence: 0.5,
      });
    }
    return;
  }
  const [, name = '', , text = ''] = match;
  judgeAssignment({ name, text, isPrefix: call.name === 'export', at: word }, call.walk);
  call.walk.variables.set(name, { text, glob: word.glob, opaque: word.opaque });
}

function readVariables(call: Call): Flow {
  const parsed = parseArguments(call.words, {
    values: new Set(['-p', '-t', '-n', '-N', '-d', '-u', '-i', '-a', '-c', '-C', '-O', '-s']),
    style: 'bundled',
  });
  const callback = parsed.flags.find((flag) => flag.name === '-C' && call.name !== 'read')?.value;
  if (callback !== undefined) runCode(callback, [], call);
  for (const word of parsed.operands) {
    judgeAssignment({ name: word.text, text: '', isPrefix: false, at: word }, call.walk);
    call.walk.variables.set(word.text, { text: '\0', glob: false, opaque: false });
  }
  if (call.name === 'read' && call.flow.text !== undefined) readFields(parsed.operands, call.flow.text, call);
  return NO_FLOW;
}

/** The first line goes to the names word by word, what is left over to the last of them. */
function readFields(names: readonly Argument[], text: string, call: Call): void {
  let rest = text.split('\n', 1)[0] ?? '';
  for (const [index, name] of names.entries()) {
    const match = index === names.length - 1 ? null : /^(\S*)\s+(.*)$/s.exec(rest);
    call.walk.variables.set(name.text, { text: match?.[1] ?? rest, glob: false, opaque: false });
    rest = match?.[2] ?? '';
  }
}

function setOptions(call: Call): Flow {
  if (call.words.length === 0) {
    call.walk.report.add(
      'shell.environment-read',
      'moderate',
      'Shows all variables, which often hold secrets.',
      call.at,
      { effects: ['secrets.read'] },
    );
    return SOME_FLOW;
  }
  const dashes = call.words.findIndex((word) => word.text === '--');
  if (dashes >= 0) call.walk.positional = call.words.slice(dashes + 1);
  return NO_FLOW;
}

/** `printf -v name format words` sets a variable; otherwise printf is a program that only prints. */
function printInto(call: Call): Flow {
  const [flag, name, ...rest] = call.words;
  if (flag?.text !== '-v' || name === undefined) return judgeProgram(call);
  const text = outputOf('printf', rest, NO_FLOW, call.walk).text ?? '\0';
  call.walk.report.add('shell.printf-variable', 'moderate', 'Sets a variable.', call.at);
  call.walk.variables.set(name.text, { text, glob: false, opaque: rest.some((word) => word.opaque) });
  return NO_FLOW;
}

/** `complete -C code name` and `bind -x '"key": code'` run code when somebody types. */
function runLaterCode(call: Call): Flow {
  const { words, walk } = call;
  walk.report.add('shell.shell-state', 'moderate', 'Changes how the shell itself behaves.', call.at);
  const flag = words.findIndex((word) => /^-[CFx]$/.test(word.text));
  const code = flag < 0 ? undefined : words[flag + 1];
  if (code !== undefined) runCode({ ...code, text: code.text.replace(/^"[^"]*"\s*:\s*/, '') }, [], call);
  return NO_FLOW;
}

/** `exec program` replaces the shell; `exec` alone only redirects. */
function runExec(call: Call): Flow {
  const parsed = parseArguments(call.words, { values: new Set(['-a']), style: 'bundled' }, true);
  const rest = call.words.slice(parsed.used);
  if (rest.length === 0) return NO_FLOW;
  return call.walk.evaluator.words(rest, forkWalk(call.walk, { depth: call.walk.depth + 1 }), call.flow);
}

function showHistory(call: Call): Flow {
  const isErased = call.words.some((word) => /^-[a-z]*[cdw]/.test(word.text));
  const { report } = call.walk;
  if (isErased)
    report.add('shell.history-erase', 'destructive', 'Erases the history of commands.', call.at, {
      effects: ['data.delete'],
      reversible: false,
    });
  else
    report.add('shell.history-read', 'moderate', 'Shows earlier commands, which may hold secrets.', call.at, {
      effects: ['secrets.read'],
    });
  return SOME_FLOW;
}
