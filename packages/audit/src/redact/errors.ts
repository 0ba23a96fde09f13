/**
 * The error of redaction.
 */

import { CountersignError } from '@countersign/core';

/** The codes of `RedactError`. */
export type RedactErrorCode = 'MARKER_UNKNOWN';

/** Edited arguments that cannot be given their secrets back. */
export class RedactError extends CountersignError<RedactErrorCode> {}
