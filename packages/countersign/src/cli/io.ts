/**
 * What the command reads, writes and knows of its surroundings, in one object, so that tests run it in their own process.
 */

import type { Readable, Writable } from 'node:stream';
import { accountHome } from '../paths.js';
import { OutputClosedError } from './errors.js';
import type { ExitCode } from './exit-codes.js';

/** A stream to write text to. */
export type CliOutput = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** The surroundings of one run. */
export interface CliHost {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  /** Takes data. */
  readonly stdout: CliOutput;
  /** Takes everything else: progress, notes, questions, errors. */
  readonly stderr: CliOutput;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The home folder, in which the defaults lie. */
  readonly home: string;
  /** The version of the package. */
  readonly version: string;
  /** Aborts when the person presses Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The surroundings, and the exit code that the run will end with unless it fails. */
export interface CliIo extends CliHost {
  exitWith(code: ExitCode): void;
}

/** The surroundings of this process. */
export function createProcessHost(options: { readonly version: string; readonly signal: AbortSignal }): CliHost {
  const { stdin, stdout, stderr, env } = process;
  for (const stream of [stdout, stderr]) {
    // Whoever writes learns of a failure from the callback; without a listener, the event would end the process.
    stream.on('error', () => undefined);
  }
  return { stdin, stdout, stderr, env, home: accountHome(), ...options };
}

/**
 * Writes to the standard output and waits until it is taken.
 * @throws OutputClosedError when nobody reads it any more.
 */
export async function print(io: CliHost, text: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    io.stdout.write(text, (error) => {
      if (error === undefined || error === null) resolve();
      else reject(isClosed(error) ? new OutputClosedError('The output was closed.') : error);
    });
  });
}

/** Writes one line for the person at the terminal. */
export function note(io: CliHost, line: string): void {
  if (io.stderr.writable) io.stderr.write(`${line}\n`);
}

/** Whether a stream may carry colours: it is a terminal that knows them, and nobody asked for none. */
export function mayColor(io: CliHost, stream: CliOutput, options: { readonly color: boolean }): boolean {
  const { NO_COLOR, TERM } = io.env;
  return options.color && stream.isTTY === true && (NO_COLOR === undefined || NO_COLOR === '') && TERM !== 'dumb';
}

/** The width to print for: the terminal's, and 120 where there is none. */
export function widthOf(stream: CliOutput): number {
  const { columns } = stream;
  return columns === undefined || columns < MIN_WIDTH ? DEFAULT_WIDTH : columns;
}

const DEFAULT_WIDTH = 120;

/** Nothing legible fits into less. */
const MIN_WIDTH = 20;

const CLOSED_CODES: readonly unknown[] = ['EPIPE', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END', 'ECONNRESET'];

function isClosed(error: Error): boolean {
  return 'code' in error && CLOSED_CODES.includes(error.code);
}
