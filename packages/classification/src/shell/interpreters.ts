/**
 * Interpreters of other languages, given code on the line, in a pipe or in a file. Pure but for the report.
 */

import type { CodeLanguage } from '../code/index.js';
import { judgeCode } from './code-tokens.js';
import { parseArguments } from './flags.js';
import { judgeAppleScript, judgeTcl } from './handlers/carriers.js';
import { judgePath } from './judge-path.js';
import { PROGRAMS } from './programs/index.js';
import { writtenFile } from './redirect.js';
import { reportRemote, reportUnreadable, runFile } from './run-shell.js';
import { type Argument, type Call, type Flow, forkWalk, isKnown, NO_FLOW, SOME_FLOW } from './walk.js';

/** How a family of interpreters is called. */
export interface Interpreter {
  /** Flags whose value is code. */
  readonly code: readonly string[];
  /** Flags that take another value. */
  readonly values: string;
  /** True where the first operand is code, as in awk. */
  readonly codeFirst?: boolean;
}

const PYTHON: Interpreter = { code: ['-c'], values: '-W -X -m' };
const NODE: Interpreter = {
  code: ['-e', '-p', '--eval', '--print', '-pe'],
  values: '-r --require --import --loader --env-file',
};
const PERL: Interpreter = { code: ['-e', '-E'], values: '-I -M -m' };

/** The interpreters by name. */
export const INTERPRETERS: ReadonlyMap<string, Interpreter> = new Map([
  ...['python', 'python3', 'pypy', 'pypy3', 'ipython', 'py'].map((name) => [name, PYTHON] as const),
  ...['node', 'nodejs', 'bun', 'tsx', 'ts-node', 'electron'].map((name) => [name, NODE] as const),
  ['perl', PERL],
  ['ruby', { code: ['-e'], values: '-I -r -C' }],
  ['irb', { code: [], values: '-r' }],
  ['php', { code: ['-r', '-B', '-R', '-E'], values: '-d -c' }],
  ['lua', { code: ['-e'], values: '-l' }],
  ['luajit', { code: ['-e'], values: '-l' }],
  ['osascript', { code: ['-e'], values: '-l' }],
  ['rscript', { code: ['-e'], values: '' }],
  ['julia', { code: ['-e', '-E', '--eval'], values: '--project' }],
  ['elixir', { code: ['-e', '--eval'], values: '-r' }],
  ['groovy', { code: ['-e'], values: '-cp' }],
  ['ghci', { code: ['-e'], values: '-i -package' }],
  ['guile', { code: ['-c'], values: '-l -L -s' }],
  ['racket', { code: ['-e', '--eval'], values: '-l -t -r' }],
  ['raku', { code: ['-e'], values: '-I -M' }],
  ['ocaml', { code: ['-e'], values: '-I' }],
  ['sbcl', { code: ['--eval'], values: '--load --script' }],
  ['octave', { code: ['--eval'], values: '-p' }],
  ['clojure', { code: ['-e', '--eval'], values: '-i' }],
  ['bb', { code: ['-e'], values: '-f' }],
  ['scala', { code: ['-e'], values: '-cp' }],
  ['tclsh', { code: [], values: '' }],
  ['expect', { code: ['-c'], values: '' }],
  ...['awk', 'gawk', 'mawk', 'nawk'].map(
    (name) =>
      [
        name,
        { code: ['-e', '--source'], values: '-F -v -f --field-separator --assign --file', codeFirst: true },
      ] as const,
  ),
]);

