/** The files of vectors by name, as they must be. Those of single entries are written by `generate-entries.ts`. */

import { logVectors } from './log-vectors.js';
import { checkpointVectors, keyVectors, noteVectors } from './note-vectors.js';
import { payloadVectors, proofVectors } from './value-vectors.js';

/** Each file with its content. */
export function vectorFiles(): ReadonlyMap<string, string> {
  const logs = logVectors();
  return new Map([
    ['keys.json', json(keyVectors())],
    ['notes.json', json(noteVectors())],
    ['checkpoints.json', json(checkpointVectors())],
    ['payloads.json', json(payloadVectors())],
    ['proofs.json', json(proofVectors())],
    ['logs/index.json', json(logs.map(({ text: _, ...vector }) => vector))],
    ...logs.map(({ file, text }) => [`logs/${file}.jsonl`, text] as const),
  ]);
}

/** A list with one vector on each line. */
const json = (vectors: readonly object[]): string => `[\n${vectors.map((one) => JSON.stringify(one)).join(',\n')}\n]\n`;
