/** All attacks on rows. */

import type { Attack } from '../attack.js';
import { byteAttacks } from './bytes.js';
import { checkpointAttacks } from './checkpoints.js';
import { keyAttacks } from './keys.js';
import { rowAttacks } from './rows.js';
import { tailAttacks } from './tail.js';

export const rowsAttacks: readonly Attack[] = [
  ...byteAttacks,
  ...rowAttacks,
  ...tailAttacks,
  ...checkpointAttacks,
  ...keyAttacks,
];
