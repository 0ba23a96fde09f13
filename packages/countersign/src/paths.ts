/**
 * Where Countersign keeps its files when nobody says otherwise.
 */

import { homedir, userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

/**
 * The home folder of this account, absolute. An empty or relative HOME would put the log and its keys into whatever folder the
 * agent happens to work in; the account's own record counts then.
 */
export function accountHome(): string {
  const home = homedir();
  return isAbsolute(home) ? home : userInfo().homedir;
}

/** The folder of everything that is ours: `~/.countersign`. */
export function homeFolder(home = accountHome()): string {
  return join(home, '.countersign');
}

/** The default log: `~/.countersign/agent-audit.db`. */
export function defaultDatabasePath(home = accountHome()): string {
  return join(homeFolder(home), 'agent-audit.db');
}
