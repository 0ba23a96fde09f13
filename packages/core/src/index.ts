export type { Actor } from './actor.js';
export { Base64Error, type Base64ErrorCode, decodeBase64, encodeBase64 } from './base64.js';
export {
  CALL_SALT_BYTES,
  type CallDigestInput,
  type CallTextDigestInput,
  callDigest,
  callDigestOfText,
  toolDigest,
} from './call-digest.js';
export {
  CanonicalJsonError,
  type CanonicalJsonErrorCode,
  canonicalBytes,
  canonicalJson,
  canonicalRecord,
} from './canonical-json.js';
export { isCertainlyCanonical } from './canonical-scan.js';
export {
  type ArgumentSpan,
  type Classification,
  EFFECTS,
  type Effect,
  type ParserReport,
  type Reason,
  type Signal,
} from './classification.js';
export { type CallContext, currentContext, resolveContext, runInSession } from './context.js';
export {
  type CancelTimer,
  createId,
  createSystemEnvironment,
  type Environment,
  type Fetch,
  type FetchOptions,
} from './environment.js';
export { ConfigError, type ConfigErrorCode, CountersignError, type ErrorDetails } from './errors.js';
export { MAX_GLOB_LENGTH, matchesGlob } from './glob.js';
export { isJsonObject, type JsonArray, type JsonObject, type JsonValue, setMember } from './json.js';
export {
  checkIdentifier,
  MAX_IDENTIFIER_BYTES,
  MAX_JSON_DEPTH,
  MAX_VALUE_BYTES,
  MAX_VALUE_DEPTH,
  MAX_VALUE_NODES,
} from './limits.js';
export { type Loss, type LossKind, type Normalised, type NormaliseOptions, normalise } from './normalise.js';
export {
  JsonParseError,
  type JsonParseErrorCode,
  MAX_JSON_TEXT_BYTES,
  type ParseJsonLimits,
  parseCanonicalJson,
  parseJson,
} from './parse-json.js';
export { ReviveError, type ReviveErrorCode, revive } from './revive.js';
export { compareRisk, isAtLeast, isRiskLevel, maxRisk, RISK_LEVELS, type RiskLevel } from './risk.js';
export { formatTime, parseTime, TimeError, type TimeErrorCode } from './time.js';
export type { ToolAnnotations, ToolCall, ToolDefinition } from './tool-call.js';
