/**
 * What kind of place a path is: the workspace, a temporary folder, the system, a secret, our own files. Pure.
 */

import type { AnalyzerContext } from '../signal.js';
import { matchesPattern } from './pattern.js';
import {
  NAMELESS_HOME,
  NAMELESS_OUTSIDE,
  NAMELESS_WORKSPACE,
  type ResolvedPath,
  resolvePath,
  UNKNOWN,
  UNKNOWN_FOLDER,
} from './resolve-path.js';

/**
 * The kinds of places. `guard`: our own database, keys and configuration; `accounts`: who may log in and become root;
 * `startup`: run by itself later (shell rc files, hooks, cron, services); `vcs`: inside `.git`; the `-root` kinds: that
 * folder itself, or everything in it; `sink`: `/dev/null` and the standard streams; `kernel`: `/proc` and `/sys`;
 * `network`: bash's `/dev/tcp`; `unknown`: the start of the path isn't known.
 */
export type PathClass =
  | 'guard'
  | 'accounts'
  | 'secret'
  | 'startup'
  | 'vcs'
  | 'root'
  | 'system-root'
  | 'system'
  | 'home-root'
  | 'home'
  | 'workspace-root'
  | 'workspace'
  | 'temp-root'
  | 'temp'
  | 'outside'
  | 'device'
  | 'sink'
  | 'kernel'
  | 'network'
  | 'unknown';

/** The analyzer context, and the folder that relative paths start from (the workspace when absent, unknown when null). */
export interface PathContext extends AnalyzerContext {
  readonly cwd?: string | null;
}

/** Says what kind of place a path is. A pattern such as `/etc/*` is the place it spreads over. */
export function classifyPath(path: string, context: PathContext): PathClass {
  return classifyResolved(resolvePath(path, context), context);
}

/** The same for a path that is already resolved. */
export function classifyResolved(resolved: ResolvedPath, context: PathContext): PathClass {
  const { absolute } = resolved;
  const lower = absolute.toLowerCase();
  const special = classifySpecial(lower, context) ?? classifyAbove(lower, context);
  if (special !== undefined) return special;
  const spread = absolute.replace(WHOLE_FOLDER, '') || '/';
  const place = classifyRoots(spread, context) ?? classifySystem(spread.toLowerCase());
  if (place !== undefined) return place;
  if (lower.startsWith(UNKNOWN_FOLDER) || absolute.startsWith(`/${UNKNOWN}`)) return 'unknown';
  return /^\/(?:home|users)\/[^/]+\//.test(lower) ? 'home' : 'outside';
}

/** `/x/*`, `/x/.*`, `/x/**`, `/x/{*,.*}` spread over all of `/x`. */
const WHOLE_FOLDER = /\/(?:\.?\*+|\.\[!?\^?\.\]\*|\*\.\*)(?:\/(?:\.?\*+|\*\.\*))*$/;

function classifySpecial(lower: string, context: PathContext): PathClass | undefined {
  if (isGuardPath(lower, context)) return 'guard';
  if (lower.startsWith('/dev/')) return classifyDevice(lower);
  if (ACCOUNTS.test(lower)) return 'accounts';
  if (SECRET.test(lower) && !PUBLIC_HALF.test(lower)) return 'secret';
  if (STARTUP.test(lower)) return 'startup';
  if (/\/\.git(?:\/|$)/.test(lower)) return 'vcs';
  return /^\/(?:proc|sys)(?:\/|$)/.test(lower) ? classifyKernel(lower) : undefined;
}

function classifyKernel(lower: string): PathClass {
  return /^\/proc\/[^/]+\/(?:environ|mem|cmdline|fd|maps)/.test(lower) ? 'secret' : 'kernel';
}

/** Above a workspace that has no name, any folder may be the root. */
function classifyAbove(lower: string, context: PathContext): PathClass | undefined {
  const isAbove = lower.startsWith(`${NAMELESS_OUTSIDE}/`) && !lower.startsWith(NAMELESS_WORKSPACE);
  return isAbove ? classifySpecial(lower.slice(NAMELESS_OUTSIDE.length), context) : undefined;
}

