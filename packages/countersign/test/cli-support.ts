/** A home folder with a real log in it, and a way to run the command in this process with its output caught. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { createScriptedChannel } from '@countersign/approval';
import { runInSession } from '@countersign/core';
import { runCli } from '../src/cli/run-cli.js';
import { type Countersign, type CountersignOptions, openCountersign } from '../src/open-countersign.js';

/** A folder of its own for one test file, which is also the home folder while it is in use. */
export interface TestHome {
  readonly path: string;
  /** The default place of the log. */
  readonly database: string;
  /** Puts the environment back and removes the folder. */
  remove(): void;
}

/** What a run left behind. */
export interface CliRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a run differs from one in a pipe, with nothing in the environment. */
export interface CliRunOptions {
  readonly tty?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** What the person types. */
  readonly input?: string;
  /** Takes the standard output instead of the catcher. */
  readonly stdout?: Writable;
  readonly signal?: AbortSignal;
  /** Takes the place of `tty` and `input`: what is typed while the command runs. */
  readonly stdin?: PassThrough & { readonly isTTY: boolean };
}

export function createTestHome(): TestHome {
  const path = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
  const before = process.env.HOME;
  process.env.HOME = path;
  return {
    path,
    database: join(path, '.countersign', 'agent-audit.db'),
    remove: () => {
      process.env.HOME = before;
      rmSync(path, { recursive: true, force: true });
    },
  };
}

/** Opens the log of a home with an approver who approves everything but the word `never`. */
export function openTestLog(home: TestHome, options: CountersignOptions = {}): Promise<Countersign> {
  const approver = { kind: 'person', id: 'ada' } as const;
  return openCountersign({
    path: home.database,
    workspace: home.path,
    actor: { kind: 'agent', id: 'tester' },
    channels: [
      createScriptedChannel(({ args }) =>
        JSON.stringify(args).includes('never')
          ? { decision: 'rejected', approver, reason: 'not today' }
          : { decision: 'approved', approver, reason: 'looks right' },
      ),
    ],
    onRefused: 'result',
    warn: () => undefined,
    ...options,
  });
}

/** The session of the calls that `fillLog` makes. */
export const SESSION = 'session-1';

/** Six calls over the risk levels: two safe ones, one that fails, a deletion that is approved, one that is rejected, one with hostile text. */
export async function fillLog(cs: Countersign): Promise<void> {
  const tools = cs.withAudit({
    get_weather: async ({ city }: { city: string }) => ({ city, degrees: 21 }),
    read_note: async ({ name }: { name: string }): Promise<string> => {
      throw new Error(`no note ${name}`);
    },
    run_shell: async ({ command }: { command: string }) => ({ ran: command }),
  });
  await runInSession(SESSION, async () => {
    await tools.get_weather({ city: 'Oslo' });
    await tools.get_weather({ city: HOSTILE });
    await tools.read_note({ name: 'todo' }).catch(() => undefined);
    await tools.run_shell({ command: 'rm -rf data' });
    await tools.run_shell({ command: 'rm -rf never' });
  });
  await runInSession('session-2', () => tools.get_weather({ city: 'Turku' }));
}

/** A colour sequence, a right-to-left override, a C1 control character that begins sequences, and a zero-width space. */
export const HOSTILE = '\u001b[31mred\u202eevil\u009b2J\u200bend';

/** Runs the command in this process. */
export async function run(home: TestHome, argv: readonly string[], options: CliRunOptions = {}): Promise<CliRun> {
  const { tty = false, columns, env = {}, input = '', signal = new AbortController().signal } = options;
  const stdout = catcher(tty, columns);
  const stderr = catcher(tty, columns);
  const stdin = options.stdin ?? Object.assign(new PassThrough(), { isTTY: tty });
  if (input !== '') stdin.write(input);
  if (!tty && options.stdin === undefined) stdin.end();
  const code = await runCli(argv, {
    stdin,
    stdout: options.stdout ?? stdout.stream,
    stderr: stderr.stream,
    env,
    home: home.path,
    version: '9.9.9',
    signal,
  });
  return { code, stdout: stdout.text(), stderr: stderr.text() };
}

function catcher(isTTY: boolean, columns: number | undefined) {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return {
    stream: Object.assign(stream, { isTTY, ...(columns === undefined ? {} : { columns }) }),
    text: () => chunks.join(''),
  };
}
