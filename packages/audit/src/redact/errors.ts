/**
 * The error of redaction.
 */

import { CountersignError } from '@countersign/core';

/** The codes of `RedactError`. */
export type RedactErrorCode = 'MARKER_UNKNOWN' | 'MARKER_AMBIGUOUS' | 'MARKER_MISPLACED' | 'VALUE_TOO_DEEP';

/** Edited arguments that cannot be given their secrets back. The message never holds a marker's secret. */
export class RedactError extends CountersignError<RedactErrorCode> {}
