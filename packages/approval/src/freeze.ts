/**
 * Plain data that nobody may change: what one listener or channel is shown, the next one and the call itself read too. Pure.
 */

/** Freezes plain data to its ends and answers it. What is frozen already is taken to be so to its ends. */
export function freezeDeeply<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freezeDeeply(member);
  return Object.freeze(value);
}
