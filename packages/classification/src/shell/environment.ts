/**
 * Environment variables that change what later commands run. Pure but for the report.
 */

import type { Span } from './shell-ast.js';
import { NO_FLOW, type Walk } from './walk.js';

/** A variable that is set. */
export interface SetVariable {
  readonly name: string;
  readonly text: string;
  /** True where it stands before a command, or is exported, so that a program sees it. */
  readonly isPrefix: boolean;
  readonly at: Span;
}

/** Reports what setting a variable comes to. */
export function judgeAssignment(set: SetVariable, walk: Walk): void {
  const { name, text, isPrefix, at } = set;
  if (CODE_LOADING.test(name)) {
    walk.report.add(
      'shell.env.code-loading',
      'destructive',
      'Sets a variable that makes other programs load code.',
      at,
      { effects: ['exec', 'persist'] },
    );
    return;
  }
  if (COMMAND_VALUED.test(name)) {
    if (HARMLESS_COMMANDS.has(text)) return;
    // `LESSOPEN` begins with `|`, `||` or `-` where it writes into a pipe.
    walk.evaluator.text(name === 'LESSOPEN' ? text.replace(/^\|{0,2}-?/, '') : text, walk, NO_FLOW, at);
    walk.report.add('shell.env.command', 'moderate', 'Sets a variable that other programs run as a command.', at, {
      effects: ['exec'],
    });
    return;
  }
  if (HISTORY.test(name) && /^(?:\/dev\/null|0|)$/.test(text)) {
    reportHistory(at, walk);
    return;
  }
  if (name === 'PATH' && /^(?:\/tmp|\/var\/tmp|\/dev\/shm)\b/.test(text)) {
    const sentence = 'Lets programs in a folder that anybody may write to stand in for those of the system.';
    walk.report.add('shell.env.path', 'destructive', sentence, at, { effects: ['exec'] });
    return;
  }
  if (name === 'PATH' || name === 'IFS' || INFLUENTIAL.test(name)) {
    walk.report.add('shell.env.influence', 'moderate', 'Sets a variable that changes how other programs behave.', at);
    return;
  }
  if (isPrefix && !HARMLESS.test(name)) {
    walk.report.add(
      'shell.env.unproven',
      'moderate',
      'Sets a variable for a program, with an effect that is not known.',
      at,
      { confidence: 0.6 },
    );
  }
}

/** Says that the shell no longer remembers what was run. */
export function reportHistory(at: Span, walk: Walk): void {
  walk.report.add('shell.history-off', 'destructive', 'Switches off the record of commands that were run.', at, {
    effects: ['guard.tamper'],
  });
}

/** Variables without which a shell keeps no record of its commands. */
export const HISTORY = /^HIST(?:FILE|SIZE|FILESIZE)$/;

const CODE_LOADING =
  /^(?:LD_PRELOAD|LD_LIBRARY_PATH|LD_AUDIT|DYLD_\w+|BASH_ENV|PROMPT_COMMAND|PERL5OPT|PYTHONSTARTUP|GIT_EXEC_PATH|GCONV_PATH|SHELLOPTS|BASHOPTS|BASH_FUNC_.*)$/;
const COMMAND_VALUED =
  /^(?:(?:GIT_|MAN|SYSTEMD_|AWS_|GH_|BAT_|PSQL_)?PAGER|EDITOR|VISUAL|(?:GIT_|KUBE_|FC|SUDO_)_?EDITOR|GIT_SEQUENCE_EDITOR|GIT_SSH(?:_COMMAND)?|GIT_EXTERNAL_DIFF|GIT_ASKPASS|SSH_ASKPASS|SUDO_ASKPASS|GIT_PROXY_COMMAND|LESSOPEN|LESSCLOSE|BROWSER|RSYNC_RSH|CVS_RSH|SVN_SSH|TAR_OPTIONS|MAKEFLAGS)$/;
const HARMLESS_COMMANDS: ReadonlySet<string> = new Set([
  '',
  'cat',
  'less',
  'more',
  'true',
  'vim',
  'vi',
  'nano',
  'less -R',
  'less -FRX',
  'echo',
  ':',
]);
const INFLUENTIAL =
  /^(?:LD_\w+|GIT_\w+|BASH\w*|ENV|PYTHON(?!UNBUFFERED|DONTWRITEBYTECODE)\w*|PERL\w*|RUBY(?:OPT|LIB)|GEM_\w+|NODE_(?:OPTIONS|PATH|EXTRA_CA_CERTS|TLS_REJECT_UNAUTHORIZED)|_?JAVA_\w+|JDK_\w+|MAVEN_\w+|GRADLE_\w+|npm_\w+|NPM_\w+|PIP_\w+|CARGO_\w+|RUSTC\w*|RUSTFLAGS|GO(?:FLAGS|PROXY|PATH|ROOT)|CC|CXX|LESS|SHELL|HOME|PWD|OLDPWD|PS[0-4]|CDPATH|FPATH|ZDOTDIR|TERMINFO\w*|\w*_proxy|\w*_PROXY|SSL_CERT\w*|CURL_\w+|REQUESTS_CA_BUNDLE|DOCKER_\w+|KUBECONFIG|AWS_(?!PROFILE|REGION|DEFAULT_REGION|DEFAULT_OUTPUT)\w+|SSH_\w+|XDG_\w+|GCONV\w*|HISTFILE|MALLOC_\w+)$/;
const HARMLESS =
  /^(?:LC_\w+|LANG|LANGUAGE|TZ|NO_COLOR|FORCE_COLOR|CLICOLOR\w*|TERM|COLUMNS|LINES|CI|NODE_ENV|DEBUG|RUST_BACKTRACE|RUST_LOG|PYTHONUNBUFFERED|PYTHONDONTWRITEBYTECODE|AWS_PROFILE|AWS_REGION|AWS_DEFAULT_REGION|AWS_DEFAULT_OUTPUT|LOG_LEVEL|VERBOSE|[a-z_][a-z0-9_]*)$/;
