/**
 * Where Countersign keeps its files when nobody says otherwise.
 */

import { homedir } from 'node:os';
import { join } from 'node:path';

/** The folder of everything that is ours: `~/.countersign`. */
export function homeFolder(home = homedir()): string {
  return join(home, '.countersign');
}

/** The default log: `~/.countersign/agent-audit.db`. */
export function defaultDatabasePath(home = homedir()): string {
  return join(homeFolder(home), 'agent-audit.db');
}
