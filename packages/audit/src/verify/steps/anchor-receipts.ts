/**
 * The evidence of recorded anchors, checked again: cosignatures over that very checkpoint, time stamps over its text. What
 * cannot be checked without a key that the caller did not give is said to be not checked (log format, section 6). Pure.
 */

import { decodeBase64, isJsonObject, type JsonValue, parseTime } from '@countersign/core';
import {
  formatCheckpoint,
  parseNote,
  satisfiesPolicy,
  verifyCosignatures,
  type WitnessPolicy,
} from '@countersign/tlog';
import { IDENTITY_ANCHOR } from '../../anchors/anchor.js';
import { verifyEd25519 } from '../../ed25519.js';
import { sha256 } from '../../keys/private-key.js';
import { isSeen, type Seen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import { MAX_TIME_SKEW_US, type TimeBrackets } from './time-brackets.js';

/** What looking at a time stamp came to. */
export type TimestampCheck =
  | { readonly ok: true; readonly timeUs: number }
  | { readonly ok: false; readonly reason: string };

/** Checks a time-stamp token (DER) over an imprint (SHA-256) against the authorities that the caller trusts. Never throws. */
export type TimestampVerifier = (token: Uint8Array, imprint: Uint8Array) => TimestampCheck;

/** What the evidence is checked with. */
export interface ReceiptParts {
  readonly report: Report;
  readonly brackets: TimeBrackets;
  /** The witnesses that the caller trusts. */
  readonly policy: WitnessPolicy | undefined;
  readonly verifyTimestamp: TimestampVerifier | undefined;
  /** The time, in integer microseconds since 1970. */
  readonly nowUs: number | undefined;
}

/** Follows the records of anchors. */
export class AnchorReceipts {
  readonly #parts: ReceiptParts;
  readonly #unchecked = new Map<string, number>();
  #newestUs: number | undefined;
  /** The largest size that each witness anchor has cosigned, as far as its evidence holds. */
  readonly #witnessed = new Map<string, number>();

  constructor(parts: ReceiptParts) {
    this.#parts = parts;
  }

  /** When the newest anchoring was recorded; undefined for none. */
  get newestUs(): number | undefined {
    return this.#newestUs;
  }

  /** How many entries a witness anchor has cosigned so far. */
  witnessed(name: string): number {
    return this.#witnessed.get(name) ?? 0;
  }

  see(seen: SeenEntry): void {
    if (!isSeen(seen, 'anchor-recorded')) return;
    const { anchor, name, size, time } = seen.entry;
    // That one keeps nothing: its evidence is the line on the checkpoint, which is looked at there.
    if (anchor === IDENTITY_ANCHOR) return;
    this.#newestUs = Math.max(this.#newestUs ?? 0, parseTime(time));
    const isGood = this.#check(seen);
    if (anchor === 'witness' && isGood) this.#witnessed.set(name, Math.max(this.witnessed(name), size));
  }

  /** Says what was not checked. */
  finish(): void {
    for (const [kind, count] of this.#unchecked) {
      this.#parts.report(
        'ANCHOR_RECEIPT_NOT_CHECKED',
        `The evidence of ${count} anchorings of kind ${kind} was not checked.`,
      );
    }
  }

  /** False when the evidence is there and does not hold, or says less than it should. */
  #check(seen: Seen<'anchor-recorded'>): boolean {
    const { anchor } = seen.entry;
    const receipt = seen.payloads.get('receipt');
    switch (anchor) {
      case 'witness':
        if (receipt !== undefined && !receipt.truncated) return this.#checkWitnesses(seen, receipt.value);
        break;
      case 'rfc3161':
        if (receipt !== undefined && !receipt.truncated) return this.#checkTimestamp(seen, receipt.value);
        break;
      case 'file':
      case 'webhook':
        break;
      default:
        this.#skip('another word');
        return true;
    }
    this.#skip(anchor);
    // Evidence that should be there and is not lets nobody say that the call was witnessed.
    return !(anchor === 'witness' && this.#parts.policy !== undefined);
  }

  #checkWitnesses({ entry }: Seen<'anchor-recorded'>, receipt: JsonValue): boolean {
    const { report, policy } = this.#parts;
    const note = isJsonObject(receipt) && typeof receipt.note === 'string' ? receipt.note : '';
    if (noteText(note) !== textOf(entry))
      return this.#refuse('The cosigned note is over another checkpoint.', entry.index);
    if (policy === undefined) {
      this.#skip('witness');
      return true;
    }
    const witnesses = policy.witnesses.map(({ key }) => key);
    const cosigned = verifyCosignatures({ note, witnesses, verify: verifyEd25519 });
    if (cosigned === undefined) return this.#refuse('A cosignature of a known witness is not good.', entry.index);
    for (const { timeSeconds } of cosigned) this.#noteTime(entry, timeSeconds * 1_000_000);
    if (
      satisfiesPolicy(
        policy,
        cosigned.map(({ key }) => key),
      )
    )
      return true;
    const message = `${cosigned.length} known witnesses cosigned the checkpoint of ${entry.size} entries: too few for the policy.`;
    report('WITNESS_QUORUM', message, entry.index);
    return false;
  }

  #checkTimestamp({ entry }: Seen<'anchor-recorded'>, receipt: JsonValue): boolean {
    const { verifyTimestamp } = this.#parts;
    if (verifyTimestamp === undefined) {
      this.#skip('rfc3161');
      return true;
    }
    const token = isJsonObject(receipt) && typeof receipt.token === 'string' ? decodeToken(receipt.token) : undefined;
    if (token === undefined) return this.#refuse('There is no time-stamp token.', entry.index);
    const checked = verifyTimestamp(token, timestampImprint(textOf(entry)));
    if (!checked.ok) return this.#refuse(`The time stamp does not hold: ${checked.reason}.`, entry.index);
    this.#noteTime(entry, checked.timeUs);
    return true;
  }

  #noteTime({ size, index }: Seen<'anchor-recorded'>['entry'], timeUs: number): void {
    const { brackets, nowUs, report } = this.#parts;
    if (nowUs !== undefined && timeUs > nowUs + MAX_TIME_SKEW_US) {
      // A bracket from the future would make every honest entry look wrong.
      report('TIME_OUTSIDE_BRACKET', 'The evidence of an anchor states a time that lies in the future.', index);
      return;
    }
    brackets.note(size, timeUs);
  }

  #refuse(message: string, index: number): false {
    this.#parts.report('ANCHOR_RECEIPT_INVALID', message, index);
    return false;
  }

  #skip(kind: string): void {
    this.#unchecked.set(kind, (this.#unchecked.get(kind) ?? 0) + 1);
  }
}

/** What a time stamp is over: the SHA-256 of the checkpoint's text, without its signatures. */
export function timestampImprint(text: string): Uint8Array {
  return sha256(Buffer.from(text, 'utf8'));
}

/** The text of the checkpoint that an entry says was anchored; empty when it cannot be one. */
function textOf({ log, size, root }: Seen<'anchor-recorded'>['entry']): string {
  try {
    return formatCheckpoint({ origin: log, size, root: decodeBase64(root), extensions: [] });
  } catch {
    // A root of another length, or an origin that no checkpoint can have: nothing is over it.
    return '';
  }
}

function noteText(note: string): string | undefined {
  try {
    return parseNote(note).text;
  } catch {
    // What is no note is over nothing.
    return undefined;
  }
}

function decodeToken(text: string): Uint8Array | undefined {
  try {
    return decodeBase64(text);
  } catch {
    // What is no base64 is no token.
    return undefined;
  }
}
