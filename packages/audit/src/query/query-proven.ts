/**
 * Queries with proofs: every call with receipts of its entries, and a statement of whether these are all there are. The whole
 * answer is of the log at the size of one checkpoint, whatever is written meanwhile.
 */

import { encodeBase64 } from '@countersign/core';
import type { VerifierKey } from '@countersign/tlog';
import type { AuditedCall, QueryFilter, QueryResult } from '../call-view.js';
import { KeyError, QueryError, StoreCorruptError } from '../errors.js';
import { findGround } from '../ground.js';
import { createReceipt, type ReceiptGround } from '../receipts.js';
import type { TreeHashes } from '../tree-hashes.js';
import { FindingList } from '../verify/finding-list.js';
import { checkAnchors } from '../verify/steps/anchors.js';
import { parseKey } from '../verify/steps/epochs.js';
import { countCalls } from './count-calls.js';
import { type ParsedFilter, parseFilter } from './filter.js';
import { findHiddenOutcome } from './hidden-outcome.js';
import { markEpochs } from './mark-epochs.js';
import { lying, ProvenEntries } from './proven-entries.js';
import { cursorAfter, type JoinedCall, type JoinedPage, type QueryParts, readPage } from './query-calls.js';
import { intervalOf, type QueryInterval } from './query-interval.js';
import type { CompletenessStatus, RiskCompleteness } from './risk-completeness.js';

/** What a query with proofs reads with. */
export interface ProofParts extends QueryParts {
  readonly tree: TreeHashes;
  /** The verifier key of the identity, as it was found with the log. */
  readonly identityKey: string;
  /** The high-water mark's note; undefined where there is none. */
  readonly readMark: () => Promise<string | undefined>;
  /** Whether a mark should be there. */
  readonly markExpected: boolean;
}

/**
 * One page of calls, each with its proofs.
 * @throws QueryError FILTER_INVALID or CURSOR_INVALID; KeyError KEY_MISMATCH when a pinned key has not signed this log;
 *   StoreCorruptError when a row is not what was signed, or stands where it does not belong.
 */
export async function queryProven(parts: ProofParts, filter: QueryFilter): Promise<QueryResult> {
  const parsed = parseFilter(filter, parts.nowUs);
  const findings = new FindingList();
  const ground = await groundOf(parts, parsed, findings);
  const page = await readPage(parts, parsed, ground.state.size);
  checkOrder(page, parsed);
  const calls: AuditedCall[] = [];
  for (const joined of page.joined) calls.push(await proveCall(ground, joined));
  const work = { parts, parsed, findings, ground, page };
  await checkOutcomes(work);
  const completeness = await stateCompleteness(work);
  return { calls, ...(page.hasMore ? { nextCursor: cursorAfter(calls, parsed) } : {}), completeness };
}

interface ProvenPage {
  readonly parts: ProofParts;
  readonly parsed: ParsedFilter;
  readonly findings: FindingList;
  readonly ground: ReceiptGround;
  readonly page: JoinedPage;
}

/** The newest checkpoint under the key, compared with all that is known of the log from elsewhere. */
async function groundOf(parts: ProofParts, { proofs }: ParsedFilter, findings: FindingList): Promise<ReceiptGround> {
  const { store, tree } = parts;
  // The mark first: a commit moves it last, so an honest log is never behind it.
  const mark = await parts.readMark();
  const key = keyOf(proofs?.key ?? parts.identityKey, proofs?.key !== undefined);
  const state = await findGround({ store, tree, key, isPinned: proofs?.key !== undefined });
  const report = findings.add;
  if (proofs?.key === undefined) {
    report('KEY_NOT_PINNED', 'The key was found with the log, and nobody vouches for it.');
  }
  if (mark === undefined && parts.markExpected) report('MARK_MISSING', 'A mark was expected and is not there.');
  const anchors = [
    ...(mark === undefined ? [] : [{ note: mark, label: 'The mark', isMark: true }]),
    ...(proofs?.against ?? []).map((note, at) => ({ note, label: `Checkpoint ${at + 1} of those given` })),
  ];
  if (anchors.length === 0) {
    report('NO_ANCHOR', 'No mark or other checkpoint was given: calls may be missing at the end.');
  }
  const roots = { rootAt: async (size: number) => encodeBase64(await tree.root(size)) };
  const later = await markEpochs(store, { tree, state });
  const epochs = { identity: key, origin: key.name, ...later };
  // Where the identity signs later, the mark is ahead of what it has signed, and must be borne out all the same.
  const size = later.isRemote ? (await store.head()).size : state.size;
  await checkAnchors(anchors, { report, epochs, roots, size, isWhole: true, witnesses: [] });
  return { tree, state };
}

function keyOf(text: string, isPinned: boolean): VerifierKey {
  const key = parseKey(text.trim());
  if (key !== undefined) return key;
  if (isPinned) throw new QueryError('FILTER_INVALID', 'The filter cannot be used: key is no verifier key.');
  throw new KeyError('KEY_INVALID', 'No verifier key of the log was found, and none was given.', {
    hint: 'Give the key that the log is known by.',
  });
}

