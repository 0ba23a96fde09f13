import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { createSystemEnvironment } from '@countersign/core';
import { openSqlite } from '@countersign/sqlite';
import SqliteDatabase from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { appendSamples } from '../../audit/src/testing/sample-batch.js';
import { Connection } from '../src/connection.js';
import { bringUpToDate } from '../src/migrations.js';
import { APPLICATION_ID, SCHEMA_VERSION } from '../src/schema.js';
import { applySettings, assertEngine } from '../src/settings.js';
import { openRaw, temporaryFolder, withRaw } from './support.js';

/** A store with one entry, closed. */
async function createStore(path: string): Promise<void> {
  const stores = await openSqlite({ path, create: true });
  await appendSamples(stores.log, [{}]);
  await stores.close();
}

/** A store as it is before its first opening is done: with its schema, without a write-ahead log. */
async function createSchemaOnly(path: string): Promise<void> {
  const database = openRaw(path);
  await bringUpToDate(new Connection({ database, path, environment: createSystemEnvironment() }), true);
  expect(database.pragma('journal_mode', { simple: true })).toBe('delete');
  database.close();
}

/** Everything that a look at the folder can tell: names, bytes, times of change; of shared memory only that it is there. */
function picture(folder: string): unknown {
  return readdirSync(folder).map((name) => {
    if (name.endsWith('-shm')) return name;
    const path = join(folder, name);
    const { mtimeNs, ino, mode } = lstatSync(path, { bigint: true });
    const found = lstatSync(path);
    const content = found.isSymbolicLink() ? readlinkSync(path) : found.isFile() ? digest(path) : '';
    return { name, mtimeNs, ino, mode, content };
  });
}

function digest(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** Expects that opening fails with `code`, with and without `create`, and changes nothing in the folder. */
async function expectRefusal(path: string, code: string): Promise<void> {
  const before = picture(dirname(path));
  await expect(openSqlite({ path })).rejects.toMatchObject({ code });
  await expect(openSqlite({ path, create: true })).rejects.toMatchObject({ code });
  expect(picture(dirname(path))).toEqual(before);
}

/** Acts as an account without rights where the tests run as root, who has them all. */
async function withoutRoot(folder: string, action: () => Promise<void>): Promise<void> {
  const { geteuid, seteuid } = process;
  if (geteuid?.() !== 0 || seteuid === undefined) return action();
  const nobody = 65_534;
  for (const name of ['.', ...readdirSync(folder)]) chownSync(join(folder, name), nobody, nobody);
  seteuid(nobody);
  try {
    await action();
  } finally {
    seteuid(0);
  }
}

describe('creating', () => {
  it('makes a file only where it is asked to, and no folder either', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'deep', 'er', 'log.db');
    await expect(openSqlite({ path })).rejects.toMatchObject({ name: 'StoreUnavailableError', code: 'STORE_MISSING' });
    expect(readdirSync(folder)).toEqual([]);
    await createStore(path);
    expect(existsSync(path)).toBe(true);
  });

  it.skipIf(process.platform === 'win32')('lets nobody else read the folder or the file', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'new', 'log.db');
    const stores = await openSqlite({ path, create: true });
    await appendSamples(stores.log, [{}]);
    const modes = ['', 'log.db', 'log.db-wal', 'log.db-shm'].map((name) => statSync(join(folder, 'new', name)).mode);
    expect(modes.map((mode) => (mode & 0o777).toString(8))).toEqual(['700', '600', '600', '600']);
    await stores.close();
  });

  it('leaves the rights of a folder that is there as they are', async () => {
    const folder = join(temporaryFolder(), 'shared');
    mkdirSync(folder);
    chmodSync(folder, 0o755);
    await createStore(join(folder, 'log.db'));
    expect(statSync(folder).mode & 0o777).toBe(0o755);
  });

  it('marks the file as ours, with its schema version', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    const header = readFileSync(path);
    expect([header.readUInt32BE(68), header.readUInt32BE(60)]).toEqual([APPLICATION_ID, SCHEMA_VERSION]);
  });

  it('brings a file of version 1 up to date, and finds it sound then', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    withRaw(path, (database) => database.exec('DROP INDEX live_grants; PRAGMA user_version = 1'));
    const stores = await openSqlite({ path });
    expect(await stores.log.inspect()).toEqual([]);
    await stores.close();
    expect(readFileSync(path).readUInt32BE(60)).toBe(SCHEMA_VERSION);
  });

  it.each(['with spaces.db', 'naïve \u{1f600} ünï.db', "quo'te.db", 'per%20cent?mode=memory#x.db', ':memory:'])(
    'takes %j for the name of a file and nothing else',
    async (name) => {
      const folder = temporaryFolder();
      await createStore(join(folder, name));
      expect(readdirSync(folder)).toEqual([name]);
      const stores = await openSqlite({ path: join(folder, name) });
      expect((await stores.log.head()).size).toBe(1);
      expect(stores.path).toBe(join(folder, name));
      await stores.close();
    },
  );

  it('ends with one schema when several connections create the file at once', async () => {
    const path = join(temporaryFolder(), 'log.db');
    const all = await Promise.all([1, 2, 3, 4].map(() => openSqlite({ path, create: true })));
    for (const stores of all) await appendSamples(stores.log, [{}]);
    expect((await all[0]?.log.head())?.size).toBe(4);
    expect(await all[1]?.log.inspect()).toEqual([]);
    for (const stores of all) await stores.close();
  });

  it('goes on where a creation was killed before it wrote anything', async () => {
    const path = join(temporaryFolder(), 'log.db');
    writeFileSync(path, '');
    await expect(openSqlite({ path })).rejects.toMatchObject({ code: 'STORE_MISSING' });
    expect(statSync(path).size).toBe(0);
    await createStore(path);
  });

  it('goes on where a creation was killed between the schema and the write-ahead log', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createSchemaOnly(path);
    const stores = await openSqlite({ path });
    expect(await stores.log.inspect()).toEqual([]);
    await stores.close();
  });

  it('takes back half a schema, when a creation was killed while it wrote one', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'log.db');
    await createSchemaOnly(join(folder, 'whole.db'));
    // The journal of a transaction on an empty file, as it is while the pages are being written; and the first few of those.
    withRaw(join(folder, 'other.db'), (database) => {
      database.exec('PRAGMA cache_size = 1; BEGIN EXCLUSIVE; CREATE TABLE large (bytes)');
      database.exec('INSERT INTO large SELECT zeroblob(40000) FROM sqlite_schema');
      copyFileSync(join(folder, 'other.db-journal'), `${path}-journal`);
      database.exec('ROLLBACK');
    });
    writeFileSync(path, readFileSync(join(folder, 'whole.db')).subarray(0, 3 * 4096));
    await expect(openSqlite({ path })).rejects.toMatchObject({ code: 'STORE_MISSING' });
    expect(statSync(path).size).toBe(0);
    const stores = await openSqlite({ path, create: true });
    expect(await stores.log.inspect()).toEqual([]);
    await stores.close();
  });
});

