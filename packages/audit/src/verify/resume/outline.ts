/**
 * The part of a log that an earlier verification has seen, by its stored leaf hashes alone: that it still has the tree that was
 * verified then, and whose texts are gone.
 */

import { encodeBase64 } from '@countersign/core';
import { appendToEdge, EMPTY_EDGE, edgeRoot, type RightEdge } from '@countersign/tlog';
import { sha256 } from '../../keys/private-key.js';
import type { EvidenceReader } from '../evidence.js';
import { type Interval, IntervalSet } from '../intervals.js';
import type { VerifiedState } from './verified-state.js';

/** What lies before the point that a verification goes on from. */
export interface Outline {
  /** The trees at the ends of pages, ascending; the last is that of the verified size. */
  readonly edges: readonly RightEdge[];
  /** The trees that steps ask for. */
  readonly asked: ReadonlyMap<number, RightEdge>;
  /** Entries whose text is gone. */
  readonly gone: readonly Interval[];
}

/** Hashes are read in pages of this size. */
const PAGE = 1024;

/** Undefined when the log does not begin with the tree that was verified. */
export async function readOutline(reader: EvidenceReader, state: VerifiedState): Promise<Outline | undefined> {
  const { size, root } = state;
  const edges: RightEdge[] = [];
  const asked = new Map<number, RightEdge>();
  const wanted = new Set(state.trees);
  const gone = new IntervalSet();
  let edge = EMPTY_EDGE;
  while (edge.size < size) {
    const page = (await reader.outline(edge.size, Math.min(PAGE, size - edge.size))) ?? [];
    if (page.length === 0) return undefined;
    for (const { index, leafHash, isGone } of page) {
      if (index !== edge.size || leafHash.length !== 32) return undefined;
      if (wanted.has(index)) asked.set(index, edge);
      if (isGone) gone.add(index, index + 1);
      edge = appendToEdge(sha256, edge, leafHash);
    }
    edges.push(edge);
  }
  return encodeBase64(edgeRoot(sha256, edge)) === root ? { edges, asked, gone: gone.within(0, size) } : undefined;
}
