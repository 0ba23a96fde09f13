/**
 * Programs that delete, move and write files: `rm`, `mv`, `cp`, `dd`, `tee`, `truncate`. Pure but for the report.
 */

import { UNKNOWN } from '../../filesystem/index.js';
import { flagValue, hasFlag, parseArguments } from '../flags.js';
import { isRebuildablePath, judgePath, placeOf, targetsOf } from '../judge-path.js';
import { rememberFile, writtenFile } from '../redirect.js';
import type { Argument, Call } from '../walk.js';

const LIST_FIRST = 'List what would go with ls first, or move it to a temporary folder.';

/** `rm`, `rmdir`, `shred`, by what they are pointed at. */
export function judgeRemove(call: Call): void {
  const { walk, at } = call;
  const parsed = parseArguments(call.words);
  const isTree = call.name === 'rimraf' || call.name === 'del-cli' || hasFlag(parsed, '-r', '-R', '--recursive', '-d');
  if (hasFlag(parsed, '--no-preserve-root')) {
    walk.report.add(
      'shell.rm.no-preserve-root',
      'critical',
      'Switches off the guard against deleting the whole disk.',
      at,
      { effects: ['fs.delete', 'data.delete'], reversible: false },
    );
  }
  if (hasFlag(parsed, '--help', '--version')) return;
  for (const word of parsed.operands) {
    if (call.name === 'shred' || call.name === 'srm') judgeShred(word, call);
    else if (call.name === 'rmdir') judgePath(word, 'delete', walk);
    else removeOne(word, isTree, call);
  }
}

function judgeShred(word: Argument, call: Call): void {
  const level = judgePath(word, 'delete', call.walk);
  if (level === 'critical') return;
  call.walk.report.add(
    'shell.shred',
    'destructive',
    'Overwrites a file so that nothing of it can be brought back.',
    word,
    { effects: ['fs.delete', 'data.delete'], reversible: false, targets: targetsOf(word) },
  );
}

