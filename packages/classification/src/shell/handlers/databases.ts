/**
 * Clients of databases given statements on the line or through a pipe. Pure but for the report.
 */

import { analyzeSql } from '../../sql/index.js';
import { type Argument, type Call, isKnown } from '../walk.js';

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

const DIALECTS = {
  mysql: 'mysql',
  mariadb: 'mariadb',
  sqlite3: 'sqlite',
  sqlcmd: 'sqlserver',
  psql: 'postgres',
} as const;

function judgeStatement(statement: Argument, call: Call): void {
  const { walk } = call;
  const meta = /^\s*\\(!|copy|o|w|g|i)\s*(.*)$|\.(shell|system|import|output|once|load|restore|save)\s+(.*)/s.exec(
    statement.text,
  );
  if (meta !== null && (meta[1] === '!' || meta[3] === 'shell' || meta[3] === 'system')) {
    walk.evaluator.text(meta[2] ?? meta[4] ?? '', walk, call.flow, statement);
    return;
  }
  const dialect = Object.entries(DIALECTS).find(([name]) => name === call.name)?.[1];
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

function judgeRedis(statement: Argument, call: Call): void {
  const match =
    /\b(flushall|flushdb|shutdown|debug|config\s+set|slaveof|replicaof|script\s+flush|acl\s+(?:setuser|deluser)|swapdb|restore|migrate|cluster\s+reset|module\s+load|xtrim|del|unlink)\b/i.exec(
      statement.text,
    );
  if (match === null) return;
  const word = (match[1] ?? '').toLowerCase().replace(/\s+/g, '-');
  const isMany = statement.text.includes('*') || !isKnown(statement.text);
  const level = /^(?:del|unlink|xtrim|restore)$/.test(word) && !isMany ? 'moderate' : 'destructive';
  call.walk.report.add(`shell.redis.${word}`, level, 'Deletes data of the store or changes how it runs.', call.at, {
    effects: ['db.write', 'data.delete'],
    reversible: false,
  });
}

function judgeMongo(statement: Argument, call: Call): void {
  const match =
    /\b(dropDatabase|dropCollection|drop|deleteMany|deleteOne|remove|dropIndexes?|dropUser|shutdownServer|dropAllUsers|findOneAndDelete|renameCollection)\s*\(/.exec(
      statement.text,
    );
  if (match === null) return;
  const level = match[1] === 'dropDatabase' ? 'critical' : 'destructive';
  call.walk.report.add(`shell.mongo.${match[1]}`, level, 'Deletes data of the database.', call.at, {
    effects: ['db.write', 'data.delete'],
    reversible: false,
  });
}
