/**
 * The configuration on record: an entry whenever it is another than the last one recorded (log format, section 7).
 */

import { createHash } from 'node:crypto';
import { type Actor, canonicalJson, isJsonObject, type JsonObject } from '@countersign/core';
import type { FreeEntry } from '../plan/free-entry.js';
import type { Redactor } from '../redact/redactor.js';
import { showValue } from '../shown-form.js';
import { checkOverride } from './purge-options.js';
import { type RecordStore, recordedEntries } from './recorded.js';

/** What is in force from now on. */
export interface ConfigChange {
  /** All of it that is to be on record; retention stands in its member `retention` (`retentionStatement`). */
  readonly config: JsonObject;
  readonly by?: Actor;
  /** For the record. */
  readonly reason?: string;
  /**
   * Lets a shorter retention hold for what was written under a longer one, too. Needs a reason, and a person as `by`.
   */
  readonly overrideRetention?: boolean;
}

/** `SHA-256(JCS(config))` in standard base64: the member `config` of a `config-changed` entry. */
export function configDigest(config: JsonObject): string {
  return createHash('sha256').update(canonicalJson(config)).digest('base64');
}

/**
 * The entry that puts a configuration on record; undefined where the newest one says the same already.
 * Secrets are taken out first: what is on record stays there.
 * @throws ConfigError `OPTION_INVALID` for an override without a reason and a person.
 */
export async function configEntry(
  store: RecordStore,
  change: ConfigChange,
  redactor?: Redactor,
): Promise<FreeEntry | undefined> {
  const { by, reason, overrideRetention = false } = change;
  const config = redactor === undefined ? change.config : showConfig(change.config, redactor);
  if (overrideRetention) checkOverride({ by, reason });
  const digest = configDigest(config);
  let previous: string | undefined;
  for await (const { entry } of recordedEntries(store, 'config-changed')) previous = entry.config;
  if (previous === digest && !overrideRetention) return undefined;
  return {
    kind: 'config-changed',
    config: digest,
    ...(previous !== undefined && { previous }),
    ...(by !== undefined && { by: { ...by } }),
    ...(overrideRetention && { override: true as const }),
    payloads: { config, ...(reason !== undefined && { reason: reason.toWellFormed() }) },
  };
}

function showConfig(config: JsonObject, redactor: Redactor): JsonObject {
  const { value } = showValue(config, redactor, { part: 'details' });
  return typeof value === 'object' && value !== null && isJsonObject(value) ? value : { failed: value };
}
