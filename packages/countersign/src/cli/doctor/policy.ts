/**
 * The check of the policy: which one stands on record, and whether its files could be loaded since.
 */

import { isJsonObject, parseTime } from '@countersign/core';
import { RELOAD_FAILED } from '../../policy/live-policy.js';
import { ageText } from '../format/words.js';
import type { OpenedView } from '../open-view.js';
import { type Check, ok, warn } from './check.js';

/** The newest policy on record, and the newest failure to load another. */
export async function checkPolicy({ store, view, environment }: OpenedView): Promise<Check> {
  const { size } = await store.head();
  const changed = (await view.entries({ kind: 'policy-changed', limit: 1000 })).at(-1)?.entry;
  if (changed === undefined) return ok('policy', 'none on record yet');
  const ago = (time: string) => ageText((environment.nowUs() - parseTime(time)) / 1000);
  const text = `${changed.kind === 'policy-changed' ? changed.policy.slice(0, 12) : ''}, in force since ${ago(changed.time)}`;
  const events = await view.entries({
    kind: 'system-event',
    from: Math.max(changed.index, size - RECENT_ENTRIES),
    limit: 1000,
  });
  const failure = events.filter(({ entry }) => entry.kind === 'system-event' && entry.name === RELOAD_FAILED).at(-1);
  if (failure === undefined) return ok('policy', text);
  const details = failure.payloads.get('details');
  const message = isJsonObject(details) && typeof details.message === 'string' ? ` (${details.message})` : '';
  return warn(
    'policy',
    `${text}; its files could not be loaded ${ago(failure.entry.time)} ago${message}`,
    'Correct the file that is named: `countersign policy test` checks it. The policy in force stays until then.',
  );
}

/** How many entries behind the end are looked through. */
const RECENT_ENTRIES = 100_000;
