/**
 * The old log that a new incarnation says it goes on from (`log-opened.parent`), compared with what is left of it (log format,
 * section 6).
 */

import { encodeBase64 } from '@countersign/core';
import { appendToEdge, type Checkpoint, EMPTY_EDGE, edgeRoot, type RightEdge } from '@countersign/tlog';
import type { EntryOf } from '../../entry/kinds.js';
import { sha256 } from '../../keys/private-key.js';
import type { LogReader } from '../../log-reader.js';
import { isSeen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';

/** What is left of an old log: itself, or a checkpoint of it. */
export interface ParentEvidence {
  /** Its origin. */
  readonly log: string;
  /** Number of its entries. */
  readonly size: number;
  /** The root of its first `size` entries in standard base64; undefined where it cannot say. */
  rootAt(size: number): Promise<string | undefined>;
}

/** A checkpoint of an old log as evidence. Whether it is signed as it should be is for the caller to say. */
export function parentOfCheckpoint({ origin, size, root }: Checkpoint): ParentEvidence {
  return { log: origin, size, rootAt: async (asked) => (asked === size ? encodeBase64(root) : undefined) };
}

/** An old log as evidence: its leaf hashes, read once up to the size that is asked for. */
export async function parentOfLog(reader: Pick<LogReader, 'head' | 'leaves'>, log: string): Promise<ParentEvidence> {
  const { size } = await reader.head();
  return {
    log,
    size,
    rootAt: async (asked) => {
      const edge = await edgeAt(reader, asked);
      return edge === undefined ? undefined : encodeBase64(edgeRoot(sha256, edge));
    },
  };
}

/** Remembers what the first entry says, and compares it at the end. */
export class Parent {
  readonly #report: Report;
  #stated: EntryOf<'log-opened'>['parent'];

  constructor(report: Report) {
    this.#report = report;
  }

  see(seen: SeenEntry): void {
    if (isSeen(seen, 'log-opened') && seen.entry.index === 0) this.#stated = seen.entry.parent;
  }

  async finish(evidence: ParentEvidence | undefined): Promise<void> {
    const stated = this.#stated;
    if (stated === undefined) {
      if (evidence !== undefined)
        this.#report('PARENT_MISMATCH', 'The log does not say that it goes on from another.', 0);
      return;
    }
    if (evidence === undefined) {
      this.#report(
        'PARENT_NOT_CHECKED',
        `The log goes on from ${stated.size} entries of another, which was not given.`,
        0,
      );
    } else if (evidence.log !== stated.log) {
      this.#report('PARENT_MISMATCH', 'The log goes on from another one than the one given.', 0);
    } else {
      await this.#compare(stated, evidence);
    }
  }

  async #compare(stated: NonNullable<EntryOf<'log-opened'>['parent']>, evidence: ParentEvidence): Promise<void> {
    if (evidence.size < stated.size) {
      const message = `${evidence.size} entries of the old log were given; it had ${stated.size}.`;
      this.#report('PARENT_CUT_BACK', message, 0);
      return;
    }
    const root = await evidence.rootAt(stated.size);
    if (root === undefined) this.#report('PARENT_NOT_CHECKED', 'What was given of the old log is of another size.', 0);
    else if (root !== stated.root) this.#report('PARENT_MISMATCH', 'The old log that was given has other entries.', 0);
  }
}

async function edgeAt(reader: Pick<LogReader, 'leaves'>, size: number): Promise<RightEdge | undefined> {
  let edge = EMPTY_EDGE;
  while (edge.size < size) {
    const leaves = await reader.leaves({ from: edge.size, limit: Math.min(CHUNK, size - edge.size) });
    if (leaves.length === 0) return undefined;
    for (const { index, leafHash } of leaves) {
      if (index !== edge.size || leafHash.length !== 32) return undefined;
      edge = appendToEdge(sha256, edge, leafHash);
    }
  }
  return edge;
}

const CHUNK = 1000;
