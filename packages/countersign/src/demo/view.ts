/**
 * What the demo prints at its end, beside the views that it shares with the command line. Pure.
 */

import type { AuditedCall, SessionSummary, VerifyReport } from '@countersign/audit';
import { RISK_LEVELS } from '@countersign/core';
import { fieldLines } from '../cli/format/fields.js';
import type { Palette } from '../cli/format/palette.js';
import { visible, visibleJson } from '../cli/format/visible.js';
import { durationText } from '../cli/format/words.js';

/** Critical calls: what was asked, why it is critical, what became of it. */
export function criticalText(calls: readonly AuditedCall[], palette: Palette): string {
  if (calls.length === 0) return '  none\n';
  return calls.map((call) => criticalLines(call, palette)).join('');
}

/** A session in figures. */
export function summaryText(summary: SessionSummary): string {
  const { byRisk, byDecision } = summary;
  return fieldLines([
    ['  calls', String(summary.totalActions)],
    ['  by risk', RISK_LEVELS.map((level) => `${level} ${byRisk[level]}`).join(', ')],
    [
      '  by decision',
      Object.entries(byDecision)
        .map(([decision, count]) => `${decision} ${count}`)
        .join(', '),
    ],
    ['  successful', String(summary.successful)],
    ['  time in tools', durationText(summary.totalDurationMs)],
  ]);
}

/** The three answers in one line, and the findings, at most five. */
export function verdictText(report: VerifyReport, palette: Palette): string {
  const answers = (['integrity', 'completeness', 'authority'] as const).map((part) => {
    const paint = report[part] === 'ok' ? palette.good : report[part] === 'failed' ? palette.bad : palette.doubtful;
    return `${part} ${paint(report[part])}`;
  });
  const shown = report.findings.slice(0, MAX_FINDINGS).map(({ severity, code, index, message }) => {
    const at = index === undefined ? '' : ` at entry ${index}`;
    return `  ${severity} ${code}${at}: ${visible(message)}\n`;
  });
  const more = report.findings.length - shown.length;
  return `  ${answers.join(', ')} (${report.size} entries)\n${shown.join('')}${more > 0 ? `  and ${more} more\n` : ''}`;
}

/** The commands to go on with. */
export function nextText({
  database,
  folder,
  call,
}: {
  readonly database: string;
  readonly folder: string;
  readonly call: AuditedCall | undefined;
}): string {
  const db = `--db ${quoted(database)}`;
  const commands = [
    `npx countersign query ${db} --risk destructive --risk critical`,
    ...(call === undefined ? [] : [`npx countersign show ${call.index} ${db}`]),
    `npx countersign summary demo-release ${db}`,
    `npx countersign verify ${db} --key ${quoted(`${folder}/keys/identity.vkey`)} --mark ${quoted(`${folder}/mark`)}`,
    `npx countersign export ${db} --format csv`,
  ];
  return `Go on with the log that this left behind:\n${commands.map((command) => `  ${command}\n`).join('')}`;
}

const MAX_FINDINGS = 5;

function criticalLines(call: AuditedCall, palette: Palette): string {
  const { index, tool, args, reasons, decision, decisionBy, outcome } = call;
  const what = args === undefined ? '' : visibleJson(JSON.stringify(args));
  const why = reasons[0]?.text ?? '';
  return `  ${index}  ${visible(tool)} ${what}\n      ${palette.risk(call.risk)(call.risk)}: ${visible(why)}\n      ${decision} by ${visible(decisionBy)}, ${outcome}\n`;
}

/** A path as a shell reads it. */
function quoted(path: string): string {
  return /^[\w./:@%+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
