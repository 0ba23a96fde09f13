/** What cannot be done as it was asked, streams that end early, colours, and the command as a process of its own. */

import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeOf } from '../src/cli/exit-codes.js';
import { createTestHome, fillLog, openTestLog, run } from './cli-support.js';

const home = createTestHome();

beforeAll(async () => {
  const cs = await openTestLog(home);
  await fillLog(cs);
  await cs.close();
});
afterAll(() => home.remove());

const READERS = [['query'], ['show', '0'], ['summary', 's'], ['verify'], ['export'], ['keys']];

describe('a store that cannot be used ends every reader with 7 and a code', () => {
  test('a file that is missing, and stays missing', async () => {
    const db = join(home.path, 'nowhere', 'log.db');
    for (const argv of [...READERS, ['purge', '--older-than-days', '1', '--yes']]) {
      const { code, stdout, stderr } = await run(home, [...argv, '--db', db]);
      expect({ code, stdout }, argv.join(' ')).toEqual({ code: 7, stdout: '' });
      expect(stderr).toMatch(/^STORE_MISSING: There is no store at .*\n\S.*\n$/);
    }
    expect(existsSync(join(home.path, 'nowhere'))).toBe(false);
  });

  test('a file that is empty', async () => {
    const db = join(home.path, 'empty.db');
    writeFileSync(db, '');
    expect(await run(home, ['query', '--db', db])).toMatchObject({ code: 7, stdout: '' });
    expect(statSync(db).size).toBe(0);
  });

  test('a file that another program made, which is left untouched', async () => {
    const db = join(home.path, 'foreign.db');
    const text = 'A shopping list.\n'.repeat(100);
    writeFileSync(db, text);
    for (const argv of READERS) {
      const { code, stderr } = await run(home, [...argv, '--db', db]);
      expect(code, argv.join(' ')).toBe(7);
      expect(stderr).toMatch(/^STORE_NOT_OURS: /);
    }
    expect(readFileSync(db, 'utf8')).toBe(text);
  });

  test('a file of a future version, which is left untouched', async () => {
    const db = join(home.path, 'future.db');
    const bytes = readFileSync(home.database);
    bytes.writeUInt32BE(99, 60);
    writeFileSync(db, bytes);
    const { code, stderr } = await run(home, ['query', '--db', db]);
    expect(code).toBe(7);
    expect(stderr).toMatch(/^STORE_FROM_THE_FUTURE: .*version 99/);
    expect(readFileSync(db).equals(bytes)).toBe(true);
  });
});

