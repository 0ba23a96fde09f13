/**
 * The four risk levels and their order. Pure.
 */

/** The levels from harmless to catastrophic; the order of this list is the order of risk. */
export const RISK_LEVELS = ['safe', 'moderate', 'destructive', 'critical'] as const;

/** How risky a tool call is. */
export type RiskLevel = (typeof RISK_LEVELS)[number];

/** Answers a negative number when `a` is the lower risk, 0 when both are equal, a positive number when `a` is the higher. */
export function compareRisk(a: RiskLevel, b: RiskLevel): number {
  return RISK_LEVELS.indexOf(a) - RISK_LEVELS.indexOf(b);
}

/** Answers the highest of the levels given, and `safe` for none. */
export function maxRisk(...levels: readonly RiskLevel[]): RiskLevel {
  return levels.reduce<RiskLevel>((worst, level) => (compareRisk(level, worst) > 0 ? level : worst), 'safe');
}

/** True when `level` is `floor` or above. */
export function isAtLeast(level: RiskLevel, floor: RiskLevel): boolean {
  return compareRisk(level, floor) >= 0;
}

/** True for one of the four level names, and nothing else. */
export function isRiskLevel(value: unknown): value is RiskLevel {
  return RISK_LEVELS.some((level) => level === value);
}