/** Judges an interpreter by the code that it is given. */
export function runInterpreter(call: Call, family: Interpreter): Flow {
  const { words, walk } = call;
  if (words.length === 1 && /^(?:--version|-V|--help|-h)$|^-v$/.test(words[0]?.text ?? '')) return SOME_FLOW;
  const values = new Set([...family.values.split(' '), ...family.code]);
  const parsed = parseArguments(words, { values, style: 'bundled' }, true);
  const codes = parsed.flags
    .filter((flag) => family.code.includes(flag.name) && flag.value !== undefined)
    .map((flag) => flag.value);
  const rest = words.slice(parsed.used);
  const module = parsed.flags.find((flag) => flag.name === '-m' && family === PYTHON)?.value;
  if (module !== undefined) return runModule(module, rest, call);
  for (const code of codes) if (code !== undefined) runSnippet(code, call);
  if (codes.length > 0) return judgeInPlace(call, rest);
  if (family.codeFirst === true && !parsed.flags.some((flag) => flag.name === '-f' || flag.name === '--file'))
    return runAwk(rest, call);
  const script = rest[0];
  if (call.name === 'bun' || call.name === 'node') {
    if (script?.text === 'test' || script?.text === 'run') return unprovenScript(call);
  }
  if (script === undefined || script.text === '-' || script.text === '/dev/stdin') return runPiped(call);
  const made = walk.processes.get(script.text) ?? writtenFile(script.text, walk);
  return made === undefined ? runFile(script, { ...call, words: rest.slice(1) }) : runPiped({ ...call, flow: made });
}

function unprovenScript(call: Call): Flow {
  call.walk.report.add('shell.script', 'moderate', 'Runs a script that the command does not show.', call.at, {
    effects: ['exec'],
    confidence: 0.6,
  });
  return SOME_FLOW;
}

function runSnippet(code: Argument, call: Call): void {
  const { walk } = call;
  walk.report.add('shell.inline-code', 'moderate', `Runs code given to ${call.name} on the line.`, code, {
    effects: ['exec'],
    confidence: 0.7,
  });
  if (code.remote === true) reportRemote(call);
  if (!isKnown(code.text))
    walk.report.add('shell.inline-code-unknown', 'moderate', 'Part of the code is not known before it runs.', code, {
      confidence: 0.5,
    });
  judgeCode(code, walk, languageOf(call.name));
  if (TCL.has(call.name)) judgeTcl(code, call);
  if (call.name === 'osascript') judgeAppleScript(code, call);
}

/** The language of an interpreter, where it is one that can be read. */
function languageOf(name: string): CodeLanguage | undefined {
  const family = INTERPRETERS.get(name) ?? INTERPRETERS.get(name.replace(/[\d.]+$/, ''));
  return family === PYTHON ? 'python' : family === NODE ? 'javascript' : undefined;
}

const TCL: ReadonlySet<string> = new Set(['expect', 'tclsh', 'wish']);

/** `perl -i -pe` and `ruby -i` change files in place. */
function judgeInPlace(call: Call, files: readonly Argument[]): Flow {
  if (files.length > 0 && call.words.some((word) => /^-[a-z]*i/.test(word.text)) && /^(?:perl|ruby)/.test(call.name)) {
    call.walk.evaluator.words([{ ...call.program, text: 'tee' }, ...files], forkWalk(call.walk), NO_FLOW);
  }
  return SOME_FLOW;
}

function runPiped(call: Call): Flow {
  const { flow, walk, at } = call;
  if (flow.remote) reportRemote(call);
  else if (flow.text !== undefined && isKnown(flow.text)) runSnippet({ ...call.program, ...at, text: flow.text }, call);
  else if (flow.piped) reportUnreadable(call, at);
  else
    walk.report.add('shell.interactive', 'moderate', 'Starts an interactive interpreter.', at, { effects: ['exec'] });
  return SOME_FLOW;
}

