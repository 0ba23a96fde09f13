/**
 * The one error that this package throws. It imports nothing, so it stands on its own beside the error base of the
 * other packages and has the same shape: `code`, `message`, `hint`.
 */

/** The pinned codes of `TlogError`. */
export type TlogErrorCode =
  | 'BASE64_INVALID'
  | 'CHECKPOINT_INVALID'
  | 'EDGE_INVALID'
  | 'HASH_INVALID'
  | 'KEY_AMBIGUOUS'
  | 'KEY_INVALID'
  | 'KEY_NAME_INVALID'
  | 'KEY_TYPE_UNSUPPORTED'
  | 'LOG_PROOF_INVALID'
  | 'NOTE_INVALID'
  | 'NOTE_TOO_LARGE'
  | 'POLICY_INVALID'
  | 'RANGE_INVALID'
  | 'SIGNATURE_INVALID'
  | 'TILE_INVALID'
  | 'WITNESS_REQUEST_INVALID';

/** What a `TlogError` carries beside its message. */
export interface TlogErrorDetails {
  /** What to do about it, in one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** A text, a byte string or an argument that this package cannot accept. Its message never quotes the input. */
export class TlogError extends Error {
  readonly code: TlogErrorCode;
  readonly hint: string | undefined;

  constructor(code: TlogErrorCode, message: string, details: TlogErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'TlogError';
    this.code = code;
    this.hint = details.hint;
  }
}
