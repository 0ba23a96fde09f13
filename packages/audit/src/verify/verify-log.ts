/**
 * Verifies a log from its bytes (log format, section 8): streams the entries once, re-derives all that they say, and compares
 * the store with it. No store, no clock, no network: evidence comes through a reader that is not trusted, keys from the caller.
 */

import { encodeBase64, parseTime } from '@countersign/core';
import { edgeRoot, type VerifierKey, type WitnessPolicy } from '@countersign/tlog';
import { decodeEntry } from '../entry/encode.js';
import { sha256 } from '../keys/private-key.js';
import type { LogReader, StoredHead } from '../log-reader.js';
import { EvidenceReader } from './evidence.js';
import { FindingList, type Report } from './finding-list.js';
import type { Part } from './findings.js';
import { LogWalk } from './log-walk.js';
import { createRangeVerifier } from './range/check-range.js';
import type { RangeVerifier } from './range/checked-range.js';
import type { Answer, VerifyReport } from './report.js';
import { readOutline } from './resume/outline.js';
import type { VerifiedState } from './resume/verified-state.js';
import type { TimestampVerifier } from './steps/anchor-receipts.js';
import { checkAnchors } from './steps/anchors.js';
import { compareRows } from './steps/approval-rows.js';
import type { StoredTree } from './steps/checkpoints.js';
import { parseKey } from './steps/epochs.js';
import type { ParentEvidence } from './steps/parent.js';
import { MAX_TIME_SKEW_US } from './steps/time-brackets.js';

/** How far a verification has come. */
export interface VerifyProgress {
  /** Entries read so far. */
  readonly done: number;
  /** Entries in the log, as far as is known. */
  readonly total: number;
  /** What is being looked at: the entries, or, once they are done, the store itself by its engine's own check. */
  readonly phase: 'entries' | 'store';
}

/** What a log is verified with. */
export interface VerifyOptions {
  /** The log's public key as the caller knows it: a verifier key. */
  readonly key?: string;
  /** A verifier key that was found beside the log. Believed only where none is given. */
  readonly foundKey?: string;
  /** Checkpoints kept elsewhere: signed notes. */
  readonly against?: readonly string[];
  /** The high-water mark: a signed note. */
  readonly mark?: string;
  /** True where a mark should be there: that it is not is then a finding. */
  readonly markExpected?: boolean;
  /** Whether a writer may still write; nobody when not given. */
  readonly isWriterAlive?: (writer: string) => boolean;
  /** Report signatures of unknown keys too. */
  readonly strict?: boolean;
  /** Checks ranges of entries by themselves, with workers perhaps; in this process when not given. */
  readonly ranges?: RangeVerifier;
  /** What an earlier verification with the same pinned key found, kept where nobody else could change it. */
  readonly since?: VerifiedState;
  /** Why there is none, where there should be: a finding. */
  readonly sinceRefused?: string;
  /** Called with what a later verification may go on from, when this one was clean and its key pinned. */
  readonly onVerified?: (state: VerifiedState) => void;
  /** Called after each range. */
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Checkpoints that were found at the anchors of the log, with what to call each. */
  readonly anchors?: readonly { readonly note: string; readonly label: string }[];
  /** The anchors that could not be read. */
  readonly unreadAnchors?: readonly string[];
  /** The witnesses that the caller trusts, and how many of which must have cosigned. */
  readonly witnessPolicy?: WitnessPolicy;
  /** Checks time stamps; without it they are said to be not checked. */
  readonly verifyTimestamp?: TimestampVerifier;
  /** What is left of the log that this one goes on from. */
  readonly parent?: ParentEvidence;
  /** With `nowUs`: that entries older than this are newer than every mark and anchor, or the newest anchoring on record is older, is a finding. */
  readonly maxAnchorAgeMs?: number;
  /** The time, in integer microseconds since 1970. */
  readonly nowUs?: number;
}

