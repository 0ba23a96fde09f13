/**
 * A witness: cosigns checkpoints of the logs that it knows, each consistent with the one before. C2SP tlog-witness, from the
 * witness's side, without the network.
 */

import { createHash } from 'node:crypto';
import { verifyEd25519 } from '@countersign/audit';
import type { Environment } from '@countersign/core';
import {
  type CosignatureSigner,
  cosign,
  formatCosignatures,
  formatNote,
  judgeAddCheckpoint,
  parseAddCheckpoint,
  parseCheckpoint,
  parseNote,
  TLOG_SIZE_TYPE,
  TlogError,
  type VerifierKey,
  type WitnessAnswer,
} from '@countersign/tlog';
import type { WitnessState } from './witness-state.js';

/** What a witness is made of. */
export interface WitnessOptions {
  readonly signer: CosignatureSigner;
  /** The keys of the logs that it watches. */
  readonly logs: readonly VerifierKey[];
  readonly state: WitnessState;
  readonly environment: Pick<Environment, 'nowUs'>;
}

/** What is answered. */
export interface WitnessReply {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: string;
  readonly body: string;
}

/** A witness. */
export interface Witness {
  /** Answers the body of `add-checkpoint`. */
  addCheckpoint(body: string): WitnessReply;
  /** The newest cosigned checkpoint of a log, by the SHA-256 of its origin in lower-case hex. */
  checkpoint(originHash: string): WitnessReply;
}

/** Makes a witness. */
export function createWitness({ signer, logs, state, environment }: WitnessOptions): Witness {
  const keysOf = (origin: string): readonly VerifierKey[] => logs.filter(({ name }) => name === origin);
  return {
    addCheckpoint: (body) => {
      const request = readRequest(body);
      if (request === undefined) return plain(400, 'This is no request to a witness.');
      const origin = originOf(request.note);
      if (origin === undefined) return plain(400, 'This is no signed checkpoint.');
      // Nothing is looked up for logs that nobody asked this witness to watch.
      if (keysOf(origin).length === 0) return replyOf({ status: 404 });
      return state.update({ origin, originHash: hashOf(origin) }, (known) => {
        const parts = { hasher: sha256, verify: verifyEd25519 };
        const answer = judgeAddCheckpoint({ request, keysOf, known: () => known, ...parts });
        if (answer.status !== 200) return { answer: replyOf(answer) };
        const { text, tree } = answer;
        const line = cosign({ text, timeSeconds: Math.floor(environment.nowUs() / 1_000_000), signer });
        const own = keysOf(origin);
        const signatures = parseNote(request.note).signatures.filter(({ name, id }) =>
          own.some((key) => key.name === name && key.id === id),
        );
        const note = formatNote({ text, signatures: [...signatures, line] });
        return { answer: plain(200, formatCosignatures([line])), store: { ...tree, note } };
      });
    },
    checkpoint: (originHash) => {
      const note = state.checkpoint(originHash);
      return note === undefined ? plain(404, 'Nothing is known of this log.') : plain(200, note);
    },
  };
}

/** The SHA-256 of an origin in lower-case hex: the log's place among what a witness serves. */
export function hashOf(origin: string): string {
  return createHash('sha256').update(origin).digest('hex');
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}

function readRequest(body: string) {
  try {
    return parseAddCheckpoint(body);
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

function originOf(note: string): string | undefined {
  try {
    return parseCheckpoint(parseNote(note).text).origin;
  } catch (error) {
    if (error instanceof TlogError) return undefined;
    throw error;
  }
}

function replyOf(answer: Exclude<WitnessAnswer, { readonly status: 200 }>): WitnessReply {
  switch (answer.status) {
    case 400:
      return plain(400, 'The old size is larger than that of the checkpoint, or the checkpoint cannot be read.');
    case 403:
      return plain(403, 'The checkpoint has no good signature of a key that is known for this log.');
    case 404:
      return plain(404, 'This witness does not know the log.');
    case 409:
      return { status: 409, type: TLOG_SIZE_TYPE, body: `${answer.size}\n` };
    case 422:
      return plain(422, 'The checkpoint does not follow from the one that was cosigned before.');
    default:
      return answer satisfies never;
  }
}

function plain(status: WitnessReply['status'], body: string): WitnessReply {
  return { status, type: 'text/plain; charset=utf-8', body: body.endsWith('\n') ? body : `${body}\n` };
}
