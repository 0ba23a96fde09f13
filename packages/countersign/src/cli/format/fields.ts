/**
 * Labels and values in two columns. Pure.
 */

/** Lines that end in a line feed; an empty label continues the line above. The texts must be safe to print. */
export function fieldLines(fields: readonly (readonly [label: string, text: string])[]): string {
  const width = fields.reduce((widest, [label]) => Math.max(widest, label.length), 0);
  return fields
    .map(([label, text]) => `${label.padEnd(width)}  ${text}`.trimEnd())
    .map((line) => `${line}\n`)
    .join('');
}
