/**
 * Progress on a terminal: one line on standard error that is written over, and wiped at the end.
 */

import type { CliOutput } from '../io.js';

/** How far something is; its pace where that is known. */
export interface Shown {
  readonly done: number;
  readonly total: number;
  readonly perSecond?: number;
  readonly leftMs?: number;
  /** `store` while the engine checks its own file. */
  readonly phase?: 'entries' | 'store';
}

/** Shows how far something is. */
export interface Progress {
  show(progress: Shown): void;
  end(): void;
}

/** A progress line, or nothing where `enabled` is false. */
export function createProgress(output: CliOutput, label: string, enabled: boolean): Progress {
  let shown = '';
  const replace = (text: string): void => {
    if (text !== shown) output.write(`\r${text}${' '.repeat(Math.max(0, shown.length - text.length))}`);
    shown = text;
  };
  if (!enabled) return { show: () => undefined, end: () => undefined };
  return {
    show: (progress) => replace(`${label} ${progressText(progress)}`),
    end: () => {
      if (shown === '') return;
      replace('');
      output.write('\r');
    },
  };
}

/** `45% (450,000 of 1,000,000), 61,000 a second, 9 s left`. */
export function progressText({ done, total, perSecond = 0, leftMs = 0, phase }: Shown): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
  const reached = `${percent}% (${number(done)} of ${number(total)})`;
  if (phase === 'store') return `${reached}, now the engine's own check of the file`;
  return perSecond > 0 ? `${reached}, ${number(perSecond)} a second, ${durationText(leftMs)} left` : reached;
}

function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
