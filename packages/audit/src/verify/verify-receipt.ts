/**
 * Verifies a receipt without the log: checkpoint under the caller's key, proof to this very leaf, leaf to these payloads. A
 * proof that holds for something else proves nothing here. Pure: no store, no clock, no network.
 */

import { decodeBase64, encodeBase64, type JsonValue } from '@countersign/core';
import { hashLeaf, parseLogProof, type VerifierKey, verifyInclusion, type WitnessPolicy } from '@countersign/tlog';
import { decodeEntry } from '../entry/encode.js';
import type { Entry } from '../entry/kinds.js';
import { sha256 } from '../keys/private-key.js';
import type { StoredPayload } from '../log-reader.js';
import { checkGrowth } from './check-growth.js';
import { FindingList, type Report } from './finding-list.js';
import type { ConsistencyReceipt, Receipt, ReceiptEntry, ReceiptPayload } from './receipt.js';
import { readReceipt } from './receipt.js';
import type { Answer, Finding } from './report.js';
import { type SignedState, verifyState } from './signed-state.js';
import { parseKey } from './steps/epochs.js';
import { checkPayloads, openAll } from './steps/payloads.js';
import { type Cosigner, checkWitnesses } from './witnesses.js';

/** What a receipt is verified with. */
export interface VerifyReceiptOptions {
  /** The log's verifier key as the caller knows it, never one that came with the receipt. */
  readonly key: string;
  /** Checkpoints (signed notes) that the caller has kept: those of the sizes that the receipt is about must be the same. */
  readonly against?: readonly string[];
  /** The witnesses that must have cosigned the checkpoint; none when not given. */
  readonly policy?: WitnessPolicy;
}

/** An entry that a receipt proves. */
export interface ProvenEntry {
  readonly index: number;
  readonly entry: Entry;
  /** The opened payloads, by name. */
  readonly payloads: Readonly<Record<string, JsonValue>>;
  /** Names of payloads that the entry commits to and the receipt leaves out. */
  readonly withheld: readonly string[];
}

/** What verifying a receipt answers: the parts of a report that a receipt can say something about. */
export interface ReceiptReport {
  /** `ok` when everything in the document is proven under the key. */
  readonly integrity: Answer;
  /** A receipt never says what else is in the log. */
  readonly completeness: 'not-checked';
  /** A receipt shows what was recorded, and not all that it rests on. */
  readonly authority: 'not-checked';
  readonly findings: readonly Finding[];
  readonly counts: { readonly errors: number; readonly warnings: number; readonly infos: number };
  readonly keySource: 'pinned';
  /** The origin that the key names. */
  readonly log: string;
  /** What kind of document it is; absent for one that is neither. */
  readonly kind?: 'receipt' | 'consistency';
  /** The size, root and note of the checkpoint that everything leads to; absent where there is no good one. */
  readonly size?: number;
  readonly root?: string;
  readonly checkpoint?: string;
  /** Of a consistency document: the size that the log had before. */
  readonly fromSize?: number;
  /** The witnesses of the policy that have cosigned it, and when. */
  readonly witnesses: readonly Cosigner[];
  /** The entries that are proven, and no others. */
  readonly entries: readonly ProvenEntry[];
}

/** Verifies a receipt or a consistency document, given as text, bytes or value. Never throws on bad evidence. */
export function verifyReceipt(receipt: unknown, options: VerifyReceiptOptions): ReceiptReport {
  const findings = new FindingList();
  const report = findings.add;
  const key = parseKey(options.key.trim());
  if (key === undefined) report('KEY_UNUSABLE', 'The key is not a sound Ed25519 verifier key.');
  const read = readReceipt(receipt);
  if (!read.ok) report('RECEIPT_INVALID', read.message);
  const found = key === undefined || !read.ok ? NOTHING : verifyDocument(read.receipt, { key, options, report });
  const { errors } = findings.counts();
  const answer: Answer = errors > 0 ? 'failed' : findings.isIncomplete() ? 'not-checked' : 'ok';
  return {
    integrity: answer,
    completeness: 'not-checked',
    authority: 'not-checked',
    findings: findings.list(),
    counts: findings.counts(),
    keySource: 'pinned',
    log: key?.name ?? '',
    ...(read.ok && { kind: read.receipt.format === 'countersign-receipt' ? 'receipt' : 'consistency' }),
    ...found,
  };
}

/** What a verification works with. */
interface ReceiptParts {
  readonly key: VerifierKey;
  readonly options: VerifyReceiptOptions;
  readonly report: Report;
}

type Found = Pick<ReceiptReport, 'entries' | 'witnesses' | 'size' | 'root' | 'checkpoint' | 'fromSize'>;

const NOTHING: Found = { entries: [], witnesses: [] };

function verifyDocument(receipt: Receipt | ConsistencyReceipt, parts: ReceiptParts): Found {
  const { key, options, report } = parts;
  const against = options.against ?? [];
  if (receipt.format === 'countersign-receipt') return verifyEntries(receipt, parts);
  const states = checkGrowth(receipt, { key, against, report });
  if (states === undefined) return NOTHING;
  return { entries: [], fromSize: states.from.size, ...foundOf(states.to, parts) };
}