function removeOne(word: Argument, isTree: boolean, call: Call): void {
  const { walk } = call;
  const details = {
    effects: ['fs.delete', 'data.delete'],
    reversible: false,
    alternative: LIST_FIRST,
    targets: targetsOf(word),
  } as const;
  if (isRebuildablePath(word, walk)) {
    walk.report.add('shell.rm.rebuildable', 'moderate', 'Deletes what a build makes again.', word, {
      ...details,
      effects: ['fs.delete'],
    });
    return;
  }
  const place = placeOf(word, walk);
  const isInTemp = place === 'temp';
  if (isTree) {
    const level = judgePath(word, 'delete-tree', walk);
    if (level !== 'critical' && !isInTemp)
      walk.report.add('shell.rm.recursive', 'destructive', 'Deletes a folder and all it holds.', word, details);
    return;
  }
  judgePath(word, 'delete', walk);
  if (isInTemp) return;
  const isWide = word.glob && /^(?:.*\/)?(?:\.?\*+|\*\.\*|\.\[.*)$/.test(word.text);
  if (isWide || word.fed || word.text.startsWith(UNKNOWN)) {
    const text = isWide ? 'Deletes every file in a folder.' : 'Deletes files whose names are not known beforehand.';
    walk.report.add('shell.rm.many', 'destructive', text, word, { ...details, confidence: 0.7 });
  }
}

/** `mv`, `cp`, `install`, `ln`: the last operand, or that of `-t`, is written; `mv` takes the others away. */
export function judgeMove(call: Call): void {
  const { walk, at, name } = call;
  const parsed = parseArguments(call.words, {
    values: new Set(['-t', '-S', '-m', '-o', '-g', '--target-directory', '--suffix', '--mode', '--owner', '--group']),
    style: 'bundled',
  });
  const given = flagValue(parsed, '-t', '--target-directory');
  const target = given ?? (parsed.operands.length > 1 ? parsed.operands.at(-1) : undefined);
  const sources = given === undefined ? parsed.operands.slice(0, -1) : parsed.operands;
  if (target !== undefined) judgeTarget(target, call);
  const written = sources.length === 1 ? writtenFile(sources[0]?.text ?? '', walk) : undefined;
  if (target !== undefined && written !== undefined) rememberFile(target.text, walk, written);
  if (name.endsWith('mv')) for (const word of sources) judgeTaken(word, target, call);
  else for (const word of sources) judgePath(word, 'read', walk);
  if (/cp$|^install$|^ln$/.test(name) && sources.some((word) => word.text === '/dev/null')) {
    walk.report.add('shell.empty-file', 'destructive', 'Empties a file.', at, {
      effects: ['fs.write', 'data.delete'],
      reversible: false,
    });
  }
  const mode = flagValue(parsed, '-m', '--mode')?.text ?? '';
  if (/^[4267]\d{3}$|[ug]\+?s/.test(mode))
    walk.report.add('shell.setuid', 'destructive', 'Makes a program that runs with the rights of its owner.', at, {
      effects: ['auth.change'],
    });
}

function judgeTarget(target: Argument, call: Call): void {
  if (call.name.endsWith('mv') && target.text === '/dev/null') {
    call.walk.report.add('shell.mv.null', 'destructive', 'Moves files to where they are lost.', call.at, {
      effects: ['fs.delete', 'data.delete'],
      reversible: false,
    });
    return;
  }
  judgePath(target, 'write', call.walk);
}

function judgeTaken(word: Argument, target: Argument | undefined, call: Call): void {
  const place = placeOf(word, call.walk);
  const isHidden = place === 'secret' && target !== undefined && placeOf(target, call.walk) === 'temp';
  if (place === 'workspace' || place === 'temp' || place === 'home' || place === 'outside') return;
  if (place === 'secret' && !isHidden) return;
  const level = judgePath(word, 'move', call.walk);
  if (level === 'moderate' && (place === 'workspace-root' || place === 'unknown')) {
    call.walk.report.add('shell.mv.unknown', 'moderate', 'Moves files whose names are not known beforehand.', word, {
      confidence: 0.6,
    });
  }
}

/** `tee`, `touch`, `mkdir`: every operand is written. */
export function judgeWriteOperands(call: Call): void {
  const parsed = parseArguments(call.words, {
    values: new Set(['-m', '-d', '-r', '-t', '--mode', '--date', '--reference']),
    style: 'bundled',
  });
  for (const word of parsed.operands) {
    const isNewFolder = call.name === 'mkdir' && ['system', 'system-root'].includes(placeOf(word, call.walk));
    if (!isNewFolder) judgePath(word, 'write', call.walk);
    if (call.name === 'tee' || call.name === 'sponge') rememberFile(word.text, call.walk, call.flow);
  }
}

/** `truncate -s 0 file` loses what the file held. */
export function judgeTruncate(call: Call): void {
  const parsed = parseArguments(call.words, {
    values: new Set(['-s', '-r', '-o', '-l', '--size', '--reference', '--length']),
    style: 'bundled',
  });
  const size = flagValue(parsed, '-s', '--size')?.text ?? '';
  for (const word of parsed.operands) {
    const level = judgePath(word, 'write', call.walk);
    if (level === 'critical' || placeOf(word, call.walk) === 'temp' || call.name === 'fallocate' || GROWING.test(size))
      continue;
    call.walk.report.add('shell.truncate', 'destructive', 'Cuts a file short, so that what it held is lost.', word, {
      effects: ['fs.write', 'data.delete'],
      reversible: false,
      targets: targetsOf(word),
    });
  }
}

/** A size that makes files larger than they were, in practice. */
const GROWING = /^\+|^[1-9]\d*[KMGT]i?B?$/;

/** `dd if=a of=b`. */
export function judgeDd(call: Call): void {
  const { walk } = call;
  for (const word of call.words) {
    const match = /^(if|of)=(.*)$/s.exec(word.text);
    if (match === null) continue;
    const file = { ...word, text: match[2] ?? '' };
    if (match[1] === 'if') judgePath(file, 'read', walk);
    else if (file.text === '' || file.text.startsWith(UNKNOWN)) {
      walk.report.add('shell.dd.unknown', 'destructive', 'Overwrites a file or device whose name is not known.', word, {
        effects: ['fs.write', 'data.delete'],
        reversible: false,
      });
    } else judgePath(file, 'write', walk);
  }
}

const XXD_VALUES = ['-c', '-g', '-l', '-s', '-o'] as const;
const UNIQ_VALUES = ['-f', '-s', '-w', '-N'] as const;

/** `uniq in out`, `xxd in out`: the second operand is written. */
export function judgeSecondWritten(call: Call): void {
  const values = new Set(call.name === 'xxd' ? XXD_VALUES : UNIQ_VALUES);
  const target = parseArguments(call.words, { values, style: 'bundled' }).operands[1];
  if (target !== undefined && target.text !== '-') judgePath(target, 'write', call.walk);
}
