/** The worked examples of the specification, made by the code. */

import { createHash } from 'node:crypto';
import { epochStatementBytes } from '@countersign/audit/verify';
import { callDigest, toolDigest } from '@countersign/core';
import { encodeBase64, formatVerifierKey, hashLeaf, hashNode } from '@countersign/tlog';
import { encodeEntry } from '../../packages/audit/src/entry/encode.js';
import { exampleEntry } from '../../packages/audit/src/entry/example.js';
import { sha256 } from '../../packages/audit/src/keys/private-key.js';
import { commitPayload, payloadBytes } from '../../packages/audit/src/payload.js';
import { BASES } from '../vectors/log-bases.js';
import { buildLog, checkpointOf, epochSigner, IDENTITY, ORIGIN } from '../vectors/log-builder.js';

/** The section of the specification. */
export function exampleSection(): string {
  return [leaf(), payload(), tree(), keys(), checkpoint(), epoch(), callBinding(), wholeExport()].join('\n\n');
}

const block = (...lines: readonly string[]): string =>
  ['```', ...lines.map((line) => line.replace(/\n$/, '')), '```'].join('\n');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function leaf(): string {
  const text = encodeEntry(exampleEntry('grant-used'));
  const hash = hashLeaf(sha256, Buffer.from(text));
  return `**A leaf** (LEAF-5), one line of ${Buffer.byteLength(text)} bytes, and its hash in hex and in base64:\n\n${block(text, hex(hash), encodeBase64(hash))}`;
}

function payload(): string {
  const salt = Uint8Array.from({ length: 16 }, (_, i) => i);
  const bytes = payloadBytes({ text: 'é', n: 1e21 });
  const covered = Buffer.concat([
    Buffer.from('countersign/field/v1\0'),
    salt,
    Buffer.of(4),
    Buffer.from('args'),
    bytes,
  ]);
  const rows = [
    `name        args`,
    `salt        ${hex(salt)}`,
    `bytes       ${Buffer.from(bytes).toString()}`,
    `hashed      ${hex(covered)}`,
    `commitment  ${commitPayload({ name: 'args', salt, bytes })}`,
  ];
  return `**A payload** (PAY-1):\n\n${block(...rows)}`;
}

function tree(): string {
  const [a, b, c] = ['a', 'b', 'c'].map((text) => hashLeaf(sha256, Buffer.from(text)));
  if (a === undefined || b === undefined || c === undefined) throw new Error('three leaves');
  const ab = hashNode(sha256, a, b);
  return `**A tree** (TREE-1) of the leaves \`a\`, \`b\` and \`c\`:\n\n${block(
    `leaf a        ${hex(a)}`,
    `leaf b        ${hex(b)}`,
    `leaf c        ${hex(c)}`,
    `node (a, b)   ${hex(ab)}`,
    `root          ${hex(hashNode(sha256, ab, c))}`,
    `root of none  ${hex(sha256(new Uint8Array()))}`,
  )}`;
}

function keys(): string {
  return `**Keys** (KEY-1, EPOCH-1): the private keys are the seeds \`SHA-256("countersign vectors: identity")\` and \`SHA-256("countersign vectors: epoch 1")\`.\n\n${block(
    hex(createHash('sha256').update('countersign vectors: identity').digest()),
    formatVerifierKey(IDENTITY.key),
    formatVerifierKey(epochSigner(1).key),
  )}`;
}

function checkpoint(): string {
  const { items } = BASES.smallest ?? { items: [] };
  return `**A checkpoint** (CP-1, CP-3) of the smallest log below:\n\n${block(checkpointOf(items))}`;
}

function epoch(): string {
  const epochKey = formatVerifierKey(epochSigner(2).key);
  const root = encodeBase64(sha256(Buffer.from('root')));
  const statement = epochStatementBytes({ log: ORIGIN, index: 41, epoch: 2, root, epochKey });
  return `**The end of an epoch** (EPOCH-3) at index 41: what is signed (the byte 00 is shown as \`\\0\`), and the signature.\n\n${block(
    Buffer.from(statement).toString().replace('\0', '\\0'),
    encodeBase64(epochSigner(1).sign(statement)),
  )}`;
}

function callBinding(): string {
  const salt = new Uint8Array(16).fill(7);
  const definition = toolDigest({ name: 'files', description: 'Reads a file.' });
  const policy = encodeBase64(sha256(Buffer.from('policy')));
  const args = { path: '/work/a.txt' };
  const digest = callDigest({
    salt,
    log: ORIGIN,
    callId: 'call-1',
    tool: 'files',
    toolDigest: definition,
    args,
    policy,
  });
  return `**A call's arguments** (AUTH-3): the salt is 16 bytes of 07.\n\n${block(
    JSON.stringify({ args, call: 'call-1', log: ORIGIN, policy, tool: 'files', toolDigest: definition }),
    digest,
  )}`;
}

function wholeExport(): string {
  return `**The smallest log** (section 12), as it is exported; the pinned key is the first one above:\n\n${block(buildLog(BASES.smallest?.items ?? []))}`;
}
