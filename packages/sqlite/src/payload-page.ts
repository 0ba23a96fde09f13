/**
 * The payloads of a few entries in one row: making a row and two buffers for each payload costs more than all that SQLite does to
 * find it. The engine strings salts and bytes together and tells indexes, names and lengths apart from them. Whatever is unusual in
 * one of the rows is seen here, and the page is then read row by row, which answers as it always did.
 */

import type { StoredPayload } from '@countersign/audit';
import { toPayload } from './rows.js';
import type { Statements } from './statements.js';

/** The most entries that are read in one row. */
export const PAGE_ENTRIES = 64;

/** A longer payload is not strung together with others: it would be copied twice. */
export const LONGEST_STRUNG = 16 * 1024;

/** Text sorts before blobs and behind numbers. One function for each type would cost more than all of the rest. */
const IS_PLAIN = `salt >= x'' AND bytes >= x'' AND name BETWEEN '' AND x''
  AND octet_length(salt) = 16 AND octet_length(bytes) <= ${LONGEST_STRUNG}`;

/** A row that is not as it should be, or long, has an empty text among those of the others. */
export const PAYLOAD_PAGE = `SELECT count(*) AS count,
  group_concat(CASE WHEN ${IS_PLAIN} THEN idx || ',' || name || ',' || octet_length(bytes) ELSE '' END, ';') AS rows,
  CAST(group_concat(CASE WHEN octet_length(bytes) <= ${LONGEST_STRUNG} THEN salt || bytes END, '') AS BLOB) AS data
  FROM payloads WHERE idx >= ? AND idx < ?`;

/** The payloads of the entries from `from` up to, and without, `to`. @throws StoreCorruptError STORE_DAMAGED */
export function readPayloads(sql: Statements, from: number, to: number): readonly StoredPayload[] {
  const page = to - from <= PAGE_ENTRIES ? readPage(sql.payloadPage.get(from, to)) : undefined;
  return page ?? sql.payloadsBetween.all(from, to).map(toPayload);
}

/** Undefined where the rows must be read one by one. */
function readPage(row: unknown): readonly StoredPayload[] | undefined {
  if (typeof row !== 'object' || row === null) return undefined;
  if (!('count' in row && 'rows' in row && 'data' in row)) return undefined;
  const { count, rows, data } = row;
  if (count === 0) return [];
  if (typeof rows !== 'string' || !(data instanceof Uint8Array)) return undefined;
  const payloads = takeApart(rows, data);
  return payloads !== undefined && payloads.length === count && isOrdered(payloads) ? payloads : undefined;
}

/**
 * Undefined where the texts are of another form, or the lengths are not those of the data. A name that holds a separator cannot pass
 * for others: its row would come to none of this form, or to more than one, and so to another number of rows than there are.
 */
function takeApart(rows: string, data: Uint8Array): readonly StoredPayload[] | undefined {
  const payloads: StoredPayload[] = [];
  let at = 0;
  for (const text of rows.split(';')) {
    const [, index, name = '', length] = ROW.exec(text) ?? [];
    if (length === undefined) return undefined;
    const [salt, next] = [at + SALT_BYTES, at + SALT_BYTES + Number(length)];
    payloads.push({ index: Number(index), name, salt: data.subarray(at, salt), bytes: data.subarray(salt, next) });
    at = next;
  }
  return at === data.length ? payloads : undefined;
}

/** The engine goes through the table in this order; it need not say so, and sorting would cost more than looking. */
function isOrdered(payloads: readonly StoredPayload[]): boolean {
  return payloads.every(({ index, name }, at) => {
    const before = payloads[at - 1];
    return before === undefined || before.index < index || (before.index === index && before.name < name);
  });
}

/** Indexes, lengths and the names that we give: anything else is left to the reading row by row. */
const ROW = /^(0|[1-9]\d{0,14}),([a-zA-Z]{1,32}),(0|[1-9]\d{0,4})$/;

const SALT_BYTES = 16;
