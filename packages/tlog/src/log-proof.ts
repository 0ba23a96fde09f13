/**
 * Log proofs: one leaf's index and inclusion proof together with the checkpoint they lead to, in one text.
 * C2SP tlog-proof. Pure.
 */

import { decodeBase64, encodeBase64 } from './base64.js';
import {
  type Checkpoint,
  type CheckpointFailure,
  parseCheckpoint,
  type VerifyCheckpointOptions,
  verifyCheckpoint,
} from './checkpoint.js';
import { TlogError } from './errors.js';
import { HASH_SIZE, type Hasher, hashLeaf } from './hash.js';
import { isSize, parseSize } from './integer.js';
import { MAX_NOTE_BYTES, parseNote } from './note.js';
import { type ProofFailure, verifyInclusion } from './proof.js';
import type { VerifiedSignature } from './verify-note.js';

/** A log proof in its parts. Nothing is verified yet. */
export interface LogProof {
  /** Of the leaf; 0-based. */
  readonly index: number;
  /** From the leaf's sibling upwards; at most `MAX_PROOF_HASHES` of 32 bytes. */
  readonly hashes: readonly Uint8Array[];
  /** The signed note, verbatim. */
  readonly checkpoint: string;
  /** Bytes that travel along and that nothing authenticates; at least one. */
  readonly extra?: Uint8Array;
}

/** What `verifyLogProof` needs. The size and the root come from the checkpoint, and from nowhere else. */
export interface VerifyLogProofOptions extends Omit<VerifyCheckpointOptions, 'note'> {
  /** The text of the proof. */
  readonly proof: string;
  /** The leaf's bytes, which the verifier holds. */
  readonly leaf: Uint8Array;
  readonly hasher: Hasher;
}

/** Why a log proof is refused. */
export type LogProofFailure = CheckpointFailure | ProofFailure | 'LOG_PROOF_INVALID';

/** The answer of `verifyLogProof`. */
export type LogProofResult =
  | {
      readonly ok: true;
      readonly index: number;
      readonly checkpoint: Checkpoint;
      readonly verified: readonly VerifiedSignature[];
    }
  | { readonly ok: false; readonly code: LogProofFailure };

/** The first line of a log proof. */
export const LOG_PROOF_HEADER = 'c2sp.org/tlog-proof@v1';

/** The most hashes in a proof: no tree is higher. */
export const MAX_PROOF_HASHES = 63;

/**
 * The text of a log proof.
 *
 * @throws TlogError `LOG_PROOF_INVALID` when no reader would accept it
 */
export function formatLogProof({ index, hashes, checkpoint, extra }: LogProof): string {
  if (!isSize(index)) throw invalidProof('its index must be a safe integer that is not negative');
  if (hashes.length > MAX_PROOF_HASHES) throw invalidProof(`it has more than ${MAX_PROOF_HASHES} hashes`);
  if (hashes.some((hash) => hash.length !== HASH_SIZE))
    throw invalidProof(`its hashes must be ${HASH_SIZE} bytes each`);
  if (extra?.length === 0) throw invalidProof('its extra data must not be empty');
  checkCheckpoint(checkpoint);
  const extraLines = extra === undefined ? [] : [`${EXTRA}${encodeBase64(extra)}`];
  const lines = [LOG_PROOF_HEADER, ...extraLines, `${INDEX}${index}`, ...hashes.map(encodeBase64)];
  const text = `${lines.join('\n')}\n\n${checkpoint}`;
  if (text.length > MAX_LOG_PROOF_LENGTH) throw tooLong();
  return text;
}

/**
 * Reads a log proof and verifies nothing: see `verifyLogProof`.
 *
 * @throws TlogError `LOG_PROOF_INVALID`
 */
export function parseLogProof(text: string): LogProof {
  if (text.length > MAX_LOG_PROOF_LENGTH) throw tooLong();
  const separator = text.indexOf('\n\n');
  if (separator < 0) throw invalidProof('no empty line stands before its checkpoint');
  const [header, ...lines] = text.slice(0, separator).split('\n');
  if (header !== LOG_PROOF_HEADER) throw invalidProof(`its first line is not ${LOG_PROOF_HEADER}`);
  const extraText = lines[0]?.startsWith(EXTRA) ? lines.shift()?.slice(EXTRA.length) : undefined;
  const indexLine = lines.shift();
  const index = indexLine?.startsWith(INDEX) ? parseSize(indexLine.slice(INDEX.length)) : undefined;
  if (index === undefined) throw invalidProof('its index line is missing, or not a decimal number below 2^53');
  if (lines.length > MAX_PROOF_HASHES) throw invalidProof(`it has more than ${MAX_PROOF_HASHES} hashes`);
  const proof = {
    index,
    hashes: lines.map(decodeLine),
    checkpoint: text.slice(separator + 2),
    ...(extraText === undefined ? {} : { extra: decodeLine(extraText) }),
  };
  if (formatLogProof(proof) !== text) throw invalidProof('it is not in the one form that its parts have');
  return proof;
}

/** Verifies that the log of this origin holds this leaf: checkpoint first, then inclusion. Never throws on bad evidence. */
export function verifyLogProof({ proof, leaf, hasher, ...expected }: VerifyLogProofOptions): LogProofResult {
  const parsed = tryParse(proof);
  if (parsed === undefined) return { ok: false, code: 'LOG_PROOF_INVALID' };
  const signed = verifyCheckpoint({ ...expected, note: parsed.checkpoint });
  if (!signed.ok) return signed;
  const { checkpoint, verified } = signed;
  const inclusion = verifyInclusion({
    hasher,
    index: parsed.index,
    size: checkpoint.size,
    leafHash: hashLeaf(hasher, leaf),
    proof: parsed.hashes,
    root: checkpoint.root,
  });
  return inclusion.ok ? { ok: true, index: parsed.index, checkpoint, verified } : inclusion;
}

const EXTRA = 'extra ';
const INDEX = 'index ';

/** Room for a checkpoint of the largest size, and as much again for the proof and its extra data. */
const MAX_LOG_PROOF_LENGTH = 2 * MAX_NOTE_BYTES;

function checkCheckpoint(note: string): void {
  try {
    parseCheckpoint(parseNote(note).text);
  } catch (cause) {
    throw invalidProof('its last part is not a signed checkpoint', cause);
  }
}

function decodeLine(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch (cause) {
    throw invalidProof('one of its lines is not base64', cause);
  }
}

function tryParse(text: string): LogProof | undefined {
  try {
    return parseLogProof(text);
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

function invalidProof(reason: string, cause?: unknown): TlogError {
  return new TlogError('LOG_PROOF_INVALID', `This is not a log proof: ${reason}.`, {
    hint: 'Fetch the proof again as raw bytes, and change nothing in it, line ends included.',
    cause,
  });
}

function tooLong(): TlogError {
  return invalidProof(`it is longer than ${MAX_LOG_PROOF_LENGTH} characters`);
}
