/**
 * Payment card numbers: the lengths that the networks give out (ISO/IEC 7812), the check digit, and how people group them.
 * Pure.
 */

/** True for digits, grouped by spaces or hyphens or not at all, that can be the number of a payment card. */
export function isCardNumber(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (!NETWORKS.some(({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits))) return false;
  if (!hasCheckDigit(digits) || new Set(digits).size < 2) return false;
  return digits.length === text.length || isGrouped(text);
}

/** One kind of sign between the groups, and groups as cards have them: three digits or more each. */
function isGrouped(text: string): boolean {
  const groups = text.split(/[ -]/);
  return !(text.includes(' ') && text.includes('-')) && groups.every((group) => group.length >= 3 && group.length <= 6);
}

const NETWORKS: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [16, 19] },
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
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = digit * 2;
    sum += i % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
