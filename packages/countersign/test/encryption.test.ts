/** Payloads that are encrypted at rest, read back through every door, and sessions that are forgotten with their keys. */

import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { openSessionKeys, sessionKeyDir, verifyReceipt } from '@countersign/audit';
import { createSystemEnvironment, runInSession } from '@countersign/core';
import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Countersign, CountersignOptions } from '../src/open-countersign.js';
import { createTestHome, openTestLog, run, type TestHome } from './cli-support.js';

const ANN = { kind: 'person', id: 'ann' } as const;
const act = { reason: 'the customer asked', by: ANN };

let home: TestHome;
let keyDir: string;
const warnings: string[] = [];

beforeEach(() => {
  home = createTestHome();
  keyDir = join(home.path, 'keys');
  warnings.length = 0;
});
afterEach(() => home.remove());

const open = (options: CountersignOptions = {}): Promise<Countersign> =>
  openTestLog(home, { keyDir, encryptPayloads: true, warn: (line) => void warnings.push(line), ...options });

/** One call that runs at once, and one that an approver lets run, both with the word in arguments and result. */
async function work(cs: Countersign, session: string, word: string): Promise<void> {
  const tools = cs.withAudit({
    read_file: (path: string) => `content of ${path} ${word}-result`,
    run_shell: (command: string) => `ran ${command}`,
  });
  await runInSession(session, async () => {
    await tools.read_file(`${word}.txt`);
    await tools.run_shell(`rm -rf ${word}`);
  });
}

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path) : [path];
  });
}

/** Files in which the word stands, as text or in base64. */
function filesWith(word: string): readonly string[] {
  const forms = [0, 1, 2].map((skip) => Buffer.from(word.slice(skip)).toString('base64').slice(0, 8));
  return filesBelow(home.path).filter((path) => {
    const bytes = readFileSync(path);
    return [word, ...forms].some((form) => bytes.includes(form));
  });
}

const codesOf = async (cs: Countersign): Promise<readonly string[]> =>
  (await cs.log.verify({ key: cs.log.identityKey })).findings.map(({ code }) => code);

describe('encryption at rest', () => {
  test('leaves no content in the database, its write-ahead log or beside it, and all of it can be read', async () => {
    const cs = await open();
    await work(cs, 'one', 'CANARYalpha');
    await cs.log.append({
      kind: 'security-event',
      name: 'seen',
      severity: 'info',
      session: 'one',
      payloads: { details: 'CANARYalpha' },
    });
    expect(filesWith('CANARYalpha')).toEqual([]);
    const { calls } = await cs.log.query({ session: 'one', order: 'oldest-first' });
    expect(JSON.stringify(calls)).toContain('CANARYalpha-result');
    expect(JSON.stringify(calls)).toContain('rm -rf CANARYalpha');
    const exported = await textOf(cs.log.export('jsonl'));
    expect(exported).toContain('CANARYalpha-result');
    const receipt = await cs.log.receipt(calls[0]?.callId ?? '');
    expect(verifyReceipt(receipt, { key: cs.log.identityKey }).integrity).toBe('ok');
    expect(JSON.stringify(receipt)).toContain('CANARYalpha');
    expect(await codesOf(cs)).toEqual([]);
    await cs.close();
    expect(filesWith('CANARYalpha')).toEqual([]);
  });

  test('reads what is encrypted and what is not in one log, and an approval is decided over its content', async () => {
    const plain = await open({ encryptPayloads: false });
    await work(plain, 'one', 'CANARYplain');
    await plain.close();
    expect(filesWith('CANARYplain')).not.toEqual([]);
    const cs = await open();
    await work(cs, 'one', 'CANARYbeta');
    const requests = JSON.stringify(await cs.log.store.requestRows({ limit: 10 }));
    expect(requests).toContain('rm -rf CANARYplain');
    expect(requests).toContain('rm -rf CANARYbeta');
    expect(await codesOf(cs)).toEqual([]);
    await expect(cs.log.forgetSession('one', act)).rejects.toMatchObject({ code: 'SESSION_NOT_SEALED' });
    await cs.close();
  });

  test('checks all but the content without the keys, and says so', async () => {
    const cs = await open();
    await work(cs, 'one', 'CANARYgamma');
    const key = cs.log.identityKey;
    await cs.close();
    const verify = () => run(home, ['verify', '--key-dir', keyDir, '--key', key, '--json']);
    expect((await verify()).code).toBe(0);
    renameSync(sessionKeyDir(keyDir), join(home.path, 'moved'));
    const without = JSON.parse((await verify()).stdout);
    expect([without.integrity, without.authority]).toEqual(['ok', 'ok']);
    expect(without.findings.map(({ code }: { code: string }) => code)).toEqual(['PAYLOAD_SEALED']);
    const shown = await run(home, ['query', '--key-dir', keyDir, '--json']);
    expect([shown.code, shown.stdout.includes('CANARYgamma')]).toEqual([0, false]);
  });

  test('warns of payloads whose key is gone and was never destroyed on record', async () => {
    const cs = await open();
    await work(cs, 'one', 'CANARYdelta');
    await work(cs, 'two', 'CANARYother');
    await cs.close();
    for (const path of filesBelow(sessionKeyDir(keyDir))) {
      if (readFileSync(path, 'utf8').startsWith(await keyDigits('one'))) rmSync(path);
    }
    const again = await open();
    const { findings, integrity } = await again.log.verify({ key: again.log.identityKey });
    expect(integrity).toBe('ok');
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual([['PAYLOAD_KEY_MISSING', 'warning']]);
    await again.close();
  });

  test('takes a payload that stands encrypted in a log without encryption, or damaged, for tampering', async () => {
    const cs = await open({ encryptPayloads: false });
    await work(cs, 'one', 'CANARYrho');
    const key = cs.log.identityKey;
    await cs.close();
    const overwrite = (sql: string): void => {
      const database = new SqliteDatabase(home.database);
      database.prepare(sql).run();
      database.close();
    };
    const codes = async (): Promise<readonly string[]> =>
      JSON.parse((await run(home, ['verify', '--key-dir', keyDir, '--key', key, '--json'])).stdout).findings.map(
        ({ code }: { code: string }) => code,
      );
    overwrite(`UPDATE payloads SET bytes = x'43534531${'00'.repeat(60)}' WHERE name = 'result'`);
    expect(await codes()).toContain('PAYLOAD_NOT_CANONICAL');
    const again = await open();
    await work(again, 'two', 'CANARYsigma');
    await again.close();
    overwrite(
      "UPDATE payloads SET bytes = substr(bytes, 1, length(bytes) - 1) WHERE substr(bytes, 1, 4) = x'43534531'",
    );
    expect(await codes()).toContain('PAYLOAD_COMMITMENT_MISMATCH');
  });

  test('refuses a key that others can read, and records nothing under it', async () => {
    const cs = await open();
    await work(cs, 'one', 'CANARYeps');
    await cs.close();
    for (const path of filesBelow(sessionKeyDir(keyDir))) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
      chmodSync(path, 0o644);
    }
    const again = await open();
    let ran = 0;
    const tool = again.withAudit({ read_file: () => (ran += 1) }).read_file;
    expect(await runInSession('one', () => tool())).toMatchObject({ refused: true, code: 'RECORD_FAILED' });
    expect(ran).toBe(0);
    await again.close();
  });
});

