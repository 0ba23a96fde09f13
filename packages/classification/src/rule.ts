/**
 * Risk rules: what the owner of a deployment knows better than the tables here. Plain data, already read from wherever it
 * was kept. Pure.
 */

import { ConfigError, type Effect, type RiskLevel } from '@countersign/core';

/** One value, or any of several. */
export type OneOrMore<T> = T | readonly T[];

/** What a rule applies to. Every condition that is given must hold; a rule without any applies to nothing. */
export interface RiskRuleMatch {
  /** Name of the tool; `*` stands for any run of characters. */
  readonly tool?: OneOrMore<string>;
  /** The tool's server, with `*`. */
  readonly server?: OneOrMore<string>;
  readonly effect?: OneOrMore<Effect>;
  /** The level before any rule. */
  readonly level?: OneOrMore<RiskLevel>;
  /** Id of the calling actor, with `*`. */
  readonly actor?: OneOrMore<string>;
  /** Session of the call, with `*`. */
  readonly session?: OneOrMore<string>;
  /** Programs that commands run, by name, with `*`. */
  readonly program?: OneOrMore<string>;
  /** Verbs of SQL statements, such as `DELETE`; case does not count. */
  readonly sql?: OneOrMore<string>;
  /** Paths: absolute, below the home folder (`~/`) or the workspace; `*` stands for any run of characters, `/` included. */
  readonly path?: OneOrMore<string>;
  readonly argument?: {
    /** RFC 6901 JSON Pointer. */
    readonly pointer: string;
    readonly equals?: string | number | boolean | null;
    readonly prefix?: string;
  };
  /** A condition in CEL over the call; needs `ClassifierOptions.conditions`. */
  readonly if?: string;
}

/** One rule: gives the calls that match a level of its own, or a mark that a policy may ask for. */
export interface RiskRule {
  readonly id: string;
  readonly match: RiskRuleMatch;
  /** Absent for a rule that only marks what matches. */
  readonly level?: RiskLevel;
  /** One sentence: shown to approvers, and kept in the log. */
  readonly reason: string;
  /** Needed to lower a level. Critical findings are never lowered. */
  readonly override?: true;
  /**
   * For a rule that relaxes something: its conditions on effects, programs, verbs and paths hold only where all that the call
   * does is named by them. Always so with `override`.
   */
  readonly every?: true;
  /** The rule changes nothing; that it matches is a signal. */
  readonly shadow?: true;
}

/** Rules in any order: the worst level among those that raise wins, and a rule that lowers gives way to one that raises. */
export type RiskRules = readonly RiskRule[];

/** Evaluates conditions that were compiled before; see `@countersign/classification/policy-file`. */
export interface Conditions {
  /** Whether a condition was compiled. */
  has(text: string): boolean;
  /** Undefined where it cannot be said: a member that is not there, a limit that is hit. Never throws. */
  holds(text: string, variables: Readonly<Record<string, unknown>>): boolean | undefined;
}

/** Rules taken at most. */
export const MAX_RULES = 1_000;

/**
 * Checks rules once, when a classifier is made.
 * @throws ConfigError `OPTION_INVALID` for a rule without id, reason or condition, or with a condition that was not compiled;
 * `LIMIT_EXCEEDED` for too many rules.
 */
export function checkRules(rules: RiskRules, conditions?: Conditions): RiskRules {
  if (rules.length > MAX_RULES) {
    throw new ConfigError('LIMIT_EXCEEDED', `Risk rules: expected at most ${MAX_RULES}, found ${rules.length}.`);
  }
  for (const [at, rule] of rules.entries()) {
    if (rule.id.trim() === '' || rule.reason.trim() === '' || Object.keys(rule.match).length === 0) {
      throw new ConfigError('OPTION_INVALID', `Risk rule ${at}: expected an id, a reason and at least one condition.`, {
        hint: 'Say in `reason` why the level is another, and in `match` for which calls.',
      });
    }
    if (rule.match.if !== undefined && conditions?.has(rule.match.if) !== true) {
      throw new ConfigError('OPTION_INVALID', `Risk rule ${at}: its condition was not compiled.`, {
        hint: 'Compile conditions with `compileConditions` of @countersign/classification/policy-file.',
      });
    }
  }
  return rules;
}
