/**
 * The findings that verification can make: a pinned code each, how bad it is, which of the three answers it decides, and one
 * line that says what it means (log format, section 8). The documentation is made from this table. Pure.
 */

/** How bad a finding is: errors are tampering or damage, warnings lessen what the log proves, notes are for information. */
export type Severity = 'error' | 'warning' | 'info';

/** The three answers of a report. */
export type Part = 'integrity' | 'completeness' | 'authority';

/** One problem. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The entry that it is about; absent where it is about none or all. */
  readonly index?: number;
  /** What was expected and found, for people; names members and never repeats values. */
  readonly message: string;
}

/** What is said of a kind of finding. */
export interface FindingKind {
  readonly severity: Severity;
  /** The answers that an error of this kind turns into `failed`. */
  readonly parts: readonly Part[];
  /** One line for the documentation. */
  readonly meaning: string;
}

const INTEGRITY = ['integrity'] as const;
const AUTHORITY = ['authority'] as const;
const COMPLETENESS = ['completeness'] as const;
const GAP = ['integrity', 'completeness'] as const;

const error = (parts: readonly Part[], meaning: string) => ({ severity: 'error', parts, meaning }) as const;
const warning = (meaning: string) => ({ severity: 'warning', parts: [], meaning }) as const;
const info = (meaning: string) => ({ severity: 'info', parts: [], meaning }) as const;

