/**
 * What a tool's definition says about every call of it: verbs of its name and description, hints of its schema, and its
 * annotations, which may only raise the level unless its server is trusted. Pure.
 */

import {
  type Effect,
  isJsonObject,
  type JsonValue,
  maxRisk,
  type RiskLevel,
  type Signal,
  type ToolDefinition,
} from '@countersign/core';
import { signal } from '../signal.js';
import { type Decision, decideVerb, isReading, nameVerb } from './decide-verb.js';
import { saysReadOnly, warnsOfLoss } from './description.js';
import { misleadingSignals } from './misleading.js';
import { moneySignals, nounSignals, wideSignals } from './noun-signals.js';
import { MONEY_NOUNS, type VerbKind } from './verbs.js';
import { namespaceWords, nameWords } from './words.js';

/** What is known of a tool before its arguments are read. */
export interface ToolPrior {
  /** Undefined where neither name nor description has a verb that is known. */
  readonly kind: VerbKind | undefined;
  readonly verb: string | undefined;
  /** What the definition alone amounts to; never empty, and its first element is the verdict on the verb. */
  readonly signals: readonly Signal[];
  /** True when the level of the verb stands for text in the arguments that the tool runs. */
  readonly runsArguments: boolean;
  /** All words of the name, with its namespace. */
  readonly words: readonly string[];
}

/** Judges a definition by itself. */
export function toolPrior(tool: ToolDefinition, options: { readonly trusted: boolean }): ToolPrior {
  const words = nameWords(tool.name);
  const all = [
    ...namespaceWords(tool.name),
    ...words,
    ...(tool.title === undefined ? [] : nameWords(tool.title.replace(/[/.:]/g, ' '))),
  ];
  const description = (tool.description ?? '').slice(0, MAX_DESCRIPTION);
  const { kind, verb, sure } = decideVerb(words, description, tool);
  const properties = schemaProperties(tool);
  const executes = properties.some((name) => EXECUTABLE.test(name)) || all.some((word) => RUNNER_WORDS.has(word));
  const queries = kind === 'read' && asksStatement(words, verb) && properties.some((name) => STATEMENT.test(name));
  const runs = kind === 'run' || (kind === undefined && executes) || (queries && !saysReadOnly(description));
  const main = verbSignal({ kind, verb, sure, runs, words: all, description, properties });
  const signals = [
    main,
    ...nounSignals(all, kind),
    ...moneySignals(words, kind),
    ...wideSignals(words, kind),
    ...warningSignals(kind, description),
    ...annotationSignals(tool, main.level, kind),
  ];
  return {
    kind,
    verb,
    // What misleads is never lowered, whoever the server is.
    signals: [...lowerWhereTrusted(signals, tool, options.trusted), ...misleadingSignals(tool)],
    runsArguments: runs,
    words: all,
  };
}

/** The kind of a verb that stands as a value, such as `delete` in `{ action: 'delete' }`; undefined for any other text. */
export function verbKindOf(text: string): VerbKind | undefined {
  const words = nameWords(text.replace(/[/.:]/g, ' '));
  return nameVerb(words)?.kind;
}

/** The level and the effects of a kind of verb by itself. */
export function levelOfVerb(kind: VerbKind): {
  readonly level: RiskLevel;
  readonly effects: readonly Effect[];
  readonly text: string;
} {
  switch (kind) {
    case 'read':
      return { level: 'safe', effects: [], text: 'The tool reads.' };
    case 'compute':
      return { level: 'safe', effects: [], text: 'The tool only computes.' };
    case 'write':
      return { level: 'moderate', effects: [], text: 'The tool creates or changes something.' };
    case 'message':
      return { level: 'moderate', effects: ['message.send'], text: 'The tool sends something to people.' };
    case 'shared':
      return { level: 'moderate', effects: ['infra.change'], text: 'The tool changes a shared or running system.' };
    case 'run':
      return { level: 'moderate', effects: ['exec'], text: 'The tool runs something.' };
    case 'delete':
      return { level: 'destructive', effects: ['data.delete'], text: 'The tool removes something or takes it back.' };
    case 'money':
      return { level: 'destructive', effects: ['money'], text: 'The tool moves money.' };
    case 'grant':
      return { level: 'destructive', effects: ['auth.change'], text: 'The tool changes who may do what.' };
    case 'navigate':
      return { level: 'moderate', effects: ['net.egress'], text: 'The tool acts in a page or an application.' };
    default:
      return kind satisfies never;
  }
}

const MAX_DESCRIPTION = 4_000;
const EXECUTABLE = /^(?:command|cmd|commands|commandline|shell|bash|sql|code|script|sourcecode|statement)$/;
const STATEMENT = /^(?:sql|statements?|sqlquery|sqlstatement|querysql|cypher|cypherquery|code|script|commands?)$/;
const UNREADABLE_TEXT =
  /^(?:[a-z]*command(?:s|line)?|cmd|shell|bash|script|code|sourcecode|sql|statement|query|function|javascript)$/;

