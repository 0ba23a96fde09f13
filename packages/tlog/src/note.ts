/**
 * Signed notes: a text, an empty line, and signature lines. C2SP signed-note.
 * Parsing is strict: what was parsed is formatted again and must give the same text. Pure.
 */

import { decodeBase64, encodeBase64 } from './base64.js';
import { TlogError } from './errors.js';
import { checkKeyName, KEY_TYPES, type VerifierKey } from './key.js';
import { decodeUtf8, encodeUtf8, isPlainText } from './text.js';

/** One signature line of a note. It says who claims to have signed; nothing is verified yet. */
export interface NoteSignature {
  readonly name: string;
  /** The key ID, an unsigned 32-bit integer. */
  readonly id: number;
  /** What follows the key ID; at least 1 byte. */
  readonly signature: Uint8Array;
}

/** A note in its parts. */
export interface SignedNote {
  /** What was signed, with the newline that ends it. */
  readonly text: string;
  /** 1 to `MAX_NOTE_SIGNATURES`, in the order of the note. */
  readonly signatures: readonly NoteSignature[];
}

/** Signs notes with one key. */
export interface NoteSigner {
  /** Of type Ed25519. */
  readonly key: VerifierKey;
  /** The 64-byte Ed25519 signature over exactly these bytes. */
  sign(message: Uint8Array): Uint8Array;
}

/** The most signature lines that a note may have. */
export const MAX_NOTE_SIGNATURES = 64;

/** The largest note, in bytes of UTF-8. */
export const MAX_NOTE_BYTES = 1_000_000;

/** The length of an Ed25519 signature, in bytes. */
export const ED25519_SIGNATURE_SIZE = 64;

/**
 * Reads a note and verifies nothing: see `verifyNote`.
 *
 * @throws TlogError `NOTE_TOO_LARGE` above `MAX_NOTE_BYTES` or `MAX_NOTE_SIGNATURES`; `NOTE_INVALID` for anything else
 */
export function parseNote(note: string | Uint8Array): SignedNote {
  if (note.length > MAX_NOTE_BYTES) throw tooLarge();
  const whole = typeof note === 'string' ? note : decodeUtf8(note);
  if (whole === undefined) throw invalidNote('its bytes are not valid UTF-8');
  const separator = whole.lastIndexOf('\n\n');
  if (separator < 0 || !whole.endsWith('\n')) {
    throw invalidNote('a text, an empty line and signature lines are expected, each line ended by a newline');
  }
  const lines = whole
    .slice(separator + 2)
    .split('\n')
    .slice(0, -1);
  if (lines.length > MAX_NOTE_SIGNATURES) throw tooLarge();
  const parsed = { text: whole.slice(0, separator + 1), signatures: lines.map(parseSignatureLine) };
  if (formatNote(parsed) !== whole) throw invalidNote('it is not in the one form that its parts have');
  return parsed;
}

/**
 * The text of a note.
 *
 * @throws TlogError `NOTE_INVALID` or `NOTE_TOO_LARGE` when no reader would accept it
 */
export function formatNote({ text, signatures }: SignedNote): string {
  if (!text.endsWith('\n')) throw invalidNote('its text must end in a newline');
  if (signatures.length === 0) throw invalidNote('it has no signature');
  if (signatures.length > MAX_NOTE_SIGNATURES) throw tooLarge();
  const note = `${text}\n${signatures.map(formatSignatureLine).join('')}`;
  if (note.length > MAX_NOTE_BYTES) throw tooLarge();
  if (!isPlainText(note)) throw invalidNote('it holds control characters or broken Unicode');
  if (encodeUtf8(note).length > MAX_NOTE_BYTES) throw tooLarge();
  return note;
}

/**
 * Signs a text with each of the signers, in their order, and answers the whole note.
 *
 * @throws TlogError `NOTE_INVALID` when the text cannot be one or there is no signer, `KEY_TYPE_UNSUPPORTED` for a
 * signer whose key is not of type Ed25519, `SIGNATURE_INVALID` when a signer answers anything but 64 bytes
 */
export function signNote({
  text,
  signers,
}: {
  readonly text: string;
  readonly signers: readonly NoteSigner[];
}): string {
  if (!isPlainText(text)) throw invalidNote('it holds control characters or broken Unicode');
  const message = encodeUtf8(text);
  return formatNote({ text, signatures: signers.map((signer) => createSignature(signer, message)) });
}

const LINE_START = '\u2014 ';
const KEY_ID_BYTES = 4;
const MAX_KEY_ID = 0xffffffff;

function createSignature(signer: NoteSigner, message: Uint8Array): NoteSignature {
  const { name, id, type } = signer.key;
  if (type !== KEY_TYPES.ed25519) {
    throw new TlogError('KEY_TYPE_UNSUPPORTED', 'Only keys of type Ed25519 sign notes here.');
  }
  const signature = new Uint8Array(signer.sign(message));
  if (signature.length !== ED25519_SIGNATURE_SIZE) {
    throw new TlogError(
      'SIGNATURE_INVALID',
      `A signer must answer ${ED25519_SIGNATURE_SIZE} bytes; it answered ${signature.length}.`,
    );
  }
  return { name, id, signature };
}

/** One signature line, without its newline. @throws TlogError `NOTE_INVALID` */
export function parseSignatureLine(line: string): NoteSignature {
  const [, name, encoded] = /^\u2014 ([^ ]+) ([^ ]+)$/.exec(line) ?? [];
  if (name === undefined || encoded === undefined) {
    throw invalidNote('a signature line must be an em dash, a name and base64, with single spaces between');
  }
  const bytes = decodeSignature(encoded);
  if (bytes.length <= KEY_ID_BYTES) throw invalidNote('a signature line holds no signature after the key ID');
  return {
    name,
    id: new DataView(bytes.buffer).getUint32(0),
    signature: bytes.slice(KEY_ID_BYTES),
  };
}

/** The text of one signature line, with its newline. @throws TlogError `NOTE_INVALID` when no reader would accept it */
export function formatSignatureLine({ name, id, signature }: NoteSignature): string {
  if (!checkKeyName(name).ok) throw invalidNote('a signature line names a key that cannot exist');
  if (signature.length === 0) throw invalidNote('a signature line holds no signature after the key ID');
  if (!Number.isInteger(id) || id < 0 || id > MAX_KEY_ID)
    throw invalidNote('a key ID is not an unsigned 32-bit integer');
  const bytes = new Uint8Array(KEY_ID_BYTES + signature.length);
  new DataView(bytes.buffer).setUint32(0, id);
  bytes.set(signature, KEY_ID_BYTES);
  return `${LINE_START}${name} ${encodeBase64(bytes)}\n`;
}

function decodeSignature(encoded: string): Uint8Array {
  try {
    return decodeBase64(encoded);
  } catch (cause) {
    throw invalidNote('a signature line does not hold base64', cause);
  }
}

function invalidNote(reason: string, cause?: unknown): TlogError {
  return new TlogError('NOTE_INVALID', `This is not a signed note: ${reason}.`, {
    hint: 'Fetch the note again as raw bytes, and change nothing in it, line ends included.',
    cause,
  });
}

function tooLarge(): TlogError {
  return new TlogError(
    'NOTE_TOO_LARGE',
    `A note may have ${MAX_NOTE_BYTES} bytes and ${MAX_NOTE_SIGNATURES} signatures; this one has more.`,
    { hint: 'Keep only the signatures of keys that are relied on.' },
  );
}
