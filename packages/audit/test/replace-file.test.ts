/** Files that are replaced whole, and what every writer leaves alone: whatever is no regular file. No test touches a real device. */

import { execFileSync } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemEnvironment } from '@countersign/core';
import { createTestEnvironment } from '@countersign/core/testing';
import { formatCheckpoint, parseCheckpoint, parseNote } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileAnchor } from '../src/anchors/file-anchor.js';
import { acquireFileLock } from '../src/file-lock.js';
import { createMemorySigner } from '../src/keys/signer.js';
import { openMark } from '../src/mark.js';
import { createMemoryLogStore } from '../src/memory-store.js';
import { refuseSpecialFile, replaceFile, replaceLockedFile, specialFileAt } from '../src/replace-file.js';
import { beginRun, endRun, readPurgeState } from '../src/retention/purge-state.js';
import { createTestLog } from '../src/testing/test-log.js';
import { openVerifiedStateFile } from '../src/verified-state-file.js';
import type { VerifiedState } from '../src/verify/index.js';
import { openWorld, writeTen } from './verify-world.js';

const DAY_MS = 24 * 60 * 60 * 1000;
const environment = createSystemEnvironment();
const origin = 'agent-audit.local/00112233445566778899aabbccddeeff';

let folder = '';
let path = '';
const servers: Server[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-replace-'));
  path = join(folder, 'file');
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** What may stand in the place of a file, how it is made, and how a message calls it. */
const SPECIAL: readonly (readonly [kind: string, make: (path: string) => void | Promise<void>])[] = [
  ['a named pipe', (at) => void execFileSync('mkfifo', [at])],
  ['a folder', (at) => void mkdirSync(at)],
  [
    'a socket',
    (at) =>
      new Promise<void>((resolve) => {
        servers.push(createServer().listen(at, resolve));
      }),
  ],
  [
    'a symbolic link',
    (at) => {
      writeFileSync(join(folder, 'elsewhere'), 'not ours');
      symlinkSync(join(folder, 'elsewhere'), at);
    },
  ],
  ['a symbolic link', (at) => symlinkSync(join(folder, 'nowhere'), at)],
];

/** Everything in the folder: what it is, and what regular files hold. */
function look(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const status = lstatSync(join(folder, name));
      const text = status.isFile() ? readFileSync(join(folder, name), 'utf8') : '';
      return `${name} ${status.mode} ${status.ino} ${text}`;
    });
}

async function* pieces(...texts: readonly string[]): AsyncGenerator<string, void, undefined> {
  yield* texts;
}

function checkpointNote(size: number): string {
  const signer = createMemorySigner({ origin, environment: createTestEnvironment() });
  return signer.sign(formatCheckpoint({ origin, size, root: new Uint8Array(32).fill(size), extensions: [] }));
}

