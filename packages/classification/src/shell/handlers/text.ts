/**
 * Text tools and archives that can also write and run: `sed`, `tar`. Pure but for the report.
 */

import { flagValue, hasFlag, parseArguments } from '../flags.js';
import { judgePath, placeOf } from '../judge-path.js';
import { runCode } from '../run-shell.js';
import type { Call } from '../walk.js';

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
    const text = word?.text ?? '';
    if (
      /(?:^|[;{}\n\d$/]|\s)e(?:\s+\S|$)|\/[gip0-9]*e[gip0-9]*(?:$|[;\n}\s])/.test(text) &&
      /(?:^|[;{}\n\d$])\s*e\s|([/|#,@]).*\1.*\1[gimp0-9]*e/.test(text)
    ) {
      walk.report.add('shell.sed.execute', 'destructive', 'Runs text as commands from inside sed.', call.at, {
        effects: ['exec'],
      });
    }
    const written = /(?:^|[;{}\n\d$/|#,])\s*[wW]\s+(\S+)/.exec(text);
    if (written !== null && word !== undefined) judgePath({ ...word, text: written[1] ?? '' }, 'write', walk);
  }
  if (hasFlag(parsed, '-i', '-I', '--in-place')) for (const word of files) judgePath(word, 'write', walk);
}

/** `tar` can run programs, remove what it packed and unpack over the system. */
export function judgeTar(call: Call): void {
  const { walk, at, words } = call;
  const parsed = parseArguments(words, {
    values: new Set(['-f', '-C', '-T', '-X', '-I', '--file', '--directory']),
    style: 'bundled',
  });
  for (const flag of parsed.flags) {
    const isProgram =
      /^--(?:to-command|use-compress-program|rsh-command|info-script|new-volume-script|checkpoint-action)$|^-[IF]$/.test(
        flag.name,
      );
    if (!isProgram || flag.value === undefined) continue;
    const text = flag.value.text.replace(/^exec=/, '');
    if (/^(?:zstd|gzip|pigz|xz|bzip2|lz4|lbzip2|pbzip2)(?:\s+-[\w]+)*$/.test(text)) continue;
    if (flag.name === '--checkpoint-action' && !flag.value.text.startsWith('exec=')) continue;
    walk.report.add('shell.tar.execute', 'destructive', 'Runs a program from inside tar.', at, { effects: ['exec'] });
    runCode({ ...flag.value, text }, [], call);
  }
  if (hasFlag(parsed, '--remove-files'))
    walk.report.add('shell.tar.remove', 'destructive', 'Deletes the files that it packed.', at, {
      effects: ['fs.delete'],
      reversible: false,
    });
  const isExtracting = /^-?[a-zA-Z]*x/.test(words[0]?.text ?? '') || hasFlag(parsed, '-x', '--extract', '--get');
  const folder = flagValue(parsed, '-C', '--directory');
  if (isExtracting && folder !== undefined && placeOf(folder, walk) === 'root')
    walk.report.add('shell.tar.root', 'destructive', 'Unpacks over the operating system.', at, {
      effects: ['fs.write'],
    });
  else if (isExtracting && folder !== undefined) judgePath(folder, 'write', walk);
  if (isExtracting && hasFlag(parsed, '-P', '--absolute-names'))
    walk.report.add('shell.tar.absolute', 'destructive', 'Unpacks to wherever the archive says.', at, {
      effects: ['fs.write'],
    });
}
