/**
 * Checkpoints of one log: signs the one that ends a commit, and looks at the one that a commit builds on, so that this
 * process never signs a tree that it cannot account for (log format, section 5).
 */

import { encodeBase64 } from '@countersign/core';
import {
  type Checkpoint,
  edgeRoot,
  formatCheckpoint,
  type NoteSigner,
  type RightEdge,
  signNote,
  type VerifierKey,
  verifyCheckpoint,
} from '@countersign/tlog';
import { createEd25519Verifier } from './ed25519.js';
import { StoreCorruptError } from './errors.js';
import { sha256 } from './keys/private-key.js';
import { isRemote } from './keys/remote-identity.js';
import type { Signer } from './keys/signer.js';

/** Signs and checks the checkpoints of one log. */
export class Checkpointer {
  readonly #signer: Signer;
  readonly #verifyEd25519 = createEd25519Verifier();
  /** A checkpoint that is known to be good, with the root that it states: verifying a signature again would prove nothing. */
  #known: { readonly note: string; readonly root: string } | undefined;
  /** An edge whose root was worked out already. Edges are values, so the same one has the same root. */
  #edge: { readonly edge: RightEdge; readonly root: Uint8Array } | undefined;

  constructor(signer: Signer) {
    this.#signer = signer;
  }

  /**
   * The signed note over the tree that ends in this edge: the identity line, then the line of the epoch. Where the identity is
   * kept elsewhere, its line follows later; a checkpoint that seals an epoch has the line of the next one too then, so that
   * whoever goes on from it can check it with a key of its own.
   */
  issue(edge: RightEdge, epoch: NoteSigner, next?: NoteSigner): string {
    const root = this.#rootOf(edge);
    const { origin, identity } = this.#signer;
    const text = formatCheckpoint({ origin, size: edge.size, root, extensions: [] });
    const seals = next === undefined ? [epoch] : [epoch, next];
    const note = signNote({ text, signers: isRemote(identity) ? seals : [identity, epoch] });
    this.#known = { note, root: encodeBase64(root) };
    return note;
  }

  /**
   * Checks that a note is this log's signed checkpoint over the tree that ends in this edge.
   * @param epoch The key of the epoch in force.
   * @throws StoreCorruptError `STORE_DAMAGED` when it is not.
   */
  check(note: string, edge: RightEdge, epoch: VerifierKey): void {
    const root = encodeBase64(this.#rootOf(edge));
    if (this.#known?.note !== note) this.#known = { note, root: this.#verify(note, edge.size, epoch) };
    if (this.#known.root !== root) throw damaged('its newest checkpoint states another root than its tree has');
  }

  /**
   * Checks that a stored note may leave the machine, or be shown to the identity for its signature.
   * @throws StoreCorruptError `STORE_DAMAGED` when this log's key has not signed it.
   */
  checkSigned(note: string, epoch: VerifierKey): void {
    this.#verified(note, epoch);
  }

  #rootOf(edge: RightEdge): Uint8Array {
    if (this.#edge?.edge !== edge) this.#edge = { edge, root: edgeRoot(sha256, edge) };
    return this.#edge.root;
  }

  /** The root that a note states, in base64. */
  #verify(note: string, size: number, epoch: VerifierKey): string {
    const checkpoint = this.#verified(note, epoch);
    if (checkpoint.size !== size) {
      throw damaged(`its newest checkpoint is over ${checkpoint.size} leaves, and its tree has ${size}`);
    }
    return encodeBase64(checkpoint.root);
  }

  /** By the identity where its key is here; else by the epoch, whose key nobody has who only has the store. */
  #verified(note: string, epoch: VerifierKey): Checkpoint {
    const { origin, identity } = this.#signer;
    const keys = [isRemote(identity) ? epoch : identity.key];
    const result = verifyCheckpoint({ note, origin, keys, verify: this.#verifyEd25519 });
    if (!result.ok) throw damaged(`its newest checkpoint is not signed by this log's key (${result.code})`);
    return result.checkpoint;
  }
}

function damaged(reason: string): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `The log cannot be continued: ${reason}.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
