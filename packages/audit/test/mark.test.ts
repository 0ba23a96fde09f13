/** The high-water mark: it goes forward only, whoever writes it and whatever is left behind. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createSystemEnvironment, type Environment } from '@countersign/core';
import { createTestEnvironment } from '@countersign/core/testing';
import { formatCheckpoint } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMemorySigner } from '../src/keys/signer.js';
import { defaultMarkPath, openMark } from '../src/mark.js';
import { isCertainlyGone, ownProcess } from '../src/process-identity.js';
import { runScript } from './run-script.js';

const origin = 'agent-audit.local/00112233445566778899aabbccddeeff';
let home = '';
let path = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'countersign-mark-'));
  path = defaultMarkPath(origin, home);
});
afterEach(() => rm(home, { recursive: true }));

const failing = (code: string) => expect.objectContaining({ name: 'MarkError', code });

function note(size: number, { fill = size % 256, log = origin } = {}): string {
  const signer = createMemorySigner({ origin: log, environment: createTestEnvironment() });
  return signer.sign(formatCheckpoint({ origin: log, size, root: new Uint8Array(32).fill(fill), extensions: [] }));
}

/** What this process writes into a lock. */
function formatOwn(token: string): string {
  const { pid, place = '-', startedAt = '-' } = ownProcess();
  return `${pid} ${place} ${startedAt} ${token}`;
}

async function sizeOnDisk(): Promise<number | undefined> {
  return (await openMark({ path }).read())?.checkpoint.size;
}

describe('A mark', () => {
  test('is not there before it is first advanced, and is the note itself after', async () => {
    const mark = openMark({ path });
    expect(await mark.read()).toBeUndefined();
    await mark.advance(note(3), 3, { flush: true });
    expect(await mark.read()).toMatchObject({ note: note(3), checkpoint: { origin, size: 3 } });
    expect(await readFile(path, 'utf8')).toBe(note(3));
  });

  test('stands alone in its directory, for its owner', async () => {
    await openMark({ path }).advance(note(3), 3, { flush: false });
    expect(path).toMatch(/\.countersign\/marks\/[0-9a-f]{32}$/);
    expect(await readdir(join(home, '.countersign', 'marks'))).toHaveLength(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, '.countersign', 'marks'))).mode & 0o777).toBe(0o700);
  });

  test('goes forward and stays where it is for anything smaller', async () => {
    const mark = openMark({ path });
    for (const size of [5, 3, 5, 9, 0, 8]) await mark.advance(note(size), size, { flush: false });
    expect(await sizeOnDisk()).toBe(9);
  });

  test('refuses another root of the same size, and another log', async () => {
    const mark = openMark({ path });
    await mark.advance(note(5), 5, { flush: false });
    await expect(mark.advance(note(5, { fill: 99 }), 5, { flush: false })).rejects.toThrow(failing('MARK_FORKED'));
    const log = 'agent-audit.local/other';
    await expect(mark.advance(note(6, { log }), 6, { flush: false })).rejects.toThrow(failing('MARK_OF_OTHER_LOG'));
    expect(await readFile(path, 'utf8')).toBe(note(5));
    await mark.advance(note(6), 6, { flush: false });
    expect(await sizeOnDisk()).toBe(6);
  });

  test('refuses what is no checkpoint of the stated size', async () => {
    const mark = openMark({ path });
    for (const text of ['', 'x\n', note(4), note(5).slice(0, -1), note(5).split('\n\n')[0] ?? '']) {
      await expect(mark.advance(text, 5, { flush: false })).rejects.toThrow(failing('MARK_INVALID'));
    }
    expect(await mark.read()).toBeUndefined();
  });

  test.each(['', 'nonsense', '\0'.repeat(200), 'x'.repeat(100_000)])(
    'that is damaged is neither read nor replaced (%#)',
    async (text) => {
      const mark = openMark({ path });
      await mark.advance(note(5), 5, { flush: false });
      await writeFile(path, text);
      await expect(mark.read()).rejects.toThrow(failing('MARK_DAMAGED'));
      await expect(mark.advance(note(6), 6, { flush: true })).rejects.toThrow(failing('MARK_DAMAGED'));
      expect(await readFile(path, 'utf8')).toBe(text);
      expect(await readdir(join(home, '.countersign', 'marks'))).toHaveLength(1);
    },
  );

  test('that is a symbolic link or a directory is an error', async () => {
    await mkdir(join(home, '.countersign', 'marks'), { recursive: true });
    await symlink(join(home, 'elsewhere'), path);
    await expect(openMark({ path }).advance(note(1), 1, { flush: false })).rejects.toThrow(failing('MARK_IO'));
    await rm(path);
    await mkdir(path);
    await expect(openMark({ path }).read()).rejects.toThrow(failing('MARK_IO'));
  });

  test('that cannot be written is an error', async () => {
    await writeFile(join(home, 'file'), '');
    const mark = openMark({ path: join(home, 'file', 'marks', 'mark') });
    await expect(mark.advance(note(1), 1, { flush: false })).rejects.toThrow(failing('MARK_IO'));
  });

  test('advanced many times at once ends with the largest', async () => {
    const marks = [openMark({ path }), openMark({ path }), openMark({ path })];
    const sizes = Array.from({ length: 60 }, (_, i) => ((i * 37) % 60) + 1);
    await Promise.all(sizes.map(async (size, i) => marks[i % 3]?.advance(note(size), size, { flush: i % 10 === 0 })));
    expect(await sizeOnDisk()).toBe(60);
    expect(await readdir(join(home, '.countersign', 'marks'))).toHaveLength(1);
  });

  test('advanced by two processes, 200 times each, never goes back', async () => {
    const script = fileURLToPath(new URL('advance-mark.ts', import.meta.url));
    const answers = await Promise.all(['1', '2'].map((first) => runScript(script, [path, first, '200'])));
    expect(answers).toEqual(['0\n', '0\n']);
    expect(await sizeOnDisk()).toBe(400);
    expect(await readdir(join(home, '.countersign', 'marks'))).toHaveLength(1);
  });
});