/** `query_database(sql)` runs its statement; `explain_query(sql)` and `list_tables(sql)` do not. */
function asksStatement(words: readonly string[], verb: string | undefined): boolean {
  return (
    verb === 'query' ||
    (words.at(-1) === 'query' && (verb === undefined || /^(?:read|fetch|get|find|search|select)$/.test(verb)))
  );
}

interface VerbEvidence extends Decision {
  readonly runs: boolean;
  readonly words: readonly string[];
  readonly description: string;
  readonly properties: readonly string[];
}

function verbSignal(evidence: VerbEvidence): Signal {
  const { kind, sure, runs, properties, description, words } = evidence;
  const confidence = sure ? 0.9 : 0.6;
  if (runs) {
    const unreadable =
      properties.some((name) => UNREADABLE_TEXT.test(name)) ||
      (kind === 'run' && words.some((word) => SHELL_WORDS.has(word)));
    const readOnly = saysReadOnly(description) && !words.some((word) => SHELL_WORDS.has(word));
    const level = readOnly ? 'safe' : unreadable ? 'destructive' : 'moderate';
    return signal('tool.run', level, 'The tool runs what its arguments say.', { effects: ['exec'], confidence });
  }
  if (kind === undefined) {
    return signal('tool.unknown', 'moderate', 'Neither the name nor the description says what the tool does.', {
      confidence: 0.3,
    });
  }
  const money =
    kind === 'money' &&
    !(
      words.some((word) => MONEY_NOUNS.has(word)) ||
      ['pay', 'refund', 'purchase', 'buy', 'withdraw', 'trade', 'payout'].includes(evidence.verb ?? '') ||
      properties.some((name) => /^(?:amount|price|currency|value)/.test(name))
    );
  const verdict = levelOfVerb(money ? 'write' : kind);
  return signal(`tool.${money ? 'write' : kind}`, verdict.level, verdict.text, {
    effects: verdict.effects,
    reversible: verdict.level === 'safe' ? true : verdict.level === 'destructive' ? false : 'unknown',
    confidence,
  });
}

const SHELL_WORDS: ReadonlySet<string> = new Set(
  'shell bash sh zsh terminal powershell pwsh cmd command console ssh repl python javascript node code script sql'.split(
    ' ',
  ),
);
/** Words of tools that do what their arguments say, even without a verb. */
const RUNNER_WORDS: ReadonlySet<string> = new Set(
  'shell bash terminal powershell graphql gql sql http https curl'.split(' '),
);
function warningSignals(kind: VerbKind | undefined, description: string): readonly Signal[] {
  const warning = warnsOfLoss(description, kind !== undefined && isReading(kind));
  return warning
    ? [
        signal('tool.warns-of-loss', 'destructive', 'The description says that something is lost for good.', {
          confidence: 0.7,
          reversible: false,
        }),
      ]
    : [];
}

function annotationSignals(tool: ToolDefinition, level: RiskLevel, kind: VerbKind | undefined): readonly Signal[] {
  const { annotations } = tool;
  const found: Signal[] = [];
  if (annotations?.destructiveHint === true) {
    const removes = kind === 'delete' || kind === 'run' || level === 'destructive';
    found.push(
      signal(
        'tool.hint.destructive',
        removes ? 'destructive' : 'moderate',
        'The server says that the tool may destroy something.',
      ),
    );
  }
  if (annotations?.readOnlyHint === false) {
    found.push(signal('tool.hint.writes', 'moderate', 'The server says that the tool changes something.'));
  }
  return found;
}

/** A trusted server's word that a tool only reads lowers moderate to safe; a removal, or words of loss, stand. */
function lowerWhereTrusted(signals: readonly Signal[], tool: ToolDefinition, trusted: boolean): readonly Signal[] {
  const claims = tool.annotations?.readOnlyHint === true && tool.annotations.destructiveHint !== true;
  const worstLevel = maxRisk(...signals.map((found) => found.level));
  if (!trusted || !claims || worstLevel !== 'moderate' || signals[0]?.id === 'tool.run') {
    return signals;
  }
  return [
    signal('tool.hint.read-only', 'safe', 'A trusted server says that the tool only reads.', {
      reversible: true,
      confidence: 0.8,
    }),
  ];
}

/** Names of the schema's properties in lower case without separators, at most 200. */
function schemaProperties(tool: ToolDefinition): readonly string[] {
  const properties: JsonValue | undefined = tool.inputSchema?.properties;
  return isJsonObject(properties)
    ? Object.keys(properties)
        .slice(0, 200)
        .map((name) => name.toLowerCase().replace(/[^a-z0-9]/g, ''))
    : [];
}
