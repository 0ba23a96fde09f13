/** Lets system calls of a process fail, by strace. */

import { spawnSync } from 'node:child_process';

/** A system call that fails. */
export interface InjectedFault {
  readonly call: string;
  readonly error: 'EIO' | 'ENOSPC';
  /** Which call of that name fails, counted from 1. */
  readonly at: number;
  /** Whether all later ones fail as well, as on a disk that stays full. */
  readonly lasts: boolean;
}

/** Whether strace is there, and may trace here. */
export function hasStrace(): boolean {
  return spawnSync('strace', ['-f', '-qq', '-o', '/dev/null', 'true']).status === 0;
}

/** The command line before that of the process: only calls about these paths are looked at. */
export function straceArguments(
  paths: readonly string[],
  options: { readonly fault?: InjectedFault; readonly calls: string; readonly output: string },
): readonly string[] {
  const { fault, calls, output } = options;
  const inject =
    fault === undefined
      ? []
      : ['-e', `inject=${fault.call}:error=${fault.error}:when=${fault.at}${fault.lasts ? '+' : ''}`];
  return [
    '-f',
    '-qq',
    '--seccomp-bpf',
    ...paths.flatMap((path) => ['-P', path]),
    '-e',
    `trace=${calls}`,
    ...inject,
    '-o',
    output,
  ];
}
