/**
 * Reads a sed script as far as needed to say whether it only prints, or writes files and runs commands too. Source: POSIX.1-2024
 * sed and the GNU sed manual. Pure.
 */

/** What a sed script does beyond printing; `unknown` where it can't be read. */
export type SedScript =
  | { readonly kind: 'prints' | 'executes' | 'unknown' }
  | { readonly kind: 'writes'; readonly file: string };

/** Reads a script. The worst thing that it does is what counts. */
export function readSedScript(script: string): SedScript {
  let rest = script;
  let worst: SedScript = { kind: 'prints' };
  for (let steps = 0; rest !== ''; steps += 1) {
    if (steps > MAX_COMMANDS) return { kind: 'unknown' };
    const blank = /^[\s;{}]+|^#[^\n]*/.exec(rest);
    if (blank !== null) {
      rest = rest.slice(blank[0].length);
      continue;
    }
    const address = ADDRESS.exec(rest)?.[0] ?? '';
    const found = readCommand(rest.slice(address.length));
    if (found === undefined) return { kind: 'unknown' };
    if (found.does.kind === 'executes') return found.does;
    if (found.does.kind !== 'prints') worst = found.does;
    rest = found.rest;
  }
  return worst;
}

const MAX_COMMANDS = 200;
const ONE_ADDRESS = String.raw`(?:\d+(?:~\d+)?|\$|[+~]\d+|\/(?:[^/\\\n]|\\.)*\/[IM]*|\\(\S)(?:(?!\N).)*\N[IM]*)`;
const ADDRESS = new RegExp(
  `^${ONE_ADDRESS.replaceAll('\\N', '\\1')}(?:\\s*,\\s*${ONE_ADDRESS.replaceAll('\\N', '\\2')})?\\s*!?\\s*`,
);

interface SedCommand {
  readonly does: SedScript;
  readonly rest: string;
}

function readCommand(text: string): SedCommand | undefined {
  const letter = text[0] ?? '';
  if (letter === 's' || letter === 'y') return readReplacement(text);
  if ('=dDgGhHnNpPxzF'.includes(letter)) return { does: { kind: 'prints' }, rest: text.slice(1) };
  if ('lLqQ'.includes(letter)) return { does: { kind: 'prints' }, rest: text.slice(1).replace(/^\s*\d+/, '') };
  if ('btT:'.includes(letter)) return { does: { kind: 'prints' }, rest: text.replace(/^[^;\n}]*/, '') };
  if ('aic'.includes(letter)) return { does: { kind: 'prints' }, rest: text.replace(/^(?:[^\\\n]|\\[\s\S])*\n?/, '') };
  const line = /^.[^\n]*/.exec(text)?.[0] ?? text;
  if (letter === 'w' || letter === 'W')
    return { does: { kind: 'writes', file: line.slice(1).trim() }, rest: text.slice(line.length) };
  return letter === 'e' ? { does: { kind: 'executes' }, rest: '' } : undefined;
}

/** `s/a/b/flags` and `y/a/b/` with any separator; the flags `e` and `w file` run and write. */
function readReplacement(text: string): SedCommand | undefined {
  const separator = text[1];
  if (separator === undefined || /[\\\n]/.test(separator)) return undefined;
  let end = 2;
  for (let ends = 0; ends < 2; end += 1) {
    if (end >= text.length) return undefined;
    if (text[end] === '\\') end += 1;
    else if (text[end] === separator) ends += 1;
  }
  const flags = /^[gpiImM\d]*/.exec(text.slice(end))?.[0] ?? '';
  const rest = text.slice(end + flags.length);
  if (rest[0] === 'e') return { does: { kind: 'executes' }, rest: '' };
  if (rest[0] !== 'w') return { does: { kind: 'prints' }, rest };
  const line = /^[^\n]*/.exec(rest)?.[0] ?? rest;
  return { does: { kind: 'writes', file: line.slice(1).trim() }, rest: rest.slice(line.length) };
}
