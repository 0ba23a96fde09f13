/** Keys: making them, reading them only where nobody else could, and signing with both. */

import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSystemEnvironment } from '@countersign/core';
import { createTestEnvironment } from '@countersign/core/testing';
import { formatVerifierKey, parseNote, verifyNote } from '@countersign/tlog';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultKeyDir, identityVerifierKey, openKeyDir } from '../src/keys/key-dir.js';
import { checkOrigin, createOrigin } from '../src/keys/origin.js';
import { privateKeyOfSeed } from '../src/keys/private-key.js';
import { createMemorySigner, createSigner } from '../src/keys/signer.js';
import { runScript } from './run-script.js';

const origin = 'agent-audit.local/00112233445566778899aabbccddeeff';
let home = '';
let dir = '';

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'countersign-keys-'));
  dir = defaultKeyDir(origin, home);
});
afterEach(() => rm(home, { recursive: true }));

const failing = (code: string) => expect.objectContaining({ name: 'KeyError', code });

function create() {
  return openKeyDir({ dir, origin, create: true });
}

function open() {
  return openKeyDir({ dir, origin, create: false });
}

describe('A directory of keys', () => {
  test('is made once and read ever after', async () => {
    const made = await create();
    for (const again of [await open(), await create()]) {
      expect(formatVerifierKey(identityVerifierKey(again))).toBe(formatVerifierKey(identityVerifierKey(made)));
      expect(again.epochKey.equals(made.epochKey)).toBe(true);
      expect(again).toMatchObject({ epoch: 1, redactionKey: made.redactionKey, dir, origin });
    }
    expect(made.redactionKey).toHaveLength(32);
    expect(made.identityKey.equals(made.epochKey)).toBe(false);
  });

  test('holds four files, private ones for the owner alone, and no trace of making them', async () => {
    await create();
    expect((await readdir(dir)).sort()).toEqual(['epoch-1.key', 'identity.key', 'identity.vkey', 'redaction.key']);
    const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777;
    expect(await modeOf(dir)).toBe(0o700);
    for (const name of ['identity.key', 'epoch-1.key', 'redaction.key'])
      expect(await modeOf(join(dir, name))).toBe(0o600);
    expect(await readFile(join(dir, 'identity.key'), 'utf8')).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);
    expect(await readFile(join(dir, 'identity.vkey'), 'utf8')).toMatch(
      new RegExp(`^${origin}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+\n$`),
    );
  });

  test('that is not there is not made unasked', async () => {
    await expect(open()).rejects.toThrow(failing('KEY_MISSING'));
    await expect(stat(dir)).rejects.toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });

  test.each(['identity.key', 'epoch-1.key', 'redaction.key'])(
    'that lost %s is not mended with another',
    async (name) => {
      await create();
      await rm(join(dir, name));
      await expect(create()).rejects.toThrow(failing('KEY_MISSING'));
      await expect(create()).rejects.toThrow(name);
    },
  );

  test('that was half made by a process that crashed is completed', async () => {
    await create();
    const epoch = await readFile(join(dir, 'epoch-1.key'), 'utf8');
    await rm(join(dir, 'identity.key'));
    await rm(join(dir, 'identity.vkey'));
    await create();
    expect(await readFile(join(dir, 'epoch-1.key'), 'utf8')).toBe(epoch);
  });

  test.each([0o640, 0o604, 0o620, 0o602, 0o660])('is refused when a key has mode %o', async (mode) => {
    await create();
    for (const name of ['identity.key', 'epoch-1.key', 'redaction.key']) {
      await chmod(join(dir, name), mode);
      await expect(open()).rejects.toThrow(failing('KEY_EXPOSED'));
      await chmod(join(dir, name), 0o600);
    }
    await open();
  });

  test('is refused when others can put files into it', async () => {
    await create();
    await chmod(dir, 0o777);
    await expect(open()).rejects.toThrow(failing('KEY_EXPOSED'));
  });

  test('is refused when a key is a symbolic link', async () => {
    await create();
    await rename(join(dir, 'identity.key'), join(home, 'elsewhere.key'));
    await symlink(join(home, 'elsewhere.key'), join(dir, 'identity.key'));
    await expect(open()).rejects.toThrow(failing('KEY_EXPOSED'));
    await expect(create()).rejects.toThrow(failing('KEY_EXPOSED'));
  });

  test.each([
    ['identity.key', ''],
    ['identity.key', 'nonsense'],
    [
      'epoch-1.key',
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    ],
    ['redaction.key', 'abc'],
    ['identity.key', 'x'.repeat(20_000)],
  ])('is refused when %s is damaged', async (name, text) => {
    await create();
    await writeFile(join(dir, name), text);
    await expect(open()).rejects.toThrow(failing('KEY_INVALID'));
  });

  test('is refused when a directory stands in the place of a key', async () => {
    await create();
    await rm(join(dir, 'redaction.key'));
    await mkdir(join(dir, 'redaction.key'), { mode: 0o700 });
    await expect(open()).rejects.toThrow(failing('KEY_INVALID'));
  });

  test('is refused for another log, and when the public key is another', async () => {
    await create();
    const other = createOrigin(createSystemEnvironment());
    await expect(openKeyDir({ dir, origin: other, create: false })).rejects.toThrow(failing('KEY_MISMATCH'));
    await writeFile(join(dir, 'identity.vkey'), 'nonsense\n');
    await expect(create()).rejects.toThrow(failing('KEY_MISMATCH'));
  });

  test('uses the newest epoch', async () => {
    await create();
    const key = privateKeyOfSeed(new Uint8Array(32).fill(1));
    const pem = key.export({ format: 'pem', type: 'pkcs8' }).toString();
    for (const epoch of [2, 10]) await writeFile(join(dir, `epoch-${epoch}.key`), pem, { mode: 0o600 });
    const keyRing = await open();
    expect(keyRing.epoch).toBe(10);
    expect(keyRing.epochKey.equals(key)).toBe(true);
  });

  test('made by several processes at once holds one set of keys for all of them', async () => {
    const script = fileURLToPath(new URL('make-keys.ts', import.meta.url));
    const answers = await Promise.all([1, 2, 3].map(() => runScript(script, [dir, origin])));
    expect(answers[0]).toMatch(/^agent-audit/);
    expect(new Set(answers).size).toBe(1);
  });

  test('made by many at once holds one set of keys for all of them', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, create));
    expect(new Set(rings.map((ring) => formatVerifierKey(identityVerifierKey(ring)))).size).toBe(1);
    expect(rings.every((ring) => ring.epochKey.equals(rings[0]?.epochKey ?? ring.identityKey))).toBe(true);
    expect(new Set(rings.map(({ redactionKey }) => Buffer.from(redactionKey).toString('hex'))).size).toBe(1);
    expect(await readdir(dir)).toHaveLength(4);
  });
});

