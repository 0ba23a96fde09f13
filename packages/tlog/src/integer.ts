/**
 * Arithmetic on tree sizes. A size is a safe integer, so the 32-bit operators of the language are out of bounds
 * here: everything is done by division. Pure.
 */

/** Whether `value` can be a tree size or an index: a safe integer that is not negative. */
export function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** Whether `value`, a size, has its lowest bit set. */
export function isOdd(value: number): boolean {
  return value % 2 === 1;
}

/** `value`, a size, shifted right by one bit. */
export function halve(value: number): number {
  return Math.floor(value / 2);
}

/** Whether `value`, a size, is a power of two (1 is, 0 is not). */
export function isPowerOfTwo(value: number): boolean {
  return countOnes(value) === 1;
}

/** How many bits of `value`, a size, are set: the number of complete subtrees in a tree of that size. */
export function countOnes(value: number): number {
  let ones = 0;
  for (let rest = value; rest > 0; rest = halve(rest)) {
    if (isOdd(rest)) ones += 1;
  }
  return ones;
}

/** The exponent of `power`, a power of two. `Math.log2` is not promised to be exact. */
export function exponentOf(power: number): number {
  let exponent = 0;
  for (let rest = power; rest > 1; rest = halve(rest)) exponent += 1;
  return exponent;
}

/** The largest power of two that is smaller than `value` (2 or more): where RFC 9162 2.1.1 splits a tree. */
export function splitPoint(value: number): number {
  let power = 1;
  while (power * 2 < value) power *= 2;
  return power;
}

/** Reads a size in decimal, without sign, leading zero or any other form; `undefined` when it is not one. */
export function parseSize(text: string): number | undefined {
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}
