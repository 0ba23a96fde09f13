/**
 * Writers: one open log in one process. Their ids say where they run, so that a reader on the same host can tell a call that
 * is still running from one whose process is gone.
 */

import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { Environment } from '@countersign/core';
import { isProcessRunning } from './process-running.js';

/** What is known of the host that asks. */
export interface WriterHost {
  /** 8 hex digits of the hash of the host's name. */
  readonly hostHash: string;
  readonly pid: number;
  /** The writers that are open in this process, as far as the caller knows. */
  readonly openWriters: readonly string[];
  /** Whether a process of this host has this id now. */
  isRunning(pid: number): boolean;
}

/** The real host, for a caller that has these writers open. */
export function systemHost(openWriters: readonly string[] = []): WriterHost {
  return { hostHash: hashHost(hostname()), pid: process.pid, openWriters, isRunning: isProcessRunning };
}

/** A new writer id on this host: `<8 hex digits of the host's hash>-<pid>-<8 random hex digits>`. */
export function createWriterId(environment: Environment, host: WriterHost = systemHost()): string {
  return `${host.hostHash}-${host.pid}-${Buffer.from(environment.randomBytes(4)).toString('hex')}`;
}

/**
 * Whether a writer may still write. True only on its own host, while a process of its id runs there; a writer with the id of
 * the asking process is alive only if it is among `openWriters`, because process ids come back (in a container, at once).
 */
export function isWriterAlive(writer: string, host: WriterHost = systemHost()): boolean {
  const [, hostHash, digits] = WRITER_FORM.exec(writer) ?? [];
  if (hostHash !== host.hostHash || digits === undefined) return false;
  const pid = Number(digits);
  return pid === host.pid ? host.openWriters.includes(writer) : host.isRunning(pid);
}

const WRITER_FORM = /^([0-9a-f]{8})-([1-9][0-9]{0,9})-[0-9a-f]{8}$/;

function hashHost(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 8);
}
