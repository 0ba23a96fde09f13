/**
 * Colours for the words of the log. Colour is never the only signal: the words say the same. Pure.
 */

import type { Outcome } from '@countersign/audit';
import type { RiskLevel } from '@countersign/core';
import picocolors from 'picocolors';

/** How each kind of word is painted. */
export interface Palette {
  readonly risk: (level: RiskLevel) => Paint;
  readonly outcome: (outcome: Outcome) => Paint;
  readonly good: Paint;
  readonly doubtful: Paint;
  readonly bad: Paint;
  readonly faint: Paint;
  readonly strong: Paint;
}

/** Puts colour around a text. */
export type Paint = (text: string) => string;

/** The colours, or none. */
export function createPalette(enabled: boolean): Palette {
  const { green, cyan, yellow, red, dim, bold } = picocolors.createColors(enabled);
  const alarming: Paint = (text) => bold(red(text));
  const risks: Readonly<Record<RiskLevel, Paint>> = {
    safe: green,
    moderate: cyan,
    destructive: yellow,
    critical: alarming,
  };
  return {
    risk: (level) => risks[level],
    outcome: (outcome) =>
      outcome === 'ok' ? green : outcome === 'pending' ? cyan : outcome === 'observed_only' ? dim : yellow,
    good: green,
    doubtful: yellow,
    bad: alarming,
    faint: dim,
    strong: bold,
  };
}
