/**
 * How far the signature of an identity that is kept elsewhere lies behind the log. Past its bound no more calls begin; what
 * has begun is still recorded, since nothing would be gained by losing it.
 */

import type { Environment } from '@countersign/core';
import { KeyError } from './errors.js';
import type { LagLimits } from './keys/remote-identity.js';

/** What a watch works with. */
export interface LagParts {
  readonly limits: Required<LagLimits>;
  readonly environment: Pick<Environment, 'monotonicUs'>;
  /** The size of the newest checkpoint that the identity has signed, as far as this process knows. */
  signedSize(): number;
}

/** How it stands. */
export interface IdentityLag {
  /** The size of the newest checkpoint that the identity has signed. */
  readonly signedSize: number;
  /** Entries behind it, those of anchors at the end not counted. */
  readonly entries: number;
  /** How long the oldest of them has waited, as far as this process saw it, in milliseconds. */
  readonly ms: number;
}

/** Looks after the lag in one process. */
export class LagWatch {
  readonly #parts: LagParts;
  /** The sizes that the log had, and when: one for each tenth of a second at most. */
  #marks: { size: number; readonly sinceUs: number }[] = [];

  constructor(parts: LagParts) {
    this.#parts = parts;
  }

  /** The log has `size` entries, and the last of them is to be signed. */
  note(size: number): void {
    const nowUs = this.#parts.environment.monotonicUs();
    const last = this.#marks.at(-1);
    if (last !== undefined && nowUs - last.sinceUs < MARK_EVERY_US) last.size = Math.max(last.size, size);
    else this.#marks.push({ size, sinceUs: nowUs });
    this.#forgetSigned();
  }

  get lag(): IdentityLag {
    this.#forgetSigned();
    const signedSize = this.#parts.signedSize();
    const [oldest] = this.#marks;
    if (oldest === undefined) return { signedSize, entries: 0, ms: 0 };
    const entries = (this.#marks.at(-1)?.size ?? signedSize) - signedSize;
    return { signedSize, entries, ms: (this.#parts.environment.monotonicUs() - oldest.sinceUs) / 1000 };
  }

  /** @throws KeyError `SIGNER_BEHIND` past the bound. */
  check(): void {
    const { maxEntries, maxMs } = this.#parts.limits;
    const { entries, ms } = this.lag;
    if (entries <= maxEntries && ms <= maxMs) return;
    throw new KeyError(
      'SIGNER_BEHIND',
      `The identity's signature is ${entries} entries and ${Math.round(ms / 1000)} s behind the log; at most ${maxEntries} entries and ${maxMs / 1000} s are allowed, so no call begins.`,
      { hint: 'See why the remote signer does not answer; calls begin again when it has signed.' },
    );
  }

  /** A mark ends with the largest size in its time: the oldest that is not signed yet is the one that waits. */
  #forgetSigned(): void {
    const signed = this.#parts.signedSize();
    this.#marks = this.#marks.filter(({ size }) => size > signed);
    // Past the bound it does not matter how long ago each entry came.
    if (this.#marks.length > MAX_MARKS) this.#marks.splice(1, this.#marks.length - MAX_MARKS);
  }
}

const MARK_EVERY_US = 100_000;
const MAX_MARKS = 1000;
