/**
 * The identity's signature where its key is kept elsewhere: it is asked for as an anchor is, beside the commits, and recorded
 * as one (`anchor-recorded` of kind `identity`), with the checkpoint that carries it.
 */

import { addIdentityLine, type RemoteIdentity, type RemoteSign } from '../keys/remote-identity.js';
import { type Anchor, type AnchorContext, type AnchorSubject, IDENTITY_ANCHOR, LOCAL_INTERVAL_MS } from './anchor.js';

/** Signs the newest checkpoint, at most once in a second, one at a time. */
export class IdentityAnchor implements Anchor {
  readonly kind = IDENTITY_ANCHOR;
  readonly name: string;
  readonly intervalMs = LOCAL_INTERVAL_MS;
  readonly #identity: RemoteIdentity;
  readonly #sign: RemoteSign;
  #note: string | undefined;

  constructor(identity: RemoteIdentity, sign: RemoteSign) {
    this.#identity = identity;
    this.#sign = sign;
    this.name = identity.origin;
  }

  /** The newest note that the identity signed here. */
  get note(): string | undefined {
    return this.#note;
  }

  /** Asks for the signature. There is no other evidence to record. @throws KeyError `SIGNATURE_REFUSED`; what the signer throws. */
  async anchor({ note }: AnchorSubject, { signal }: AnchorContext): Promise<undefined> {
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    const signature = await this.#sign(Buffer.from(text, 'utf8'), { signal });
    this.#note = addIdentityLine(note, signature, this.#identity.key);
    return undefined;
  }
}
