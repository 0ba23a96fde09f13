/**
 * An approver's decision. Pure types.
 */

import type { Actor, JsonValue, RiskLevel } from '@countersign/core';
import type { GrantScope } from './grant.js';

/** What is known of who decided: `server` means that this process says so, and is never shown as proof of a person. */
export const ATTESTATIONS = ['server', 'ed25519', 'passkey'] as const;

/** One of the attestations. */
export type Attestation = (typeof ATTESTATIONS)[number];

/** An approver's own signature over a decision: proof of who decided, without trust in the server. */
export interface DecisionSignature {
  /** When the approver signed, in integer microseconds since 1970: it stands in what is signed. */
  readonly signedAtUs: number;
  /** Standard base64. */
  readonly value: string;
  /** The key of the approver that it was checked with; the journal fills it in. */
  readonly key?: string;
}

/** What an approver hands to `Approvals.decide`. */
export interface DecisionInput {
  readonly decision: 'approved' | 'rejected';
  /** Who decides; a name alone is a person's. */
  readonly approver: Actor | string;
  /** For the record. */
  readonly reason?: string;
  /** What the model is told; without it, the model is told that the call was rejected, and the reason. */
  readonly messageForModel?: string;
  /** With `rejected`: what the caller gets as the tool's answer, while the tool does not run; at most 64 KiB of JSON. */
  readonly respondWith?: JsonValue;
  /** Arguments to run instead, in the shown form: a marker left in place keeps the secret that it stands for. */
  readonly editedArgs?: JsonValue;
  /** With `approved`: issue a grant that answers similar requests. */
  readonly remember?: GrantScope;
  /** The channel that the decision came through, such as `terminal`. */
  readonly channel?: string;
  /** By the approver's key, over the decision statement; needed where a key of the approver is on record. */
  readonly signature?: DecisionSignature;
}

/** A decision that was handed in and checked: the approver is written out. */
export interface CheckedDecision extends DecisionInput {
  readonly approver: Actor;
}

/** A recorded decision. */
export interface Decision {
  readonly requestId: string;
  readonly decision: 'approved' | 'rejected';
  readonly approver: Actor;
  readonly attestation: Attestation;
  /** With the attestation `ed25519`. */
  readonly signature?: DecisionSignature;
  /** In whose place the approver decides, and by which delegation: the journal says so. */
  readonly onBehalfOf?: Actor;
  readonly delegation?: string;
  readonly channel?: string;
  readonly reason?: string;
  readonly messageForModel?: string;
  /** What the caller got in the tool's place, shown form. */
  readonly respondWith?: JsonValue;
  /** The edited arguments, shown form. */
  readonly editedArgs?: JsonValue;
  /** Base64 digest of the edited exact arguments: what the approval binds to instead. */
  readonly editedDigest?: string;
  readonly editedRisk?: RiskLevel;
  /** The grant that was issued with this decision. */
  readonly grantId?: string;
  readonly decidedAtUs: number;
}

/** What an edit comes to. */
export interface EditAssessment {
  readonly editedDigest: string;
  readonly editedArgs: JsonValue;
  /** Absent, with the verdict, where the call waits in another process, which says so itself before it runs the call. */
  readonly risk?: RiskLevel;
  readonly verdict?: 'allow' | 'require-approval' | 'deny';
}

/** Port: works out what edited arguments come to. The gate does, for the requests that wait in its process. */
export interface EditAssessor {
  /** Answers undefined when the request cannot be edited in this process. */
  assessEdit(requestId: string, editedArgs: JsonValue): Promise<EditAssessment | undefined>;
}
