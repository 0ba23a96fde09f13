/** What `countersign approve watch` does. */

import {
  type ApprovalRecord,
  type ApprovalRequest,
  type Channel,
  createTerminalChannel,
  type DecisionInput,
} from '@countersign/approval';
import { CountersignError } from '@countersign/core';
import { z } from 'zod';
import { watchRequests } from '../approve/watch-requests.js';
import { isInteractive } from '../confirm.js';
import { InterruptedError } from '../errors.js';
import { jsonLine } from '../format/json.js';
import { formatRecord, recordJson } from '../format/requests.js';
import { visible } from '../format/visible.js';
import { type CliIo, mayColor, note, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';
import { type OpenedApprovals, withApprovals } from '../with-approvals.js';
import { approverNamed, COMMAND_CHANNEL } from './decide.js';

/** Shows requests as they come; at a terminal it asks about each. It ends with the input, or with Ctrl-C. */
export async function runApproveWatch(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(schema, input);
  await withApprovals(io, options, (opened) =>
    isInteractive(io) && !options.json && !options.jsonl ? ask(io, opened, options) : tell(io, opened, options),
  );
  if (io.signal.aborted) throw new InterruptedError();
}

const schema = commonSchema.extend({
  session: z.string().min(1).max(256).optional(),
  by: z.string().min(1).max(256).optional(),
});

type Options = z.infer<typeof schema>;

/** Asks at the terminal, one request at a time. */
async function ask(io: CliIo, { approvals, environment }: OpenedApprovals, options: Options): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([io.signal, stop.signal]);
  const approver = approverNamed(options.by);
  const terminal = createTerminalChannel({
    input: io.stdin,
    output: io.stderr,
    approver,
    color: mayColor(io, io.stderr, options),
    environment,
    // Whoever leaves the watch has decided nothing.
    onInputEnd: () => stop.abort(LEFT),
  });
  const prompts = new Set<Promise<void>>();
  if (!options.quiet)
    note(io, `Waiting for requests; ${visible(approver.id)} decides. Ctrl-C ends this, and decides nothing.`);
  try {
    await watchRequests({
      ...watched(options, signal),
      approvals,
      environment,
      appeared: async (request, gone) => {
        const decide = (given: DecisionInput) => approvals.decide(request.id, given);
        const prompt = showOn(io, terminal, { request, gone, decide })
          .catch((error: unknown) => stop.abort(error))
          .finally(() => prompts.delete(prompt));
        prompts.add(prompt);
      },
      ended: async () => undefined,
    });
  } finally {
    await terminal.close?.();
    await Promise.all(prompts);
  }
  if (stop.signal.reason !== LEFT && stop.signal.aborted) throw stop.signal.reason;
}

interface Shown {
  readonly request: ApprovalRequest;
  readonly gone: AbortSignal;
  readonly decide: Parameters<Channel['show']>[1];
}

/** Why the watch ends when nothing has failed. */
const LEFT = Symbol('the input ended');

/** A request that this approver cannot decide stays for another. */
async function showOn(io: CliIo, terminal: Channel, { request, gone, decide }: Shown): Promise<void> {
  try {
    await terminal.show(request, (given) => decide({ channel: COMMAND_CHANNEL, ...given }), gone);
  } catch (error) {
    if (!(error instanceof CountersignError)) throw error;
    note(io, visible(`${error.code}: ${error.message}`));
  }
}

/** Prints what comes and how it ends, for programs and for whoever only looks on. */
async function tell(io: CliIo, { approvals, environment }: OpenedApprovals, options: Options): Promise<void> {
  const json = options.json || options.jsonl;
  const printRecord = (event: 'requested' | 'ended', record: ApprovalRecord) =>
    print(io, json ? jsonLine({ event, ...recordJson(record) }) : formatRecord(record, { color: false }));
  await watchRequests({
    ...watched(options, io.signal),
    approvals,
    environment,
    appeared: (request) => printRecord('requested', { request, state: 'pending', version: 1 }),
    ended: (record) => printRecord('ended', record),
  });
}

function watched({ session }: Options, signal: AbortSignal) {
  return { signal, ...(session !== undefined && { session }) };
}
