/**
 * One example entry of each kind, always the same: the vectors that pin the bytes are made of them, and tests start from them.
 */

import type { EntryKind, EntryOf } from './kinds.js';

/** The example of one kind: entry 7 of a log, complete with all optional members that go together. */
export function exampleEntry<K extends EntryKind>(kind: K): EntryOf<K> {
  throw new Error(`not implemented: ${kind}`);
}
