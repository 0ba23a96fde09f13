/**
 * Puts the tiers together: one policy, one list of risk rules, one digest. Of tiers that say the same thing differently the most
 * restrictive counts.
 */

import {
  createPolicy,
  POLICY_TIERS,
  type Policy,
  type PolicyInput,
  type PolicyTier,
  policyDigest,
  type TierSettings,
} from '@countersign/approval';
import {
  type Classifier,
  type Conditions,
  createClassifier,
  type RiskRules,
  RULE_SET_VERSION,
} from '@countersign/classification';
import { isJsonObject, type JsonObject, normalise } from '@countersign/core';
import { type JudgeBounds, joinJudgeBounds } from './judge-bounds.js';
import { type LoadedFile, loadPolicyFile, type PolicySource } from './load-file.js';
import type { PolicyWorld } from './world.js';

/** A policy file for each tier; those that are not given say nothing. */
export interface PolicyTiers {
  readonly organisation?: PolicySource;
  readonly user?: PolicySource;
  readonly project?: PolicySource;
}

/** What `openCountersign` takes as its policy: a file, one for each tier, or an object with verdicts alone. */
export type PolicyOption = string | PolicyTiers | PolicyInput | Policy;

/** All that decides verdicts. */
export interface PolicyInForce {
  readonly policy: Policy;
  readonly rules: RiskRules;
  readonly classifier: Classifier;
  /** The bounds of a second opinion. */
  readonly judge: JudgeBounds;
  /** What the digest covers beside the policy. */
  readonly extra: JsonObject;
  /** Base64: what requests and grants are bound to. */
  readonly digest: string;
  readonly files: readonly LoadedFile[];
}

/** What the policy is put together for. */
export interface PolicyContext {
  readonly world: PolicyWorld;
  /** Risk rules of the program itself. */
  readonly rules?: RiskRules;
}

/**
 * Loads what a policy option names.
 * @throws ConfigError `CONFIG_UNREADABLE`, `CONFIG_INVALID`, `OPTION_INVALID` or `LIMIT_EXCEEDED`.
 */
export async function loadPolicy(option: PolicyOption | undefined, context: PolicyContext): Promise<PolicyInForce> {
  const tiers = tiersOf(option);
  if (tiers === undefined) return putTogether([], createPolicy(option), context);
  const files: LoadedFile[] = [];
  for (const tier of POLICY_TIERS) {
    const source = tiers[tier];
    if (source !== undefined) files.push(await loadPolicyFile(source, tier, context.world));
  }
  return joinTiers(files, context);
}

/** The policy that files of several tiers come to. @throws ConfigError as above. */
export function joinTiers(files: readonly LoadedFile[], context: PolicyContext): PolicyInForce {
  const settings: { [T in PolicyTier]?: TierSettings } = {};
  for (const { tier, file } of files) settings[tier] = settingsOf(file);
  const policy = createPolicy({
    version: 1,
    tiers: settings,
    rules: files.flatMap(({ parts }) => parts.flatMap(({ verdict }) => (verdict === undefined ? [] : [verdict]))),
    unbindable: unbindableOf(files),
  });
  return putTogether(files, policy, context);
}

/** The files that a policy option names, by their tiers; undefined for one that is no file. */
export function tiersOf(option: PolicyOption | undefined): PolicyTiers | undefined {
  if (typeof option === 'string') return { user: option };
  if (option === undefined || 'version' in option) return undefined;
  return POLICY_TIERS.some((tier) => tier in option) ? option : undefined;
}

function putTogether(
  files: readonly LoadedFile[],
  policy: Policy,
  { world, rules: own = [] }: PolicyContext,
): PolicyInForce {
  const rules = [
    ...own,
    ...files.flatMap(({ parts }) => parts.flatMap(({ risk }) => (risk === undefined ? [] : [risk]))),
  ];
  const judge = joinJudgeBounds(files.map(({ tier, file }) => ({ tier, ...file.judge })));
  const isBounded = files.some(({ file }) => file.judge !== undefined);
  const extra = toJsonObject({ rules, trustedServers: world.trustedServers ?? [], ...(isBounded && { judge }) });
  return {
    policy,
    rules,
    classifier: createClassifier({ ...world, rules, conditions: joinConditions(files) }),
    judge,
    extra,
    digest: policyDigest(policy, RULE_SET_VERSION, extra),
    files,
  };
}

function joinConditions(files: readonly LoadedFile[]): Conditions {
  const ownerOf = (text: string) => files.find(({ conditions }) => conditions.has(text))?.conditions;
  return {
    has: (text) => ownerOf(text) !== undefined,
    holds: (text, variables) => ownerOf(text)?.holds(text, variables),
  };
}

function settingsOf({ defaults, timeoutMs, approval, shadow }: LoadedFile['file']): TierSettings {
  const stated = Object.fromEntries(Object.entries(defaults ?? {}).filter(([, verdict]) => verdict !== undefined));
  return {
    ...(Object.keys(stated).length > 0 && { defaults: stated }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(approval !== undefined && { approval }),
    ...(shadow === true && { shadow: true }),
  };
}

function unbindableOf(files: readonly LoadedFile[]): 'refuse' | 'run' {
  const said = files.filter(({ file }) => file.shadow !== true).map(({ file }) => file.unbindable);
  return said.includes('run') && !said.includes('refuse') ? 'run' : 'refuse';
}

function toJsonObject(value: unknown): JsonObject {
  const { json } = normalise(value);
  return isJsonObject(json) ? json : {};
}
