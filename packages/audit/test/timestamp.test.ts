/** Time stamps of a real authority made with openssl: what is asked, what holds, and what does not. */

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemEnvironment, isJsonObject } from '@countersign/core';
import { decodeBase64, parseCheckpoint, parseNote } from '@countersign/tlog';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkTimestampToken } from '../src/anchors/rfc3161/timestamp-token.js';
import { createTimestampAnchor, createTimestampVerifier } from '../src/anchors/timestamp-anchor.js';
import { createTestLog } from '../src/testing/test-log.js';
import { timestampImprint } from '../src/verify/steps/anchor-receipts.js';

const hasOpenssl = (() => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

let folder = '';
let server: Server;
let url = '';
/** What the authority does with the next requests. */
let behaviour: 'honest' | 'other imprint' | 'replay' | 'refuse' | 'garbage' = 'honest';
let kept: Buffer | undefined;

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });
}

/** A certificate with its key, issued by another or by itself. */
function issue(
  name: string,
  extensions: string,
  issuer?: string,
  key: readonly string[] = ['-newkey', 'rsa:2048'],
): void {
  writeFileSync(join(folder, `${name}.ext`), extensions);
  openssl('req', '-new', ...key, '-nodes', '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  const by =
    issuer === undefined
      ? ['-signkey', `${name}.key`]
      : ['-CA', `${issuer}.pem`, '-CAkey', `${issuer}.key`, '-CAcreateserial'];
  openssl('x509', '-req', '-in', `${name}.csr`, '-days', '30', '-out', `${name}.pem`, '-extfile', `${name}.ext`, ...by);
}

const CA = 'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n';
const STAMPER =
  'basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping\n';
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'] as const;

function configure(signer: string, chain: string): void {
  writeFileSync(
    join(folder, 'tsa.cnf'),
    `[tsa]\ndefault_tsa=t\n[t]\nserial=${folder}/serial\ncrypto_device=builtin\nsigner_cert=${folder}/${signer}.pem\ncerts=${folder}/${chain}.pem\nsigner_key=${folder}/${signer}.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\nordering=no\ntsa_name=no\ness_cert_id_chain=no\ness_cert_id_alg=sha256\n`,
  );
}

function reply(query: Buffer): Buffer {
  writeFileSync(join(folder, 'query.tsq'), query);
  if (behaviour === 'other imprint') {
    writeFileSync(join(folder, 'other'), 'something else');
    openssl('ts', '-query', '-data', 'other', '-sha256', '-cert', '-out', 'query.tsq');
  }
  openssl('ts', '-reply', '-config', 'tsa.cnf', '-queryfile', 'query.tsq', '-out', 'reply.tsr');
  return readFileSync(join(folder, 'reply.tsr'));
}

beforeAll(async () => {
  if (!hasOpenssl) return;
  folder = mkdtempSync(join(tmpdir(), 'countersign-tsa-'));
  writeFileSync(join(folder, 'serial'), '01\n');
  issue('root', CA);
  issue('middle', CA, 'root');
  issue('stamper', STAMPER, 'middle');
  issue('stamper-ec', STAMPER, 'middle', EC);
  issue('other-root', CA);
  configure('stamper', 'middle');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    // A connection that is kept could be closed in the very moment in which it is used again.
    response.setHeader('connection', 'close');
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      if (behaviour === 'refuse') return void response.writeHead(503).end();
      if (behaviour === 'garbage') return void response.writeHead(200).end(Buffer.alloc(300, 0x30));
      const answer = behaviour === 'replay' && kept !== undefined ? kept : reply(Buffer.concat(chunks));
      kept = answer;
      response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(answer);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (typeof address === 'object' && address !== null) url = `http://127.0.0.1:${address.port}/`;
});
afterAll(async () => {
  if (!hasOpenssl) return;
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true });
});

const pem = (name: string): string => readFileSync(join(folder, `${name}.pem`), 'utf8');
const context = () => ({ environment: createSystemEnvironment(), signal: new AbortController().signal });

