/**
 * Which Ed25519 public keys may be enrolled. Common verifiers accept a key of low order, and under such a key one
 * signature is valid for many messages, or for all: it would bind nobody to anything.
 * RFC 8032 section 5.1.3 (decoding); the order of the points follows from the curve's equation. Pure.
 *
 * A key that passes may still have a component of low order beside its large one. Such a key is useless without its
 * secret, so enrolment also asks for a proof of possession; that is the caller's part.
 */

/** Why a public key is refused. */
export type EnrolmentFailure = 'KEY_LENGTH_INVALID' | 'LOW_ORDER_POINT' | 'NON_CANONICAL_POINT' | 'NOT_ON_CURVE';

/** Whether a public key may be enrolled. */
export type EnrolmentCheck = { readonly ok: true } | { readonly ok: false; readonly code: EnrolmentFailure };

/** The length of an Ed25519 public key, in bytes. */
export const ED25519_PUBLIC_KEY_SIZE = 32;

/** Checks an Ed25519 public key (32 bytes) before it is trusted with anything. Never throws on a bad key. */
export function checkEnrolment(publicKey: Uint8Array): EnrolmentCheck {
  if (publicKey.length !== ED25519_PUBLIC_KEY_SIZE) return { ok: false, code: 'KEY_LENGTH_INVALID' };
  const y = decodeY(publicKey);
  if (LOW_ORDER_Y.has(y)) return { ok: false, code: 'LOW_ORDER_POINT' };
  if (y >= P) return { ok: false, code: 'NON_CANONICAL_POINT' };
  if (!isOnCurve(y)) return { ok: false, code: 'NOT_ON_CURVE' };
  return { ok: true };
}

/** The field's prime: RFC 8032 section 5.1. */
const P = 2n ** 255n - 19n;

/** The curve's constant, -121665/121666: RFC 8032 section 5.1. */
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;

/**
 * The y-coordinates of the eight points of low order, and the two of their other encodings that fit in 255 bits.
 * With either sign bit these are the 14 encodings that decoders are known to accept.
 */
const LOW_ORDER_Y: ReadonlySet<bigint> = new Set([
  1n, // the neutral element
  P - 1n, // order 2
  0n, // order 4
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n, // order 8
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n, // order 8, negated
  P, // 0 again
  P + 1n, // 1 again
]);

/** The y-coordinate: little-endian, without the top bit, which is the sign of x. */
function decodeY(publicKey: Uint8Array): bigint {
  const encoded = publicKey.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return encoded % 2n ** 255n;
}

/** Whether some x solves -x^2 + y^2 = 1 + d x^2 y^2. The only x of 0 belongs to points of low order. */
function isOnCurve(y: bigint): boolean {
  const numerator = y * y - 1n;
  const denominator = D * y * y + 1n;
  // By Euler's criterion u/v is a square exactly when u*v is; v is never 0 on this curve.
  const product = (((numerator * denominator) % P) + P) % P;
  return power(product, (P - 1n) / 2n) === 1n;
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % P;
  for (let rest = exponent; rest > 0n; rest /= 2n) {
    if (rest % 2n === 1n) result = (result * square) % P;
    square = (square * square) % P;
  }
  return result;
}
