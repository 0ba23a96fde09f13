/** The logs among the vectors, against the verifier in TypeScript: clean ones have no error, broken ones have their finding. */

import { exportSourceOf, openExport, verifyLog } from '@countersign/audit/verify';
import { describe, expect, test } from 'vitest';
import { logVectors } from './log-vectors.js';

const vectors = logVectors();

describe('The logs among the vectors', () => {
  test('have names and files of their own', () => {
    for (const part of ['name', 'file'] as const) {
      expect(new Set(vectors.map((vector) => vector[part])).size).toBe(vectors.length);
    }
  });

  test.each(vectors)('$clause, $name: $expect', async ({ text, key, against, expect: expected }) => {
    const exported = await openExport(exportSourceOf(Buffer.from(text)));
    const report = await verifyLog(exported, { key, ...(against && { against }) });
    if (expected !== 'ok') {
      expect(report.findings.map(({ code }) => code)).toContain(expected);
      return;
    }
    expect(report.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect([report.integrity, report.completeness]).toEqual(['ok', 'ok']);
    expect(['ok', 'no-evidence']).toContain(report.authority);
  });
});
