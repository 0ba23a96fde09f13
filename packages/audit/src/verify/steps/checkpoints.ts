/**
 * The stored tree and checkpoints against the entries: size, right edge, roots, signatures, and which are kept
 * (log format, section 5).
 */

import { encodeBase64 } from '@countersign/core';
import {
  type Checkpoint,
  type CheckpointFailure,
  encodeEdge,
  parseNote,
  type RightEdge,
  type VerifierKey,
  verifyCheckpoint,
} from '@countersign/tlog';
import { IDENTITY_ANCHOR } from '../../anchors/anchor.js';
import { verifyEd25519 } from '../../ed25519.js';
import type { StoredCheckpoint, StoredHead } from '../../log-reader.js';
import { isSeen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { FindingCode } from '../findings.js';
import type { KnownRoots } from '../known-roots.js';
import type { Epochs } from './epochs.js';

/** What is compared at the end. */
export interface StoredTree {
  readonly head: StoredHead;
  readonly checkpoints: readonly StoredCheckpoint[];
  /** The tree of all entries; undefined when entries are missing from it. */
  readonly edge: RightEdge | undefined;
  /** True for an export, which has no stored edge. */
  readonly isExport: boolean;
}

/** What the checkpoint step works with. */
export interface CheckpointParts {
  readonly report: Report;
  readonly epochs: Epochs;
  readonly roots: KnownRoots;
  readonly strict: boolean;
}

/** Checks the stored tree. */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  /** Sizes and roots that `anchor-recorded` entries state, with their index. */
  readonly #anchored: { readonly size: number; readonly root: string; readonly index: number }[] = [];
  /** Sizes that the identity is said to have signed, where its key is kept elsewhere. */
  readonly #identitySigned = new Set<number>();
  #newestSigned = 0;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
  }

  see(seen: SeenEntry): void {
    if (!isSeen(seen, 'anchor-recorded')) return;
    const { size, root, index, anchor } = seen.entry;
    this.#anchored.push({ size, root, index });
    if (anchor === IDENTITY_ANCHOR) this.#identitySigned.add(size);
  }

  async finish({ head, checkpoints, edge, isExport }: StoredTree): Promise<void> {
    await this.#checkAnchored();
    if (edge !== undefined) this.#checkHead(head, edge, isExport);
    const newest = checkpoints.at(-1);
    if (newest === undefined || head.checkpoint === '') {
      if (head.size > 0 || (edge?.size ?? 0) > 0) {
        this.#parts.report('CHECKPOINT_MISSING', 'There is no checkpoint.');
      }
      return;
    }
    if (newest.note !== head.checkpoint) {
      this.#parts.report('CHECKPOINT_UNEXPECTED', 'The newest checkpoint is not the one that the head names.');
    }
    if (edge !== undefined && newest.size !== edge.size) {
      this.#parts.report('CHECKPOINT_SIZE', `The newest checkpoint is over ${newest.size} of ${edge.size} entries.`);
    }
    if (checkpoints.some(({ size }, i) => size <= (checkpoints[i - 1]?.size ?? -1))) {
      this.#parts.report('CHECKPOINT_UNEXPECTED', 'There is more than one checkpoint of a size.');
    }
    for (const checkpoint of checkpoints) await this.#check(checkpoint, checkpoint === newest, edge !== undefined);
    this.#checkIdentity(newest);
    this.#checkSeals(checkpoints);
    this.#checkAnchoredAreKept(checkpoints);
  }

  /** Where the identity signs later: it must have signed something, and what it has not signed yet is told. */
  #checkIdentity(newest: StoredCheckpoint): void {
    const { report, epochs } = this.#parts;
    if (!epochs.isRemote || epochs.identity === undefined) return;
    const signed = this.#newestSigned;
    if (signed === 0) report('CHECKPOINT_SIGNATURE', 'No checkpoint carries the signature of the identity key.');
    const records = this.#anchored.filter(({ index }) => index >= signed).length;
    const behind = newest.size - signed - records;
    if (signed > 0 && behind > 0) {
      report('IDENTITY_BEHIND', `The identity key has signed the first ${signed} entries so far.`, signed);
    }
  }

  /** A checkpoint that stands elsewhere too is what that place is compared with: it stays. */
  #checkAnchoredAreKept(checkpoints: readonly StoredCheckpoint[]): void {
    const kept = new Set(checkpoints.filter((checkpoint) => checkpoint.kept).map(({ size }) => size));
    for (const { size, index } of this.#anchored) {
      if (kept.has(size)) continue;
      this.#parts.report('CHECKPOINT_MISSING', `The anchored checkpoint of ${size} entries is not kept.`, index);
    }
  }

  /** Each epoch but the one in force has its seal, and keeps it. */
  #checkSeals(checkpoints: readonly StoredCheckpoint[]): void {
    const kept = new Map(checkpoints.map((checkpoint) => [checkpoint.size, checkpoint.kept]));
    for (const seal of this.#parts.epochs.seals) {
      if (kept.get(seal) === true) continue;
      const what = kept.has(seal)
        ? `The checkpoint of ${seal} entries is not kept.`
        : `There is no checkpoint of ${seal} entries.`;
      this.#parts.report('EPOCH_SEAL_MISSING', what, seal - 1);
    }
  }

  #checkHead(head: StoredHead, edge: RightEdge, isExport: boolean): void {
    if (head.size !== edge.size) {
      this.#parts.report('HEAD_MISMATCH', `The stored size is ${head.size}; there are ${edge.size} entries.`);
    }
    if (isExport || (edge.size === 0 && head.edge.length === 0)) return;
    if (!Buffer.from(encodeEdge(edge)).equals(head.edge)) {
      this.#parts.report('EDGE_MISMATCH', 'The stored right edge is not that of the entries.');
    }
  }

  async #checkAnchored(): Promise<void> {
    for (const { size, root, index } of this.#anchored) {
      if (size <= index && (await this.#parts.roots.rootAt(size)) === root) continue;
      this.#parts.report('ANCHOR_RECORD_MISMATCH', `The tree of the first ${size} entries is another.`, index);
    }
  }

  async #check(stored: StoredCheckpoint, isNewest: boolean, isWhole: boolean): Promise<void> {
    const { report, roots, strict } = this.#parts;
    const { size, note } = stored;
    const label = `The checkpoint of ${size} entries`;
    this.#checkKept(stored, isNewest, label);
    const checkpoint = this.#verify(stored, label);
    if (checkpoint === undefined) return;
    if (checkpoint.size !== size || checkpoint.extensions.length > 0) {
      report('CHECKPOINT_INVALID', `${label} states another size, or more than a size and a root.`);
    } else if (isWhole && (await roots.rootAt(size)) !== encodeBase64(checkpoint.root)) {
      report('CHECKPOINT_ROOT', `${label} states another root than the entries have.`);
    }
    if (strict) this.#reportUnknown(note, this.#keysAt(size), label);
  }

  /** Only the newest, those that an entry says were anchored, and seals of epochs are there. */
  #checkKept({ size, kept }: StoredCheckpoint, isNewest: boolean, label: string): void {
    const isRecorded = this.#anchored.some((anchor) => anchor.size === size) || this.#parts.epochs.seals.includes(size);
    if (kept ? isRecorded : isNewest) return;
    const what = kept ? 'is kept, and no entry says why' : 'is not the newest, and not kept';
    this.#parts.report('CHECKPOINT_UNEXPECTED', `${label} ${what}.`);
  }

  /** What a note states, when all those keys have signed it that must. */
  #verify({ size, note }: StoredCheckpoint, label: string): Checkpoint | undefined {
    const { report, epochs } = this.#parts;
    const { identity, origin } = epochs;
    // Without a key nothing can be verified; that is reported elsewhere.
    if (identity === undefined || origin === undefined) return undefined;
    const result = verifyCheckpoint({ note, origin, keys: this.#keysAt(size), verify: verifyEd25519 });
    if (!result.ok) {
      report(CHECKPOINT_FAILURES[result.code], `${label} is refused (${result.code}).`);
      return undefined;
    }
    const isBy = (key: VerifierKey | undefined) => result.verified.some((signature) => signature.key === key);
    const mustBeByIdentity = !epochs.isRemote || this.#identitySigned.has(size);
    if (isBy(identity)) this.#newestSigned = Math.max(this.#newestSigned, size);
    if ((mustBeByIdentity && !isBy(identity)) || !isBy(epochs.epochKeyAt(size))) {
      report('CHECKPOINT_SIGNATURE', `${label} lacks the signature of the identity key or of its epoch.`);
    }
    return result.checkpoint;
  }

  /** The identity key and those of the epochs that sign this size, as far as they are known. */
  #keysAt(size: number): readonly VerifierKey[] {
    const { epochs } = this.#parts;
    return [epochs.identity, ...epochs.epochKeysAt(size)].filter((key) => key !== undefined);
  }

  #reportUnknown(note: string, keys: readonly VerifierKey[], label: string): void {
    const isKnown = (name: string, id: number) => keys.some((key) => key.name === name && key.id === id);
    const unknown = parseNote(note).signatures.filter(({ name, id }) => !isKnown(name, id)).length;
    if (unknown === 0) return;
    this.#parts.report('UNKNOWN_SIGNATURE', `${label} carries ${unknown} signatures of keys that are not known.`);
  }
}

/** The finding for each reason why a checkpoint is refused. */
export const CHECKPOINT_FAILURES: Readonly<Record<CheckpointFailure, FindingCode>> = {
  NOTE_INVALID: 'CHECKPOINT_INVALID',
  CHECKPOINT_INVALID: 'CHECKPOINT_INVALID',
  ORIGIN_MISMATCH: 'CHECKPOINT_INVALID',
  SIGNATURE_INVALID: 'CHECKPOINT_SIGNATURE',
  NO_KNOWN_SIGNATURE: 'CHECKPOINT_SIGNATURE',
};
