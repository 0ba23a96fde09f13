/** What `countersign approve approve` and `reject` do. */

import type { ApprovalRecord, ApprovalRequest, Approvals, Decision, DecisionInput } from '@countersign/approval';
import type { Actor } from '@countersign/core';
import { z } from 'zod';
import { askForText, isInteractive, personHere } from '../confirm.js';
import { CommandError } from '../errors.js';
import { jsonText } from '../format/json.js';
import { decisionJson, decisionText, formatRecord, missingText, recordJson } from '../format/requests.js';
import { visible } from '../format/visible.js';
import { type CliIo, mayColor, note, print } from '../io.js';
import { commonSchema, parseOptions } from '../options.js';
import { type OpenedApprovals, requireRequest, withApprovals } from '../with-approvals.js';
import { scopeFrom } from './preview-grant.js';

/** The channel that stands in the record of every decision made by the command. */
export const COMMAND_CHANNEL = 'command-line';

/** Lets a call run. */
export async function runApprove(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(rememberSchema, input);
  const scopeOf = await scopeFrom(io, options.scope);
  const decided = await withApprovals(io, options, async (opened) => {
    const { approvals } = opened;
    const record = await requireRequest((one) => approvals.find(one), id);
    // Whoever comes too late is told so, and not asked first.
    if (record.state === 'pending') await confirmCritical(io, record.request, options);
    const remember = options.similar || options.scope !== undefined ? { remember: scopeOf(record.request) } : {};
    const input = { ...decisionOf(options), decision: 'approved', ...remember } as const;
    return decideNow(approvals, id, await signed(input, record.request, { opened, options }));
  });
  await printDecision(io, decided, options);
}

/** Refuses a call. */
export async function runReject(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(decisionSchema, input);
  const decided = await withApprovals(io, options, async (opened) => {
    const { approvals } = opened;
    const { request } = await requireRequest((one) => approvals.find(one), id);
    const input = { ...decisionOf(options), decision: 'rejected' } as const;
    return decideNow(approvals, id, await signed(input, request, { opened, options }));
  });
  await printDecision(io, decided, options);
}

/** Takes an approval back. */
export async function runWithdraw(io: CliIo, id: string, input: unknown): Promise<void> {
  const options = parseOptions(withdrawSchema, input);
  const approver = approverNamed(options.by);
  const record = await withApprovals(io, options, async ({ approvals }) => {
    await requireRequest((one) => approvals.find(one), id);
    await approvals.withdraw(id, approver);
    return requireRequest((one) => approvals.find(one), id);
  });
  const text = `withdrawn by ${visible(approver.kind)} ${visible(approver.id)}${missingText(record)}\n`;
  await print(io, options.json || options.jsonl ? jsonText(recordJson(record), options) : text);
}

/** Who decides: the name given, or the account. */
export function approverNamed(by: string | undefined): Actor {
  return by === undefined ? personHere() : { kind: 'person', id: by };
}

const withdrawSchema = commonSchema.extend({ by: z.string().min(1).max(256).optional() });

/** The options of every decision. */
export const decisionSchema = commonSchema.extend({
  reason: z.string().min(1).max(4096).optional(),
  message: z.string().min(1).max(4096).optional(),
  by: z.string().min(1).max(256).optional(),
  signKey: z.string().min(1).optional(),
});

/** The options of a decision that lets a call run. */
export const approveSchema = decisionSchema.extend({ confirm: z.string().optional() });

const rememberSchema = approveSchema.extend({
  similar: z.boolean().optional(),
  scope: z.string().min(1).optional(),
});

type DecisionOptions = z.infer<typeof decisionSchema>;

/** The decision with the approver's signature, where there is a key to sign it with. */
export async function signed(
  input: DecisionInput & { readonly approver: Actor },
  request: ApprovalRequest,
  { opened, options }: { readonly opened: OpenedApprovals; readonly options: Pick<DecisionOptions, 'signKey'> },
): Promise<DecisionInput> {
  if (options.signKey === undefined) return input;
  const { decision, approver, editedArgs } = input;
  const toSign = { decision, approver, keyFile: options.signKey, ...(editedArgs !== undefined && { editedArgs }) };
  return { ...input, signature: await opened.sign(request, toSign) };
}

/** What the options say of a decision. */
export function decisionOf({
  reason,
  message,
  by,
}: DecisionOptions): Omit<DecisionInput, 'decision'> & { readonly approver: Actor } {
  return {
    approver: approverNamed(by),
    channel: COMMAND_CHANNEL,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { messageForModel: message }),
  };
}

/**
 * For a critical call the name of the tool has to be typed, on the command line or when asked for.
 * @throws CommandError `CONFIRMATION_NEEDED` when nobody can be asked, `NOT_CONFIRMED` for another name.
 */
export async function confirmCritical(
  io: CliIo,
  request: ApprovalRequest,
  options: z.infer<typeof approveSchema>,
): Promise<void> {
  if (request.risk !== 'critical') return;
  const typed = options.confirm ?? (await askForTool(io, request, options));
  if (typed === request.tool || typed === visible(request.tool)) return;
  throw new CommandError('NOT_CONFIRMED', 'That is not the name of the tool: nothing was approved.', {
    hint: `See the request with \`countersign approve show ${visible(request.id)}\`.`,
  });
}

async function askForTool(
  io: CliIo,
  request: ApprovalRequest,
  options: z.infer<typeof approveSchema>,
): Promise<string> {
  if (!isInteractive(io)) {
    throw new CommandError('CONFIRMATION_NEEDED', 'The call is critical, and nobody can be asked here.', {
      hint: 'Look at the request, and repeat the command with --confirm and the name of the tool.',
    });
  }
  note(io, formatRecord({ request, state: 'pending', version: 1 }, { color: mayColor(io, io.stderr, options) }));
  return askForText(io, 'This call is critical. Type the name of the tool to approve it > ');
}

/** A decision that was recorded, with what is left to decide. */
export interface Decided {
  readonly decision: Decision;
  readonly record: ApprovalRecord;
}

/** Decides, and reads what the request has come to. */
export async function decideNow(approvals: Approvals, id: string, input: DecisionInput): Promise<Decided> {
  const decision = await approvals.decide(id, input);
  return { decision, record: await requireRequest((one) => approvals.find(one), id) };
}

/** Prints a decision that was recorded. */
export async function printDecision(io: CliIo, { decision, record }: Decided, options: DecisionOptions): Promise<void> {
  const text = `${decisionText(decision)}${missingText(record)}\n`;
  const json = options.json || options.jsonl;
  await print(io, json ? jsonText({ decision: decisionJson(decision), state: record.state }, options) : text);
}
