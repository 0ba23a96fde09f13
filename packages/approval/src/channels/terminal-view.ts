/**
 * What the terminal shows of a request. Pure. Everything that comes from an agent or a tool is escaped.
 */

import {
  canonicalBytes,
  formatTime,
  isJsonObject,
  type JsonValue,
  type Reason,
  type RiskLevel,
} from '@countersign/core';
import type { ArgumentPattern, GrantScope } from '../grant.js';
import { suggestPatterns } from '../issue-grant.js';
import { formatToken } from '../pointer.js';
import { describeNeeds, quorumOf } from '../quorum.js';
import { type ApprovalRequest, NEVER_US } from '../request.js';
import { escapeUnsafe, escapeUnsafeLines } from '../safe-text.js';
import { GRANT_LIMITS } from '../schemas.js';

/** The scope that "approve similar" stands for: this session where there is one, and the suggested patterns. */
export function similarScope(request: ApprovalRequest): GrantScope {
  return request.session === undefined ? { session: 'any' } : { session: 'session' };
}

/** The request as a block of lines that ends in a line feed; the arguments are in full. */
export function formatRequest(request: ApprovalRequest, options: { readonly color: boolean }): string {
  const fields = [
    ['Tool', named(request.tool, request.server === undefined ? '' : ` (server ${escapeUnsafe(request.server)})`)],
    ['Risk', paint(request.risk.toUpperCase(), RISK_COLORS[request.risk], options.color)],
    ...(request.reversible === 'unknown' ? [] : [['Undo', request.reversible ? 'possible' : 'not possible']]),
    ...request.reasons.map((reason, at) => [at === 0 ? 'Why' : '', formatReason(reason)]),
    ...(request.session === undefined ? [] : [['Session', named(request.session, formatStep(request))]]),
    ...(request.requester === undefined
      ? []
      : [['Asked by', `${escapeUnsafe(request.requester.kind)} ${escapeUnsafe(request.requester.id)}`]]),
    ['Rule', escapeUnsafe(request.rule)],
    ...describeNeeds(request).map((need, at) => [at === 0 ? 'Needs' : '', escapeUnsafe(need)]),
    ['Expires', request.expiresAtUs >= NEVER_US ? 'never: it waits for an answer' : formatTime(request.expiresAtUs)],
    ['Request', escapeUnsafe(request.id)],
    ['Arguments', formatSize(request)],
  ];
  const lines = fields.map(([label = '', text = '']) => `  ${label.padEnd(10)} ${text}`);
  const args = escapeUnsafeLines(JSON.stringify(request.args, null, 2));
  return `\n${paint('Approval needed', BOLD, options.color)}\n${lines.join('\n')}\n${args}\n${formatSimilar(request)}`;
}

/** The keys that answer a request of this risk. It names the call again, because arguments may fill the screen with what looks like another. */
export function formatQuestion(request: ApprovalRequest): string {
  const similar = mayRemember(request) ? ', approve [s]imilar' : '';
  return `${escapeUnsafe(request.tool)} (${request.risk}): [a]pprove, [r]eject, [t]ell the agent, answer [i]n its place, [e]dit${similar} > `;
}

/** Critical calls are never remembered, and those that several must approve neither. */
function mayRemember(request: ApprovalRequest): boolean {
  return request.risk !== 'critical' && quorumOf(request) === 1;
}

function formatSimilar(request: ApprovalRequest): string {
  if (!mayRemember(request)) return '';
  const where = request.session === undefined ? 'in every session' : 'in this session';
  const patterns = suggestPatterns(request.args);
  const conditions = [...describePatterns(patterns), ...formatOpen(request.args, patterns), 'for no other reason'];
  const minutes = GRANT_LIMITS.expiresInMs.default / 60_000;
  return `  Similar    ${escapeUnsafe(request.tool)} ${where}, ${conditions.join(', ')}; up to ${GRANT_LIMITS.uses.default} times within ${minutes} minutes\n`;
}

/** What a grant leaves open has to be said as plainly as what it binds. */
function formatOpen(args: JsonValue, patterns: readonly ArgumentPattern[]): readonly string[] {
  if (!isJsonObject(args)) return [];
  const bound = new Set(patterns.map((pattern) => pattern.pointer));
  const pointers = Object.keys(args).map((name) => `/${formatToken(name)}`);
  if (patterns.some(({ pointer, kind }) => pointer === '' && kind === 'equals')) return [];
  return pointers.filter((pointer) => !bound.has(pointer)).map((pointer) => `any ${escapeUnsafe(pointer)}`);
}

/** The conditions of a grant on arguments, in words; the values in them may come from an agent and are escaped. */
export function describePatterns(patterns: readonly ArgumentPattern[]): readonly string[] {
  return patterns.flatMap(formatPattern);
}

/** The bound on the number of members says nothing to a person, who sees them all. */
function formatPattern({ pointer, kind, value }: ArgumentPattern): readonly string[] {
  if (pointer === '' && kind === 'at-most') return [];
  const text = escapeUnsafe(JSON.stringify(value));
  return [`${pointer === '' ? 'all of them' : escapeUnsafe(pointer)} ${PATTERN_WORDS[kind]} ${text}`];
}

const PATTERN_WORDS: Readonly<Record<ArgumentPattern['kind'], string>> = {
  equals: 'being',
  prefix: 'beginning with',
  under: 'under',
  'at-most': 'at most',
};

function formatReason(reason: Reason): string {
  const alternative = reason.alternative === undefined ? '' : ` Safer: ${escapeUnsafe(reason.alternative)}`;
  return `${escapeUnsafe(reason.text)} [${escapeUnsafe(reason.id)}]${alternative}`;
}

function formatStep({ step, plan }: ApprovalRequest): string {
  const parts = [plan === undefined ? [] : `plan ${plan}`, step === undefined ? [] : `step ${step}`].flat();
  return parts.map((part) => `, ${escapeUnsafe(part)}`).join('');
}

function formatSize({ args, redacted }: ApprovalRequest): string {
  const size = `${canonicalBytes(args).length} bytes of JSON, shown in full`;
  return redacted ? `${size}; secrets are replaced by markers` : size;
}

function named(name: string, more: string): string {
  return escapeUnsafe(name) + more;
}

const BOLD = '1';

/** SGR parameters (ECMA-48, 8.3.117). */
const RISK_COLORS: Readonly<Record<RiskLevel, string>> = {
  safe: '32',
  moderate: '36',
  destructive: '33;1',
  critical: '31;1',
};

function paint(text: string, parameters: string, color: boolean): string {
  return color ? `\u001b[${parameters}m${text}\u001b[0m` : text;
}
