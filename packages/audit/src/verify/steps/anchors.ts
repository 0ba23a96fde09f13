/**
 * Marks and anchors: checkpoints kept outside the store. One ahead of the log is a truncation, one that is inconsistent a
 * fork (log format, section 6).
 */

import { encodeBase64 } from '@countersign/core';
import { parseCheckpoint, parseNote, type VerifierKey, verifyCheckpoint, verifyCosignatures } from '@countersign/tlog';
import { verifyEd25519 } from '../../ed25519.js';
import type { Report } from '../finding-list.js';
import type { KnownRoots } from '../known-roots.js';
import type { Epochs } from './epochs.js';

/** What anchors are compared with. */
export interface AnchorParts {
  readonly report: Report;
  readonly epochs: Pick<Epochs, 'identity' | 'origin' | 'isRemote' | 'epochKeyAt'>;
  readonly roots: Pick<KnownRoots, 'rootAt'>;
  /** Number of entries in the log. */
  readonly size: number;
  /** False when entries are missing, so that roots cannot be worked out. */
  readonly isWhole: boolean;
  /** The witnesses that the caller trusts. */
  readonly witnesses: readonly VerifierKey[];
}

/** An anchor that the log bears out. */
export interface GoodAnchor {
  readonly size: number;
  /** When trusted witnesses saw it, in microseconds since 1970. */
  readonly times: readonly number[];
}

/** One checkpoint from outside, with what to call it. */
export interface Anchor {
  readonly note: string;
  readonly label: string;
  /** It never left the machine: where the identity signs later, the line of the epoch is enough. */
  readonly isMark?: boolean;
}

/** The anchors that the log bears out; findings for the others. */
export async function checkAnchors(anchors: readonly Anchor[], parts: AnchorParts): Promise<readonly GoodAnchor[]> {
  const good: GoodAnchor[] = [];
  for (const anchor of anchors) {
    const found = await checkAnchor(anchor, parts);
    if (found !== undefined) good.push(found);
  }
  return good;
}

async function checkAnchor(anchor: Anchor, parts: AnchorParts): Promise<GoodAnchor | undefined> {
  const { note, label } = anchor;
  const { report, epochs, roots, size: found, isWhole } = parts;
  const { identity, origin } = epochs;
  // Without a key nothing can be verified; that is reported elsewhere.
  if (identity === undefined || origin === undefined) return undefined;
  // Its epoch line is checked by nobody who may know fewer entries than it: the identity line stands on every anchor.
  const keys = [identity, ...epochKeyOf(anchor, epochs)];
  const result = verifyCheckpoint({ note, origin, keys, verify: verifyEd25519 });
  if (!result.ok) {
    if (result.code === 'ORIGIN_MISMATCH') report('ANCHOR_OF_OTHER_LOG', `${label} belongs to another log.`);
    else report('ANCHOR_INVALID', `${label} is no checkpoint signed by this log (${result.code}).`);
    return undefined;
  }
  const cosigned = verifyCosignatures({ note, witnesses: parts.witnesses, verify: verifyEd25519 });
  if (cosigned === undefined) {
    report('ANCHOR_INVALID', `${label} carries a cosignature of a known witness that is not good.`);
    return undefined;
  }
  const { size, root } = result.checkpoint;
  if (size > found) {
    report('LOG_TRUNCATED', `${label} proves ${size} entries; there are ${found}.`, found);
    return undefined;
  }
  if (!isWhole) return undefined;
  if ((await roots.rootAt(size)) === encodeBase64(root)) {
    return { size, times: cosigned.map(({ timeSeconds }) => timeSeconds * 1_000_000) };
  }
  report('LOG_FORKED', `${label} proves another tree of ${size} entries.`);
  return undefined;
}

/** The key of the epoch that a mark stands in. */
function epochKeyOf({ note, isMark = false }: Anchor, epochs: AnchorParts['epochs']): readonly VerifierKey[] {
  if (!isMark || !epochs.isRemote) return [];
  try {
    const key = epochs.epochKeyAt(parseCheckpoint(parseNote(note).text).size);
    return key === undefined ? [] : [key];
  } catch {
    // What is no checkpoint is refused with every key.
    return [];
  }
}
