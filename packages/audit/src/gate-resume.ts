/**
 * Beginning a call again: frameworks run their hooks a second time when they resume, perhaps in another process, and the request
 * that was made the first time is gone on with (architecture, "Two modes"; log format, section 4).
 */

import type { ApprovalRecord } from '@countersign/approval';
import type { AssessedCall } from './gate-call.js';

/** Finds the newest request that was made for a call of this run. */
export type FindEarlier = (call: {
  readonly run: string;
  readonly callId: string;
}) => Promise<ApprovalRecord | undefined>;

/** What to do about a call that may have been asked about before. */
export type Resumption =
  | { readonly kind: 'ask' }
  /** The same call: whoever decides, or has decided, the request of this id decides it. */
  | { readonly kind: 'resume'; readonly requestId: string }
  /** The policy has changed: the request of this id is given up, and another one made. */
  | { readonly kind: 'ask-again'; readonly requestId: string }
  /** The call has begun already. */
  | { readonly kind: 'begun' }
  /** Another tool, definition or other arguments under the id of a call that was asked about. */
  | { readonly kind: 'differs' };

/** Compares a call with the newest request under its id. Pure. */
export function resumptionOf({ subject }: AssessedCall, earlier: ApprovalRecord | undefined): Resumption {
  if (earlier === undefined) return { kind: 'ask' };
  const { request, state, cause } = earlier;
  // Given up, and nothing came of it: whoever calls again asks again.
  if (state === 'expired' && cause === 'aborted') return { kind: 'ask' };
  if (request.policy !== subject.policy) return { kind: 'ask-again', requestId: request.id };
  if (request.toolDigest !== subject.toolDigest || request.argsDigest !== subject.argsDigest)
    return { kind: 'differs' };
  if (state === 'used') return { kind: 'begun' };
  return { kind: 'resume', requestId: request.id };
}
