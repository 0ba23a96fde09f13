/** The commands on a log whose identity key is kept elsewhere. */

import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { join } from 'node:path';
import { createRemoteIdentity, openRemoteKeyDir } from '@countersign/audit';
import { createVerifierKey, formatVerifierKey } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../audit/src/keys/private-key.js';
import { openCountersign } from '../src/open-countersign.js';
import { createTestHome, run, type TestHome } from './cli-support.js';

const ORIGIN = 'example.test/commands';
let home: TestHome;
let verifierKey = '';
let privateKey: KeyObject;

beforeEach(async () => {
  home = createTestHome();
  const pair = generateKeyPairSync('ed25519');
  privateKey = pair.privateKey;
  verifierKey = verifierKeyOf(ORIGIN, pair.publicKey);
  await record();
});
afterEach(() => home.remove());

function verifierKeyOf(name: string, key: KeyObject): string {
  const publicKey = Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  return formatVerifierKey(createVerifierKey({ name, publicKey, hasher: sha256 }));
}

/** Opens the log with its signer, and records one call. */
async function record(): Promise<void> {
  const signer = createRemoteIdentity({ verifierKey, sign: async (text) => sign(null, text, privateKey) });
  const cs = await openCountersign({ signer });
  await cs.withAudit({ ping: async () => 1 }).ping();
  await cs.close();
}

describe('a log whose identity key is kept elsewhere', () => {
  test('is verified, shown and looked after without that key', async () => {
    const verified = await run(home, ['verify', '--key', verifierKey, '--json']);
    expect([verified.code, JSON.parse(verified.stdout).counts.errors]).toEqual([0, 0]);
    const { checks } = JSON.parse((await run(home, ['doctor', '--json'])).stdout);
    const failed = checks.filter(
      ({ name, status }: { name: string; status: string }) => status !== 'ok' && name !== 'disk',
    );
    expect(failed).toEqual([]);
    const text = (await run(home, ['doctor'])).stdout;
    expect(text).toContain("the identity's private key is kept elsewhere");
    expect(text).toContain('has signed');
    expect((await run(home, ['keys', 'export'])).stdout.trim()).toBe(verifierKey);
  });

  test('is written to by commands without it, and signed with the next process that has it', async () => {
    expect((await run(home, ['keys', 'rotate'])).code).toBe(0);
    expect((await run(home, ['hold', 'place', '--from', '0', '--to', '2', '--reason', 'case 7'])).code).toBe(0);
    const codes = async () =>
      JSON.parse((await run(home, ['verify', '--key', verifierKey, '--json'])).stdout).findings.map(
        ({ code }: { code: string }) => code,
      );
    expect(await codes()).toContain('IDENTITY_BEHIND');
    await record();
    expect(await codes()).not.toContain('IDENTITY_BEHIND');
  });

  test('is followed by one whose key is kept elsewhere too', async () => {
    const restart = ['restart', '--reason', 'lost', '--yes'];
    expect((await run(home, restart)).stderr).toContain('--identity');
    expect((await run(home, [...restart, '--identity', verifierKey])).stderr).toContain('another name');
    const next = verifierKeyOf(`${ORIGIN}/2`, generateKeyPairSync('ed25519').publicKey);
    const done = await run(home, [...restart, '--identity', next, '--json']);
    expect([done.code, JSON.parse(done.stdout).identityKey]).toEqual([0, next]);
  });

  test('is not opened with another identity, nor with a private key of the identity in its folder', async () => {
    const other = verifierKeyOf(`${ORIGIN}/other`, generateKeyPairSync('ed25519').publicKey);
    const signer = createRemoteIdentity({ verifierKey: other, sign: async () => new Uint8Array() });
    await expect(openCountersign({ signer })).rejects.toMatchObject({ code: 'KEY_MISMATCH' });
    const local = join(home.path, 'local');
    await openCountersign({ path: join(home.path, 'other.db'), keyDir: local, markFile: false }).then((cs) =>
      cs.close(),
    );
    await expect(openRemoteKeyDir({ dir: local, identity: signer.key, create: false })).rejects.toMatchObject({
      code: 'KEY_MISMATCH',
    });
  });
});
