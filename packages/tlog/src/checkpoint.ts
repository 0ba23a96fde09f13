/**
 * Checkpoints: the text of the note that commits a log to its size and root. C2SP tlog-checkpoint. Pure.
 */

import { decodeBase64, encodeBase64 } from './base64.js';
import { TlogError } from './errors.js';
import { HASH_SIZE } from './hash.js';
import { isSize, parseSize } from './integer.js';
import type { VerifierKey } from './key.js';
import { MAX_NOTE_BYTES } from './note.js';
import { isPlainText } from './text.js';
import { type NoteFailure, type SignatureVerifier, type VerifiedSignature, verifyNote } from './verify-note.js';

/** What a log commits to. */
export interface Checkpoint {
  /** The log's unique name: one line, not empty. Equal to the name of the log's key. */
  readonly origin: string;
  /** Number of leaves: a safe integer, 0 or more. */
  readonly size: number;
  /** The root at that size; 32 bytes. */
  readonly root: Uint8Array;
  /** Further lines, none of them empty. Logs of this project write none. */
  readonly extensions: readonly string[];
}

/** What `verifyCheckpoint` needs. */
export interface VerifyCheckpointOptions {
  readonly note: string | Uint8Array;
  /** The log that the caller expects. */
  readonly origin: string;
  /** The keys that the caller trusts for this origin, never ones that came with the note. */
  readonly keys: readonly VerifierKey[];
  readonly verify: SignatureVerifier;
}

/** Why a checkpoint is refused: as for a note, or its text is not a checkpoint, or it belongs to another log. */
export type CheckpointFailure = NoteFailure | 'CHECKPOINT_INVALID' | 'ORIGIN_MISMATCH';

/** The answer of `verifyCheckpoint`. */
export type CheckpointResult =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly verified: readonly VerifiedSignature[] }
  | { readonly ok: false; readonly code: CheckpointFailure };

/**
 * The text of a checkpoint: what is signed.
 *
 * @throws TlogError `CHECKPOINT_INVALID` when no reader would accept it
 */
export function formatCheckpoint({ origin, size, root, extensions }: Checkpoint): string {
  if (!isSize(size)) throw invalidCheckpoint('its size must be a safe integer that is not negative');
  if (root.length !== HASH_SIZE) throw invalidCheckpoint(`its root must be ${HASH_SIZE} bytes`);
  const lines = [origin, ...extensions];
  if (lines.some((line) => line === '' || line.includes('\n'))) {
    throw invalidCheckpoint('its origin and extensions must be single lines that are not empty');
  }
  const text = [origin, `${size}`, encodeBase64(root), ...extensions, ''].join('\n');
  if (text.length > MAX_NOTE_BYTES) throw invalidCheckpoint(`it is longer than ${MAX_NOTE_BYTES} bytes`);
  if (!isPlainText(text)) throw invalidCheckpoint('it holds control characters or broken Unicode');
  return text;
}

/**
 * Reads the text of a checkpoint (a note's `text`, without signatures). Whether the root fits the size, even for
 * size 0, is for proofs to say.
 *
 * @throws TlogError `CHECKPOINT_INVALID`
 */
export function parseCheckpoint(text: string): Checkpoint {
  if (text.length > MAX_NOTE_BYTES) throw invalidCheckpoint(`it is longer than ${MAX_NOTE_BYTES} bytes`);
  const [origin, sizeText, rootText, ...rest] = text.split('\n');
  if (origin === undefined || sizeText === undefined || rootText === undefined || rest.pop() !== '') {
    throw invalidCheckpoint('an origin, a size and a root are expected, each on a line ended by a newline');
  }
  const size = parseSize(sizeText);
  if (size === undefined) throw invalidCheckpoint('its size is not a decimal number below 2^53');
  const checkpoint = { origin, size, root: decodeRoot(rootText), extensions: rest };
  if (formatCheckpoint(checkpoint) !== text) throw invalidCheckpoint('it is not in the one form that its parts have');
  return checkpoint;
}

/** Verifies a signed checkpoint: the note, its text, and that it belongs to the expected log. Never throws on bad evidence. */
export function verifyCheckpoint({ origin, ...options }: VerifyCheckpointOptions): CheckpointResult {
  const result = verifyNote(options);
  if (!result.ok) return result;
  const checkpoint = tryParse(result.note.text);
  if (checkpoint === undefined) return { ok: false, code: 'CHECKPOINT_INVALID' };
  if (checkpoint.origin !== origin) return { ok: false, code: 'ORIGIN_MISMATCH' };
  return { ok: true, checkpoint, verified: result.verified };
}

function decodeRoot(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch (cause) {
    throw invalidCheckpoint('its root is not base64', cause);
  }
}

function tryParse(text: string): Checkpoint | undefined {
  try {
    return parseCheckpoint(text);
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

function invalidCheckpoint(reason: string, cause?: unknown): TlogError {
  return new TlogError('CHECKPOINT_INVALID', `This is not a checkpoint: ${reason}.`, {
    hint: 'A checkpoint is an origin line, a size in decimal and a root in base64.',
    cause,
  });
}
