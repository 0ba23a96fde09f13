/**
 * The terms of an approval, as a policy states them: who may decide, how many must, what they must say, and what becomes of a
 * request that nobody answers. Pure.
 */

import { z } from 'zod';
import { type ApprovalNeeds, NEVER_US, REASON_NEEDS } from './request.js';

/** The bounds of terms. */
export const TERMS_LIMITS = { quorum: 10, names: 16, nameLength: 64 } as const;

/** What becomes of a request when its time is up. */
export const TIMEOUT_ACTIONS = ['reject', 'escalate', 'wait'] as const;

/** The terms of an approval; everything left out asks for nothing more than one approver. */
export interface ApprovalTerms {
  /** How many different approvers, with different keys where they sign, must approve: 1 to 10. */
  readonly quorum?: number;
  /** Who may decide: whoever has one of these roles or names. */
  readonly roles?: readonly string[];
  readonly approvers?: readonly string[];
  /** The decisions that must say why. */
  readonly reason?: (typeof REASON_NEEDS)[number];
  /** `reject` by default; `escalate` hands the request to `escalateTo` once, and `wait` lets it wait for ever. */
  readonly onTimeout?: (typeof TIMEOUT_ACTIONS)[number];
  /** Roles. */
  readonly escalateTo?: readonly string[];
  /** How long it waits for them; as long as before when not given. */
  readonly escalateMs?: number;
}

const names = z
  .array(
    z
      .string()
      .min(1)
      .max(TERMS_LIMITS.nameLength)
      .regex(/^\P{Cc}*$/u, 'expected no control characters'),
  )
  .min(1)
  .max(TERMS_LIMITS.names)
  .readonly();

/** The members of terms, for schemas of policies; `timeoutMs` checks a time to wait. */
export function termsSchema<T extends z.ZodType<number>>(timeoutMs: T) {
  return z
    .strictObject({
      quorum: z.int().min(1).max(TERMS_LIMITS.quorum).exactOptional(),
      roles: names.exactOptional(),
      approvers: names.exactOptional(),
      reason: z.enum(REASON_NEEDS).exactOptional(),
      onTimeout: z.enum(TIMEOUT_ACTIONS).exactOptional(),
      escalateTo: names.exactOptional(),
      escalateMs: timeoutMs.exactOptional(),
    })
    .refine(({ onTimeout, escalateTo }) => (onTimeout === 'escalate') === (escalateTo !== undefined), {
      path: ['escalateTo'],
      message: 'expected the roles to escalate to beside onTimeout: escalate, and only there',
    })
    .refine(({ onTimeout, escalateMs }) => onTimeout === 'escalate' || escalateMs === undefined, {
      path: ['escalateMs'],
      message: 'expected only beside onTimeout: escalate',
    });
}

/** Terms that hold together: the largest quorum and every reason count, of all else what was said first. */
export function joinTerms(list: readonly ApprovalTerms[]): ApprovalTerms | undefined {
  const [first, ...others] = list;
  return first && others.reduce<ApprovalTerms>(joinTwo, first);
}

/** What is asked under these terms; undefined where one approval of anybody is enough. */
export function needsOf(terms: ApprovalTerms | undefined, timeoutMs: number): ApprovalNeeds | undefined {
  if (terms === undefined) return undefined;
  const { quorum = 1, roles, approvers, reason, escalateTo, escalateMs = timeoutMs } = terms;
  const needs: ApprovalNeeds = {
    ...(quorum > 1 && { quorum }),
    ...(roles !== undefined && { roles }),
    ...(approvers !== undefined && { approvers }),
    ...(reason !== undefined && { reason }),
    ...(escalateTo !== undefined && { escalateTo, escalateUs: escalateMs * 1_000 }),
  };
  return Object.keys(needs).length === 0 ? undefined : needs;
}

/** When a request under these terms runs out. */
export function endOf(terms: ApprovalTerms | undefined, timeoutMs: number, nowUs: number): number {
  return terms?.onTimeout === 'wait' ? NEVER_US : nowUs + timeoutMs * 1_000;
}

function joinTwo(first: ApprovalTerms, second: ApprovalTerms): ApprovalTerms {
  const quorum = Math.max(first.quorum ?? 1, second.quorum ?? 1);
  const reason = joinReasons(first.reason, second.reason);
  // Whom it goes to belongs to what becomes of it.
  const ending = first.onTimeout === undefined ? second : first;
  const people = first.roles === undefined && first.approvers === undefined ? second : first;
  return {
    ...(quorum > 1 && { quorum }),
    ...(people.roles !== undefined && { roles: people.roles }),
    ...(people.approvers !== undefined && { approvers: people.approvers }),
    ...(reason !== undefined && { reason }),
    ...(ending.onTimeout !== undefined && { onTimeout: ending.onTimeout }),
    ...(ending.escalateTo !== undefined && { escalateTo: ending.escalateTo }),
    ...(ending.escalateMs !== undefined && { escalateMs: ending.escalateMs }),
  };
}

function joinReasons(first: ApprovalTerms['reason'], second: ApprovalTerms['reason']): ApprovalTerms['reason'] {
  return first === undefined || second === undefined || first === second ? (first ?? second) : 'both';
}
