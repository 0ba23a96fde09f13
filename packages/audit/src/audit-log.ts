/**
 * The log: one writer's way into it, and the place where readers start. Everything that is appended goes through one queue
 * with group commit; each commit ends in one signed checkpoint, and nothing is acknowledged before it is durable.
 */

import type { DecisionJournal } from '@countersign/approval';
import { type Environment, type JsonValue, parseTime } from '@countersign/core';
import { formatVerifierKey } from '@countersign/tlog';
import type { Anchor, AnchorStatus } from './anchors/anchor.js';
import { type AnchoredIdentity, Anchorer } from './anchors/anchorer.js';
import { IdentityAnchor } from './anchors/identity-anchor.js';
import { appendGrounded } from './append-grounded.js';
import { AppendQueue } from './append-queue.js';
import { ApproverRegistry } from './approver-registry.js';
import type { ItemOutcome, WriterState } from './batch.js';
import type { BeginInput, EntryReceipt, FinishInput, ObserveInput, RefuseInput } from './call-record.js';
import { Checkpointer } from './checkpointer.js';
import { Committer } from './committer.js';
import type { Entry } from './entry/kinds.js';
import type { EpochKeeper } from './epoch-keeper.js';
import { EntryError, StoreCorruptError } from './errors.js';
import { findSigned } from './ground.js';
import { edgeOf } from './head.js';
import { type IdentityLag, LagWatch } from './identity-lag.js';
import { createJournal } from './journal.js';
import { isRemote } from './keys/remote-identity.js';
import type { Signer } from './keys/signer.js';
import { readAnchor } from './log-clock.js';
import { LogView } from './log-view.js';
import type { MarkFile } from './mark.js';
import { checkOwner } from './open-checks.js';
import { beginItem, finishItem, notGrounded, observeItem, refuseItem } from './plan/call-items.js';
import { type FreeEntry, freeItem, showNames } from './plan/free-entry.js';
import { epochItem, firstItem, type Opening } from './plan/log-items.js';
import { type Appended, type AppendItem, createPayloadMaker, type PayloadMaker } from './plan/plan.js';
import type { Redactor } from './redact/redactor.js';
import { type EraseOptions, type EraseResult, erasePayload } from './retention/erase.js';
import { type ForgetOptions, type ForgetParts, type ForgetResult, forgetSession } from './retention/forget-session.js';
import { type HoldInput, holdEntry, type ReleaseInput, releaseEntry } from './retention/hold.js';
import { type PurgeParts, pausesOf, purgeLog } from './retention/purge.js';
import { checkPurgeOptions, type PurgeOptions, type PurgeResult } from './retention/purge-options.js';
import { type ConfigChange, configEntry } from './retention/record-config.js';
import { type Resumed, resumeRemovals } from './retention/resume.js';
import { RowGround } from './row-ground.js';
import type { SessionKeys } from './sealed/session-keys.js';
import { showIdentifier, showText, showValue } from './shown-form.js';
import { callKey, type KeptCheckpoint, type LogStore, type StoredHead } from './store.js';
import { createWriterId, isWriterAlive, systemHost } from './writer.js';

/** An open log. Made by `openAuditLog`. */
export class AuditLog extends LogView {
  /** Who writes here: `<8 hex digits of the host's hash>-<pid>-<8 random hex digits>`. */
  readonly writer: string;
  /** The approvals' port into this log. */
  readonly journal: DecisionJournal;
  readonly #options: LogParts;
  readonly #queue: AppendQueue;
  readonly #ground: RowGround;
  readonly #makePayloads: PayloadMaker;
  readonly #anchorer: Anchorer;
  readonly #showIdentifier: (text: string) => string;
  readonly #epochs: EpochKeeper;
  /** Where the identity's key is kept elsewhere, and this process asks for its signatures. */
  readonly #lag: LagWatch | undefined;
  /** The calls that this writer began and that have no outcome yet, with the index of their begin entries. */
  readonly #open = new Map<string, number>();
  #purging: Promise<unknown> = Promise.resolve();

