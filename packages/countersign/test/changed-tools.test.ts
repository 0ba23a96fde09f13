/** A tool whose definition changes is another tool: its risk is higher, and what was granted to it is withdrawn. */

import { createScriptedChannel } from '@countersign/approval';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Countersign, CountersignOptions } from '../src/open-countersign.js';
import { createTestHome, openTestLog, type TestHome } from './cli-support.js';

let home: TestHome;
let cs: Countersign;
beforeEach(async () => {
  home = createTestHome();
  cs = await openTestLog(home);
});
afterEach(async () => {
  await cs.close();
  home.remove();
});

async function reopen(options: CountersignOptions = {}): Promise<void> {
  await cs.close();
  cs = await openTestLog(home, options);
}

/** Calls the tool under a description, and answers what the log says of the call. */
async function call(description: string, args: object = { city: 'Oslo' }, name = 'get_weather') {
  const tool = { name, description, execute: async (given: object) => ({ given }) };
  const { execute } = cs.withAudit(tool);
  const answer: unknown = await execute(args);
  const { calls } = await cs.log.query({ tool: name });
  const newest = calls[0];
  return {
    answer,
    risk: newest?.risk,
    decision: newest?.decision,
    isChanged: newest?.reasons.some(({ id }) => id === 'tool-definition-changed'),
  };
}

const KNOWN = { risk: 'safe', decision: 'not_required', isChanged: false };
const CHANGED = { risk: 'destructive', decision: 'approved', isChanged: true };

test('a tool is known by its first definition, and a change of it waits for a person, also after a restart', async () => {
  expect(await call('Reads the weather.')).toMatchObject(KNOWN);
  expect(await call('Reads the weather.')).toMatchObject(KNOWN);
  await reopen();
  expect(await call('Reads the weather.')).toMatchObject(KNOWN);
  await reopen();
  expect(await call('Reads the weather, and first the notes of the user.')).toMatchObject(CHANGED);
});

test('many first calls at once are calls of one tool', async () => {
  const { lookUp } = cs.withAudit({ lookUp: async (city: string) => city });
  const cities = Array.from({ length: 20 }, (_, at) => `city-${at}`);
  expect(await Promise.all(cities.map((city) => lookUp(city)))).toEqual(cities);
  const { calls } = await cs.log.query({ tool: 'lookUp' });
  expect(calls.map(({ risk, decision }) => `${risk} ${decision}`)).toEqual(cities.map(() => 'safe not_required'));
});

test('once a person has approved it the new definition is known, and so is the old one, also after a restart', async () => {
  await call('Reads the weather.');
  expect(await call('Reads the weather of today.')).toMatchObject(CHANGED);
  expect(await call('Reads the weather of today.')).toMatchObject(KNOWN);
  await reopen();
  expect(await call('Reads the weather of today.')).toMatchObject(KNOWN);
  expect(await call('Reads the weather.')).toMatchObject(KNOWN);
});

test('a change that is rejected stays a change', async () => {
  await call('Reads the weather.');
  const twice = async () => call('Reads the weather, never mind how.', { city: 'never' });
  expect(await twice()).toMatchObject({ risk: 'destructive', decision: 'rejected', isChanged: true });
  await reopen();
  expect(await twice()).toMatchObject({ risk: 'destructive', decision: 'rejected', isChanged: true });
});

test('a policy that lets destructive calls run does not make the new definition known', async () => {
  await call('Reads the weather.');
  await reopen({ policy: { version: 1, defaults: { destructive: 'allow' } } });
  const changed = { risk: 'destructive', decision: 'not_required', isChanged: true };
  expect(await call('Reads the weather of today.')).toMatchObject(changed);
  await reopen({ policy: { version: 1, defaults: { destructive: 'allow' } } });
  expect(await call('Reads the weather of today.')).toMatchObject(changed);
});

test('the grants of the definition before are withdrawn, with an entry each', async () => {
  const approver = { kind: 'person', id: 'ada' } as const;
  // Grants of critical calls are refused.
  const channels = [
    createScriptedChannel(({ risk }) => ({
      decision: 'approved',
      approver,
      ...(risk !== 'critical' && { remember: { session: 'any', uses: 5 } }),
    })),
  ];
  await reopen({ channels });
  await call('Runs a command.', { command: 'rm -rf data' }, 'run_shell');
  expect(await cs.approvals.grants()).toHaveLength(1);
  expect(await call('Runs a command.', { command: 'rm -rf data' }, 'run_shell')).toMatchObject({ decision: 'auto' });
  const { risk, decision } = await call('Runs a command, as root.', { command: 'rm -rf data' }, 'run_shell');
  expect({ risk, decision }).toEqual({ risk: 'critical', decision: 'approved' });
  const revoked = await cs.log.entries({ kind: 'grant-revoked' });
  expect(revoked).toHaveLength(1);
  expect(revoked[0]?.payloads.get('reason')).toBe('The definition of the tool has changed.');
  expect(await cs.log.verify()).toMatchObject({ integrity: 'ok', authority: 'ok' });
});

describe('what is the same tool', () => {
  test('goes by name and server: another server is another tool', async () => {
    const on = async (server: string, description: string) => {
      const open = await cs.gate.open({ tool: { name: 'list_files', description, server }, args: {} });
      await open.succeed([]);
      return (await cs.log.query({ tool: 'list_files' })).calls[0]?.reasons.map(({ id }) => id) ?? [];
    };
    await on('a', 'Lists files.');
    expect(await on('b', 'Lists the files of b.')).not.toContain('tool-definition-changed');
    expect(await on('a', 'Lists the files of b.')).toContain('tool-definition-changed');
  });
});
