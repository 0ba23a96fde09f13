/**
 * Checkpoints of one log: signs the one that ends a commit, and looks at the one that a commit builds on, so that this
 * process never signs a tree that it cannot account for (log format, section 5).
 */

import { encodeBase64 } from '@countersign/core';
import {
  edgeRoot,
  formatCheckpoint,
  type NoteSigner,
  type RightEdge,
  signNote,
  verifyCheckpoint,
} from '@countersign/tlog';
import { createEd25519Verifier } from './ed25519.js';
import { StoreCorruptError } from './errors.js';
import { sha256 } from './keys/private-key.js';
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

  /** The signed note over the tree that ends in this edge: the identity line, then the line of the epoch. */
  issue(edge: RightEdge, epoch: NoteSigner): string {
    const root = this.#rootOf(edge);
    const text = formatCheckpoint({ origin: this.#signer.origin, size: edge.size, root, extensions: [] });
    const note = signNote({ text, signers: [this.#signer.identity, epoch] });
    this.#known = { note, root: encodeBase64(root) };
    return note;
  }

  /**
   * Checks that a note is this log's signed checkpoint over the tree that ends in this edge.
   * @throws StoreCorruptError `STORE_DAMAGED` when it is not.
   */
  check(note: string, edge: RightEdge): void {
    const root = encodeBase64(this.#rootOf(edge));
    if (this.#known?.note !== note) this.#known = { note, root: this.#verify(note, edge.size) };
    if (this.#known.root !== root) throw damaged('its newest checkpoint states another root than its tree has');
  }

  /**
   * A stored note as it may leave the machine: a checkpoint that carries the identity's signature.
   * @throws StoreCorruptError `STORE_DAMAGED` when it does not.
   */
  anchored(note: string): string {
    const { origin, identity } = this.#signer;
    const result = verifyCheckpoint({ note, origin, keys: [identity.key], verify: this.#verifyEd25519 });
    if (!result.ok) throw damaged(`its newest checkpoint is not signed by this log's key (${result.code})`);
    return note;
  }

  #rootOf(edge: RightEdge): Uint8Array {
    if (this.#edge?.edge !== edge) this.#edge = { edge, root: edgeRoot(sha256, edge) };
    return this.#edge.root;
  }

  /** The root that a note states, in base64. */
  #verify(note: string, size: number): string {
    const { origin, identity } = this.#signer;
    const result = verifyCheckpoint({ note, origin, keys: [identity.key], verify: this.#verifyEd25519 });
    if (!result.ok) throw damaged(`its newest checkpoint is not signed by this log's key (${result.code})`);
    if (result.checkpoint.size !== size) {
      throw damaged(`its newest checkpoint is over ${result.checkpoint.size} leaves, and its tree has ${size}`);
    }
    return encodeBase64(result.checkpoint.root);
  }
}

function damaged(reason: string): StoreCorruptError {
  return new StoreCorruptError('STORE_DAMAGED', `The log cannot be continued: ${reason}.`, {
    hint: 'Run `countersign verify`, and keep a copy of the store as it is.',
  });
}
