/**
 * The verdict on statements about the session, transactions, procedures and settings. Pure.
 */

import type { Effect, RiskLevel, Signal } from '@countersign/core';
import { signal } from '../signal.js';
import { EFFECT_FUNCTIONS } from './effect-functions.js';
import type { SqlToken } from './lexer.js';
import { hasWords, isWord, type Statement, spanOf } from './statement-tokens.js';
import { DANGEROUS_PRAGMAS, QUERY_PRAGMAS, READ_PRAGMAS } from './verbs.js';

/** Judges SET, transactions, procedure calls and server commands; undefined for any other statement. */
export function sessionVerdict({ tokens }: Statement): Signal | undefined {
  switch (tokens[0]?.text) {
    case 'SET':
      return judgeSet(tokens);
    case 'BEGIN':
    case 'START':
      return judgeBegin(tokens);
    case 'EXEC':
    case 'EXECUTE':
    case 'CALL':
      return judgeCall(tokens);
    case 'DO':
      return make(tokens, { id: 'sql.do', level: 'moderate', effects: ['db.write'], text: 'Runs a block of code.' });
    case 'RESET':
      return judgeReset(tokens);
    case 'DBCC':
      return judgeDbcc(tokens);
    case 'STOP':
      return make(tokens, {
        id: 'sql.stop',
        level: 'destructive',
        effects: ['infra.change'],
        text: 'Stops replication.',
      });
    case 'RENAME':
      return isWord(tokens[1], 'USER')
        ? make(tokens, {
            id: 'sql.rename.account',
            level: 'destructive',
            effects: ['auth.change'],
            text: 'Renames an account.',
          })
        : undefined;
    default:
      return procedureVerdict(tokens, 0);
  }
}

/** Judges a PRAGMA of SQLite: a value, after `=` or in parentheses, makes it a setting. */
export function pragmaVerdict(tokens: readonly SqlToken[]): Signal {
  const at = tokens[2]?.text === '.' ? 3 : 1;
  const name = tokens[at]?.text.toUpperCase() ?? '';
  const next = tokens[at + 1]?.text;
  const sets = next !== undefined && !(next === '(' && QUERY_PRAGMAS.has(name));
  if (!sets && (READ_PRAGMAS.has(name) || QUERY_PRAGMAS.has(name))) {
    return make(tokens, {
      id: 'sql.pragma.read',
      level: 'safe',
      effects: ['db.read'],
      text: 'Only reads a setting or the schema.',
    });
  }
  const dangerous = DANGEROUS_PRAGMAS.has(name) && (sets || !READ_PRAGMAS.has(name));
  const value = tokens.at(next === '(' ? -2 : -1)?.text ?? '';
  const unsafe = dangerous || (/^(?:JOURNAL_MODE|SYNCHRONOUS)$/.test(name) && /^(?:OFF|0)$/i.test(value));
  return make(tokens, {
    id: unsafe ? 'sql.pragma.unsafe' : 'sql.pragma.set',
    level: unsafe ? 'destructive' : 'moderate',
    effects: ['db.write'],
    text: unsafe ? 'Changes a setting that can corrupt the database.' : 'Changes a setting of the database.',
  });
}

interface Verdict {
  readonly id: string;
  readonly level: RiskLevel;
  readonly effects: readonly Effect[];
  readonly text: string;
}

function make(tokens: readonly SqlToken[], { id, level, effects, text }: Verdict): Signal {
  return signal(id, level, text, { effects, reversible: level === 'safe' ? true : 'unknown', ...spanOf(tokens) });
}

const QUIET_SETTINGS = /^(?:NOCOUNT|STATISTICS|SHOWPLAN_ALL|SHOWPLAN_TEXT|SHOWPLAN_XML|DATEFORMAT|DATEFIRST|NAMES)$/;

