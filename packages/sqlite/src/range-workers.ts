/**
 * Checks ranges of a log on several cores: each worker has a thread and a connection of its own, and is told ranges in turn.
 */

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { OpenRangeVerifier } from '@countersign/audit';
import { type CheckedRange, RANGE_SIZE, type Range } from '@countersign/audit/verify';

/** What the workers are made of. */
export interface RangeWorkersOptions {
  /** The absolute path of the database. */
  readonly path: string;
  /** Number of workers, from 1 on. */
  readonly jobs: number;
  /** The script of a worker, and how it is run; the built one when not given. */
  readonly script?: URL;
  readonly how?: Pick<WorkerOptions, 'execArgv' | 'env'>;
}

/** The built script of a worker, where it is there: sources that were not built have none. */
export function builtRangeWorker(): URL | undefined {
  const script = new URL('./range-worker.js', import.meta.url);
  return existsSync(fileURLToPath(script)) ? script : undefined;
}

/** Starts the workers. They end with `close`, or with the process. */
export function startRangeWorkers({ path, jobs, script, how }: RangeWorkersOptions): OpenRangeVerifier {
  const url = script ?? new URL('./range-worker.js', import.meta.url);
  const workers = Array.from({ length: jobs }, () => new RangeWorker(url, { ...how, workerData: { path } }));
  let told = 0;
  return {
    // One that is checked and one that waits for each worker, so that none of them idles while the walk goes on.
    ahead: jobs * RANGES_EACH,
    size: RANGE_SIZE,
    check: (range) => {
      const worker = workers[told % jobs];
      told += 1;
      return worker?.check(range) ?? Promise.reject(new Error('there is no worker'));
    },
    close: async () => {
      await Promise.all(workers.map((worker) => worker.end()));
    },
  };
}

const RANGES_EACH = 3;

/**
 * The most memory of a worker's objects, in megabytes. Rows of long payloads are bytes outside of it. The young objects live in
 * little space on purpose: they are dead at once, and space that is not used is not paid for.
 */
const LIMITS = { maxOldGenerationSizeMb: 512, maxYoungGenerationSizeMb: 8 } as const;

interface Waiting {
  resolve(range: CheckedRange): void;
  reject(error: unknown): void;
}

class RangeWorker {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #failure: { readonly error: unknown } | undefined;

  constructor(script: URL, options: WorkerOptions) {
    this.#worker = new Worker(script, { ...options, resourceLimits: LIMITS });
    this.#worker.on('message', (message: unknown) => {
      if (isCheckedRange(message)) this.#waiting.shift()?.resolve(message);
      else this.#fail(new Error('the worker answered something else'));
    });
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('the worker ended')));
  }

  check(range: Range): Promise<CheckedRange> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure.error);
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(range);
    });
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** Our own worker writes these: that it is one of them is all that must be seen. */
function isCheckedRange(message: unknown): message is CheckedRange {
  return typeof message === 'object' && message !== null && 'numbers' in message && 'wholes' in message;
}
