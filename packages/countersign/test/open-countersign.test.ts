/** `openCountersign()` and `getAuditLog()`: one deployment put together, over real files. */

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { createScriptedChannel } from '@countersign/approval';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { getAuditLog } from '../src/get-audit-log.js';
import { openCountersign } from '../src/open-countersign.js';
import { defaultDatabasePath } from '../src/paths.js';
import { createTestHome, type TestHome } from './cli-support.js';

let home: TestHome;
beforeEach(() => {
  home = createTestHome();
});
afterEach(() => home.remove());

const ada = { kind: 'person', id: 'ada' } as const;
const never = () => undefined;

describe('openCountersign', () => {
  test('makes the log, its keys and its mark below the home folder, closed to others', async () => {
    const cs = await openCountersign();
    await cs.withAudit({ ping: async () => 1 }).ping();
    await cs.close();
    expect(cs.path).toBe(home.database);
    const folder = join(home.path, '.countersign');
    expect(readdirSync(folder).sort()).toEqual(['agent-audit.db', 'keys', 'marks']);
    for (const path of [folder, home.database, join(folder, 'keys'), join(folder, 'marks')]) {
      expect(statSync(path).mode & 0o077, path).toBe(0);
    }
  });

  test('puts files where it is told to and nothing below the home folder', async () => {
    const cs = await openCountersign({
      path: join(home.path, 'here', 'log.db'),
      keyDir: join(home.path, 'here', 'keys'),
      markFile: join(home.path, 'here', 'mark'),
    });
    await cs.close();
    expect(readdirSync(join(home.path, 'here')).sort()).toEqual(['keys', 'log.db', 'mark']);
    expect(existsSync(join(home.path, '.countersign'))).toBe(false);
  });

  test('takes the home folder that the account has on record for a HOME that is empty or relative', () => {
    for (const value of ['', 'relative/home']) {
      process.env.HOME = value;
      expect(defaultDatabasePath()).toBe(join(userInfo().homedir, '.countersign', 'agent-audit.db'));
    }
  });

  test('warns once when a log is there and its mark is not', async () => {
    const lines: string[] = [];
    const openAndClose = async () => {
      const cs = await openCountersign({ warn: (line) => lines.push(line) });
      await cs.withAudit({ ping: async () => 1 }).ping();
      await cs.close();
    };
    await openAndClose();
    expect(lines).toEqual([]);
    rmSync(join(home.path, '.countersign', 'marks'), { recursive: true });
    await openAndClose();
    await openAndClose();
    expect(lines).toEqual([expect.stringMatching(/high-water mark is not on this machine/)]);
  });

  test('makes one log, however many find none and open it at the same time', async () => {
    const elsewhere = { path: join(home.path, 'b.db'), keyDir: join(home.path, 'keys'), markFile: false as const };
    for (const options of [{}, elsewhere]) {
      const opened = await Promise.all(Array.from({ length: 6 }, () => openCountersign(options)));
      await Promise.all(opened.map((cs) => cs.withAudit({ ping: async () => 1 }).ping()));
      expect(new Set(opened.map(({ log }) => log.origin)).size).toBe(1);
      const [{ log }, ...others] = [opened[0] ?? (await openCountersign(options)), ...opened.slice(1)];
      expect((await log.verify({ key: log.identityKey })).counts).toMatchObject({ errors: 0 });
      expect((await log.query()).calls).toHaveLength(6);
      for (const cs of [...others, ...opened.slice(0, 1)]) await cs.close();
    }
  });

  test('creates nothing when it is asked not to', async () => {
    await expect(openCountersign({ create: false })).rejects.toMatchObject({ code: 'STORE_MISSING' });
    expect(readdirSync(home.path)).toEqual([]);
  });

  test('refuses options that do not exist or have another form, naming them and not their values', async () => {
    const misspelt = { session: 's', onRefussed: 'throw' };
    await expect(openCountersign(misspelt)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(openCountersign(misspelt)).rejects.toThrow(/onRefussed/);
    await expect(openCountersign({ maxPayloadBytes: 1 })).rejects.toThrow(/maxPayloadBytes/);
    expect(readdirSync(home.path)).toEqual([]);
  });

  test('keeps one log over several openings, and records a policy only when it is another', async () => {
    const open = async (policy?: { destructive: 'deny' }) => {
      const cs = await openCountersign(policy === undefined ? {} : { policy: { version: 1, defaults: policy } });
      const policies = await cs.log.entries({ kind: 'policy-changed' });
      await cs.close();
      return { origin: cs.log.origin, policies: policies.length };
    };
    const first = await open();
    expect(first.policies).toBe(1);
    expect(await open()).toEqual(first);
    expect(await open({ destructive: 'deny' })).toEqual({ ...first, policies: 2 });
    expect(await open()).toEqual({ ...first, policies: 3 });
  });

  test('makes no new keys for a log whose keys are gone', async () => {
    const keyDir = join(home.path, 'keys');
    await (await openCountersign({ keyDir })).close();
    rmSync(keyDir, { recursive: true });
    await expect(openCountersign({ keyDir })).rejects.toMatchObject({ code: 'KEY_MISSING' });
    expect(existsSync(join(keyDir, 'identity.key'))).toBe(false);
  });

  test('refuses a log that was cut back, and closes its file again', async () => {
    const cs = await openCountersign();
    await cs.withAudit({ ping: async () => 1 }).ping();
    await cs.close();
    const old = readFileSync(home.database);
    const again = await openCountersign();
    await again.withAudit({ ping: async () => 1 }).ping();
    await again.close();
    writeFileSync(home.database, old);
    await expect(openCountersign()).rejects.toMatchObject({ code: 'LOG_ROLLED_BACK' });
    await expect(openCountersign({ markFile: false }).then((open) => open.close())).resolves.toBeUndefined();
  });

  test('asks the channels it is given, and takes session and actor from its options', async () => {
    const asked: string[] = [];
    const cs = await openCountersign({
      workspace: home.path,
      session: () => 'from-options',
      actor: { kind: 'agent', id: 'mole' },
      channels: [
        createScriptedChannel(({ tool }) => {
          asked.push(tool);
          return { decision: 'rejected', approver: ada, reason: 'no' };
        }),
      ],
      warn: never,
    });
    const { run_shell } = cs.withAudit({ run_shell: async (_args: { command: string }) => 'ran' });
    await expect(run_shell({ command: 'rm -rf data' })).rejects.toMatchObject({ code: 'APPROVAL_REJECTED' });
    const { calls } = await cs.log.query();
    await cs.close();
    expect(asked).toEqual(['run_shell']);
    expect(calls).toMatchObject([
      { session: 'from-options', actor: { id: 'mole' }, decision: 'rejected', outcome: 'refused' },
    ]);
  });

  test('answers refusals as results where it is asked to', async () => {
    const cs = await openCountersign({ onRefused: 'result', workspace: home.path, warn: never });
    const { run_shell } = cs.withAudit({ run_shell: async (_args: { command: string }) => 'ran' });
    const answer: unknown = await run_shell({ command: `cat ${join(home.path, '.countersign', 'keys', 'x')}` });
    await cs.close();
    expect(answer).toMatchObject({ refused: true, code: 'POLICY_DENIED' });
  });

  test('denies what would touch its own files', async () => {
    const cs = await openCountersign({ workspace: home.path, warn: never });
    const { delete_file } = cs.withAudit({ delete_file: async (_args: { path: string }) => 'gone' });
    for (const path of [cs.path, `${cs.path}-wal`, join(home.path, '.countersign', 'marks', 'x')]) {
      await expect(delete_file({ path })).rejects.toMatchObject({ code: 'POLICY_DENIED' });
    }
    await cs.close();
  });

  test('can be closed twice', async () => {
    const cs = await openCountersign();
    await cs.close();
    await expect(cs.close()).resolves.toBeUndefined();
  });
});

describe('getAuditLog', () => {
  test('answers one log for one file, however its path is written', async () => {
    const folder = mkdtempSync(join(home.path, 'logs-'));
    const log = await getAuditLog(join(folder, 'log.db'));
    expect(await getAuditLog(join(folder, '..', 'nested', '..', folder.slice(home.path.length + 1), 'log.db'))).toBe(
      log,
    );
    expect(await getAuditLog(join(folder, 'other.db'))).not.toBe(log);
  });

  test('opens a file once for all who ask at the same time', async () => {
    const path = join(home.path, 'log.db');
    const logs = await Promise.all([getAuditLog(path), getAuditLog(path), getAuditLog(path)]);
    expect(new Set(logs).size).toBe(1);
  });

  test('tries again after a failure', async () => {
    const path = join(home.path, 'log.db');
    writeFileSync(path, 'not a database, and long enough to be read as the header of one'.repeat(4));
    await expect(getAuditLog(path)).rejects.toMatchObject({ code: 'STORE_NOT_OURS' });
    rmSync(path);
    const log = await getAuditLog(path);
    expect((await log.stats()).size).toBeGreaterThan(0);
  });

  test('opens the file anew after the log was closed', async () => {
    const path = join(home.path, 'log.db');
    const first = await getAuditLog(path);
    await first.close();
    const second = await getAuditLog(path);
    await expect(second.append({ kind: 'system-event', name: 'hello' })).resolves.toMatchObject({
      index: expect.any(Number),
    });
  });
});