/** A store that answers one call twice has room for one that it leaves out. */
function checkOrder({ joined }: JoinedPage, { store, after }: ParsedFilter): void {
  const sign = store.order === 'oldest-first' ? 1 : -1;
  let before = after;
  for (const { call } of joined) {
    if (before !== undefined && (call.index - before) * sign <= 0) throw lying(call.index);
    before = call.index;
  }
}

async function proveCall(ground: ReceiptGround, { call, begin, result }: JoinedCall): Promise<AuditedCall> {
  const proofs = [await createReceipt(ground, [begin])];
  if (result !== undefined) {
    const { begun, tool, session } = result.entry;
    const isOwn = begun === begin.index && tool === begin.entry.tool && session === begin.entry.session;
    if (!isOwn || result.index <= begin.index) throw foreignResult(begin.index, result.index);
    proofs.push(await createReceipt(ground, [result]));
  }
  return { ...call, proofs };
}

/** A call without an outcome may have one that the store does not show. */
async function checkOutcomes({ parts, ground, page, findings }: ProvenPage): Promise<void> {
  const open = page.joined.filter(({ begin, result }) => begin.entry.outcome === undefined && result === undefined);
  const found = await findHiddenOutcome(
    { store: parts.store, ground },
    open.map(({ begin }) => begin.index),
  );
  if (found.kind === 'not-checked') {
    findings.add('OUTCOMES_NOT_CHECKED', 'Calls without an outcome are too far back to read all entries since.');
  }
  if (found.kind === 'hidden') throw hiddenOutcome(found.begun, found.index);
}

async function stateCompleteness({ parts, parsed, findings, ground, page }: ProvenPage): Promise<RiskCompleteness> {
  const report = findings.add;
  const { size, note } = ground.state;
  const entries = new ProvenEntries(parts.store, ground);
  await checkRecordedAnchor(entries, ground, findings);
  const interval = await intervalOf({ parsed, page, entries, size });
  const ends: QueryInterval = interval ?? { from: 0, to: size };
  let counts: Pick<RiskCompleteness, 'levels' | 'boundaries'> = { levels: [], boundaries: [] };
  if (interval === undefined || (await isOutOfOrder(entries, { parsed, page, interval }))) {
    report('COMPLETENESS_NOT_CHECKED', 'The limits of time cannot be told apart by the order of the entries.');
  } else {
    const { levels, boundaries } = await countCalls({ parsed, page, interval, entries, report });
    const receipts = boundaries.map((entry) => createReceipt(ground, [{ ...entry, stored: [] }]));
    counts = { levels, boundaries: await Promise.all(receipts) };
  }
  return {
    status: statusOf(findings),
    findings: findings.list(),
    ...ends,
    ...counts,
    size,
    checkpoint: note,
    keySource: parsed.proofs?.key === undefined ? 'found' : 'pinned',
  };
}

/** The newest anchor on record states a root that the log must have had. */
async function checkRecordedAnchor(
  entries: ProvenEntries,
  { tree }: ReceiptGround,
  findings: FindingList,
): Promise<void> {
  let newest: { readonly size: number; readonly root: string; readonly index: number } | undefined;
  for await (const anchor of entries.ofKind('anchor-recorded')) newest = anchor;
  if (newest === undefined) return;
  const { size, root, index } = newest;
  if (size <= index && encodeBase64(await tree.root(size)) === root) return;
  findings.add('ANCHOR_RECORD_MISMATCH', `The tree of the first ${size} entries is another.`, index);
}

/** Where the clock was set back, a later entry may have an earlier time. */
async function isOutOfOrder(
  entries: ProvenEntries,
  { parsed, page, interval }: { parsed: ParsedFilter; page: JoinedPage; interval: QueryInterval },
): Promise<boolean> {
  const { since, until } = parsed.store;
  if (since === undefined && until === undefined) return false;
  if (page.joined.some(({ call }) => call.index < interval.from || call.index >= interval.to)) return true;
  for await (const { stepUs } of entries.ofKind('clock-stepped')) if (stepUs < 0) return true;
  return false;
}

function statusOf(findings: FindingList): CompletenessStatus {
  const list = findings.list();
  if (list.some(({ severity }) => severity === 'error')) return 'failed';
  if (list.some(({ code }) => code === 'COMPLETENESS_NOT_CHECKED')) return 'not-checked';
  return list.some(({ severity }) => severity === 'warning') ? 'unverified' : 'verified';
}

const hint = 'Somebody or something changed the database: run `countersign verify`, and keep a copy of it.';

function foreignResult(begin: number, result: number): StoreCorruptError {
  const message = `The outcome at entry ${result} is not that of the call at entry ${begin}.`;
  return new StoreCorruptError('ENTRY_CORRUPT', message, { hint });
}

function hiddenOutcome(begin: number, result: number): StoreCorruptError {
  const message = `The store hides the outcome at entry ${result} of the call at entry ${begin}.`;
  return new StoreCorruptError('ENTRY_CORRUPT', message, { hint });
}
