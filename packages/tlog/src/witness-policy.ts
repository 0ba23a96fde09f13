/**
 * Witness policies: which witnesses there are, and how many of which must have cosigned a checkpoint. C2SP tlog-policy: a text
 * form, parsed strictly, and the same as a value. Pure.
 */

import { TlogError } from './errors.js';
import { equalBytes, type Hasher } from './hash.js';
import { formatVerifierKey, KEY_TYPES, parseVerifierKey, type VerifierKey } from './key.js';
import { isPlainText } from './text.js';

/** A log that the policy is about. */
export interface PolicyLog {
  readonly key: VerifierKey;
  readonly url?: string;
}

/** A witness under the name that groups call it by. */
export interface PolicyWitness {
  readonly name: string;
  /** Of type cosignature. */
  readonly key: VerifierKey;
  /** Where it takes checkpoints: the prefix of `/add-checkpoint`. */
  readonly url?: string;
}

/** A group: satisfied when `threshold` of its members are. */
export interface PolicyGroup {
  readonly name: string;
  /** 1 up to the number of members. */
  readonly threshold: number;
  /** Names of witnesses and of groups that were defined before. */
  readonly members: readonly string[];
}

/** Which witnesses must have cosigned. */
export interface WitnessPolicy {
  readonly logs: readonly PolicyLog[];
  readonly witnesses: readonly PolicyWitness[];
  readonly groups: readonly PolicyGroup[];
  /** The name of a witness or group, or `none`: no cosignature is demanded. */
  readonly quorum: string;
}

/** The largest policy, in characters and in lines. */
export const MAX_POLICY_LENGTH = 256 * 1024;
export const MAX_POLICY_LINES = 2000;

/** The quorum that demands nothing. */
export const NO_QUORUM = 'none';

/**
 * Reads a policy: lines `log <vkey> [<url>]`, `witness <name> <vkey> [<url>]`, `group <name> <k|any|all> <member>...` and one
 * `quorum <name|none>`; names are defined before they are used, each is a member of one group at most, `#` at the beginning of a word begins a comment.
 *
 * @throws TlogError `POLICY_INVALID`
 */
export function parseWitnessPolicy(text: string, hasher: Hasher): WitnessPolicy {
  if (text.length > MAX_POLICY_LENGTH) throw invalid(`it is longer than ${MAX_POLICY_LENGTH} characters`);
  const lines = text.split('\n');
  if (lines.length > MAX_POLICY_LINES) throw invalid(`it has more than ${MAX_POLICY_LINES} lines`);
  const draft = new PolicyDraft(hasher);
  lines.forEach((line, index) => {
    draft.readLine(line, index + 1);
  });
  return draft.finish();
}

/**
 * A policy of k out of n witnesses, or of all of them, made from values.
 *
 * @throws TlogError `POLICY_INVALID`
 */
export function createWitnessPolicy(options: {
  readonly witnesses: readonly PolicyWitness[];
  /** How many must have cosigned; all when not given. */
  readonly threshold?: number;
  readonly logs?: readonly PolicyLog[];
}): WitnessPolicy {
  const { witnesses, threshold = witnesses.length, logs = [] } = options;
  const group = { name: 'quorum', threshold, members: witnesses.map(({ name }) => name) };
  return checkWitnessPolicy({ logs, witnesses, groups: [group], quorum: group.name });
}

/**
 * Checks a policy given as a value, by the same rules as the text form.
 *
 * @throws TlogError `POLICY_INVALID`
 */
export function checkWitnessPolicy(policy: WitnessPolicy): WitnessPolicy {
  const draft = new PolicyDraft(undefined);
  for (const log of policy.logs) draft.addLog(log);
  for (const witness of policy.witnesses) draft.addWitness(witness);
  for (const group of policy.groups) draft.addGroup(group);
  draft.setQuorum(policy.quorum);
  return draft.finish();
}

/** The policy as text; reading it gives the same policy. */
export function formatWitnessPolicy({ logs, witnesses, groups, quorum }: WitnessPolicy): string {
  const end = (url: string | undefined): string => (url === undefined ? '' : ` ${url}`);
  return [
    ...logs.map(({ key, url }) => `log ${formatVerifierKey(key)}${end(url)}`),
    ...witnesses.map(({ name, key, url }) => `witness ${name} ${formatVerifierKey(key)}${end(url)}`),
    ...groups.map(({ name, threshold, members }) => `group ${name} ${threshold} ${members.join(' ')}`),
    `quorum ${quorum}`,
    '',
  ].join('\n');
}

/** Whether these witnesses are enough. */
export function satisfiesPolicy(policy: WitnessPolicy, cosigners: readonly VerifierKey[]): boolean {
  if (policy.quorum === NO_QUORUM) return true;
  const met = new Set(
    policy.witnesses.filter(({ key }) => cosigners.some((other) => isSameWitness(key, other))).map(({ name }) => name),
  );
  // Groups name only what stands before them, so one pass from first to last settles all.
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => met.has(member)).length >= threshold) met.add(name);
  }
  return met.has(policy.quorum);
}

/** Collects a policy and checks each part against those before it. */
class PolicyDraft {
  readonly #hasher: Hasher | undefined;
  readonly #logs: PolicyLog[] = [];
  readonly #witnesses: PolicyWitness[] = [];
  readonly #groups: PolicyGroup[] = [];
  readonly #names = new Set<string>();
  readonly #taken = new Set<string>();
  #quorum: string | undefined;