function verifyEntries({ entries }: Receipt, parts: ReceiptParts): Found {
  const proven = entries.map((entry) => verifyEntry(entry, parts));
  const [first, second] = proven;
  if (first === undefined) return NOTHING;
  if (second !== undefined) {
    if (first.state.note !== second.state.note) {
      parts.report('RECEIPT_INVALID', 'The entries lead to different checkpoints: one receipt has one.');
    }
    checkPair(first.entry, second.entry, parts.report);
  } else if (entries.length > 1) {
    return NOTHING;
  }
  compareWith(first.state, parts);
  return { entries: proven.flatMap((one) => (one === undefined ? [] : [one.entry])), ...foundOf(first.state, parts) };
}

interface VerifiedEntry {
  readonly entry: ProvenEntry;
  readonly state: SignedState;
}

/** Undefined when the entry is not proven; findings say why. */
function verifyEntry({ leaf, payloads, proof }: ReceiptEntry, parts: ReceiptParts): VerifiedEntry | undefined {
  const { key, report } = parts;
  const parsed = tryParse(proof);
  if (parsed === undefined) {
    report('PROOF_INVALID', 'The proof is not in the form of C2SP tlog-proof.');
    return undefined;
  }
  const state = verifyState(parsed.checkpoint, { key, report, label: 'The checkpoint of the receipt' });
  const decoded = decodeEntry(leaf);
  if (!decoded.ok) report(decoded.code, decoded.message, parsed.index);
  if (state === undefined) return undefined;
  const leafHash = hashLeaf(sha256, Buffer.from(leaf, 'utf8'));
  const { index, hashes } = parsed;
  const { size, root } = state;
  const inclusion = verifyInclusion({ hasher: sha256, index, size, leafHash, proof: hashes, root });
  if (!inclusion.ok) {
    report('PROOF_INVALID', `The proof does not lead from this leaf to the checkpoint (${inclusion.code}).`, index);
  }
  if (!decoded.ok) return undefined;
  const { entry } = decoded;
  const isInPlace = entry.index === index && entry.log === key.name;
  if (!isInPlace)
    report('ENTRY_MISPLACED', 'The entry states another index or log than the one it is proven in.', index);
  const opened = openPayloads({ entry, leafHash, payloads }, report);
  return inclusion.ok && isInPlace ? { entry: { index, entry, ...opened }, state } : undefined;
}

/** Payloads against the commitments in the leaf; what is left out is told. */
function openPayloads(
  evidence: { readonly entry: Entry; readonly leafHash: Uint8Array; readonly payloads: readonly ReceiptPayload[] },
  report: Report,
): Pick<ProvenEntry, 'payloads' | 'withheld'> {
  const { entry, leafHash, payloads } = evidence;
  const { index } = entry;
  const stored = payloads.map((payload) => storedOf(index, payload));
  const { found, missing } = checkPayloads({ index, leafHash, text: 'read', entry }, stored, report);
  const opened = openAll(found);
  for (const name of missing) report('PAYLOAD_WITHHELD', `The payload ${name} is not in the receipt.`, index);
  return { payloads: Object.fromEntries([...opened].map(([name, { value }]) => [name, value])), withheld: missing };
}

/** A salt that is no base64 is of a wrong length, and found as such. */
function storedOf(index: number, { name, salt, json }: ReceiptPayload): StoredPayload {
  return { index, name, salt: decoded(salt), bytes: Buffer.from(json, 'utf8') };
}

/** Two entries are the begin and the result of one call, and nothing else. */
function checkPair(first: ProvenEntry, second: ProvenEntry, report: Report): void {
  const [begin, result] = [first.entry, second.entry];
  if (begin.kind !== 'tool-call' || result.kind !== 'tool-result') {
    report('RECEIPT_INVALID', 'Two entries must be the begin and the result of one call, in this order.');
    return;
  }
  const isSame =
    result.begun === begin.index &&
    result.call === begin.call &&
    result.run === begin.run &&
    result.tool === begin.tool &&
    result.session === begin.session;
  if (isSame && result.index > begin.index) return;
  report('RESULT_MISMATCH', 'The result is that of another call than the entry before it.', result.index);
}

/** A checkpoint that the caller kept and that is of the same size must be of the same tree. */
function compareWith(state: SignedState, { key, options, report }: ReceiptParts): void {
  for (const [at, note] of (options.against ?? []).entries()) {
    const label = `Checkpoint ${at + 1} of those given`;
    const kept = verifyState(note, { key, report, label });
    if (kept === undefined) continue;
    if (kept.size !== state.size) {
      report(
        'CHECKPOINT_NOT_COMPARED',
        `${label} is over ${kept.size} entries, that of the receipt over ${state.size}.`,
      );
    } else if (encodeBase64(kept.root) !== encodeBase64(state.root)) {
      report('LOG_FORKED', `${label} and that of the receipt are of the same size and of different trees.`);
    }
  }
}

function foundOf(
  { size, root, note }: SignedState,
  { key, options, report }: ReceiptParts,
): Pick<Found, 'size' | 'root' | 'checkpoint' | 'witnesses'> {
  const { policy } = options;
  const witnesses = policy === undefined ? [] : checkWitnesses(note, { key, policy, report });
  return { size, root: encodeBase64(root), checkpoint: note, witnesses };
}

function tryParse(proof: string): ReturnType<typeof parseLogProof> | undefined {
  try {
    return parseLogProof(proof);
  } catch {
    // Whatever it is, it proves nothing.
    return undefined;
  }
}

function decoded(text: string): Uint8Array {
  try {
    return decodeBase64(text);
  } catch {
    return new Uint8Array();
  }
}
