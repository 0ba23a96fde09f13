/**
 * The parts of git whose danger lies in operands: push targets, checked-out paths, configuration. Pure but for the report.
 */

import { hasFlag, parseArguments } from '../flags.js';
import { placeOf } from '../judge-path.js';
import { runCode } from '../run-shell.js';
import { type Argument, type Call, forkWalk, NO_FLOW } from '../walk.js';

const GLOBALS = {
  values: new Set([
    '-C',
    '-c',
    '--git-dir',
    '--work-tree',
    '--exec-path',
    '--namespace',
    '--config-env',
    '--super-prefix',
  ]),
  style: 'bundled',
} as const;

/** Judges git by its global flags and the sub-commands that need more than a table. */
export function judgeGit(call: Call): void {
  const globals = parseArguments(call.words, GLOBALS, true);
  for (const flag of globals.flags) {
    if (flag.name === '-c' && flag.value !== undefined) judgeSetting(flag.value, call);
    if (/^--(?:exec-path|git-dir|work-tree|config-env)$/.test(flag.name) && flag.value !== undefined) {
      call.walk.report.add(
        'shell.git.redirected',
        flag.name === '--exec-path' && flag.value !== undefined ? 'destructive' : 'moderate',
        'Points git at another repository or at other programs.',
        flag.at,
        { effects: ['exec'] },
      );
    }
    if (
      flag.name === '-C' &&
      flag.value !== undefined &&
      !['workspace', 'workspace-root'].includes(placeOf(flag.value, call.walk))
    ) {
      call.walk.report.add(
        'shell.git.outside',
        'moderate',
        'Runs git in a folder outside the workspace, whose hooks and settings may run programs.',
        flag.at,
        { effects: ['exec'] },
      );
    }
  }
  const [subcommand, ...rest] = call.words.slice(globals.used);
  runNamedPrograms(subcommand?.text ?? '', rest, call);
  switch (subcommand?.text) {
    case 'push':
      judgePush(rest, call);
      return;
    case 'checkout':
    case 'restore':
      judgeRestore(subcommand.text, rest, call);
      return;
    case 'config':
      judgeConfig(rest, call);
      return;
    case 'rm':
      judgeTracked(rest, call);
      return;
    case 'clone':
      judgeCloneSettings(rest, call);
      return;
    case 'bisect':
    case 'submodule':
    case 'rebase':
    case 'filter-branch':
      judgeRunning(subcommand.text, rest, call);
      return;
    default:
      return;
  }
}

function judgeCloneSettings(rest: readonly Argument[], call: Call): void {
  const { flags } = parseArguments(rest, { values: new Set(['-c', '--config']), style: 'bundled' });
  for (const { name, value } of flags)
    if (/^-c$|^--config$/.test(name) && value !== undefined) judgeSetting(value, call);
}

/** Flags whose value git runs: `--upload-pack=code`, `grep -Ocode`, `difftool -x code`. */
function runNamedPrograms(subcommand: string, rest: readonly Argument[], call: Call): void {
  for (const [index, word] of rest.entries()) {
    const joined = /^(--upload-pack|--receive-pack|--extcmd|--open-files-in-pager|--exec|-O)=?(.+)$/s.exec(word.text);
    if (joined?.[1] === '--exec' && !EXEC_IS_PROGRAM.has(subcommand)) continue;
    const isApart =
      /^(?:--upload-pack|--receive-pack|--extcmd)$/.test(word.text) ||
      (word.text === '-x' && subcommand === 'difftool') ||
      (word.text === '--exec' && EXEC_IS_PROGRAM.has(subcommand));
    const code = isApart ? rest[index + 1] : joined === null ? undefined : { ...word, text: joined[2] ?? '' };
    if (code === undefined || (joined?.[1] === '-O' && subcommand !== 'grep') || GIT_SERVICES.test(code.text)) continue;
    runCode(code, [], call);
  }
}

const GIT_SERVICES = /^git[- ](?:upload|receive)-(?:pack|archive)$/;
/** Where `--exec` names the program at the other end. */
const EXEC_IS_PROGRAM: ReadonlySet<string> = new Set([
  'archive',
  'push',
  'fetch',
  'ls-remote',
  'send-pack',
  'fetch-pack',
]);

