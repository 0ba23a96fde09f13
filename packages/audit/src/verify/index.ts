/**
 * @countersign/audit/verify: the read side of the log. Pure: evidence comes through a reader, keys and anchors from the caller.
 */

export { type EpochStatement, epochStatementBytes } from '../keys/epoch-statement.js';
export { type ExportedLog, type ExportSource, exportSourceOf, openExport } from './export-reader.js';
export { MAX_FINDINGS } from './finding-list.js';
export { checkRange, createRangeVerifier } from './range/check-range.js';
export { type CheckedRange, RANGE_SIZE, type Range, type RangeVerifier } from './range/checked-range.js';
export {
  type ConsistencyReceipt,
  formatReceipt,
  MAX_RECEIPT_BYTES,
  MAX_RECEIPT_ENTRIES,
  type ReadReceiptResult,
  type Receipt,
  type ReceiptEntry,
  type ReceiptPayload,
  readReceipt,
  type TreeState,
} from './receipt.js';
export {
  type Answer,
  type EntryCounts,
  exitCodeOf,
  FINDINGS,
  type Finding,
  type FindingCode,
  type FindingKind,
  type Part,
  type Severity,
  type VerifyReport,
} from './report.js';
export { type VerifiedState, verifiedState } from './resume/verified-state.js';
export { type TimestampCheck, type TimestampVerifier, timestampImprint } from './steps/anchor-receipts.js';
export { type ParentEvidence, parentOfCheckpoint, parentOfLog } from './steps/parent.js';
export { type VerifyOptions, type VerifyProgress, verifyLog } from './verify-log.js';
export {
  type ProvenEntry,
  type ReceiptReport,
  type VerifyReceiptOptions,
  verifyReceipt,
} from './verify-receipt.js';
export type { Cosigner } from './witnesses.js';