  constructor(hasher: Hasher | undefined) {
    this.#hasher = hasher;
  }

  readLine(line: string, number: number): void {
    const content = line.replace(/(^|[ \t])#.*$/, '');
    if (!isPlainText(content.replaceAll('\t', ' '))) throw invalid(`line ${number} holds control characters`);
    const words = content.split(/[ \t]+/).filter((word) => word !== '');
    try {
      this.#readWords(words);
    } catch (error) {
      if (!(error instanceof TlogError)) throw error;
      throw invalid(
        `line ${number}: ${error.code === 'POLICY_INVALID' ? reasonOf(error) : 'the key is not sound'}`,
        error,
      );
    }
  }

  addLog(log: PolicyLog): void {
    if (log.key.type !== KEY_TYPES.ed25519) throw invalid("a log's key must be of type Ed25519");
    if (this.#logs.some(({ key }) => key.name === log.key.name)) throw invalid('a log is named twice');
    checkUrl(log.url);
    this.#logs.push(log);
  }

  addWitness(witness: PolicyWitness): void {
    if (witness.key.type !== KEY_TYPES.cosignature) throw invalid("a witness's key must be of type cosignature");
    // One key under two names would count twice.
    if (this.#witnesses.some(({ key }) => isSameWitness(key, witness.key)))
      throw invalid('a witness key is given twice');
    checkUrl(witness.url);
    this.#define(witness.name);
    this.#witnesses.push(witness);
  }

  addGroup(group: PolicyGroup): void {
    const { name, threshold, members } = group;
    if (!Number.isSafeInteger(threshold) || threshold < 1 || threshold > members.length) {
      throw invalid("a group's threshold must be from 1 to the number of its members");
    }
    for (const member of members) {
      if (!this.#names.has(member)) throw invalid('a group names a member that is not defined before it');
      if (this.#taken.has(member)) throw invalid('a name is a member twice');
      this.#taken.add(member);
    }
    this.#define(name);
    this.#groups.push(group);
  }

  setQuorum(name: string): void {
    if (this.#quorum !== undefined) throw invalid('it has two quorum lines');
    if (name !== NO_QUORUM && !this.#names.has(name)) throw invalid('the quorum is not defined before it is named');
    this.#quorum = name;
  }

  finish(): WitnessPolicy {
    if (this.#quorum === undefined) throw invalid('it has no quorum line');
    return { logs: this.#logs, witnesses: this.#witnesses, groups: this.#groups, quorum: this.#quorum };
  }

  #readWords(words: readonly string[]): void {
    const [kind, first, second, ...rest] = words;
    if (kind === undefined) return;
    if (kind === 'log' && first !== undefined && rest.length === 0) {
      this.addLog({ key: this.#parseKey(first), ...(second !== undefined && { url: second }) });
    } else if (kind === 'witness' && first !== undefined && second !== undefined && rest.length <= 1) {
      const [url] = rest;
      this.addWitness({ name: first, key: this.#parseKey(second), ...(url !== undefined && { url }) });
    } else if (kind === 'group' && first !== undefined && second !== undefined && rest.length > 0) {
      this.addGroup({ name: first, threshold: parseThreshold(second, rest.length), members: rest });
    } else if (kind === 'quorum' && first !== undefined && second === undefined) {
      this.setQuorum(first);
    } else {
      throw invalid('it is not of the form log, witness, group or quorum');
    }
  }

  #parseKey(text: string): VerifierKey {
    if (this.#hasher === undefined) throw invalid('a key is given as text where a value is expected');
    return parseVerifierKey(text, this.#hasher);
  }

  #define(name: string): void {
    if (!/^[^\s#\p{Cc}]{1,256}$/u.test(name))
      throw invalid('a name must be 1 to 256 characters without white space and #');
    if (name === NO_QUORUM) throw invalid('none is not a name');
    if (this.#names.has(name)) throw invalid('a name is defined twice');
    this.#names.add(name);
  }
}

/** Names are the policy's own, so only the public key tells witnesses apart. */
function isSameWitness(left: VerifierKey, right: VerifierKey): boolean {
  return left.type === right.type && equalBytes(left.publicKey, right.publicKey);
}

function parseThreshold(text: string, members: number): number {
  if (text === 'any') return 1;
  if (text === 'all') return members;
  if (!/^[1-9][0-9]{0,3}$/.test(text)) throw invalid('a threshold must be any, all or a number from 1 on');
  return Number(text);
}

function checkUrl(url: string | undefined): void {
  if (url === undefined) return;
  if (url.length > 2000 || !/^https?:\/\/[^\s#?]+$/.test(url))
    throw invalid('a URL must begin with http:// or https://, without query');
}

function reasonOf(error: TlogError): string {
  return error.message.replace(PREFIX, '').replace(/\.$/, '');
}

const PREFIX = 'This is not a witness policy: ';

function invalid(reason: string, cause?: unknown): TlogError {
  return new TlogError('POLICY_INVALID', `${PREFIX}${reason}.`, {
    hint: 'Lines are log <vkey> [<url>], witness <name> <vkey> [<url>], group <name> <k|any|all> <member>..., and one quorum <name|none>.',
    cause,
  });
}
