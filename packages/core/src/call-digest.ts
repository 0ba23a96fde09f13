/**
 * The digests that bind an approval to one call of one tool (log format, section 4). Pure.
 */

import { createHash, hash } from 'node:crypto';
import { encodeBase64 } from './base64.js';
import { canonicalBytes, canonicalJson } from './canonical-json.js';
import { ConfigError } from './errors.js';
import type { JsonObject, JsonValue } from './json.js';
import { checkIdentifier } from './limits.js';
import type { ToolDefinition } from './tool-call.js';

/** The length of a call's salt in bytes. */
export const CALL_SALT_BYTES = 16;

/** What a call's digest covers. */
export interface CallDigestInput {
  /** Exactly 16 random bytes, kept with the request: they keep short arguments from being guessed. */
  readonly salt: Uint8Array;
  /** The log's origin. */
  readonly log: string;
  readonly callId: string;
  /** The tool's name. */
  readonly tool: string;
  /** What `toolDigest` answered. */
  readonly toolDigest: string;
  /** The exact arguments: normalised, never redacted, never truncated. */
  readonly args: JsonValue;
  /** The digest of the policy and the rules in force. */
  readonly policy: string;
}

/** What a call's digest covers, with its arguments as canonical JSON. */
export interface CallTextDigestInput extends Omit<CallDigestInput, 'args'> {
  readonly argsText: string;
}

/**
 * `SHA-256("countersign/call/v1" || 00 || salt || JCS({args, call, log, policy, tool, toolDigest}))` in standard base64.
 * @throws ConfigError OPTION_INVALID or LIMIT_EXCEEDED for a salt of another length or a text that is no identifier.
 * @throws CanonicalJsonError when `args` is not strict JSON.
 */
export function callDigest({ args, ...input }: CallDigestInput): string {
  return callDigestOfText({ ...input, argsText: canonicalJson(args) });
}

/**
 * The same over arguments that are at hand as canonical text.
 * @throws ConfigError as `callDigest`.
 */
export function callDigestOfText(input: CallTextDigestInput): string {
  const { salt, log, callId, tool, toolDigest: definition, argsText, policy } = input;
  if (salt.length !== CALL_SALT_BYTES) {
    throw new ConfigError('OPTION_INVALID', `salt: expected ${CALL_SALT_BYTES} bytes, found ${salt.length}`);
  }
  checkIdentifier('log', log);
  checkIdentifier('callId', callId);
  checkIdentifier('tool', tool);
  checkIdentifier('toolDigest', definition);
  checkIdentifier('policy', policy);
  // The members in canonical order.
  const statement =
    `{"args":${argsText},"call":${canonicalJson(callId)},"log":${canonicalJson(log)},"policy":${canonicalJson(policy)}` +
    `,"tool":${canonicalJson(tool)},"toolDigest":${canonicalJson(definition)}}`;
  return hash('sha256', Buffer.concat([CALL_TAG, salt, Buffer.from(statement, 'utf8')]), 'base64');
}

/**
 * `SHA-256("countersign/tool/v1" || 00 || JCS({annotations?, description?, inputSchema?, name, server?, title?}))` in standard
 * base64: a tool whose definition changes after an approval is another tool. Members that are absent or undefined are left out.
 * @throws ConfigError OPTION_INVALID or LIMIT_EXCEEDED when the name or the server is no identifier.
 * @throws CanonicalJsonError when the definition holds something other than strict JSON.
 */
export function toolDigest(tool: ToolDefinition): string {
  checkIdentifier('tool.name', tool.name);
  if (tool.server !== undefined) checkIdentifier('tool.server', tool.server);
  const { name, title, description, inputSchema, annotations, server } = tool;
  const definition = present({
    name,
    title,
    description,
    inputSchema,
    annotations: annotations && present({ ...annotations }),
    server,
  });
  return encodeBase64(createHash('sha256').update(TOOL_TAG).update(canonicalBytes(definition)).digest());
}

const CALL_TAG = Buffer.from('countersign/call/v1\0');

const TOOL_TAG = Buffer.from('countersign/tool/v1\0');

/** The members that are there: an absent member and an undefined one mean the same in a definition. */
function present(members: Readonly<Record<string, JsonValue | undefined>>): JsonObject {
  const kept: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(members)) {
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
