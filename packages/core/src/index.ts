export { ACTOR_KINDS, type Actor } from './actor.js';
export {
  type ArgumentSpan,
  type Classification,
  EFFECTS,
  type Effect,
  type ParserReport,
  type Reason,
  type Signal,
} from './classification.js';
export { type CallContext, currentContext, runInSession } from './context.js';
export { type CancelTimer, createId, createSystemEnvironment, type Environment } from './environment.js';
export { ConfigError, type ConfigErrorCode, CountersignError, type ErrorDetails } from './errors.js';
export { isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './json.js';
export { compareRisk, isAtLeast, isRiskLevel, maxRisk, RISK_LEVELS, type RiskLevel } from './risk.js';
export type { ToolAnnotations, ToolCall, ToolDefinition } from './tool-call.js';