async function stamp(ca = pem('root')) {
  const { log } = await createTestLog();
  const note = await log.checkpoint();
  const subject = { note, checkpoint: parseCheckpoint(parseNote(note).text), prove: async () => [] };
  const receipt = await createTimestampAnchor({ url, ca }).anchor(subject, context());
  const token =
    isJsonObject(receipt) && typeof receipt.token === 'string' ? decodeBase64(receipt.token) : new Uint8Array();
  return { token, imprint: timestampImprint(parseNote(note).text) };
}

describe.skipIf(!hasOpenssl)('A time stamp (openssl makes the authority)', () => {
  test.each(['stamper', 'stamper-ec'])('of %s is asked for, checked, and holds later', async (signer) => {
    behaviour = 'honest';
    configure(signer, 'middle');
    const { token, imprint } = await stamp();
    const checked = createTimestampVerifier(pem('root'))(token, imprint);
    expect(checked).toMatchObject({ ok: true });
    expect(Math.abs((checked.ok ? checked.timeUs : 0) / 1000 - Date.now())).toBeLessThan(600_000);
    expect(createTimestampVerifier(pem(signer))(token, imprint), 'the stamper itself pinned').toMatchObject({
      ok: true,
    });
  });

  test('does not hold over another imprint, under another root, or with something behind it', async () => {
    behaviour = 'honest';
    configure('stamper', 'middle');
    const { token, imprint } = await stamp();
    const verify = createTimestampVerifier(pem('root'));
    expect(verify(token, timestampImprint('other'))).toEqual({ ok: false, reason: 'its imprint is another' });
    expect(createTimestampVerifier(pem('other-root'))(token, imprint)).toEqual({
      ok: false,
      reason: 'its certificate does not lead to one that is trusted',
    });
    expect(verify(Buffer.concat([token, Buffer.of(0)]), imprint)).toMatchObject({ ok: false });
    expect(verify(new Uint8Array(), imprint)).toMatchObject({ ok: false });
    expect(verify(new Uint8Array(70_000), imprint)).toMatchObject({ ok: false, reason: 'it is too large' });
  });

  test('does not hold with any byte of it changed that matters, and never throws', async () => {
    behaviour = 'honest';
    configure('stamper-ec', 'middle');
    const { token, imprint } = await stamp();
    const trusted = [new X509Certificate(pem('root'))];
    const survivors: number[] = [];
    for (let i = 0; i < token.length; i += 1) {
      const changed = Uint8Array.from(token, (byte, at) => (at === i ? byte ^ 0x01 : byte));
      if (checkTimestampToken(changed, { imprint, trusted }).ok) survivors.push(i);
    }
    // Versions, lists of digests and unsigned parts of CMS decide nothing.
    expect(survivors.length).toBeLessThan(40);
    for (let length = 0; length < token.length; length += 7) {
      expect(checkTimestampToken(token.subarray(0, length), { imprint, trusted }).ok).toBe(false);
    }
  });

  test.each([
    ['other imprint', 'ANCHOR_ANSWER_INVALID'],
    ['replay', 'ANCHOR_ANSWER_INVALID'],
    ['refuse', 'ANCHOR_UNREACHABLE'],
    ['garbage', 'ANCHOR_REFUSED'],
  ] as const)('is not taken from an authority with %s', async (next, code) => {
    behaviour = 'honest';
    configure('stamper', 'middle');
    await stamp();
    behaviour = next;
    await expect(stamp()).rejects.toMatchObject({ code });
  });
});

test('A time-stamp anchor refuses certificates and URLs that are none', () => {
  expect(() => createTimestampAnchor({ url: 'https://tsa.example/', ca: 'none' })).toThrow('certificates in PEM form');
  expect(() => createTimestampAnchor({ url: 'ftp://tsa.example/', ca: 'none' })).toThrow(
    'expected an https: or http: URL',
  );
  const broken = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
  expect(() => createTimestampVerifier(broken)).toThrow('certificates in PEM form');
});
