/**
 * Query filters: checked at the boundary, turned into what a store looks for, and matched against decoded calls. Pure.
 */

import { createHash } from 'node:crypto';
import { canonicalJson, formatTime, parseTime, RISK_LEVELS } from '@countersign/core';
import { z } from 'zod';
import { type AuditedCall, OUTCOMES, type QueryFilter } from '../call-view.js';
import { DECISIONS } from '../entry/kinds.js';
import { QueryError } from '../errors.js';
import type { CallFilter } from '../store.js';

/** A filter whose every member has one form. */
export interface ParsedFilter {
  readonly store: Omit<CallFilter, 'after' | 'limit'>;
  readonly outcomes?: readonly string[];
  readonly success?: boolean;
  readonly limit: number;
  readonly after?: number;
  /** Present when proofs are asked for. */
  readonly proofs?: ProofFilter;
  /** Names the filter in its cursors, so that a cursor is not continued under another one. */
  readonly digest: string;
}

/** What proofs are to be grounded in. */
export interface ProofFilter {
  /** The verifier key that the caller pinned. */
  readonly key?: string;
  readonly against: readonly string[];
}

/** The largest page. */
export const MAX_PAGE = 1000;

const oneOrMore = <T extends readonly [string, ...string[]]>(values: T) =>
  z.union([z.enum(values), z.array(z.enum(values)).min(1)], {
    error: `expected one of ${values.join(', ')}, or a list of them`,
  });
const moment = z.union([z.date(), z.string().min(1)], { error: 'expected a Date or a text' });
const PAGE_RANGE = { error: `expected an integer from 1 to ${MAX_PAGE}` };
const filterSchema = z.strictObject({
  risk: oneOrMore(RISK_LEVELS).optional(),
  session: z.string().optional(),
  tool: z.string().min(1).optional(),
  decision: oneOrMore(DECISIONS).optional(),
  outcome: oneOrMore(OUTCOMES).optional(),
  success: z.boolean().optional(),
  actor: z.string().optional(),
  since: moment.optional(),
  until: moment.optional(),
  limit: z.int(PAGE_RANGE).min(1, PAGE_RANGE).max(MAX_PAGE, PAGE_RANGE).optional(),
  cursor: z.string().optional(),
  order: z.enum(['newest-first', 'oldest-first']).optional(),
  proofs: z.boolean().optional(),
  key: z.string('expected a verifier key as text').optional(),
  against: z.array(z.string('expected a signed note as text'), 'expected a list of signed notes').optional(),
});

/** @throws QueryError FILTER_INVALID or CURSOR_INVALID */
export function parseFilter(filter: QueryFilter, nowUs: number): ParsedFilter {
  const result = filterSchema.safeParse(filter);
  if (!result.success) throw invalidFilter(result.error);
  const { risk, session, tool, decision, outcome, success, actor, since, until, limit, cursor, order } = result.data;
  const store: ParsedFilter['store'] = {
    ...(risk === undefined ? {} : { risk: list(risk) }),
    ...(session === undefined ? {} : { session }),
    ...(tool === undefined ? {} : { tool }),
    ...(decision === undefined ? {} : { decision: list(decision) }),
    ...(actor === undefined ? {} : { actor }),
    ...(since === undefined ? {} : { since: timeText('since', since, nowUs) }),
    ...(until === undefined ? {} : { until: timeText('until', until, nowUs) }),
    order: order ?? 'newest-first',
  };
  const rest = {
    ...(outcome === undefined ? {} : { outcomes: list(outcome) }),
    ...(success === undefined ? {} : { success }),
  };
  const proofs = proofsOf(result.data);
  // An age means another moment on every page: the cursor goes by what was asked, not by what it came to.
  const { cursor: _cursor, limit: _limit, proofs: _proofs, key: _key, against: _against, ...asked } = filter;
  const digest = digestOf(asked);
  const after = cursor === undefined ? undefined : parseCursor(cursor, digest);
  return { store, ...rest, limit: limit ?? 100, ...(after === undefined ? {} : { after }), ...proofs, digest };
}

/** A key that is not used would pass for one that was. */
function proofsOf(
  filter: Pick<z.infer<typeof filterSchema>, 'proofs' | 'key' | 'against'>,
): Pick<ParsedFilter, 'proofs'> {
  const { proofs, key, against = [] } = filter;
  if (proofs === true) return { proofs: { against, ...(key === undefined ? {} : { key }) } };
  if (key === undefined && filter.against === undefined) return {};
  throw new QueryError('FILTER_INVALID', 'The filter cannot be used: key and against go with proofs: true.');
}

