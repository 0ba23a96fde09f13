/**
 * The verbs that stand in a statement, wherever they stand: a superset of what it does. Pure.
 */

import type { SqlToken } from './lexer.js';
import { DANGER_WORDS } from './verbs.js';

/** Every verb of a statement, in upper case; its first word counts as one, whatever it is. */
export function verbsOf(tokens: readonly SqlToken[]): ReadonlySet<string> {
  const words = tokens.filter((token, at) => isVerb(token, tokens[at + 1], tokens[at - 1]));
  const first = tokens.find((token) => token.kind === 'word');
  return new Set([...(first === undefined ? [] : [first]), ...words].map((token) => token.text));
}

/** `REPLACE(a, b)` is a function, and `t.update` a column. */
function isVerb(token: SqlToken, next: SqlToken | undefined, previous: SqlToken | undefined): boolean {
  if (token.kind !== 'word' || previous?.text === '.') return false;
  if (!VERBS.has(token.text) && !DANGER_WORDS.has(token.text)) return false;
  return next?.text !== '(' || CALLING.has(token.text);
}

/** With `DANGER_WORDS`, the verbs that begin a statement within another. */
const VERBS: ReadonlySet<string> = new Set('SELECT INSERT REPLACE CREATE COPY LOAD CALL DO'.split(' '));

/** Verbs that a bracket may follow. */
const CALLING: ReadonlySet<string> = new Set('EXEC EXECUTE CALL DO'.split(' '));