describe('A signer', () => {
  test('signs with the identity and the epoch key, in this order', () => {
    const signer = createMemorySigner({ origin, environment: createTestEnvironment() });
    const note = signer.sign(`${origin}\n0\n${Buffer.alloc(32).toString('base64')}\n`);
    expect(parseNote(note).signatures.map(({ name }) => name)).toEqual([origin, `${origin}/epoch/1`]);
    const result = verifyNote({
      note,
      keys: [signer.identity.key, signer.epoch.key],
      verify: (publicKey, message, signature) => {
        const x = Buffer.from(publicKey).toString('base64url');
        return verify(
          null,
          message,
          createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }),
          signature,
        );
      },
    });
    expect(result).toMatchObject({ ok: true, verified: { length: 2 } });
  });

  test('of the same seed is the same', () => {
    const [one, two] = [1, 1].map((seed) =>
      createMemorySigner({ origin, environment: createTestEnvironment({ seed }) }),
    );
    expect(one?.sign('x\n')).toBe(two?.sign('x\n'));
  });

  test('refuses keys of another type, and epochs that cannot be', () => {
    const identityKey = privateKeyOfSeed(new Uint8Array(32).fill(1));
    const { privateKey: other } = generateKeyPairSync('x25519');
    expect(() => createSigner({ origin, identityKey, epochKey: other, epoch: 1 })).toThrow(failing('KEY_INVALID'));
    expect(() => createSigner({ origin, identityKey, epochKey: identityKey, epoch: 0 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('An origin', () => {
  test('that is new holds 128 random bits', () => {
    const environment = createSystemEnvironment();
    expect(createOrigin(environment)).toMatch(/^agent-audit\.local\/[0-9a-f]{32}$/);
    expect(createOrigin(environment)).not.toBe(createOrigin(environment));
    checkOrigin(createOrigin(environment));
  });

  test.each(['', 'a b', 'a+b', 'a\nb', 'a\u00a0b', 'countersign/x', 'cosignature/v1', '\ud800'])(
    'cannot be %j',
    (text) => {
      expect(() => checkOrigin(text)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    },
  );

  test('has at most 200 bytes', () => {
    checkOrigin('x'.repeat(200));
    expect(() => checkOrigin('x'.repeat(201))).toThrow(expect.objectContaining({ code: 'LIMIT_EXCEEDED' }));
  });
});
