export {
  AlreadyDecidedError,
  type Approvals,
  type Channel,
  createPolicy,
  createScriptedChannel,
  createTerminalChannel,
  type Decision,
  type DecisionInput,
  type Policy,
  type PolicyInput,
} from '@countersign/approval';
export {
  createDecisionHandler,
  createWebhookChannel,
  type DecisionHandlerOptions,
  type HttpHandler,
  serveDecisions,
  type WebhookChannelOptions,
} from '@countersign/approval/channels';
export {
  type Anchor,
  AnchorError,
  type AnchorStatus,
  ApprovalExpiredError,
  ApprovalMismatchError,
  ApprovalRejectedError,
  type Audited,
  type AuditedCall,
  type AuditLog,
  CallAnsweredError,
  CallRefusedError,
  type ConsistencyReceipt,
  createAuditLogger,
  createFileAnchor,
  createRemoteIdentity,
  createTimestampAnchor,
  createWebhookAnchor,
  createWitnessAnchor,
  formatReceipt,
  type Judge,
  type JudgeOpinion,
  type JudgeQuestion,
  joinCompleteness,
  KeyError,
  LogRolledBackError,
  MarkError,
  OutcomeNotRecordedError,
  type Receipt,
  type ReceiptReport,
  type RemoteIdentity,
  type RiskCompleteness,
  StoreCorruptError,
  StoreUnavailableError,
  verifyReceipt,
} from '@countersign/audit';
export { classifyShell, classifySql, classifyTool, createClassifier } from '@countersign/classification';
export {
  type Actor,
  type CallContext,
  type Classification,
  ConfigError,
  CountersignError,
  type RiskLevel,
  runInSession,
} from '@countersign/core';
export { getAuditLog } from './get-audit-log.js';
export { type Countersign, type CountersignOptions, openCountersign } from './open-countersign.js';
export type { PolicyFileInput } from './policy/file-schema.js';
export type { PolicyOption, PolicyTiers } from './policy/in-force.js';
export type { PolicyReload, PolicyStatus } from './policy/live-policy.js';
export type { PolicySource } from './policy/load-file.js';
