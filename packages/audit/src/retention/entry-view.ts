/**
 * The members of an entry that retention goes by, read from the leaf's text and compared with its hash: a purge decides by
 * what was signed, never by a column or a row that says so.
 */

import { parseTime } from '@countersign/core';
import { hashLeaf } from '@countersign/tlog';
import { z } from 'zod';
import { StoreCorruptError } from '../errors.js';
import { sha256 } from '../keys/private-key.js';
import type { StoredLeaf } from '../log-reader.js';

/** What retention sees of an entry. */
export interface EntryView extends z.infer<typeof viewSchema> {
  readonly index: number;
  readonly timeUs: number;
  /** The names of the payloads that it commits to. */
  readonly payloads: readonly string[];
}

/**
 * The view of an entry; undefined for one whose text is gone.
 * @throws StoreCorruptError `ENTRY_CORRUPT` when the leaf is not what was hashed.
 */
export function viewLeaf({ index, leaf, leafHash, unreadable }: StoredLeaf): EntryView | undefined {
  if (unreadable === true) throw corrupt(index);
  if (leaf === undefined) return undefined;
  if (!Buffer.from(hashLeaf(sha256, Buffer.from(leaf, 'utf8'))).equals(leafHash)) throw corrupt(index);
  const members = parse(leaf, index);
  if (members.index !== index) throw corrupt(index);
  return { ...members, timeUs: timeOf(members.time, index), payloads: Object.keys(members.payload) };
}

const viewSchema = z.object({
  index: z.int(),
  kind: z.string(),
  time: z.string(),
  run: z.string().optional(),
  call: z.string().optional(),
  session: z.string().optional(),
  request: z.string().optional(),
  writer: z.string().optional(),
  grant: z.string().optional(),
  outcome: z.string().optional(),
  decision: z.string().optional(),
  uses: z.int().optional(),
  expiresAt: z.string().optional(),
  stepUs: z.int().optional(),
  payload: z.record(z.string(), z.unknown()),
});

function parse(leaf: string, index: number): z.infer<typeof viewSchema> {
  try {
    return viewSchema.parse(JSON.parse(leaf));
  } catch (cause) {
    throw corrupt(index, cause);
  }
}

function timeOf(text: string, index: number): number {
  try {
    return parseTime(text);
  } catch (cause) {
    throw corrupt(index, cause);
  }
}

function corrupt(index: number, cause?: unknown): StoreCorruptError {
  return new StoreCorruptError(
    'ENTRY_CORRUPT',
    `The entry at index ${index} is not what was signed; nothing more was removed.`,
    { hint: 'Run `countersign verify`, and keep a copy of the store as it is.', cause },
  );
}
