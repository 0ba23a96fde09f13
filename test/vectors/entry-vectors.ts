/** The broken leaves among the vectors, as `generate-entries.ts` wrote them. */

import { readFileSync } from 'node:fs';
import { isJsonObject, parseJson } from '@countersign/core';

/** What a broken leaf is about. */
export interface EntryVector {
  readonly name: string;
  readonly clause: string;
  readonly expect: string;
}

/** All of them. */
export function entryVectors(): readonly EntryVector[] {
  const listed = parseJson(readFileSync(new URL('./entries/broken.json', import.meta.url)));
  if (!Array.isArray(listed)) throw new Error('broken.json is no list');
  return listed.map((vector) => {
    if (!isJsonObject(vector)) throw new Error('broken.json holds something else than vectors');
    const { name, clause, code } = vector;
    return { name: String(name), clause: String(clause), expect: String(code) };
  });
}
