/**
 * `openCountersign()`: one deployment put together. It picks the store, the keys, the mark, the policy and the channels, and
 * hands them to the packages that do the work.
 */

import { realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { resolve } from 'node:path';
import { type Approvals, type Channel, createApprovals, type Policy } from '@countersign/approval';
import {
  type Anchor,
  type AnchorStatus,
  type AuditLog,
  type CheckedConfig,
  type Config,
  createGate,
  createWithAudit,
  EditDesk,
  type EpochLimits,
  type Gate,
  type Judge,
  type RedactOptions,
  type RemoteIdentity,
  readPastCalls,
  retentionStatement,
  type Signer,
  type WithAudit,
} from '@countersign/audit';
import type { Classifier, RiskRules } from '@countersign/classification';
import {
  type Actor,
  type CallContext,
  createSystemEnvironment,
  type Environment,
  type RiskLevel,
} from '@countersign/core';
import { openSqlite, type SqliteStores } from '@countersign/sqlite';
import { answerByCommand } from './answer-by-command.js';
import { judgePortOf } from './judge-port.js';
import { keepRetention } from './keep-retention.js';
import { KnownDefinitions } from './known-definitions.js';
import { newestRequest } from './newest-request.js';
import { type LogFiles, openLog } from './open-log.js';
import { parseOptions } from './options.js';
import { accountHome, defaultDatabasePath } from './paths.js';
import { loadPolicy, type PolicyOption, tiersOf } from './policy/in-force.js';
import { LivePolicy, type PolicyReload, type PolicyStatus } from './policy/live-policy.js';
import { watchFiles } from './policy/watch-files.js';
import type { PolicyWorld } from './policy/world.js';
import { readConfig } from './read-config.js';
import { recordConfig } from './record-config.js';
import { recordRefused } from './record-refused.js';
import { withdrawGrants } from './withdraw-grants.js';
import { configOf, witnessDemandOf } from './witness-options.js';

/** What `openCountersign` takes; everything has a default. */
export interface CountersignOptions {
  /** SQLite file; default `~/.countersign/agent-audit.db`. */
  readonly path?: string;
  /** Create the file where it is missing; default true. */
  readonly create?: boolean;
  /** `audit.yaml`, or an object: retention and its schedule (docs/configuration.md). */
  readonly config?: string | Config;
  /**
   * Which calls run, wait for a person, or are refused; default: safe and moderate run, destructive and critical wait. A policy file
   * (docs/policy.md), one file for each of `organisation`, `user` and `project`, or an object.
   */
  readonly policy?: PolicyOption;
  /** Loads the policy again when one of its files changes; default true. */
  readonly watchPolicy?: boolean;
  /** Rules that change a risk level. */
  readonly rules?: RiskRules;
  /**
   * A second opinion on moderate calls that the classifier is unsure of: any function, a language model in practice. It may raise a level, and lower to safe
   * where the policy says so (`judge`, docs/policy.md).
   */
  readonly judge?: Judge | { readonly name: string; readonly ask: Judge };
  /** The folder that the agent works in; default: the current one. */
  readonly workspace?: string;
  /** MCP servers whose annotations may lower a risk. */
  readonly trustedServers?: readonly string[];
  /** Who calls, where the call itself does not say. */
  readonly actor?: Actor;
  /** The session of calls that name none. */
  readonly session?: string | (() => string);
  /** Where the log's keys are; default `~/.countersign/keys/<hash of origin>`. */
  readonly keyDir?: string;
  /**
   * Signs checkpoints instead of the keys in `keyDir`. With a remote identity (`createRemoteIdentity`) the identity's private key
   * is kept elsewhere, and `keyDir` has those of the epochs alone (docs/keys.md).
   */
  readonly signer?: Signer | RemoteIdentity;
  /** The high-water mark; default `~/.countersign/marks/<hash of origin>`; false for none. */
  readonly markFile?: string | false;
  /** Where checkpoints are kept further away: anchor files, webhooks, witnesses, time stamps. */
  readonly anchors?: readonly Anchor[];
  /** How long an anchor may stay silent while nothing happens; default an hour, false for as long as nothing happens. */
  readonly anchorHeartbeatMs?: number | false;
  /**
   * Calls that run only after every witness among the anchors has cosigned their intent: those of a level and above, or of
   * exactly the levels that are listed. A call that is not cosigned in time (15 s when not given) does not run.
   */
  readonly requireWitness?:
    | RiskLevel
    | readonly RiskLevel[]
    | { readonly risk: RiskLevel | readonly RiskLevel[]; readonly timeoutMs?: number };
  /** When the key of the present epoch is replaced and erased; default: after a day or 100,000 entries. */
  readonly epochs?: EpochLimits;
  readonly redact?: RedactOptions;
  /** Where approvers are asked. */
  readonly channels?: readonly Channel[];
  /** `throw` (default) raises CallRefusedError; `result` answers `{ refused: true, code, message, callId }`. */
  readonly onRefused?: 'throw' | 'result';
  /** Payloads above this are recorded as a preview; default 65,536 bytes. */
  readonly maxPayloadBytes?: number;
  /**
   * Encrypts payloads at rest, with a key for each session in `keyDir`; `log.forgetSession` destroys that key. Default false
   * (docs/encryption.md).
   */
  readonly encryptPayloads?: boolean;
  /** Takes one line that a person should see; default: standard error. */
  readonly warn?: (line: string) => void;
  /** Clock, randomness and timers; default: the system's. */
  readonly environment?: Environment;
}

/** An open deployment. */
export interface Countersign {
  /** The absolute path of the SQLite file. */
  readonly path: string;
  /** Wraps a function, a tool object, or a record of tools. */
  readonly withAudit: WithAudit;
  readonly gate: Gate;
  readonly log: AuditLog;
  readonly approvals: Approvals;
  readonly classifier: Classifier;
  /** The policy in force now. */
  readonly policy: Policy;
  /** Which policy is in force since when, and why its files are not, where they cannot be used. */
  policyStatus(): PolicyStatus;
  /**
   * Loads the policy files again, as happens by itself when one of them changes. What cannot be used changes nothing.
   * @throws ConfigError naming file, line and column.
   */
  reloadPolicy(): Promise<PolicyReload>;
  /** Ends waiting approvals, writes what is queued, closes the store. Calling it again does nothing. */
  close(): Promise<void>;
}

/**
 * Opens a deployment, creating the log and its keys where they are missing.
 * @throws ConfigError for options that cannot be used; StoreUnavailableError, StoreCorruptError, KeyError or
 *   LogRolledBackError for what is on the disk.
 */
export async function openCountersign(options: CountersignOptions = {}): Promise<Countersign> {
  parseOptions(options);
  const config = await readConfig(options.config);
  // What is wrong with a policy is said before a log is made.
  await loadPolicy(options.policy, {
    world: worldOf(options, await policyPathsOf(options)),
    rules: options.rules ?? [],
  });
  const environment = options.environment ?? createSystemEnvironment();
  const create = options.create ?? true;
  const stores = await openSqlite({ path: options.path ?? defaultDatabasePath(), create, environment });
  try {
    const onAnchorFailure = describeFailures(warningsOf(options));
    const { log, files, isUnmarked } = await openLog(stores, {
      ...options,
      create,
      environment,
      onAnchorFailure,
      warn: warningsOf(options),
    });
    if (isUnmarked) warningsOf(options)(UNMARKED);
    return await assemble({ stores, log, files, environment, config }, options);
  } catch (error) {
    await stores.close();
    throw error;
  }
}

interface Parts {
  readonly stores: SqliteStores;
  readonly log: AuditLog;
  readonly files: LogFiles;
  readonly environment: Environment;
  readonly config: CheckedConfig;
}

async function assemble(parts: Parts, options: CountersignOptions): Promise<Countersign> {
  const { stores, log, files, environment, config } = parts;
  const warn = warningsOf(options);
  const configPath = typeof options.config === 'string' ? [resolve(options.config)] : [];
  const policyPaths = await policyPathsOf(options);
  const world = worldOf(options, [...files.guarded, ...configPath, ...policyPaths]);
  const load = () => loadPolicy(options.policy, { world, rules: options.rules ?? [] });
  const edits = new EditDesk();
  const approvals = openApprovals(parts, { channels: options.channels, edits, warn });
  const inForce = (digest: string) => withdrawOlder(approvals, { digest, warn });
  const live = await LivePolicy.open({ log, environment, warn, load, inForce }, await load());
  const demand = witnessDemandOf(options, log);
  const retention = config.retention === undefined ? {} : { retention: retentionStatement(config.retention) };
  await recordConfig(log, { ...configOf(options, demand), ...retention });
  const purge = await keepRetention({ log, config, markPath: files.mark?.path, environment, warn });
  // In the background: what ran out while nobody had the log open must not keep it from being opened.
  const overdue = approvals.expireOverdue().catch((error: unknown) => warn(`Old requests were not ended: ${error}`));
  const classifier: Classifier = { classify: (call) => live.current.classifier.classify(call) };
  const gate = createGate({
    classifier,
    get policy() {
      return live.current.policy;
    },
    get policyDigest() {
      return live.current.digest;
    },
    policySettled: () => live.settled(),
    definitions: new KnownDefinitions({ log, approvals }),
    ...judgePortOf(options.judge, { log, limits: () => live.current.judge }),
    redactor: files.redactor,
    argsSalt: files.argsSalt,
    earlier: (call) => newestRequest(call, { log, approvals }),
    environment,
    log: log.origin,
    writer: log.writer,
    recorder: log,
    approvals,
    edits,
    ...(demand === undefined ? {} : { requireWitness: demand }),
    context: () => contextOf(options),
  });
  const withAudit = createWithAudit(gate, { onRefused: options.onRefused ?? 'throw' });
  const watcher =
    policyPaths.length === 0 || options.watchPolicy === false
      ? undefined
      : await watchFiles({ files: policyPaths, environment, changed: () => live.reload() });
  const close = closeOnce(async () => {
    await watcher?.stop();
    await overdue;
    await approvals.close();
    await purge?.stop();
    await log.close();
    await stores.close();
  });
  return {
    path: stores.path,
    withAudit,
    gate,
    log,
    approvals,
    classifier,
    get policy() {
      return live.current.policy;
    },
    policyStatus: () => live.status(),
    reloadPolicy: () => live.reload(),
    close,
  };
}

interface ApprovalHow {
  readonly channels: CountersignOptions['channels'];
  readonly edits: EditDesk;
  readonly warn: (line: string) => void;
}

function openApprovals({ stores, log, files, environment }: Parts, { channels, edits, warn }: ApprovalHow): Approvals {
  return createApprovals({
    store: files.sealer.approvals(stores.approvals),
    journal: log.journal,
    environment,
    edits,
    warn,
    refused: (refused) => recordRefused(log, refused),
    history: (tool) => readPastCalls(log.store, tool),
    answerWith: ({ id }) => answerByCommand(id, stores.path),
    ...(channels === undefined ? {} : { channels }),
  });
}

/** Withdraws the grants of another policy. They answer no call under this one in any case, so that a failure is no more than said. */
async function withdrawOlder(
  approvals: Approvals,
  { digest, warn }: { readonly digest: string; readonly warn: (line: string) => void },
): Promise<void> {
  try {
    await withdrawGrants(approvals, 'The policy or its rules have changed.', ({ policy }) => policy !== digest);
  } catch (error) {
    warn(`Grants of another policy were not withdrawn: ${error}`);
  }
}

function warningsOf({ warn }: CountersignOptions): (line: string) => void {
  return warn ?? ((line) => void process.stderr.write(`${line}\n`));
}

const UNMARKED =
  'The log has entries, and its high-water mark is not on this machine: whether entries were cut off its end is not known. ' +
  'A new mark begins now; compare the log with a checkpoint kept elsewhere (countersign verify --against).';

/** Says the first failure of an anchor since it last went well. */
function describeFailures(warn: (line: string) => void): (status: AnchorStatus) => void {
  return ({ kind, name, failures, lastFailure = '' }) => {
    if (failures !== 1) return;
    warn(`The anchor ${name} (${kind}) could not be reached (${lastFailure}); it is tried again in the background.`);
  };
}

function worldOf(options: CountersignOptions, guardPaths: readonly string[]): PolicyWorld {
  return {
    workspace: resolve(options.workspace ?? process.cwd()),
    home: accountHome(),
    tempRoots: [tmpdir(), '/tmp'],
    guardPaths,
    ...(options.trustedServers === undefined ? {} : { trustedServers: options.trustedServers }),
  };
}

/** The files that the policy comes from, absolute, and where they really lie: an agent must not touch them. */
async function policyPathsOf({ policy }: CountersignOptions): Promise<readonly string[]> {
  const named = Object.values(tiersOf(policy) ?? {}).filter((source) => typeof source === 'string');
  const paths = named.map((path) => resolve(path));
  const real = await Promise.all(paths.map((path) => realpath(path).catch(() => path)));
  return [...new Set([...paths, ...real])];
}

function contextOf(options: CountersignOptions): CallContext {
  const session = typeof options.session === 'function' ? options.session() : options.session;
  return {
    ...(session === undefined ? {} : { session }),
    ...(options.actor === undefined ? {} : { actor: options.actor }),
  };
}

function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closing: Promise<void> | undefined;
  return () => {
    closing ??= close();
    return closing;
  };
}
