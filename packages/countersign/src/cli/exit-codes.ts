/**
 * The exit codes of the command (log format, section 8; api.md), and which error ends in which. Pure.
 */

import { CountersignError } from '@countersign/core';

/** What the command ends with. */
export const EXIT = {
  ok: 0,
  internal: 1,
  usage: 2,
  tampering: 3,
  incomplete: 4,
  refused: 5,
  timedOut: 6,
  storeUnavailable: 7,
  /** 128 and the number of SIGINT. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code for something thrown, by its pinned code. */
export function exitCodeOf(error: unknown): ExitCode {
  const code = codeOf(error);
  return code === undefined ? EXIT.internal : (EXIT_BY_CODE.get(code) ?? EXIT.internal);
}

/** The pinned code of an error of ours; undefined for anything else, such as the errors of the system. */
export function codeOf(error: unknown): string | undefined {
  if (error instanceof CountersignError) return error.code;
  // Errors of tlog have pinned codes too, and no class in common with the others.
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && EXIT_BY_CODE.has(code) ? code : undefined;
}

const CODES: readonly (readonly [ExitCode, readonly string[]])[] = [
  [
    EXIT.usage,
    [
      'ARCHIVE_EXISTS',
      'ARCHIVE_IO',
      'ARGUMENT_INVALID',
      'CALL_AMBIGUOUS',
      'CONFIG_INVALID',
      'CONFIG_UNREADABLE',
      'CONFIRMATION_NEEDED',
      'CURSOR_INVALID',
      'DECISION_INVALID',
      'ENTRY_NOT_FOUND',
      'ENTRY_NOT_SIGNED',
      'EXPORT_FOLDER_NOT_OURS',
      'EXPORT_OF_OTHER_LOG',
      'FILE_NOT_REGULAR',
      'FILE_UNREADABLE',
      'FILTER_INVALID',
      'GRANT_NOT_FOUND',
      'HOLD_NOT_FOUND',
      'KEY_EXPOSED',
      'KEY_INVALID',
      'KEY_MISSING',
      'KEY_NOT_ERASED',
      'KEY_NOT_ROTATED',
      'LIMIT_EXCEEDED',
      'LOG_EXISTS',
      'OPTION_INVALID',
      'PAYLOAD_NOT_FOUND',
      'REQUEST_NOT_FOUND',
    ],
  ],
  [
    EXIT.tampering,
    [
      'ARCHIVE_INVALID',
      'CONFLICTING_WRITE',
      'ENTRY_CORRUPT',
      'ENTRY_UNPROVEN',
      'EXPORT_CONFLICT',
      'KEY_MISMATCH',
      'LOG_ROLLED_BACK',
      'MARK_FORKED',
      'MARK_OF_OTHER_LOG',
      'STORE_DAMAGED',
    ],
  ],
  [EXIT.incomplete, ['MARK_DAMAGED', 'MARK_IO', 'MARK_LOCKED']],
  [
    EXIT.refused,
    [
      'ALREADY_APPROVED',
      'ALREADY_DECIDED',
      'APPROVAL_ANSWERED',
      'APPROVAL_REJECTED',
      'APPROVER_NOT_ENTITLED',
      'EDIT_NOT_ALLOWED',
      'EDIT_NOT_POSSIBLE_HERE',
      'GRANT_NOT_ALLOWED',
      'GRANT_REVOKED',
      'HELD',
      'NOT_APPROVED_BEFORE',
      'NOT_CONFIRMED',
      'PAYLOAD_NEEDED',
      'POLICY_DENIED',
      'REASON_REQUIRED',
      'SELF_APPROVAL',
      'SIGNATURE_INVALID',
      'SIGNATURE_REQUIRED',
    ],
  ],
  [EXIT.timedOut, ['APPROVAL_EXPIRED']],
  [
    EXIT.storeUnavailable,
    [
      'EXPORT_LOCKED',
      'STORE_CLOSED',
      'STORE_FROM_THE_FUTURE',
      'STORE_FULL',
      'STORE_IO',
      'STORE_LOCKED',
      'STORE_MISSING',
      'STORE_NOT_OURS',
      'STORE_READ_ONLY',
    ],
  ],
];

const EXIT_BY_CODE: ReadonlyMap<string, ExitCode> = new Map(
  CODES.flatMap(([exit, codes]) => codes.map((code) => [code, exit] as const)),
);

/** Every code that has an exit code of its own, for the documentation. */
export const PINNED_CODES: readonly string[] = [...EXIT_BY_CODE.keys()];
