/**
 * Verifies a log twice: in one go, and in ranges of two entries that are checked ahead of the walk and handed over as workers hand
 * them over. Both must say the same: every finding in the same order, and every count.
 */

import type { LogReader } from '@countersign/audit';
import { checkRange, type VerifyOptions, type VerifyReport, verifyLog } from '@countersign/audit/verify';
import { expect } from 'vitest';

/** The report, once both ways came to it. */
export async function verifyBoth(reader: LogReader, options: VerifyOptions): Promise<VerifyReport> {
  const report = await verifyLog(reader, options);
  const inRanges = await verifyLog(reader, {
    ...options,
    ranges: { ahead: 5, size: 2, check: async (range) => structuredClone(await checkRange(reader, range)) },
  });
  expect(inRanges).toEqual(report);
  return report;
}
