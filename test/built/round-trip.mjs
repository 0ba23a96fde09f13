/** What a user of the installed packages does first: wrap a tool, call it, ask the log, verify it. Throws when anything is off. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCountersign } from 'countersign';

const dir = mkdtempSync(join(tmpdir(), 'countersign-round-trip-'));
try {
  const cs = await openCountersign({
    path: join(dir, 'agent-audit.db'),
    keyDir: join(dir, 'keys'),
    markFile: join(dir, 'mark'),
  });
  const tools = cs.withAudit({ getSum: ({ a, b }) => a + b });
  assert.equal(await tools.getSum({ a: 1, b: 2 }), 3);

  const { calls } = await cs.log.query();
  assert.equal(calls.length, 1);
  assert.equal(calls[0].tool, 'getSum');
  assert.equal(calls[0].outcome, 'ok');
  assert.deepEqual(calls[0].args, { a: 1, b: 2 });

  const report = await cs.log.verify();
  assert.equal(report.integrity, 'ok');
  await cs.close();
  console.log('wrapped, called, queried and verified');
} finally {
  rmSync(dir, { recursive: true, force: true });
}
