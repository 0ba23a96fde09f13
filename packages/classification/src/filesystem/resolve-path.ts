/**
 * Where a path leads, by its text alone: `..`, `~`, `$HOME`, `/proc/self/root`, Windows forms. Pure: no disk is
 * looked at, so symbolic links are not followed.
 */

/** Stands in a text for a part whose value isn't known, such as an unset variable. NUL can't occur in a real path. */
export const UNKNOWN = '\0';

/** What a path is resolved against. */
export interface ResolveContext {
  readonly workspace?: string;
  readonly home?: string;
  readonly tempRoots: readonly string[];
  /** The folder relative paths start from; the workspace when absent, an unknown place when null. */
  readonly cwd?: string | null;
}

/** A path without `.`, `..`, doubled or trailing slashes. */
export interface ResolvedPath {
  /** Absolute; starts with one of the stand-ins below where the real start isn't known. */
  readonly absolute: string;
  /** True for a path that was written relative to the folder the command runs in. */
  readonly relative: boolean;
}

/** Stand-in for the workspace where the context names none. */
export const NAMELESS_WORKSPACE = '/<outside>/<workspace>';
/** Stand-in for the home folder where the context names none. */
export const NAMELESS_HOME = '/<home>';
/** Stand-in for a folder that isn't known, such as after `cd "$x"`. */
export const UNKNOWN_FOLDER = '/<unknown>';
/** What lies above a nameless workspace. */
export const NAMELESS_OUTSIDE = '/<outside>';

/** Resolves a path by its text. A part that isn't known stays as `UNKNOWN`. */
export function resolvePath(path: string, context: ResolveContext): ResolvedPath {
  const plain = isPlainRelative(path) ? path : expandPrefix(path, context);
  if (plain.startsWith('/')) return { absolute: normalise(leaveProc(plain)), relative: false };
  if (plain.startsWith(UNKNOWN)) return { absolute: normalise(`${UNKNOWN_FOLDER}/${plain}`), relative: false };
  const base = context.cwd === null ? UNKNOWN_FOLDER : (context.cwd ?? context.workspace ?? NAMELESS_WORKSPACE);
  return { absolute: normalise(`${base}/${plain}`), relative: true };
}

/** Whether a resolved path lies in a folder that a build makes again, such as `node_modules`. */
export function isRebuildable(resolved: ResolvedPath, context: ResolveContext): boolean {
  const root = context.workspace ?? NAMELESS_WORKSPACE;
  if (!resolved.absolute.startsWith(`${root}/`)) return false;
  const segments = resolved.absolute.slice(root.length + 1).split('/');
  const last = segments.at(-1) ?? '';
  return (
    segments.some((segment) => REBUILDABLE_FOLDERS.has(segment)) ||
    REBUILDABLE_FILE.test(last) ||
    CMAKE_FOLDER.test(last)
  );
}

const REBUILDABLE_FOLDERS: ReadonlySet<string> = new Set(
  (
    'node_modules dist build out target coverage .next .nuxt .output .cache .turbo .parcel-cache .vite .svelte-kit .angular ' +
    '.nyc_output __pycache__ .pytest_cache .mypy_cache .ruff_cache .tox .nox .venv venv htmlcov .eggs .gradle .dart_tool ' +
    'DerivedData Pods CMakeFiles _build .terraform .serverless .webpack storybook-static test-results playwright-report ' +
    'bower_components tmp temp .tmp obj .eslintcache .sass-cache .docusaurus .expo elm-stuff deps_build .stack-work dist-newstyle'
  ).split(' '),
);

const REBUILDABLE_FILE =
  /^(\*?\.?[\w*?-]*\.(pyc|pyo|o|obj|class|tmp|temp|swp|swo|tsbuildinfo|gcda|gcno|bak|orig|log)|\.DS_Store|Thumbs\.db|[\w*-]+\.egg-info|npm-debug\.log\*?|package-lock\.json|yarn\.lock|pnpm-lock\.yaml)$/;
const CMAKE_FOLDER = /^cmake-build-[\w*-]+$/;

function isPlainRelative(path: string): boolean {
  const first = path.charCodeAt(0);
  const isWordStart = (first >= 97 && first <= 122) || first === 46;
  return isWordStart && !path.includes(':') && !path.includes('\\');
}

