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
  type Anchor,
  AnchorError,
  type AnchorStatus,
  ApprovalExpiredError,
  ApprovalMismatchError,
  ApprovalRejectedError,
  type Audited,
  type AuditedCall,
  type AuditLog,
  CallRefusedError,
  createAuditLogger,
  createFileAnchor,
  createWebhookAnchor,
  createWitnessAnchor,
  KeyError,
  LogRolledBackError,
  MarkError,
  OutcomeNotRecordedError,
  StoreCorruptError,
  StoreUnavailableError,
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
