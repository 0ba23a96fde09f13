/**
 * Runs one anchor of a log in the background: the newest checkpoint, at most once in its interval, with retries that wait
 * longer each time. It remembers sizes and times and no checkpoint, so that a place that is gone for days costs no memory.
 */

import { type CancelTimer, CountersignError, type Environment, type JsonValue } from '@countersign/core';
import { ANCHOR_TIMEOUT_MS, type Anchor, AnchorError, type AnchorStatus, type AnchorSubject } from './anchor.js';

/** What the log does for its anchors. */
export interface AnchorHost {
  readonly environment: Environment;
  /** The newest checkpoint, its root worked out from the rows again; undefined for a log without entries. */
  subject(): Promise<AnchorSubject | undefined>;
  /** What is newest on record of an anchor, looked for from an index on where one is given: its size and its time. */
  recorded(
    anchor: Anchor,
    from: number | undefined,
  ): Promise<{ readonly size: number; readonly atUs: number } | undefined>;
  /** Whether entries other than those of anchors stand behind a size. */
  hasNews(fromSize: number, toSize: number): Promise<boolean>;
  /** Records an anchored checkpoint; it is kept from then on. */
  record(anchor: Anchor, subject: AnchorSubject, receipt: JsonValue | undefined): Promise<void>;
  /** Called with each failure, and how many there were since the last success. */
  onFailure(status: AnchorStatus): void;
}

/** The first wait after a failure, and the longest. */
export const RETRY_FIRST_MS = 1000;
export const RETRY_MAX_MS = 300_000;

/** The wait after a try that did not get far enough, while a call waits for its witness. */
const URGENT_RETRY_MS = 100;

/** One anchor at work. */
export class AnchorRunner {
  readonly anchor: Anchor;
  readonly #host: AnchorHost;
  readonly #heartbeatMs: number | false;
  #running: Promise<void> | undefined;
  #cancelTimer: CancelTimer | undefined;
  /** When the timer fires, on the monotonic clock. */
  #dueUs = Number.POSITIVE_INFINITY;
  #notBeforeUs = Number.NEGATIVE_INFINITY;
  #known: { readonly size: number; readonly atUs: number } | undefined;
  #failures = 0;
  #lastError: unknown;
  #stopped = new AbortController();

  constructor(anchor: Anchor, host: AnchorHost, heartbeatMs: number | false) {
    this.anchor = anchor;
    this.#host = host;
    this.#heartbeatMs = heartbeatMs;
  }

