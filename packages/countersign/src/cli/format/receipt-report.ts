/**
 * What came of verifying a receipt, in words. Pure.
 */

import type { ProvenEntry, ReceiptReport } from '@countersign/audit/verify';
import { fieldLines } from './fields.js';
import type { Palette } from './palette.js';
import { findingsText, paintOf } from './report.js';
import { visible, visibleLines } from './visible.js';
import { countText } from './words.js';

/** The report as lines that end in a line feed. */
export function formatReceiptReport(
  report: ReceiptReport,
  { key, palette }: { readonly key: string; readonly palette: Palette },
): string {
  const { integrity, entries } = report;
  const head = fieldLines([
    ['integrity', `${paintOf(integrity, palette)(integrity.padEnd(11))}  ${MEANINGS[integrity]}`],
    ['Log', visible(report.log)],
    ['Key', `${visible(key)} (pinned: given by you)`],
    ...witnessLines(report),
    ...checkpointLines(report),
  ]);
  const proven = entries.map((entry) => `${entryText(entry, palette)}\n`).join('');
  return `${head}\n${proven}${findingsText(report, palette)}`;
}

const MEANINGS: Readonly<Record<ReceiptReport['integrity'], string>> = {
  ok: 'Everything below stands in the log under this checkpoint, as it was signed.',
  failed: 'The receipt does not prove what it states.',
  'no-evidence': 'There is nothing to check.',
  'not-checked': 'Whether the receipt proves what it states could not be checked.',
};

function checkpointLines({ size, root, fromSize }: ReceiptReport): readonly (readonly [string, string])[] {
  if (size === undefined || root === undefined) return [];
  const grown = fromSize === undefined ? '' : `, going on from ${countText(fromSize, 'entry', 'entries')}`;
  return [
    ['Checkpoint', `${countText(size, 'entry', 'entries')}${grown}`],
    ['Root', root],
  ];
}

function witnessLines({ witnesses }: ReceiptReport): readonly (readonly [string, string])[] {
  return witnesses.map(({ name, timeSeconds }) => [
    'Witness',
    `${visible(name)}, at ${new Date(timeSeconds * 1000).toISOString()}`,
  ]);
}

function entryText({ index, entry, payloads, withheld }: ProvenEntry, palette: Palette): string {
  const title = palette.strong(`Entry ${index}: ${entry.kind}, ${entry.time}`);
  const leaf = visibleLines(JSON.stringify(entry, undefined, 2));
  const opened = Object.entries(payloads).map(
    ([name, value]) => `\n${palette.strong(name)}\n${visibleLines(JSON.stringify(value, undefined, 2))}\n`,
  );
  const missing = withheld.length === 0 ? '' : `\nLeft out: ${withheld.map(visible).join(', ')}\n`;
  return `${title}\n${leaf}\n${opened.join('')}${missing}`;
}