describe('The lock of a mark', () => {
  /** Real timers, on a clock on which every wait takes 100 ms. */
  function hurried(): Environment & { readonly waits: () => number } {
    let waits = 0;
    const system = createSystemEnvironment();
    return {
      ...system,
      monotonicUs: () => waits * 100_000,
      setTimer: (callback, _delayMs, options) => {
        waits += 1;
        return system.setTimer(callback, 0, options);
      },
      waits: () => waits,
    };
  }

  const token = 'ab'.repeat(8);

  async function leaveLock(text: string, make: (text: string, path: string) => Promise<void> = symlink): Promise<void> {
    await mkdir(join(home, '.countersign', 'marks'), { recursive: true });
    await make(text, `${path}.lock`);
    await writeFile(`${path}.${token}.tmp`, 'half a note');
  }

  async function pidOfGone(): Promise<number> {
    return Number(await runScript(fileURLToPath(new URL('print-pid.ts', import.meta.url)), []));
  }

  test.skipIf(process.platform !== 'linux').each([
    ['a process that is gone', async () => ({ ...ownProcess(), pid: await pidOfGone() })],
    ['an earlier process of an id that runs again', async () => ({ ...ownProcess(), startedAt: '1' })],
  ])('that was left here by %s is taken over at once, and what it was writing is removed', async (_name, holder) => {
    const { pid, place, startedAt } = await holder();
    await leaveLock(`${pid} ${place} ${startedAt} ${token}`);
    const environment = hurried();
    await openMark({ path, environment }).advance(note(1), 1, { flush: false });
    expect(environment.waits()).toBe(0);
    expect(await readdir(join(home, '.countersign', 'marks'))).toHaveLength(1);
  });

  test.skipIf(process.platform !== 'linux')('that a zombie left is taken over at once', async () => {
    // The shell does not wait for its child, which therefore stays in the table of processes after its end.
    const shell = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const [line] = await once(createInterface({ input: shell.stdout }), 'line');
      const pid = Number(line);
      const isZombie = async () => (await readFile(`/proc/${pid}/stat`, 'latin1')).includes(') Z ');
      while (!(await isZombie())) await new Promise(setImmediate);
      const started = (await readFile(`/proc/${pid}/stat`, 'latin1')).split(') ')[1]?.split(' ')[19];
      expect(isCertainlyGone({ ...ownProcess(), pid, startedAt: started }, ownProcess())).toBe(true);
    } finally {
      shell.kill();
    }
  });

  test('that was left elsewhere by a process that is gone is taken over after a second, and what it was writing is removed', async () => {
    await leaveLock(`${await pidOfGone()} ${'0'.repeat(12)} 1 ${token}`);
    const environment = hurried();
    await openMark({ path, environment }).advance(note(1), 1, { flush: false });
    expect(environment.waits()).toBeGreaterThanOrEqual(10);
    expect(environment.waits()).toBeLessThan(20);
    expect(await readdir(join(home, '.countersign', 'marks'))).toHaveLength(1);
  });

  test.each([
    ['its process runs', formatOwn(token), symlink],
    ['its process does not say where it runs', `${process.pid} - - ${token}`, symlink],
    ['nothing is known of it', 'nonsense', symlink],
    ['it is a file', formatOwn(token), (text: string, lock: string) => writeFile(lock, text)],
    ['it is an empty file', '', (text: string, lock: string) => writeFile(lock, text)],
  ])('that is not let go of is taken over after ten seconds: %s', async (_name, text, make) => {
    await leaveLock(text, make);
    const environment = hurried();
    await openMark({ path, environment }).advance(note(1), 1, { flush: false });
    expect(environment.waits()).toBeGreaterThanOrEqual(100);
    expect(await sizeOnDisk()).toBe(1);
  });

  test('that another holds is not waited for any more when the mark has gone past', async () => {
    await leaveLock(formatOwn(token));
    const environment = hurried();
    const advancing: Environment = {
      ...environment,
      setTimer: (callback, delayMs, options) => {
        if (environment.waits() === 3) writeFileSync(path, note(5));
        return environment.setTimer(callback, delayMs, options);
      },
    };
    await openMark({ path, environment: advancing }).advance(note(4), 4, { flush: false });
    expect(environment.waits()).toBeLessThan(10);
    expect(await sizeOnDisk()).toBe(5);
    expect(await readlink(`${path}.lock`)).toBe(formatOwn(token));
  });

  test('that keeps changing hands is waited for, but not for ever', async () => {
    await leaveLock(formatOwn(token));
    const environment = hurried();
    let turn = 0;
    const busy: Environment = {
      ...environment,
      setTimer: (callback, delayMs, options) => {
        turn += 1;
        void rm(`${path}.lock`)
          .then(() => symlink(formatOwn(String(turn).padStart(16, '0')), `${path}.lock`))
          .then(() => environment.setTimer(callback, delayMs, options));
        return () => undefined;
      },
    };
    await expect(openMark({ path, environment: busy }).advance(note(1), 1, { flush: false })).rejects.toThrow(
      failing('MARK_LOCKED'),
    );
    expect(await sizeOnDisk()).toBeUndefined();
  });
});
