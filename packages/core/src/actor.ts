/**
 * Who acts: the agent, person or service behind a call, a decision or a change. Pure types.
 */

/** The kinds of actor. */
export const ACTOR_KINDS = ['agent', 'person', 'service', 'system'] as const;

/** Who made a call, a decision or a change. Every member is at most 256 bytes of UTF-8. */
export interface Actor {
  readonly kind: (typeof ACTOR_KINDS)[number];
  /** The name by which the deployment knows the actor. */
  readonly id: string;
  /** The C2SP key id or credential id by which the actor signs, where it has one. */
  readonly keyId?: string;
  readonly role?: string;
}
