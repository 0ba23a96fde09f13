/**
 * Notices that files changed. Folders are watched rather than files, because an editor that replaces a file leaves a watch on
 * the old one; and what the files hold is compared now and then, because not every file system tells.
 */

import { createHash } from 'node:crypto';
import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { CancelTimer, Environment } from '@countersign/core';

/** What is watched, and who is told. */
export interface WatchOptions {
  readonly files: readonly string[];
  readonly environment: Environment;
  /** Called after a change, never twice at once. */
  readonly changed: () => Promise<unknown>;
  /** How often the files are compared where nothing was noticed, in milliseconds; 5 seconds when not given. */
  readonly everyMs?: number;
}

/** How long files must have been quiet: an editor writes in several steps. */
const QUIET_MS = 100;
const DEFAULT_EVERY_MS = 5_000;
/** A longer file is told apart by its size and time alone. */
const MAX_HASHED_BYTES = 4 * 1024 * 1024;

/** Begins to watch; answers how to stop. Keeps no process alive. */
export async function watchFiles(options: WatchOptions): Promise<{ stop(): Promise<void> }> {
  const watcher = new FileWatcher(options);
  await watcher.start();
  return watcher;
}

class FileWatcher {
  readonly #options: WatchOptions;
  readonly #files: readonly string[];
  readonly #handles: { close(): void }[] = [];
  #seen = '';
  #cancelTimer: CancelTimer = () => undefined;
  #looking: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#files = options.files.map((file) => resolve(file));
  }

  async start(): Promise<void> {
    this.#seen = await stateOf(this.#files);
    for (const folder of new Set(this.#files.map((file) => dirname(file)))) this.#watch(folder);
    this.#arm(this.#options.everyMs ?? DEFAULT_EVERY_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#cancelTimer();
    for (const handle of this.#handles) handle.close();
    await this.#looking;
  }

  #watch(folder: string): void {
    try {
      const handle = watch(folder, { persistent: false }, () => this.#arm(QUIET_MS));
      // The folder may go, or the system may be out of watches: the timer still looks.
      handle.on('error', () => handle.close());
      this.#handles.push(handle);
    } catch {
      // As above.
    }
  }

  #arm(delayMs: number): void {
    if (this.#isStopped) return;
    this.#cancelTimer();
    this.#cancelTimer = this.#options.environment.setTimer(() => {
      this.#looking = this.#looking.then(() => this.#look());
    }, delayMs);
  }

  async #look(): Promise<void> {
    const state = await stateOf(this.#files);
    if (state !== this.#seen && !this.#isStopped) {
      this.#seen = state;
      // Whoever is told says what is wrong; watching goes on.
      await this.#options.changed().catch(() => undefined);
    }
    this.#arm(this.#options.everyMs ?? DEFAULT_EVERY_MS);
  }
}

/** What the files hold, as one text that is another when they change. */
async function stateOf(files: readonly string[]): Promise<string> {
  return (await Promise.all(files.map(stateOfFile))).join('\n');
}

async function stateOfFile(file: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(file);
    if (size > MAX_HASHED_BYTES) return `${size} ${mtimeMs} ${ino}`;
    return createHash('sha256')
      .update(await readFile(file))
      .digest('hex');
  } catch {
    return 'gone';
  }
}