describe('a command line that cannot be followed ends with 2, prints no data and says what is wrong', () => {
  const cases: readonly (readonly [argv: string, stderr: RegExp])[] = [
    ['query --risk lethal', /^ARGUMENT_INVALID: --risk: expected one or more of safe, moderate, destructive, critical/],
    ['query --success maybe', /^ARGUMENT_INVALID: --success: expected true or false/],
    ['query --limit 0', /^ARGUMENT_INVALID: --limit: expected a whole number from 1 on/],
    ['query --limit 5000', /^FILTER_INVALID: .*limit/],
    ['query --order sideways', /^ARGUMENT_INVALID: --order: expected newest-first or oldest-first/],
    ['query --since yesterday', /^FILTER_INVALID: since: .*24h/],
    ['query --cursor 5.0123456789abcdef', /^CURSOR_INVALID: /],
    ['show nothing-like-it', /^ENTRY_NOT_FOUND: /],
    ['show 999999', /^ENTRY_NOT_FOUND: /],
    ['export --format xml', /^ARGUMENT_INVALID: --format: expected one of json, csv, jsonl/],
    ['export --format jsonl --risk safe', /^FILTER_INVALID: .*jsonl/],
    ['export --out /no/such/folder/file', /^FILE_UNREADABLE: /],
    ['purge --older-than-days 0 --override-retention --yes', /^OPTION_INVALID: .*reason/],
    ['purge --older-than-days soon --yes', /^ARGUMENT_INVALID: --older-than-days/],
    ['purge --older-than-days 1', /^CONFIRMATION_NEEDED: .*\n.*--yes/],
    ['verify --key not-a-key', /^FILE_UNREADABLE: /],
    ['show', /missing required argument 'id'/],
    ['show a b', /too many arguments/],
    ['quary', /unknown command 'quary'\n\(Did you mean query\?\)/],
    ['query --riks safe', /unknown option '--riks'\n\(Did you mean --risk\?\)/],
    ['', /^Usage: countersign/],
  ];
  test.each(cases)('countersign %s', async (line, expected) => {
    const { code, stdout, stderr } = await run(home, line === '' ? [] : line.split(' '));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(expected);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test('what was typed is printed escaped', async () => {
    const { stderr } = await run(home, ['verify', '--against', '\u001b[31m/nowhere']);
    expect(stderr).toContain('\\u{1b}[31m/nowhere');
  });

  test('the stack is printed when it is asked for', async () => {
    const { stderr } = await run(home, ['show', '999999'], { env: { COUNTERSIGN_DEBUG: '1' } });
    expect(stderr).toContain('cli/actions/show');
  });
});

describe('a path that is no regular file ends whoever would write there with 2, and is left alone', () => {
  const KINDS: readonly (readonly [kind: string, make: (at: string) => void])[] = [
    ['a named pipe', (at) => void execFileSync('mkfifo', [at])],
    ['a folder', (at) => mkdirSync(at)],
  ];
  const cases: readonly (readonly [line: string, option: string])[] = [
    ['export', '--out'],
    ['prove 0', '--out'],
    ['verify --key KEY', '--since-checkpoint'],
    [`restart --reason test --yes --db ${home.database}`, '--mark'],
  ];
  test.each(cases)('%s %s', async (line, option) => {
    const key = JSON.parse((await run(home, ['keys', 'show', '--json'])).stdout).verifierKey;
    const argv = line.split(' ').map((word) => (word === 'KEY' ? key : word));
    for (const [kind, make] of KINDS) {
      const folder = mkdtempSync(join(home.path, 'special-'));
      const at = join(folder, 'file');
      make(at);
      const { ino, mode } = lstatSync(at);
      const { code, stdout, stderr } = await run(home, [...argv, option, at]);
      expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(/^FILE_NOT_REGULAR: /);
      expect(stderr).toContain(`${at}: a regular file was expected, and ${kind} is there.`);
      expect(lstatSync(at)).toMatchObject({ ino, mode });
      expect(readdirSync(folder)).toEqual(['file']);
    }
  });
});

describe('help and version', () => {
  test('go to the standard output and end with 0', async () => {
    expect(await run(home, ['--version'])).toEqual({ code: 0, stdout: '9.9.9\n', stderr: '' });
    const help = await run(home, ['query', '--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const option of ['--risk', '--db', '--jsonl', '--no-color']) expect(help.stdout).toContain(option);
  });

  test('take the common options before the name of the command too', async () => {
    const before = await run(home, ['--db', home.database, '--json', 'query']);
    expect(before.stdout).toBe((await run(home, ['query', '--json'])).stdout);
  });
});

describe('the output', () => {
  test('ends quietly when its reader is gone, and still tells tampering by the exit code', async () => {
    const closed = () =>
      new Writable({
        write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
      }).on('error', () => undefined);
    for (const argv of [['query'], ['query', '--jsonl'], ['export', '--format', 'csv']]) {
      expect(await run(home, argv, { stdout: closed() })).toEqual({ code: 0, stdout: '', stderr: '' });
    }
    expect((await run(home, ['verify', '--strict'], { stdout: closed() })).code).toBe(3);
  });

  test('has colours on a terminal only, and none where NO_COLOR or --no-color says so', async () => {
    const color = '\u001b[';
    expect((await run(home, ['query'], { tty: true })).stdout).toContain(color);
    expect((await run(home, ['query'])).stdout).not.toContain(color);
    expect((await run(home, ['query', '--no-color'], { tty: true })).stdout).not.toContain(color);
    expect((await run(home, ['query'], { tty: true, env: { NO_COLOR: '1' } })).stdout).not.toContain(color);
    expect((await run(home, ['query'], { tty: true, env: { NO_COLOR: '' } })).stdout).toContain(color);
    expect((await run(home, ['query', '--json'], { tty: true })).stdout).not.toContain(color);
  });
});

describe('exit codes', () => {
  test('follow the code of the error, and are 1 for everything that nobody foresaw', () => {
    const coded = (code: string) => Object.assign(new Error('x'), { code });
    expect(exitCodeOf(coded('LOG_ROLLED_BACK'))).toBe(3);
    expect(exitCodeOf(coded('MARK_IO'))).toBe(4);
    expect(exitCodeOf(coded('APPROVAL_REJECTED'))).toBe(5);
    expect(exitCodeOf(coded('APPROVAL_EXPIRED'))).toBe(6);
    expect(exitCodeOf(coded('STORE_LOCKED'))).toBe(7);
    expect(exitCodeOf(coded('ENOENT'))).toBe(1);
    expect(exitCodeOf(new TypeError('x'))).toBe(1);
    expect(exitCodeOf('x')).toBe(1);
  });
});

describe('as a process', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
  const env = { ...process.env, HOME: home.path, TSX_TSCONFIG_PATH: join(root, 'test', 'tsconfig.json') };
  const spawn = (...argv: string[]) =>
    spawnSync(process.execPath, ['--import', 'tsx', main, ...argv], { cwd: root, env, encoding: 'utf8' });

  test('prints the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(spawn('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  test('reads the default log, and ends with the code of what it met', () => {
    const { status, stdout, stderr } = spawn('query', '--json', '--limit', '1');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout).calls).toHaveLength(1);
    expect(spawn('query', '--db', join(home.path, 'none.db'))).toMatchObject({ status: 7, stdout: '' });
  });

  test('ends without a word when the reader of its output stops reading', () => {
    const command = [process.execPath, '--import', 'tsx', main, 'export', '--format', 'jsonl']
      .map((part) => `'${part}'`)
      .join(' ');
    const { stderr } = spawnSync('sh', ['-c', `${command} | true`], { cwd: root, env, encoding: 'utf8' });
    expect(stderr).toBe('');
  });
});
