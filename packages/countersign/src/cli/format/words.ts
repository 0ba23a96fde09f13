/**
 * Times, durations, sizes and counts in words. Pure.
 */

/** `2026-11-21 06:11:00.123Z`. */
export function timeText(time: Date): string {
  return time.toISOString().replace('T', ' ');
}

/** A duration with three digits that matter: `0.42 ms`, `12 ms`, `1.5 s`, `2 min 3 s`. Empty for none. */
export function durationText(ms: number | undefined): string {
  if (ms === undefined) return '';
  if (ms < 1000) return `${rounded(ms)} ms`;
  if (ms < 60_000) return `${rounded(ms / 1000)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** How long ago something was: `12 s`, `5 min`, `3 h`, `2 days`. */
export function ageText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}

/** `1.4 GiB`. */
export function sizeText(bytes: number): string {
  const exponent = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${rounded(bytes / 1024 ** exponent)} ${UNITS[exponent]}`;
}

/** `1 call`, `1,234 calls`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

function rounded(value: number): string {
  return String(Number(value.toPrecision(3)));
}
