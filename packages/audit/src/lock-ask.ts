/**
 * What a store reads under its write lock, asked for late. Pure.
 */

import type { LockAsk, LockRequest } from './store.js';

/** The request itself: called for, where it is a function. A store calls this under its write lock. */
export function lockRequestOf(ask: LockAsk): LockRequest {
  return typeof ask === 'function' ? ask() : ask;
}
