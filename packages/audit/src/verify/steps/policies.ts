/**
 * The policies on record, and the verdicts that they give (log format, section 8). A policy is recorded by `policy-changed`:
 * its payload is the statement that its digest covers, `{extra?, policy, ruleSet}`, or the policy alone. Pure.
 */

import { createPolicy, evaluatePolicy, needsOf, type Policy, policyDigest } from '@countersign/approval';
import { CountersignError, canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '@countersign/core';
import type { EntryOf } from '../../entry/kinds.js';
import { toActor } from '../../projection.js';
import { isSeen, type Seen, type SeenEntry } from '../evidence.js';
import type { Report } from '../finding-list.js';
import type { Judgement } from '../range/checked-range.js';
import type { VerifiedState } from '../resume/verified-state.js';

/** Follows the policies of a log. Memory goes by their number. */
export class Policies {
  readonly #report: Report;
  /** By digest; undefined for a policy that cannot be read. */
  readonly #policies = new Map<string, Policy | undefined>();
  /** Digests that something was said of already. */
  readonly #told = new Map<string, readonly [code: Told, digest: string, index: number]>();
  /** By the key of the judgement. */
  readonly #judged = new Map<string, readonly Objection[]>();
  #newest: string | undefined;

  constructor(report: Report) {
    this.#report = report;
  }

  /** What was said once, for a later verification. */
  told(): VerifiedState['told'] {
    return [...this.#told.values()].map(([code, digest, index]) => [code, digest, index]);
  }

  /** Says again what an earlier verification said of calls that are not seen again. */
  tellAgain(told: VerifiedState['told']): void {
    for (const [code, digest, index] of told) {
      if (isTold(code)) this.#tell(code, digest, index);
    }
  }

  see(seen: SeenEntry): void {
    if (isSeen(seen, 'policy-changed')) this.#change(seen);
  }

  /** Checks the verdict of a call that ran. `unread` says how many entries before it cannot be read. */
  judge(judgement: Judgement, { index, unread }: { readonly index: number; readonly unread: number }): void {
    const { policy: digest } = judgement;
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
    const rests = judgement.isCut && policy?.rules.some(({ match }) => match.mark !== undefined) === true;
    if (policy === undefined || rests) this.#tell('POLICY_NOT_CHECKED', digest, index);
    else for (const [code, message] of this.#objections(policy, judgement)) this.#report(code, message, index);
  }

  /** Checks that a request asks of its approvers what the policy on record asks. */
  checkNeeds(entry: EntryOf<'approval-requested'>, unread: number): void {
    const policy = this.#policies.get(entry.policy);
    const { classification, needs, index } = entry;
    const isCut = classification.more !== undefined && policy?.rules.some(({ match }) => match.mark !== undefined);
    if (policy === undefined || isCut === true || unread > 0) return;
    const { tool, server, session, actor } = entry;
    const subject = {
      level: entry.risk,
      effects: classification.effects,
      signals: classification.signals.map((id) => ({ id })),
    };
    const again = evaluatePolicy(
      policy,
      {
        tool: { name: tool, ...(server !== undefined && { server }) },
        context: { ...(session !== undefined && { session }), ...(actor !== undefined && { actor: toActor(actor) }) },
      },
      subject,
    );
    const expected = needsOf(again.terms, again.timeoutMs);
    if (canonicalJson(toJson(expected)) === canonicalJson(toJson(needs))) return;
    this.#report(
      'AUTHORITY_VERDICT_MISMATCH',
      'The request asks for other approvals than the policy on record.',
      index,
    );
  }

  /** What is to be said of a verdict: worked out once for calls that are alike. */
  #objections(policy: Policy, judgement: Judgement): readonly Objection[] {
    const known = this.#judged.get(judgement.key);
    if (known !== undefined) return known;
    const objections = judgeAgain(policy, judgement);
    if (this.#judged.size >= MAX_JUDGED) this.#judged.clear();
    this.#judged.set(judgement.key, objections);
    return objections;
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
    this.#judged.clear();
  }

  /** Says something once for each policy. */
  #tell(code: Told, digest: string, index: number): void {
    // Without any policy on record, one finding says it of all calls.
    const key = code === 'NO_POLICY_RECORDED' ? code : `${code} ${digest}`;
    if (this.#told.has(key)) return;
    this.#told.set(key, [code, digest, index]);
    this.#report(code, MESSAGES[code], index);
  }
}

/** How many verdicts are remembered. */
const MAX_JUDGED = 10_000;

type Objection = readonly ['AUTHORITY_VERDICT_MISMATCH' | 'RUN_NOT_ALLOWED', string];

function judgeAgain(policy: Policy, judgement: Judgement): readonly Objection[] {
  const { tool, server, session, actor, risk, effects, marks, verdict, rule, bound } = judgement;
  const again = evaluatePolicy(
    policy,
    {
      tool: { name: tool, ...(server !== undefined && { server }) },
      context: { ...(session !== undefined && { session }), ...(actor !== undefined && { actor }) },
    },
    { level: risk, effects, signals: marks.map((id) => ({ id })) },
  );
  const message = `The policy on record says ${again.verdict} by ${again.rule}; the call says otherwise.`;
  return [
    ...(again.verdict !== verdict || again.rule !== rule ? [['AUTHORITY_VERDICT_MISMATCH', message] as const] : []),
    ...(!bound && policy.unbindable !== 'run'
      ? [['RUN_NOT_ALLOWED', 'The policy refuses calls whose arguments cannot be bound.'] as const]
      : []),
  ];
}

/** Needs as they stand in an entry; null for none. */
function toJson(needs: object | undefined): JsonValue {
  return needs === undefined ? null : JSON.parse(JSON.stringify(needs));
}

type Told = keyof typeof MESSAGES;

function isTold(code: string): code is Told {
  return Object.hasOwn(MESSAGES, code);
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
