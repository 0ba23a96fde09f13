/**
 * The identity key as it stands beside a log. Pure.
 */

import type { VerifierKey } from '@countersign/tlog';
import { KeyError } from '../errors.js';
import { parseKey } from './steps/epochs.js';

/** The verifier key from its text. @throws KeyError `KEY_INVALID` when it is none. */
export function identityOf(text: string): VerifierKey {
  const key = parseKey(text.trim());
  if (key !== undefined) return key;
  throw new KeyError('KEY_INVALID', 'No verifier key of the log was found: nothing can be proven under it.', {
    hint: 'Run `countersign verify`, and give the folder of its keys with --key-dir.',
  });
}