const PROTECTED =
  /^\+?(?:[^:]*:)?(?:refs\/heads\/)?(?:main|master|trunk|develop|production|prod|release(?:\/.*)?|stable)$/;

function judgePush(rest: readonly Argument[], call: Call): void {
  const { report } = call.walk;
  const parsed = parseArguments(rest, {
    values: new Set(['-o', '--push-option', '--repo', '--receive-pack', '--exec']),
    style: 'bundled',
  });
  const [, ...refs] = parsed.operands;
  const isForced =
    parsed.flags.some((flag) => flag.name === '-f' || flag.name === '--force' || flag.name === '--forc') ||
    refs.some((ref) => ref.text.startsWith('+'));
  const isDeleting =
    hasFlag(parsed, '--delete', '-d') || refs.some((ref) => ref.text.startsWith(':') && ref.text.length > 1);
  const isProtected = refs.some((ref) => PROTECTED.test(ref.text.replace(/^[+:]/, '')));
  if (hasFlag(parsed, '--dry-run', '-n')) return;
  const details = { effects: ['vcs.rewrite', 'data.delete'], reversible: false } as const;
  if (hasFlag(parsed, '--mirror', '--prune'))
    report.add(
      'shell.git.push-mirror',
      'critical',
      'Makes the remote repository equal to this one, deleting every branch that is not here.',
      call.at,
      details,
    );
  if (isForced) {
    const level = isProtected || hasFlag(parsed, '--all') ? 'critical' : 'destructive';
    report.add(
      'shell.git.push-force',
      level,
      'Overwrites the history of a remote branch, so that the work of others can be lost.',
      call.at,
      { ...details, alternative: 'Push with --force-with-lease.' },
    );
  }
  if (isDeleting)
    report.add(
      'shell.git.push-delete',
      isProtected ? 'critical' : 'destructive',
      'Deletes a remote branch or tag.',
      call.at,
      details,
    );
}

/** `git checkout -- path` and `git restore path` throw away changes that were never committed. */
function judgeRestore(name: string, rest: readonly Argument[], call: Call): void {
  const parsed = parseArguments(rest, {
    values: new Set(['-b', '-B', '-s', '--source', '--conflict', '--orphan']),
    style: 'bundled',
  });
  const dashes = rest.findIndex((word) => word.text === '--');
  const isStagedOnly = name === 'restore' && hasFlag(parsed, '--staged', '-S') && !hasFlag(parsed, '--worktree', '-W');
  const isForced = name === 'checkout' && hasFlag(parsed, '-f', '--force', '-B');
  const hasPaths =
    name === 'restore'
      ? parsed.operands.length > 0
      : dashes >= 0 ||
        parsed.operands.some(
          (word) =>
            /^(?:\.|\.\/|:\/|\*|\.\/.*)$/.test(word.text) ||
            (parsed.operands.length > 1 && !hasFlag(parsed, '-b', '-t')),
        );
  if (isStagedOnly || !(hasPaths || isForced)) return;
  call.walk.report.add(`shell.git.${name}`, 'destructive', 'Throws away changes that were not committed.', call.at, {
    effects: ['fs.write', 'data.delete'],
    reversible: false,
    alternative: 'Keep the changes aside with git stash.',
  });
}

function judgeTracked(rest: readonly Argument[], call: Call): void {
  const parsed = parseArguments(rest);
  if (hasFlag(parsed, '--cached', '-n', '--dry-run')) return;
  if (hasFlag(parsed, '-f', '--force'))
    call.walk.report.add(
      'shell.git.rm-force',
      'destructive',
      'Deletes files even where their changes were not committed.',
      call.at,
      { effects: ['fs.delete'], reversible: false },
    );
}

/** Keys whose value git runs as a program. */
const RUN_KEYS =
  /^(?:alias\..*|core\.(?:pager|editor|sshcommand|fsmonitor|hookspath|gitproxy|askpass|alternaterefscommand)|pager\..*|diff\.external|(?:diff|difftool|mergetool|merge|filter|gpg|browser|man|guitool|trailer)\..*|sequence\.editor|credential\..*|gpg\.program|interactive\.difffilter|uploadpack\.packobjectshook|receive\..*|remote\..*\.(?:uploadpack|receivepack|proxy|vcs)|url\..*|include(?:if)?\..*|protocol\..*|http\.(?:proxy|sslverify))$/i;

