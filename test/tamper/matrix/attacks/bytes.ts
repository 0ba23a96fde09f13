/** Attacks on bytes: bits, types, other spellings of the same JSON, base64 and Unicode. */

import { createSeeded } from '../../seeded.js';
import { copyOf, type RawRow, type Snapshot, TABLES, textOf } from '../../snapshot.js';
import type { Attack, Ground, Variant } from '../attack.js';
import { bytesOf, changed, editText, rehash, rowAt } from '../change-rows.js';

/** The seed of the bits that are flipped. */
export const BIT_SEED = 815;

const FLIPS = 300;

export const byteAttacks: readonly Attack[] = [
  {
    cls: 1,
    title: 'a bit of any column of any table is flipped',
    attacker: 'database',
    expected: 'any error',
    variants: flips,
  },
  {
    cls: 3,
    title: 'a value is made NULL or a number',
    attacker: 'database',
    expected: 'any error',
    variants: otherTypes,
  },
  {
    cls: 4,
    title: 'a leaf is written in another way: white space, escapes, order, a member twice',
    attacker: 'database',
    expected: ['ENTRY_NOT_CANONICAL'],
    variants: (ground) => leafForms(ground, SPELLINGS),
  },
  {
    cls: 5,
    title: 'base64 in a leaf gets other trailing bits, or loses its padding',
    attacker: 'database',
    expected: ['ENTRY_MEMBER_INVALID'],
    variants: (ground) => leafForms(ground, BASE64_FORMS),
  },
  {
    cls: 6,
    title: 'a leaf gets a byte order mark, CR LF, NUL, or bytes that are no UTF-8',
    attacker: 'database',
    expected: ['ENTRY_NOT_CANONICAL', 'ENTRY_NOT_UTF8', 'ENTRY_MEMBER_INVALID'],
    variants: (ground) => leafForms(ground, UNICODE_FORMS),
  },
];

function* flips({ rows }: Ground): Generator<Variant> {
  const pick = createSeeded(BIT_SEED);
  for (let i = 0; i < FLIPS; i += 1) {
    const copy = copyOf(rows);
    const table = TABLES[pick(TABLES.length)] ?? 'entries';
    const row = rowAt(copy[table], pick(copy[table].length));
    const columns = Object.keys(row);
    const column = columns[pick(columns.length)] ?? '';
    flip(row, column, pick);
    yield { name: `${table}.${column}`, rows: copy };
  }
}

function flip(row: RawRow, column: string, pick: (limit: number) => number): void {
  const value = row[column];
  // Whether a checkpoint is kept is one bit.
  if (typeof value === 'number') row[column] = value ^ (column === 'kept' ? 1 : 1 << pick(8));
  if (!(value instanceof Uint8Array) || value.length === 0) return;
  const at = pick(value.length);
  const copy = new Uint8Array(value);
  copy[at] = (copy[at] ?? 0) ^ (1 << pick(8));
  row[column] = copy;
}

/** The columns that are a row's number for the engine. */
const NUMBERED: readonly string[] = ['entries.idx', 'checkpoints.size', 'head.id'];

function* otherTypes(ground: Ground): Generator<Variant> {
  for (const table of TABLES) {
    for (const column of Object.keys(rowAt(ground.rows[table], 0))) {
      const isNumber = typeof rowAt(ground.rows[table], 0)[column] === 'number';
      for (const value of [null, isNumber ? bytesOf('1') : 7] as const) {
        // The engine gives a number to a row that has none, and the last one gets its old one back.
        if (value === null && NUMBERED.includes(`${table}.${column}`)) continue;
        yield changed(ground, `${table}.${column} ${value === null ? 'NULL' : typeof value}`, (rows) => {
          rowAt(rows[table], rows[table].length - 1)[column] = value;
        });
      }
    }
  }
}

type Form = readonly [name: string, edit: (leaf: string) => string | Uint8Array];

const SPELLINGS: readonly Form[] = [
  ['a space', (leaf) => leaf.replace('":"', '": "')],
  ['a line break at the end', (leaf) => `${leaf}\n`],
  ['an escape', (leaf) => leaf.replace('"kind"', '"\\u006bind"')],
  [
    'another order',
    (leaf) => `{"zz":1,${leaf.slice(1)}`.replace('"zz":1,', '').replace(/^\{(.*),"v":1\}$/, '{"v":1,$1}'),
  ],
  ['a member twice', (leaf) => leaf.replace('"v":1}', '"v":1,"v":1}')],
  ['a number in another form', (leaf) => leaf.replace('"v":1}', '"v":1.0}')],
];

const BASE64_FORMS: readonly Form[] = [
  ['no padding', (leaf) => leaf.replace(/("[A-Za-z0-9+/]{43})="/, '$1"')],
  // 43 digits hold 258 bits for 256: the last digit has two bits that say nothing.
  ['trailing bits', (leaf) => leaf.replace(/([A-Za-z0-9+/]{42})([AEIMQUYcgkosw048])="/, (_, head) => `${head}B="`)],
  ['the alphabet of URLs', (leaf) => leaf.replace(/"[A-Za-z0-9+/]{43}="/, (text) => text.replace(/[A-Za-z]/, '-'))],
];

const UNICODE_FORMS: readonly Form[] = [
  ['a byte order mark', (leaf) => `\ufeff${leaf}`],
  ['CR LF', (leaf) => `${leaf}\r\n`],
  ['NUL in a name', (leaf) => leaf.replace('"writer":"', '"writer":"\\u0000')],
  ['a raw NUL', (leaf) => leaf.replace('"writer":"', '"writer":"\0')],
  [
    'a byte FF',
    (leaf) => Buffer.concat([Buffer.from(leaf.slice(0, 20)), Buffer.of(0xff), Buffer.from(leaf.slice(20))]),
  ],
  ['a surrogate in UTF-8', (leaf) => Buffer.concat([Buffer.from(leaf.slice(0, 20)), Buffer.of(0xed, 0xa0, 0x80)])],
];

function* leafForms(ground: Ground, forms: readonly Form[]): Generator<Variant> {
  for (const position of ground.rows.entries.keys()) {
    for (const [name, edit] of forms) {
      if (!isAffected(ground.rows, position, edit)) continue;
      yield changed(ground, `${name} in entry ${position}`, (rows) => {
        const row = rowAt(rows.entries, position);
        const after = edit(textOf(row.leaf));
        if (typeof after === 'string') editText(row, 'leaf', () => after);
        else row.leaf = new Uint8Array(after);
        rehash(rows);
      });
    }
  }
}

/** Making the links again puts a spoilt first `prev` right, so what only touches it is no attack. */
function isAffected(rows: Snapshot, position: number, edit: Form[1]): boolean {
  const leaf = textOf(rowAt(rows.entries, position).leaf);
  const after = edit(leaf);
  if (typeof after !== 'string') return true;
  const unlink = (text: string) => text.replace(/"prev":"[^"]*"/, '');
  return unlink(after) !== unlink(leaf);
}
