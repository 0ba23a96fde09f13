/**
 * Progress on a terminal: one line on standard error that is written over, and wiped at the end.
 */

import type { CliOutput } from '../io.js';

/** Shows how far something is. */
export interface Progress {
  show(progress: { readonly done: number; readonly total: number }): void;
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
    show: ({ done, total }) => {
      const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
      replace(`${label} ${percent}% (${done.toLocaleString('en-US')} of ${total.toLocaleString('en-US')})`);
    },
    end: () => {
      if (shown === '') return;
      replace('');
      output.write('\r');
    },
  };
}
