/**
 * What a clean verification with a pinned key knows at its end, so that a later one can go on from there: the tree, what the steps
 * keep of entries that nobody sees again, and which entries the steps must see again. Plain data. Whoever keeps it must see to it
 * that nobody else can change it: a verifier believes it. Pure.
 */

import { z } from 'zod';

/** Of another version nothing is believed. */
export const STATE_VERSION = 1;

const count = z.int().nonnegative();
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);

/** What follows from entry to entry. */
export const chainState = z.strictObject({
  prevHash: base64.optional(),
  isKnown: z.boolean(),
  timeUs: count,
  totals: z.array(count).length(4),
  unread: count,
  unreadSince: count,
  accounted: count,
  /** The next number of each writer. */
  writers: z.array(z.tuple([z.string(), count])),
});

/** Calls that are open, and what became of the others. */
export const callsState = z.strictObject({
  open: z.array(
    z.strictObject({
      key: base64,
      index: count,
      writer: z.string(),
      tool: z.string().optional(),
      session: z.string().optional(),
    }),
  ),
  refused: base64,
  finished: base64,
});

/** The whole of it. */
export const verifiedState = z.strictObject({
  version: z.literal(STATE_VERSION),
  /** The verifier key that was pinned. */
  key: z.string(),
  size: count,
  /** Standard base64. */
  root: z.string(),
  /** The index of the first entry that could not be read, because a purge had taken it. */
  firstUnread: count.optional(),
  /** A bit for each entry that the steps must see again. */
  wholes: base64,
  /** Sizes of the tree that steps asked for when they saw an entry. */
  trees: z.array(count),
  chain: chainState,
  calls: callsState,
  /** Calls without outcome that must have been cosigned, with the names of their witnesses. */
  demands: z.array(z.tuple([count, z.array(z.string())])),
  /** Number of calls that ran. */
  ran: count,
  /** What was said once of a policy: the code, the policy, and the entry that gave rise to it. */
  told: z.array(z.tuple([z.string(), z.string(), count])),
});

export type ChainState = z.infer<typeof chainState>;
export type CallsState = z.infer<typeof callsState>;
export type VerifiedState = z.infer<typeof verifiedState>;
