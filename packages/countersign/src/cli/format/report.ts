/**
 * The report of a verification in words: three answers, what they rest on, and the findings. Pure.
 */

import type { Answer, Finding, VerifyReport } from '@countersign/audit/verify';
import { fieldLines } from './fields.js';
import type { Paint, Palette } from './palette.js';
import { visible } from './visible.js';
import { countText } from './words.js';

/** What the verifier was given, beside the log itself. */
export interface ReportContext {
  readonly database: string;
  /** The key that was used; empty for none. */
  readonly key: string;
  /** The path of the mark, where there is one. */
  readonly mark: string | undefined;
  /** How many checkpoints the caller gave. */
  readonly checkpoints: number;
  readonly palette: Palette;
}

/** The report as lines that end in a line feed. */
export function formatReport(report: VerifyReport, context: ReportContext): string {
  const { palette } = context;
  const answers = PARTS.map((part): readonly [string, string] => [
    part,
    `${paintOf(report[part], palette)(report[part].padEnd(11))}  ${MEANINGS[part][report[part]]}`,
  ]);
  const ground = fieldLines([
    ['Log', visible(context.database)],
    ['Entries', entriesText(report)],
    ...resumedLine(report),
    ['Root', report.root],
    ['Key', keyText(report, context)],
    ['Compared', comparedText(context)],
  ]);
  return `${fieldLines(answers)}\n${ground}\n${findingsText(report, palette)}`;
}

const PARTS = ['integrity', 'completeness', 'authority'] as const;

const MEANINGS: Readonly<Record<(typeof PARTS)[number], Readonly<Record<Answer, string>>>> = {
  integrity: {
    ok: 'Nothing was changed.',
    failed: 'Something was changed or is damaged.',
    'no-evidence': 'There is nothing to check.',
    'not-checked': 'Whether something was changed could not be checked.',
  },
  completeness: {
    ok: 'Nothing is missing, up to the newest checkpoint that is known from outside the log.',
    failed: 'Something is missing.',
    'no-evidence': 'Nothing outside the log says how long it should be.',
    'not-checked': 'Whether something is missing could not be checked.',
  },
  authority: {
    ok: 'Every call that ran was allowed, by the policy on record or by an approval.',
    failed: 'A call ran that nothing on record allows.',
    'no-evidence': 'No call is on record that could be checked.',
    'not-checked': 'Whether every call was allowed could not be checked.',
  },
};

/** How an answer is painted. */
export function paintOf(answer: Answer, palette: Palette): Paint {
  switch (answer) {
    case 'ok':
      return palette.good;
    case 'failed':
      return palette.bad;
    case 'no-evidence':
    case 'not-checked':
      return palette.doubtful;
    default:
      return answer satisfies never;
  }
}

function entriesText({ size, entries }: VerifyReport): string {
  const purged = entries.purged === 0 ? '' : `, ${entries.purged} of them purged`;
  return `${countText(size, 'entry', 'entries')}${purged}; ${countText(entries.payloads, 'payload')} opened, ${countText(entries.calls, 'call')} that ran`;
}

function resumedLine({ resumedFrom }: VerifyReport): readonly (readonly [string, string])[] {
  if (resumedFrom === undefined) return [];
  return [
    [
      'Resumed',
      `the first ${countText(resumedFrom.size, 'entry', 'entries')} rest on an earlier run; their tree is the same`,
    ],
  ];
}

function keyText({ keySource }: VerifyReport, { key }: ReportContext): string {
  if (keySource === 'pinned') return `${visible(key)} (pinned: given by you)`;
  if (key === '') return 'none was given or found';
  return `${visible(key)} (merely found with the log: give --key to pin it)`;
}

function comparedText({ mark, checkpoints }: ReportContext): string {
  const parts = [
    ...(mark === undefined ? [] : [`the mark ${visible(mark)} (found on this machine)`]),
    ...(checkpoints === 0 ? [] : [`${countText(checkpoints, 'checkpoint')} given by you`]),
  ];
  return parts.length === 0 ? 'with nothing outside the log' : `with ${parts.join(' and ')}`;
}

/** The findings, under their number. */
export function findingsText(
  { findings, counts }: Pick<VerifyReport, 'findings' | 'counts'>,
  palette: Palette,
): string {
  if (findings.length === 0) return 'No findings.\n';
  const summary = [
    countText(counts.errors, 'error'),
    countText(counts.warnings, 'warning'),
    countText(counts.infos, 'note'),
  ];
  return `Findings: ${summary.join(', ')}\n${findings.map((finding) => findingLine(finding, palette)).join('')}`;
}

function findingLine({ severity, code, index, message }: Finding, palette: Palette): string {
  const paint = { error: palette.bad, warning: palette.doubtful, info: palette.faint }[severity];
  const at = index === undefined ? '' : ` at entry ${index}`;
  return `  ${paint(severity.padEnd(7))}  ${code}${at}: ${visible(message)}\n`;
}
