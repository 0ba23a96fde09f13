/** The logs among the vectors: the clean ones, and the broken ones with what must be found in them. */

import { brokenApprovals } from './broken-approvals.js';
import { brokenChain } from './broken-chain.js';
import { brokenIdentity } from './broken-identity.js';
import { brokenLines } from './broken-lines.js';
import { BASES } from './log-bases.js';
import { buildLog, checkpointOf, KEY } from './log-builder.js';
import { type LogVector, vectorOf } from './log-faults.js';

/** All of them, each file once. */
export function logVectors(): readonly LogVector[] {
  const clean = Object.entries(BASES).map(
    ([name, { items, options }]): LogVector => ({
      name,
      clause: 'ANS-3',
      file: `ok-${name.replaceAll(' ', '-').toLowerCase()}`,
      key: KEY,
      against: [checkpointOf(items, items.length, options)],
      expect: 'ok',
      text: buildLog(items, options),
    }),
  );
  const broken = [...brokenLines(), ...brokenChain(), ...brokenIdentity(), ...brokenApprovals()].map(vectorOf);
  return [...clean, ...broken];
}
