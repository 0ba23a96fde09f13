/**
 * Lines typed by a person, one prompt at a time.
 */

import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Why no further line comes: the input ended, or the prompt is no longer needed. */
export class PromptOver extends Error {
  readonly why: 'input-ended' | 'not-needed';

  constructor(why: PromptOver['why']) {
    super(`the prompt is over: ${why}`);
    this.name = 'PromptOver';
    this.why = why;
  }
}

/** What a reader works with. */
export interface LineReaderOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** Line editing and echo, as on a terminal. */
  readonly terminal: boolean;
  /** Ends the reading with `not-needed`. */
  readonly signal: AbortSignal;
}

/** Owns the input for the time of one prompt, and gives it back on `close`. */
export class LineReader {
  readonly #interface: Interface;
  readonly #options: LineReaderOptions;
  #lines: string[] = [];
  #ended = false;
  #wake: () => void = () => undefined;
  readonly #onAbort = () => this.#wake();

  constructor(options: LineReaderOptions) {
    const { input, output, terminal, signal } = options;
    this.#options = options;
    this.#ended = input.readableEnded || input.destroyed;
    this.#interface = createInterface({ input, output, terminal, historySize: 0, prompt: '' });
    this.#interface.on('line', (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    this.#interface.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Throws away what was typed before the person could see what it would answer. */
  async discardTypedAhead(): Promise<void> {
    await nextTurn();
    this.#lines = [];
  }

  /**
   * Shows `prompt` and waits for a line.
   * @param draft On a terminal, a text to begin with that the person may change.
   * @throws PromptOver
   */
  async ask(prompt: string, draft?: string): Promise<string> {
    if (!this.#ended && !this.#options.signal.aborted) {
      this.#interface.setPrompt(prompt);
      this.#interface.prompt();
      if (draft !== undefined && this.#options.terminal) this.#interface.write(draft);
    }
    for (;;) {
      if (this.#options.signal.aborted) throw new PromptOver('not-needed');
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#ended) throw new PromptOver('input-ended');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.#interface.close();
  }
}
