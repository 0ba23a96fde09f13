/**
 * Code inside the subscript of an array. Wherever bash computes a number or resolves the name of a variable, as in
 * `[[ $x -eq 1 ]]`, `let`, `read` and `unset`, it expands subscripts in the text, quoted or not. Pure.
 */

/** Whether the text holds a subscript in which something would run. */
export function hasSubscriptCode(text: string): boolean {
  const open = text.indexOf('[');
  return open >= 0 && (text.indexOf('$(', open) >= 0 || text.indexOf('`', open) >= 0);
}

/** A command that runs just what such a text would run. */
export function subscriptCode(text: string): string {
  return `: "${text.replace(/["\\]/g, '\\$&')}"`;
}
