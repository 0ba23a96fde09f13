/**
 * The surroundings that a deployment at this place would judge calls by: the workspace, the home folder, the files of the guard.
 */

import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { homeFolder } from '../paths.js';
import type { PolicyWorld } from '../policy/world.js';
import type { CliHost } from './io.js';
import { databasePath } from './open-view.js';
import type { CommonOptions } from './options.js';

/** The surroundings, with what the options name in them. */
export function policyWorldOf(
  io: CliHost,
  options: CommonOptions & { readonly workspace?: string },
  policies: readonly string[] = [],
): PolicyWorld {
  const database = databasePath(io, options);
  const named = [options.keyDir, options.mark, ...policies].filter((path) => path !== undefined);
  return {
    workspace: resolve(options.workspace ?? process.cwd()),
    home: io.home,
    tempRoots: [tmpdir(), '/tmp'],
    guardPaths: [
      ...[database, `${database}-wal`, `${database}-shm`],
      homeFolder(io.home),
      ...named.map((path) => resolve(path)),
    ],
  };
}
