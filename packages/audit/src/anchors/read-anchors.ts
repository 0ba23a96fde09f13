/**
 * Reads what the anchors of a log keep, for its verification: one that cannot be read is named, and holds nothing up for long.
 */

import type { Environment } from '@countersign/core';
import { createDeadline } from '../deadline.js';
import type { Anchor, AnchorContext } from './anchor.js';

/** What the anchors keep. */
export interface ReadAnchors {
  readonly anchors: readonly { readonly note: string; readonly label: string }[];
  readonly unreadAnchors: readonly string[];
}

/** How long all anchors together may take. */
export const READ_ANCHORS_TIMEOUT_MS = 15_000;

/** The newest checkpoints of a log at each of its anchors that can tell. */
export async function readAnchors(
  anchors: readonly Anchor[],
  origin: string,
  environment: Environment,
): Promise<ReadAnchors> {
  const deadline = createDeadline({ environment, timeoutMs: READ_ANCHORS_TIMEOUT_MS });
  const context = { environment, signal: deadline.signal };
  try {
    const read = anchors.map(async (anchor) => {
      const label = `The anchor ${anchor.name} (${anchor.kind})`;
      const notes = await newestOf(anchor, origin, context);
      return { label, notes };
    });
    const answers = await Promise.all(read);
    return {
      anchors: answers.flatMap(({ label, notes = [] }) => notes.map((note) => ({ note, label }))),
      unreadAnchors: answers.filter(({ notes }) => notes === undefined).map(({ label }) => label),
    };
  } finally {
    deadline.cancel();
  }
}

/** Undefined where it could not be read. */
async function newestOf(
  anchor: Anchor,
  origin: string,
  context: AnchorContext,
): Promise<readonly string[] | undefined> {
  try {
    return (await anchor.newest?.(origin, context)) ?? [];
  } catch {
    // Which of the anchors it was is said in the report; why, by the log that writes to it.
    return undefined;
  }
}
