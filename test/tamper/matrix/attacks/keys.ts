/** Attacks by somebody who has today's keys: each rule of structure and authority is broken in a log that is signed well. */

import { FAULTS } from '../../../../packages/audit/test/verify-faults.js';
import { entriesOf, forge } from '../../../../packages/audit/test/verify-forge.js';
import { openWorld, writeMore, writeTen } from '../../../../packages/audit/test/verify-world.js';
import type { Attack } from '../attack.js';
import { forged } from '../change-rows.js';
import { underFixedWriter } from '../ground.js';

export const keyAttacks: readonly Attack[] = FAULTS.map(({ name, cls, code, size = 'ten', options, make }) => ({
  cls,
  title: `signed well: ${name}`,
  attacker: 'keys',
  expected: [code],
  isInRowsOnly: code === 'ROW_MISMATCH',
  variants: async (ground) => {
    const { world } = ground;
    const entries = size === 'ten' ? [...ground.entries] : await fiftyEntries();
    make(entries);
    return [await forged(name, forge(world, entries, options))];
  },
}));

async function fiftyEntries(): ReturnType<typeof entriesOf> {
  const world = await openWorld();
  await writeTen(world);
  await writeMore(world);
  return underFixedWriter(await entriesOf(world));
}
