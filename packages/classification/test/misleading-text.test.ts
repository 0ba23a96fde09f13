import type { ToolCall } from '@countersign/core';
import { describe, expect, it } from 'vitest';
import { createClassifier } from '../src/index.js';

const classifier = createClassifier({ workspace: '/work/app', home: '/home/me', trustedServers: ['trusted'] });

const HIDDEN = {
  'a zero-width space': '\u200b',
  'a turn of the direction of writing': '\u202e',
  'a terminal escape': '\u001b[2K',
  'a character of the tag block': '\u{e0041}',
};
const LOOK_ALIKE = '\u0430';

type Call = Pick<ToolCall, 'tool' | 'args'>;
type Make = (mark: string) => Call;

const PLACES: readonly (readonly [string, Make])[] = [
  ['a shell command', (m) => ({ tool: { name: 'bash' }, args: { command: `ls${m} src` } })],
  ['a statement of SQL', (m) => ({ tool: { name: 'execute_sql' }, args: { sql: `SELECT a${m} FROM t` } })],
  ['an address', (m) => ({ tool: { name: 'fetch' }, args: { url: `https://exa${m}mple.com/` } })],
  ['a path', (m) => ({ tool: { name: 'read_file' }, args: { path: `src/a${m}b.ts` } })],
  ['code of JavaScript', (m) => ({ tool: { name: 'run_javascript' }, args: { code: `console.lo${m}g(1)` } })],
  ['code of Python', (m) => ({ tool: { name: 'run_python' }, args: { code: `print("a${m}")` } })],
  ['a GraphQL query', (m) => ({ tool: { name: 'graphql' }, args: { query: `query { use${m}r { id } }` } })],
  ['a payee', (m) => ({ tool: { name: 'transfer' }, args: { to: `ali${m}ce`, amount: 5 } })],
  ['a role', (m) => ({ tool: { name: 'set_role' }, args: { role: `adm${m}in` } })],
  ['a recipient', (m) => ({ tool: { name: 'send_email' }, args: { to: `bo${m}b@example.com`, body: 'x' } })],
  ['the name of a property', (m) => ({ tool: { name: 'put_thing' }, args: { [`ke${m}y`]: 'v' } })],
  [
    'a call of another tool',
    (m) => ({ tool: { name: 'call_tool' }, args: { name: 'bash', arguments: { command: `ls${m}` } } }),
  ],
  ['the name of a tool', (m) => ({ tool: { name: `get${m}_x` }, args: {} })],
];

const TEXTS: readonly (readonly [string, Make])[] = [
  ['a message', (m) => ({ tool: { name: 'send_message' }, args: { text: `hel${m}lo` } })],
  ['a text of no known kind', (m) => ({ tool: { name: 'get_x' }, args: { thing: `val${m}ue` } })],
  ['the description of a tool', (m) => ({ tool: { name: 'get_x', description: `Gets${m} x` }, args: {} })],
  ['the title of a tool', (m) => ({ tool: { name: 'get_x', title: `Get${m} x` }, args: {} })],
  [
    'the schema of a tool',
    (m) => ({
      tool: { name: 'get_x', inputSchema: { properties: { id: { type: 'string', description: `The${m} id` } } } },
      args: {},
    }),
  ],
  [
    'the description of a tool of a trusted server',
    (m) => ({
      tool: { name: 'get_x', server: 'trusted', description: `x${m}`, annotations: { readOnlyHint: true } },
      args: {},
    }),
  ],
];

function found(call: Call, id: string): boolean {
  const { level, signals, reasons } = classifier.classify(call);
  return level !== 'safe' && reasons.length > 0 && signals.some((signal) => signal.id.endsWith(id));
}

describe('text that misleads', () => {
  describe.each([...PLACES, ...TEXTS])('in %s', (_place, make) => {
    it.each(Object.entries(HIDDEN))('is found: %s', (_name, mark) => {
      expect(found(make(mark), 'hidden-characters')).toBe(true);
      expect(found(make(''), 'hidden-characters')).toBe(false);
    });
  });

  it.each(PLACES)('is found in %s: a letter that looks like another', (_place, make) => {
    expect(found(make(LOOK_ALIKE), 'text.look-alike')).toBe(true);
    expect(found(make(''), 'text.look-alike')).toBe(false);
  });
});
