/**
 * The lines of an archive (log format, section 7): a header with a signed checkpoint, and then the whole tree under it from left
 * to right, archived entries in full and everything between them as the roots of aligned subtrees. Whoever hashes it together
 * and arrives at the checkpoint's root knows that each entry stood in the log, at its place. Pure.
 */

import { z } from 'zod';
import { digest } from '../entry/values.js';

/** Names the format in the header. */
export const ARCHIVE_FORMAT = 'countersign/archive/v1';

/** The longest line that is read: a leaf and ten payloads of the greatest size. */
export const MAX_ARCHIVE_LINE_BYTES = 128 * 1024 * 1024;

/** The first line. */
export const headerSchema = z.strictObject({
  format: z.literal(ARCHIVE_FORMAT),
  log: z.string(),
  /** The log's own word for its verifier key; whoever verifies brings the key. */
  identityKey: z.string(),
  size: z.int().nonnegative(),
  /** The signed note over the tree of `size` leaves. */
  checkpoint: z.string(),
});

/** Leaves that are not in the archive. */
export const gapSchema = z.strictObject({
  from: z.int().nonnegative(),
  /** Exclusive. */
  to: z.int().nonnegative(),
  /** The roots of the largest aligned subtrees, from left to right. */
  nodes: z.array(digest).max(128),
});

/** An entry. */
export const archivedSchema = z.strictObject({
  index: z.int().nonnegative(),
  /** The exact text that was hashed. */
  leaf: z.string(),
  /** Those that were still there, as text of exactly the bytes that were committed to. */
  payloads: z.array(z.strictObject({ name: z.string(), salt: z.string(), json: z.string() })),
});

/** The lines behind the header. */
export const bodySchema = z.union([archivedSchema, gapSchema]);

export type ArchiveHeader = z.infer<typeof headerSchema>;
export type ArchivedGap = z.infer<typeof gapSchema>;
export type ArchivedEntry = z.infer<typeof archivedSchema>;
