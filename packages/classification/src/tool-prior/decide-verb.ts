/**
 * Decides what a tool does from the words of its name and the first sentence of its description. Pure.
 */

import { isJsonObject, type ToolDefinition } from '@countersign/core';
import { descriptionVerb, saysReadOnly } from './description.js';
import { FIRST_ONLY, NOUN_FIRST, PLAIN_READ_NOUNS, READ_NOUNS, VAGUE, VERBS, type VerbKind } from './verbs.js';
import { nameWords } from './words.js';

/** The verb that a definition comes down to. */
export interface Decision {
  readonly kind: VerbKind | undefined;
  readonly verb: string | undefined;
  readonly sure: boolean;
}

/** Weighs the verb of the name against that of the description; the worse one wins unless it is doubtful. */
export function decideVerb(words: readonly string[], description: string, tool: ToolDefinition): Decision {
  const own =
    nameVerb(words) ?? (tool.title === undefined ? undefined : nameVerb(nameWords(tool.title.replace(/[/.:]/g, ' '))));
  const said = descriptionVerb(description);
  if (own === undefined) return withoutOwnVerb(words, description, tool);
  if (said === undefined) {
    return { kind: own.kind, verb: own.verb, sure: true };
  }
  if (own.verb === 'add' && /\b(?:numbers|integers|addends)\b/i.test(description)) {
    return { kind: 'compute', verb: own.verb, sure: false };
  }
  if (onlyReads(own, said, { words, description, tool })) {
    return { kind: 'read', verb: own.verb, sure: false };
  }
  if (VAGUE.has(own.verb) && isReading(said.kind)) {
    return { kind: own.kind === 'run' ? 'run' : 'read', verb: own.verb, sure: false };
  }
  const worse = rank(said.kind) > rank(own.kind) && !said.ambiguous;
  return worse ? { kind: said.kind, verb: said.verb, sure: false } : { kind: own.kind, verb: own.verb, sure: true };
}

/** Where the name has no verb, the description decides, and else a noun such as `status`. */
function withoutOwnVerb(words: readonly string[], description: string, tool: ToolDefinition): Decision {
  const said = descriptionVerb(description);
  if (said?.kind === 'run' && words.at(-1) === 'query' && carriesOutReading('query', description, tool)) {
    return { kind: 'read', verb: 'query', sure: false };
  }
  if (said !== undefined) {
    return { kind: said.kind, verb: said.verb, sure: false };
  }
  const noun = words.some((word) => READ_NOUNS.has(word));
  return { kind: noun || saysReadOnly(description) ? 'read' : undefined, verb: undefined, sure: false };
}

interface Definition {
  readonly words: readonly string[];
  readonly description: string;
  readonly tool: ToolDefinition;
}

/** A name that resolves to an id, or reads while its description speaks of performing a search. */
function onlyReads(own: NameVerb, said: NameVerb, { words, description, tool }: Definition): boolean {
  if (own.verb === 'resolve') return RESOLVED.test(words.at(-1) ?? '');
  return isReading(own.kind) && said.kind === 'run' && carriesOutReading(own.verb, description, tool);
}

/** What a name is resolved to. */
const RESOLVED = /^(?:ids?|names?|urls?|uri|path|address|symbol|reference|type|handle|username)$/;

/** `web_search`: "Performs a web search"; "Executes a query to read records", where no statement is given to run. */
function carriesOutReading(verb: string, description: string, tool: ToolDefinition): boolean {
  const properties = Object.keys(isJsonObject(tool.inputSchema?.properties) ? tool.inputSchema.properties : {});
  if (properties.some((name) => /^(?:sql|statement|command|code|script|cypher)/i.test(name))) return false;
  return verb === 'query' || verb === 'read'
    ? /\bto (?:read|retrieve|fetch|search|look up|list)\b/i.test(description)
    : /\b(?:search|lookup|look-up|query|queries|aggregations?|scan|retrieval|analysis|checks?)\b/i.test(description);
}

/** Whether a kind of verb changes nothing. */
export function isReading(kind: VerbKind): boolean {
  return kind === 'read' || kind === 'compute';
}

const RANK: readonly VerbKind[] = [
  'read',
  'compute',
  'navigate',
  'write',
  'message',
  'shared',
  'run',
  'grant',
  'money',
  'delete',
];

function rank(kind: VerbKind): number {
  return isReading(kind) ? 0 : RANK.indexOf(kind);
}

/** A verb found in a name. */
export interface NameVerb {
  readonly kind: VerbKind;
  readonly verb: string;
}

/** The verb among the words of a name; undefined where none is known. */
export function nameVerb(words: readonly string[]): NameVerb | undefined {
  const joined = conjoined(words);
  const [first] = words;
  const leading = first === undefined ? undefined : lookUp(first);
  const last = words.length > 1 ? lookUp(words.at(-1) ?? '') : undefined;
  const nounFirst = first !== undefined && NOUN_FIRST.has(first) && words.length > 1;
  const reads = last?.kind === 'read' && !FIRST_ONLY.has(last.verb);
  if (nounFirst && (reads || PLAIN_READ_NOUNS.has(words.at(-1) ?? ''))) {
    return worst([{ kind: 'read', verb: first }, ...joined]);
  }
  const clear = words
    .slice(1)
    .filter((word) => !FIRST_ONLY.has(word))
    .map(lookUp)
    .filter((found) => found !== undefined);
  const ending = last !== undefined && !FIRST_ONLY.has(last.verb) ? last : undefined;
  const chosen = leading !== undefined && !(nounFirst && ending !== undefined) ? leading : (ending ?? clear[0]);
  const listed =
    chosen === undefined && words[1] === 'list' && words[2]?.endsWith('s') === true ? lookUp('list') : chosen;
  return worst(listed === undefined ? joined : [listed, ...joined]);
}

function lookUp(word: string): NameVerb | undefined {
  const kind = VERBS.get(word);
  return kind === undefined ? undefined : { kind, verb: word };
}

/** Verbs after `and`, `or`, `then`: `get_and_delete`. */
function conjoined(words: readonly string[]): readonly NameVerb[] {
  return words.flatMap((word, at) => {
    const after = /^(?:and|or|then)$/.test(word) ? lookUp(words[at + 1] ?? '') : undefined;
    return after === undefined ? [] : [after];
  });
}

function worst(verbs: readonly NameVerb[]): NameVerb | undefined {
  return verbs.toSorted((a, b) => rank(b.kind) - rank(a.kind))[0];
}
