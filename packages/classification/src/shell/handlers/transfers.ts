/**
 * Raw connections and copies between machines: netcat, socat, scp, rsync. Pure but for the report.
 */

import { flagValue, hasFlag, parseArguments } from '../flags.js';
import { judgePath, placeOf } from '../judge-path.js';
import { runCode } from '../run-shell.js';
import type { Call } from '../walk.js';
import { isLocalHost } from './hosts.js';

/** Netcat: listening, connecting, and handing a shell to whoever is at the other end. */
export function judgeNetcat(call: Call): void {
  const parsed = parseArguments(call.words, {
    values: new Set(['-e', '-c', '-p', '-w', '-s', '-i', '-q', '-x', '-X', '--exec', '--sh-exec', '--lua-exec']),
    style: 'bundled',
  });
  const { report } = call.walk;
  const isLocal = parsed.operands.length > 0 && isLocalHost(parsed.operands[0]?.text ?? '');
  if (
    parsed.flags.some((flag) => flag.value !== undefined && /^-[ec]$|^--(?:exec|sh-exec|lua-exec)$/.test(flag.name))
  ) {
    report.add('shell.reverse-shell', 'critical', 'Connects a shell to another machine.', call.at, {
      effects: ['net.egress', 'exec.remote_code'],
      reversible: false,
    });
    return;
  }
  if (call.flow.shell === true && !isLocal) {
    report.add('shell.reverse-shell', 'critical', 'Connects a shell to another machine.', call.at, {
      effects: ['net.egress', 'exec.remote_code'],
      reversible: false,
    });
  }
  if (hasFlag(parsed, '-l', '--listen')) {
    report.add(
      'shell.listen',
      call.flow.piped ? 'destructive' : 'moderate',
      'Waits for connections from other machines.',
      call.at,
      { effects: ['net.listen'] },
    );
    return;
  }
  if (hasFlag(parsed, '-z')) {
    report.add('shell.port-check', 'moderate', 'Looks for open ports.', call.at, { effects: ['net.egress'] });
    return;
  }
  if (!isLocal) report.markSending(call.at);
  report.add(
    'shell.netcat',
    call.flow.piped && !isLocal ? 'destructive' : 'moderate',
    'Sends data to another machine.',
    call.at,
    { effects: ['net.egress'] },
  );
}

/** Socat: like netcat, with the program in an address. */
export function judgeSocat(call: Call): void {
  const text = call.words.map((word) => word.text).join(' ');
  const { report } = call.walk;
  if (/\b(?:exec|system|shell):/i.test(text))
    report.add('shell.reverse-shell', 'critical', 'Connects a shell to another machine.', call.at, {
      effects: ['net.egress', 'exec.remote_code'],
    });
  report.markSending(call.at);
}

/** `scp`, `rsync`, `rclone`: files that go to another machine, and files that are deleted at the target. */
export function judgeRemoteCopy(call: Call): void {
  const { walk, at } = call;
  const parsed = parseArguments(call.words, {
    values: new Set([
      '-e',
      '-i',
      '-P',
      '-o',
      '-F',
      '-S',
      '-l',
      '--rsh',
      '--exclude',
      '--include',
      '--rsync-path',
      '--files-from',
      '--log-file',
      '--filter',
      '--bwlimit',
      '--out-format',
      '-f',
    ]),
    style: 'bundled',
  });
  const isDry = parsed.flags.some(
    (flag) => flag.name === '-n' || flag.name === '--dry-run' || flag.name === '--list-only',
  );
  const runner = flagValue(parsed, '-e', '--rsh', '--rsync-path', '-S');
  if (runner !== undefined && !/^ssh(?:\s+-[pilo]\s*\S+)*$/.test(runner.text)) runCode(runner, [], call);
  if (!isDry && parsed.flags.some((flag) => flag.name.startsWith('--del') || flag.name === '--remove-source-files')) {
    walk.report.add(
      'shell.sync-delete',
      'destructive',
      'Deletes files at the target that the source does not have.',
      at,
      { effects: ['fs.delete', 'data.delete'], reversible: false, alternative: 'Try it with --dry-run first.' },
    );
  }
  if (call.name === 'rclone' || call.name === 'sftp') return;
  const target = parsed.operands.at(-1);
  const sources = parsed.operands.slice(0, -1);
  if (target === undefined) return;
  for (const word of sources) if (!isRemote(word.text)) judgePath(word, 'read', walk);
  if (!isRemote(target.text)) {
    if (!isDry) judgePath(target, 'write', walk);
    return;
  }
  walk.report.markSending(at);
  const isSecret = sources.some((word) => ['secret', 'accounts', 'guard'].includes(placeOf(word, walk)));
  walk.report.add('shell.copy-out', isSecret ? 'critical' : 'moderate', 'Copies files to another machine.', at, {
    effects: ['net.egress'],
  });
}

function isRemote(text: string): boolean {
  return /^(?:[\w.-]+@[\w.-]+|[\w.-]{2,}):(?!\/\/)|^(?:rsync|ssh|scp|sftp):\/\//.test(text);
}
