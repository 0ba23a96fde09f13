/**
 * Takes names and sentences apart into words in base form. Pure.
 */

import { COMPOUND_NOUNS, VERBS } from './verbs.js';

/** Words of a tool's name without the namespace in front of it, in lower case, at most 24. */
export function nameWords(name: string): readonly string[] {
  const own = name
    .slice(0, MAX_NAME)
    .split(/__|[:/]|\.(?=[A-Za-z])/)
    .filter((part) => part !== '');
  const last = own.at(-1) ?? '';
  const words = splitWords(last);
  // `issues.close` and `Issues/delete`: the namespace is the noun. `git.log` has its verb last as well.
  return joinCompounds(words).slice(0, 24);
}

/** Words of the namespace in front of a tool's name. */
export function namespaceWords(name: string): readonly string[] {
  const own = name
    .slice(0, MAX_NAME)
    .split(/__|[:/]|\.(?=[A-Za-z])/)
    .filter((part) => part !== '');
  return own.slice(0, -1).flatMap(splitWords);
}

/** The words of the first sentence of a text, in lower case, at most 40. */
export function sentenceWords(text: string): readonly string[] {
  const first =
    text
      .slice(0, 600)
      .trim()
      .split(/(?<=[a-z0-9)\]`'"])[.!?](?:\s|$)|\n\s*\n/i)[0] ?? '';
  return (
    first
      .toLowerCase()
      .match(/[a-z0-9'-]+/g)
      ?.slice(0, 40) ?? []
  );
}

/** The base form of a word where it is a known verb in any form, else the word itself. */
export function baseForm(word: string): string {
  if (VERBS.has(word)) {
    return word;
  }
  return candidates(word).find((candidate) => VERBS.has(candidate)) ?? word;
}

const MAX_NAME = 256;

function candidates(word: string): readonly string[] {
  const forms: string[] = [];
  for (const ending of ['s', 'es', 'ed', 'd', 'ing', 'er', 'or', 'ion', 'ation', 'al']) {
    if (word.length > ending.length + 2 && word.endsWith(ending)) {
      const stem = word.slice(0, -ending.length);
      forms.push(stem, `${stem}e`);
      if (stem.at(-1) === stem.at(-2)) {
        forms.push(stem.slice(0, -1));
      }
    }
  }
  for (const ending of ['ies', 'ied']) {
    if (word.endsWith(ending)) {
      forms.push(`${word.slice(0, -3)}y`);
    }
  }
  return forms;
}

function splitWords(text: string): readonly string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

function joinCompounds(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const compound = COMPOUND_NOUNS.some(([first, second]) => words[at] === first && words[at + 1] === second);
    const single = `${words[at]}_${words[at + 1]}`;
    // A compound at the very start can still be a verb with its object: `merge_request` asks to merge only as the whole name.
    if (compound && (at > 0 || words.length === 2)) {
      joined.push(`${single}:noun`);
      at++;
    } else if (VERBS.has(single)) {
      joined.push(single);
      at++;
    } else {
      joined.push(words[at] ?? '');
    }
  }
  return joined;
}
