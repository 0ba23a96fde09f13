/**
 * Text tools and archives that can also write and run: `sed`, `tar`. Pure but for the report.
 */

import { type FlagUse, flagValue, hasFlag, type ParsedArguments, parseArguments } from '../flags.js';
import { judgePath, placeOf } from '../judge-path.js';
import { runCode } from '../run-shell.js';
import { readSedScript } from '../sed-script.js';
import { type Argument, type Call, NO_FLOW } from '../walk.js';

/** `sed -i` writes its files; the commands `w` and `e` write and run. */
export function judgeSed(call: Call): void {
  const { walk } = call;
  const parsed = parseArguments(call.words, {
    values: new Set(['-e', '-f', '-l', '--expression', '--file']),
    style: 'bundled',
  });
  const script = flagValue(parsed, '-e', '--expression');
  const isFromFile = hasFlag(parsed, '-f', '--file');
  const scripts =
    script === undefined && !isFromFile
      ? parsed.operands.slice(0, 1)
      : parsed.flags.flatMap((flag) => (flag.name === '-e' || flag.name === '--expression' ? [flag.value] : []));
  const files = script === undefined && !isFromFile ? parsed.operands.slice(1) : parsed.operands;
  for (const word of scripts) {
    const does = readSedScript(word?.text ?? '');
    if (does.kind === 'executes') {
      walk.report.add('shell.sed.execute', 'destructive', 'Runs text as commands from inside sed.', call.at, {
        effects: ['exec'],
      });
    } else if (does.kind === 'writes' && word !== undefined) judgePath({ ...word, text: does.file }, 'write', walk);
    else if (does.kind === 'unknown')
      walk.report.add('shell.sed.unknown', 'moderate', 'Runs a sed script that cannot be read.', call.at, {
        confidence: 0.6,
      });
  }
  if (hasFlag(parsed, '-i', '-I', '--in-place')) for (const word of files) judgePath(word, 'write', walk);
}

/** `tar` can run programs, remove what it packed and unpack over the system. */
export function judgeTar(call: Call): void {
  const { walk, at } = call;
  const parsed = parseArguments(call.words, TAR);
  for (const flag of parsed.flags) judgeTarProgram(flag, call);
  if (hasFlag(parsed, '--remove-files')) {
    walk.report.add('shell.tar.remove', 'destructive', 'Deletes the files that it packed.', at, {
      effects: ['fs.delete'],
      reversible: false,
    });
  }
  if (hasFlag(parsed, '-x', '--extract', '--get')) judgeUnpacking(parsed, call);
  else if (hasFlag(parsed, '-c', '--create')) for (const word of parsed.operands) judgePath(word, 'read', walk);
}

/** `unzip -d folder` writes there. */
export function judgeUnzip(call: Call): void {
  const parsed = parseArguments(call.words, { values: new Set(['-d', '-x', '-P']), style: 'bundled' });
  const folder = flagValue(parsed, '-d');
  if (folder === undefined || hasFlag(parsed, '-l', '-t', '-v', '-Z', '-z')) return;
  if (placeOf(folder, call.walk) === 'root')
    call.walk.report.add('shell.unzip.root', 'destructive', 'Unpacks over the operating system.', call.at, {
      effects: ['fs.write'],
    });
  else judgePath(folder, 'write', call.walk);
}

/** `7z x archive -ofolder`, `unrar x archive folder`: writes there. */
export function judgeArchiver(call: Call): void {
  for (const word of call.words) {
    const folder = /^-o(.+)$/s.exec(word.text)?.[1];
    if (folder !== undefined) judgeUnpackFolder({ ...word, text: folder }, call);
  }
  const last = call.words
    .filter((word) => !word.text.startsWith('-'))
    .slice(2)
    .at(-1);
  if (call.name === 'unrar' && last !== undefined) judgeUnpackFolder(last, call);
}

function judgeUnpackFolder(folder: Argument, call: Call): void {
  if (placeOf(folder, call.walk) !== 'root') judgePath(folder, 'write', call.walk);
  else
    call.walk.report.add('shell.unpack.root', 'destructive', 'Unpacks over the operating system.', call.at, {
      effects: ['fs.write'],
    });
}

/** `yq -i expression files...` writes its files. */
export function judgeInPlace(call: Call): void {
  const parsed = parseArguments(call.words, { values: new Set(['-o', '-p', '--from-file']), style: 'bundled' });
  if (!hasFlag(parsed, '-i', '--inplace', '--in-place')) return;
  for (const word of parsed.operands.slice(1)) judgePath(word, 'write', call.walk);
}

/** Converters of documents and media write the last operand, and what `-o` names. */
export function judgeLastWritten(call: Call): void {
  const operands = call.words.filter((word) => !word.text.startsWith('-'));
  const named = call.words.flatMap((word, index) => {
    const value = /^(?:-sOutputFile=|--output=|--export-filename=|--extract-media=)(.+)$/s.exec(word.text)?.[1];
    const next = /^(?:-o|--output)$/.test(word.text) ? call.words[index + 1] : undefined;
    return value === undefined ? (next === undefined ? [] : [next]) : [{ ...word, text: value }];
  });
  const last = operands.length > 1 ? operands.at(-1) : undefined;
  for (const word of last === undefined ? named : [...named, last]) judgePath(word, 'write', call.walk);
}

/** Editors that obey what comes in: a line that begins with `!`, and what `r` and `w` read from or write to after one. */
export function judgeLineEditor(call: Call): void {
  for (const match of (call.flow.text ?? '').slice(0, 8_192).matchAll(/^[^\n!]{0,40}!(.+)$/gm))
    runCode({ ...call.program, ...call.at, text: match[1] ?? '' }, [], { ...call, flow: NO_FLOW });
}

const TAR = {
  values: new Set(['-f', '-C', '-T', '-X', '-I', '--file', '--directory', '--to-command', '--use-compress-program']),
  style: 'bundled',
} as const;
const TAR_PROGRAM =
  /^--(?:to-command|use-compress-program|rsh-command|info-script|new-volume-script|checkpoint-action)$|^-[IF]$/;
const COMPRESSOR = /^(?:zstd|gzip|pigz|xz|bzip2|lz4|lbzip2|pbzip2)(?:\s+-[\w]+)*$/;

function judgeTarProgram(flag: FlagUse, call: Call): void {
  const { value } = flag;
  if (!TAR_PROGRAM.test(flag.name) || value === undefined || COMPRESSOR.test(value.text)) return;
  if (flag.name === '--checkpoint-action' && !value.text.startsWith('exec=')) return;
  call.walk.report.add('shell.tar.execute', 'destructive', 'Runs a program from inside tar.', call.at, {
    effects: ['exec'],
  });
  runCode({ ...value, text: value.text.replace(/^exec=/, '') }, [], call);
}

function judgeUnpacking(parsed: ParsedArguments, call: Call): void {
  const { walk, at } = call;
  const folder = flagValue(parsed, '-C', '--directory');
  if (folder !== undefined && placeOf(folder, walk) === 'root') {
    walk.report.add('shell.tar.root', 'destructive', 'Unpacks over the operating system.', at, {
      effects: ['fs.write'],
    });
  } else if (folder !== undefined) judgePath(folder, 'write', walk);
  if (hasFlag(parsed, '-P', '--absolute-names')) {
    walk.report.add('shell.tar.absolute', 'destructive', 'Unpacks to wherever the archive says.', at, {
      effects: ['fs.write'],
    });
  }
}