describe('forgetting a session', () => {
  test('makes its content unreadable in the log and in old copies of it, says so, and leaves other sessions', async () => {
    const cs = await open();
    await work(cs, 'one', 'CANARYzeta');
    await work(cs, 'two', 'CANARYkept');
    await cs.close();
    const copy = join(home.path, 'copy.db');
    copyFileSync(home.database, copy);
    const again = await open();
    const { index, keys } = await again.log.forgetSession('one', act);
    expect(keys).toBe(1);
    expect((await again.log.entry(index)).entry).toMatchObject({ kind: 'payload-erased', session: 'one' });
    expect(JSON.stringify(await again.log.query())).not.toContain('CANARYzeta');
    expect(JSON.stringify(await again.log.query())).toContain('CANARYkept');
    expect(await codesOf(again)).toEqual([]);
    // The session may go on, under a key of its own.
    await work(again, 'one', 'CANARYlater');
    expect(JSON.stringify(await again.log.query())).toContain('CANARYlater');
    expect(await codesOf(again)).toEqual([]);
    const exported = join(home.path, 'log.jsonl');
    const key = again.log.identityKey;
    await again.close();
    expect((await run(home, ['export', '--key-dir', keyDir, '--format', 'jsonl', '--out', exported])).code).toBe(0);
    expect(readFileSync(exported, 'utf8')).not.toContain('CANARYzeta');
    expect((await run(home, ['verify', '--export', exported, '--key', key])).code).toBe(0);
    const old = await run(home, ['query', '--db', copy, '--key-dir', keyDir, '--json']);
    expect([old.code, old.stdout.includes('CANARYzeta'), old.stdout.includes('CANARYkept')]).toEqual([0, false, true]);
  });

  test('refuses what is held, what has no key, and what still runs', async () => {
    const cs = await open();
    await work(cs, 'one', 'CANARYeta');
    const { hold } = await cs.log.hold({ session: 'one', ...act });
    await expect(cs.log.forgetSession('one', act)).rejects.toMatchObject({ code: 'HELD' });
    await cs.log.release({ hold, ...act });
    await expect(cs.log.forgetSession('none', act)).rejects.toMatchObject({ code: 'SESSION_NOT_SEALED' });
    let end = (): void => undefined;
    const slow = cs.withAudit({
      read_file: () =>
        new Promise<void>((done) => {
          end = done;
        }),
    }).read_file;
    const running = runInSession('one', () => slow());
    await expect
      .poll(async () => (await cs.log.query({ session: 'one' })).calls.some(({ outcome }) => outcome === 'pending'))
      .toBe(true);
    await expect(cs.log.forgetSession('one', act)).rejects.toMatchObject({ code: 'PAYLOAD_NEEDED' });
    end();
    await running;
    await cs.log.forgetSession('one', act);
    expect(await codesOf(cs)).toEqual([]);
    await cs.close();
  });

  test('leaves nothing sealed under the old key by another program that goes on with the session', async () => {
    const [one, other] = [await open(), await open()];
    await Promise.all([work(one, 'one', 'CANARYmu'), work(other, 'one', 'CANARYnu')]);
    expect(readdirSync(join(sessionKeyDir(keyDir), await keyDigits('one'))).length).toBe(1);
    await one.log.forgetSession('one', act);
    await work(other, 'one', 'CANARYxi');
    const calls = JSON.stringify(await one.log.query());
    expect(['mu', 'nu', 'xi'].filter((word) => calls.includes(`CANARY${word}`))).toEqual(['xi']);
    expect(await codesOf(other)).toEqual([]);
    await one.close();
    await other.close();
  });

  test('takes along what is written in the same commit before the statement', async () => {
    const cs = await open();
    await work(cs, 'one', 'CANARYpi');
    const word = 'CANARYtau';
    const seen = { kind: 'security-event', name: 'seen', severity: 'info', session: 'one' } as const;
    let isOver = false;
    const forgetting = cs.log.forgetSession('one', act).finally(() => {
      isOver = true;
    });
    // Commits of many entries, one of which holds the statement.
    const events: { readonly index: number }[] = [];
    while (!isOver) {
      const payloads = { details: word };
      events.push(...(await Promise.all(Array.from({ length: 20 }, () => cs.log.append({ ...seen, payloads })))));
    }
    const { index } = await forgetting;
    const readable = await Promise.all(
      events.map(async (event) => (await cs.log.entry(event.index)).payloads.size === 1),
    );
    expect(events.map((event) => event.index > index)).toEqual(readable);
    expect(await codesOf(cs)).toEqual([]);
    await cs.close();
  });

  test('is settled at the next opening, whether it was cut off before or after it was put on record', async () => {
    const keys = openSessionKeys(sessionKeyDir(keyDir), createSystemEnvironment());
    const cs = await open();
    await work(cs, 'one', 'CANARYiota');
    await work(cs, 'two', 'CANARYkappa');
    await cs.close();
    // Cut off before the statement: the key goes back to its place.
    keys.setAside('one', -1);
    const second = await open();
    expect(keys.asides()).toEqual([]);
    expect(JSON.stringify(await second.log.query())).toContain('CANARYiota');
    await second.close();
    // Cut off after it: the files as they were between statement and destruction.
    const saved = join(home.path, 'saved');
    cpSync(sessionKeyDir(keyDir), saved, { recursive: true });
    const third = await open();
    await third.log.forgetSession('one', act);
    await third.close();
    const digits = await keyDigits('one');
    cpSync(join(saved, digits), join(sessionKeyDir(keyDir), digits), { recursive: true });
    keys.setAside('one', -1);
    const report = await run(home, ['verify', '--key-dir', keyDir, '--json']);
    expect(report.stdout).toContain('"PURGE_INCOMPLETE"');
    const fourth = await open();
    expect(warnings.join()).toContain('it was destroyed');
    expect(JSON.stringify(await fourth.log.query())).not.toContain('CANARYiota');
    expect(JSON.stringify(await fourth.log.query())).toContain('CANARYkappa');
    expect(await codesOf(fourth)).toEqual([]);
    await fourth.close();
  });

  test('can be had from the command line', async () => {
    const cs = await open();
    await work(cs, 'one', 'CANARYlambda');
    await cs.close();
    const more = ['--key-dir', keyDir, '--reason', 'asked', '--by', 'ann', '--yes'];
    expect((await run(home, ['erase', '--session', 'one', '--payload', 'args', ...more])).code).toBe(2);
    const { code, stdout } = await run(home, ['erase', '--session', 'one', ...more]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Forgot the session one: entry \d+ says so/)]);
    expect((await run(home, ['query', '--key-dir', keyDir, '--json'])).stdout).not.toContain('CANARYlambda');
    const again = await run(home, ['erase', '--session', 'one', ...more]);
    expect(again.stderr).toMatch(/^SESSION_NOT_SEALED: /);
    expect(existsSync(home.database)).toBe(true);
  });
});

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

/** What the ids of the keys of a session begin with. */
async function keyDigits(session: string): Promise<string> {
  const { createHash } = await import('node:crypto');
  return createHash('sha256').update(`countersign/session/v1\0${session}`).digest('hex').slice(0, 20);
}
