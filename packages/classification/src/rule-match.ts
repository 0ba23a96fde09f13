/**
 * Does a rule match a call? It fails closed: what cannot be known counts as a match for a rule that restricts, and as none for
 * one that relaxes. Pure.
 */

import { type Classification, type Effect, isJsonObject, type JsonValue, matchesGlob } from '@countersign/core';
import { type CallFacts, UNKNOWN_PROGRAM } from './call-facts.js';
import type { ClassifiedCall } from './classified-call.js';
import { resolvePath } from './filesystem/index.js';
import type { Conditions, OneOrMore, RiskRule, RiskRuleMatch } from './rule.js';
import type { AnalyzerContext } from './signal.js';

/** What rules are matched against. */
export interface RuleSubject {
  readonly call: ClassifiedCall;
  /** The classification before any rule. */
  readonly classified: Classification;
  readonly facts: CallFacts;
  readonly context: Pick<AnalyzerContext, 'workspace' | 'home' | 'tempRoots'>;
  readonly conditions: Conditions | undefined;
}

/** Whether every condition of a rule holds. */
export function matchesRule(rule: RiskRule, subject: RuleSubject): boolean {
  const { match } = rule;
  const { call, classified } = subject;
  const relaxes = rule.override === true || rule.every === true;
  return (
    globsMatch(match.tool, call.tool.name) &&
    globsMatch(match.server, call.tool.server) &&
    globsMatch(match.actor, call.context?.actor?.id) &&
    globsMatch(match.session, call.context?.session) &&
    (match.level === undefined || listOf(match.level).includes(classified.level)) &&
    effectsMatch(match.effect, classified.effects, relaxes) &&
    (match.argument === undefined || matchesArgument(match.argument, call.args)) &&
    programsMatch(match.program, subject, relaxes) &&
    verbsMatch(match.sql, subject, relaxes) &&
    pathsMatch(match.path, subject, relaxes) &&
    conditionHolds(match, subject, relaxes)
  );
}

/** Whether any rule asks for more than a classification says. */
export function needsFacts(rules: readonly RiskRule[]): boolean {
  return rules.some(
    ({ match }) =>
      match.program !== undefined || match.sql !== undefined || match.path !== undefined || match.if !== undefined,
  );
}

function globsMatch(globs: OneOrMore<string> | undefined, text: string | undefined): boolean {
  if (globs === undefined) return true;
  return text !== undefined && listOf(globs).some((glob) => matchesGlob(glob, text));
}

function effectsMatch(wanted: OneOrMore<Effect> | undefined, found: readonly Effect[], relaxes: boolean): boolean {
  if (wanted === undefined) return true;
  const list = listOf(wanted);
  return relaxes
    ? found.length > 0 && found.every((effect) => list.includes(effect))
    : found.some((effect) => list.includes(effect));
}

function programsMatch(wanted: OneOrMore<string> | undefined, subject: RuleSubject, relaxes: boolean): boolean {
  if (wanted === undefined) return true;
  const globs = listOf(wanted).map((glob) => glob.toLowerCase());
  const isNamed = (program: string) => globs.some((glob) => matchesGlob(glob, program));
  const { programs } = subject.facts;
  const isUnread = programs.has(UNKNOWN_PROGRAM) || isPartial(subject, /^(?:SHELL|ANALYZER|ARGUMENTS)/);
  if (relaxes) return !isUnread && programs.size > 0 && [...programs].every(isNamed);
  return isUnread || [...programs].some(isNamed);
}

function verbsMatch(wanted: OneOrMore<string> | undefined, subject: RuleSubject, relaxes: boolean): boolean {
  if (wanted === undefined) return true;
  const verbs = listOf(wanted).map((verb) => verb.toUpperCase());
  const found = [...subject.facts.verbs];
  const isUnread = isPartial(subject, /^(?:SQL|ANALYZER|ARGUMENTS)/);
  if (relaxes) return !isUnread && found.length > 0 && found.every((verb) => verbs.includes(verb));
  return isUnread || found.some((verb) => verbs.includes(verb));
}

/** Which words of a command are paths is up to each program, so a path never relaxes anything for a command. */
function pathsMatch(wanted: OneOrMore<string> | undefined, subject: RuleSubject, relaxes: boolean): boolean {
  if (wanted === undefined) return true;
  const { facts, classified, context } = subject;
  const globs = listOf(wanted).map((glob) => absoluteGlob(glob, context));
  if (relaxes) {
    const paths = [...facts.paths];
    const isUnread = isPartial(subject, /./) || facts.programs.size > 0 || facts.verbs.size > 0;
    return !isUnread && paths.length > 0 && paths.every((path) => globs.some((glob) => matchesGlob(glob, path)));
  }
  const targets = classified.targets.map((target) => resolvePath(target, context).absolute);
  const lower = globs.map((glob) => glob.toLowerCase());
  return [...facts.paths, ...facts.words, ...targets].some((path) =>
    lower.some((glob) => matchesGlob(glob, path.toLowerCase()) || matchesGlob(glob, `${path.toLowerCase()}/`)),
  );
}

/** The pattern with its beginning resolved as a path would be. */
function absoluteGlob(glob: string, context: RuleSubject['context']): string {
  if (glob.startsWith('/') || glob.startsWith('*')) return glob;
  const { absolute } = resolvePath(glob, context);
  return glob.endsWith('/') ? `${absolute}/` : absolute;
}

function isPartial({ classified, facts }: RuleSubject, codes: RegExp): boolean {
  return facts.isFull || (!classified.parser.ok && classified.parser.errors.some((code) => codes.test(code)));
}

function conditionHolds(match: RiskRuleMatch, subject: RuleSubject, relaxes: boolean): boolean {
  if (match.if === undefined) return true;
  return subject.conditions?.holds(match.if, variablesOf(subject)) ?? !relaxes;
}

/** What a condition may name. */
function variablesOf({ call, classified, facts }: RuleSubject): Readonly<Record<string, unknown>> {
  const { actor, session } = call.context ?? {};
  return {
    tool: call.tool.name,
    server: call.tool.server ?? '',
    args: call.args,
    level: classified.level,
    effects: classified.effects,
    confidence: classified.confidence,
    programs: [...facts.programs],
    paths: [...facts.paths],
    verbs: [...facts.verbs],
    actor: actor?.id ?? '',
    role: actor?.role ?? '',
    session: session ?? '',
  };
}

function matchesArgument(wanted: NonNullable<RiskRuleMatch['argument']>, args: JsonValue): boolean {
  const value = valueAt(args, wanted.pointer);
  if (value === undefined || (wanted.equals !== undefined && value !== wanted.equals)) return false;
  return wanted.prefix === undefined || (typeof value === 'string' && value.startsWith(wanted.prefix));
}

function valueAt(args: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = args;
  for (const part of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isJsonObject(value)) value = Object.hasOwn(value, name) ? value[name] : undefined;
    else value = Array.isArray(value) ? value[Number(name)] : undefined;
  }
  return value;
}

function listOf<T extends string>(value: OneOrMore<T>): readonly T[] {
  return typeof value === 'string' ? [value] : value;
}
