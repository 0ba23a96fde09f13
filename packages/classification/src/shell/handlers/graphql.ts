/**
 * GraphQL documents given to the clients of code hosts: `gh api graphql -f query=...`. Source: the gh and glab manuals. Pure
 * but for the report.
 */

import { analyzeGraphql } from '../../graphql.js';
import { type Argument, type Call, isKnown } from '../walk.js';

const FIELD = /^(?:-f|-F|--field|--raw-field)$/;

/** Reports what the mutations of a document do. */
export function judgeGraphql(call: Call): void {
  for (const document of documentsOf(call)) {
    for (const found of analyzeGraphql(document.text).signals) {
      call.walk.report.add(found.id, found.level, found.text, document, {
        effects: found.effects,
        reversible: found.reversible,
        confidence: found.confidence,
      });
    }
  }
}

/** Whether a call is a query that stands on the line as a whole, with nothing that changes what is asked. */
export function provesGraphqlRead(call: Call): boolean {
  const documents = documentsOf(call);
  if (documents.length !== 1 || !call.words.every((word) => !word.opaque && !word.fed && isKnown(word.text)))
    return false;
  const isRead = documents.every(({ text }) => {
    const { ok, signals } = analyzeGraphql(text);
    return ok && !text.startsWith('@') && signals.every((found) => found.level === 'safe');
  });
  return (
    isRead &&
    call.words.slice(2).every(({ text }, index) => {
      if (FIELD.test(text) || /^(?:--paginate|--slurp|--silent|-i|--include|-q|--jq|-t|--template)$/.test(text))
        return true;
      const before = call.words[index + 1]?.text ?? '';
      return FIELD.test(before) ? !/^[^=]*=@/.test(text) : /^(?:-q|--jq|-t|--template)$/.test(before);
    })
  );
}

/** The documents among the fields of `api graphql`. */
function documentsOf(call: Call): readonly Argument[] {
  const { words } = call;
  if (words[0]?.text !== 'api' || words[1]?.text !== 'graphql') return [];
  return words.flatMap((word, index) => {
    const isField = FIELD.test(words[index - 1]?.text ?? '') && word.text.startsWith('query=');
    return isField ? [{ ...word, text: word.text.slice('query='.length) }] : [];
  });
}
