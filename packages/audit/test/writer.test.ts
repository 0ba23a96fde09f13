import { createTestEnvironment } from '@countersign/core/testing';
import { describe, expect, it } from 'vitest';
import { createWriterId, isWriterAlive, systemHost, type WriterHost } from '../src/writer.js';

const host: WriterHost = {
  hostHash: '0123abcd',
  pid: 100,
  openWriters: ['0123abcd-100-aaaaaaaa'],
  isRunning: (pid) => pid === 200,
};

describe('a writer', () => {
  it('has an id that names its host and process, and another one each time', () => {
    const environment = createTestEnvironment();
    const [one, two] = [createWriterId(environment, host), createWriterId(environment, host)];
    expect(one).toMatch(/^0123abcd-100-[0-9a-f]{8}$/);
    expect(one).not.toBe(two);
  });

  it('is alive while its process runs on this host', () => {
    expect(isWriterAlive('0123abcd-200-00000000', host)).toBe(true);
    expect(isWriterAlive('0123abcd-201-00000000', host)).toBe(false);
    expect(isWriterAlive('ffffffff-200-00000000', host)).toBe(false);
  });

  it('with the id of this very process is alive only while it is open here', () => {
    expect(isWriterAlive('0123abcd-100-aaaaaaaa', host)).toBe(true);
    expect(isWriterAlive('0123abcd-100-bbbbbbbb', host)).toBe(false);
  });

  it('of another form is not alive', () => {
    for (const writer of ['', 'me', '0123abcd-0-00000000', '0123abcd-200-0000000g', '0123abcd--200-00000000']) {
      expect(isWriterAlive(writer, host)).toBe(false);
    }
  });

  it('is looked for among the real processes', () => {
    const real = systemHost();
    expect(isWriterAlive(`${real.hostHash}-${process.ppid}-00000000`)).toBe(true);
    expect(isWriterAlive(`${real.hostHash}-${2 ** 30}-00000000`)).toBe(false);
  });
});
