/**
 * Which process something belongs to, so that another can tell for certain that it is gone. Process ids are used again, and a
 * container counts its own; so where the system tells (Linux does, in /proc), an identity also says where the id was counted and
 * when the process began.
 */

import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { isProcessRunning } from './process-running.js';

/** A process, named so that no other one ever has the same name. */
export interface ProcessIdentity {
  readonly pid: number;
  /** 12 hex digits: this start of this kernel, and the namespace of its process ids; undefined where the system does not tell. */
  readonly place: string | undefined;
  /** When it began, in the kernel's own count: digits; undefined where the system does not tell. */
  readonly startedAt: string | undefined;
}

/** This process. */
export function ownProcess(): ProcessIdentity {
  const { pid } = process;
  return { pid, place: ownPlace(), startedAt: statusOf(pid)?.startedAt };
}

/** True only when `other` ran where `own` runs, and certainly runs no more; a process that ended and was not yet waited for is gone. */
export function isCertainlyGone(other: ProcessIdentity, own: ProcessIdentity): boolean {
  if (other.place === undefined || other.place !== own.place) return false;
  if (!isProcessRunning(other.pid)) return true;
  // What cannot be looked at (the processes of others may be hidden) is not certain.
  const now = statusOf(other.pid);
  return now !== undefined && (now.hasEnded || now.startedAt !== other.startedAt);
}

function ownPlace(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const namespace = readlinkSync('/proc/self/ns/pid');
    return createHash('sha256').update(`${boot} ${namespace}`).digest('hex').slice(0, 12);
  } catch {
    // No /proc, or none that tells: then nothing is certain.
    return undefined;
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: after the name in brackets comes field 3, the state; field 22 is the start. */
function statusOf(pid: number): { readonly hasEnded: boolean; readonly startedAt: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const [state = '', startedAt = ''] = [fields[0], fields[19]];
    return /^\d+$/.test(startedAt) ? { hasEnded: /^[ZX]$/i.test(state), startedAt } : undefined;
  } catch {
    return undefined;
  }
}
