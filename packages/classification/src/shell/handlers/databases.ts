/**
 * Clients of databases given statements on the line or through a pipe. Pure but for the report.
 */

import { analyzeSql, type SqlDialect } from '../../sql/index.js';
import { parseArguments } from '../flags.js';
import { judgePath } from '../judge-path.js';
import { type Argument, type Call, isKnown } from '../walk.js';
import { judgeMongo, judgeRedis } from './stores.js';

const SQL_FLAGS = /^(?:-c|-e|-q|-Q|--command|--execute|--query|--eval|-cmd)(?:=|$)/;

/** Judges the statements that a client is given. */
export function judgeDatabaseClient(call: Call): void {
  for (const statement of statementsOf(call)) {
    if (/^(?:redis-cli|valkey-cli)$/.test(call.name)) judgeRedis(statement, call);
    else if (/^mongo(?:sh)?$/.test(call.name)) judgeMongo(statement, call);
    else judgeStatement(statement, call);
  }
}

/** The texts that may be statements: values of the flags for them, operands with a space, and known input. */
function statementsOf(call: Call): readonly Argument[] {
  const { words, flow, at } = call;
  if (/^(?:redis-cli|valkey-cli)$/.test(call.name)) {
    const text = [...words.map((word) => word.text), flow.text ?? ''].join(' ');
    return [{ ...call.program, ...at, text }];
  }
  const found: Argument[] = [];
  for (const [index, word] of words.entries()) {
    const match = SQL_FLAGS.exec(word.text);
    const next = words[index + 1];
    if (match?.[0].endsWith('=')) found.push({ ...word, text: word.text.slice(match[0].length) });
    else if (match !== null && next !== undefined) found.push(next);
    else if (/^-[ecqQ]./.test(word.text) && /\s/.test(word.text)) found.push({ ...word, text: word.text.slice(2) });
    else if (/\s/.test(word.text) && !SQL_FLAGS.test(words[index - 1]?.text ?? '') && !word.text.startsWith('-'))
      found.push(word);
  }
  if (flow.text !== undefined) found.push({ ...call.program, ...at, text: flow.text });
  return found;
}

/** How a client is proven to only read: its harmless flags, those with a value, and those whose value is a statement. */
interface ClientProof {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  readonly statements: ReadonlySet<string>;
  /** Commands of the client itself that only read. */
  readonly own: RegExp;
  /** True where the operand after the database is a statement, as in sqlite3. */
  readonly operand: boolean;
}

function proofOf(flags: string, values: string, statements: string, own: RegExp, operand = false): ClientProof {
  const set = (text: string) => new Set(text.split(' '));
  return { flags: set(flags), values: set(`${values} ${statements}`), statements: set(statements), own, operand };
}

