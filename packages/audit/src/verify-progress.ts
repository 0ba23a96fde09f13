/**
 * Progress of a verification with its pace: the verifier has no clock, so the rate and the time left are worked out beside it.
 */

import type { Environment } from '@countersign/core';
import type { VerifyProgress } from './verify/index.js';

/** How far a verification has come, and how fast it is. */
export interface PacedProgress extends VerifyProgress {
  /** Entries a second so far. */
  readonly perSecond: number;
  /** Milliseconds that the entries left will take at this pace; how long the engine's own check takes is not known. */
  readonly leftMs: number;
}

/** Adds the pace, from now on. */
export function withPace(
  environment: Environment,
  onProgress: (progress: PacedProgress) => void,
): (progress: VerifyProgress) => void {
  const startUs = environment.monotonicUs();
  let first: number | undefined;
  return (progress) => {
    // A verification that goes on from a checkpoint says where it begins before it has read anything.
    first ??= progress.done;
    const seconds = (environment.monotonicUs() - startUs) / 1_000_000;
    const perSecond = seconds > 0 ? (progress.done - first) / seconds : 0;
    const leftMs = perSecond > 0 ? Math.round(((progress.total - progress.done) * 1000) / perSecond) : 0;
    onProgress({ ...progress, perSecond: Math.round(perSecond), leftMs });
  };
}
