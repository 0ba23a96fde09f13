/**
 * `createAuditLogger()`: typed helpers for the security events of a log.
 */

import type { Actor, JsonValue, RiskLevel } from '@countersign/core';
import type { EntryReceipt } from './call-record.js';
import type { FreeEntry } from './plan/free-entry.js';

/** What every event may say. */
export interface EventFields {
  /** What happened, in one word or name; at most 256 bytes. */
  readonly name: string;
  readonly actor?: Actor;
  readonly session?: string;
  /** Anything else, as plain JSON; a payload. Secrets in it are found as in arguments. */
  readonly details?: JsonValue;
}

/** How long something took, and whether it worked. */
export interface TimedFields extends EventFields {
  readonly success?: boolean;
  /** Milliseconds; recorded as integer microseconds. */
  readonly durationMs?: number;
}

/** The helpers. Each resolves when the event is durable and signed. */
export interface AuditLogger {
  codeExecution(event: TimedFields): Promise<EntryReceipt>;
  securityAssessment(event: EventFields & { readonly risk: RiskLevel }): Promise<EntryReceipt>;
  containerCreation(event: EventFields & { readonly success?: boolean }): Promise<EntryReceipt>;
  resourceViolation(event: EventFields): Promise<EntryReceipt>;
  securityEvent(
    event: EventFields & { readonly severity: 'info' | 'warning' | 'error' | 'critical' },
  ): Promise<EntryReceipt>;
  systemEvent(event: EventFields): Promise<EntryReceipt>;
  modelCall(event: TimedFields): Promise<EntryReceipt>;
  authorization(event: EventFields & { readonly allowed: boolean }): Promise<EntryReceipt>;
}

/** Makes the helpers for a log. */
export function createAuditLogger(log: { append(event: FreeEntry): Promise<EntryReceipt> }): AuditLogger {
  return {
    codeExecution: (event) => log.append({ kind: 'code-execution', ...timed(event) }),
    securityAssessment: (event) => log.append({ kind: 'security-assessment', ...common(event), risk: event.risk }),
    containerCreation: (event) => log.append({ kind: 'container-created', ...common(event), ...success(event) }),
    resourceViolation: (event) => log.append({ kind: 'resource-violation', ...common(event) }),
    securityEvent: (event) => log.append({ kind: 'security-event', ...common(event), severity: event.severity }),
    systemEvent: (event) => log.append({ kind: 'system-event', ...common(event) }),
    modelCall: (event) => log.append({ kind: 'model-call', ...timed(event) }),
    authorization: (event) => log.append({ kind: 'authorization', ...common(event), allowed: event.allowed }),
  };
}

function common({ name, actor, session, details }: EventFields): EventFields & { payloads?: { details: JsonValue } } {
  return {
    name,
    ...(actor === undefined ? {} : { actor }),
    ...(session === undefined ? {} : { session }),
    ...(details === undefined ? {} : { payloads: { details } }),
  };
}

function success(event: { readonly success?: boolean }): { success?: boolean } {
  return event.success === undefined ? {} : { success: event.success };
}

function timed(event: TimedFields): ReturnType<typeof common> & { success?: boolean; durationUs?: number } {
  const { durationMs } = event;
  return {
    ...common(event),
    ...success(event),
    ...(durationMs === undefined ? {} : { durationUs: Math.round(durationMs * 1000) }),
  };
}
