/**
 * The terminal prompt: one request at a time, in the order in which they were asked.
 */

import type { Readable, Writable } from 'node:stream';
import {
  type Actor,
  CountersignError,
  canonicalJson,
  createSystemEnvironment,
  type Environment,
  type JsonValue,
  parseJson,
} from '@countersign/core';
import type { Channel, Decide } from '../channel.js';
import type { DecisionInput } from '../decision.js';
import { AlreadyDecidedError, DecisionInvalidError } from '../errors.js';
import type { ApprovalRequest } from '../request.js';
import { escapeUnsafe } from '../safe-text.js';
import { LineReader, PromptOver } from './line-reader.js';
import { formatQuestion, formatRequest, similarScope } from './terminal-view.js';

/** What the terminal channel works with. */
export interface TerminalChannelOptions {
  readonly input: Readable & { readonly isTTY?: boolean };
  readonly output: Writable & { readonly isTTY?: boolean };
  /** Who sits at the terminal: every decision is recorded as this actor's. */
  readonly approver: Actor;
  /** Default false. */
  readonly color?: boolean;
  readonly environment?: Environment;
  /** Called when the input ends (Ctrl-C included), instead of rejecting the request that is asked about: it then goes on waiting. */
  readonly onInputEnd?: () => void;
}

/**
 * A channel named `terminal`. It shows the arguments in full and escaped, never answers by default, wants the tool's name typed
 * before a critical call is approved, and rejects when the input ends (Ctrl-C included). What was typed before a request was shown does not answer it.
 */
export function createTerminalChannel(options: TerminalChannelOptions): Channel {
  const closing = new AbortController();
  const environment = options.environment ?? createSystemEnvironment();
  let queue: Promise<unknown> = Promise.resolve();
  return {
    name: 'terminal',
    show: (request, decide, signal) => {
      const needed = AbortSignal.any([signal, closing.signal]);
      const done = queue.then(() => new Prompt({ ...options, environment, request, decide, signal: needed }).run());
      queue = done.catch(() => undefined);
      return done;
    },
    close: () => closing.abort(),
  };
}

/** How long lines that were typed ahead on a terminal take to arrive, in milliseconds. */
const TYPED_AHEAD_MS = 100;

/** The longest text that the line of an edit starts with: a longer one is typed afresh. */
const MAX_DRAFT_LENGTH = 1_000;

interface PromptOptions extends TerminalChannelOptions {
  readonly environment: Environment;
  readonly request: ApprovalRequest;
  readonly decide: Decide;
  readonly signal: AbortSignal;
}

/** One request on the screen. Owns the input while it runs. */
class Prompt {
  readonly #options: PromptOptions;
  readonly #reader: LineReader;
  readonly #isTerminal: boolean;

  constructor(options: PromptOptions) {
    const { input, output, signal } = options;
    this.#options = options;
    this.#isTerminal = input.isTTY === true && output.isTTY === true;
    this.#reader = new LineReader({ input, output, terminal: this.#isTerminal, signal });
  }

  async run(): Promise<void> {
    const { request, signal, color } = this.#options;
    try {
      if (signal.aborted) return;
      await this.#settleInput();
      this.#write(formatRequest(request, { color: color ?? false }));
      await this.#askUntilDecided();
    } catch (error) {
      if (!(error instanceof PromptOver)) throw error;
      await this.#over(error.why);
    } finally {
      this.#reader.close();
    }
  }

