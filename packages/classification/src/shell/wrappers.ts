/**
 * Programs that run another program: sudo, env, timeout, xargs, ssh, npx. What they run is judged as if it stood alone,
 * so a wrapper never lowers a level.
 */

import type { Effect, RiskLevel } from '@countersign/core';
import { judgeAssignment } from './environment.js';
import { flagValue, hasFlag, type ParsedArguments, parseArguments } from './flags.js';
import { judgeHostNamespaces } from './handlers/carriers.js';
import { runCode, runInput } from './run-shell.js';
import { type Argument, type Call, type Flow, forkWalk, makeArgument, NO_FLOW, SOME_FLOW } from './walk.js';

/** How a wrapper is taken off. */
export interface Wrapper {
  /** Flags that take a value. */
  readonly values: ReadonlySet<string>;
  /** Operands before the program, such as the time of `timeout`. */
  readonly skip: number;
  /** True where it adds nothing to what the program does, so that a safe command stays safe. */
  readonly transparent: boolean;
  readonly kind: 'plain' | 'env' | 'xargs' | 'joined' | 'remote' | 'dashes' | 'code-flag';
  /** For `code-flag`: flags whose value is run by a shell. */
  readonly code: readonly string[];
  readonly effects: readonly Effect[];
}

function define(
  names: string,
  values = '',
  more: Partial<Omit<Wrapper, 'values'>> = {},
): readonly (readonly [string, Wrapper])[] {
  const wrapper: Wrapper = {
    values: new Set(values.split(' ')),
    skip: 0,
    transparent: false,
    kind: 'plain',
    code: [],
    effects: ['exec'],
    ...more,
  };
  return names.split(' ').map((name) => [name, wrapper] as const);
}

/** The wrappers by name. */
export const WRAPPERS: ReadonlyMap<string, Wrapper> = new Map([
  ...define('sudo', '-u -g -h -p -C -D -R -T -U -r -t --user --group --chdir --chroot --host --prompt', {
    kind: 'env',
  }),
  ...define('doas', '-u -C', { kind: 'env' }),
  ...define('env', '-u -C -S --unset --chdir --split-string --argv0 -a', { kind: 'env', transparent: true }),
  ...define(
    'nohup caffeinate unbuffer fakeroot dbus-run-session rlwrap catchsegv noglob nocorrect gtime builtin eatmydata tsp',
    '-a -s -l -w -t',
    { transparent: false },
  ),
  ...define('setsid'),
  ...define('time', '-f -o --format --output', { transparent: true }),
  ...define('command', '', { transparent: true }),
  ...define('timeout gtimeout', '-k -s --kill-after --signal', { skip: 1, transparent: true }),
  ...define('nice', '-n --adjustment', { transparent: true }),
  ...define('ionice', '-c -n -p -P -u --class --classdata', { transparent: true }),
  ...define('stdbuf', '-i -o -e --input --output --error', { transparent: true }),
  ...define('exec', '-a', { transparent: false }),
  ...define('busybox toybox', '', {}),
  ...define('chroot', '--userspec --groups', { skip: 1 }),
  ...define('unshare nsenter', '-t -S -G -w --target --setuid --setgid --root --wd'),
  ...define('taskset', '', { skip: 1 }),
  ...define('chrt setarch', '', { skip: 1 }),
  ...define('linux32 linux64 coresched watchexec', '-w -e -i -f -d -o -s -t -p'),
  ...define('cpulimit choom uclampset', '-l -p -e -P -n -m -M -a -t -E'),
  ...define('hyperfine concurrently', '-w -r -p -n -S -m -M -k -c', { kind: 'joined' }),
  ...define('sg', '', { skip: 1, kind: 'code-flag', code: ['-c'] }),
  ...define('flock', '-w -E --timeout', { skip: 1, kind: 'code-flag', code: ['-c', '--command'] }),
  ...define('strace ltrace', '-e -o -p -s -u -P -S -a', {}),
  ...define('valgrind perf', '-p -x'),
  ...define('numactl cgexec prlimit', '-g -C -N -m -i -p'),
  ...define('proxychains proxychains4 torsocks torify tsocks', '-f'),
  ...define('gosu su-exec', '', { kind: 'env', skip: 1 }),
  ...define('setpriv', '--reuid --regid --groups --securebits --pdeathsig --inh-caps --ambient-caps --bounding-set'),
  ...define('pkexec', '--user', { kind: 'env' }),
  ...define('systemd-run', '-p -u --unit --property --on-calendar --on-active --uid --gid --slice -E -M', {
    effects: ['exec', 'persist'],
  }),
  ...define(
    'xargs gxargs',
    '-I -n -P -L -s -d -E -a --max-args --max-procs --replace --delimiter --arg-file --max-lines -J -R',
    { kind: 'xargs', transparent: true },
  ),
  ...define('parallel', '-j -N -n -I -a --jobs --colsep --joblog --results -S', { kind: 'xargs' }),
  ...define('watch', '-n --interval -d', { kind: 'joined', transparent: true }),
  ...define('entr', '', {}),
  ...define('script', '-T -O -I -B -E -m', { kind: 'code-flag', code: ['-c', '--command'] }),
  ...define('su runuser', '-s --shell -g -G -w', { kind: 'code-flag', code: ['-c', '--command', '--session-command'] }),
  ...define('nix-shell', '-p -I -A', { kind: 'code-flag', code: ['--run', '--command'] }),
  ...define('ssh slogin autossh', '-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -M', {
    kind: 'remote',
    skip: 1,
    effects: ['exec', 'net.egress'],
  }),
  ...define('mosh', '-p --ssh --port --server --client --predict -a -n -4 -6', {
    kind: 'remote',
    skip: 1,
    effects: ['exec', 'net.egress'],
  }),
  ...define('sshpass', '-p -f -d -P'),
  ...define('vagrant-ssh', '', { kind: 'code-flag', code: ['-c'] }),
  ...define('npx bunx pnpx', '-p --package -c --call', { kind: 'code-flag', code: ['-c', '--call'] }),
  ...define('uvx pipx-run', '--from --with --python -p', {}),
  ...define('dotenv dotenvx aws-vault chamber doppler op infisical envchain', '-e -f -p --env-file', {
    kind: 'dashes',
  }),
  ...define('xvfb-run', '-n -s -e -f -w -a --server-args --server-num'),
  ...define('firejail bwrap proot', '-r -b -w --bind --ro-bind', {}),
  ...define('start-stop-daemon daemonize', '--exec --pidfile --user -p -u'),
]);