const MYSQL_PROOF = proofOf(
  '-t -N -B -s -r -v --table --batch --silent --skip-column-names --raw --vertical --ssl --compress -C -E -H -X',
  '-h -P -u -D --host --port --user --database --default-character-set --protocol --ssl-mode',
  '-e --execute',
  /^$/,
);
const CLIENT_PROOFS: ReadonlyMap<string, ClientProof> = new Map([
  [
    'psql',
    proofOf(
      '-t -A -X -q -x -w -W -E -n -H -l --tuples-only --no-align --no-psqlrc --quiet --expanded --csv --html --list --echo-hidden --no-password',
      '-h -p -U -d -F -R -P --host --port --username --dbname --field-separator --pset',
      '-c --command',
      /^\s*\\(?:d[A-Za-z]*[+S]?(?:\s+[\w.*"]+)?|l\+?|conninfo|encoding|timing|x)\s*$/,
    ),
  ],
  ['mysql', MYSQL_PROOF],
  ['mariadb', MYSQL_PROOF],
  [
    'sqlite3',
    proofOf(
      '-readonly -header -noheader -csv -json -line -list -column -box -table -markdown -html -quote -ascii -tabs -batch -bail -safe -echo',
      '-separator -newline -nullvalue',
      '-cmd',
      /^\s*\.(?:tables?|schema|indexes|indices|databases|dbinfo|headers?|mode|width|nullvalue|separator|timer|stats|show|help|fullschema)\b[^|;`\n]*$/,
      true,
    ),
  ],
]);

/** Whether a client is given nothing but statements that are known to only read, and flags that change nothing. */
export function provesDatabaseRead(call: Call): boolean {
  const proof = CLIENT_PROOFS.get(call.name);
  if (proof === undefined || call.flow.piped || call.program.text.includes('/')) return false;
  if (call.words.some((word) => word.opaque || word.fed || word.glob || !isKnown(word.text))) return false;
  const style = call.name === 'sqlite3' ? 'long' : 'bundled';
  const parsed = parseArguments(call.words, { values: proof.values, style });
  if (
    !parsed.flags.every(
      (flag) => proof.flags.has(flag.name) || (proof.values.has(flag.name) && flag.value !== undefined),
    )
  )
    return false;
  const given = parsed.flags.flatMap((flag) => (proof.statements.has(flag.name) && flag.value ? [flag.value] : []));
  const statements = proof.operand ? [...given, ...parsed.operands.slice(1)] : given;
  if (parsed.operands.length > (proof.operand ? 4 : 2)) return false;
  const isListing = parsed.flags.some((flag) => flag.name === '-l' || flag.name === '--list') && call.name === 'psql';
  if (proof.operand && parsed.operands[0] !== undefined && judgePath(parsed.operands[0], 'read', call.walk) !== 'safe')
    return false;
  return (statements.length > 0 || isListing) && statements.every((word) => isReadStatement(word.text, proof, call));
}

function isReadStatement(text: string, proof: ClientProof, call: Call): boolean {
  if (proof.own.test(text)) return true;
  if (/^\s*[\\.]/m.test(text) || /\\[a-z!?]/i.test(text)) return false;
  const dialect = dialectOf(call.name);
  const { signals, ok } = analyzeSql(text, call.walk.context, dialect === undefined ? {} : { dialect });
  return ok && signals.length > 0 && signals.every((found) => found.level === 'safe');
}

function dialectOf(name: string): SqlDialect | undefined {
  return Object.entries(DIALECTS).find(([client]) => client === name)?.[1];
}

const DIALECTS = {
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite3: 'sqlite',
  sqlcmd: 'sqlserver',
  psql: 'postgres',
} as const;

/** Reports what a statement does. */
export function judgeStatement(statement: Argument, call: Call): void {
  if (CLIENT_PROOFS.get(call.name)?.own.test(statement.text) === true) return;
  const { walk } = call;
  const meta =
    /^\s*(?:\\|(?=system\s))(!|copy|o|w|g|i|system\s)\s*(.*)$|\.(shell|system|import|output|once|load|restore|save)\s+(.*)/s.exec(
      statement.text,
    );
  if (
    meta !== null &&
    (meta[1] === '!' || meta[1]?.startsWith('system') === true || meta[3] === 'shell' || meta[3] === 'system')
  ) {
    walk.evaluator.text(meta[2] ?? meta[4] ?? '', walk, call.flow, statement);
    return;
  }
  const dialect = dialectOf(call.name);
  const text = statement.text.replaceAll('\0', 'unknown');
  const analysis = analyzeSql(text, walk.context, dialect === undefined ? {} : { dialect });
  for (const found of analysis.signals) {
    walk.report.add(found.id, found.level, found.text, statement, {
      effects: found.effects,
      reversible: found.reversible,
      confidence: found.confidence,
      ...(found.alternative !== undefined && { alternative: found.alternative }),
    });
  }
  if (!isKnown(statement.text))
    walk.report.add('shell.sql-unknown', 'moderate', 'Part of the statement is not known before it runs.', statement, {
      confidence: 0.5,
    });
}
