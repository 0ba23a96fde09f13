/**
 * The error of `revive`.
 */

import { CountersignError } from '../errors.js';

/** The codes of `ReviveError`. */
export type ReviveErrorCode = 'REVIVE_LOSSY' | 'TAGGED_FORM_INVALID';

/** JSON that stands for no value. The message names the form and never the contents. */
export class ReviveError extends CountersignError<ReviveErrorCode> {}