/** Judges a wrapper: what it adds, and the command inside. */
export function runWrapper(call: Call, wrapper: Wrapper): Flow {
  const parsed = parseArguments(call.words, { values: wrapper.values, style: 'bundled' }, true);
  const rest = call.words.slice(parsed.used);
  switch (wrapper.kind) {
    case 'env':
      return runEnvironment(call, wrapper, parsed, rest);
    case 'xargs':
      return runXargs(call, wrapper, parsed, rest);
    case 'joined':
      return runInner(call, wrapper, [], joinWords(rest));
    case 'remote':
      return runRemote(call, wrapper, parsed, rest);
    case 'dashes':
      return runInner(call, wrapper, afterDashes(call.words));
    case 'code-flag':
      return runCodeFlag(call, wrapper, rest);
    case 'plain':
      if (call.name === 'nsenter') judgeHostNamespaces(call);
      if (call.name === 'command' && hasFlag(parsed, '-v', '-V')) return SOME_FLOW;
      return runInner(call, wrapper, rest.slice(wrapper.skip));
    default:
      return wrapper.kind satisfies never;
  }
}

function say(call: Call, level: RiskLevel, id: string, text: string, effects: readonly Effect[]): void {
  call.walk.report.add(id, level, text, call.at, { effects, confidence: 0.7 });
}

/** Runs the program inside, given as words or as one text; reports the wrapper itself where it adds something. */
function runInner(call: Call, wrapper: Wrapper, words: readonly Argument[], text?: Argument): Flow {
  const { walk, flow } = call;
  if (!wrapper.transparent)
    say(call, 'moderate', `shell.wrapper.${call.name}`, `Runs a program through ${call.name}.`, wrapper.effects);
  if (text !== undefined) return runCode(text, [], call);
  if (words.length === 0) {
    if (call.name !== 'time')
      say(call, 'moderate', `shell.wrapper.${call.name}`, `Runs ${call.name} by itself.`, wrapper.effects);
    return SOME_FLOW;
  }
  return walk.evaluator.words(words, deeper(call), flow);
}

/** One level down, where functions and aliases of the line no longer count: a wrapper starts a real program. */
function deeper(call: Call): Call['walk'] {
  const walk = forkWalk(call.walk, { depth: call.walk.depth + 1 });
  if (SEES_FUNCTIONS.has(call.name)) return walk;
  walk.functions.clear();
  walk.aliases.clear();
  return walk;
}

