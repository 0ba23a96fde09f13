/**
 * Appends one item. Where it looks at a row of the approvals that this process does not know, finds out what that rests on, and
 * tries again.
 */

import type { AppendQueue } from './append-queue.js';
import { StoreCorruptError } from './errors.js';
import type { Appended, AppendItem } from './plan/plan.js';
import { UngroundedRow } from './plan/ungrounded.js';
import type { RowGround } from './row-ground.js';
import { busy } from './unavailable.js';

/** What an item is appended with. */
export interface GroundedParts {
  readonly queue: AppendQueue;
  readonly ground: RowGround;
  /** What is thrown in place of a row that does not follow from the log. */
  readonly refuse?: (cause: StoreCorruptError) => Error;
}

/** Answers when the item is durable. @throws StoreUnavailableError `STORE_LOCKED` when others changed the row again and again */
export async function appendGrounded(item: AppendItem, { queue, ground, refuse }: GroundedParts): Promise<Appended> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await queue.add(item);
    } catch (error) {
      if (!(error instanceof UngroundedRow)) throw error;
      // Each time the log had gone on meanwhile: with writers this busy, giving up is a fault of the store.
      if (attempt > MAX_ATTEMPTS) throw busy();
      await learn(ground, error, refuse);
    }
  }
}

/** How often the row of one operation is looked at again. */
const MAX_ATTEMPTS = 100;

async function learn(ground: RowGround, found: UngroundedRow, refuse: GroundedParts['refuse']): Promise<void> {
  try {
    await ground.learn(found);
  } catch (error) {
    throw refuse !== undefined && error instanceof StoreCorruptError ? refuse(error) : error;
  }
}
