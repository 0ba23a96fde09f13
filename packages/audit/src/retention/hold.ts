/**
 * Placing and releasing holds: what must not be purged or erased while somebody says so (log format, section 7).
 */

import { type Actor, ConfigError, checkIdentifier, createId, type Environment } from '@countersign/core';
import { actorMember } from '../plan/call-members.js';
import type { FreeEntry } from '../plan/free-entry.js';
import { RetentionError } from './errors.js';
import { type RecordStore, readHolds } from './recorded.js';

/** What to hold. At least one of `session`, `from`, `to` and `everything` says what; together they narrow. */
export interface HoldInput {
  readonly session?: string;
  /** First index held. */
  readonly from?: number;
  /** The index behind the last one held. */
  readonly to?: number;
  /** All entries, those to come included. */
  readonly everything?: true;
  readonly reason: string;
  readonly by: Actor;
}

/** Which hold to end. */
export interface ReleaseInput {
  /** The id that `hold` answered. */
  readonly hold: string;
  readonly reason: string;
  readonly by: Actor;
}

/** A hold that is in force. */
export interface Hold {
  readonly id: string;
  /** The index of its `hold-placed` entry. */
  readonly index: number;
  readonly placedAt: string;
  readonly session?: string;
  readonly from?: number;
  readonly to?: number;
  readonly by: Actor;
  readonly reason?: string;
}

/** The entry that places a hold. @throws ConfigError `OPTION_INVALID` */
export function holdEntry(input: HoldInput, environment: Environment): FreeEntry & { readonly hold: string } {
  const { session, from, to, everything = false, reason, by } = input;
  if (session !== undefined) checkIdentifier('session', session);
  for (const [name, index] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (index !== undefined && !(Number.isSafeInteger(index) && index >= 0))
      throw invalid(`${name}: expected an index`);
  }
  if (from !== undefined && to !== undefined && from >= to) throw invalid('to: expected an index behind `from`');
  const says = session !== undefined || from !== undefined || to !== undefined;
  if (says === everything) throw invalid('expected a session, a range, or everything');
  return {
    kind: 'hold-placed',
    hold: createId(environment),
    ...(session !== undefined && { session }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    by: actorMember(checkAct({ reason, by })),
    payloads: { reason: reason.toWellFormed() },
  };
}

/** The entry that ends a hold. @throws RetentionError `HOLD_NOT_FOUND`; ConfigError `OPTION_INVALID` */
export async function releaseEntry(store: RecordStore, { hold, reason, by }: ReleaseInput): Promise<FreeEntry> {
  const actor = checkAct({ reason, by });
  const { placed } = await readHolds(store);
  if (!placed.some(({ entry }) => entry.hold === hold)) {
    throw new RetentionError('HOLD_NOT_FOUND', 'There is no hold of this id, or it was released already.', {
      hint: 'See `countersign hold list`.',
    });
  }
  return { kind: 'hold-released', hold, by: actorMember(actor), payloads: { reason: reason.toWellFormed() } };
}

/** The holds in force, oldest first. */
export async function listHolds(store: RecordStore): Promise<readonly Hold[]> {
  const { placed } = await readHolds(store);
  return placed.map(({ entry, reason }) => ({
    id: entry.hold,
    index: entry.index,
    placedAt: entry.time,
    ...(entry.session !== undefined && { session: entry.session }),
    ...(entry.from !== undefined && { from: entry.from }),
    ...(entry.to !== undefined && { to: entry.to }),
    by: toPlainActor(entry.by),
    ...(reason !== undefined && { reason }),
  }));
}

/** Whoever takes something away, or forbids that, gives a name and a reason. @throws ConfigError `OPTION_INVALID` */
export function checkAct({ reason, by }: { readonly reason: unknown; readonly by: Actor | undefined }): Actor {
  if (typeof reason !== 'string' || reason.trim() === '') throw invalid('reason: expected a text that is not empty');
  if (by === undefined || typeof by !== 'object') throw invalid('by: expected who asks');
  checkIdentifier('by.kind', by.kind);
  checkIdentifier('by.id', by.id);
  return by;
}

function toPlainActor({
  kind,
  id,
  keyId,
  role,
}: {
  kind: string;
  id: string;
  keyId?: string | undefined;
  role?: string | undefined;
}): Actor {
  return { kind, id, ...(keyId !== undefined && { keyId }), ...(role !== undefined && { role }) };
}

function invalid(message: string): ConfigError {
  return new ConfigError('OPTION_INVALID', message);
}
