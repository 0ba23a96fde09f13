/**
 * The statement of a query with proofs, in words. Pure.
 */

import type { CompletenessStatus, LevelCount, RiskCompleteness } from '@countersign/audit';
import type { Paint, Palette } from './palette.js';
import { visible } from './visible.js';
import { countText } from './words.js';

/** The statement as lines without a line feed. */
export function completenessLines(statement: RiskCompleteness, palette: Palette): readonly string[] {
  const { status, levels, findings, from, to, size, keySource } = statement;
  const key = keySource === 'pinned' ? 'the key that you gave' : 'the key that was found with the log';
  const where = `between entry ${from} and ${Math.max(from, to - 1)}, in the checkpoint of ${countText(size, 'entry', 'entries')} under ${key}`;
  return [
    `${paintOf(status, palette)(`completeness ${status}`)}: ${MEANINGS[status]}`,
    `  ${where}`,
    ...levels.map((count) => `  ${levelText(count)}`),
    ...findings.map(({ code, message }) => `  ${code}: ${visible(message)}`),
  ];
}

const MEANINGS: Readonly<Record<CompletenessStatus, string>> = {
  verified: 'these are all the calls of these levels that match.',
  unverified: 'these are all by the word of the log alone.',
  'not-checked': 'whether these are all could not be worked out.',
  failed: 'calls are hidden, forged or cut off.',
};

function levelText({ level, expected, returned, filtered, purged, missing }: LevelCount): string {
  const rest = [
    ...(filtered === 0 ? [] : [`${filtered} left out by the filter`]),
    ...(purged === 0 ? [] : [`${purged} purged`]),
    ...(missing === 0 ? [] : [`${missing} MISSING`]),
  ];
  return `${level}: ${returned} of ${expected}${rest.length === 0 ? '' : ` (${rest.join(', ')})`}`;
}

function paintOf(status: CompletenessStatus, palette: Palette): Paint {
  switch (status) {
    case 'verified':
      return palette.good;
    case 'failed':
      return palette.bad;
    case 'unverified':
    case 'not-checked':
      return palette.doubtful;
    default:
      return status satisfies never;
  }
}
