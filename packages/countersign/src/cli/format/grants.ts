/**
 * Grants and what they would have answered, as tables, blocks of text and JSON. Pure.
 */

import {
  describePatterns,
  explainDeadGrant,
  type GrantPreview,
  type GrantRecord,
  type PastCall,
  type PreviewMismatch,
} from '@countersign/approval';
import { formatTime } from '@countersign/core';
import { fieldLines } from './fields.js';
import type { Palette } from './palette.js';
import type { RequestFormat } from './requests.js';
import { type Column, formatTable } from './table.js';
import { visible } from './visible.js';
import { ageText, countText } from './words.js';

/** The grants, one line each, under a line of titles. */
export function formatGrants(records: readonly GrantRecord[], { palette, width, nowUs }: RequestFormat): string {
  const rows = records.map((record) => {
    const { grant, used } = record;
    return [
      { text: visible(grant.id) },
      { text: grant.maxRisk, paint: palette.risk(grant.maxRisk) },
      { text: visible(grant.tool) },
      { text: grant.session === undefined ? 'any' : visible(grant.session) },
      { text: `${used} of ${grant.uses}` },
      { text: stateText(record, nowUs) },
      { text: visible(grant.issuedBy.id) },
    ];
  });
  return formatTable(COLUMNS, rows, width);
}

const COLUMNS: readonly Column[] = [
  { title: 'Grant' },
  { title: 'Up to' },
  { title: 'Tool', minWidth: 6 },
  { title: 'Session', minWidth: 6 },
  { title: 'Used', align: 'right' },
  { title: 'State' },
  { title: 'Issued by', minWidth: 4 },
];

/** One grant whole. */
export function formatGrant(record: GrantRecord, nowUs: number): string {
  const { grant, used } = record;
  return fieldLines([
    ['Grant', visible(grant.id)],
    ['State', stateText(record, nowUs)],
    ['Used', `${used} of ${grant.uses} times`],
    ...scopeFields(grant),
    ['Issued', `${formatTime(grant.issuedAtUs)} by ${visible(grant.issuedBy.kind)} ${visible(grant.issuedBy.id)}`],
    ['Request', visible(grant.requestId)],
  ]);
}

/** What a grant would have answered. */
export function formatPreview(preview: GrantPreview, palette: Palette): string {
  const { scope, looked, sinceUs, matched, others, isComplete } = preview;
  const since = sinceUs === undefined ? '' : ` since ${formatTime(sinceUs)}`;
  const found = `It would have answered ${matched.length} of ${countText(looked, 'call')} that asked for approval${since}.`;
  const rest = isComplete ? '' : ' Older calls were not looked at.';
  const calls = matched.map((call) => `  ${pastCallText(call, palette)}\n`).join('');
  return `${fieldLines(scopeFields(scope))}\n${found}${rest}\n${calls}${MISMATCHES.flatMap(keptText).join('')}`;

  function keptText([why, words]: readonly [PreviewMismatch, string]): readonly string[] {
    const count = others[why];
    return count === undefined ? [] : [`  ${count} not: ${words}\n`];
  }
}

/** A grant with its state, for programs: its times as text. */
export function grantJson(record: GrantRecord, nowUs: number): object {
  const { issuedAtUs, expiresAtUs, ...grant } = record.grant;
  const state = explainDeadGrant(record, nowUs) ?? 'live';
  return { ...grant, issuedAt: formatTime(issuedAtUs), expiresAt: formatTime(expiresAtUs), used: record.used, state };
}

/** A preview, for programs: its times as text. */
export function previewJson({ scope, sinceUs, matched, ...preview }: GrantPreview): object {
  const { expiresAtUs, ...terms } = scope;
  return {
    scope: { ...terms, expiresAt: formatTime(expiresAtUs) },
    ...preview,
    ...(sinceUs !== undefined && { since: formatTime(sinceUs) }),
    matched: matched.map(({ atUs, args: _args, facts, ...call }) => ({
      ...call,
      at: formatTime(atUs),
      risk: facts.risk,
    })),
  };
}

function scopeFields(scope: GrantPreview['scope']): readonly (readonly [string, string])[] {
  const { tool, server, session, maxRisk, signals, uses, expiresAtUs } = scope;
  const conditions = describePatterns(scope.arguments);
  return [
    ['Tool', server === undefined ? visible(tool) : `${visible(tool)} (server ${visible(server)})`],
    ['Session', session === undefined ? 'any' : visible(session)],
    ['Arguments', conditions.length === 0 ? 'any' : conditions.join(', ')],
    ['Up to', maxRisk],
    ['Reasons', signals.length === 0 ? 'none' : `none but ${visible(signals.join(', '))}`],
    ['Uses', `${uses}, until ${formatTime(expiresAtUs)}`],
  ];
}

function stateText(record: GrantRecord, nowUs: number): string {
  const dead = explainDeadGrant(record, nowUs);
  if (dead !== undefined) return STATE_WORDS[dead];
  return `live, ${ageText((record.grant.expiresAtUs - nowUs) / 1000)} left`;
}

const STATE_WORDS = { revoked: 'revoked', expired: 'ran out', 'used-up': 'used up' } as const;

function pastCallText({ index, atUs, callId, decision, decisionBy, facts }: PastCall, palette: Palette): string {
  const who = decision === 'rejected' || decision === 'approved' ? `${decision} by ${visible(decisionBy)}` : decision;
  return `${formatTime(atUs)}  ${palette.risk(facts.risk)(facts.risk)}  ${visible(callId)} (entry ${index}), ${who}`;
}

/** In the order in which they are looked for. */
const MISMATCHES: readonly (readonly [PreviewMismatch, string])[] = [
  ['critical', 'the call was critical'],
  ['risk', 'the risk was higher'],
  ['tool', 'it was another tool'],
  ['server', 'it was the tool of another server'],
  ['tool-changed', 'the tool had another definition'],
  ['session', 'it was in another session'],
  ['rule-set', 'it was judged by other rules'],
  ['signal', 'it had a reason that this call does not have'],
  ['argument', 'the arguments do not fit'],
  ['arguments-unknown', 'the log no longer has the exact arguments'],
];
