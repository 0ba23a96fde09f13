/**
 * Lexical containment of paths, for grants. Pure: it looks at no file system, so symbolic links are the classifier's matter.
 */

import { posix } from 'node:path';

/**
 * True when `path` lies within the folder `folder` and is not the folder itself, after `.` and `..` were worked out.
 * Both are absolute, or both relative. A path that a tool might read in another way than written never lies within:
 * one with a backslash, a control character, a leading `~`, a `$`, a back quote, an encoded dot or slash, white space at an end,
 * a scheme or drive (`file:`, `C:`), or a character that compatibility decomposition turns into a dot or a slash.
 */
export function isStrictlyUnder(path: string, folder: string): boolean {
  if (AMBIGUOUS.test(path) || hasHiddenStructure(path) || folder === '') return false;
  const inner = posix.normalize(path);
  const outer = trimSlash(posix.normalize(folder));
  if (posix.isAbsolute(inner) !== posix.isAbsolute(outer)) return false;
  if (escapes(inner) || escapes(outer)) return false;
  if (outer === '.') return trimSlash(inner) !== '.';
  const base = outer === '/' ? outer : `${outer}/`;
  return inner.startsWith(base) && inner.length > base.length;
}

const AMBIGUOUS = /[\\$`\p{Cc}]|^~|^\s|\s$|^[a-z][a-z0-9+.-]*:|%(?:25|2e|2f|5c)/iu;

/** Full-width and other look-alikes of dots and slashes, which a tool may fold into the real ones. */
function hasHiddenStructure(path: string): boolean {
  return structureOf(path.normalize('NFKC')) !== structureOf(path);
}

function structureOf(path: string): string {
  return path.replace(/[^./\\]/g, '');
}

function trimSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** A relative path that leads out of where it starts from says nothing about where it ends. */
function escapes(path: string): boolean {
  return path === '..' || path.startsWith('../');
}
