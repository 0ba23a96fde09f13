/**
 * Judges GraphQL documents by their operations and the verbs of the fields that a mutation calls. Pure.
 */

import { maxRisk, type Signal } from '@countersign/core';
import { type Analysis, signal } from './signal.js';
import { levelOfVerb, verbKindOf } from './tool-prior/index.js';

/** Documents longer than this many UTF-16 code units are judged unread. */
const MAX_DOCUMENT = 100_000;

/** Judges a document; a mutation is at least moderate, and as bad as the worst verb among its fields. */
export function analyzeGraphql(document: string): Analysis {
  const tokens = document.length > MAX_DOCUMENT ? undefined : document.replace(/#[^\n]*/g, ' ').match(TOKEN);
  if (tokens === null || tokens === undefined) {
    const found = signal('graphql.unreadable', 'destructive', 'The GraphQL document could not be read.', {
      confidence: 0.3,
    });
    return { kind: 'graphql', ok: false, errors: ['GRAPHQL_UNREADABLE'], signals: [found] };
  }
  const mutations = topLevelFields(tokens);
  if (mutations.fields.length === 0 && !mutations.mutates) {
    return {
      kind: 'graphql',
      ok: true,
      errors: [],
      signals: [signal('graphql.query', 'safe', 'A GraphQL query only reads.', { reversible: true, confidence: 0.8 })],
    };
  }
  return { kind: 'graphql', ok: true, errors: [], signals: [judgeMutation(mutations.fields)] };
}

const TOKEN = /"""[\s\S]*?"""|"(?:\\.|[^"\\\n])*"|[_A-Za-z]\w*|[{}()[\]:@$!.]|-?\d[\d.]*/g;

function judgeMutation(fields: readonly string[]): Signal {
  const verdicts = fields
    .map((field) => verbKindOf(field))
    .filter((kind) => kind !== undefined)
    .map(levelOfVerb);
  return signal(
    'graphql.mutation',
    maxRisk('moderate', ...verdicts.map((verdict) => verdict.level)),
    'A GraphQL mutation changes data.',
    {
      effects: [...new Set(['db.write' as const, ...verdicts.flatMap((verdict) => verdict.effects)])],
      targets: fields,
    },
  );
}

/** Names of the fields that mutations call directly. Aliases are skipped; a fragment counts by its name. */
function topLevelFields(tokens: readonly string[]): { readonly mutates: boolean; readonly fields: readonly string[] } {
  const fields: string[] = [];
  let mutates = false;
  let inside = false;
  let braces = 0;
  let parentheses = 0;
  for (const [at, token] of tokens.entries()) {
    if (braces === 0 && parentheses === 0 && /^(?:mutation|subscription|query|fragment)$/.test(token)) {
      inside = token === 'mutation' || token === 'fragment';
      mutates ||= token === 'mutation';
    }
    braces += token === '{' ? 1 : token === '}' ? -1 : 0;
    parentheses += token === '(' ? 1 : token === ')' ? -1 : 0;
    const isName =
      /^[_A-Za-z]/.test(token) && tokens[at + 1] !== ':' && tokens[at - 1] !== '@' && tokens[at - 1] !== '$';
    if (inside && braces === 1 && parentheses === 0 && isName) {
      fields.push(token);
    }
  }
  return { mutates, fields: mutates ? fields : [] };
}
