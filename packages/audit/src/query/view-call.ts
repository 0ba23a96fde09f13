/**
 * Joins a begin entry and its result into the call that a query answers. Pure.
 */

import { parseTime } from '@countersign/core';
import type { AuditedCall } from '../call-view.js';
import type { EntryOf } from '../entry/kinds.js';
import { readReasons, toActor } from '../projection.js';
import type { OpenedEntry } from './opened-entry.js';

/** A begin entry, opened. */
export interface OpenedBegin extends OpenedEntry {
  readonly entry: EntryOf<'tool-call'> | EntryOf<'tool-refused'>;
}

/** A result entry, opened. */
export interface OpenedResult extends OpenedEntry {
  readonly entry: EntryOf<'tool-result'>;
}

/** True for the entry that a call begins with. */
export function isBegin(opened: OpenedEntry): opened is OpenedBegin {
  return opened.entry.kind === 'tool-call' || opened.entry.kind === 'tool-refused';
}

/** True for the entry that states what came of a call. */
export function isResult(opened: OpenedEntry): opened is OpenedResult {
  return opened.entry.kind === 'tool-result';
}

/**
 * The call of a begin entry.
 * @param writerAlive Whether the writer of the begin entry still runs: a call without a result is then pending, else dangling.
 */
export function viewCall(begin: OpenedBegin, result: OpenedResult | undefined, writerAlive: boolean): AuditedCall {
  const { entry, payloads } = begin;
  const end = result?.entry;
  const success = end?.success ?? entry.success;
  const durationUs = end?.durationUs ?? (entry.kind === 'tool-call' ? entry.durationUs : undefined);
  return {
    callId: entry.call,
    index: begin.index,
    run: entry.run,
    ...optional('session', entry.session),
    ...optional('step', entry.step),
    ...optional('plan', entry.plan),
    ...optional('actor', entry.actor === undefined ? undefined : toActor(entry.actor)),
    tool: entry.tool,
    ...optional('server', entry.server),
    ...optional('args', payloads.get('args')),
    ...optional('result', result?.payloads.get('result') ?? payloads.get('result')),
    ...optional('error', result?.payloads.get('error') ?? payloads.get('error')),
    ...optional('success', success),
    outcome: end?.outcome ?? entry.outcome ?? (writerAlive ? 'pending' : 'dangling'),
    risk: entry.risk,
    reasons: readReasons(payloads.get('reasons')),
    approvalRequired: entry.verdict === 'require-approval',
    decision: entry.decision,
    decisionBy: entry.decisionBy,
    ...(entry.decision === 'approved' || entry.decision === 'auto' ? { approvedBy: entry.decisionBy } : {}),
    ...optional('approvalTimeMs', entry.approvalTimeUs === undefined ? undefined : entry.approvalTimeUs / 1000),
    startedAt: new Date(parseTime(entry.time) / 1000),
    ...optional('durationMs', durationUs === undefined ? undefined : durationUs / 1000),
  };
}

function optional<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  const member: { [P in K]?: V } = {};
  if (value !== undefined) member[name] = value;
  return member;
}
