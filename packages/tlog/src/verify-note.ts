/**
 * Who signed a note, according to keys that the caller trusts. C2SP signed-note and tlog-cosignature. Pure.
 */

import { TlogError } from './errors.js';
import { isSameKey, KEY_TYPES, type VerifierKey } from './key.js';
import { ED25519_SIGNATURE_SIZE, type NoteSignature, parseNote, type SignedNote } from './note.js';
import { encodeUtf8 } from './text.js';

/** Ed25519 verification (RFC 8032), brought by the caller: a key of 32 bytes, a signature of 64. Answers, never throws. */
export type SignatureVerifier = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean;

/** What `verifyNote` needs. */
export interface VerifyNoteOptions {
  readonly note: string | Uint8Array;
  /** The keys that the caller trusts, never ones that came with the note. */
  readonly keys: readonly VerifierKey[];
  readonly verify: SignatureVerifier;
}

/** A key whose signature on the note is good. */
export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** Of a cosignature: when the witness made it, in seconds since 1970. */
  readonly timeSeconds?: number;
}

/**
 * Why a note is refused: it cannot be parsed; a key that the caller knows has a signature on it that is not good; or
 * no known key has signed it.
 */
export type NoteFailure = 'NOTE_INVALID' | 'SIGNATURE_INVALID' | 'NO_KNOWN_SIGNATURE';

/** The answer of `verifyNote`. */
export type NoteResult =
  | {
      readonly ok: true;
      readonly note: SignedNote;
      /** Each key once, in the order of the note; at least one. */
      readonly verified: readonly VerifiedSignature[];
    }
  | { readonly ok: false; readonly code: NoteFailure };

/**
 * Verifies a note. Signatures by keys that are not given are ignored; one bad signature by a given key refuses the
 * whole note, whatever else is on it. Never throws on a bad note.
 *
 * @throws TlogError `KEY_AMBIGUOUS` when two different keys are given with the same name and ID
 */
export function verifyNote({ note, keys, verify }: VerifyNoteOptions): NoteResult {
  checkDistinct(keys);
  const parsed = tryParse(note);
  if (parsed === undefined) return { ok: false, code: 'NOTE_INVALID' };
  const verified = new Map<VerifierKey, VerifiedSignature>();
  for (const line of parsed.signatures) {
    const key = keys.find(({ name, id }) => name === line.name && id === line.id);
    if (key === undefined) continue;
    const signature = verifySignature({ key, line, text: parsed.text, verify });
    if (signature === undefined) return { ok: false, code: 'SIGNATURE_INVALID' };
    if (!verified.has(key)) verified.set(key, signature);
  }
  if (verified.size === 0) return { ok: false, code: 'NO_KNOWN_SIGNATURE' };
  return { ok: true, note: parsed, verified: [...verified.values()] };
}

const TIME_BYTES = 8;

interface SignatureClaim {
  readonly key: VerifierKey;
  readonly line: NoteSignature;
  readonly text: string;
  readonly verify: SignatureVerifier;
}

function verifySignature(claim: SignatureClaim): VerifiedSignature | undefined {
  const { key, line, text, verify } = claim;
  switch (key.type) {
    case KEY_TYPES.ed25519: {
      if (line.signature.length !== ED25519_SIGNATURE_SIZE) return undefined;
      return verify(key.publicKey, encodeUtf8(text), line.signature) ? { key } : undefined;
    }
    case KEY_TYPES.cosignature:
      return verifyCosignature(claim);
    default:
      return key.type satisfies never;
  }
}

/** The signature is 8 bytes of time, big-endian, and an Ed25519 signature over the time in words and the text. */
function verifyCosignature({ key, line, text, verify }: SignatureClaim): VerifiedSignature | undefined {
  const { signature } = line;
  if (signature.length !== TIME_BYTES + ED25519_SIGNATURE_SIZE) return undefined;
  const timeSeconds = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
  if (!Number.isSafeInteger(timeSeconds)) return undefined;
  const message = cosignatureMessage(text, timeSeconds);
  return verify(key.publicKey, message, signature.subarray(TIME_BYTES)) ? { key, timeSeconds } : undefined;
}

/** What a witness signs: the time in words, then the note's text (C2SP tlog-cosignature). */
export function cosignatureMessage(text: string, timeSeconds: number): Uint8Array {
  return encodeUtf8(`cosignature/v1\ntime ${timeSeconds}\n${text}`);
}

function tryParse(note: string | Uint8Array): SignedNote | undefined {
  try {
    return parseNote(note);
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

/** Key IDs have only 32 bits: two keys of one name can be made to share theirs. */
function checkDistinct(keys: readonly VerifierKey[]): void {
  const seen = new Map<string, VerifierKey>();
  for (const key of keys) {
    const label = `${key.id} ${key.name}`;
    const other = seen.get(label);
    if (other !== undefined && !isSameKey(other, key)) {
      throw new TlogError('KEY_AMBIGUOUS', 'Two different keys were given with the same name and ID.', {
        hint: 'Trust only one of them.',
      });
    }
    seen.set(label, key);
  }
}
