/**
 * Cypher, the language of graph databases. Source: the openCypher reference and the Neo4j Cypher manual. Pure but for the report.
 */

import { parseArguments } from '../flags.js';
import { type Argument, type Call, isKnown } from '../walk.js';

const VALUES: ReadonlySet<string> = new Set(
  '-a --address --uri -u --username -p --password -d --database --format -P --param --impersonate --encryption -f --file --access-mode'.split(
    ' ',
  ),
);

/** Reports what the statements do that `cypher-shell` is given. */
export function judgeCypher(call: Call): void {
  for (const { text, at } of statementsOf(call)) {
    const bare = text.replace(LITERALS, "''");
    const found = DANGERS.find(({ pattern }) => pattern.test(bare));
    if (found !== undefined)
      call.walk.report.add(`shell.cypher.${found.id}`, found.level, found.text, at, {
        effects: found.id === 'rights' ? ['auth.change'] : ['db.write', 'data.delete'],
        reversible: false,
      });
  }
}

/** Whether all that it is given are statements that only read. */
export function provesCypherRead(call: Call): boolean {
  const parsed = parseArguments(call.words, { values: VALUES, style: 'bundled' });
  const statements = statementsOf(call);
  return (
    statements.length > 0 &&
    parsed.flags.every((flag) => flag.name !== '-f' && flag.name !== '--file') &&
    call.words.every((word) => !word.opaque && !word.fed && isKnown(word.text)) &&
    statements.every(({ text }) => {
      const bare = text.replace(LITERALS, "''");
      return /^\s*(?:match|optional\s+match|return|unwind|with|show|explain)\b/i.test(bare) && !WRITES.test(bare);
    })
  );
}

const LITERALS = /'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`[^`]*`/gs;
const WRITES =
  /\b(?:create|merge|set|delete|detach|remove|drop|foreach|load|call|alter|grant|deny|revoke|start|stop|terminate|rename|enable|insert)\b|(?:^|\s):|;\s*\S/im;

const DANGERS = [
  {
    id: 'drop-database',
    level: 'critical',
    text: 'Drops a whole graph database.',
    pattern: /\bdrop\s+(?:composite\s+)?database\b/i,
  },
  {
    id: 'delete',
    level: 'destructive',
    text: 'Deletes nodes, relations or properties of a graph.',
    pattern: /\bdelete\b|\bremove\b|\bdrop\s+\w+|\bstop\s+database\b|\bterminate\s+transactions?\b|\bor\s+replace\b/i,
  },
  {
    id: 'rights',
    level: 'destructive',
    text: 'Changes who may do what in a graph database.',
    pattern: /^\s*(?:grant|deny|revoke|alter|create\s+(?:or\s+replace\s+)?(?:user|role))\b/im,
  },
] as const;

/** The operands that are statements, and what comes in. */
function statementsOf(call: Call): readonly { readonly text: string; readonly at: Argument }[] {
  const { operands } = parseArguments(call.words, { values: VALUES, style: 'bundled' });
  const given = operands.map((word) => ({ text: word.text, at: word }));
  const { flow } = call;
  return flow.text === undefined ? given : [...given, { text: flow.text, at: { ...call.program, ...call.at } }];
}
