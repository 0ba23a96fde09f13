/**
 * The calls of a tool that asked for approval, as the log holds them: what a grant is tried on before it is made.
 */

import type { PastCall, PastCalls } from '@countersign/approval';
import { isJsonObject, type JsonValue, parseTime } from '@countersign/core';
import { openPayload } from './payload.js';
import { type OpenedEntry, readEntries } from './query/opened-entry.js';
import { isBegin, type OpenedBegin } from './query/view-call.js';
import type { LogStore } from './store.js';

/** The most calls of one tool that are looked through. */
export const MAX_PAST_CALLS = 1_000;

/**
 * Reads the newest calls of a tool, newest first, and answers those that asked for approval: others need no grant.
 * @throws StoreCorruptError ENTRY_CORRUPT
 */
export async function readPastCalls(
  store: Pick<LogStore, 'findCalls' | 'read'>,
  { name, server }: { readonly name: string; readonly server?: string },
): Promise<PastCalls> {
  const indexes = await store.findCalls({ tool: name, order: 'newest-first', limit: MAX_PAST_CALLS });
  const calls: PastCall[] = [];
  for (let at = 0; at < indexes.length; at += PAGE) {
    const page = indexes.slice(at, at + PAGE);
    const opened = await readEntries(store, page);
    for (const index of page) {
      const entry = opened.get(index);
      if (entry === undefined || !isBegin(entry)) continue;
      const { tool, server: of, verdict } = entry.entry;
      // A name may hold what a filter takes for a wildcard.
      if (tool === name && of === server && verdict === 'require-approval') calls.push(pastCall(entry));
    }
  }
  return { calls, isComplete: indexes.length < MAX_PAST_CALLS };
}

/** Entries that are read at once. */
const PAGE = 100;

function pastCall(opened: OpenedBegin): PastCall {
  const { call, run, time, decision, decisionBy, tool, server, toolDigest, session, risk, classification, policy } =
    opened.entry;
  const args = exactArgs(opened);
  return {
    index: opened.index,
    callId: call,
    run,
    atUs: parseTime(time),
    decision,
    decisionBy,
    facts: {
      tool,
      ...(server !== undefined && { server }),
      toolDigest,
      ...(session !== undefined && { session }),
      risk,
      signals: classification.signals,
      ruleSet: classification.ruleSet,
      policy,
    },
    ...(args !== undefined && { args }),
  };
}

/** The arguments are the exact ones where their salt is there, which is destroyed for those with secrets, and where nothing was cut. */
function exactArgs({ entry, payloads, stored }: OpenedEntry): JsonValue | undefined {
  const salt = payloads.get('argsSalt');
  const payload = stored.find(({ name }) => name === 'args');
  const commitment = entry.payload.args;
  if (salt === undefined || isJsonObject(salt) || payload === undefined || commitment === undefined) return undefined;
  const opened = openPayload(payload, commitment);
  return opened.ok && !opened.truncated ? opened.value : undefined;
}
