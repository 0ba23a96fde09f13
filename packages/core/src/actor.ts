/**
 * Who acts: the agent, person or service behind a call, a decision or a change. Pure types.
 */

/** Who made a call, a decision or a change. Every member is an identifier: at most 256 bytes of UTF-8. */
export interface Actor {
  /** What kind of party it is: `agent`, `person`, `service` or `system`, or a word of the deployment's own. */
  readonly kind: string;
  /** The name by which the deployment knows the actor. */
  readonly id: string;
  /** The C2SP key id or credential id by which the actor signs, where it has one. */
  readonly keyId?: string;
  readonly role?: string;
}