function judgeSetting(word: Argument, call: Call): void {
  const equals = word.text.indexOf('=');
  const key = equals < 0 ? word.text : word.text.slice(0, equals);
  const value = equals < 0 ? '' : word.text.slice(equals + 1);
  if (RUN_KEYS.test(key)) runSetting({ ...word, text: value }, call);
  else if (
    !/^(?:color|core\.quotepath|user\.(?:name|email)|log|column|diff\.(?:color|context|algorithm|renames)|advice|init|commit\.gpgsign|core\.(?:autocrlf|abbrev))/i.test(
      key,
    )
  ) {
    call.walk.report.add('shell.git.setting', 'moderate', 'Changes a setting of git for this command.', word);
  }
}

function runSetting(value: Argument, call: Call): void {
  if (value.text === '' || value.text === 'cat' || value.text === 'less') return;
  call.walk.report.add('shell.git.program-setting', 'moderate', 'Sets a program that git will run.', value, {
    effects: ['exec', 'persist'],
  });
  const text = value.text.replace(/^!/, '');
  if (/^\/(?:tmp|var\/tmp|dev\/shm)\//.test(text))
    call.walk.report.add(
      'shell.git.program-in-temp',
      'destructive',
      'Makes git run a program from a folder that anybody may write to.',
      value,
      { effects: ['exec'] },
    );
  if (value.text.startsWith('!') || /[\s/]/.test(text))
    runCode({ ...value, text }, [], { ...call, walk: forkWalk(call.walk) });
}

function judgeConfig(rest: readonly Argument[], call: Call): void {
  const parsed = parseArguments(rest, {
    values: new Set(['-f', '--file', '--blob', '--type', '--default']),
    style: 'bundled',
  });
  if (hasFlag(parsed, '--get', '--get-all', '--list', '-l', '--get-regexp')) return;
  const [key, value] = parsed.operands[0]?.text === 'set' ? parsed.operands.slice(1) : parsed.operands;
  if (value === undefined || key === undefined) return;
  const isWide = hasFlag(parsed, '--global', '--system');
  if (RUN_KEYS.test(key.text)) {
    runSetting(value, call);
    if (
      /hookspath|sshcommand|fsmonitor|alias|credential|pager|editor/i.test(key.text) &&
      (isWide || /[/!]|sh\b/.test(value.text))
    ) {
      call.walk.report.add(
        'shell.git.persistent-program',
        /hookspath|fsmonitor|sshcommand/i.test(key.text) || value.text.startsWith('!') ? 'destructive' : 'moderate',
        'Makes git run a program from now on.',
        call.at,
        { effects: ['persist', 'exec'] },
      );
    }
  }
}

/** `bisect run`, `submodule foreach`, `rebase --exec`, `filter-branch --tree-filter` run commands. */
function judgeRunning(name: string, rest: readonly Argument[], call: Call): void {
  for (const [index, word] of rest.entries()) {
    const match =
      /^--(?:exec|tree-filter|index-filter|env-filter|msg-filter|commit-filter)(?:=(.*))?$/s.exec(word.text) ??
      (word.text === '-x' ? ['', undefined] : null);
    if (match === null) continue;
    const value = match[1] === undefined ? rest[index + 1] : { ...word, text: match[1] };
    if (value !== undefined) runCode(value, [], call);
  }
  const runAt = rest.findIndex((word) => word.text === 'run' || word.text === 'foreach');
  if ((name === 'bisect' || name === 'submodule') && runAt >= 0) {
    const command = rest.slice(runAt + 1).filter((word) => !/^--(?:recursive|quiet)$/.test(word.text));
    const first = command[0];
    if (name === 'bisect' && command.length > 1)
      call.walk.evaluator.words(command, forkWalk(call.walk, { depth: call.walk.depth + 1 }), NO_FLOW);
    else if (first !== undefined) runCode({ ...first, text: command.map((word) => word.text).join(' ') }, [], call);
  }
}