/** Verifies a log. Never throws on bad evidence: what cannot be read is a finding too. */
export async function verifyLog(source: LogReader, options: VerifyOptions = {}): Promise<VerifyReport> {
  const findings = new FindingList();
  const reader = new EvidenceReader(source, findings.add);
  const trusted = chooseKey(options, findings.add);
  const first = await reader.head();
  const expected = first?.size ?? 0;
  const walk = new LogWalk({
    reader,
    ranges: options.ranges ?? createRangeVerifier(source),
    report: findings.add,
    trusted,
    strict: options.strict === true,
    receipts: { policy: options.witnessPolicy, verifyTimestamp: options.verifyTimestamp, nowUs: options.nowUs },
    onPage: (done) => options.onProgress?.({ done, total: Math.max(expected, done), phase: 'entries' }),
  });
  const parts = { reader, walk, report: findings.add, options };
  const resumedFrom = await resume(parts, expected);
  options.onProgress?.({ done: walk.next, total: expected, phase: 'entries' });
  await checkBeforeFirst(parts);
  const end = await readToEnd(parts, expected);
  if (walk.next === 0 && !walk.isStopped) findings.add('EMPTY_LOG', 'There is no entry.');
  if (end !== undefined) await checkEnd(end, parts);
  const anchors = await compareAnchors(parts);
  walk.receipts.finish();
  await walk.parent.finish(options.parent);
  options.onProgress?.({ done: walk.next, total: walk.next, phase: 'store' });
  for (const { code, message } of (await reader.inspect()) ?? []) findings.add(code, message);
  const checkpoint = end?.head.checkpoint ?? first?.checkpoint ?? '';
  const report = conclude({ findings, walk, checkpoint, anchors, options });
  const isClean = report.counts.errors === 0 && report.integrity === 'ok' && walk.edge !== undefined;
  if (isClean && options.key !== undefined) options.onVerified?.(walk.save(options.key.trim()));
  return resumedFrom === undefined ? report : { ...report, resumedFrom };
}

/** Goes on from an earlier verification where that can be; what cannot be is said, and all is verified from the start. */
async function resume(
  { reader, walk, report, options }: VerifyParts,
  expected: number,
): Promise<VerifyReport['resumedFrom']> {
  const { since, sinceRefused, key } = options;
  if (sinceRefused !== undefined) report('STATE_NOT_USED', sinceRefused);
  if (since === undefined) return undefined;
  if (key === undefined || since.key !== key.trim()) {
    report('STATE_NOT_USED', 'The earlier verification was made with another key, or none is pinned now.');
    return undefined;
  }
  const outline = since.size > expected ? undefined : await readOutline(reader, since);
  if (outline === undefined) {
    const message = `The first ${since.size} entries are not those that were verified before.`;
    report('STATE_MISMATCH', message);
    return undefined;
  }
  await walk.resume(since, outline);
  const { size, root } = since;
  report('RESUMED', `The first ${size} entries were verified by an earlier run; now their tree was compared.`);
  return { size, root };
}

/** How often the end is looked at again while other processes write. */
const MAX_ROUNDS = 50;

interface VerifyParts {
  readonly reader: EvidenceReader;
  readonly walk: LogWalk;
  readonly report: Report;
  readonly options: VerifyOptions;
}

/** The store as it stood while nobody wrote. */
interface End extends Pick<StoredTree, 'head' | 'checkpoints'> {
  /** What comparing the rows with the entries came to. */
  readonly rows: readonly Parameters<Report>[];
}

/** The key that the caller gave, or the one that was found; undefined when there is none to use. */
function chooseKey({ key, foundKey }: VerifyOptions, report: Report): VerifierKey | undefined {
  const text = key ?? foundKey;
  if (text === undefined) {
    report('NO_KEY', 'No key was given: nothing shows that the log is the one that you mean.');
    return undefined;
  }
  const parsed = parseKey(text.trim());
  if (parsed === undefined) report('KEY_UNUSABLE', 'The key is not a sound Ed25519 verifier key.');
  else if (key === undefined) report('KEY_NOT_PINNED', 'The key was found with the log, and nobody vouches for it.');
  return parsed;
}

