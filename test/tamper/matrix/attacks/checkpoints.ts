/** Attacks on the stored checkpoint and the tree: signatures, sizes, roots, origins, forms, and what they are said to be over. */

import { encodeBase64 } from '@countersign/core';
import {
  EMPTY_EDGE,
  edgeRoot,
  encodeEdge,
  formatCheckpoint,
  formatVerifierKey,
  parseNote,
  signNote,
} from '@countersign/tlog';
import { noteSignerOf, privateKeyOfSeed, sha256 } from '../../../../packages/audit/src/keys/private-key.js';
import { type RawRow, textOf } from '../../snapshot.js';
import type { Attack, Ground, Variant } from '../attack.js';
import { bytesOf, changed, rowAt } from '../change-rows.js';

const REFUSED = ['CHECKPOINT_INVALID', 'CHECKPOINT_SIGNATURE'] as const;

export const checkpointAttacks: readonly Attack[] = [
  note(29, 'a line of signature is taken off', REFUSED, (lines) => [
    ['the first', [...lines.slice(0, 4), ...lines.slice(5)]],
    ['the second', [...lines.slice(0, 5), ...lines.slice(6)]],
    ['both', lines.slice(0, 4)],
  ]),
  {
    cls: 30,
    title: 'it is signed by a key that nobody knows, of the same name or another',
    attacker: 'database',
    expected: REFUSED,
    variants: (ground) => [
      resigned(ground, 'the same name', ground.world.signer.origin),
      resigned(ground, 'another name', 'example.test/other'),
    ],
  },
  note(31, 'the key id stays and the signature is of another key', REFUSED, (lines) => [
    ['the first', lines.map((line, i) => (i === 4 ? foreignSignature(line) : line))],
    ['the second', lines.map((line, i) => (i === 5 ? foreignSignature(line) : line))],
  ]),
  note(32, 'a bad signature of a known key stands beside a good one of an unknown key', REFUSED, (lines) => [
    ['beside', [...lines.slice(0, 4), foreignSignature(lines[4] ?? ''), lines[5] ?? '', ...strangerLine(lines), '']],
  ]),
  note(33, 'an empty line more, or text behind the signatures', REFUSED, (lines) => [
    ['before the signatures', [...lines.slice(0, 3), '', ...lines.slice(3)]],
    ['within them', [...lines.slice(0, 5), '', ...lines.slice(5)]],
    ['behind them', [...lines.slice(0, 6), 'x', '']],
    ['no last line break', lines.slice(0, 6)],
  ]),
  note(34, 'the size is written otherwise, or is too large to be one', REFUSED, (lines) =>
    ['012', '+12', '0x0c', '12.0', ' 12', '9007199254740993', '9223372036854775808', '18446744073709551616', ''].map(
      (size) => [size, lines.map((line, i) => (i === 1 ? size : line))] as const,
    ),
  ),
  note(35, 'the root is of another length, or no base64', REFUSED, (lines) =>
    ['', 'AAAA', `${lines[2]}=`, (lines[2] ?? '').slice(0, -1), 'x'.repeat(44)].map(
      (root, i) => [`${i}`, lines.map((line, at) => (at === 2 ? root : line))] as const,
    ),
  ),
  note(36, 'the origin is another, or has white space, a plus sign or a line break in it', REFUSED, (lines) =>
    ['example.test/other', 'example.test', 'example.test/verify ', 'example.test/ver+ify', 'a\nb'].map(
      (origin) => [JSON.stringify(origin), lines.map((line, at) => (at === 0 ? origin : line))] as const,
    ),
  ),
  {
    cls: 37,
    title: 'it has extension lines, signed by the stolen keys',
    attacker: 'keys',
    expected: ['CHECKPOINT_INVALID'],
    variants: (ground) => [signedOver(ground, 'one line', { extensions: ['more'] })],
  },
  note(38, 'there are thousands of lines of signature', REFUSED, (lines) => [
    ['10,000', [...lines.slice(0, 4), ...Array.from({ length: 10_000 }, () => lines[4] ?? ''), '']],
  ]),
  {
    cls: 39,
    title: 'an older checkpoint is put in the place of the newest',
    attacker: 'database',
    expected: ['CHECKPOINT_SIZE', 'CHECKPOINT_INVALID'],
    variants: olderCheckpoints,
  },
  {
    cls: 40,
    title: 'it is that of another log of the same keys',
    attacker: 'keys',
    expected: REFUSED,
    variants: (ground) => [signedOver(ground, 'another origin', { origin: 'example.test/verify2' })],
  },
  {
    cls: 41,
    title: 'it is signed over more entries than there are, or over another tree',
    attacker: 'keys',
    expected: ['CHECKPOINT_SIZE', 'CHECKPOINT_ROOT', 'CHECKPOINT_INVALID'],
    variants: (ground) => [
      signedOver(ground, 'more entries', { size: ground.rows.entries.length + 1 }),
      signedOver(ground, 'another tree', { root: new Uint8Array(32).fill(1) }),
    ],
  },
  {
    cls: 46,
    title: 'the pinned key is of low order, and the checkpoint carries the signature that fits every text',
    attacker: 'database',
    // The key is refused, and the signature is not one of the key that the log names.
    expected: ['CHECKPOINT_SIGNATURE'],
    variants: lowOrderKey,
  },
  {
    cls: 54,
    title: 'the stored right edge or size is another, and all leaves are as they were',
    attacker: 'database',
    expected: ['EDGE_MISMATCH', 'HEAD_MISMATCH', 'STORE_DAMAGED'],
    variants: otherHeads,
  },
];