describe('a file that is replaced', () => {
  it('holds the new bytes or pieces, for its owner alone, and nothing is left beside it', async () => {
    await replaceFile({ path, what: 'file', environment }, 'one');
    await replaceFile({ path, what: 'file', environment }, pieces('t', '', 'wö', 'x'.repeat(100_000)));
    expect(readFileSync(path, 'utf8')).toBe(`twö${'x'.repeat(100_000)}`);
    expect(lstatSync(path).mode & 0o777).toBe(0o600);
    await replaceFile({ path, what: 'file', mode: 0o640, environment }, Buffer.from([1, 2, 3]));
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(lstatSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('stays as it was when the pieces fail on the way', async () => {
    writeFileSync(path, 'before');
    async function* failing(): AsyncGenerator<string, void, undefined> {
      yield 'half';
      throw new Error('no more');
    }
    const before = look();
    await expect(replaceFile({ path, what: 'file', environment }, failing())).rejects.toThrow('no more');
    expect(look()).toEqual(before);
  });

  it('stays as it was when a pipe came into its place while the pieces were written', async () => {
    const making = replaceFile({ path, what: 'file', environment }, late());
    async function* late(): AsyncGenerator<string, void, undefined> {
      yield 'half';
      execFileSync('mkfifo', [path]);
    }
    await expect(making).rejects.toThrow(expect.objectContaining({ code: 'FILE_NOT_REGULAR' }));
    expect(readdirSync(folder)).toEqual(['file']);
    expect(specialFileAt(path)).toBe('a named pipe');
  });

  it('under a lock stays as it was when the lock was lost', async () => {
    writeFileSync(path, 'before');
    const lock = await acquireFileLock({
      path: `${path}.lock`,
      environment,
      timeoutMs: 1,
      onTakeover: () => undefined,
    });
    if (lock === undefined) throw new Error('no lock');
    rmSync(`${path}.lock`);
    expect(await replaceLockedFile({ path, what: 'file' }, 'after', { lock, flush: true })).toBe(false);
    expect(readFileSync(path, 'utf8')).toBe('before');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('is named in the refusal, with the option, what was expected and what is there', () => {
    mkdirSync(path);
    expect(() => refuseSpecialFile({ path, what: 'file of --out' })).toThrow(
      expect.objectContaining({
        name: 'ConfigError',
        code: 'FILE_NOT_REGULAR',
        message: `The file of --out ${path}: a regular file was expected, and a folder is there.`,
      }),
    );
    expect(specialFileAt(join(folder, 'none'))).toBeUndefined();
    expect(specialFileAt(join(folder, 'none', 'below'))).toBeUndefined();
  });
});

/** Every writer, by what it does to a path, and the code that it refuses with. */
const WRITERS: readonly (readonly [name: string, code: string, write: (path: string) => Promise<unknown>])[] = [
  ['replaceFile', 'FILE_NOT_REGULAR', (at) => replaceFile({ path: at, what: 'file', environment }, 'text')],
  ['the state of a verification, read', 'FILE_NOT_REGULAR', (at) => stateFile(at).read()],
  ['the state of a verification, written', 'FILE_NOT_REGULAR', (at) => stateFile(at).write(STATE)],
  ['the mark, read', 'MARK_IO', (at) => openMark({ path: at, environment }).read()],
  [
    'the mark, advanced',
    'MARK_IO',
    (at) => openMark({ path: at, environment }).advance(checkpointNote(3), 3, { flush: true }),
  ],
  ['the state of the automatic purge, read', 'FILE_NOT_REGULAR', async (at) => readPurgeState(at)],
  ['the state of the automatic purge, begun', 'FILE_NOT_REGULAR', (at) => beginRun(at, environment, 1000)],
  ['the state of the automatic purge, ended', 'FILE_NOT_REGULAR', (at) => endRun(at, environment, {})],
  ['the anchor file, read', 'ANCHOR_IO', async (at) => createFileAnchor({ path: at }).newest?.(origin, anchorContext)],
  [
    'the anchor file, appended to',
    'ANCHOR_IO',
    (at) => createFileAnchor({ path: at }).anchor(subject(), anchorContext),
  ],
];

const anchorContext = { environment, signal: new AbortController().signal };

function subject() {
  const text = checkpointNote(3);
  return { note: text, checkpoint: parseCheckpoint(parseNote(text).text), prove: async () => [] };
}

function stateFile(at: string) {
  return openVerifiedStateFile({ path: at, keyPath: join(folder, 'keys', 'key'), verifier: '1.0.0', environment });
}

/** It is never written: what it holds does not matter. */
const STATE: VerifiedState = Object.create(null);

describe.each(SPECIAL)('where %s is', (kind, make) => {
  it.each(WRITERS)('%s is refused, and touches nothing', async (_name, code, write) => {
    await make(path);
    const before = look();
    await expect(write(path)).rejects.toThrow(
      expect.objectContaining({
        code,
        message: expect.stringContaining(`a regular file was expected, and ${kind} is there`),
      }),
    );
    expect(look()).toEqual(before);
  });

  it('an archive is refused, which replaces nothing whatever is there, and nothing is purged', async () => {
    const { log, store, environment: time } = await createTestLog();
    await log.append({ kind: 'system-event', name: 'old' });
    time.advance(DAY_MS);
    await log.append({ kind: 'system-event', name: 'young' });
    const { size } = await store.head();
    await make(path);
    const before = look();
    await expect(log.purge({ olderThanDays: 0.5, archive: path })).rejects.toThrow(
      expect.objectContaining({ code: 'ARCHIVE_EXISTS' }),
    );
    expect(look()).toEqual(before);
    expect((await store.leaves({ from: 0, limit: size })).every(({ leaf }) => leaf !== undefined)).toBe(true);
  });

  it.each(['checkpoint', 'countersign.json', join('tile', '0', '000.p', '10')])(
    'an export into a folder is refused when it is the file %s',
    async (name) => {
      const world = await openWorld(createMemoryLogStore(), 31);
      await writeTen(world);
      const out = join(folder, 'out');
      await world.log.exportTiles(out);
      rmSync(join(out, name));
      await make(join(out, name));
      const { ino, mode } = lstatSync(join(out, name));
      await expect(world.log.exportTiles(out)).rejects.toThrow(expect.objectContaining({ code: 'FILE_NOT_REGULAR' }));
      expect(lstatSync(join(out, name))).toMatchObject({ ino, mode });
    },
  );
});

it.each(SPECIAL.filter(([kind]) => kind === 'a named pipe' || kind === 'a socket'))(
  'an export is refused where %s is in the place of its folder',
  async (_kind, make) => {
    const world = await openWorld(createMemoryLogStore(), 31);
    await make(path);
    const before = look();
    await expect(world.log.exportTiles(path)).rejects.toThrow(
      expect.objectContaining({ code: 'EXPORT_FOLDER_NOT_OURS' }),
    );
    expect(look()).toEqual(before);
  },
);
