/**
 * Clock, randomness, ids, timers and the network, passed in rather than reached for, so that the same inputs give the same bytes.
 */

import { randomFillSync } from 'node:crypto';
import { createWallClock } from './wall-clock.js';

/** Stops a timer; calling it again, or after the timer fired, does nothing. */
export type CancelTimer = () => void;

/** What is asked of the network: the part of the Fetch standard that is used here. */
export interface FetchOptions {
  readonly method: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly signal?: AbortSignal;
  /** Redirects are answers like others: nobody is sent elsewhere. */
  readonly redirect: 'manual';
}

/** Sends one request. Rejects when there is no answer. */
export type Fetch = (url: string, options: FetchOptions) => Promise<Response>;

/** What a part of Countersign may ask of the world around it. */
export interface Environment {
  /** Wall clock in integer microseconds since 1970-01-01T00:00:00Z (a safe integer until the year 2255). */
  nowUs(): number;
  /** A clock that only goes forward, in integer microseconds from an arbitrary start: for durations. */
  monotonicUs(): number;
  /** `length` unpredictable bytes. */
  randomBytes(length: number): Uint8Array;
  /** Calls `callback` once after `delayMs` milliseconds. The timer does not keep the process alive unless `keepAlive` says so. */
  setTimer(callback: () => void, delayMs: number, options?: { readonly keepAlive?: boolean }): CancelTimer;
  /** The network. */
  readonly fetch: Fetch;
}

/** The real clock (which follows steps of the system's clock), the real random source, real timers of any length, the real network. */
export function createSystemEnvironment(): Environment {
  return {
    nowUs: createWallClock({ wallMs: () => Date.now(), monotonicMs: () => performance.now() }),
    monotonicUs: () => Math.round(performance.now() * 1000),
    randomBytes: createRandomSource(),
    setTimer: (callback, delayMs, options) => startTimer(callback, delayMs, options?.keepAlive === true),
    fetch: (url, options) => fetch(url, options),
  };
}

/** A UUIDv7 (RFC 9562, 5.7) from the environment's clock and random source. */
export function createId(environment: Environment): string {
  const bytes = environment.randomBytes(16);
  const ms = Math.floor(environment.nowUs() / 1000);
  for (let i = 0; i < 6; i += 1) bytes[i] = Math.floor(ms / 2 ** (8 * (5 - i))) % 256;
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The system's random source is asked for many bytes at a time: each call of it costs twenty times what 16 bytes are worth. */
function createRandomSource(): Environment['randomBytes'] {
  const pool = new Uint8Array(RANDOM_POOL_BYTES);
  let used = pool.length;
  return (length) => {
    if (length > RANDOM_POOL_BYTES / 16) return randomFillSync(new Uint8Array(length));
    if (used + length > pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const bytes = pool.slice(used, used + length);
    // What was handed out may become a key: it does not stay here.
    pool.fill(0, used, used + length);
    used += length;
    return bytes;
  };
}

const RANDOM_POOL_BYTES = 4096;

/** setTimeout takes a signed 32-bit number of milliseconds and fires at once for more, so a long wait is made of several. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function startTimer(callback: () => void, delayMs: number, keepAlive: boolean): CancelTimer {
  const endMs = performance.now() + delayMs;
  let timer: NodeJS.Timeout;
  const wait = (remainingMs: number): void => {
    timer = setTimeout(wake, Math.min(remainingMs, MAX_TIMER_MS));
    if (!keepAlive) timer.unref();
  };
  const wake = (): void => {
    if (delayMs <= MAX_TIMER_MS) callback();
    else if (performance.now() >= endMs) callback();
    else wait(endMs - performance.now());
  };
  wait(delayMs);
  return () => clearTimeout(timer);
}
