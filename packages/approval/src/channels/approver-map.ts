/**
 * Who may answer through a channel that knows people by names of its own: a map from those names to approvers. Whoever is not in it
 * decides nothing. Pure.
 */

import { type Actor, ConfigError } from '@countersign/core';
import { approverSchema } from '../schemas.js';

/** Names as the channel knows them, and the approvers that they stand for; a name alone is a person's. */
export type ApproverNames = Readonly<Record<string, Actor | string>>;

/** The approver for a name; undefined for one that stands for nobody. */
export type ApproverOf = (name: string) => Actor | undefined;

/** The kind under which a name that stands for nobody is on record. */
export const UNMAPPED = 'unmapped';

/** The most names that a map may have. */
export const MAX_APPROVER_NAMES = 10_000;

/**
 * Checks a map of approvers.
 * @throws ConfigError `OPTION_INVALID`, `LIMIT_EXCEEDED`
 */
export function readApprovers(label: string, names: ApproverNames): ApproverOf {
  const entries = Object.entries(names);
  if (entries.length > MAX_APPROVER_NAMES) {
    throw new ConfigError('LIMIT_EXCEEDED', `${label}: expected at most ${MAX_APPROVER_NAMES} names`);
  }
  const approvers = new Map(entries.map(([name, approver]) => [name, readApprover(label, approver)]));
  return (name) => approvers.get(name);
}

function readApprover(label: string, approver: unknown): Actor {
  const parsed = approverSchema.safeParse(approver);
  if (parsed.success) return parsed.data;
  throw new ConfigError('OPTION_INVALID', `${label}: expected for each name an approver, { kind, id } or an id`);
}
