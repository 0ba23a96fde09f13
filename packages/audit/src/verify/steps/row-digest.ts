/**
 * Where a row of the approvals holds more than the log: a long payload is a preview in the log and whole in the row. Such a
 * member is compared by the digest in the preview; one whose payload is gone must be gone from the row as well. Pure.
 */

import { hash } from 'node:crypto';
import type { ApprovalRecord, GrantRecord } from '@countersign/approval';
import { CountersignError, canonicalBytes, isJsonObject, type JsonValue, parseJson } from '@countersign/core';
import { commitPayload } from '../../payload.js';
import type { OpenedPayloads } from '../evidence.js';

/** The payloads that become members of rows. */
export type RowPayload = 'args' | 'reasons' | 'reason' | 'message' | 'response' | 'editedArgs' | 'arguments';

/** A payload of which the log holds less than the row. */
export interface CutPayload {
  readonly name: RowPayload;
  /** Present for a preview: the salt, and the commitment of the whole. */
  readonly whole?: { readonly salt: Uint8Array; readonly digest: string };
}

/** The digest by which a final row is remembered. */
export function digestRow(text: string): string {
  return hash('sha256', text, 'base64');
}

/** The payloads that an entry commits to and that are no longer, or not wholly, in the log. */
export function cutPayloads(
  commitments: Readonly<Record<string, string>>,
  opened: OpenedPayloads,
  names: readonly RowPayload[],
): readonly CutPayload[] {
  return names.flatMap((name): readonly CutPayload[] => {
    if (!Object.hasOwn(commitments, name)) return [];
    const payload = opened.get(name);
    if (payload === undefined) return [{ name }];
    if (!payload.truncated || !isJsonObject(payload.value)) return [];
    const { digest } = payload.value;
    return [{ name, whole: { salt: payload.salt, digest: typeof digest === 'string' ? digest : '' } }];
  });
}

/**
 * The projected row with the members that only the stored one has whole; undefined when one of them is not what was cut. A
 * member whose payload is gone stays as the projection leaves it: empty.
 */
export function fillRequest(
  projected: ApprovalRecord,
  stored: ApprovalRecord,
  cuts: readonly CutPayload[],
): ApprovalRecord | undefined {
  let filled = projected;
  for (const { name, whole } of cuts) {
    if (whole === undefined) continue;
    if (!isWhole({ name, whole }, requestMember(stored, name))) return undefined;
    filled = takeMember(filled, stored, name);
  }
  return filled;
}

/** The same for a grant, whose one payload is its patterns. */
export function fillGrant(
  projected: GrantRecord,
  stored: GrantRecord,
  cuts: readonly CutPayload[],
): GrantRecord | undefined {
  const { arguments: patterns } = stored.grant;
  const previews = cuts.flatMap(({ name, whole }) => (whole === undefined ? [] : [{ name, whole }]));
  if (!previews.every((cut) => isWhole(cut, patterns))) return undefined;
  return previews.length === 0 ? projected : { ...projected, grant: { ...projected.grant, arguments: patterns } };
}

function requestMember({ request, decision }: ApprovalRecord, name: RowPayload): unknown {
  switch (name) {
    case 'args':
      return request.args;
    case 'reasons':
      return request.reasons;
    case 'reason':
      return decision?.reason;
    case 'message':
      return decision?.messageForModel;
    case 'response':
      return decision?.respondWith;
    case 'editedArgs':
      return decision?.editedArgs;
    case 'arguments':
      return undefined;
    default:
      return name satisfies never;
  }
}

function takeMember(projected: ApprovalRecord, stored: ApprovalRecord, name: RowPayload): ApprovalRecord {
  const { request, decision } = projected;
  if (name === 'args') return { ...projected, request: { ...request, args: stored.request.args } };
  if (name === 'reasons') return { ...projected, request: { ...request, reasons: stored.request.reasons } };
  if (decision === undefined || stored.decision === undefined) return projected;
  const { reason, messageForModel, respondWith, editedArgs } = stored.decision;
  switch (name) {
    case 'reason':
      return { ...projected, decision: { ...decision, ...(reason !== undefined && { reason }) } };
    case 'message':
      return { ...projected, decision: { ...decision, ...(messageForModel !== undefined && { messageForModel }) } };
    case 'response':
      return { ...projected, decision: { ...decision, ...(respondWith !== undefined && { respondWith }) } };
    case 'editedArgs':
      return { ...projected, decision: { ...decision, ...(editedArgs !== undefined && { editedArgs }) } };
    case 'arguments':
      return projected;
    default:
      return name satisfies never;
  }
}

/** Whether a member is the value that a preview was cut from. */
function isWhole({ name, whole }: Required<CutPayload>, member: unknown): boolean {
  const bytes = tryBytes(member);
  return bytes !== undefined && commitPayload({ salt: whole.salt, name, bytes }) === whole.digest;
}

function tryBytes(member: unknown): Uint8Array | undefined {
  if (member === undefined) return undefined;
  try {
    const value: JsonValue = parseJson(JSON.stringify(member));
    return canonicalBytes(value);
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}
