/**
 * Has a checker for regular expressions analyse the pattern of every rule, with its bounds taken away, so that what it finds
 * sound is sound at any bound. Exits 1 when one is vulnerable. Takes some minutes.
 *
 * `npm run check:patterns`
 */

import { checkSync } from 'recheck';
import { formRules } from '../../packages/audit/src/redact/form-rules.js';
import { placeRules } from '../../packages/audit/src/redact/place-rules.js';

process.env.RECHECK_BACKEND = 'pure';
const TIMEOUT_MS = 30_000;

const proof = checkSync('^(a+)+$', '', { timeout: TIMEOUT_MS });
if (proof.status !== 'vulnerable')
  throw new Error('The checker does not find fault with what is known to be vulnerable.');

const counts = { safe: 0, unknown: 0, vulnerable: 0 };
for (const { id, pattern } of [...formRules(), ...placeRules()]) {
  const { status } = checkSync(unbounded(pattern), pattern.flags.replace('y', ''), { timeout: TIMEOUT_MS });
  counts[status] += 1;
  if (status !== 'safe') console.log(`${status}: ${id} ${pattern.source}`);
}
console.log(
  `safe ${counts.safe}, not settled within ${TIMEOUT_MS} ms ${counts.unknown}, vulnerable ${counts.vulnerable}`,
);
process.exitCode = counts.vulnerable === 0 ? 0 : 1;

/** Sticky patterns are tried at one place: that is `^`. Long repetitions lose their bound, and exact ones become shorter. */
function unbounded(pattern: RegExp): string {
  const source = pattern.source
    .replace(/\{(\d+),(\d+)\}/g, (whole, least: string, most: string) =>
      Number(most) < 10 ? whole : least === '0' ? '*' : '+',
    )
    .replace(/\{(\d+)\}/g, (whole, times: string) => (Number(times) > 16 ? '{16}' : whole));
  return `^(?:${source})`;
}