/** The text by which the next page goes on. */
export function formatCursor(filter: ParsedFilter, after: number): string {
  return `${after}.${filter.digest}`;
}

/** Whether a decoded call is what was asked for, by the same conditions that the store was given and those it was not. */
export function matchesStore(call: AuditedCall, { store }: ParsedFilter): boolean {
  const { session, risk, tool, decision, actor, since, until } = store;
  const startedAt = formatTime(Math.round(call.startedAt.getTime() * 1000));
  return (
    (session === undefined || call.session === session) &&
    (risk === undefined || risk.includes(call.risk)) &&
    (tool === undefined || matchesTool(call.tool, tool)) &&
    (decision === undefined || decision.includes(call.decision)) &&
    (actor === undefined || call.actor?.id === actor) &&
    // A Date holds milliseconds: the comparison at the very edge is the store's, over the text.
    (since === undefined || startedAt.slice(0, 23) >= since.slice(0, 23)) &&
    (until === undefined || startedAt.slice(0, 23) <= until.slice(0, 23))
  );
}

/** The conditions that only the joined call can answer. */
export function matchesOutcome(call: AuditedCall, { outcomes, success }: ParsedFilter): boolean {
  return (
    (outcomes === undefined || outcomes.includes(call.outcome)) && (success === undefined || call.success === success)
  );
}

/** `*` stands for any text. */
export function matchesTool(tool: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return tool === pattern;
  if (!tool.startsWith(first)) return false;
  const last = parts.pop() ?? '';
  let from = first.length;
  for (const part of parts) {
    const found = tool.indexOf(part, from);
    if (found < 0) return false;
    from = found + part.length;
  }
  return tool.length - last.length >= from && tool.endsWith(last);
}

function list<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value;
}

/** Ages, and ISO 8601 dates and times; a date alone is its first moment in UTC. */
function timeText(label: string, value: Date | string, nowUs: number): string {
  const us = value instanceof Date ? value.getTime() * 1000 : (ageUs(value, nowUs) ?? isoUs(value));
  if (us === undefined || !Number.isSafeInteger(us)) {
    throw new QueryError(
      'FILTER_INVALID',
      `${label}: expected a date, an ISO 8601 text such as 2026-11-21T06:00:00Z, or an age such as 24h or 7d.`,
    );
  }
  return formatTime(us);
}

function ageUs(text: string, nowUs: number): number | undefined {
  const [, amount, unit] = /^(\d{1,9})(s|m|h|d|w)$/.exec(text) ?? [];
  const seconds = UNIT_SECONDS.get(unit ?? '');
  return amount === undefined || seconds === undefined ? undefined : nowUs - Number(amount) * seconds * 1_000_000;
}

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
]);

function isoUs(text: string): number | undefined {
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(text)) return microsecondsOf(text);
  if (!/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms * 1000;
}

function microsecondsOf(text: string): number | undefined {
  try {
    return parseTime(text);
  } catch {
    return undefined;
  }
}

function parseCursor(cursor: string, digest: string): number {
  const [, index, of] = /^(0|[1-9]\d{0,15})\.([0-9a-f]{16})$/.exec(cursor) ?? [];
  if (index === undefined || of !== digest) {
    throw new QueryError(
      'CURSOR_INVALID',
      'cursor: expected the `nextCursor` of the page before, under the same filter.',
      {
        hint: 'Repeat the query with the same filter, or leave the cursor out to begin again.',
      },
    );
  }
  return Number(index);
}

function digestOf(filter: QueryFilter): string {
  const plain = canonicalJson(JSON.parse(JSON.stringify(filter)));
  return createHash('sha256').update(plain).digest('hex').slice(0, 16);
}

function invalidFilter(error: z.ZodError): QueryError {
  const places = error.issues.map((issue) => {
    const where = issue.path.length === 0 ? 'filter' : issue.path.join('.');
    return issue.code === 'unrecognized_keys'
      ? `${where}: unknown ${issue.keys.join(', ')}`
      : `${where}: ${issue.message}`;
  });
  return new QueryError('FILTER_INVALID', `The filter cannot be used: ${places.join('; ')}.`);
}