function judgeSet(tokens: readonly SqlToken[]): Signal {
  const [, target] = tokens;
  const local = target?.kind === 'variable' && /^@[^@]/.test(target.text) && !hasWords(tokens, 'GLOBAL');
  const readOnly = hasWords(tokens, 'READ', 'ONLY') || hasWords(tokens, 'ISOLATION', 'LEVEL');
  if (
    local ||
    (target?.kind === 'word' && QUIET_SETTINGS.test(target.text)) ||
    (readOnly && !hasWords(tokens, 'GLOBAL') && !hasWords(tokens, 'WRITE'))
  ) {
    return make(tokens, {
      id: 'sql.set.local',
      level: 'safe',
      effects: ['db.read'],
      text: 'Sets a variable or a quiet option of the session.',
    });
  }
  if (
    isWord(target, 'PASSWORD') ||
    hasWords(tokens, 'SESSION', 'AUTHORIZATION') ||
    isWord(target, 'ROLE') ||
    isWord(tokens[2], 'ROLE')
  ) {
    const password = isWord(target, 'PASSWORD');
    return make(tokens, {
      id: 'sql.set.account',
      level: password ? 'destructive' : 'moderate',
      effects: ['auth.change'],
      text: 'Changes a password or the role that is acted in.',
    });
  }
  const server =
    /^(?:GLOBAL|PERSIST|PERSIST_ONLY)$/.test(target?.text ?? '') || /^@@(?:global|persist)/.test(target?.text ?? '');
  const unprotects = tokens.some((token) =>
    /^(?:FOREIGN_KEY_CHECKS|UNIQUE_CHECKS|SQL_LOG_BIN|SESSION_REPLICATION_ROLE|SQL_SAFE_UPDATES|ROW_SECURITY)$/i.test(
      token.text.replace(/^@@(?:session\.)?/, ''),
    ),
  );
  const raised = server || unprotects;
  return make(tokens, {
    id: server ? 'sql.set.server' : unprotects ? 'sql.set.unprotect' : 'sql.set',
    level: raised ? 'destructive' : 'moderate',
    effects: server ? ['infra.change'] : ['db.write'],
    text: server ? 'Changes a setting of the whole server.' : 'Changes a setting of the session.',
  });
}

function judgeBegin(tokens: readonly SqlToken[]): Signal {
  const readOnly = hasWords(tokens, 'READ', 'ONLY') && !hasWords(tokens, 'WRITE');
  return make(tokens, {
    id: readOnly ? 'sql.begin.read-only' : 'sql.begin',
    level: readOnly ? 'safe' : 'moderate',
    effects: ['db.read'],
    text: readOnly ? 'Opens a transaction that cannot write.' : 'Opens a transaction or a block, or starts a task.',
  });
}

function judgeCall(tokens: readonly SqlToken[]): Signal {
  const assigned = tokens[2]?.text === '=' ? 3 : 1;
  const target = tokens[assigned];
  if (target?.text === '(' || target?.kind === 'string' || isWord(target, 'IMMEDIATE') || isWord(target, 'FORMAT')) {
    return make(tokens, {
      id: 'sql.dynamic',
      level: 'destructive',
      effects: ['db.write'],
      text: 'Runs SQL that is put together while it runs.',
    });
  }
  return (
    procedureVerdict(tokens, assigned) ??
    make(tokens, {
      id: 'sql.call',
      level: 'moderate',
      effects: ['db.write'],
      text: 'Runs a stored procedure or a prepared statement.',
    })
  );
}

/** A procedure with known effects, named with or without its database and schema. */
function procedureVerdict(tokens: readonly SqlToken[], from: number): Signal | undefined {
  let at = from;
  while (tokens[at + 1]?.text === '.' || tokens[at]?.text === '.') {
    at++;
  }
  const token = tokens[at];
  const known =
    token === undefined || token.kind === 'string' ? undefined : EFFECT_FUNCTIONS.get(token.text.toLowerCase());
  if (known === undefined || token === undefined) {
    return undefined;
  }
  const inspects = token.text.toLowerCase() === 'sp_configure' && !tokens.some((each) => each.text === ',');
  return make(tokens, {
    id: `sql.procedure.${token.text.toLowerCase()}`,
    level: inspects ? 'moderate' : known.level,
    effects: known.effects,
    text: `The procedure ${known.why}.`,
  });
}

function judgeReset(tokens: readonly SqlToken[]): Signal {
  const loses = /^(?:MASTER|BINARY|SLAVE|REPLICA|PERSIST)$/.test(tokens[1]?.text ?? '');
  return make(tokens, {
    id: 'sql.reset',
    level: loses ? 'destructive' : 'moderate',
    effects: loses ? ['data.delete'] : ['db.read'],
    text: loses ? 'Deletes the logs needed for replication and recovery.' : 'Resets a setting of the session.',
  });
}

function judgeDbcc(tokens: readonly SqlToken[]): Signal {
  const loses = tokens.some((token) => /^(?:REPAIR_ALLOW_DATA_LOSS|WRITEPAGE|REPAIR_REBUILD)$/.test(token.text));
  return make(tokens, {
    id: 'sql.dbcc',
    level: loses ? 'destructive' : 'moderate',
    effects: loses ? ['db.write', 'data.delete'] : ['infra.change'],
    text: 'Runs a maintenance command.',
  });
}
