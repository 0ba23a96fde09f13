/**
 * The rows of the approvals against what the entries come to (log format, section 10): row by row, as canonical text. Where the
 * store hands out the texts, those that are equal to the letter are not parsed; all others are read as rows, which says what is wrong.
 */

import { type ApprovalRecord, formatApprovalRecord, formatGrantRecord, type GrantRecord } from '@countersign/approval';
import type { StoredRowText } from '../../log-reader.js';
import type { EvidenceReader } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { ApprovalBook, BookedRequest } from './approval-book.js';
import type { BookedGrant, GrantBook } from './grant-book.js';
import { digestRow, fillGrant, fillRequest } from './row-digest.js';

/** What the rows are compared with. */
export interface RowParts {
  readonly reader: EvidenceReader;
  readonly report: Report;
  readonly requests: ApprovalBook;
  readonly grants: GrantBook;
}

/** Compares every row. */
export async function compareRows({ reader, report, requests, grants }: RowParts): Promise<void> {
  const foundRequests = await walk({
    texts: (after, limit) => reader.rowTexts('requests', after, limit),
    isSame: ({ id, text }) => isSameRequest(text, requests.request(id)),
    read: (after, limit) => reader.requestRows(after, limit),
    idOf: ({ request }) => request.id,
    check: (row) => checkRequest(row, requests.requests().get(row.request.id), report),
    report,
  });
  if (foundRequests !== undefined)
    reportMissing('request', requests.requests().keys(), { found: foundRequests, report });
  const foundGrants = await walk({
    texts: (after, limit) => reader.rowTexts('grants', after, limit),
    isSame: ({ id, text }) => isSameGrant(text, grants.grants().get(id)),
    read: (after, limit) => reader.grantRows(after, limit),
    idOf: ({ grant }) => grant.id,
    check: (row) => checkGrant(row, grants.grants().get(row.grant.id), report),
    report,
  });
  if (foundGrants !== undefined) reportMissing('grant', grants.grants().keys(), { found: foundGrants, report });
}

/** Whether a row says what its entries come to. */
export function doesRequestAgree(stored: ApprovalRecord, booked: BookedRequest | undefined): boolean {
  if (booked === undefined) return false;
  if (booked.row === undefined) return digestRow(formatApprovalRecord(stored)) === booked.digest;
  return isFilled(booked.row, stored, booked);
}

/** The same for the row of a grant. */
export function doesGrantAgree(stored: GrantRecord, booked: BookedGrant | undefined): boolean {
  const filled = booked && fillGrant(booked.row, stored, booked.cuts);
  return filled !== undefined && formatGrantRecord(filled) === formatGrantRecord(stored);
}

/** A row that holds no more than the log has one text, by which it is remembered. */
function isSameRequest(text: string, booked: BookedRequest | undefined): boolean {
  if (booked === undefined || booked.cuts.length > 0) return false;
  return booked.row === undefined ? digestRow(text) === booked.digest : formatApprovalRecord(booked.row) === text;
}

function isSameGrant(text: string, booked: BookedGrant | undefined): boolean {
  return booked !== undefined && booked.cuts.length === 0 && formatGrantRecord(booked.row) === text;
}

/** The ids that were found; undefined when the rows cannot be read. */
async function walk<Row>(options: {
  texts(after: string | undefined, limit: number): Promise<readonly StoredRowText[] | undefined>;
  isSame(row: StoredRowText): boolean;
  read(after: string | undefined, limit: number): Promise<readonly Row[] | undefined>;
  idOf(row: Row): string;
  check(row: Row): void;
  readonly report: Report;
}): Promise<ReadonlySet<string> | undefined> {
  const found = new Set<string>();
  let after: string | undefined;
  for (;;) {
    const texts: readonly StoredRowText[] = (await options.texts(after, PAGE)) ?? [];
    if (texts.length > 0 && texts.every((row) => !found.has(row.id) && options.isSame(row))) {
      for (const { id } of texts) found.add(id);
      after = texts.at(-1)?.id;
      continue;
    }
    const rows: readonly Row[] | undefined = await options.read(after, PAGE);
    if (rows === undefined) return undefined;
    const before = found.size;
    for (const row of rows) {
      const id = options.idOf(row);
      if (found.has(id)) options.report('ROW_EXTRA', `The row of ${nameOf(id)} is there twice.`);
      else options.check(row);
      found.add(id);
      after = id;
    }
    // Rows that bring nothing new would never end.
    if (found.size === before) return found;
  }
}

const PAGE = 256;

function checkRequest(stored: ApprovalRecord, booked: BookedRequest | undefined, report: Report): void {
  if (booked === undefined) {
    report('ROW_EXTRA', `No entry made the row of request ${nameOf(stored.request.id)}.`);
    return;
  }
  if (doesRequestAgree(stored, booked)) return;
  report('ROW_MISMATCH', `The row of request ${nameOf(stored.request.id)} is not what its entries come to.`);
}

function isFilled(row: ApprovalRecord, stored: ApprovalRecord, { cuts }: BookedRequest): boolean {
  const filled = fillRequest(row, stored, cuts);
  return filled !== undefined && formatApprovalRecord(filled) === formatApprovalRecord(stored);
}

function checkGrant(stored: GrantRecord, booked: BookedGrant | undefined, report: Report): void {
  if (booked === undefined) {
    report('ROW_EXTRA', `No entry made the row of grant ${nameOf(stored.grant.id)}.`);
    return;
  }
  if (doesGrantAgree(stored, booked)) return;
  report('ROW_MISMATCH', `The row of grant ${nameOf(stored.grant.id)} is not what its entries come to.`);
}

function reportMissing(
  what: 'request' | 'grant',
  expected: Iterable<string>,
  { found, report }: { readonly found: ReadonlySet<string>; readonly report: Report },
): void {
  for (const id of expected) {
    if (!found.has(id)) report('ROW_MISSING', `The row of ${what} ${nameOf(id)} is not there.`);
  }
}

/** Ids are UUIDs; anything else that stands in a row could be content. */
function nameOf(id: string): string {
  return /^[0-9a-f-]{36}$/.test(id) ? id : 'of an id that is none';
}
