/**
 * How risky it is to read, write or delete at a kind of place. Pure: one table of sentences for paths in arguments and
 * paths in commands alike.
 */

import type { Effect, RiskLevel } from '@countersign/core';
import type { PathClass } from './path-class.js';

/**
 * What is done at a path. `list`: names and sizes only; `change`: owner, mode or times; `move`: taken away from there;
 * `delete`: one file; `delete-tree`: a folder with all it holds.
 */
export type PathAccess = 'list' | 'read' | 'write' | 'change' | 'move' | 'delete' | 'delete-tree';

/** What a place and an access come to; undefined parts mean nothing worth saying. */
export interface PathVerdict {
  readonly id: string;
  readonly level: RiskLevel;
  readonly text: string;
  readonly effects: readonly Effect[];
  readonly reversible: boolean | 'unknown';
  readonly alternative?: string;
}

/** Whether a workspace was declared: reading and deleting elsewhere then goes out of bounds. */
export interface PathScope {
  readonly scoped: boolean;
}

/** The verdict for an access at a kind of place. */
export function pathVerdict(place: PathClass, access: PathAccess, { scoped }: PathScope): PathVerdict {
  switch (access) {
    case 'list':
      return make('path.list', 'safe', 'Lists files.', ['fs.read'], true);
    case 'read':
      return readVerdict(place, scoped);
    case 'write':
    case 'change':
      return writeVerdict(place);
    case 'move':
    case 'delete':
      return deleteVerdict(place, scoped);
    case 'delete-tree':
      return deleteTreeVerdict(place);
    default:
      return access satisfies never;
  }
}

function make(
  id: string,
  level: RiskLevel,
  text: string,
  effects: readonly Effect[],
  reversible: boolean | 'unknown' = 'unknown',
): PathVerdict {
  return { id, level, text, effects, reversible };
}

function readVerdict(place: PathClass, scoped: boolean): PathVerdict {
  switch (place) {
    case 'secret':
    case 'accounts':
      return make(
        'path.secret-read',
        'moderate',
        'Reads a file that usually holds secrets.',
        ['fs.read', 'secrets.read'],
        true,
      );
    case 'guard':
      return make(
        'guard.read',
        'moderate',
        'Reads the files of the audit log itself.',
        ['fs.read', 'secrets.read'],
        true,
      );
    case 'device':
      return make('path.device-read', 'moderate', 'Reads a device directly.', ['fs.read'], true);
    case 'network':
      return make('path.network', 'destructive', 'Opens a network connection through the shell.', ['net.egress']);
    case 'startup':
    case 'unknown':
      return make('path.unproven-read', 'moderate', 'Reads a file that may hold private settings.', ['fs.read'], true);
    case 'home':
    case 'outside':
      if (scoped)
        return make('path.outside-read', 'moderate', 'Reads a file outside the workspace.', ['fs.read'], true);
      return make('path.read', 'safe', 'Reads a file.', ['fs.read'], true);
    default:
      return make('path.read', 'safe', 'Reads a file.', ['fs.read'], true);
  }
}

function writeVerdict(place: PathClass): PathVerdict {
  switch (place) {
    case 'guard':
      return make(
        'guard.write',
        'critical',
        'Changes the files of the audit log or its configuration.',
        ['fs.write', 'guard.tamper'],
        false,
      );
    case 'accounts':
      return make('path.accounts-write', 'critical', 'Changes who may log in or become root.', [
        'fs.write',
        'auth.change',
      ]);
    case 'device':
      return make(
        'path.device-write',
        'critical',
        'Writes straight to a device, which can destroy all data on it.',
        ['fs.write', 'data.delete'],
        false,
      );
    case 'startup':
      return make('path.startup-write', 'destructive', 'Changes a file that is run or obeyed by itself later.', [
        'fs.write',
        'persist',
      ]);
    case 'root':
    case 'system-root':
    case 'system':
    case 'kernel':
      return make('path.system-write', 'destructive', 'Changes a file of the operating system.', ['fs.write']);
    case 'vcs':
      return make('path.vcs-write', 'destructive', 'Changes the inner files of the repository.', [
        'fs.write',
        'vcs.rewrite',
      ]);
    case 'network':
      return make('path.network', 'destructive', 'Sends data over the network through the shell.', ['net.egress']);
    case 'sink':
      return make('path.sink', 'safe', 'Writes to a standard stream.', [], true);
    case 'secret':
      return make('path.secret-write', 'moderate', 'Changes a file that usually holds secrets.', [
        'fs.write',
        'auth.change',
      ]);
    case 'home':
    case 'home-root':
    case 'outside':
    case 'unknown':
      return make('path.outside-write', 'moderate', 'Writes a file outside the workspace.', ['fs.write']);
    default:
      return make('path.write', 'moderate', 'Writes a file.', ['fs.write']);
  }
}

