/**
 * Marks and anchors: checkpoints kept outside the store. One ahead of the log is a truncation, one that is inconsistent a
 * fork (log format, section 6).
 */

import { encodeBase64 } from '@countersign/core';
import { verifyCheckpoint } from '@countersign/tlog';
import { verifyEd25519 } from '../../ed25519.js';
import type { Report } from '../finding-list.js';
import type { KnownRoots } from '../known-roots.js';
import type { Epochs } from './epochs.js';

/** What anchors are compared with. */
export interface AnchorParts {
  readonly report: Report;
  readonly epochs: Pick<Epochs, 'identity' | 'origin'>;
  readonly roots: Pick<KnownRoots, 'rootAt'>;
  /** Number of entries in the log. */
  readonly size: number;
  /** False when entries are missing, so that roots cannot be worked out. */
  readonly isWhole: boolean;
}

/** One checkpoint from outside, with what to call it. */
export interface Anchor {
  readonly note: string;
  readonly label: string;
}

/** The sizes of the anchors that the log bears out; findings for the others. */
export async function checkAnchors(anchors: readonly Anchor[], parts: AnchorParts): Promise<readonly number[]> {
  const good: number[] = [];
  for (const anchor of anchors) {
    const size = await checkAnchor(anchor, parts);
    if (size !== undefined) good.push(size);
  }
  return good;
}

async function checkAnchor({ note, label }: Anchor, parts: AnchorParts): Promise<number | undefined> {
  const { report, epochs, roots, size: found, isWhole } = parts;
  const { identity, origin } = epochs;
  // Without a key nothing can be verified; that is reported elsewhere.
  if (identity === undefined || origin === undefined) return undefined;
  // Its epoch line is checked by nobody who may know fewer entries than it: the identity line stands on every anchor.
  const result = verifyCheckpoint({ note, origin, keys: [identity], verify: verifyEd25519 });
  if (!result.ok) {
    if (result.code === 'ORIGIN_MISMATCH') report('ANCHOR_OF_OTHER_LOG', `${label} belongs to another log.`);
    else report('ANCHOR_INVALID', `${label} is no checkpoint signed by this log (${result.code}).`);
    return undefined;
  }
  const { size, root } = result.checkpoint;
  if (size > found) {
    report('LOG_TRUNCATED', `${label} proves ${size} entries; there are ${found}.`, found);
    return undefined;
  }
  if (!isWhole) return undefined;
  if ((await roots.rootAt(size)) === encodeBase64(root)) return size;
  report('LOG_FORKED', `${label} proves another tree of ${size} entries.`);
  return undefined;
}
