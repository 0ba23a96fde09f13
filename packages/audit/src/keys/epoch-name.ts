/**
 * Epochs by number and name (log format, section 5). Pure.
 */

import { ConfigError } from '@countersign/core';

/** The number of a log's first epoch. */
export const FIRST_EPOCH = 1;

/** The name of the key of an epoch. @throws ConfigError OPTION_INVALID when `epoch` is not a positive safe integer. */
export function epochKeyName(origin: string, epoch: number): string {
  if (!Number.isSafeInteger(epoch) || epoch < FIRST_EPOCH) {
    throw new ConfigError('OPTION_INVALID', `epoch: expected an integer from ${FIRST_EPOCH} on`);
  }
  return `${origin}/epoch/${epoch}`;
}
