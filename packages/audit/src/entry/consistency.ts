/**
 * What a schema cannot say of an entry: members that must agree with each other. Pure.
 */

import type { Entry, EntryOf } from './kinds.js';

/** Why the members of an entry contradict each other, naming members and never values; undefined when they agree. */
export function findContradiction(entry: Entry): string | undefined {
  if (entry.kind === 'tool-call') return ofToolCall(entry);
  if (entry.kind === 'tool-result') return ofToolResult(entry);
  if (entry.kind === 'entries-purged') return ofPurge(entry);
  if (entry.kind === 'payload-erased') return ofErasure(entry);
  return undefined;
}

/** A call that the gate let run has no outcome yet; one that a provider ran itself has all of it in this one entry. */
function ofToolCall(entry: EntryOf<'tool-call'>): string | undefined {
  if (entry.outcome === 'observed_only') {
    return entry.success === undefined ? 'an observed call must state its success' : undefined;
  }
  if (entry.success !== undefined || entry.durationUs !== undefined) {
    return 'success and durationUs stand only in an observed call';
  }
  const hasResult = Object.hasOwn(entry.payload, 'result') || Object.hasOwn(entry.payload, 'error');
  return hasResult ? 'result and error are payloads only of an observed call' : undefined;
}

function ofToolResult({ success, outcome }: EntryOf<'tool-result'>): string | undefined {
  return success === (outcome === 'ok') ? undefined : 'success and outcome disagree';
}

function ofErasure({ target, name, session }: EntryOf<'payload-erased'>): string | undefined {
  const isOfPayload = target !== undefined && name !== undefined && session === undefined;
  const isOfSession = target === undefined && name === undefined && session !== undefined;
  return isOfPayload || isOfSession ? undefined : 'target and name stand together, or session stands alone';
}

function ofPurge({ from, to, kept }: EntryOf<'entries-purged'>): string | undefined {
  if (from > to) return 'from is beyond to';
  const isAscending = kept.every((index, i) => index >= from && index < to && index > (kept[i - 1] ?? -1));
  return isAscending ? undefined : 'kept is not an ascending list within the range';
}
