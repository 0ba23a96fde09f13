/**
 * What retention refuses.
 */

import { CountersignError } from '@countersign/core';

/** The codes of `RetentionError`. */
export type RetentionErrorCode =
  | 'PAYLOAD_NOT_FOUND'
  | 'PAYLOAD_NEEDED'
  | 'HELD'
  | 'SESSION_NOT_SEALED'
  | 'HOLD_NOT_FOUND'
  | 'ARCHIVE_EXISTS'
  | 'ARCHIVE_INVALID'
  | 'ARCHIVE_IO';

/** Something is not removed, or not kept, as was asked. Nothing was changed. */
export class RetentionError extends CountersignError<RetentionErrorCode> {}