function deleteVerdict(place: PathClass, scoped: boolean): PathVerdict {
  const common = protectedDelete(place);
  if (common !== undefined) return common;
  if (place === 'secret') {
    return make(
      'path.secret-delete',
      'destructive',
      'Deletes a file that usually holds secrets.',
      ['fs.delete', 'data.delete'],
      false,
    );
  }
  if (place === 'temp-root' || place === 'workspace-root') {
    return make(
      'path.delete-all',
      'destructive',
      'Deletes everything in this folder.',
      ['fs.delete', 'data.delete'],
      false,
    );
  }
  if (place === 'home' || place === 'outside') {
    const level = scoped ? 'destructive' : 'moderate';
    return make('path.outside-delete', level, 'Deletes a file outside the workspace.', ['fs.delete'], false);
  }
  if (place === 'sink') return make('path.sink', 'moderate', 'Touches a standard stream.', ['fs.delete']);
  return make('path.delete', 'moderate', 'Deletes a file.', ['fs.delete'], false);
}

function deleteTreeVerdict(place: PathClass): PathVerdict {
  const common = protectedDelete(place);
  if (common !== undefined) return common;
  if (place === 'temp')
    return make('path.temp-delete-tree', 'moderate', 'Deletes a temporary folder.', ['fs.delete'], false);
  return make(
    'path.delete-tree',
    'destructive',
    'Deletes a folder and all it holds.',
    ['fs.delete', 'data.delete'],
    false,
  );
}

/** Places where deleting one file is as bad as deleting many. */
function protectedDelete(place: PathClass): PathVerdict | undefined {
  switch (place) {
    case 'guard':
      return make('guard.delete', 'critical', 'Deletes files of the audit log.', ['fs.delete', 'guard.tamper'], false);
    case 'root':
      return make(
        'path.root-delete',
        'critical',
        'Deletes everything on the disk.',
        ['fs.delete', 'data.delete'],
        false,
      );
    case 'system-root':
      return make(
        'path.system-root-delete',
        'critical',
        'Deletes a whole folder of the operating system.',
        ['fs.delete', 'data.delete'],
        false,
      );
    case 'home-root':
      return make('path.home-delete', 'critical', 'Deletes a whole home folder.', ['fs.delete', 'data.delete'], false);
    case 'accounts':
      return make(
        'path.accounts-delete',
        'critical',
        'Deletes who may log in or become root.',
        ['fs.delete', 'auth.change'],
        false,
      );
    case 'device':
      return make('path.device-delete', 'critical', 'Removes or wipes a device.', ['fs.delete', 'data.delete'], false);
    case 'system':
    case 'kernel':
      return make(
        'path.system-delete',
        'destructive',
        'Deletes a file of the operating system or its services.',
        ['fs.delete', 'data.delete'],
        false,
      );
    case 'startup':
      return make(
        'path.startup-delete',
        'destructive',
        'Deletes a file that is run or obeyed by itself.',
        ['fs.delete', 'persist'],
        false,
      );
    case 'vcs':
      return make(
        'path.vcs-delete',
        'destructive',
        'Deletes the history or settings of the repository.',
        ['fs.delete', 'vcs.rewrite', 'data.delete'],
        false,
      );
    default:
      return undefined;
  }
}
