/**
 * From "approve similar" to a grant: defaults, bounds, and the patterns that an approver did not name. Pure.
 */

import { type Actor, isJsonObject, type JsonValue } from '@countersign/core';
import { DecisionInvalidError } from './errors.js';
import type { ArgumentPattern, GrantScope } from './grant.js';
import type { GrantDraft } from './journal.js';
import { formatToken } from './pointer.js';
import { quorumOf } from './quorum.js';
import type { ApprovalRequest } from './request.js';
import { GRANT_LIMITS, grantScopeSchema } from './schemas.js';
import { describeIssues } from './zod-issues.js';

/** What a grant is made of. */
export interface GrantOrigin {
  readonly request: ApprovalRequest;
  readonly scope: GrantScope;
  /** UUIDv7. */
  readonly grantId: string;
  readonly issuedBy: Actor;
  readonly nowUs: number;
}

/**
 * The grant that an approval of `request` gives rise to. Its patterns are those of the scope, or `suggestPatterns` where it names none.
 * @throws DecisionInvalidError GRANT_NOT_ALLOWED for a critical request, one that several must approve, and one without a session unless the scope says `any`.
 * @throws DecisionInvalidError DECISION_INVALID for a scope out of its bounds.
 */
export function grantFromDecision({ request, scope, grantId, issuedBy, nowUs }: GrantOrigin): GrantDraft {
  parseGrantScope(scope);
  if (request.risk === 'critical') {
    throw new DecisionInvalidError('GRANT_NOT_ALLOWED', `request ${request.id}: a critical call is never remembered`, {
      hint: 'Approve this call alone.',
    });
  }
  if (quorumOf(request) > 1) {
    throw new DecisionInvalidError('GRANT_NOT_ALLOWED', `request ${request.id}: a call that several must approve`, {
      hint: 'Approve this call alone.',
    });
  }
  if (scope.session !== 'any' && request.session === undefined) {
    throw new DecisionInvalidError('GRANT_NOT_ALLOWED', `request ${request.id} has no session to bind a grant to`, {
      hint: "Set `session: 'any'` to remember it for calls of every session.",
    });
  }
  return {
    id: grantId,
    requestId: request.id,
    tool: request.tool,
    ...(request.server !== undefined && { server: request.server }),
    toolDigest: request.toolDigest,
    ...(scope.session !== 'any' && request.session !== undefined && { session: request.session }),
    maxRisk: request.risk,
    signals: request.signals,
    ruleSet: request.ruleSet,
    policy: request.policy,
    arguments: scope.arguments ?? suggestPatterns(request.args),
    uses: scope.uses ?? GRANT_LIMITS.uses.default,
    issuedBy,
    expiresAtUs: nowUs + (scope.expiresInMs ?? GRANT_LIMITS.expiresInMs.default) * 1_000,
  };
}

/** The scope that a value from outside states. @throws DecisionInvalidError DECISION_INVALID */
export function parseGrantScope(value: unknown): GrantScope {
  const parsed = grantScopeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new DecisionInvalidError('DECISION_INVALID', `remember: ${describeIssues(parsed.error, value)}`, {
    hint: 'It has any of `session` (session or any), `arguments` (patterns), `uses` and `expiresInMs`.',
  });
}

/**
 * The patterns of a grant whose approver named none. Paths stay in their folder, URLs at their origin; names, numbers and
 * everything nested stay what they are, and no member may be added. Commands and SQL keep their first word, and contents and
 * code are open: the rest of them is left to the classifier, as a call with a signal that the approved one did not have is not similar.
 */
export function suggestPatterns(args: JsonValue): readonly ArgumentPattern[] {
  const exact: readonly ArgumentPattern[] = [{ pointer: '', kind: 'equals', value: args }];
  if (!isJsonObject(args)) return exact;
  const members = Object.entries(args);
  const patterns = members.flatMap(([name, value]) => suggestPattern(name, value));
  // A member that the approved call did not have, such as `force`, would have no pattern: their number is bound too.
  const bound: readonly ArgumentPattern[] = [...patterns, { pointer: '', kind: 'at-most', value: members.length }];
  return bound.length <= GRANT_LIMITS.patterns ? bound : exact;
}

function suggestPattern(name: string, value: JsonValue): readonly ArgumentPattern[] {
  const pointer = `/${formatToken(name)}`;
  if (typeof value !== 'string') return [{ pointer, kind: 'equals', value }];
  const noun = wordsOf(name).at(-1) ?? '';
  if (/\s/.test(value) && CONTENT_WORDS.has(noun)) return [];
  const firstWord = COMMAND_WORDS.has(noun) ? /^\S{1,256}\s/.exec(value)?.[0] : undefined;
  if (firstWord !== undefined) return [{ pointer, kind: 'prefix', value: firstWord }];
  const origin = /^https?:\/\/[^/?#\s\\@]+(?=\/)/i.exec(value)?.[0];
  if (origin !== undefined) return [{ pointer, kind: 'prefix', value: `${origin}/` }];
  const folder = isPath(name, value) ? parentOf(value) : undefined;
  return [folder === undefined ? { pointer, kind: 'equals', value } : { pointer, kind: 'under', value: folder }];
}

/** By its name, or by its form where it cannot be a command. */
function isPath(name: string, value: string): boolean {
  if (value === '' || /[:\\]/.test(value)) return false;
  const words = wordsOf(name);
  if (isPathName(words)) return true;
  return value.includes('/') && !/\s/.test(value) && !COMMAND_WORDS.has(words.at(-1) ?? '');
}

/** `filePath`, `source_dir`, `fileName`; whole words only, because `profile` and `direction` are no paths. */
function isPathName(words: readonly string[]): boolean {
  const parts = words.at(-1) === 'name' ? words.slice(0, -1) : words;
  return PATH_WORDS.has(parts.at(-1) ?? '');
}

/** The words of a name in camel case, snake case or kebab case. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}

const PATH_WORDS: ReadonlySet<string> = new Set(
  'path paths file files filename filepath pathname dir dirs dirname directory folder folders'.split(' '),
);

/** Arguments that are one command or statement. */
const COMMAND_WORDS: ReadonlySet<string> = new Set('command cmd sql query statement'.split(' '));

/** Arguments that are contents, whose beginning says nothing. */
const CONTENT_WORDS: ReadonlySet<string> = new Set('script code content contents text body patch diff'.split(' '));

/** The folder that a path stands in, lexically; `.` for a bare name; undefined for the root, which holds everything. */
function parentOf(path: string): string | undefined {
  const parts = path.replace(/\/+$/, '').split('/');
  const parent = parts.slice(0, -1).join('/');
  if (/^\/*$/.test(parent)) return path.startsWith('/') ? undefined : '.';
  return parent;
}
