/** What `countersign approvers` does. */

import {
  type Delegation,
  type EnrolledApprover,
  openApproverKey,
  readApprovers,
  readDelegations,
} from '@countersign/audit';
import { createSystemEnvironment, formatTime, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';
import { jsonLine, jsonText } from '../format/json.js';
import { visible } from '../format/visible.js';
import { type CliIo, note, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';
import { withLog } from '../with-log.js';
import { approverNamed } from './decide.js';

/** Prints who may decide. */
export async function runApproversList(io: CliIo, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  const { approvers, delegations } = await withView(io, options, async ({ store }) => ({
    approvers: await readApprovers(store),
    delegations: await readDelegations(store),
  }));
  const rows = [...approvers.map(approverJson), ...delegations.map(delegationJson)];
  if (options.jsonl) return print(io, rows.map(jsonLine).join(''));
  if (options.json) {
    const more = delegations.length === 0 ? {} : { delegations: delegations.map(delegationJson) };
    return print(io, jsonText({ approvers: approvers.map(approverJson), ...more }, options));
  }
  if (approvers.length > 0) {
    return print(io, [...approvers.map(approverLine), ...delegations.map(delegationLine)].join(''));
  }
  if (!options.quiet) note(io, 'No approver is on record: everybody but the requester may decide.');
}

/** Puts an approver on record. */
export async function runApproversAdd(io: CliIo, name: string, input: unknown): Promise<void> {
  const options = parseOptions(addSchema, input);
  const { role, maxRisk, tool, session, until, signKey, reason, by } = options;
  const environment = createSystemEnvironment();
  const key = signKey === undefined ? undefined : await openApproverKey(signKey, { name, create: true, environment });
  const { index } = await withLog(io, options, (log) =>
    log.append({
      kind: 'approver-added',
      approver: { kind: 'person', id: name, ...(role !== undefined && { role }) },
      ...(key !== undefined && { key: key.verifierKey }),
      ...(maxRisk !== undefined && { maxRisk }),
      ...(tool !== undefined && { tools: [...tool] }),
      ...(session !== undefined && { sessions: [...session] }),
      ...(until !== undefined && { expiresAt: until }),
      by: { kind: 'person', id: approverNamed(by).id },
      ...(reason !== undefined && { payloads: { reason } }),
    }),
  );
  const text = `On record: ${visible(name)} (entry ${index}).\n`;
  await print(io, options.json || options.jsonl ? jsonText({ approver: name, index }, options) : text);
}

/** Lets an approver decide no more. */
export async function runApproversRevoke(io: CliIo, name: string, input: unknown): Promise<void> {
  const options = parseOptions(revokeSchema, input);
  const { reason, by } = options;
  const { index } = await withLog(io, options, (log) =>
    log.append({
      kind: 'approver-revoked',
      approver: { kind: 'person', id: name },
      by: { kind: 'person', id: approverNamed(by).id },
      ...(reason !== undefined && { payloads: { reason } }),
    }),
  );
  const text = `Revoked: ${visible(name)} (entry ${index}).\n`;
  await print(io, options.json || options.jsonl ? jsonText({ approver: name, index }, options) : text);
}

/** The options of every change of who may decide. */
export const revokeSchema = commonSchema.extend({
  reason: z.string().min(1).max(4096).optional(),
  by: z.string().min(1).max(256).optional(),
});

/** Globs over tools or sessions. */
export const globs = z.array(z.string().min(1).max(256)).max(32);

/** A time, as it stands in entries. */
export const untilSchema = z
  .string()
  .refine(
    (text) => /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)),
    'expected a time such as 2026-11-21T06:00:00Z',
  )
  .transform((text) => formatTime(Date.parse(text) * 1000));

const addSchema = revokeSchema.extend({
  role: z.string().min(1).max(256).optional(),
  maxRisk: z.enum(RISK_LEVELS, `expected one of ${RISK_LEVELS.join(', ')}`).optional(),
  tool: globs.optional(),
  session: globs.optional(),
  signKey: z.string().min(1).optional(),
  until: untilSchema.optional(),
});

function delegationJson({ expiresAtUs, by, to, ...delegation }: Delegation): object {
  return { ...delegation, delegator: by, delegate: to, expiresAt: formatTime(expiresAtUs) };
}

function delegationLine({ id, by, to, maxRisk, tools, sessions, expiresAtUs, isSigned, revoked }: Delegation): string {
  const bounds = [
    ...(revoked ? ['revoked'] : []),
    ...(isSigned ? [] : ['not signed by its delegator']),
    ...(maxRisk === undefined ? [] : [`up to ${maxRisk}`]),
    ...(tools === undefined ? [] : [`tools ${tools.join(', ')}`]),
    ...(sessions === undefined ? [] : [`sessions ${sessions.join(', ')}`]),
    `until ${formatTime(expiresAtUs)}`,
  ];
  return `${visible(`${to.kind} ${to.id} for ${by.kind} ${by.id}: ${bounds.join('; ')} (${id})`)}\n`;
}

function approverJson({ expiresAtUs, ...approver }: EnrolledApprover): object {
  return { ...approver, ...(expiresAtUs !== undefined && { expiresAt: formatTime(expiresAtUs) }) };
}

function approverLine({ approver, key, maxRisk, tools, sessions, expiresAtUs, revoked }: EnrolledApprover): string {
  const role = approver.role === undefined ? '' : ` (${approver.role})`;
  const bounds = [
    ...(revoked ? ['revoked'] : []),
    ...(key === undefined ? [] : [`signs with ${key}`]),
    ...(maxRisk === undefined ? [] : [`up to ${maxRisk}`]),
    ...(tools === undefined ? [] : [`tools ${tools.join(', ')}`]),
    ...(sessions === undefined ? [] : [`sessions ${sessions.join(', ')}`]),
    ...(expiresAtUs === undefined ? [] : [`until ${formatTime(expiresAtUs)}`]),
  ];
  return `${visible(`${approver.kind} ${approver.id}${role}: ${bounds.length === 0 ? 'everything' : bounds.join('; ')}`)}\n`;
}
