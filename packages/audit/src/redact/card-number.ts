/**
 * Payment card numbers: the lengths that the networks give out (ISO/IEC 7812), the check digit, and how people group them.
 * Pure.
 */

/** True for digits, grouped by spaces or hyphens or not at all, that can be the number of a payment card. */
export function isCardNumber(text: string): boolean {
  const separators = new Set(text.replace(/\d/g, ''));
  if (separators.size > 1) return false;
  const digits = text.replace(/[ -]/g, '');
  if (/^(\d)\1*$/.test(digits)) return false;
  return (
    NETWORKS.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits)) &&
    hasCheckDigit(digits)
  );
}

const NETWORKS: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] },
  { prefix: /^(?:5[1-5]|2[2-7])/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^3(?:0[0-5]|[689])/, lengths: [14, 16] },
  { prefix: /^35(?:2[89]|[3-8])/, lengths: [16] },
  { prefix: /^6(?:011|4[4-9]|5|2)/, lengths: [16, 19] },
];

/** The Luhn algorithm (ISO/IEC 7812-1, annex B). */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i += 1) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