/** No row may stand before the first entry. */
async function checkBeforeFirst({ reader, report }: VerifyParts): Promise<void> {
  const [leaf] = (await reader.leaves(Number.MIN_SAFE_INTEGER, 1)) ?? [];
  if (leaf !== undefined && leaf.index < 0) report('ENTRY_UNEXPECTED', 'A row stands before the first entry.');
  const payloads = (await reader.payloads(Number.MIN_SAFE_INTEGER, 0)) ?? [];
  if (payloads.length > 0) report('PAYLOAD_UNEXPECTED', 'Payloads stand before the first entry.');
}

/** Reads on until nobody wrote meanwhile. Undefined when the end cannot be read. */
async function readToEnd(parts: VerifyParts, expected: number): Promise<End | undefined> {
  const { reader, walk, report } = parts;
  let size = expected;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await walk.readOn(size);
    if (walk.isStopped) return undefined;
    const head = await reader.head();
    const checkpoints = await reader.checkpoints();
    const rows = await readRows(parts);
    const again = await reader.head();
    if (head === undefined || again === undefined) return undefined;
    if (isSameHead(head, again) && (head.size <= walk.next || head.size === size)) {
      // The size was the same a round ago: what is missing now is not on its way.
      walk.missUntil(Math.min(head.size, walk.next + MAX_MISSING));
      return { head, checkpoints: checkpoints ?? [], rows };
    }
    size = again.size;
  }
  report('VERIFICATION_INCOMPLETE', 'The log kept growing, so its end could not be compared with its entries.');
  return undefined;
}

/** A head that states more missing entries than this says nothing more. */
const MAX_MISSING = 10_000_000;

function isSameHead(left: StoredHead, right: StoredHead): boolean {
  return left.size === right.size && left.checkpoint === right.checkpoint;
}

/** Compares what lies behind and beside the entries; the answers count only when nobody wrote meanwhile. */
async function readRows({ reader, walk }: VerifyParts): Promise<readonly Parameters<Report>[]> {
  const rows: Parameters<Report>[] = [];
  const report: Report = (...finding) => rows.push(finding);
  const { requests, grants } = walk;
  if (reader.isExport) report('ROWS_NOT_CHECKED', 'The rows of approvals are not in an export.');
  else await compareRows({ reader, report, requests, grants });
  const behind = (await reader.payloads(walk.next, Number.MAX_SAFE_INTEGER)) ?? [];
  if (behind.length > 0) report('PAYLOAD_UNEXPECTED', 'Payloads stand behind the last entry.', walk.next);
  return rows;
}

async function checkEnd({ head, checkpoints, rows }: End, parts: VerifyParts): Promise<void> {
  const { walk, report, reader, options } = parts;
  for (const finding of rows) report(...finding);
  await walk.checkpoints.finish({ head, checkpoints, edge: walk.edge, isExport: reader.isExport });
  await walk.purges.finish(walk.next, { report, reader, roots: walk.roots, isWhole: walk.edge !== undefined });
  await walk.retention.finish({ report, reader });
  walk.grants.finish();
  walk.calls.finish(options.isWriterAlive ?? (() => false));
}

/** The number of marks and anchors that the log bears out. */
async function compareAnchors(parts: VerifyParts): Promise<number> {
  const { walk, report, options } = parts;
  const { mark, against = [], markExpected, unreadAnchors = [] } = options;
  for (const label of unreadAnchors) report('ANCHOR_NOT_READ', `${label} could not be read.`);
  const anchors = [
    ...(options.anchors ?? []),
    ...(mark === undefined ? [] : [{ note: mark, label: 'The mark', isMark: true }]),
    ...against.map((note, i) => ({ note, label: `Checkpoint ${i + 1} of those given` })),
  ];
  if (mark === undefined && markExpected === true) report('MARK_MISSING', 'A mark was expected and is not there.');
  if (anchors.length === 0) {
    report('NO_ANCHOR', 'No mark or other checkpoint was given: entries may be missing at the end.');
    return 0;
  }
  // What was not read to its end is not short.
  if (walk.isStopped) return 0;
  const { epochs, roots } = walk;
  const isWhole = walk.edge !== undefined;
  const good = await checkAnchors(anchors, {
    ...{ report, epochs, roots, size: walk.next, isWhole },
    witnesses: options.witnessPolicy?.witnesses.map(({ key }) => key) ?? [],
  });
  for (const { size, times } of good) await checkTimes(size, times, parts);
  await checkAge(Math.max(0, ...good.map(({ size }) => size)), parts);
  return good.length;
}