describe('opening', () => {
  it('sets and reads back every setting on each open, the second one included', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    // What makes it necessary: the engine opens a file with a write-ahead log in a mode that may lose a commit.
    expect(openRaw(path).pragma('synchronous', { simple: true })).toBe(1);
    const pragma = vi.spyOn(SqliteDatabase.prototype, 'pragma');
    onTestFinished(() => pragma.mockRestore());
    const stores = await openSqlite({ path });
    // The store's own connection, as the last one that a setting was asked of.
    const database: unknown = pragma.mock.contexts.at(-1);
    if (!(database instanceof SqliteDatabase)) throw new Error('no setting was asked of a connection');
    const read = (name: string): unknown => database.pragma(name, { simple: true });
    expect(database.name).toBe(path);
    expect(
      ['journal_mode', 'synchronous', 'wal_autocheckpoint', 'secure_delete', 'trusted_schema', 'cell_size_check'].map(
        read,
      ),
    ).toEqual(['wal', 2, 0, 1, 0, 1]);
    await stores.close();
  });

  it('refuses a setting that the engine keeps otherwise', () => {
    const database = new SqliteDatabase(':memory:');
    expect(() => applySettings(database, 'memory')).toThrow(/journal_mode=WAL/);
    database.close();
  });

  it.each([
    ['3.51.2', false],
    ['3.6.20', false],
    ['2.99.9', false],
    ['', false],
    ['3.51.3', true],
    ['3.53.0', true],
    ['4.0.0', true],
  ])('judges the engine %j', (version, isTaken) => {
    if (isTaken) expect(() => assertEngine(version)).not.toThrow();
    else expect(() => assertEngine(version)).toThrow(expect.objectContaining({ code: 'STORE_IO' }));
  });

  it('follows a link to a store', async () => {
    const folder = temporaryFolder();
    await createStore(join(folder, 'log.db'));
    symlinkSync('log.db', join(folder, 'link.db'));
    const stores = await openSqlite({ path: join(folder, 'link.db') });
    await appendSamples(stores.log, [{}]);
    expect(readdirSync(folder).filter((name) => name.startsWith('link'))).toEqual(['link.db']);
    await stores.close();
  });

  it('creates nothing behind a link that leads nowhere', async () => {
    const folder = temporaryFolder();
    symlinkSync('elsewhere.db', join(folder, 'link.db'));
    await expectRefusal(join(folder, 'link.db'), 'STORE_MISSING');
  });

  it('waits for a lock no longer than it was told', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    const stores = await openSqlite({ path, lockTimeoutMs: 20 });
    const other = openRaw(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(appendSamples(stores.log, [{}])).rejects.toMatchObject({
      name: 'StoreUnavailableError',
      code: 'STORE_LOCKED',
    });
    // Readers need no lock.
    expect((await stores.log.head()).size).toBe(1);
    other.exec('ROLLBACK');
    await appendSamples(stores.log, [{}]);
    expect((await stores.log.head()).size).toBe(2);
    await stores.close();
  });
});