const SEES_FUNCTIONS: ReadonlySet<string> = new Set(['time', 'noglob', 'nocorrect']);

function joinWords(words: readonly Argument[]): Argument | undefined {
  const first = words[0];
  if (first === undefined) return undefined;
  return { ...first, end: words.at(-1)?.end ?? first.end, text: words.map((word) => word.text).join(' ') };
}

function afterDashes(words: readonly Argument[]): readonly Argument[] {
  const dashes = words.findIndex((word) => word.text === '--');
  return dashes < 0 ? [] : words.slice(dashes + 1);
}

/** `env A=b program`, `env -S 'program flag'`, `sudo -u x A=b program`. */
function runEnvironment(call: Call, wrapper: Wrapper, parsed: ParsedArguments, rest: readonly Argument[]): Flow {
  const split = flagValue(parsed, '-S', '--split-string');
  const walk = forkWalk(call.walk);
  let index = wrapper.skip;
  for (; index < rest.length; index += 1) {
    const word = rest[index];
    const match = word === undefined ? null : /^([A-Za-z_]\w*)=(.*)$/s.exec(word.text);
    if (word === undefined || match === null) break;
    judgeAssignment({ name: match[1] ?? '', text: match[2] ?? '', isPrefix: true, at: word }, call.walk);
    walk.variables.set(match[1] ?? '', { text: match[2] ?? '', glob: false, opaque: word.opaque });
  }
  const inner = rest.slice(index);
  if (call.name === 'env') {
    if (split !== undefined) return runCode(joinWords([split, ...inner]), [], call);
    if (inner.length > 0) return runInner({ ...call, walk }, wrapper, inner);
    say(call, 'moderate', 'shell.environment-read', 'Shows all environment variables, which often hold secrets.', [
      'secrets.read',
    ]);
    return SOME_FLOW;
  }
  return runAsOther({ ...call, walk }, wrapper, parsed, inner);
}

/** `sudo program`: what it runs, and whether it opens a shell for somebody else. */
function runAsOther(call: Call, wrapper: Wrapper, parsed: ParsedArguments, inner: readonly Argument[]): Flow {
  if (inner.length === 0 && !hasFlag(parsed, '-i', '-s', '--login', '--shell', '-e', '--edit')) {
    say(call, 'moderate', 'shell.privileges', 'Asks for the rights of another user.', ['auth.change']);
    return SOME_FLOW;
  }
  const program = inner[0]?.text ?? '';
  const opensShell =
    inner.length === 0 ||
    (inner.length === 1 && ROOT_SHELL.test(program)) ||
    (/(?:^|\/)su$/.test(program) && !inner.some((word) => word.text === '-c'));
  if (opensShell)
    say(call, 'destructive', 'shell.root-shell', 'Opens a shell with the rights of another user.', [
      'auth.change',
      'exec',
    ]);
  return runInner(call, wrapper, inner);
}

const ROOT_SHELL = /^(?:\/\S*\/)?(?:su|sh|bash|zsh|dash|ksh|fish)$/;

/** `xargs program words...`: what comes in is added to the words, or put where `-I` says. */
function runXargs(call: Call, wrapper: Wrapper, parsed: ParsedArguments, rest: readonly Argument[]): Flow {
  const marker =
    flagValue(parsed, '-I', '--replace', '-J')?.text ??
    (call.name === 'parallel' || hasFlag(parsed, '-i') ? '{}' : undefined);
  const sources = rest.findIndex((word) => /^:::+\+?$/.test(word.text));
  const words = sources < 0 ? rest : rest.slice(0, sources);
  const delimiter = flagValue(parsed, '-d', '--delimiter')?.text;
  const isByLine = marker !== undefined || (delimiter !== undefined && /\n|\\n/.test(delimiter));
  const given = sources < 0 ? fedWords(call, isByLine) : rest.slice(sources + 1);
  if (words.length === 0) return call.name === 'parallel' ? runCode(joinWords(given), [], call) : SOME_FLOW;
  const isReplaced = marker !== undefined && words.some((word) => word.text.includes(marker));
  const fill = given[0]?.text ?? '';
  const isRemote = given[0]?.remote === true;
  const inner = isReplaced ? words.map((word) => replaceIn(word, marker, fill, isRemote)) : [...words, ...given];
  const walk = deeper(call);
  if (!wrapper.transparent)
    say(call, 'moderate', `shell.wrapper.${call.name}`, `Runs a program through ${call.name}.`, wrapper.effects);
  if (call.name === 'parallel' && inner.length === 1) return runCode(joinWords(inner), [], call);
  return walk.evaluator.words(inner, walk, NO_FLOW);
}

