/**
 * The keys of a log as its entries name them: the identity and the first epoch by `log-opened`, later epochs by `key-epoch`
 * (log format, section 5). Pure.
 */

import { decodeBase64, encodeBase64 } from '@countersign/core';
import { checkEnrolment, edgeRoot, KEY_TYPES, parseVerifierKey, type VerifierKey } from '@countersign/tlog';
import { verifyEd25519 } from '../../ed25519.js';
import { epochKeyName, FIRST_EPOCH } from '../../keys/epoch-name.js';
import { epochStatementBytes } from '../../keys/epoch-statement.js';
import { sha256 } from '../../keys/private-key.js';
import { isSeen, type Seen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';

/** An epoch and the sizes that its key signs. */
interface Epoch {
  readonly number: number;
  readonly key: VerifierKey;
  /** The smallest size that this epoch signs. */
  readonly fromSize: number;
}

/** Follows the keys. */
export class Epochs {
  readonly #report: Report;
  readonly #trusted: VerifierKey | undefined;
  readonly #epochs: Epoch[] = [];
  #origin: string | undefined;
  #identity: VerifierKey | undefined;
  #isRemote = false;

  /** @param trusted The identity key that was given or found; undefined to take the one that the log names. */
  constructor(report: Report, trusted: VerifierKey | undefined) {
    this.#report = report;
    this.#trusted = trusted;
    this.#origin = trusted?.name;
  }

  /** The log's origin: the name of the trusted key, or else what the first entry says. */
  get origin(): string | undefined {
    return this.#origin;
  }

  /** The key that checkpoints must be signed with. */
  get identity(): VerifierKey | undefined {
    return this.#trusted ?? this.#identity;
  }

  /** Whether the identity's key is kept elsewhere: its line stands on those checkpoints alone that an entry says it signed. */
  get isRemote(): boolean {
    return this.#isRemote;
  }

  /** Sizes whose checkpoints seal an epoch. */
  get seals(): readonly number[] {
    return this.#epochs.slice(1).map(({ fromSize }) => fromSize - 1);
  }

  /** The epoch key in force for a checkpoint of this size. */
  epochKeyAt(size: number): VerifierKey | undefined {
    return this.#epochs.findLast(({ fromSize }) => fromSize <= size)?.key;
  }

  /** The keys that may stand on a checkpoint of this size: a seal has a line of the next epoch too, where the identity signs later. */
  epochKeysAt(size: number): readonly VerifierKey[] {
    const key = this.epochKeyAt(size);
    const next = this.#isRemote ? this.#epochs.find(({ fromSize }) => fromSize === size + 1)?.key : undefined;
    return [key, next].filter((known) => known !== undefined);
  }

  /** Notes that the first entry cannot be read. */
  missFirst(): void {
    this.#report('LOG_NOT_OPENED', 'The first entry cannot be read.', 0);
  }

  see(seen: SeenEntry): void {
    const { index } = seen.entry;
    if (isSeen(seen, 'log-opened')) {
      if (index === 0) this.#open(seen);
      else this.#report('LOG_REOPENED', 'Only the first entry opens the log.', index);
    } else if (index === 0) {
      this.#report('LOG_NOT_OPENED', 'The first entry is of another kind than log-opened.', index);
    }
    if (isSeen(seen, 'key-epoch')) this.#change(seen);
  }

  #open({ entry }: Seen<'log-opened'>): void {
    this.#origin ??= entry.log;
    if (entry.log !== this.#origin) {
      this.#report('KEY_MISMATCH', 'The key is that of a log of another name.', 0);
    }
    this.#isRemote = entry.identity === 'anchor';
    this.#identity = this.#parse(entry.identityKey, entry.log, 0);
    const trusted = this.#trusted;
    if (trusted !== undefined && this.#identity !== undefined && !isSameKey(trusted, this.#identity)) {
      this.#report('KEY_MISMATCH', 'The first entry names another identity key.', 0);
    }
    const key = this.#parse(entry.epochKey, epochKeyName(entry.log, FIRST_EPOCH), 0);
    if (key === undefined) return;
    this.#checkOwn(key, 0);
    this.#epochs.push({ number: FIRST_EPOCH, key, fromSize: 0 });
  }

  #change({ entry, treeBefore }: Seen<'key-epoch'>): void {
    const { index, epoch, epochKey, log } = entry;
    const last = this.#epochs.at(-1);
    const root = encodeBase64(edgeRoot(sha256, treeBefore()));
    if (last === undefined || epoch !== last.number + 1 || entry.root !== root) {
      this.#report('EPOCH_INVALID', 'The number or the root is not the one that follows.', index);
    }
    const key = this.#parse(epochKey, epochKeyName(log, Math.max(epoch, FIRST_EPOCH)), index);
    if (key === undefined || last === undefined) return;
    this.#checkOwn(key, index);
    if (this.#epochs.some((known) => sameBytes(known.key.publicKey, key.publicKey))) {
      this.#report('EPOCH_INVALID', 'The key of an earlier epoch is used again.', index);
    }
    const statement = epochStatementBytes({ log, index, epoch, root: entry.root, epochKey });
    if (!verifyEd25519(last.key.publicKey, statement, decodeSignature(entry.proof))) {
      this.#report('EPOCH_PROOF_INVALID', 'The proof is not a signature of the key before.', index);
    }
    this.#epochs.push({ number: epoch, key, fromSize: index + 2 });
  }

  /** One key under two names would sign both lines, and erasing it would erase the identity. */
  #checkOwn(key: VerifierKey, index: number): void {
    if (this.identity === undefined || !sameBytes(this.identity.publicKey, key.publicKey)) return;
    this.#report('EPOCH_INVALID', 'The identity key is used as the key of an epoch.', index);
  }

  #parse(text: string, name: string, index: number): VerifierKey | undefined {
    const key = parseKey(text);
    if (key !== undefined && key.name === name) return key;
    this.#report('KEY_WEAK', 'A key is not a sound Ed25519 verifier key of the expected name.', index);
    return undefined;
  }
}

/** A sound Ed25519 verifier key from its text; undefined for anything else. */
export function parseKey(text: string): VerifierKey | undefined {
  try {
    const key = parseVerifierKey(text, sha256);
    return key.type === KEY_TYPES.ed25519 && checkEnrolment(key.publicKey).ok ? key : undefined;
  } catch {
    // Whatever is wrong with it, nothing is verified with it.
    return undefined;
  }
}

function isSameKey(left: VerifierKey, right: VerifierKey): boolean {
  return left.name === right.name && sameBytes(left.publicKey, right.publicKey);
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.from(left).equals(right);
}

/** No bytes for what is not canonical base64: they are nobody's signature. */
function decodeSignature(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    return new Uint8Array();
  }
}
