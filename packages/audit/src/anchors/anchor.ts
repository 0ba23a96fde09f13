/**
 * The contract of an anchor: a place outside the store that keeps checkpoints of the log (log format, section 6).
 */

import { CountersignError, type Environment, type JsonValue } from '@countersign/core';
import type { Checkpoint } from '@countersign/tlog';

/** The codes of `AnchorError`. */
export type AnchorErrorCode =
  | 'ANCHOR_UNREACHABLE'
  | 'ANCHOR_REFUSED'
  | 'ANCHOR_ANSWER_INVALID'
  | 'ANCHOR_AHEAD'
  | 'ANCHOR_TIMEOUT'
  | 'ANCHOR_IO'
  | 'ANCHOR_SHORTENED'
  | 'ANCHOR_ROOT_MISMATCH';

/** A checkpoint that could not be anchored. */
export class AnchorError extends CountersignError<AnchorErrorCode> {}

/** A checkpoint that is to be anchored. The rows of the store were read again, and have its root. */
export interface AnchorSubject {
  /** The signed note. */
  readonly note: string;
  readonly checkpoint: Checkpoint;
  /** The consistency proof from an earlier size, 1 up to the checkpoint's own. */
  prove(from: number): Promise<readonly Uint8Array[]>;
}

/** What an anchor works with. */
export interface AnchorContext {
  readonly environment: Environment;
  /** Aborts when the time is over or the log is closed. */
  readonly signal: AbortSignal;
}

/** A place that keeps checkpoints. It holds no state of a log that it could not do without. */
export interface Anchor {
  /** `file`, `webhook`, `witness`, `rfc3161`, or a word of your own; at most 256 bytes. */
  readonly kind: string;
  /** Tells it from the other anchors of the log; at most 256 bytes. It is on record: no secret belongs into it. */
  readonly name: string;
  /** The least time from one anchoring to the next. */
  readonly intervalMs: number;
  /**
   * Keeps a checkpoint and answers the evidence, which is recorded in the log (payload `receipt`); undefined for none.
   * @throws AnchorError
   */
  anchor(subject: AnchorSubject, context: AnchorContext): Promise<JsonValue | undefined>;
  /**
   * The newest checkpoints of a log that are kept there, as signed notes, where it can tell. Their signatures are for the
   * caller to check.
   * @throws AnchorError
   */
  newest?(origin: string, context: AnchorContext): Promise<readonly string[]>;
  /** True where `newest` needs no network: then the log is compared with it when it is opened. */
  readonly isLocal?: boolean;
}

/** How an anchor stands. */
export interface AnchorStatus {
  readonly kind: string;
  readonly name: string;
  /** The size of the newest checkpoint that is on record as anchored there. */
  readonly size?: number;
  /** When that was recorded, in integer microseconds since 1970. */
  readonly atUs?: number;
  /** How often it failed since. */
  readonly failures: number;
  /** The code of the newest failure since. */
  readonly lastFailure?: string;
}

/** The kind under which the signatures of an identity that is kept elsewhere are recorded; no other anchor may have it. */
export const IDENTITY_ANCHOR = 'identity';

/** The least time from one anchoring to the next, for anchors over the network. */
export const REMOTE_INTERVAL_MS = 60_000;

/** The same for files. */
export const LOCAL_INTERVAL_MS = 1000;

/** How long one try may take. */
export const ANCHOR_TIMEOUT_MS = 30_000;
