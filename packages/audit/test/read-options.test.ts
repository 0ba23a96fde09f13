/** What readers of a log may ask for: mistakes are errors, because an empty or a good answer would hide them. */

import { describe, expect, it } from 'vitest';
import { createTestLog } from '../src/testing/test-log.js';

async function caught(run: () => unknown): Promise<unknown> {
  try {
    await run();
  } catch (error) {
    return error;
  }
  return expect.unreachable('An error was expected.');
}

describe('reading a log', () => {
  it('refuses options of verification that do not exist or have another form, naming them and not their values', async () => {
    const { log } = await createTestLog();
    const misspelt: object = { agianst: ['a secret note'] };
    const wrong: object = { against: 'a secret note' };
    const negative = { maxAnchorAgeMs: -1 };
    for (const [options, name] of [
      [misspelt, 'agianst'],
      [wrong, 'against'],
      [negative, 'maxAnchorAgeMs'],
    ] as const) {
      const error = await caught(() => log.verify(options));
      expect(error).toMatchObject({ code: 'OPTION_INVALID', message: expect.stringContaining(name) });
      expect(String(error)).not.toContain('secret');
    }
    expect(await log.verify({ key: log.identityKey, against: [await log.checkpoint()], strict: true })).toMatchObject({
      integrity: 'ok',
    });
  });

  it('refuses a range of entries that is none', async () => {
    const { log } = await createTestLog();
    for (const filter of [{ from: -1 }, { from: 0.5 }, { limit: 0 }, { limit: 1001 }, { limit: Number.NaN }]) {
      expect(await caught(() => log.entries(filter))).toMatchObject({ code: 'OPTION_INVALID' });
    }
    const unknownKind: object = { kind: 'nothing' };
    expect(await caught(() => log.entries(unknownKind))).toMatchObject({ code: 'OPTION_INVALID' });
    expect(await log.entries({ from: 0, limit: 1000, kind: 'log-opened' })).toHaveLength(1);
  });

  it('refuses to export a format that it does not know', async () => {
    const { log } = await createTestLog();
    const { format }: { format?: 'json' } = Object({ format: 'xml' });
    expect(await caught(() => log.export(format ?? 'json').next())).toMatchObject({
      code: 'FILTER_INVALID',
      message: expect.stringContaining('json, csv, jsonl'),
    });
  });
});
