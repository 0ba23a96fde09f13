/**
 * Tables that fit a width: the widest columns give way, and what is cut off ends in an ellipsis. Pure.
 */

import Table from 'cli-table3';

/** One column. */
export interface Column {
  readonly title: string;
  /** The fewest characters that it may be cut to; its whole width when not given. */
  readonly minWidth?: number;
  readonly align?: 'left' | 'right';
}

/** One cell: its visible text, and how to colour it. The text must be safe to print. */
export interface Cell {
  readonly text: string;
  readonly paint?: (text: string) => string;
}

/** The table as lines that end in a line feed; no line is wider than `width` unless the narrowest form is. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): string {
  const widths = fitWidths(columns, rows, width);
  const table = new Table({
    head: columns.map(({ title }) => title),
    colWidths: widths.map((column) => column + GAP),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    truncate: '…',
    chars: NO_BORDERS,
    style: { 'padding-left': 0, 'padding-right': GAP, head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => row.map((cell, at) => paintedCell(cell, widths[at] ?? 0))));
  return `${table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')}\n`;
}

/** The columns that a text takes on a terminal; wide characters take two, combining marks none. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += WIDE.test(character) ? 2 : ZERO_WIDTH.test(character) ? 0 : 1;
  return width;
}

/** Cuts a text to a number of columns; what was cut off is stood for by an ellipsis. */
export function cutTo(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  let used = 0;
  for (const character of text) {
    used += displayWidth(character);
    if (used > width - 1) break;
    cut += character;
  }
  return `${cut}…`;
}

/** Blanks between two columns. */
const GAP = 2;

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;

const ZERO_WIDTH = /\p{M}/u;

const NO_BORDERS = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '',
};

/** Cut before it is coloured, so that no colour is cut in half. */
function paintedCell({ text, paint }: Cell, width: number): string {
  const cut = cutTo(text, width);
  return paint === undefined ? cut : paint(cut);
}

function fitWidths(columns: readonly Column[], rows: readonly (readonly Cell[])[], width: number): readonly number[] {
  const widths = columns.map(({ title }, at) =>
    rows.reduce((widest, row) => Math.max(widest, displayWidth(row[at]?.text ?? '')), displayWidth(title)),
  );
  const least = columns.map(({ title, minWidth }, at) =>
    Math.min(widths[at] ?? 0, Math.max(minWidth ?? Number.POSITIVE_INFINITY, displayWidth(title))),
  );
  let surplus = widths.reduce((total, column) => total + column, GAP * (columns.length - 1)) - width;
  while (surplus > 0) {
    const at = widest(widths, least);
    if (at === undefined) break;
    widths[at] = (widths[at] ?? 0) - 1;
    surplus -= 1;
  }
  return widths;
}

/** The widest column that may still give way. */
function widest(widths: readonly number[], least: readonly number[]): number | undefined {
  let found: number | undefined;
  for (const [at, width] of widths.entries()) {
    if (width > (least[at] ?? 0) && (found === undefined || width > (widths[found] ?? 0))) found = at;
  }
  return found;
}