function isGuardPath(lower: string, context: PathContext): boolean {
  if (GUARD.test(lower) || (/[*?[]/.test(lower) && matchesGuard(lower))) return true;
  return context.guardPaths.some((guard) => {
    const path = guard.toLowerCase();
    return lower === path || lower.startsWith(`${path}/`) || lower.startsWith(`${path}-`);
  });
}

/** A pattern that spells out part of a name of ours, such as `.counter*`, may become that name. */
function matchesGuard(lower: string): boolean {
  return lower
    .split('/')
    .some(
      (segment) =>
        segment.length <= MAX_PATTERN &&
        /[*?[]/.test(segment) &&
        /[a-z]{2}/.test(segment) &&
        GUARD_NAMES.some((name) => matchesPattern(name, segment)),
    );
}

const MAX_PATTERN = 64;
/** `*.db` and `*.yaml` name no file of ours in particular. */
const GUARD_NAMES = ['.countersign', 'agent-audit.d', 'audit.ya', 'countersign.ya'] as const;

/** Our own folder and files wherever they are; `-wal` and `-shm` stand beside the database. */
const GUARD = /\/\.countersign(?:\/|$)|\/(?:agent-audit\.db[^/]*|audit\.ya?ml|countersign\.(?:ya?ml|json))$/;

function classifyDevice(lower: string): PathClass {
  if (/^\/dev\/(?:tcp|udp)\//.test(lower)) return 'network';
  if (/^\/dev\/(?:null|zero|full|stdin|stdout|stderr|tty|u?random|fd\/\d+|ptmx|pts\/\d+)$/.test(lower)) return 'sink';
  return lower.startsWith('/dev/shm/') ? 'temp' : 'device';
}

const ACCOUNTS =
  /^\/etc\/(?:g?shadow-?|passwd-?|group-?|sudoers(?:\.d)?(?:\/.*)?|pam\.d(?:\/.*)?|security\/.*|ssh\/(?:sshd_config.*|ssh_host_[^/]*key)|krb5\.keytab|master\.passwd|doas\.conf|polkit-1\/.*)$|\/\.ssh\/authorized_keys2?$|^\/c:\/windows\/system32\/config(?:\/|$)/;

const SECRET = new RegExp(
  [
    '/\\.(?:ssh|gnupg|aws|azure|kube|password-store|oci|1password)(?:/|$)',
    '/\\.(?:netrc|pgpass|my\\.cnf|npmrc|pypirc|git-credentials|s3cfg|boto|htpasswd|vault-token|dockercfg|terraformrc|rhosts|secrets?)$',
    '/\\.env(?:$|\\.(?!example|sample|template|dist|defaults)[^/]*$)',
    '/\\.config/(?:gcloud|gh|hub|op|sops|doctl|hcloud)(?:/|$)',
    '/\\.docker/config\\.json$',
    '/\\.cargo/credentials(?:\\.toml)?$',
    '/\\.(?:bash|zsh|python|psql|mysql|node_repl|sqlite)_?history$',
    '/id_(?:rsa|dsa|ecdsa|ed25519)[^/]*$',
    '\\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc\\.key|tfvars|tfstate)$',
    '/(?:credentials?|secrets?|service[-_]?account[^/]*|client_secret[^/]*|master\\.key|private[-_]?key[^/]*)(?:\\.(?:json|ya?ml|toml|txt|ini|csv|env|enc|xml|properties))?$',
    '^/run/secrets(?:/|$)',
    '^/var/run/secrets(?:/|$)',
    '/(?:login data|cookies|key4\\.db|logins\\.json|cookies\\.sqlite)$',
    '/library/keychains(?:/|$)',
    '^/etc/(?:ssl/private|kubernetes/(?:pki|admin\\.conf)|letsencrypt/(?:live|archive)|wireguard|openvpn)(?:/|$)',
    '/appdata/(?:[^/]+/)?microsoft/(?:credentials|protect)(?:/|$)',
  ].join('|'),
);
const PUBLIC_HALF = /\.pub$|\/\.ssh\/(?:known_hosts|config)$/;

const STARTUP = new RegExp(
  [
    '/\\.(?:bashrc|bash_profile|bash_login|bash_logout|bash_aliases|profile|zshrc|zshenv|zprofile|zlogin|zlogout|cshrc|tcshrc|kshrc|inputrc|xinitrc|xprofile|xsession|vimrc|gitconfig|npmrc|pythonrc|irbrc|pryrc|gdbinit|tmux\\.conf|screenrc|envrc|curlrc|wgetrc)$',
    '/\\.config/(?:fish|autostart|systemd|git|nvim|environment\\.d|powershell)(?:/|$)',
    '/\\.git/(?:hooks(?:/|$)|config$|info/attributes$)',
    '/\\.husky(?:/|$)',
    '/\\.(?:claude|cursor|codex|gemini|continue|windsurf|roo|kiro)(?:/|$)',
    '/\\.vscode/(?:settings|tasks|launch|mcp)\\.json$',
    '/\\.(?:mcp|claude)\\.json$',
    '/\\.github/workflows(?:/|$)',
    '/\\.(?:gitlab-ci|pre-commit-config)\\.yml$',
    '/\\.circleci(?:/|$)',
    '^/etc/(?:cron[^/]*|profile(?:\\.d)?|bash\\.bashrc|bashrc|zsh[^/]*|environment|rc\\.local|rc\\d?\\.d|init(?:\\.d)?|inittab|systemd|ld\\.so\\.(?:preload|conf(?:\\.d)?)|udev|xdg/autostart|modules-load\\.d|modprobe\\.d|update-motd\\.d|anacrontab|apt/apt\\.conf\\.d|NetworkManager/dispatcher\\.d|profile)(?:/|$)',
    '^/var/spool/(?:cron|at)(?:/|$)',
    '^/(?:usr/)?lib/systemd(?:/|$)',
    '/library/launch(?:agents|daemons)(?:/|$)',
    '/start menu/programs/startup(?:/|$)',
    '/microsoft\\.powershell_profile\\.ps1$',
  ].join('|'),
  'i',
);

/** Roots that the context names; the longest that contains the path wins, so a workspace under /tmp is a workspace. */
function classifyRoots(path: string, context: PathContext): PathClass | undefined {
  const workspace = context.workspace ?? NAMELESS_WORKSPACE;
  if (path === workspace) return 'workspace-root';
  if (path.startsWith(`${workspace}/`)) return 'workspace';
  if (path.startsWith(NAMELESS_OUTSIDE)) return 'outside';
  if (isUnderTemp(path, context)) return isTempRoot(path, context) ? 'temp-root' : 'temp';
  if (workspace.startsWith(`${path}/`) && path.lastIndexOf('/') > 0) {
    return path === context.home || HOME_FOLDER.test(path) ? 'home-root' : 'outside';
  }
  const home = context.home ?? NAMELESS_HOME;
  if (path === home || HOME_FOLDER.test(path)) return 'home-root';
  return path.startsWith(`${home}/`) ? 'home' : undefined;
}

const HOME_FOLDER = /^\/(?:home(?:\/[^/]+)?|root|users(?:\/[^/]+)?|c:\/users(?:\/[^/]+)?)$/i;
const TEMP_FOLDERS = ['/tmp', '/var/tmp', '/c:/windows/temp', '/c:/temp'] as const;
const MAC_TEMP = /^\/var\/folders\/[^/]+\/[^/]+\/t(?:\/|$)|\/appdata\/local\/temp(?:\/|$)/i;

function isUnderTemp(path: string, context: PathContext): boolean {
  const isUnder = (root: string) => path === root || path.startsWith(`${root}/`);
  return TEMP_FOLDERS.some(isUnder) || context.tempRoots.some(isUnder) || MAC_TEMP.test(path);
}

/** `/tmp` itself, and `/tmp/$x`, which is `/tmp` when `x` is empty. */
function isTempRoot(path: string, context: PathContext): boolean {
  const folder = path.replace(EMPTY_WHEN_UNSET, '');
  return [...TEMP_FOLDERS, ...context.tempRoots].includes(folder);
}

/** NUL stands for a part that isn't known. */
const EMPTY_WHEN_UNSET = /(?:\/\0)+$/;

function classifySystem(lower: string): PathClass | undefined {
  if (lower === '/' || /^\/[a-z]:$/.test(lower)) return 'root';
  if (SYSTEM_ROOT.test(lower)) return 'system-root';
  return SYSTEM.test(lower) ? 'system' : undefined;
}

const SYSTEM_NAMES =
  'etc|usr|bin|sbin|lib|lib32|lib64|libx32|boot|var|opt|root|srv|run|system|library|applications|efi|nix|snap|c:/windows|c:/program ?files(?: \\(x86\\))?|c:/programdata';
const SYSTEM_ROOT = new RegExp(
  `^/(?:${SYSTEM_NAMES}|usr/(?:bin|lib|sbin|lib64|local|share)|var/(?:lib|log)|boot/efi|c:/windows/system32)$`,
);
const SYSTEM = new RegExp(`^/(?:${SYSTEM_NAMES})/`);
