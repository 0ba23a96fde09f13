export { applyApprovalEvent, type CurrentRows, type EventStamp } from './apply-event.js';
export {
  Approvals,
  type ApprovalsOptions,
  createApprovals,
  type PendingFilter,
} from './approvals.js';
export type { ApprovalsEvents, ApprovalsListener, ChannelFailure } from './approvals-events.js';
export type { Channel, Decide, DecisionDesk } from './channel.js';
export { createScriptedChannel, type DecideRequest } from './channels/scripted.js';
export { createTerminalChannel, type TerminalChannelOptions } from './channels/terminal.js';
export { describePatterns, formatRequest, similarScope } from './channels/terminal-view.js';
export {
  ATTESTATIONS,
  type Attestation,
  type Decision,
  type DecisionInput,
  type DecisionSignature,
  type EditAssessment,
  type EditAssessor,
} from './decision.js';
export {
  AlreadyDecidedError,
  ApprovalError,
  type ApprovalErrorCode,
  type ApprovalNotFoundCode,
  ApprovalNotFoundError,
  alreadyDecided,
  type DecidedBy,
  type DecisionInvalidCode,
  DecisionInvalidError,
} from './errors.js';
export { evaluatePolicy, matchesPolicyRule, type PolicySubject, policyDigest } from './evaluate-policy.js';
export type { ArgumentPattern, Grant, GrantRecord, GrantScope } from './grant.js';
export { type GrantOrigin, grantFromDecision, parseGrantScope, suggestPatterns } from './issue-grant.js';
export type {
  ApprovalEvent,
  DecisionDraft,
  DecisionJournal,
  GrantDraft,
  JournalResult,
  RequestDraft,
} from './journal.js';
export {
  explainDeadGrant,
  explainGrantMismatch,
  type GrantCandidate,
  type GrantMismatch,
  matchesGrant,
  mayAnswer,
} from './match-grant.js';
export {
  type ApprovalChanges,
  createMemoryApprovalStore,
  createMemoryJournal,
  type MemoryApprovalStore,
  type MemoryJournalOptions,
} from './memory-store.js';
export {
  createPolicy,
  POLICY_TIERS,
  POLICY_TIMEOUT_MS,
  type Policy,
  type PolicyInput,
  type PolicyMatch,
  type PolicyRule,
  type PolicyTier,
  type TermsByLevel,
  type TierSettings,
} from './policy.js';
export {
  type CallHistory,
  type GrantPreview,
  type PastCall,
  type PastCalls,
  type PreviewMismatch,
  previewGrant,
  previewScope,
} from './preview-grant.js';
export {
  approvalsOf,
  describeNeeds,
  explainNotAsked,
  givenApproval,
  hasApproved,
  isSpent,
  missingApprovals,
  needsReason,
  quorumOf,
  rowAfterDecision,
  rowAfterEscalation,
  rowAfterWithdrawal,
} from './quorum.js';
export type { RefusedDecision } from './refused-decision.js';
export {
  type ApprovalNeeds,
  type ApprovalRecord,
  type ApprovalRequest,
  EXPIRY_CAUSES,
  type ExpiryCause,
  type GivenApproval,
  NEVER_US,
  REASON_NEEDS,
  REQUEST_STATES,
  type RequestState,
  type Withdrawal,
} from './request.js';
export { formatApprovalRecord, formatGrantRecord, parseApprovalRecord, parseGrantRecord } from './rows.js';
export { escapeUnsafe, escapeUnsafeLines } from './safe-text.js';
export { GRANT_LIMITS, MAX_RESPONSE_BYTES, MAX_TEXT_BYTES } from './schemas.js';
export type { ApprovalStore, GrantChange, GrantFilter, RequestChange, RequestFilter } from './store.js';
export { type ApprovalTerms, endOf, joinTerms, needsOf, TERMS_LIMITS, TIMEOUT_ACTIONS, termsSchema } from './terms.js';
export {
  type GrantRefusalCode,
  type GrantTransitionResult,
  grantRefusalError,
  issueGrant,
  type Refusal,
  requestRefusalError,
  revokeGrant,
  type TransitionEvent,
  type TransitionRefusalCode,
  type TransitionResult,
  transition,
  useGrant,
} from './transition.js';
export { type PolicyVerdict, type ShadowVerdict, VERDICTS, type Verdict } from './verdict.js';
export type { SettledRequest } from './waiting-room.js';
