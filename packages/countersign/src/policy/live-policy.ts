/**
 * The policy in force of an open deployment. It can be loaded again while calls run: a file that cannot be used leaves the last
 * good policy in force, and each change is an entry of the log before the first call is judged by it.
 */

import type { AuditLog } from '@countersign/audit';
import { createAuditLogger } from '@countersign/audit';
import { RULE_SET_VERSION } from '@countersign/classification';
import { CountersignError, type Environment } from '@countersign/core';
import { recordPolicy } from '../record-policy.js';
import type { PolicyInForce } from './in-force.js';

/** What came of loading the policy again. */
export interface PolicyReload {
  /** False where the policy says what it said before. */
  readonly changed: boolean;
  /** Base64 digest of the policy in force. */
  readonly digest: string;
}

/** How the policy of an open deployment is. */
export interface PolicyStatus {
  /** Base64 digest of the policy in force. */
  readonly digest: string;
  /** The files that it came from, as they were given. */
  readonly files: readonly string[];
  /** When it came into force, in microseconds since 1970. */
  readonly sinceUs: number;
  /** Why the files, as they are now, are not in force; absent where they are. */
  readonly failure?: { readonly message: string; readonly atUs: number };
}

/** What a live policy is made of. */
export interface LivePolicyParts {
  readonly log: AuditLog;
  readonly environment: Environment;
  readonly warn: (line: string) => void;
  /** Loads the policy as it is now. */
  readonly load: () => Promise<PolicyInForce>;
  /** Told of each policy that is in force and on record from now on. */
  readonly inForce?: (digest: string) => Promise<void>;
}

/** The name of the event that is recorded when a policy cannot be loaded again. */
export const RELOAD_FAILED = 'policy-reload-failed';

/** The policy in force. */
export class LivePolicy {
  readonly #parts: LivePolicyParts;
  #current: PolicyInForce;
  #sinceUs: number;
  #failure: PolicyStatus['failure'];
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: LivePolicyParts, current: PolicyInForce) {
    this.#parts = parts;
    this.#current = current;
    this.#sinceUs = parts.environment.nowUs();
  }

  /** Puts a policy in force and on record. */
  static async open(parts: LivePolicyParts, first: PolicyInForce): Promise<LivePolicy> {
    await record(parts.log, first);
    await parts.inForce?.(first.digest);
    return new LivePolicy(parts, first);
  }

  get current(): PolicyInForce {
    return this.#current;
  }

  status(): PolicyStatus {
    return {
      digest: this.#current.digest,
      files: this.#current.files.flatMap(({ path }) => (path === undefined ? [] : [path])),
      sinceUs: this.#sinceUs,
      ...(this.#failure !== undefined && { failure: this.#failure }),
    };
  }

  /** Waits until no change is under way: what is recorded then is recorded under the policy that stands newest in the log. */
  async settled(): Promise<void> {
    await this.#turn;
  }

  /**
   * Loads the policy again. One that cannot be used changes nothing, and is an event in the log.
   * @throws ConfigError as at the start; what the log throws when the change cannot be recorded.
   */
  async reload(): Promise<PolicyReload> {
    const turn = this.#turn.then(() => this.#reload());
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #reload(): Promise<PolicyReload> {
    try {
      const next = await this.#parts.load();
      const changed = next.digest !== this.#current.digest;
      if (changed) {
        await record(this.#parts.log, next);
        this.#sinceUs = this.#parts.environment.nowUs();
      }
      this.#current = next;
      this.#failure = undefined;
      if (changed) await this.#parts.inForce?.(next.digest);
      return { changed, digest: next.digest };
    } catch (error) {
      await this.#noteFailure(error);
      throw error;
    }
  }

  /** Says once what is wrong, however often it is looked at. */
  async #noteFailure(error: unknown): Promise<void> {
    const message = error instanceof CountersignError ? `${error.code}: ${error.message}` : 'it could not be loaded';
    const isKnown = this.#failure?.message === message;
    this.#failure = { message, atUs: this.#parts.environment.nowUs() };
    if (isKnown) return;
    this.#parts.warn(`The policy was not loaded again, and the one in force stays (${message})`);
    try {
      const details = { message, inForce: this.#current.digest };
      await createAuditLogger(this.#parts.log).systemEvent({ name: RELOAD_FAILED, details });
    } catch {
      // The log cannot be written either: calls find that out by themselves, and do not run.
    }
  }
}

async function record(log: AuditLog, { policy, extra, digest }: PolicyInForce): Promise<void> {
  await recordPolicy(log, { policy, ruleSet: RULE_SET_VERSION, extra, digest });
}
