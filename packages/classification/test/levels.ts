/** What several tests share: the join of the levels of signals. */

import { maxRisk, type RiskLevel, type Signal } from '@countersign/core';

export function worstLevel(signals: readonly Signal[]): RiskLevel {
  return maxRisk(...signals.map((found) => found.level));
}
