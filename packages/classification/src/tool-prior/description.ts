/**
 * What a tool's description says that it does. Descriptions come from the tool's author: they may raise a level, and lower
 * one only where the name says nothing. Pure.
 */

import { FIRST_ONLY, VERBS, type VerbKind } from './verbs.js';
import { baseForm, sentenceWords } from './words.js';

/** The verb that a description begins with. */
export interface DescriptionVerb {
  readonly kind: VerbKind;
  readonly verb: string;
  /** True for words that are nouns or adjectives as often. */
  readonly ambiguous: boolean;
}

/** Finds the verb of the first sentence within its first words; undefined where there is none. */
export function descriptionVerb(description: string): DescriptionVerb | undefined {
  const sentence = sentenceWords(description);
  const words = sentence.filter((word) => !FILLERS.has(word));
  for (const [at, word] of words.slice(0, 4).entries()) {
    const verb = baseForm(word);
    const kind = VERBS.get(verb);
    if (kind !== undefined && (at === 0 || !FIRST_ONLY.has(verb))) {
      if (
        LOOKS_UP.has(verb) &&
        words.some((each) => /^(?:returns?|retrieves?|finds?|fetch(?:es)?|lists?|gets?)$/.test(each))
      ) {
        return { kind: 'read', verb, ambiguous: true };
      }
      const also = kind === 'read' || kind === 'compute' ? writesAlso(sentence) : undefined;
      if (also !== undefined) return { kind: 'write', verb: also, ambiguous: false };
      return { kind, verb, ambiguous: FIRST_ONLY.has(verb) || !isPresentTense(word, verb) };
    }
  }
  return undefined;
}

/** Whether the description promises that nothing is changed. */
export function saysReadOnly(description: string): boolean {
  return /\bread[- ]?only\b|\b(?:does not|doesn't|without|never) (?:modify|modifying|change|changing|alter|altering)\b|\bno side[- ]effects\b|\bnon-destructive\b/i.test(
    description,
  );
}

/** Whether the description warns that something is lost; a reading tool must say that it also removes. */
export function warnsOfLoss(description: string, reads: boolean): boolean {
  if (ALSO_REMOVES.test(description)) {
    return true;
  }
  return !reads && LOSS.test(description);
}

/** Verbs that change nothing where their sentence goes on to say what is returned. */
const LOOKS_UP = new Set(['resolve', 'track', 'load', 'extract', 'open', 'map', 'match', 'rank', 'sample', 'handle']);

/** `Converts text to speech and saves the file`: the second verb of a sentence that begins with a reading one. */
function writesAlso(words: readonly string[]): string | undefined {
  const at = words.findIndex((word, index) => ALSO_WRITES.test(word) && CONJUNCTION.test(words[index - 1] ?? ''));
  return words[at];
}

const CONJUNCTION = /^(?:and|then|and\/or)$/;
const ALSO_WRITES =
  /^(?:saves?|writes?|uploads?|sends?|publish(?:es)?|inserts?|appends?|overwrites?|stores?|updates?)$/;

function isPresentTense(word: string, verb: string): boolean {
  return word === verb || word === `${verb}s` || word === `${verb}es` || word === `${verb.slice(0, -1)}ies`;
}

const FILLERS = new Set(
  `this tool tools a an the to that which will can allows allow lets let you enables enable it function for helper utility api endpoint
  permanently irreversibly immediately safely quickly efficiently securely automatically bulk batch your one or more
  simply just please us used useful when mcp agent agents llm llms model user users in of and with by via`.split(/\s+/),
);

const LOSS =
  /\b(?:permanent(?:ly)? (?:delet|remov|eras|destroy|lo)|irreversibl[ey]|irrevocabl[ey]|(?:can(?:not|'t| not)|may not) be (?:undone|reversed|recovered|restored)|unrecoverabl[ey]|data loss|will be (?:permanently )?(?:lost|deleted|erased|removed|wiped))/i;

const ALSO_REMOVES =
  /\b(?:and|then|also|will|afterwards)\s+(?:then |also |permanently |immediately )*(?:delet(?:e|es|ing)|remov(?:e|es|ing)|purg(?:e|es|ing)|eras(?:e|es|ing)|wip(?:e|es|ing)|drops?|truncat(?:e|es|ing)|destroys?) (?:it|them|the|all|any|every|its|their|old|existing|everything)\b/i;
