/** Attacks on the end of the log: cut off, cut back and continued, put back as it once was, split in two. */

import { forge } from '../../../../packages/audit/test/verify-forge.js';
import { copyOf } from '../../snapshot.js';
import type { Attack, Expected, Ground, Level, Variant } from '../attack.js';
import { changed, cutTo, forged } from '../change-rows.js';

/** What only something outside the database shows. */
const OUTSIDE_ONLY: Readonly<Record<Level, Expected>> = {
  key: 'nothing',
  mark: ['LOG_TRUNCATED'],
  anchor: ['LOG_TRUNCATED'],
};

export const tailAttacks: readonly Attack[] = [
  {
    cls: 23,
    title: 'the end is cut off, and the checkpoint is left as it is',
    attacker: 'database',
    expected: {
      key: ['CHECKPOINT_SIZE', 'CHECKPOINT_UNEXPECTED'],
      mark: ['LOG_TRUNCATED'],
      anchor: ['LOG_TRUNCATED'],
    },
    variants: (ground) =>
      [...ground.rows.entries.keys()].map((size) => changed(ground, `to ${size}`, (rows) => cutTo(rows, size))),
  },
  {
    cls: 23,
    title: 'all rows are deleted',
    attacker: 'database',
    // An empty log is no evidence of anything: that is a warning, and never "ok".
    expected: { key: 'nothing', mark: ['LOG_TRUNCATED'], anchor: ['LOG_TRUNCATED'] },
    variants: (ground) => [
      changed(ground, 'empty', (rows) => {
        for (const table of Object.values(rows)) table.splice(0);
      }),
    ],
  },
  {
    cls: 24,
    title: 'the log is cut back to an old checkpoint, and goes on from there under the stolen keys',
    attacker: 'keys',
    expected: { key: 'nothing', mark: ['LOG_FORKED', 'LOG_TRUNCATED'], anchor: ['LOG_FORKED', 'LOG_TRUNCATED'] },
    variants: rewrittenEnd,
  },
  {
    cls: 25,
    title: 'the whole database is put back as it was after an earlier commit',
    attacker: 'database',
    expected: OUTSIDE_ONLY,
    variants: (ground) => earlierStates(ground).map(({ rows }, i) => ({ name: `commit ${i + 1}`, rows: copyOf(rows) })),
  },
  {
    cls: 26,
    title: 'the database and the mark are put back as they were after an earlier commit',
    attacker: 'database',
    expected: { key: 'nothing', mark: 'nothing', anchor: ['LOG_TRUNCATED'] },
    variants: (ground) =>
      earlierStates(ground).map(({ rows, mark }, i) => ({ name: `commit ${i + 1}`, rows: copyOf(rows), mark })),
  },
  {
    cls: 28,
    title: 'a copy of the file is written to on its own, and put in the place of the log',
    attacker: 'keys',
    expected: { key: 'nothing', mark: ['LOG_FORKED'], anchor: ['LOG_FORKED'] },
    variants: async (ground) => {
      const entries = [...ground.entries];
      const last = entries.pop();
      if (last === undefined) throw new Error('an empty ground');
      const twin = { ...last, entry: { ...last.entry, id: '019aa000-0000-7000-8000-00000000abcd' } };
      return [await forged('another last entry', forge(ground.world, [...entries, twin]))];
    },
  },
];

/** The states after commits that made entries; the first commit opened the log. */
function earlierStates({ older }: Ground): Ground['older'] {
  return older.filter(({ rows }) => rows.entries.length > 0);
}

async function rewrittenEnd(ground: Ground): Promise<Variant[]> {
  const ending = ground.entries.findLastIndex(({ entry }) => entry.kind === 'tool-result');
  const { world, entries } = ground;
  const shorter = entries.slice(0, ending);
  const another = entries.map((forgedEntry, i) =>
    i === ending && forgedEntry.entry.kind === 'tool-result'
      ? { ...forgedEntry, entry: { ...forgedEntry.entry, durationUs: 1 } }
      : forgedEntry,
  );
  return [
    await forged('the last outcome is left out', forge(world, shorter)),
    await forged('the last outcome is another', forge(world, another)),
  ];
}