/** Turns `~`, variables and Windows forms at the start of a path into an absolute POSIX form. */
function expandPrefix(path: string, context: ResolveContext): string {
  const home = context.home ?? NAMELESS_HOME;
  const text = path.startsWith('file://') ? path.slice('file://'.length).replace(/^localhost/, '') : path;
  if (text === '~' || text.startsWith('~/')) return home + text.slice(1);
  const user = /^~([A-Za-z_][\w.-]*)(.*)$/s.exec(text);
  if (user) return (user[1] === 'root' ? '/root' : `/home/${user[1]}`) + user[2];
  const variable = PATH_VARIABLE.exec(text);
  if (variable) {
    const rest = text.slice(variable[0].length).replaceAll('\\', '/');
    return variableFolder((variable[1] ?? variable[2] ?? variable[3] ?? '').toLowerCase(), home, context) + rest;
  }
  return expandWindows(text);
}

const PATH_VARIABLE =
  /^(?:%(userprofile|home|homepath|temp|tmp|appdata|localappdata|systemroot|windir|systemdrive|programfiles|programdata)%|\$\{?(?:env:)?(home|tmpdir|pwd)\b\}?|\$\{?env:(userprofile|homepath|temp|tmp|appdata|localappdata|systemroot|windir|systemdrive|programfiles|programdata)\b\}?)/i;

function variableFolder(name: string, home: string, context: ResolveContext): string {
  switch (name) {
    case 'home':
    case 'userprofile':
    case 'homepath':
      return home;
    case 'appdata':
    case 'localappdata':
      return `${home}/AppData`;
    case 'temp':
    case 'tmp':
    case 'tmpdir':
      return context.tempRoots[0] ?? '/tmp';
    case 'pwd':
      return context.cwd ?? context.workspace ?? NAMELESS_WORKSPACE;
    case 'systemdrive':
      return '/c:';
    case 'programfiles':
    case 'programdata':
      return `/c:/${name}`;
    default:
      return '/c:/windows';
  }
}

/** `C:\x`, `\\?\C:\x`, `\\server\share`, `\??\C:\x` as `/c:/x` and `//server/share`; a stream name after `:` is cut. */
function expandWindows(text: string): string {
  const device = /^(?:\\\\[?.]\\|\\\?\?\\|\/\/[?.]\/)(?:UNC[\\/])?/i.exec(text);
  const bare = device ? text.slice(device[0].length) : text;
  const drive = /^([A-Za-z]):(?=[\\/]|$)(.*)$/s.exec(bare);
  if (drive) return `/${drive[1]?.toLowerCase()}:${(drive[2] ?? '').replaceAll('\\', '/').replace(/:+\$?\w*$/, '')}`;
  if (bare.startsWith('\\')) return bare.replaceAll('\\', '/');
  return bare.includes('\\') && !bare.includes('/') ? bare.replaceAll('\\', '/') : bare;
}

/** `/proc/self/root/etc` is `/etc`; `/private/tmp` is `/tmp` on macOS. */
function leaveProc(path: string): string {
  let rest = path;
  for (let i = 0; i < MAX_PROC_HOPS; i += 1) {
    const match =
      /^\/+(?:\.\/+)*(?:proc\/+(?:self|thread-self|\d+|\0)\/+(?:task\/+\d+\/+)?root|private(?=\/+(?:tmp|etc|var)))(?=\/|$)/.exec(
        rest,
      );
    if (!match) return rest;
    rest = rest.slice(match[0].length) || '/';
  }
  return rest;
}

const MAX_PROC_HOPS = 8;

function normalise(path: string): string {
  if (!NEEDS_NORMALISING.test(path)) return path;
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '' || segment === '.') continue;
    if (segment !== '..') segments.push(segment);
    else if (segments.length > 0 && !isStandIn(segments)) segments.pop();
  }
  return leaveProc(`/${segments.join('/')}`);
}

/** `..` doesn't lead above a place that has no name. */
function isStandIn(segments: readonly string[]): boolean {
  const last = segments.at(-1);
  return segments.length === 1 && (last === '<outside>' || last === '<unknown>');
}

const NEEDS_NORMALISING = /\/(?:\.{0,2}(?:\/|$))/;
