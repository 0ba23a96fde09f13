/** Broken logs: purges that came too early, or in spite of a hold. */

import type { JsonObject } from '@countersign/core';
import { OLD, purged, retention } from './log-bases.js';
import { digestOf, type Item, uuidOf } from './log-builder.js';
import { type BrokenLog, insert } from './log-faults.js';
import { ANN, event } from './log-items.js';

type Row = readonly [
  clause: string,
  code: string,
  name: string,
  items: readonly Item[],
  options?: BrokenLog['options'],
];

/** All of them. */
export function brokenRetention(): readonly BrokenLog[] {
  const gone = { gone: [3, 4, 5, 6] };
  const kept = (policy: Item, statement: Item = purged(3, 7)): readonly Item[] => [
    ...insert(OLD, 1, policy).map(shifted),
    statement,
    event('after'),
  ];
  const held = (members: JsonObject, removal: Item): readonly Item[] => [
    ...OLD,
    placed(members),
    removal,
    event('after'),
  ];
  const rows: readonly Row[] = [
    [
      'PURGE-9',
      'PURGE_INVALID',
      'a purge that states an old time',
      [...OLD, purged(2, 6, { newest: '2026-11-01T00:00:00.000000Z' })],
      { gone: [2, 3, 4, 5] },
    ],
    ['RET-2', 'RETENTION_BREACHED', 'a purge before its time', kept(retention(30, 30)), gone],
    [
      'RET-2',
      'RETENTION_BREACHED',
      'payloads purged before their time',
      kept(retention(30, 30), purged(3, 7, { what: 'payloads' })),
      { lost: ['3', '4', '5', '6'] },
    ],
    [
      'RET-1',
      'RETENTION_BREACHED',
      'a policy that was shortened',
      [...kept(retention(30, 30)).slice(0, 8), retention(0, 0), purged(3, 7), event('after')],
      gone,
    ],
    [
      'RET-1',
      'RETENTION_BREACHED',
      'entries from before the first policy',
      [...OLD, retention(30, 30), purged(2, 6), event('after')],
      { gone: [2, 3, 4, 5] },
    ],
    [
      'RET-3',
      'RETENTION_BREACHED',
      'an override without a reason',
      kept(retention(30, 30), { ...purged(3, 7, { override: true, by: ANN }) }),
      gone,
    ],
    [
      'RET-3',
      'RETENTION_BREACHED',
      'an override by nobody',
      kept(retention(30, 30), { ...purged(3, 7, { override: true }), payloads: { reason: 'x' } }),
      gone,
    ],
    ['HOLD-1', 'HOLD_IGNORED', 'a purge in spite of a hold', held({}, purged(2, 6)), { gone: [2, 3, 4, 5] }],
    [
      'HOLD-1',
      'HOLD_IGNORED',
      'a purge of a held range',
      held({ from: 5, to: 6 }, purged(2, 6)),
      { gone: [2, 3, 4, 5] },
    ],
    [
      'HOLD-1',
      'HOLD_IGNORED',
      'payloads of a held session purged',
      held({ session: 'session-1' }, purged(2, 6, { what: 'payloads' })),
      { lost: ['2', '3', '4', '5'] },
    ],
    [
      'HOLD-1',
      'HOLD_IGNORED',
      'a session forgotten in spite of a hold',
      held({ session: 'session-1' }, { kind: 'payload-erased', members: { session: 'session-1', by: ANN } }),
      { lost: ['3 result'] },
    ],
    [
      'HOLD-1',
      'HOLD_IGNORED',
      'an erasure in spite of a hold',
      held({}, { kind: 'payload-erased', members: { target: 3, name: 'result', by: ANN } }),
      { lost: ['3 result'] },
    ],
  ];
  return rows.map(([clause, code, name, items, options = {}]) => ({ clause, code, name, items, options }));
}

const placed = (members: JsonObject): Item => ({
  kind: 'hold-placed',
  members: { hold: uuidOf('hold'), by: ANN, ...members },
  payloads: { reason: digestOf('why') },
});

/** Outcomes name the index of their call, which has moved by one. */
function shifted(item: Item): Item {
  if (item.kind !== 'tool-result' || typeof item.members === 'function') return item;
  const begun = item.members?.begun;
  return typeof begun === 'number' ? { ...item, members: { ...item.members, begun: begun + 1 } } : item;
}
