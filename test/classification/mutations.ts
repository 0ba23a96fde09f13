/** Changed forms of the labelled cases, the same ones for the same seed: for finding inputs that break or stall the readers. */

import { loadCases } from './load-cases.js';

const PIECES = [
  ...['$(', '`', ')', '"', "'", '{', ',', '}', '[', ']', '${', '<<E\n', '\nE\n', '|', '&&', ';', '\n', '\\', '(('],
  ...['[[', ' ]]', '<(', '>(', '>', '<', '*', '?', '~', '!', '#', '$@', '=', 'a=(', 'f() {', 'if ', 'then ', 'fi'],
  ...['do ', 'done', 'case x in ', 'esac', 'eval ', 'xargs ', 'sh -c ', '-exec ', '\0', '\u202e', '/*!', '*/', '--'],
  ...[
    '$$',
    '$a$',
    "E'",
    'U&"',
    '@',
    '%',
    '-e ',
    'x=$x$x;',
    '{1..9}',
    '{a,b}',
    '${x:-',
    '+(',
    'rm -rf ',
    "awk '",
    '1e ',
  ],
] as const;

/** Longest text that is made, in UTF-16 code units. */
export const MAX_MUTATED = 10_240;

export interface Mutation {
  readonly kind: 'shell' | 'sql';
  readonly text: string;
}

/** Makes `count` mutations from a seed. */
export function* mutations(seed: number, count: number): Generator<Mutation> {
  const random = linearCongruence(seed);
  const pick = <T>(items: readonly T[], otherwise: T): T => items[Math.floor(random() * items.length)] ?? otherwise;
  const { shell, sql } = loadCases();
  const commands = shell.map(({ command }) => command);
  const statements = sql.map(({ sql: text }) => text);
  for (let made = 0; made < count; made += 1) {
    const kind = random() < 0.75 ? 'shell' : 'sql';
    let text = pick(kind === 'shell' ? commands : statements, '');
    const changes = 1 + Math.floor(random() * 6);
    for (let change = 0; change < changes; change += 1) {
      const at = Math.floor(random() * (text.length + 1));
      const times = 1 + Math.floor(random() * 60);
      const way = random();
      if (way < 0.3) text = text.slice(0, at) + pick(PIECES, '') + text.slice(at);
      else if (way < 0.5) text = text.slice(0, at) + text.slice(at + (times % 9));
      else if (way < 0.65) text = text.slice(0, at) + pick(PIECES, '').repeat(times) + text.slice(at);
      else if (way < 0.8) text += pick([';', '|', '&&', ' ', '\n', '$('], '') + pick(commands, '');
      else text = text.slice(0, at) + text.slice(at, at + 40).repeat(times) + text.slice(at);
      text = text.slice(0, MAX_MUTATED);
    }
    yield { kind, text };
  }
}

function linearCongruence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
