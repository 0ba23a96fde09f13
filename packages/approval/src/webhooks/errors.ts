/**
 * The error of a message that did not reach its receiver.
 */

import { CountersignError } from '@countersign/core';

/** The codes of `DeliveryError`. `DELIVERY_UNREACHABLE` may go better later, `DELIVERY_REFUSED` will not. */
export type DeliveryErrorCode = 'DELIVERY_REFUSED' | 'DELIVERY_UNREACHABLE';

/** Something that was not delivered. */
export class DeliveryError extends CountersignError<DeliveryErrorCode> {}

/** The error for a host that did not answer. Its name is told, never the path or the user of a URL. */
export function notReached(host: string, cause?: unknown): DeliveryError {
  return new DeliveryError('DELIVERY_UNREACHABLE', `${host} could not be reached.`, {
    hint: 'See whether the host can be reached from this machine, and whether its certificate is good.',
    cause,
  });
}

/** The error for a host that answered with a status that is no success; a redirect is one of them. */
export function notTaken(host: string, status: number): DeliveryError {
  const isTemporary = status === 408 || status === 425 || status === 429 || status >= 500;
  const code = isTemporary ? 'DELIVERY_UNREACHABLE' : 'DELIVERY_REFUSED';
  return new DeliveryError(code, `${host} answered with status ${status}.`);
}
