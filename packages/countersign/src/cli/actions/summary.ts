/** What `countersign summary` does. */

import { DECISIONS, OUTCOMES, type SessionSummary } from '@countersign/audit';
import { RISK_LEVELS } from '@countersign/core';
import { fieldLines } from '../format/fields.js';
import { jsonText } from '../format/json.js';
import { createPalette, type Palette } from '../format/palette.js';
import { visible } from '../format/visible.js';
import { countText, durationText } from '../format/words.js';
import { type CliIo, mayColor, note, print } from '../io.js';
import { withView } from '../open-view.js';
import { commonSchema, parseOptions } from '../options.js';

/** Prints a session in figures. */
export async function runSummary(io: CliIo, session: string, input: unknown): Promise<void> {
  const options = parseOptions(commonSchema, input);
  await withView(io, options, async ({ view }) => {
    const summary = await view.sessionSummary(session);
    if (options.json || options.jsonl) await print(io, jsonText(summary, options));
    else await print(io, formatSummary(summary, createPalette(mayColor(io, io.stdout, options))));
    if (summary.totalActions === 0 && !options.quiet) note(io, 'This session has no calls in the log.');
  });
}

function formatSummary(summary: SessionSummary, palette: Palette): string {
  const { byRisk, byDecision, byOutcome } = summary;
  return fieldLines([
    ['Session', visible(summary.session)],
    ['Calls', countText(summary.totalActions, 'call')],
    ['By risk', RISK_LEVELS.map((level) => palette.risk(level)(`${level} ${byRisk[level]}`)).join(', ')],
    ['By decision', DECISIONS.map((decision) => `${decision} ${byDecision[decision]}`).join(', ')],
    [
      'By outcome',
      OUTCOMES.filter((outcome) => byOutcome[outcome] > 0)
        .map((outcome) => `${outcome} ${byOutcome[outcome]}`)
        .join(', '),
    ],
    ['Succeeded', String(summary.successful)],
    ['Took', durationText(summary.totalDurationMs)],
  ]);
}
