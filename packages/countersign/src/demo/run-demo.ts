/**
 * The main job, end to end: an agent with a scripted model and real tools, asked for approvals, recorded, queried, verified,
 * and tampered with.
 */

import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { type Channel, createTerminalChannel } from '@countersign/approval';
import type { AuditedCall } from '@countersign/audit';
import { ConfigError, runInSession } from '@countersign/core';
import { formatCalls } from '../cli/format/calls-table.js';
import { createPalette } from '../cli/format/palette.js';
import { type Countersign, openCountersign } from '../open-countersign.js';
import { createScriptedApprover } from './approver.js';
import { demoScript, type ScriptedCall } from './script.js';
import { tamperWithCopy } from './tamper.js';
import { createDemoTools } from './tools.js';
import { criticalText, nextText, summaryText, verdictText } from './view.js';
import { startWorld } from './world.js';

/** Where the demo talks. */
export interface DemoOptions {
  readonly input: Readable;
  readonly output: Writable;
  /** Ask the person at the terminal; otherwise a scripted approver answers. */
  readonly interactive: boolean;
  readonly color: boolean;
  /** Columns of the output. */
  readonly width: number;
  /** Where the log and the workspace are left; a new temporary folder when not given. */
  readonly folder?: string;
}

/** What the demo leaves behind. */
export interface DemoResult {
  readonly folder: string;
  readonly database: string;
  readonly calls: readonly AuditedCall[];
  /** True when the log verified, and the changed copy did not. */
  readonly asExpected: boolean;
}

/** The session that all calls of the demo belong to. */
export const DEMO_SESSION = 'demo-release';

/** Runs the demo. */
export async function runDemo(options: DemoOptions): Promise<DemoResult> {
  const folder = await freshFolder(options.folder);
  const say = (line = ''): void => void options.output.write(`${line}\n`);
  const world = await startWorld(folder);
  const database = join(folder, 'agent-audit.db');
  const cs = await openCountersign({
    path: database,
    keyDir: join(folder, 'keys'),
    markFile: join(folder, 'mark'),
    workspace: world.workspace,
    actor: { kind: 'agent', id: 'demo-agent' },
    channels: [approverOf(options)],
    onRefused: 'result',
    warn: say,
  });
  try {
    say(
      'An agent with real tools and a scripted model. Every call is classified, approved where it must be, and recorded.',
    );
    say(`Workspace: ${world.workspace}`);
    say();
    const tools = cs.withAudit(createDemoTools(world));
    await runInSession(DEMO_SESSION, () => playScript(tools, demoScript({ url: world.url, log: database }), say));
    const { calls } = await cs.log.query({ session: DEMO_SESSION, order: 'oldest-first' });
    const verified = await report(cs, calls, options);
    const found = await tamper(cs, { ...options, folder });
    say();
    options.output.write(nextText({ folder, database, call: calls.at(-1) }));
    return { folder, database, calls, asExpected: verified && found };
  } finally {
    await cs.close();
    await world.close();
  }
}

/** A folder with nothing in it: what stands in one is somebody's. @throws ConfigError OPTION_INVALID */
async function freshFolder(asked: string | undefined): Promise<string> {
  if (asked === undefined) return mkdtemp(join(tmpdir(), 'countersign-demo-'));
  await mkdir(asked, { recursive: true });
  if ((await readdir(asked)).length === 0) return asked;
  throw new ConfigError('OPTION_INVALID', `demo: expected an empty folder at ${asked}, found files in it.`, {
    hint: 'Give a folder that is empty or not there yet.',
  });
}

type Say = (line?: string) => void;

function approverOf({ interactive, input, output, color }: DemoOptions): Channel {
  if (!interactive) return createScriptedApprover();
  return createTerminalChannel({ input, output, color, approver: { kind: 'person', id: userName() } });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry in the user database.
    return 'terminal';
  }
}

type DemoTools = Readonly<Record<string, { execute(args: unknown): Promise<unknown> }>>;

/** Plays the model: step after step, the calls of a step side by side, going on whatever comes of them. */
async function playScript(tools: DemoTools, steps: ReturnType<typeof demoScript>, say: Say): Promise<void> {
  for (const [index, { says, calls }] of steps.entries()) {
    say(`${String(index + 1).padStart(2)}. ${says}`);
    await runInSession({ step: String(index + 1), plan: 'release' }, () =>
      Promise.all(calls.map((call) => play(tools, call, say))),
    );
  }
  say();
}

async function play(tools: DemoTools, { tool, args }: ScriptedCall, say: Say): Promise<void> {
  try {
    const answer = await tools[tool]?.execute(args);
    if (isRefusal(answer)) say(`    the model is told: ${answer.message}`);
  } catch (error) {
    say(
      `    the model is told: ${tool} failed (${error instanceof Error && 'code' in error ? String(error.code) : 'error'})`,
    );
  }
}

function isRefusal(answer: unknown): answer is { readonly message: string } {
  return typeof answer === 'object' && answer !== null && 'refused' in answer && 'message' in answer;
}

async function report(
  cs: Countersign,
  calls: readonly AuditedCall[],
  { output, width, color }: DemoOptions,
): Promise<boolean> {
  const palette = createPalette(color);
  const { calls: critical } = await cs.log.query({ risk: 'critical' });
  const summary = await cs.log.sessionSummary(DEMO_SESSION);
  const verified = await cs.log.verify({ key: cs.log.identityKey });
  output.write(`What is on record\n${formatCalls(calls, { palette, width })}\n`);
  output.write(`query({ risk: 'critical' })\n${criticalText(critical, palette)}\n`);
  output.write(`sessionSummary('${DEMO_SESSION}')\n${summaryText(summary)}\n`);
  output.write(`verify(), with the public key pinned\n${verdictText(verified, palette)}\n`);
  return verified.integrity === 'ok' && verified.counts.errors === 0;
}

async function tamper(
  cs: Countersign,
  { folder, output, color }: DemoOptions & { readonly folder: string },
): Promise<boolean> {
  const { report: changed, change } = await tamperWithCopy(cs, folder);
  output.write('verify() of a copy in which one byte was changed\n');
  output.write(`  changed: ${change}\n${verdictText(changed, createPalette(color))}`);
  return changed.integrity === 'failed';
}
