/**
 * The policies on record, and the verdicts that they give (log format, section 8). A policy is recorded by `policy-changed`:
 * its payload is the statement that its digest covers, `{extra?, policy, ruleSet}`, or the policy alone. Pure.
 */

import { createPolicy, evaluatePolicy, type Policy, policyDigest } from '@countersign/approval';
import { CountersignError, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { EntryOf } from '../../entry/kinds.js';
import { isSeen, type Seen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';

/** Follows the policies of a log. Memory goes by their number. */
export class Policies {
  readonly #report: Report;
  /** By digest; undefined for a policy that cannot be read. */
  readonly #policies = new Map<string, Policy | undefined>();
  /** Digests that something was said of already. */
  readonly #told = new Set<string>();
  #newest: string | undefined;

  constructor(report: Report) {
    this.#report = report;
  }

  see(seen: SeenEntry): void {
    if (isSeen(seen, 'policy-changed')) this.#change(seen);
  }

  /** Checks the verdict of a call that ran. `unread` says how many entries before it cannot be read. */
  judge({ entry, unread }: Seen<'tool-call'>): void {
    const { policy: digest, index } = entry;
    if (this.#newest === undefined) {
      if (unread === 0) this.#tell('NO_POLICY_RECORDED', digest, index);
      return;
    }
    if (!this.#policies.has(digest)) {
      if (unread === 0) this.#report('POLICY_NOT_RECORDED', 'The policy of the call is not on record.', index);
      return;
    }
    if (digest !== this.#newest) this.#tell('POLICY_SUPERSEDED', digest, index);
    const policy = this.#policies.get(digest);
    if (policy === undefined) this.#tell('POLICY_NOT_CHECKED', digest, index);
    else this.#judgeAgain(policy, entry);
  }

  #judgeAgain(policy: Policy, entry: EntryOf<'tool-call'>): void {
    const { tool, server, session, actor, risk, classification, verdict, rule, index } = entry;
    const again = evaluatePolicy(
      policy,
      {
        tool: { name: tool, ...(server !== undefined && { server }) },
        context: {
          ...(session !== undefined && { session }),
          ...(actor !== undefined && { actor: { kind: actor.kind, id: actor.id } }),
        },
      },
      { level: risk, effects: classification.effects },
    );
    if (again.verdict !== verdict || again.rule !== rule) {
      const message = `The policy on record says ${again.verdict} by ${again.rule}; the call says otherwise.`;
      this.#report('AUTHORITY_VERDICT_MISMATCH', message, index);
    }
    if (!entry.bound && policy.unbindable !== 'run') {
      this.#report('RUN_NOT_ALLOWED', 'The policy refuses calls whose arguments cannot be bound.', index);
    }
  }

  #change({ entry, payloads }: Seen<'policy-changed'>): void {
    const { policy: digest, index } = entry;
    this.#newest = digest;
    const payload = payloads.get('policy');
    const statement = payload === undefined || payload.truncated ? undefined : readStatement(payload.value);
    if (statement?.digest !== undefined && statement.digest !== digest) {
      this.#report('POLICY_DIGEST_MISMATCH', 'The digest of the recorded policy is another.', index);
    }
    this.#policies.set(digest, statement?.policy);
  }

  /** Says something once for each policy. */
  #tell(code: 'NO_POLICY_RECORDED' | 'POLICY_SUPERSEDED' | 'POLICY_NOT_CHECKED', digest: string, index: number): void {
    // Without any policy on record, one finding says it of all calls.
    const key = code === 'NO_POLICY_RECORDED' ? code : `${code} ${digest}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#report(code, MESSAGES[code], index);
  }
}

const MESSAGES = {
  NO_POLICY_RECORDED: 'No policy was recorded before this call.',
  POLICY_SUPERSEDED: 'A later policy was on record when this call was judged.',
  POLICY_NOT_CHECKED: 'The policy of this call cannot be read from the log.',
} as const;

/** The policy, and its digest where the whole statement is there. */
function readStatement(value: JsonValue): { readonly policy: Policy; readonly digest?: string } | undefined {
  if (!isJsonObject(value)) return undefined;
  const { policy: document, ruleSet, extra } = value;
  if (document === undefined) return wrap(readPolicy(value));
  const policy = readPolicy(document);
  if (policy === undefined || typeof ruleSet !== 'string') return wrap(policy);
  if (extra !== undefined && !isJsonObject(extra)) return wrap(policy);
  return { policy, digest: digestOf(policy, ruleSet, extra) };
}

function wrap(policy: Policy | undefined): { readonly policy: Policy } | undefined {
  return policy === undefined ? undefined : { policy };
}

function digestOf(policy: Policy, ruleSet: string, extra: JsonObject | undefined): string {
  return extra === undefined ? policyDigest(policy, ruleSet) : policyDigest(policy, ruleSet, extra);
}

function readPolicy(value: JsonValue): Policy | undefined {
  try {
    return createPolicy(value);
  } catch (error) {
    if (error instanceof CountersignError) return undefined;
    throw error;
  }
}
