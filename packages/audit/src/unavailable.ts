/**
 * Why a log cannot be used now, beside what stores say themselves.
 */

import { StoreUnavailableError } from './errors.js';
import type { LogStore } from './store.js';

/** Others changed the rows that an operation looks at, again and again. */
export function busy(): StoreUnavailableError {
  return new StoreUnavailableError(
    'STORE_LOCKED',
    'Others changed the same approval again and again; nothing was recorded.',
    {
      hint: 'Try again; if it stays so, run `countersign verify`.',
    },
  );
}

/** The store is empty, and nobody asked for a log to be made. */
export function missing(store: LogStore): StoreUnavailableError {
  return new StoreUnavailableError('STORE_MISSING', `There is no log in ${store.description}.`, {
    hint: 'Check the path, or ask for the log to be created.',
  });
}