/** Modules of Python that are programs of their own; the rest is project code. */
function runModule(module: Argument, rest: readonly Argument[], call: Call): Flow {
  const { walk } = call;
  const name = module.text;
  if (name === 'pip' || name === 'pytest')
    return walk.evaluator.words(
      [{ ...module, text: name }, ...rest],
      forkWalk(walk, { depth: walk.depth + 1 }),
      call.flow,
    );
  if (PROGRAMS.has(name))
    walk.evaluator.words([{ ...module, text: name }, ...rest], forkWalk(walk, { depth: walk.depth + 1 }), call.flow);
  if (name === 'json.tool' && rest.length < 2)
    return walk.evaluator.words([{ ...module, text: 'cat' }, ...rest], walk, call.flow);
  if (/^(?:http\.server|SimpleHTTPServer|pyftpdlib)$/.test(name)) {
    walk.report.add('shell.listen', 'moderate', 'Serves the files of this folder over the network.', call.at, {
      effects: ['net.listen'],
    });
  } else
    walk.report.add('shell.module', 'moderate', 'Runs a Python module.', call.at, {
      effects: ['exec'],
      confidence: 0.6,
    });
  return SOME_FLOW;
}

/**
 * Comments, strings, and regular expressions where one may stand: after an operand, a slash divides. All in one pass, so
 * that a quote inside of one doesn't begin another.
 */
const AWK_LITERALS =
  /#[^\n]*|"(?:[^"\\]|\\[\s\S])*"|(?<=(?:^|[(,~!{};&|\n]|\bprintf?|\breturn)[ \t]{0,8})\/(?:[^/\\\n]|\\.)*\//g;
const EMPTY_LITERALS: Readonly<Record<string, string>> = { '"': '""', '/': '//' };

/** An awk program only reads unless it prints into files or pipes, or runs commands. */
function runAwk(rest: readonly Argument[], call: Call): Flow {
  const [program, ...files] = rest;
  if (program === undefined) return SOME_FLOW;
  const { text } = program;
  const bare = text.slice(0, MAX_AWK).replace(AWK_LITERALS, (literal) => EMPTY_LITERALS[literal.charAt(0)] ?? '');
  const isUnproven =
    !isKnown(text) ||
    text.length > MAX_AWK ||
    /\bsystem\b|\|\s*(?:&|getline|"")|"" *\||\bgetline\b|@\s*(?:load|include|\w+\s*\()|\bprintf?\b[^;}]*[|>]/.test(
      bare,
    ) ||
    program.opaque;
  if (isUnproven) {
    runSnippet(program, call);
    judgeAwkOutput(program, call);
  }
  const flags = call.words.filter(
    (word) =>
      word.text.startsWith('-') && !/^-[Fv]|^--(?:field-separator|assign|posix|csv|re-interval)/.test(word.text),
  );
  if (flags.length > 0)
    call.walk.report.add('shell.unproven', 'moderate', 'Nothing proves that this program only reads.', call.at, {
      confidence: 0.7,
    });
  const inputs = files.filter((word) => !/^\w+=/.test(word.text));
  if (inputs.length > 0)
    call.walk.evaluator.words(
      [{ ...call.program, text: 'cat' }, { ...call.program, text: '--' }, ...inputs],
      call.walk,
      call.flow,
    );
  return { ...SOME_FLOW, remote: call.flow.remote };
}

/** `print > "file"` writes a file, `print | "command"` and `"command" | getline` run one. */
function judgeAwkOutput(program: Argument, call: Call): void {
  const { walk } = call;
  if (/"\/inet[46]?\//.test(program.text))
    walk.report.add(
      'shell.awk.network',
      'destructive',
      'Sends to another machine what an awk program reads.',
      call.at,
      {
        effects: ['net.egress'],
      },
    );
  for (const match of program.text
    .slice(0, MAX_AWK)
    .matchAll(/(>>?|\|&?)\s*"([^"\n]{1,300})"|"([^"\n]{1,300})"\s*\|&?\s*getline/g)) {
    const file = match[1]?.startsWith('>') === true ? match[2] : undefined;
    const command = file === undefined ? (match[2] ?? match[3]) : undefined;
    if (file !== undefined) judgePath({ ...program, text: file }, 'write', walk);
    if (command !== undefined) walk.evaluator.text(command, forkWalk(walk), NO_FLOW, program);
  }
}

const MAX_AWK = 8_192;
