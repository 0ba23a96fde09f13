/**
 * `getAuditLog()`: the one memoised factory. Whoever asks for the same file in one process gets the same open log.
 */

import { resolve } from 'node:path';
import type { AuditLog } from '@countersign/audit';
import { type Countersign, openCountersign } from './open-countersign.js';
import { defaultDatabasePath } from './paths.js';

// Module state that the house rules allow: it exists so that one process holds one writer for each file.
const open = new Map<string, Promise<Countersign>>();

/**
 * The log in `path` (default `~/.countersign/agent-audit.db`), opened once for the process. After its `close()`, the next
 * call opens it anew.
 */
export async function getAuditLog(path: string = defaultDatabasePath()): Promise<AuditLog> {
  const key = resolve(path);
  const known = open.get(key) ?? openOnce(key);
  return (await known).log;
}

function openOnce(key: string): Promise<Countersign> {
  const opening = openCountersign({ path: key });
  open.set(key, opening);
  opening.then(
    (deployment) => forgetWhenClosed(key, deployment),
    // A log that could not be opened is tried again by the next caller.
    () => open.delete(key),
  );
  return opening;
}

/** Whoever asked has the log alone: closing it closes the whole deployment, and the next caller opens another. */
function forgetWhenClosed(key: string, deployment: Countersign): void {
  const { log } = deployment;
  const closeLog = log.close.bind(log);
  log.close = async () => {
    log.close = closeLog;
    open.delete(key);
    await deployment.close();
  };
}
