/**
 * The automatic purge: while a process has a log open, what is older than its age goes, by the policy on record or the default
 * ages. It works in small steps with pauses between them, so that no call waits long; one process at a time does it; what was
 * interrupted goes on with the next run; and a log that is not what was signed is not touched.
 */

import { CountersignError, type Environment } from '@countersign/core';
import type { AuditLog } from '../audit-log.js';
import { StoreCorruptError } from '../errors.js';
import type { PurgeResult } from './purge-options.js';
import { beginRun, dueInMs, endRun, INTERRUPTED, readPurgeState } from './purge-state.js';

/** What the automatic purge works with. */
export interface AutoPurgeOptions {
  readonly log: Pick<AuditLog, 'purge' | 'append'>;
  readonly environment: Environment;
  readonly everyMs: number;
  /** `purgeStatePath`; without it, every process purges on its own schedule. */
  readonly statePath?: string;
  /** Where the archive of a run goes; nothing is archived without it. */
  readonly archivePath?: () => string;
  /** Takes one line that a person should see. */
  readonly warn: (line: string) => void;
}

/** A schedule under way. */
export interface AutoPurge {
  /** Ends after the step under way. */
  stop(): Promise<void>;
}

/** The first run begins this long after the log was opened, at the earliest: a process that lives shorter has other work to do. */
export const FIRST_RUN_AFTER_MS = 10_000;

/** How long others may work between two steps. */
const PACE_MS = 10;

/** Begins the schedule. It does not keep the process alive. */
export function startAutoPurge(options: AutoPurgeOptions): AutoPurge {
  const schedule = new Schedule(options);
  schedule.wait(FIRST_RUN_AFTER_MS);
  return schedule;
}

class Schedule implements AutoPurge {
  readonly #options: AutoPurgeOptions;
  readonly #abort = new AbortController();
  #cancel: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  /** The codes of the errors that were reported; each once. */
  readonly #told = new Set<string>();

  constructor(options: AutoPurgeOptions) {
    this.#options = options;
  }

  wait(atLeastMs: number): void {
    if (this.#abort.signal.aborted) return;
    const { environment, everyMs } = this.#options;
    const dueMs = Math.min(Math.max(this.#dueInMs(), atLeastMs), Math.max(everyMs, atLeastMs));
    this.#cancel = environment.setTimer(() => {
      this.#running = this.#run();
    }, dueMs);
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#cancel();
    await this.#running;
  }

  #dueInMs(): number {
    const { statePath, environment, everyMs } = this.#options;
    try {
      if (statePath === undefined) return 0;
      return dueInMs(readPurgeState(statePath), { nowUs: environment.nowUs(), everyMs });
    } catch {
      // Beginning a run reports what is wrong with the file.
      return 0;
    }
  }

  async #run(): Promise<void> {
    const { statePath, environment, everyMs } = this.#options;
    let isOurs = statePath === undefined;
    try {
      isOurs ||= statePath !== undefined && (await beginRun(statePath, environment, everyMs));
      const result = isOurs ? await this.#purge() : undefined;
      if (result !== undefined && statePath !== undefined) {
        await endRun(statePath, environment, { entries: result.entries, payloads: result.payloads });
      }
    } catch (error) {
      if (!this.#abort.signal.aborted) await this.#report(error);
      else if (isOurs && statePath !== undefined) await endRun(statePath, environment, { error: INTERRUPTED });
    }
    // Without a state file nothing else says when the next run is due.
    this.wait(isOurs ? everyMs : RETRY_MS);
  }

  async #purge(): Promise<PurgeResult> {
    const { log, archivePath } = this.#options;
    const archive = archivePath?.();
    return log.purge({ signal: this.#abort.signal, paceMs: PACE_MS, ...(archive !== undefined && { archive }) });
  }

  /** Says once what keeps the purge from running; a log that is damaged is not written to. */
  async #report(error: unknown): Promise<void> {
    const code = error instanceof CountersignError ? String(error.code) : 'UNKNOWN';
    const { statePath, environment, warn, log } = this.#options;
    try {
      if (statePath !== undefined) await endRun(statePath, environment, { error: code });
      if (this.#told.has(code)) return;
      this.#told.add(code);
      warn(
        `The automatic purge failed (${code}); it is tried again. What is past its age is still there. See \`countersign doctor\`.`,
      );
      if (error instanceof StoreCorruptError) return;
      await log.append({ kind: 'system-event', name: 'purge-failed', payloads: { details: { code } } });
    } catch {
      // The log or the file cannot be written to: the line above has said so.
    }
  }
}

/** When to look again whether another process has done it. */
const RETRY_MS = 60_000;
