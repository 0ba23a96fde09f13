/**
 * The request by which a log shows a checkpoint to a witness, and what a witness answers. C2SP tlog-witness. Pure: no network.
 */

import { decodeBase64, encodeBase64 } from './base64.js';
import { parseCheckpoint } from './checkpoint.js';
import { TlogError } from './errors.js';
import { emptyRoot, equalBytes, HASH_SIZE, type Hasher } from './hash.js';
import { parseSize } from './integer.js';
import type { VerifierKey } from './key.js';
import { MAX_NOTE_BYTES, parseNote } from './note.js';
import { verifyConsistency } from './proof.js';
import { type SignatureVerifier, verifyNote } from './verify-note.js';

/** What a log sends: the size that the witness has, the proof from there, and the signed checkpoint. */
export interface AddCheckpointRequest {
  readonly old: number;
  /** The consistency proof from `old`; empty when `old` is 0 or the checkpoint's own size. */
  readonly proof: readonly Uint8Array[];
  /** The signed note. */
  readonly note: string;
}

/** The newest tree of a log that a witness has cosigned. */
export interface WitnessedTree {
  readonly size: number;
  readonly root: Uint8Array;
}

/** What a witness answers before it signs: the status of HTTP, and of a conflict the size that it has. */
export type WitnessAnswer =
  | { readonly status: 200; readonly text: string; readonly origin: string; readonly tree: WitnessedTree }
  | { readonly status: 400 | 403 | 404 | 422 }
  | { readonly status: 409; readonly size: number };

/** The most proof lines of a request. */
export const MAX_WITNESS_PROOF = 63;

/** The media type of the body of a conflict: the size that the witness has, and a newline. */
export const TLOG_SIZE_TYPE = 'text/x.tlog.size';

/** The largest request, in characters. */
export const MAX_ADD_CHECKPOINT_LENGTH = MAX_NOTE_BYTES + 4096;

/** The body of the request. @throws TlogError `WITNESS_REQUEST_INVALID` when no witness would accept it */
export function formatAddCheckpoint({ old, proof, note }: AddCheckpointRequest): string {
  if (parseSize(`${old}`) !== old) throw invalid('the old size is no size');
  if (proof.length > MAX_WITNESS_PROOF) throw invalid(`it has more than ${MAX_WITNESS_PROOF} hashes`);
  return [`old ${old}`, ...proof.map((hash) => encodeBase64(hash)), '', note].join('\n');
}

/** Reads the body of a request. @throws TlogError `WITNESS_REQUEST_INVALID` */
export function parseAddCheckpoint(body: string): AddCheckpointRequest {
  if (body.length > MAX_ADD_CHECKPOINT_LENGTH) throw invalid('it is too long');
  const end = body.indexOf('\n\n');
  if (end < 0) throw invalid('an empty line is expected after the proof');
  const [first = '', ...lines] = body.slice(0, end).split('\n');
  const old = first.startsWith('old ') ? parseSize(first.slice(4)) : undefined;
  if (old === undefined) throw invalid('its first line must be old and a size');
  if (lines.length > MAX_WITNESS_PROOF) throw invalid(`it has more than ${MAX_WITNESS_PROOF} hashes`);
  return { old, proof: lines.map(decodeHash), note: body.slice(end + 2) };
}

/**
 * What a witness that has `known` of the log answers to a request, in the order of the specification. The caller stores the
 * tree, if and only if what it has is still `known`, and only then signs `text`.
 *
 * @param options.keysOf The trusted keys of a log, by its origin; none for a log that the witness does not know
 * @param options.known What the witness has of the log with this origin; `undefined` for nothing yet
 */
export function judgeAddCheckpoint(options: {
  readonly request: AddCheckpointRequest;
  keysOf(origin: string): readonly VerifierKey[];
  known(origin: string): WitnessedTree | undefined;
  readonly hasher: Hasher;
  readonly verify: SignatureVerifier;
}): WitnessAnswer {
  const { request, keysOf, known, hasher, verify } = options;
  const read = readNote(request.note);
  if (read === undefined) return { status: 400 };
  const { origin, size, root } = read.checkpoint;
  const keys = keysOf(origin);
  if (keys.length === 0) return { status: 404 };
  if (!verifyNote({ note: request.note, keys, verify }).ok) return { status: 403 };
  if (request.old > size) return { status: 400 };
  const latest = known(origin) ?? { size: 0, root: emptyRoot(hasher) };
  if (request.old !== latest.size) return { status: 409, size: latest.size };
  if (!isConsistent({ request, latest, next: { size, root }, hasher })) return { status: 422 };
  return { status: 200, text: read.text, origin, tree: { size, root } };
}

function isConsistent(options: {
  readonly request: AddCheckpointRequest;
  readonly latest: WitnessedTree;
  readonly next: WitnessedTree;
  readonly hasher: Hasher;
}): boolean {
  const { request, latest, next, hasher } = options;
  if (next.size === 0 && !equalBytes(next.root, emptyRoot(hasher))) return false;
  // Nothing can be proven of an empty tree, and nothing has to be: every tree begins with it.
  if (latest.size === 0) return request.proof.length === 0;
  return verifyConsistency({
    hasher,
    from: latest.size,
    to: next.size,
    fromRoot: latest.root,
    toRoot: next.root,
    proof: request.proof,
  }).ok;
}

function readNote(note: string) {
  try {
    const { text } = parseNote(note);
    return { text, checkpoint: parseCheckpoint(text) };
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

function decodeHash(line: string): Uint8Array {
  try {
    const hash = decodeBase64(line);
    if (hash.length === HASH_SIZE) return hash;
  } catch (cause) {
    throw invalid('a line of the proof is not base64', cause);
  }
  throw invalid(`a hash of the proof is not ${HASH_SIZE} bytes`);
}

function invalid(reason: string, cause?: unknown): TlogError {
  return new TlogError('WITNESS_REQUEST_INVALID', `This is not a request to a witness: ${reason}.`, {
    hint: 'It is a line with the old size, the lines of the proof, an empty line and the checkpoint.',
    cause,
  });
}