  async #settleInput(): Promise<void> {
    const { environment } = this.#options;
    if (this.#isTerminal) {
      await new Promise<void>((resolve) => {
        environment.setTimer(resolve, TYPED_AHEAD_MS, { keepAlive: true });
      });
    }
    await this.#reader.discardTypedAhead();
  }

  async #askUntilDecided(): Promise<void> {
    for (;;) {
      const answer = await this.#reader.ask(formatQuestion(this.#options.request));
      const input = await this.#read(answer.trim().toLowerCase());
      if (input !== undefined && (await this.#decide(input))) return;
    }
  }

  /** The decision that an answer stands for; undefined asks again. */
  async #read(answer: string): Promise<DecisionInput | undefined> {
    const { request, approver } = this.#options;
    switch (answer) {
      case 'a':
      case 'approve':
        return (await this.#confirmed()) ? { decision: 'approved', approver } : undefined;
      case 'r':
      case 'reject': {
        const reason = (await this.#reader.ask('Reason, for the record and the agent > ')).trim();
        return { decision: 'rejected', approver, ...(reason !== '' && { reason }) };
      }
      case 't':
      case 'tell': {
        const messageForModel = (await this.#reader.ask('Not run; what the agent is told > ')).trim();
        return messageForModel === '' ? undefined : { decision: 'rejected', approver, messageForModel };
      }
      case 'i':
      case 'instead': {
        const respondWith = await this.#readJson("The tool's answer", undefined);
        return respondWith === undefined ? undefined : { decision: 'rejected', approver, respondWith };
      }
      case 'e':
      case 'edit': {
        const editedArgs = await this.#readJson('New arguments', draftOf(request.args));
        if (editedArgs === undefined || !(await this.#confirmed())) return undefined;
        return { decision: 'approved', approver, editedArgs };
      }
      case 's':
      case 'similar':
        if (request.risk !== 'critical') return { decision: 'approved', approver, remember: similarScope(request) };
        this.#write('A critical call is approved alone, and never remembered.\n');
        return undefined;
      default:
        this.#write('Please answer with one of the letters.\n');
        return undefined;
    }
  }

  /** For critical calls no single key approves: the tool's name has to be typed. */
  async #confirmed(): Promise<boolean> {
    const { tool, risk } = this.#options.request;
    if (risk !== 'critical') return true;
    const typed = (await this.#reader.ask(`This call is critical. Type the name of the tool to approve it > `)).trim();
    if (typed === tool || typed === escapeUnsafe(tool)) return true;
    this.#write('That is not the name of the tool: nothing was approved.\n');
    return false;
  }

  /** JSON over several lines, ended by an empty one; undefined when nothing was typed. */
  async #readJson(what: string, draft: string | undefined): Promise<JsonValue | undefined> {
    this.#write(`${what} as JSON, ended by an empty line; an empty line at once goes back.\n`);
    for (;;) {
      const lines: string[] = [];
      let line = await this.#reader.ask('json > ', draft);
      while (line.trim() !== '') {
        lines.push(line);
        line = await this.#reader.ask('     > ');
      }
      if (lines.length === 0) return undefined;
      try {
        return parseJson(lines.join('\n'));
      } catch (error) {
        if (!(error instanceof CountersignError)) throw error;
        this.#write(`That is not JSON: ${escapeUnsafe(error.message)}. Once more.\n`);
      }
    }
  }

  /** True when the request is settled; false asks again. */
  async #decide(input: DecisionInput): Promise<boolean> {
    try {
      await this.#options.decide(input);
      const done = input.respondWith === undefined ? 'Rejected' : 'Answered in its place';
      this.#write(`${input.decision === 'approved' ? 'Approved' : done}.\n`);
      return true;
    } catch (error) {
      if (error instanceof AlreadyDecidedError) {
        this.#write(`Too late: ${escapeUnsafe(error.message)}.\n`);
        return true;
      }
      // A prompt of this approver can never decide this request; somebody else has to.
      if (!(error instanceof DecisionInvalidError) || error.code === 'SELF_APPROVAL') throw error;
      this.#write(`${escapeUnsafe(error.message)}.${error.hint === undefined ? '' : ` ${error.hint}`}\n`);
      return false;
    }
  }

  async #over(why: PromptOver['why']): Promise<void> {
    if (why === 'not-needed') {
      this.#write('\nThis request no longer waits for an answer here.\n');
      return;
    }
    this.#write('\n');
    const { approver, onInputEnd } = this.#options;
    if (onInputEnd !== undefined) return onInputEnd();
    await this.#decide({ decision: 'rejected', approver, reason: 'input closed' });
  }

  #write(text: string): void {
    if (!this.#options.output.destroyed) this.#options.output.write(text);
  }
}

/** The arguments on one line of plain ASCII; nothing where that is too long to edit in place. */
function draftOf(args: JsonValue): string | undefined {
  const text = canonicalJson(args).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return text.length <= MAX_DRAFT_LENGTH ? text : undefined;
}
