/**
 * Puts the configuration on record: an entry whenever it is another than the last one recorded.
 */

import type { AuditLog } from '@countersign/audit';
import type { JsonObject } from '@countersign/core';

/** Records what is in force, unless the newest entry says the same, or there never was anything to say. */
export async function recordConfig(log: AuditLog, config: JsonObject): Promise<void> {
  if (Object.keys(config).length === 0) {
    const recorded = await log.entries({ kind: 'config-changed', limit: 1 });
    if (recorded.length === 0) return;
  }
  await log.recordConfig({ config });
}