/** What was cosigned was there by then, and what stands behind it came later. */
async function checkTimes(size: number, times: readonly number[], { reader, report }: VerifyParts): Promise<void> {
  if (times.length === 0) return;
  const [last, next] = [await timeOf(reader, size - 1), await timeOf(reader, size)];
  const [earliest, latest] = [Math.min(...times), Math.max(...times)];
  if (last !== undefined && last > earliest + MAX_TIME_SKEW_US) {
    report('TIME_OUTSIDE_BRACKET', 'The time of the entry lies after the time at which others saw it.', size - 1);
  }
  if (next !== undefined && next < latest - MAX_TIME_SKEW_US) {
    report('TIME_OUTSIDE_BRACKET', 'The time of the entry lies before a time at which it was not there yet.', size);
  }
}

async function timeOf(reader: EvidenceReader, index: number): Promise<number | undefined> {
  const [leaf] = index < 0 ? [] : ((await reader.leaves(index, 1)) ?? []);
  const decoded = leaf?.index !== index || leaf.leaf === undefined ? undefined : decodeEntry(leaf.leaf);
  return decoded?.ok === true ? parseTime(decoded.entry.time) : undefined;
}

/** The first entry that no anchor covers, and the newest anchoring on record, must not be older than the stated age. */
async function checkAge(size: number, { reader, walk, report, options }: VerifyParts): Promise<void> {
  const { maxAnchorAgeMs, nowUs } = options;
  if (maxAnchorAgeMs === undefined || nowUs === undefined) return;
  const { newestUs } = walk.receipts;
  if (newestUs !== undefined && nowUs - newestUs > maxAnchorAgeMs * 1000) {
    report('ANCHOR_OLD', 'The newest anchoring on record is older than the stated age.');
    return;
  }
  if (size >= walk.next) return;
  const [leaf] = (await reader.leaves(size, 1)) ?? [];
  const decoded = leaf?.leaf === undefined ? undefined : decodeEntry(leaf.leaf);
  // A leaf that was purged is older than any anchor should be.
  const timeUs = decoded?.ok === true ? parseTime(decoded.entry.time) : 0;
  if (nowUs - timeUs <= maxAnchorAgeMs * 1000) return;
  report('ANCHOR_OLD', 'The first entry behind the newest mark or anchor is older than the stated age.', size);
}

interface Conclusion {
  readonly findings: FindingList;
  readonly walk: LogWalk;
  readonly checkpoint: string;
  readonly anchors: number;
  readonly options: VerifyOptions;
}

function conclude({ findings, walk, checkpoint, anchors, options }: Conclusion): VerifyReport {
  const isIncomplete = findings.isIncomplete() || walk.isStopped;
  const answer = (part: Part, proven: boolean): Answer => {
    if (findings.hasFailed(part)) return 'failed';
    if (isIncomplete) return 'not-checked';
    return proven ? 'ok' : 'no-evidence';
  };
  // Calls in entries that cannot be believed were not looked at.
  const authority = answer('authority', walk.authority.calls > 0);
  return {
    integrity: answer('integrity', walk.next > 0),
    completeness: answer('completeness', walk.next > 0 && anchors > 0),
    authority: authority === 'ok' && walk.bad > 0 ? 'not-checked' : authority,
    findings: findings.list(),
    counts: findings.counts(),
    size: walk.next,
    root: encodeBase64(edgeRoot(sha256, walk.partialEdge)),
    checkpoint,
    keySource: options.key === undefined ? 'found' : 'pinned',
    entries: { ...walk.counts, purged: walk.purges.count(walk.next), calls: walk.authority.calls },
  };
}