  get status(): AnchorStatus {
    const { kind, name } = this.anchor;
    const code = this.#lastError === undefined ? undefined : codeOf(this.#lastError);
    return {
      kind,
      name,
      ...(this.#known !== undefined && { size: this.#known.size, atUs: this.#known.atUs }),
      failures: this.#failures,
      ...(code !== undefined && { lastFailure: code }),
    };
  }

  /** The log has grown: anchors it when the interval is over. */
  notice(): void {
    const waitUs = this.#notBeforeUs - this.#host.environment.monotonicUs();
    this.#wakeIn(Math.max(0, waitUs / 1000));
  }

  /** Finds what is on record, without anchoring anything. */
  async load(): Promise<void> {
    this.#known = await this.#host.recorded(this.anchor, undefined);
  }

  /**
   * Anchors until what is on record covers `size` entries.
   * @throws what the last try threw, when `signal` aborts before.
   */
  async reach(size: number, signal: AbortSignal): Promise<void> {
    while ((this.#known?.size ?? 0) < size) {
      if (signal.aborted) throw this.#lastError ?? timedOut(this.anchor);
      const failures = this.#failures;
      // A run that was under way may be of an older checkpoint: then another follows.
      if (this.#running === undefined) await unlessAborted(this.#start({ isForced: true }), signal);
      else await unlessAborted(this.#running, signal);
      const isShort = (this.#known?.size ?? 0) < size;
      // A checkpoint that follows its entries with a delay may not cover them yet.
      if (this.#failures > failures || isShort) await this.#pause(URGENT_RETRY_MS, signal);
    }
  }

  /** Tries once more what is not anchored yet, unless the anchor fails anyway, and stops. */
  async stop(graceMs: number): Promise<void> {
    this.#cancelTimer?.();
    this.#dueUs = Number.NEGATIVE_INFINITY;
    const last = async (): Promise<void> => {
      await this.#running;
      if (this.#failures === 0) await this.#start({ isForced: false });
    };
    const cancel = this.#host.environment.setTimer(() => this.#stopped.abort(), graceMs, { keepAlive: true });
    await last();
    cancel();
    this.#stopped.abort();
  }

  #wakeIn(ms: number): void {
    if (this.#stopped.signal.aborted) return;
    const dueUs = this.#host.environment.monotonicUs() + ms * 1000;
    // A timer that fires before serves as well: whatever is new then is taken along.
    if (dueUs >= this.#dueUs) return;
    this.#cancelTimer?.();
    this.#dueUs = dueUs;
    this.#cancelTimer = this.#host.environment.setTimer(() => {
      this.#dueUs = Number.POSITIVE_INFINITY;
      this.#cancelTimer = undefined;
      void this.#startAfterThis();
    }, ms);
  }

  /** A run that is under way may not see what is new. */
  async #startAfterThis(): Promise<void> {
    await this.#running;
    await this.#start({ isForced: false });
  }

  /** Never rejects: what went wrong is remembered. */
  #start(options: { readonly isForced: boolean }): Promise<void> {
    this.#running ??= this.#run(options).finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run({ isForced }: { readonly isForced: boolean }): Promise<void> {
    const { environment } = this.#host;
    const before = this.#notBeforeUs;
    // From the start on, so that the commit which records this anchoring does not wake it again at once.
    this.#notBeforeUs = environment.monotonicUs() + this.anchor.intervalMs * 1000;
    try {
      if (!(await this.#anchorNewest(isForced))) this.#notBeforeUs = before;
      this.#failures = 0;
      this.#lastError = undefined;
      if (this.#heartbeatMs !== false) this.#wakeIn(this.#heartbeatMs);
    } catch (error) {
      this.#failures += 1;
      this.#lastError = error;
      const waitMs = retryDelayMs(this.#failures, environment);
      this.#notBeforeUs = environment.monotonicUs() + waitMs * 1000;
      this.#wakeIn(waitMs);
      this.#host.onFailure(this.status);
    }
  }

  /** False when there was nothing to do. */
  async #anchorNewest(isForced: boolean): Promise<boolean> {
    const host = this.#host;
    const recorded = await host.recorded(this.anchor, this.#known?.size);
    if ((recorded?.size ?? -1) > (this.#known?.size ?? -1)) this.#known = recorded;
    const subject = await host.subject();
    if (subject === undefined) return false;
    const { size } = subject.checkpoint;
    // What is on record already need not be said again because somebody waits for more.
    if (isForced ? size <= (this.#known?.size ?? -1) : !(await this.#isDue(size))) return false;
    const receipt = await this.#within((signal) =>
      this.anchor.anchor(subject, { environment: host.environment, signal }),
    );
    await host.record(this.anchor, subject, receipt);
    this.#known = { size, atUs: host.environment.nowUs() };
    return true;
  }

  /** There is something new, or nothing was said for so long that silence could be taken for a log that was cut off. */
  async #isDue(size: number): Promise<boolean> {
    const known = this.#known;
    if (known === undefined || (await this.#host.hasNews(known.size, size))) return true;
    const ageMs = (this.#host.environment.nowUs() - known.atUs) / 1000;
    return this.#heartbeatMs !== false && ageMs >= this.#heartbeatMs;
  }

  async #within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const timeout = new AbortController();
    const cancel = this.#host.environment.setTimer(() => timeout.abort(), ANCHOR_TIMEOUT_MS);
    const signal = AbortSignal.any([timeout.signal, this.#stopped.signal]);
    try {
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(timedOut(this.anchor)), { once: true });
      });
      return await Promise.race([work(signal), aborted]);
    } finally {
      cancel();
    }
  }

  #pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((wake) => {
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', end);
        wake();
      };
      const cancel = this.#host.environment.setTimer(end, ms, { keepAlive: true });
      signal.addEventListener('abort', end, { once: true });
    });
  }
}

/** Twice as long each time, up to five minutes, and at random from half of it on, so that many logs do not come at once. */
export function retryDelayMs(failures: number, environment: Pick<Environment, 'randomBytes'>): number {
  const longest = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 20));
  const [byte = 0] = environment.randomBytes(1);
  return longest / 2 + (longest / 2) * (byte / 255);
}

function codeOf(error: unknown): string {
  return error instanceof CountersignError ? error.code : 'ANCHOR_FAILED';
}

function timedOut({ kind, name }: Anchor): AnchorError {
  return new AnchorError('ANCHOR_TIMEOUT', `The anchor ${name} (${kind}) did not answer in time.`, {
    hint: 'See whether it can be reached from this machine.',
  });
}

function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((done, reject) => {
    const end = (): void => done();
    signal.addEventListener('abort', end, { once: true });
    work.then(done, reject).finally(() => signal.removeEventListener('abort', end));
  });
}
