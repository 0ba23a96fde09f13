/**
 * A log for tests: in memory, with keys in memory, on a clock that is set by hand.
 */

import { createTestEnvironment, type TestEnvironment } from '@countersign/core/testing';
import type { AuditLog } from '../audit-log.js';
import { createMemorySigner, type LocalSigner } from '../keys/signer.js';
import { createMemoryLogStore, type MemoryLogStore } from '../memory-store.js';
import { type AuditLogOptions, openAuditLog } from '../open-audit-log.js';

/** What differs from the default; `seed` gives other keys, ids and salts. */
export interface TestLogOptions extends Partial<Omit<AuditLogOptions, 'environment' | 'create' | 'signer'>> {
  readonly signer?: LocalSigner;
  readonly seed?: number;
  readonly origin?: string;
}

/** A log with all that it is made of. */
export interface TestLog {
  readonly log: AuditLog;
  /** The store that was made for it; empty when another one was given in the options. */
  readonly store: MemoryLogStore;
  readonly signer: LocalSigner;
  readonly environment: TestEnvironment;
  /** Opens the same log once more, as another process would. */
  reopen(over?: Partial<AuditLogOptions>): Promise<AuditLog>;
}

/** Makes and opens a log; its first entry is written. */
export async function createTestLog(options: TestLogOptions = {}): Promise<TestLog> {
  const { seed = 1, origin = 'example.test/log', ...over } = options;
  const environment = createTestEnvironment({ seed });
  const store = createMemoryLogStore();
  const signer = over.signer ?? createMemorySigner({ origin, environment });
  const parts = { store, environment, ...over, signer };
  return {
    log: await openAuditLog({ ...parts, create: true }),
    store,
    signer,
    environment,
    reopen: (other) => openAuditLog({ ...parts, create: false, ...other }),
  };
}
