/**
 * Finds text that shows an approver something other than what it is: invisible, bidirectional and control characters, and
 * look-alike letters. Pure.
 */

import type { Signal } from '@countersign/core';
import { signal } from './signal.js';

/** Judges the characters of a text. `executed` says that the text is run, or names where something is done. */
export function judgeCharacters(text: string, executed: boolean): readonly Signal[] {
  if (PLAIN.test(text)) {
    return [];
  }
  const found: Signal[] = [];
  const visible = text.replace(EMOJI_JOINER, '');
  const hidden = HIDDEN.exec(visible);
  if (hidden !== null) {
    found.push(
      signal(
        'text.hidden-characters',
        executed ? 'destructive' : 'moderate',
        'The text holds characters that cannot be seen or that change the order of what is seen.',
        {
          at: { pointer: '', start: text.indexOf(hidden[0]), end: text.indexOf(hidden[0]) + hidden[0].length },
        },
      ),
    );
  }
  if (executed && (MIXED_SCRIPTS.test(text) || LOOKALIKE_DASH.test(text) || /[\uff01-\uff5e]/.test(text))) {
    found.push(
      signal('text.look-alike', 'moderate', 'The text holds letters or dashes that look like others.', {
        confidence: 0.7,
      }),
    );
  }
  return found;
}

const PLAIN = /^[\x20-\x7e\t\n\r]*$/;
const EMOJI_JOINER =
  /(?<=(?:\p{Extended_Pictographic}|\p{Emoji_Modifier})\ufe0f?)\u200d(?=\p{Extended_Pictographic})|(?<=[\p{Extended_Pictographic}#*0-9])\ufe0f/gu;
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  /\u034f|[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
const MIXED_SCRIPTS =
  /[A-Za-z][\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]|[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}][A-Za-z]/u;
const LOOKALIKE_DASH = /(?:^|\s)[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]/;
