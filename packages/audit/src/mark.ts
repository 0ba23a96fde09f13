/**
 * The high-water mark: the newest checkpoint that this machine has seen of a log, kept outside the database's directory, so
 * that a log that was cut back is noticed (log format, section 6).
 */

import { CountersignError, type Environment } from '@countersign/core';
import type { Checkpoint } from '@countersign/tlog';

/** The codes of `MarkError`. */
export type MarkErrorCode = 'MARK_DAMAGED' | 'MARK_FORKED' | 'MARK_INVALID' | 'MARK_LOCKED' | 'MARK_IO';

/** A mark that cannot be read or advanced. */
export class MarkError extends CountersignError<MarkErrorCode> {}

/** What a mark holds. Its signatures are not verified here. */
export interface Mark {
  /** The signed note, as it was given to `advance`. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
}

/** The mark of one log. */
export interface MarkFile {
  readonly path: string;
  /** What the file holds; undefined when there is none. @throws MarkError MARK_DAMAGED, MARK_IO. */
  read(): Promise<Mark | undefined>;
  /**
   * Moves the mark forward to a checkpoint of `size` leaves; a mark that is further already stays.
   * @param options.flush Do not return before the mark is on the disk. Otherwise it is flushed every 200 ms at most.
   * @throws MarkError MARK_FORKED when the mark has the same size and another root or another origin; MARK_INVALID when the note is
   * no checkpoint of that size; MARK_DAMAGED, MARK_LOCKED, MARK_IO.
   */
  advance(note: string, size: number, options: { readonly flush: boolean }): Promise<void>;
}

/** The mark file at a path. Nothing is read or written yet. */
export function openMark(options: { readonly path: string; readonly environment?: Environment }): MarkFile {
  throw new Error(`not implemented: ${options.path}`);
}

/** Where the mark of a log is kept by default: `<home>/.countersign/marks/<hash of origin>`. */
export function defaultMarkPath(origin: string, home: string): string {
  throw new Error('not implemented');
}
