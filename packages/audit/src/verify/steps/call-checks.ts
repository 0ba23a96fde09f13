/**
 * What a call that ran says of itself (log format, section 8): whether its own words let it run, and whether the digest binds the
 * arguments on record. It needs nothing but the entry and its payloads. Pure.
 */

import { callDigestOfText, decodeBase64 } from '@countersign/core';
import type { EntryOf } from '../../entry/kinds.js';
import type { Report } from '../finding-list.js';
import type { FoundPayload } from './payloads.js';

/** Checks a `tool-call` entry with the payloads that were found for it. */
export function checkCall(entry: EntryOf<'tool-call'>, payloads: readonly FoundPayload[], report: Report): void {
  // Nobody here could have stopped a call that a provider ran itself.
  if (entry.outcome === 'observed_only') return;
  const fault = faultOf(entry);
  if (fault !== undefined) report('RUN_NOT_ALLOWED', fault, entry.index);
  checkArguments(entry, payloads, report);
}

/** The digest can be opened where nothing was redacted, cut or erased. */
function checkArguments(entry: EntryOf<'tool-call'>, payloads: readonly FoundPayload[], report: Report): void {
  const { log, call, tool, toolDigest, policy, argsDigest, index } = entry;
  if (argsDigest === undefined) return;
  const args = payloads.find(({ row }) => row.name === 'args');
  const salt = readSalt(payloads);
  if (args === undefined || args.truncated || salt === undefined) return;
  // The payload's bytes are canonical, so they stand in the statement as they are.
  const argsText = viewOf(args.row.bytes).toString('utf8');
  if (callDigestOfText({ salt, log, callId: call, tool, toolDigest, argsText, policy }) === argsDigest) return;
  report('ARGS_DIGEST_MISMATCH', 'The digest of the recorded arguments is another.', index);
}

/** The salt of the digest; undefined where it was not recorded, or something else stands in its place. */
function readSalt(payloads: readonly FoundPayload[]): Uint8Array | undefined {
  const bytes = payloads.find(({ row }) => row.name === 'argsSalt')?.row.bytes;
  // A string in quotes, of which 24 characters of base64 hold 16 bytes; its commitment was checked with the payloads.
  if (bytes?.length !== SALT_TEXT_BYTES || bytes[0] !== QUOTE) return undefined;
  try {
    const salt = decodeBase64(viewOf(bytes).toString('latin1', 1, SALT_TEXT_BYTES - 1));
    return salt.length === SALT_BYTES ? salt : undefined;
  } catch {
    // A salt of another form opens nothing.
    return undefined;
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

const SALT_BYTES = 16;
const SALT_TEXT_BYTES = 26;
const QUOTE = 0x22;

/** What in a call's own words does not let it run; undefined when they do. */
function faultOf(entry: EntryOf<'tool-call'>): string | undefined {
  const { decision, decisionBy, verdict, rule, request, grant } = entry;
  if (verdict === undefined || verdict === 'deny') return 'The verdict does not let the call run.';
  switch (decision) {
    case 'not_required':
    case 'auto': {
      if (decision === 'auto' && decisionBy === 'similar_match') return answeredByGrant(entry);
      if (request !== undefined || grant !== undefined)
        return 'The call names an approval that its decision does not need.';
      if (verdict !== 'allow') return 'Nobody decided, and the verdict does not allow the call.';
      const isDefault = rule.startsWith('default:');
      if (decisionBy !== rule || isDefault !== (decision === 'not_required'))
        return 'The decision does not name the rule.';
      return undefined;
    }
    case 'approved':
      if (request === undefined || grant !== undefined) return 'An approved call must name its request, and no grant.';
      return entry.argsDigest === undefined ? 'An approved call must be bound to its arguments.' : undefined;
    case 'rejected':
      return 'The call was rejected.';
    default:
      return decision satisfies never;
  }
}

function answeredByGrant({ request, grant, argsDigest }: EntryOf<'tool-call'>): string | undefined {
  if (grant === undefined || request !== undefined) return 'A call that a grant answered must name it, and no request.';
  return argsDigest === undefined ? 'A call that a grant answered must be bound to its arguments.' : undefined;
}