  constructor(options: LogParts) {
    const { store, signer, mark, environment, maxPayloadBytes, redactor } = options;
    const writer = createWriterId(environment);
    super({
      store,
      origin: signer.origin,
      identityKey: formatVerifierKey(signer.identity.key),
      environment,
      mark,
      anchors: options.anchors,
      isWriterAlive: (other) => isWriterAlive(other, systemHost([writer])),
    });
    this.#options = options;
    this.writer = writer;
    const checkpointer = new Checkpointer(signer);
    this.#ground = new RowGround(store, edgeOf(options.head));
    this.#epochs = options.epochs;
    const { epochs } = options;
    const parts = { origin: signer.origin, writerId: writer, environment, checkpointer, epochs, ground: this.#ground };
    const committer = new Committer({ store, mark, parts, writer: startOf(options) });
    this.#queue = new AppendQueue(async (take) => {
      const outcomes = await committer.commit(take);
      this.#noteLag(outcomes);
      this.#anchorer.notice();
      return outcomes;
    });
    this.#makePayloads = createPayloadMaker({
      randomBytes: (length) => environment.randomBytes(length),
      maxBytes: maxPayloadBytes,
      ...(redactor !== undefined && {
        show: (value: JsonValue) => showValue(value, redactor, { part: 'details' }).value,
      }),
    });
    this.#anchorer = new Anchorer({
      anchors: options.anchors,
      store,
      environment,
      heartbeatMs: options.anchorHeartbeatMs,
      check: (note) => checkpointer.checkSigned(note, epochs.key.key),
      identity: this.#anchoredIdentity(),
      append: async (entry, keep) =>
        void (await this.#queue.add(freeItem(entry, this.#makePayloads, keep), { isOwn: true })),
      onFailure: options.onAnchorFailure,
    });
    this.#lag = this.#watchLag();
    this.#showIdentifier = (text) => (redactor === undefined ? text : showIdentifier(text, redactor));
    this.journal = createJournal({
      ...{ origin: signer.origin, makePayloads: this.#makePayloads },
      approvers: new ApproverRegistry(store),
      ...(redactor !== undefined && {
        show: (text: string) => showText(text, redactor),
        showValue: (value: JsonValue) => showValue(value, redactor, { part: 'result' }).value,
      }),
      append: (item) => this.#append(item),
    });
  }

  /** Writes the first entry of an empty log; in one that is there, ends an epoch whose time is over. */
  async start(): Promise<void> {
    if (this.#options.head.size === 0) await this.#begin();
    else if (this.#options.signer.epochs.rotation !== undefined) await this.#queue.add(epochItem('when-due'));
    const { head, environment } = this.#options;
    const late = new AbortController();
    const cancel = environment.setTimer(() => late.abort(), FIRST_SIGNATURE_MS, { keepAlive: true });
    await this.#anchorer.awaitIdentity(late.signal).finally(cancel);
    if (head.size > this.#anchorer.signedSize + 1) this.#lag?.note(head.size);
  }

  #anchoredIdentity(): AnchoredIdentity | undefined {
    const { identity } = this.#options.signer;
    if (!isRemote(identity)) return undefined;
    const { sign, origin: name, key } = identity;
    return {
      anchor: sign === undefined ? undefined : new IdentityAnchor(identity, sign),
      name,
      findSigned: async () => (await findSigned({ store: this.store, key })).note,
    };
  }

  #watchLag(): LagWatch | undefined {
    const { signer, environment } = this.#options;
    if (!isRemote(signer.identity) || signer.identity.sign === undefined) return undefined;
    return new LagWatch({
      limits: signer.identity.maxLag,
      environment,
      signedSize: () => this.#anchorer.signedSize,
    });
  }

  /** Records of anchors are signed with what comes after them, and wait for nobody. */
  #noteLag(outcomes: readonly ItemOutcome[]): void {
    if (this.#lag === undefined) return;
    const entries = outcomes.flatMap((outcome) => (outcome.ok ? outcome.appended.entries : []));
    const newest = entries.findLast(({ kind }) => kind !== 'anchor-recorded');
    if (newest !== undefined) this.#lag.note(newest.index + 1);
  }

  /** How far the signature of an identity that is kept elsewhere lies behind; undefined where its key is here. */
  get identityLag(): IdentityLag | undefined {
    return this.#lag?.lag;
  }

  /** Writes the first entry, unless another process has just done so; then its keys must be ours. */
  async #begin(): Promise<void> {
    const { signer, software, store, opening } = this.#options;
    const epochKey = this.#epochs.key.key;
    const checkOurs = () => checkOwner(store, signer, epochKey);
    try {
      const { entries } = await this.#queue.add(firstItem(signer, { epochKey, software, opening }, this.#makePayloads));
      if (entries.length === 0) await checkOurs();
    } catch (error) {
      // A log of other keys cannot be continued with these: that it is another's says more than that it does not fit.
      if (error instanceof StoreCorruptError) await checkOurs();
      throw error;
    }
  }

  /**
   * Records the intent to run a call. When it is acknowledged the call may run, once.
   * @throws CallRefusedError `CALL_ALREADY_BEGUN`; `APPROVAL_MISMATCH`, `APPROVAL_EXPIRED`, `APPROVAL_REJECTED` when what let
   * it run no longer holds under the write lock: nothing is recorded then.
   * @throws KeyError `SIGNER_BEHIND` when the signature of an identity that is kept elsewhere is too far behind: likewise.
   */
  async begin(input: BeginInput): Promise<EntryReceipt> {
    this.#lag?.check();
    const item = beginItem(input, this.#makePayloads);
    const receipt = receiptOf(await this.#append(item, (cause) => notGrounded(input, cause)));
    this.#open.set(callKey(input.run, input.callId), receipt.index);
    return receipt;
  }

  /** Records a call that will not run. @throws CallRefusedError `CALL_ALREADY_BEGUN` when it is on record already. */
  async refuse(input: RefuseInput): Promise<EntryReceipt> {
    return receiptOf(await this.#queue.add(refuseItem(input, this.#makePayloads)));
  }

  /**
   * Records what came of a call that this log began. It can be tried once: after a failure nobody can know whether the
   * outcome is on record, and two outcomes of one call would be evidence against the log.
   * @throws EntryError `ENTRY_INVALID` when no such call is open here.
   */
  async finish(input: FinishInput): Promise<EntryReceipt> {
    const key = callKey(input.run, input.callId);
    if (this.#open.get(key) !== input.begun) {
      throw new EntryError('ENTRY_INVALID', `No call with begin entry ${input.begun} is open in this log.`, {
        hint: 'Finish each call once, in the process that began it.',
      });
    }
    this.#open.delete(key);
    return receiptOf(await this.#queue.add(finishItem(input, this.#makePayloads)));
  }

  /** Records a call that a provider ran itself. @throws CallRefusedError `CALL_ALREADY_BEGUN` when it is on record already. */
  async observe(input: ObserveInput): Promise<EntryReceipt> {
    return receiptOf(await this.#queue.add(observeItem(input, this.#makePayloads)));
  }

  /**
   * Appends an entry that stands for itself: a security event, or one of the control kinds that callers may write.
   * @param keep The checkpoint that an `anchor-recorded` entry is about; it is kept for good.
   * @throws EntryError `ENTRY_INVALID` when it breaks the field table; `ENTRY_TOO_LARGE`.
   */
  async append(event: FreeEntry, keep?: KeptCheckpoint): Promise<EntryReceipt> {
    const shown = showNames(event, this.#showIdentifier);
    return receiptOf(await this.#queue.add(freeItem(shown, this.#makePayloads, keep)));
  }

  /**
   * Removes what is older than its age, after saying so in the log. Without ages, the retention policy on record holds.
   * @throws ConfigError `OPTION_INVALID` for an age that is none, or an override without a reason and a person.
   * @throws StoreCorruptError when the log is not what was signed: nothing is removed from it then.
   */
  async purge(options: PurgeOptions = {}): Promise<PurgeResult> {
    const checked = checkPurgeOptions(options);
    // One purge at a time: a second one would plan what the first is removing.
    const turn = this.#purging.then(() => purgeLog(this.#retention(options), checked));
    this.#purging = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Puts a configuration on record, unless the newest one on record says the same.
   * @throws ConfigError `OPTION_INVALID` for an override without a reason and a person.
   */
  async recordConfig(change: ConfigChange): Promise<EntryReceipt | undefined> {
    const entry = await configEntry(this.store, change, this.#options.redactor);
    return entry === undefined ? undefined : this.append(entry);
  }

  /**
   * Erases one payload, and the copies that its call has of it.
   * @throws EntryError `ENTRY_NOT_FOUND`; RetentionError `PAYLOAD_NOT_FOUND`, `PAYLOAD_NEEDED`, `HELD`; ConfigError `OPTION_INVALID`.
   */
  erase(options: EraseOptions): Promise<EraseResult> {
    return erasePayload(this.#retention({}), options);
  }

  /**
   * Forgets a session whose payloads are encrypted: says so, and destroys its key. End the session first.
   * @throws RetentionError `SESSION_NOT_SEALED`, `PAYLOAD_NEEDED`, `HELD`; KeyError `KEY_NOT_ERASED`; ConfigError `OPTION_INVALID`.
   */
  forgetSession(session: string, options: ForgetOptions): Promise<ForgetResult> {
    return forgetSession(this.#retention({}), session, options);
  }

  /** Keeps entries from being purged and payloads from being erased, until it is released. @throws ConfigError `OPTION_INVALID` */
  async hold(input: HoldInput): Promise<EntryReceipt & { readonly hold: string }> {
    const entry = holdEntry(input, this.#options.environment);
    return { ...(await this.append(entry)), hold: entry.hold };
  }

  /** Ends a hold. @throws RetentionError `HOLD_NOT_FOUND`; ConfigError `OPTION_INVALID` */
  async release(input: ReleaseInput): Promise<EntryReceipt> {
    return this.append(await releaseEntry(this.store, input));
  }

  /** Carries out what the newest purge or erasure states and did not do. */
  resumeRemovals(): Promise<Resumed> {
    return resumeRemovals(this.#retention({}));
  }

  #retention(pace: Pick<PurgeOptions, 'signal' | 'paceMs'>): PurgeParts & ForgetParts {
    const { environment, sessionKeys } = this.#options;
    return {
      store: this.store,
      keys: sessionKeys,
      isWriterAlive: (other) => isWriterAlive(other, systemHost([this.writer])),
      log: this,
      makePayloads: this.#makePayloads,
      nowUs: () => environment.nowUs(),
      randomBytes: (length) => environment.randomBytes(length),
      append: (item) => this.#queue.add(item),
      pause: pausesOf(environment, pace),
    };
  }

  /** The epoch that this process signs in. */
  get epoch(): number {
    return this.#epochs.number;
  }

  /**
   * Ends the epoch now: it is sealed, the log goes on under a new key, and the old private key is erased. Other processes notice
   * with their next commit.
   * @throws KeyError `KEY_NOT_ROTATED` when the epoch key is not kept in a directory of keys.
   */
  async rotateEpoch(): Promise<{ readonly epoch: number; readonly index: number }> {
    await this.#epochs.makeNext();
    const { entries } = await this.#queue.add(epochItem('now'));
    const [entry] = entries;
    if (entry?.kind !== 'key-epoch') throw new TypeError('The epoch was not ended.');
    return { epoch: entry.epoch, index: entry.index };
  }

  #append(item: AppendItem, refuse?: (cause: StoreCorruptError) => Error): Promise<Appended> {
    return appendGrounded(item, { queue: this.#queue, ground: this.#ground, ...(refuse !== undefined && { refuse }) });
  }

  /** How the anchors of this log stand, as far as this process knows. */
  anchorStatus(): readonly AnchorStatus[] {
    return this.#anchorer.status;
  }

  /** Anchors what is not anchored yet, when its time has come. */
  noticeAnchors(): void {
    this.#anchorer.notice();
  }

  /**
   * Ends when every witness of this log has cosigned a checkpoint that covers the entry at `index`, and that is on record.
   * @throws AnchorError, or what the last try threw, when `signal` aborts before.
   */
  async witnessed(index: number, signal: AbortSignal): Promise<void> {
    await this.#anchorer.witnessed(index + 1, signal);
  }

  /** Takes nothing more, and ends when all that waits is durable and anchored, if that goes at once. The store stays open. */
  async close(): Promise<void> {
    await this.#queue.close();
    await this.#anchorer.close();
    await this.#queue.close();
  }
}

/** What a log is made of. */
export interface LogParts {
  readonly store: LogStore;
  readonly signer: Signer;
  readonly mark: MarkFile | undefined;
  readonly environment: Environment;
  readonly maxPayloadBytes: number;
  readonly software: string;
  readonly opening: Opening | undefined;
  readonly anchors: readonly Anchor[];
  readonly anchorHeartbeatMs: number | false | undefined;
  readonly onAnchorFailure: ((status: AnchorStatus) => void) | undefined;
  readonly redactor: Redactor | undefined;
  readonly sessionKeys: SessionKeys | undefined;
  /** What the store held when the log was opened. */
  readonly head: StoredHead;
  readonly epochs: EpochKeeper;
}

/** How long a log that its identity never signed waits for the first signature when it is opened. */
const FIRST_SIGNATURE_MS = 30_000;

/** The writer as it starts: from now on the log may only grow. */
function startOf({ head, environment }: LogParts): WriterState {
  const anchor = readAnchor(environment);
  if (head.last === undefined) return { writerSeq: 0, anchor };
  return { writerSeq: 0, anchor, last: { index: head.size - 1, leafHash: head.last.leafHash } };
}

/** Where the entry stands that an item is about: the last one that was appended for it. */
function receiptOf({ entries }: Appended): EntryReceipt {
  const entry: Entry | undefined = entries.at(-1);
  if (entry === undefined) throw new TypeError('An operation appended no entry.');
  return { index: entry.index, id: entry.id, timeUs: parseTime(entry.time) };
}