type Lines = readonly string[];

/** An attack on the text of the newest checkpoint: origin, size, root, an empty line, two lines of signature. */
function note(
  cls: number,
  title: string,
  expected: Attack['expected'],
  edit: (lines: Lines) => readonly (readonly [name: string, lines: Lines])[],
): Attack {
  return {
    cls,
    title: `the checkpoint: ${title}`,
    attacker: 'database',
    expected,
    variants: (ground) =>
      edit(textOf(newest(ground.rows.checkpoints).note).split('\n')).map(([name, lines]) =>
        withNote(ground, name, lines.join('\n')),
      ),
  };
}

function newest(checkpoints: readonly RawRow[]): RawRow {
  return rowAt(checkpoints, checkpoints.length - 1);
}

function withNote(ground: Ground, name: string, text: string): Variant {
  return changed(ground, name, ({ checkpoints }) => {
    newest(checkpoints).note = bytesOf(text);
  });
}

const STRANGER = privateKeyOfSeed(new Uint8Array(32).fill(8));

/** A signature line whose name and key id stay, over a signature of 64 other bytes. */
function foreignSignature(line: string): string {
  const [dash, name, base64 = ''] = line.split(' ');
  const bytes = Buffer.from(base64, 'base64');
  bytes.fill(7, 4);
  return `${dash} ${name} ${bytes.toString('base64')}`;
}

/** The good signature line of a key that nobody knows. */
function strangerLine(lines: Lines): Lines {
  const text = `${lines.slice(0, 3).join('\n')}\n`;
  const signer = noteSignerOf('example.test/stranger', STRANGER);
  return [signNote({ text, signers: [signer] }).split('\n')[4] ?? ''];
}

function resigned(ground: Ground, name: string, keyName: string): Variant {
  const { text } = parseNote(textOf(newest(ground.rows.checkpoints).note));
  return withNote(ground, name, signNote({ text, signers: [noteSignerOf(keyName, STRANGER)] }));
}

interface Statement {
  readonly origin?: string;
  readonly size?: number;
  readonly root?: Uint8Array;
  readonly extensions?: readonly string[];
}

function signedOver(ground: Ground, name: string, over: Statement): Variant {
  const lines = textOf(newest(ground.rows.checkpoints).note).split('\n');
  const text = formatCheckpoint({
    origin: ground.world.signer.origin,
    size: ground.rows.entries.length,
    root: new Uint8Array(Buffer.from(lines[2] ?? '', 'base64')),
    extensions: [],
    ...over,
  });
  return withNote(ground, name, ground.world.signer.sign(text));
}

function olderCheckpoints(ground: Ground): Variant[] {
  return ground.older
    .filter(({ mark }) => mark !== '')
    .map(({ mark }, i) => withNote(ground, `of commit ${i + 1}`, mark));
}

/** The point of order 1, and a signature that it verifies for every text. */
function lowOrderKey(ground: Ground): Variant[] {
  const { name } = ground.world.signer.identity.key;
  const publicKey = new Uint8Array(32);
  publicKey[0] = 1;
  const signature = new Uint8Array(64);
  signature[0] = 1;
  const { key } = noteSignerOf(name, STRANGER);
  const weak = formatVerifierKey({ ...key, publicKey });
  const { text } = parseNote(textOf(newest(ground.rows.checkpoints).note));
  const line = `— ${name} ${encodeBase64(new Uint8Array([0, 0, 0, 0, ...signature]))}`;
  return [{ ...withNote(ground, 'order 1', `${text}\n${line}\n`), key: weak }];
}

function otherHeads(ground: Ground): Variant[] {
  const edit = (name: string, change: (head: RawRow) => void) =>
    changed(ground, name, ({ head }) => change(rowAt(head, 0)));
  return [
    edit('an empty tree', (head) => {
      head.edge = encodeEdge(EMPTY_EDGE);
    }),
    edit('zeros', (head) => {
      head.edge = new Uint8Array(head.edge instanceof Uint8Array ? head.edge.length : 0);
    }),
    edit('a root in the place of the edge', (head) => {
      head.edge = edgeRoot(sha256, EMPTY_EDGE);
    }),
    edit('one entry less', (head) => {
      head.size = ground.rows.entries.length - 1;
    }),
    edit('one entry more', (head) => {
      head.size = ground.rows.entries.length + 1;
    }),
  ];
}
