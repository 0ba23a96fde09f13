export {
  type Anchor,
  type AnchorContext,
  AnchorError,
  type AnchorErrorCode,
  type AnchorStatus,
  type AnchorSubject,
} from './anchors/anchor.js';
export { readRecords } from './anchors/anchorer.js';
export { createFileAnchor, type FileAnchorOptions } from './anchors/file-anchor.js';
export { type ListedNote, type NoteList, parseNoteList } from './anchors/note-list.js';
export {
  createTimestampAnchor,
  createTimestampVerifier,
  type TimestampAnchorOptions,
} from './anchors/timestamp-anchor.js';
export { createWebhookAnchor, type WebhookAnchorOptions } from './anchors/webhook-anchor.js';
export { createWitnessAnchor, readWitnessPolicy, type WitnessAnchorOptions } from './anchors/witness-anchor.js';
export { MAX_QUEUED_BYTES, MAX_QUEUED_ITEMS, QueueFullError } from './append-queue.js';
export { readApprovers, readDelegations } from './approver-registry.js';
export type { EnrolledApprover } from './approvers.js';
export { readArchive, type WrittenArchive } from './archive/archive-file.js';
export {
  type ArchiveContent,
  type ArchiveFailure,
  type ArchiveResult,
  type VerifyArchiveOptions,
  verifyArchive,
} from './archive/verify-archive.js';
export { type ArgsSalt, createArgsSalt } from './args-salt.js';
export { AuditLog } from './audit-log.js';
export { type AuditLogger, createAuditLogger, type EventFields, type TimedFields } from './audit-logger.js';
export type {
  BeginInput,
  CallDecision,
  CallSubject,
  EntryReceipt,
  FinishInput,
  ObserveInput,
  RecordedDecision,
  RefuseInput,
} from './call-record.js';
export {
  type AuditedCall,
  OUTCOMES,
  type Outcome,
  type QueryFilter,
  type QueryResult,
  type SessionSummary,
} from './call-view.js';
export {
  type CheckedConfig,
  type Config,
  checkConfig,
  configSchema,
  MAX_CONFIG_BYTES,
  type PurgeSchedule,
  parseConfig,
} from './config.js';
export { configJsonSchema } from './config-schema.js';
export { DECISION_TYPE, decisionStatement, type StatedDecision, type StatedRequest } from './decision-statement.js';
export { type Delegation, delegationStatement, type StatedDelegation } from './delegations.js';
export { verifyEd25519 } from './ed25519.js';
export { EditDesk } from './edit-desk.js';
export { type DecodeResult, decodeEntry, type EntryFailure, encodeEntry, MAX_LEAF_BYTES } from './entry/encode.js';
export {
  CONTROL_KINDS,
  DECISIONS,
  ENTRY_KINDS,
  type Entry,
  type EntryFields,
  type EntryKind,
  type EntryOf,
  PAYLOAD_NAMES,
} from './entry/kinds.js';
export {
  checkEpochLimits,
  DEFAULT_EPOCH_AGE_MS,
  DEFAULT_EPOCH_ENTRIES,
  type EpochLimits,
} from './epoch-limits.js';
export { type EpochRecord, readNewestEpoch } from './epoch-record.js';
export {
  ApprovalExpiredError,
  ApprovalMismatchError,
  ApprovalRejectedError,
  CallAnsweredError,
  CallRefusedError,
  EntryError,
  type EntryErrorCode,
  ExportError,
  type ExportErrorCode,
  KeyError,
  type KeyErrorCode,
  LogRolledBackError,
  OutcomeNotRecordedError,
  QueryError,
  type QueryErrorCode,
  type RefusalCode,
  type RefusalDetails,
  type StoreCorruptCode,
  StoreCorruptError,
  type StoreUnavailableCode,
  StoreUnavailableError,
} from './errors.js';
export { EXPORT_FORMATS, type ExportFilter, type ExportFormat } from './export/export-log.js';
export type { TilesExport } from './export/tiles-folder.js';
export {
  type ApprovalDesk,
  type CallRecorder,
  createGate,
  type Gate,
  type GateOptions,
  type ObservedOutcome,
  type OpenCall,
} from './gate.js';
export type { AssessmentParts, GateCall } from './gate-call.js';
export type { FindEarlier } from './gate-resume.js';
export type { IdentityLag } from './identity-lag.js';
export type { Judge, JudgeLimits, JudgeOpinion, JudgePort, JudgeQuestion, RecordedOpinion } from './judge.js';
export { type ApproverKey, openApproverKey } from './keys/approver-key.js';
export { listEpochs } from './keys/epoch-dir.js';
export type { EpochKeys, EpochRotation } from './keys/epoch-keys.js';
export { epochKeyName, FIRST_EPOCH } from './keys/epoch-name.js';
export {
  defaultKeyDir,
  identityVerifierKey,
  type KeyDirOptions,
  type KeyRing,
  openKeyDir,
} from './keys/key-dir.js';
export { checkOrigin, createOrigin } from './keys/origin.js';
export {
  createRemoteIdentity,
  DEFAULT_MAX_LAG,
  isRemote,
  type LagLimits,
  type RemoteIdentity,
  type RemoteIdentityOptions,
  type RemoteSign,
  remoteIdentityOf,
} from './keys/remote-identity.js';
export { openRemoteKeyDir, type RemoteKeyDirOptions, type RemoteKeyRing } from './keys/remote-key-dir.js';
export { createMemorySigner, createSigner, type LocalSigner, type Signer, type SignerOptions } from './keys/signer.js';
export { createWitnessKey, openWitnessKey, readWitnessVerifier } from './keys/witness-key.js';
export { lockRequestOf } from './lock-ask.js';
export type { ReceiptRequest } from './log-proofs.js';
export { type EntryFilter, type LogVerifyOptions, LogView, type LogViewParts } from './log-view.js';
export { defaultMarkPath, type Mark, MarkError, type MarkErrorCode, type MarkFile, openMark } from './mark.js';
export { createMemoryLogStore, type MemoryLogStore } from './memory-store.js';
export { type AuditLogOptions, openAuditLog } from './open-audit-log.js';
export { MAX_PAST_CALLS, readPastCalls } from './past-calls.js';
export {
  commitPayload,
  DEFAULT_MAX_PAYLOAD_BYTES,
  openPayload,
  type PreparedPayload,
  preparePayload,
} from './payload.js';
export { FREE_KINDS, type FreeEntry, type FreeKind } from './plan/free-entry.js';
export type { Opening, ParentLog } from './plan/log-items.js';
export {
  type PayloadValues,
  projectConsumed,
  projectDecision,
  projectExpired,
  projectGrant,
  projectGrantRevoked,
  projectGrantUse,
  projectRequest,
  readReasons,
} from './projection.js';
export type { OpenedEntry } from './query/opened-entry.js';
export {
  type CompletenessStatus,
  joinCompleteness,
  type LevelCount,
  type RiskCompleteness,
} from './query/risk-completeness.js';
export type { LogStats } from './query/session-summary.js';
export { type LogIdentity, readIdentity } from './read-identity.js';
export { RedactError, type RedactErrorCode } from './redact/errors.js';
export type { RedactPart, RedactPath, RedactSubject } from './redact/paths.js';
export { createRedactor, type Redacted, type RedactOptions, type Redactor } from './redact/redactor.js';
export type { RedactRule } from './redact/secret-rule.js';
export { fingerprintsOf, type SecretTrace, traceSecret } from './redact/secret-traces.js';
export { type RefusalResult, refusalResult } from './refusal.js';
export { createRemoteEdits, type RemoteEditOptions } from './remote-edits.js';
export { type FilePlace, type ReplacedFile, refuseSpecialFile, replaceFile } from './replace-file.js';
export { requestEntriesOfCall, requestsOfCall } from './requests-of-call.js';
export { type AutoPurge, type AutoPurgeOptions, startAutoPurge } from './retention/auto-purge.js';
export type { EraseOptions, EraseResult } from './retention/erase.js';
export { RetentionError, type RetentionErrorCode } from './retention/errors.js';
export type { ForgetOptions, ForgetResult } from './retention/forget-session.js';
export type { Hold, HoldInput, ReleaseInput } from './retention/hold.js';
export {
  createRetentionPolicy,
  DEFAULT_RETENTION,
  RETENTION_PROFILES,
  type RetentionInput,
  type RetentionPolicy,
  retentionStatement,
} from './retention/policy.js';
export type { PurgeOptions, PurgeResult } from './retention/purge-options.js';
export { type PurgeState, purgeStatePath, readPurgeState } from './retention/purge-state.js';
export { type ConfigChange, configDigest } from './retention/record-config.js';
export type { RetentionStatus } from './retention/status.js';
export { createSealer, readEncryption, type Sealer, type SealerOptions } from './sealed/sealer.js';
export { openSessionKeys, type SessionKeys, sessionKeyDir } from './sealed/session-keys.js';
export { CHANGED_SIGNAL, type DefinitionMemory } from './second-look.js';
export {
  type CallFilter,
  callKey,
  type KeptCheckpoint,
  type LockAsk,
  type LockedState,
  type LockRequest,
  type LogBatch,
  type LogReader,
  type LogSnapshot,
  type LogStore,
  type OpenRangeVerifier,
  type Removal,
  type StoredCheckpoint,
  type StoredHash,
  type StoredHead,
  type StoredLeaf,
  type StoredOutline,
  type StoredPayload,
  type StoredRowText,
  type StoreProblem,
  type WrittenLeaf,
} from './store.js';
export {
  defaultVerifiedStatePaths,
  openVerifiedStateFile,
  type VerifiedStateFile,
  type VerifiedStateFileOptions,
} from './verified-state-file.js';
export { identityOf } from './verify/identity-of.js';
export {
  type Answer,
  type ConsistencyReceipt,
  exitCodeOf,
  FINDINGS,
  type Finding,
  type FindingCode,
  formatReceipt,
  type Receipt,
  type ReceiptReport,
  readReceipt,
  type VerifyReceiptOptions,
  type VerifyReport,
  verifyReceipt,
} from './verify/index.js';
export type { PacedProgress } from './verify-progress.js';
export { createWithAudit, type WithAudit, type WithAuditOptions } from './with-audit.js';
export { demandedLevels, WITNESS_WAIT_MS, type WitnessDemand } from './witness-demand.js';
export type { Audited } from './wrap/audited.js';
export { createWriterId, isWriterAlive, systemHost, type WriterHost } from './writer.js';