function replaceIn(word: Argument, marker: string, fill: string, remote: boolean): Argument {
  if (!word.text.includes(marker)) return word;
  return { ...word, text: word.text.replaceAll(marker, fill), fed: true, ...(remote && { remote }) };
}

function fedWords(call: Call, isByLine: boolean): readonly Argument[] {
  const { flow, at } = call;
  const unknown = makeArgument(flow.rebuildable ? REBUILT : (flow.sample ?? '\0'), at, {
    fed: true,
    remote: flow.remote,
  });
  if (flow.text === undefined) return [unknown];
  const words = flow.text.split(isByLine ? /\n/ : /\s+/, MAX_FED + 2).filter((text) => text !== '');
  const given = words.slice(0, MAX_FED).map((text) => makeArgument(text, at));
  return words.length > MAX_FED ? [...given, unknown] : given;
}

const MAX_FED = 64;
/** Stands for any file that a build makes again. */
export const REBUILT = './node_modules/.cache';

/** `ssh host command`: the words are joined and run by a shell elsewhere. */
function runRemote(call: Call, wrapper: Wrapper, parsed: ParsedArguments, rest: readonly Argument[]): Flow {
  const { walk } = call;
  say(call, 'moderate', 'shell.ssh', 'Connects to another machine.', wrapper.effects);
  if (call.flow.piped) walk.report.markSending(call.at);
  for (const flag of parsed.flags) {
    const command = /^(?:ProxyCommand|LocalCommand|KnownHostsCommand)[= ](.*)$/is.exec(flag.value?.text ?? '');
    if (flag.value !== undefined && command !== null) runCode({ ...flag.value, text: command[1] ?? '' }, [], call);
    if (flag.name === '-R')
      say(call, 'destructive', 'shell.ssh-reverse-tunnel', 'Opens a way from another machine into this one.', [
        'net.listen',
        'net.egress',
      ]);
  }
  const command = joinWords(rest.slice(rest[1]?.text === '--' ? 2 : 1));
  const elsewhere = forkWalk(walk, { cwd: null });
  if (command === undefined) {
    if (call.flow.piped) runInput({ ...call, walk: elsewhere });
    return { ...SOME_FLOW, remote: true };
  }
  runCode(command, [], { ...call, walk: elsewhere });
  return { ...SOME_FLOW, remote: true };
}

/** `su -c 'text'`, `flock file program`, `npx -c 'text'`, `npx program`. */
function runCodeFlag(call: Call, wrapper: Wrapper, rest: readonly Argument[]): Flow {
  const isUserSwitch = call.name === 'su' || call.name === 'runuser';
  const own = call.words.length - rest.length + wrapper.skip;
  const index = call.words.findIndex(
    (word, at) => (at <= own || OWN_OPERANDS.has(call.name)) && isCodeFlag(word.text, wrapper),
  );
  const given = call.words[index];
  if (given !== undefined) {
    const equals = given.text.indexOf('=');
    const text = equals > 0 ? { ...given, text: given.text.slice(equals + 1) } : call.words[index + 1];
    return runInner(call, wrapper, [], text);
  }
  if (!isUserSwitch) return runInner(call, wrapper, rest.slice(wrapper.skip));
  const inner = afterDashes(call.words);
  if (inner.length > 0) return runInner(call, wrapper, inner);
  say(call, 'destructive', 'shell.root-shell', 'Opens a shell with the rights of another user.', [
    'auth.change',
    'exec',
  ]);
  return SOME_FLOW;
}

/** Wrappers whose operands are never a program, so that their flag for code may stand anywhere. */
const OWN_OPERANDS: ReadonlySet<string> = new Set(['su', 'sg', 'runuser', 'script', 'nix-shell', 'vagrant-ssh']);

function isCodeFlag(text: string, wrapper: Wrapper): boolean {
  return wrapper.code.some(
    (flag) =>
      text === flag ||
      (flag.startsWith('--')
        ? text.startsWith(`${flag}=`)
        : text.endsWith(flag.slice(1)) && /^-[A-Za-z]{2,4}$/.test(text)),
  );
}