/** Every finding, by code. A code, its severity and its parts never change their meaning. */
export const FINDINGS = Object.freeze({
  // The run of the verifier itself.
  VERIFICATION_INCOMPLETE: warning('Something could not be read or looked at, so the answers are not whole.'),
  FINDINGS_CUT: info('More was found than is listed; the first findings are shown, and all count in the answers.'),
  RESUMED: info('The verification went on from an earlier one: that nothing before was changed rests on that run.'),
  STATE_NOT_USED: warning('The state of an earlier verification was not used, so everything was verified again.'),
  STATE_MISMATCH: error(GAP, 'The log does not begin with what an earlier verification found in it.'),
  EMPTY_LOG: warning('There is no entry: nothing is proven.'),
  KEY_NOT_PINNED: warning(
    'The key was found beside the log and not given by the caller: whoever wrote both can forge.',
  ),
  NO_KEY: warning('No key was given or found: signatures were checked with the key that the log itself names.'),
  KEY_UNUSABLE: warning('The key that was given is no verifier key of this project.'),

  // Keys and the first entry.
  LOG_NOT_OPENED: error(INTEGRITY, 'The first entry does not open the log.'),
  LOG_REOPENED: error(INTEGRITY, 'An entry that opens a log stands in the middle of one.'),
  KEY_MISMATCH: error(INTEGRITY, 'The log names another identity key than the one that was given or found.'),
  KEY_WEAK: error(INTEGRITY, 'A key in the log is malformed, misnamed, or of low order: its signatures prove nothing.'),
  EPOCH_INVALID: error(INTEGRITY, 'A change of the epoch key does not continue the epochs before it.'),
  EPOCH_PROOF_INVALID: error(INTEGRITY, 'A change of the epoch key is not signed by the key before it.'),
  EPOCH_SEAL_MISSING: error(INTEGRITY, 'The checkpoint that seals an epoch is not there.'),

  // The store.
  STORE_DAMAGED: error(INTEGRITY, 'Rows cannot be read as what was written.'),
  STORE_INTEGRITY: error(INTEGRITY, "The engine's own check reports damage."),
  STORE_SCHEMA: error(INTEGRITY, 'The schema is not the one that we made.'),
  STORE_SETTINGS: error(INTEGRITY, 'The settings of the store are not the ones that we made.'),

  // Exports.
  EXPORT_INVALID: error(GAP, 'A line of an export is not what it must be, or not where it must be.'),
  ROWS_NOT_CHECKED: info('The evidence is an export: the rows of approvals and the store itself were not looked at.'),

  // Leaves.
  ENTRY_MISSING: error(GAP, 'An entry is not there, or its content is gone and no purge says so.'),
  ENTRY_UNEXPECTED: error(INTEGRITY, 'A row stands where no entry can be.'),
  ENTRY_MISPLACED: error(INTEGRITY, 'An entry states another index or log than its place.'),
  ENTRY_TOO_LARGE: error(INTEGRITY, 'A leaf is longer than 8 KiB.'),
  ENTRY_NOT_UTF8: error(INTEGRITY, 'A leaf is not UTF-8.'),
  ENTRY_NOT_CANONICAL: error(INTEGRITY, 'A leaf is not canonical JSON.'),
  ENTRY_UNKNOWN_VERSION: error(INTEGRITY, 'A leaf is of an unknown version.'),
  ENTRY_UNKNOWN_KIND: error(INTEGRITY, 'A leaf is of an unknown kind.'),
  ENTRY_MEMBER_INVALID: error(INTEGRITY, 'A leaf breaks the field table of its kind.'),
  ENTRY_PAYLOAD_UNKNOWN: error(INTEGRITY, 'A leaf names a payload that its kind cannot carry.'),
  LEAF_HASH_MISMATCH: error(INTEGRITY, 'A stored leaf hash is not the hash of its leaf.'),

  // The chain.
  CHAIN_BROKEN: error(INTEGRITY, 'An entry does not link to the one before it.'),
  WRITER_GAP: error(GAP, 'An entry of a writer was dropped, repeated or reordered.'),
  ID_REPEATED: error(INTEGRITY, 'Two entries have one id.'),
  TIME_BACKWARDS: error(INTEGRITY, 'Time goes backwards without a step of the clock on record.'),
  CLOCK_STEP_INVALID: error(INTEGRITY, 'A recorded step of the clock does not fit the times around it.'),
  TOTALS_MISMATCH: error(INTEGRITY, 'The running totals by risk do not count the calls before them.'),

  // Payloads.
  PAYLOAD_MISSING: error(GAP, 'A payload is not there, and no erasure or purge says so.'),
  PAYLOAD_UNEXPECTED: error(INTEGRITY, 'A payload is there that no leaf commits to.'),
  PAYLOAD_COMMITMENT_MISMATCH: error(INTEGRITY, 'A payload or its salt is not what its leaf commits to.'),
  PAYLOAD_SALT_INVALID: error(INTEGRITY, 'The salt of a payload is not 16 bytes.'),
  PAYLOAD_NOT_CANONICAL: error(INTEGRITY, 'A payload is not canonical JSON.'),
  PAYLOAD_PREVIEW_INVALID: error(INTEGRITY, 'The preview of a long payload has not the form of one.'),

  // Tree and checkpoints.
  HEAD_MISMATCH: error(INTEGRITY, 'The stored size is not the number of entries.'),
  EDGE_MISMATCH: error(INTEGRITY, 'The stored right edge is not that of the tree.'),
  CHECKPOINT_MISSING: error(GAP, 'The newest checkpoint is not there.'),
  CHECKPOINT_INVALID: error(
    INTEGRITY,
    'A stored checkpoint is no signed checkpoint of this log, or not of its stated size.',
  ),
  CHECKPOINT_SIGNATURE: error(
    INTEGRITY,
    'A stored checkpoint lacks a good signature of the identity key or of its epoch.',
  ),
  CHECKPOINT_SIZE: error(GAP, 'The newest checkpoint is over another number of entries than there are.'),
  CHECKPOINT_ROOT: error(INTEGRITY, 'A stored checkpoint states another root than the entries have.'),
  IDENTITY_BEHIND: info('The identity key is kept elsewhere, and has not signed the newest entries yet.'),
  CHECKPOINT_UNEXPECTED: error(INTEGRITY, 'A checkpoint is kept, or not kept, against what the entries say.'),
  UNKNOWN_SIGNATURE: warning('A checkpoint carries signatures of keys that are not known; reported when strict.'),

  // Receipts and proofs.
  RECEIPT_INVALID: error(INTEGRITY, 'A receipt has not the form of one, or its parts do not belong together.'),
  PROOF_INVALID: error(INTEGRITY, 'An inclusion proof does not lead from its leaf to its checkpoint.'),
  CONSISTENCY_INVALID: error(INTEGRITY, 'A checkpoint is not proven to go on from an earlier one.'),
  CHECKPOINT_NOT_COMPARED: warning('A checkpoint that was given is of a size that the receipt says nothing about.'),
  WITNESS_POLICY_UNMET: error(INTEGRITY, 'A checkpoint lacks the cosignatures that the witness policy asks for.'),
  PAYLOAD_WITHHELD: info('A payload that an entry commits to is not in the receipt.'),

  // Queries with proofs.
  CALLS_MISSING: error(GAP, 'The totals count more calls of a level than the store answers: calls are hidden or gone.'),
  CALLS_UNCOUNTED: error(INTEGRITY, 'The store answers more calls of a level than the totals count.'),
  COMPLETENESS_NOT_CHECKED: warning('Whether a query answered all calls of a level could not be worked out.'),
  OUTCOMES_NOT_CHECKED: info('Calls without an outcome are too far back to look for one that is hidden.'),

  // Marks and anchors.
  NO_ANCHOR: warning('No mark or anchor was given: that nothing was cut off the end is not proven.'),
  ANCHOR_INVALID: error(COMPLETENESS, 'A mark or anchor is no checkpoint signed by this log.'),
  ANCHOR_OF_OTHER_LOG: error(COMPLETENESS, 'A mark or anchor belongs to another log.'),
  ANCHOR_OLD: warning('Entries older than the stated age stand behind the newest mark or anchor.'),
  ANCHOR_RECORD_MISMATCH: error(INTEGRITY, 'A recorded anchor states another root than the entries have.'),
  ANCHOR_NOT_READ: warning('An anchor of this log could not be read.'),
  ANCHOR_RECEIPT_INVALID: error(
    INTEGRITY,
    'The evidence of a recorded anchor is not over its checkpoint, or is not signed as it should be.',
  ),
  ANCHOR_RECEIPT_NOT_CHECKED: info(
    'The evidence of recorded anchors was not checked: nothing to check it with was given, or it lies elsewhere.',
  ),
  WITNESS_QUORUM: warning('A recorded checkpoint was cosigned by fewer witnesses than the policy demands.'),
  TIME_OUTSIDE_BRACKET: warning(
    'The time of an entry does not lie between the times that witnesses and time stamps prove.',
  ),
  PARENT_MISMATCH: error(COMPLETENESS, 'The log does not go on from the old log that was given.'),
  PARENT_CUT_BACK: warning('The old log that was given has fewer entries than this log says of it.'),
  PARENT_NOT_CHECKED: info('The log goes on from an old one, which was not given, or cannot be compared.'),
  MARK_MISSING: warning('A mark was expected and is not there.'),
  LOG_TRUNCATED: error(COMPLETENESS, 'The log has fewer entries than a mark or anchor proves: it was cut back.'),
  LOG_FORKED: error(GAP, 'The log has another tree than a mark or anchor proves: it was rewritten.'),

  // Encrypted payloads.
  PAYLOAD_SEALED: info('Payloads are encrypted, and no keys were at hand: all but their content was checked.'),
  PAYLOAD_KEY_MISSING: warning(
    'Encrypted payloads have lost their key, and nothing on record says that it was destroyed.',
  ),

  // Purges and erasures.
  PURGE_INVALID: error(INTEGRITY, 'A statement of a purge or erasure contradicts the log.'),
  PURGE_INCOMPLETE: warning('The newest purge or erasure did not remove all that it states; it is resumed on open.'),
  PURGED_CONTENT_PRESENT: error(INTEGRITY, 'Content is there that a finished purge or erasure removed.'),
  RETENTION_BREACHED: error(
    COMPLETENESS,
    'A purge removed what a retention policy on record still keeps, and no override is on record.',
  ),
  HOLD_IGNORED: error(COMPLETENESS, 'A purge or erasure removed what a hold on record keeps.'),

  // Calls.
  CALL_REPEATED: error(INTEGRITY, 'A call was begun twice.'),
  RESULT_WITHOUT_CALL: error(GAP, 'An outcome names no call that was begun before it.'),
  RESULT_REPEATED: error(INTEGRITY, 'A call has two outcomes.'),
  RESULT_MISMATCH: error(INTEGRITY, 'An outcome names another call, tool or session than the entry that began it.'),
  DANGLING_CALL: warning('A call has no outcome and its writer is gone: a crash, or an outcome that was not recorded.'),
  PENDING_CALL: info('A call has no outcome yet; its writer is still there.'),

  // Rows of the approvals.
  ROW_MISMATCH: error(INTEGRITY, 'A row of the approvals is not what the entries come to.'),
  ROW_MISSING: error(INTEGRITY, 'A row of the approvals is not there.'),
  ROW_EXTRA: error(INTEGRITY, 'A row of the approvals is there that no entry made.'),

  // Authority.
  NO_POLICY_RECORDED: warning('No policy is on record: verdicts cannot be worked out again.'),
  POLICY_NOT_RECORDED: error(AUTHORITY, 'A call was judged under a policy that is not the one on record.'),
  POLICY_SUPERSEDED: warning('A call was judged under a policy that another process had replaced on record.'),
  POLICY_DIGEST_MISMATCH: error(AUTHORITY, 'A recorded policy has not the digest that its entry states.'),
  POLICY_NOT_CHECKED: info('A recorded policy cannot be read any more: verdicts under it are taken as recorded.'),
  AUTHORITY_VERDICT_MISMATCH: error(
    AUTHORITY,
    'The recorded policy gives another verdict or rule than the one on record.',
  ),
  RUN_NOT_ALLOWED: error(AUTHORITY, 'A call ran, and what is on record does not allow it.'),
  APPROVAL_NOT_FOUND: error(
    AUTHORITY,
    'A call ran on an approval, or an event names a request, that is not on record.',
  ),
  APPROVAL_MISMATCH: error(AUTHORITY, 'An approval is for another call, tool or arguments than those that ran.'),
  APPROVAL_EXPIRED: error(AUTHORITY, 'An approval was given or used after its time was over.'),
  APPROVAL_REUSED: error(AUTHORITY, 'An approval was used twice.'),
  APPROVAL_STATE: error(AUTHORITY, 'An event of a request does not follow from those before it.'),
  SELF_APPROVAL: error(AUTHORITY, 'A request was decided by its own requester.'),
  APPROVER_NOT_ENTITLED: error(
    AUTHORITY,
    'A request was decided by an approver who was revoked before, or may not decide about it.',
  ),
  APPROVER_NOT_ENROLLED: warning('A request was decided by somebody who is not among the recorded approvers.'),
  APPROVER_SIGNATURE_INVALID: error(AUTHORITY, 'A decision is not signed by the key of its approver.'),
  APPROVER_SIGNATURE_NOT_CHECKED: info('A decision carries a signature of its approver, which cannot be checked.'),
  GRANT_NOT_FOUND: error(AUTHORITY, 'A call ran on a grant, or an event names a grant, that is not on record.'),
  GRANT_NOT_GROUNDED: error(AUTHORITY, 'A grant is wider than the approval that it rests on, or rests on none.'),
  GRANT_DEAD: error(AUTHORITY, 'A grant was used that was revoked, expired or used up.'),
  GRANT_OUT_OF_SCOPE: error(AUTHORITY, 'A grant was used for a call outside its scope.'),
  GRANT_USE_UNPAIRED: error(AUTHORITY, 'A use of a grant and the call that it lets run do not stand together.'),
  WITNESS_MISSING: error(AUTHORITY, 'A call ran that had to be witnessed before, and was not.'),
  ARGS_DIGEST_MISMATCH: error(AUTHORITY, 'The recorded arguments are not those that the digest binds.'),
} as const satisfies Record<string, FindingKind>);

/** The pinned codes. */
export type FindingCode = keyof typeof FINDINGS;
