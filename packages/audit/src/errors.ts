/**
 * The errors that audit throws, beside those of core and approval.
 */

import { CountersignError, type ErrorDetails, type JsonValue } from '@countersign/core';

/** Why a call was not run. */
export type RefusalCode =
  | 'POLICY_DENIED'
  | 'POLICY_UNSTEADY'
  | 'APPROVAL_REJECTED'
  | 'APPROVAL_ANSWERED'
  | 'APPROVAL_EXPIRED'
  | 'APPROVAL_ABORTED'
  | 'APPROVAL_MISMATCH'
  | 'APPROVAL_UNAVAILABLE'
  | 'ARGUMENTS_NOT_BINDABLE'
  | 'ARGUMENTS_INVALID'
  | 'CALL_ALREADY_BEGUN'
  | 'CALL_ABORTED'
  | 'EDIT_DENIED'
  | 'RECORD_FAILED'
  | 'WITNESS_UNAVAILABLE';

/** What a refusal carries for programs. */
export interface RefusalDetails extends ErrorDetails {
  readonly callId: string;
  readonly tool: string;
  /** Plain sentences, worst first. */
  readonly reasons: readonly string[];
  /** What the model may be told. */
  readonly messageForModel?: string;
}

/** The tool was not run. */
export class CallRefusedError extends CountersignError<RefusalCode> {
  readonly callId: string;
  readonly tool: string;
  readonly reasons: readonly string[];
  readonly messageForModel: string;

  constructor(code: RefusalCode, message: string, details: RefusalDetails) {
    super(code, message, details);
    this.callId = details.callId;
    this.tool = details.tool;
    this.reasons = details.reasons;
    this.messageForModel = details.messageForModel ?? message;
  }
}

/** A person rejected the call. */
export class ApprovalRejectedError extends CallRefusedError {}

/** A person answered in the tool's place: the tool was not run, and `answer` is what its caller gets. Code `APPROVAL_ANSWERED`. */
export class CallAnsweredError extends ApprovalRejectedError {
  /** JSON; a copy of the caller's own. */
  readonly answer: JsonValue;

  constructor(message: string, details: RefusalDetails & Pick<CallAnsweredError, 'answer'>) {
    super('APPROVAL_ANSWERED', message, details);
    this.answer = details.answer;
  }
}

/** Nobody decided in time. */
export class ApprovalExpiredError extends CallRefusedError {}

/** What was approved is not what is about to run. */
export class ApprovalMismatchError extends CallRefusedError {}

/** The approval was withdrawn before the intent of its call was recorded: the request waits again. Nothing was recorded. */
export class ApprovalWithdrawnError extends ApprovalMismatchError {}

/** The grant that was found for a call was used up, revoked or over when its intent was to be recorded. Nothing was recorded. */
export class GrantSpentError extends ApprovalMismatchError {}

/**
 * The tool ran, and its outcome could not be recorded. A retry would run it again: take `outcome` instead.
 * The message never carries the result.
 */
export class OutcomeNotRecordedError extends CountersignError<'OUTCOME_NOT_RECORDED'> {
  readonly callId: string;
  readonly tool: string;
  /** What the tool answered or threw. */
  readonly outcome: { readonly ok: true; readonly result: unknown } | { readonly ok: false; readonly error: unknown };

  constructor(message: string, details: ErrorDetails & Pick<OutcomeNotRecordedError, 'callId' | 'tool' | 'outcome'>) {
    super('OUTCOME_NOT_RECORDED', message, details);
    this.callId = details.callId;
    this.tool = details.tool;
    this.outcome = details.outcome;
  }
}

/** The log is older than something that this machine has seen of it. */
export class LogRolledBackError extends CountersignError<'LOG_ROLLED_BACK'> {
  /** Number of entries found, and the number that was known. */
  readonly found: number;
  readonly known: number;

  constructor(message: string, details: ErrorDetails & Pick<LogRolledBackError, 'found' | 'known'>) {
    super('LOG_ROLLED_BACK', message, details);
    this.found = details.found;
    this.known = details.known;
  }
}

/** The codes of `StoreUnavailableError`. */
export type StoreUnavailableCode =
  | 'STORE_MISSING'
  | 'STORE_LOCKED'
  | 'STORE_FULL'
  | 'STORE_IO'
  | 'STORE_CLOSED'
  | 'STORE_READ_ONLY';

/** The store cannot be reached now; what was asked for did not happen. */
export class StoreUnavailableError extends CountersignError<StoreUnavailableCode> {}

/** The codes of `StoreCorruptError`. */
export type StoreCorruptCode =
  | 'STORE_NOT_OURS'
  | 'STORE_FROM_THE_FUTURE'
  | 'STORE_DAMAGED'
  | 'ENTRY_CORRUPT'
  | 'ENTRY_UNPROVEN'
  | 'CONFLICTING_WRITE';

/** What is stored is not what Countersign wrote. The file is left untouched. */
export class StoreCorruptError extends CountersignError<StoreCorruptCode> {}

/** The codes of `KeyError`. */
export type KeyErrorCode =
  | 'KEY_MISSING'
  | 'KEY_INVALID'
  | 'KEY_EXPOSED'
  | 'KEY_MISMATCH'
  | 'KEY_NOT_ROTATED'
  | 'SIGNATURE_REFUSED'
  | 'SIGNER_BEHIND'
  | 'KEY_NOT_ERASED';

/** A key that cannot be used, or not so. */
export class KeyError extends CountersignError<KeyErrorCode> {}

/** The codes of `EntryError`. */
export type EntryErrorCode =
  | 'ENTRY_INVALID'
  | 'ENTRY_TOO_LARGE'
  | 'ENTRY_NOT_FOUND'
  | 'ENTRY_NOT_SIGNED'
  | 'CALL_AMBIGUOUS';

/** An entry that cannot be written, or is not there. */
export class EntryError extends CountersignError<EntryErrorCode> {}

/** The codes of `ExportError`. */
export type ExportErrorCode = 'EXPORT_FOLDER_NOT_OURS' | 'EXPORT_OF_OTHER_LOG' | 'EXPORT_CONFLICT' | 'EXPORT_LOCKED';

/** A folder that the log cannot be exported into. */
export class ExportError extends CountersignError<ExportErrorCode> {}

/** The codes of `CursorError`. */
export type QueryErrorCode = 'CURSOR_INVALID' | 'FILTER_INVALID';

/** A query that cannot be answered as asked. */
export class QueryError extends CountersignError<QueryErrorCode> {}
