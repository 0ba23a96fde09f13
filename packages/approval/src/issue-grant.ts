/**
 * From "approve similar" to a grant: defaults, bounds, and the patterns that an approver did not name. Pure.
 */

import { type Actor, isJsonObject, type JsonValue } from '@countersign/core';
import { DecisionInvalidError } from './errors.js';
import type { ArgumentPattern, GrantScope } from './grant.js';
import type { GrantDraft } from './journal.js';
import { formatToken } from './pointer.js';
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
 * @throws DecisionInvalidError GRANT_NOT_ALLOWED for a critical request, and for a request without a session unless the scope says `any`.
 * @throws DecisionInvalidError DECISION_INVALID for a scope out of its bounds.
 */
export function grantFromDecision({ request, scope, grantId, issuedBy, nowUs }: GrantOrigin): GrantDraft {
  const parsed = grantScopeSchema.safeParse(scope);
  if (!parsed.success) {
    throw new DecisionInvalidError('DECISION_INVALID', `remember: ${describeIssues(parsed.error, scope)}`);
  }
  if (request.risk === 'critical') {
    throw new DecisionInvalidError('GRANT_NOT_ALLOWED', `request ${request.id}: a critical call is never remembered`, {
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

/**
 * The patterns of a grant whose approver named none. Paths stay in their folder, URLs at their origin; names, numbers and
 * everything nested stay what they are. Texts with white space (commands, SQL, contents) are left to the classifier:
 * a call with a signal that the approved one did not have is not similar. Empty for arguments without members.
 */
export function suggestPatterns(args: JsonValue): readonly ArgumentPattern[] {
  if (!isJsonObject(args)) return [{ pointer: '', kind: 'equals', value: args }];
  const patterns = Object.entries(args).flatMap(([name, value]) => suggestPattern(name, value));
  return patterns.length <= GRANT_LIMITS.patterns ? patterns : [{ pointer: '', kind: 'equals', value: args }];
}

function suggestPattern(name: string, value: JsonValue): readonly ArgumentPattern[] {
  const pointer = `/${formatToken(name)}`;
  if (typeof value !== 'string') return [{ pointer, kind: 'equals', value }];
  const origin = /^https?:\/\/[^/?#\s\\@]+(?=\/)/i.exec(value)?.[0];
  if (origin !== undefined) return [{ pointer, kind: 'prefix', value: `${origin}/` }];
  if (isPath(name, value)) return [{ pointer, kind: 'under', value: parentOf(value) }];
  return /\s/.test(value) && !PATH_NAME.test(name) ? [] : [{ pointer, kind: 'equals', value }];
}

/** By its name, or by its form where it cannot be a command. */
function isPath(name: string, value: string): boolean {
  if (value === '' || /[:\\]/.test(value)) return false;
  return PATH_NAME.test(name) || (value.includes('/') && !/\s/.test(value));
}

const PATH_NAME = /path|file|dir|folder/i;

/** The folder that a path stands in, lexically; `.` for a bare name. */
function parentOf(path: string): string {
  const parts = path.replace(/\/+$/, '').split('/');
  const parent = parts.slice(0, -1).join('/');
  if (parent !== '') return parent;
  return path.startsWith('/') ? '/' : '.';
}
