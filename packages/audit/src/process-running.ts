/**
 * Whether a process of this host is still there.
 */

import { isErrorWithCode } from './system-error.js';

/** True while a process with this id runs on this host, whoever owns it. Ids are used again, so a true may be another process. */
export function isProcessRunning(pid: number): boolean {
  try {
    // Signal 0 is sent to nobody: it only asks whether the process is there.
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Any other answer, such as that the process is another user's, is about one that is there.
    return !isErrorWithCode(error, 'ESRCH');
  }
}