describe('what is not ours, or from the future, is a typed error and stays untouched:', () => {
  it.each([
    ['a text file', 'Dear diary,\n'.repeat(50)],
    ['a short text file', 'x'],
    ['a header that was cut off', 'SQLite format 3\0'],
    ['zeros', '\0'.repeat(4096)],
  ])('%s', async (_, content) => {
    const path = join(temporaryFolder(), 'log.db');
    writeFileSync(path, content);
    await expectRefusal(path, 'STORE_NOT_OURS');
  });

  it('a store whose header was cut off', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    truncateSync(path, 99);
    await expectRefusal(path, 'STORE_NOT_OURS');
  });

  it.each(['delete', 'wal'])('another database, with journal mode %s', async (mode) => {
    const path = join(temporaryFolder(), 'other.db');
    const other = openRaw(path);
    other.pragma(`journal_mode = ${mode}`);
    other.exec('CREATE TABLE notes (text); INSERT INTO notes VALUES (1)');
    expect(existsSync(`${path}-wal`)).toBe(mode === 'wal');
    await expectRefusal(path, 'STORE_NOT_OURS');
  });

  it('a directory', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'log.db'));
    await expectRefusal(join(folder, 'log.db'), 'STORE_NOT_OURS');
  });

  it('a path through a file', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), 'x');
    await expect(openSqlite({ path: join(folder, 'file', 'log.db'), create: true })).rejects.toMatchObject({
      code: 'STORE_IO',
    });
    expect(readdirSync(folder)).toEqual(['file']);
  });

  it('a store of a newer version', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    withRaw(path, (database) => database.pragma(`user_version = ${SCHEMA_VERSION + 1}`));
    await expectRefusal(path, 'STORE_FROM_THE_FUTURE');
  });

  it('a store whose newer version stands in the write-ahead log alone', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    openRaw(path).pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    expect(readFileSync(path).readUInt32BE(60)).toBe(SCHEMA_VERSION);
    await expectRefusal(path, 'STORE_FROM_THE_FUTURE');
  });

  it('a store whose newer version stands in the write-ahead log that a crash left', async () => {
    const [path, copy] = [join(temporaryFolder(), 'log.db'), join(temporaryFolder(), 'log.db')];
    await createStore(path);
    openRaw(path).pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    for (const suffix of ['', '-wal', '-shm']) copyFileSync(path + suffix, copy + suffix);
    await expectRefusal(copy, 'STORE_FROM_THE_FUTURE');
  });

  it('a store that another program has claimed by its identifier', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    withRaw(path, (database) => database.pragma('application_id = 7'));
    await expectRefusal(path, 'STORE_NOT_OURS');
  });

  it('a store that is damaged beyond reading', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.fill(0xff, 100, 4096));
    await expectRefusal(path, 'STORE_DAMAGED');
  });

  it('but bytes behind the end of a store do not keep it from being opened', async () => {
    const path = join(temporaryFolder(), 'log.db');
    await createStore(path);
    appendFileSync(path, Buffer.alloc(5000, 1));
    const stores = await openSqlite({ path });
    expect((await stores.log.head()).size).toBe(1);
    await stores.close();
  });
});

describe.skipIf(process.platform === 'win32')('without the rights', () => {
  it('a file that may not be read is STORE_IO', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'log.db');
    await createStore(path);
    await withoutRoot(folder, async () => {
      chmodSync(path, 0o000);
      await expect(openSqlite({ path })).rejects.toMatchObject({ code: 'STORE_IO' });
    });
  });

  it('a file that may not be written is read, and refuses entries with STORE_READ_ONLY', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'log.db');
    await createStore(path);
    await withoutRoot(folder, async () => {
      chmodSync(path, 0o400);
      const stores = await openSqlite({ path });
      expect((await stores.log.head()).size).toBe(1);
      await expect(appendSamples(stores.log, [{}])).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
      await stores.close();
    });
  });

  it('a folder that may not be written is a typed error, for a store in it and for a new one', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'log.db');
    await createStore(path);
    await withoutRoot(folder, async () => {
      chmodSync(folder, 0o500);
      await expect(openSqlite({ path })).rejects.toMatchObject({ name: 'StoreUnavailableError' });
      await expect(openSqlite({ path: join(folder, 'new.db'), create: true })).rejects.toMatchObject({
        code: 'STORE_IO',
      });
      chmodSync(folder, 0o700);
      expect(readdirSync(folder)).toEqual([basename(path)]);
    });
  });
});
