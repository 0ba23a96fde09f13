/**
 * Risk rules: what the owner of a deployment knows better than the tables here. Plain data, already read from wherever it
 * was kept. Pure.
 */

import {
  type Classification,
  ConfigError,
  compareRisk,
  type Effect,
  isJsonObject,
  type JsonValue,
  maxRisk,
  type RiskLevel,
  type Signal,
  type ToolDefinition,
} from '@countersign/core';
import { joinSignals } from './join.js';
import { signal } from './signal.js';

/** What a rule applies to. Every condition that is given must hold; a rule without any applies to nothing. */
export interface RiskRuleMatch {
  /** Name of the tool; `*` stands for any run of characters. */
  readonly tool?: string;
  /** The tool's server, with `*`. */
  readonly server?: string;
  readonly effect?: Effect;
  readonly level?: RiskLevel;
  readonly argument?: {
    /** RFC 6901 JSON Pointer. */
    readonly pointer: string;
    readonly equals?: string | number | boolean | null;
    readonly prefix?: string;
  };
}

/** One rule: gives the calls that match a level of its own. */
export interface RiskRule {
  readonly id: string;
  readonly match: RiskRuleMatch;
  readonly level: RiskLevel;
  /** One sentence: shown to approvers, and kept in the log. */
  readonly reason: string;
  /** Needed to lower a level. Critical findings are never lowered. */
  readonly override?: true;
}

/** Rules in any order: the worst level among those that raise wins, and a rule that lowers gives way to one that raises. */
export type RiskRules = readonly RiskRule[];

/** Rules taken at most. */
const MAX_RULES = 1_000;

/**
 * Checks rules once, when a classifier is made.
 * @throws ConfigError `OPTION_INVALID` for a rule without id, reason or condition; `LIMIT_EXCEEDED` for too many rules.
 */
export function checkRules(rules: RiskRules): RiskRules {
  if (rules.length > MAX_RULES) {
    throw new ConfigError('LIMIT_EXCEEDED', `Risk rules: expected at most ${MAX_RULES}, found ${rules.length}.`);
  }
  for (const [at, rule] of rules.entries()) {
    if (rule.id.trim() === '' || rule.reason.trim() === '' || Object.keys(rule.match).length === 0) {
      throw new ConfigError('OPTION_INVALID', `Risk rule ${at}: expected an id, a reason and at least one condition.`, {
        hint: 'Say in `reason` why the level is another, and in `match` for which calls.',
      });
    }
  }
  return rules;
}

/** Applies the rules to the classification of a call. */
export function applyRules(
  classified: Classification,
  rules: RiskRules,
  call: { readonly tool: ToolDefinition; readonly args: JsonValue },
): Classification {
  const matching = rules.filter((rule) => matches(rule.match, classified, call));
  if (matching.length === 0) {
    return classified;
  }
  const raising = matching.filter((rule) => compareRisk(rule.level, classified.level) >= 0);
  if (raising.length > 0) {
    return rejoin(classified, [...classified.signals, ...raising.map(ruleSignal)]);
  }
  const lowering = matching.filter((rule) => rule.override === true);
  const floor = classified.signals.some(
    (found) => found.level === 'critical' || found.effects.includes('guard.tamper'),
  );
  if (lowering.length === 0 || floor) {
    return classified;
  }
  const level = maxRisk(...lowering.map((rule) => rule.level));
  const kept = classified.signals.map((found) => (compareRisk(found.level, level) > 0 ? { ...found, level } : found));
  return rejoin(classified, [...kept, ...lowering.map(ruleSignal)]);
}

function rejoin(classified: Classification, signals: readonly Signal[]): Classification {
  return { ...joinSignals(signals, []), parser: classified.parser };
}

function ruleSignal(rule: RiskRule): Signal {
  return signal(`rule.${rule.id}`, rule.level, rule.reason, {
    confidence: 1,
    reversible: rule.level === 'safe' ? true : 'unknown',
  });
}

function matches(
  match: RiskRuleMatch,
  classified: Classification,
  call: { readonly tool: ToolDefinition; readonly args: JsonValue },
): boolean {
  return (
    (match.tool === undefined || matchesGlob(match.tool, call.tool.name)) &&
    (match.server === undefined || (call.tool.server !== undefined && matchesGlob(match.server, call.tool.server))) &&
    (match.effect === undefined || classified.effects.includes(match.effect)) &&
    (match.level === undefined || classified.level === match.level) &&
    (match.argument === undefined || matchesArgument(match.argument, call.args))
  );
}

function matchesArgument(wanted: NonNullable<RiskRuleMatch['argument']>, args: JsonValue): boolean {
  const value = valueAt(args, wanted.pointer);
  if (value === undefined || (wanted.equals !== undefined && value !== wanted.equals)) {
    return false;
  }
  return wanted.prefix === undefined || (typeof value === 'string' && value.startsWith(wanted.prefix));
}

function valueAt(args: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = args;
  for (const part of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isJsonObject(value)) {
      value = Object.hasOwn(value, name) ? value[name] : undefined;
    } else {
      value = Array.isArray(value) ? value[Number(name)] : undefined;
    }
  }
  return value;
}

/** `*` matches any run of characters. Compared piece by piece: no pattern can make it slow. */
function matchesGlob(glob: string, text: string): boolean {
  const pieces = glob.split('*');
  const [first = '', ...rest] = pieces;
  if (rest.length === 0) {
    return glob === text;
  }
  const last = rest.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) {
    return false;
  }
  let at = first.length;
  for (const piece of rest.slice(0, -1)) {
    const found = text.indexOf(piece, at);
    if (found < 0) {
      return false;
    }
    at = found + piece.length;
  }
  return at <= text.length - last.length;
}
