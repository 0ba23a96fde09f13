/**
 * The verdict on statements that define things: CREATE, ALTER, DROP, GRANT and REVOKE. Pure.
 */

import type { Effect, RiskLevel, Signal } from '@countersign/core';
import { signal } from '../signal.js';
import type { SqlToken } from './lexer.js';
import { hasWords, isWord, type Statement, spanOf } from './statement-tokens.js';
import { ADMIN_WORDS } from './verbs.js';

/** Judges a definition; undefined for any other statement. */
export function definitionVerdict(statement: Statement): Signal | undefined {
  switch (statement.tokens[0]?.text) {
    case 'CREATE':
      return judgeCreate(statement.tokens);
    case 'ALTER':
      return judgeAlter(statement.tokens);
    case 'DROP':
      return judgeDrop(statement);
    case 'GRANT':
      return judgeGrant(statement.tokens);
    default:
      return undefined;
  }
}

interface Verdict {
  readonly id: string;
  readonly level: RiskLevel;
  readonly effects: readonly Effect[];
  readonly text: string;
}

function verdict(tokens: readonly SqlToken[], { id, level, effects, text }: Verdict): Signal {
  return signal(id, level, text, {
    effects,
    reversible: level === 'destructive' || level === 'critical' ? false : 'unknown',
    ...spanOf(tokens),
  });
}

function judgeCreate(tokens: readonly SqlToken[]): Signal {
  if (hasAdminWord(tokens) && definesAccount(tokens)) {
    return verdict(tokens, {
      id: 'sql.create.admin',
      level: 'critical',
      effects: ['auth.change'],
      text: 'Creates an administrator.',
    });
  }
  if (definesAccount(tokens)) {
    return verdict(tokens, {
      id: 'sql.create.account',
      level: 'moderate',
      effects: ['auth.change'],
      text: 'Creates an account or a role.',
    });
  }
  if (loadsNativeCode(tokens)) {
    return verdict(tokens, {
      id: 'sql.create.native-code',
      level: 'destructive',
      effects: ['exec', 'persist'],
      text: 'Lets the database server run code outside of SQL.',
    });
  }
  if (hasWords(tokens, 'OR', 'REPLACE', 'TABLE') || hasWords(tokens, 'OR', 'REPLACE', 'DATABASE')) {
    return verdict(tokens, {
      id: 'sql.create.replace',
      level: 'destructive',
      effects: ['db.write', 'data.delete'],
      text: 'Drops a table or database that is there and creates it anew.',
    });
  }
  const kind = tokens.find((token) => /^(?:TRIGGER|EVENT|RULE)$/.test(token.text) && token.kind === 'word');
  return verdict(tokens, {
    id: 'sql.create',
    level: 'moderate',
    effects: kind === undefined ? ['db.write'] : ['db.write', 'persist'],
    text: 'Creates an object in the database.',
  });
}

function loadsNativeCode(tokens: readonly SqlToken[]): boolean {
  const untrusted = /^(?:C|INTERNAL|PLPYTHON|PLPYTHON2U|PLPYTHON3U|PLPERLU|PLTCLU|PLSH|PLRUBY|PLR)$/i;
  const extensions = /^(?:DBLINK|FILE_FDW|POSTGRES_FDW|ADMINPACK|PLPYTHON\w*|PLPERLU|PLSH|PG_CRON|HTTP|PG_NET)$/i;
  return tokens.some((token, at) => {
    const before = tokens[at - 1];
    if (isWord(before, 'LANGUAGE')) {
      return untrusted.test(token.text);
    }
    return (
      isWord(token, 'SONAME') ||
      isWord(token, 'ASSEMBLY') ||
      (isWord(tokens[1], 'EXTENSION') && extensions.test(token.text))
    );
  });
}

function judgeAlter(tokens: readonly SqlToken[]): Signal {
  if (definesAccount(tokens)) {
    const admin = hasAdminWord(tokens);
    return verdict(tokens, {
      id: admin ? 'sql.alter.admin' : 'sql.alter.account',
      level: admin ? 'critical' : 'destructive',
      effects: ['auth.change'],
      text: admin ? 'Makes an account an administrator.' : 'Changes an account or a role.',
    });
  }
  if (isWord(tokens[1], 'SYSTEM') || isWord(tokens[1], 'SERVER') || isWord(tokens[1], 'INSTANCE')) {
    const admin = isWord(tokens[2], 'ROLE');
    return verdict(tokens, {
      id: 'sql.alter.server',
      level: admin ? 'critical' : 'destructive',
      effects: admin ? ['auth.change'] : ['infra.change'],
      text: 'Changes the configuration or the roles of the whole server.',
    });
  }
  if (losesData(tokens)) {
    return verdict(tokens, {
      id: 'sql.alter.drop',
      level: 'destructive',
      effects: ['db.write', 'data.delete'],
      text: 'Removes columns or partitions with their data.',
    });
  }
  if (disablesProtection(tokens)) {
    return verdict(tokens, {
      id: 'sql.alter.unprotect',
      level: 'destructive',
      effects: ['db.write', 'auth.change'],
      text: 'Switches a protection of the data off.',
    });
  }
  return verdict(tokens, {
    id: 'sql.alter',
    level: 'moderate',
    effects: ['db.write'],
    text: 'Changes the definition of an object.',
  });
}

const HARMLESS_DROPS = new Set([
  'CONSTRAINT',
  'INDEX',
  'KEY',
  'FOREIGN',
  'PRIMARY',
  'CHECK',
  'DEFAULT',
  'NOT',
  'IDENTITY',
  'EXPRESSION',
]);

function losesData(tokens: readonly SqlToken[]): boolean {
  return tokens.some((token, at) => {
    const next = tokens[at + 1];
    switch (token.kind === 'word' ? token.text : '') {
      case 'DROP':
        return !(next?.kind === 'word' && HARMLESS_DROPS.has(next.text));
      case 'TRUNCATE':
      case 'DISCARD':
      case 'EXCHANGE':
      case 'COALESCE':
        return isWord(next, 'PARTITION') || isWord(next, 'TABLESPACE');
      case 'SINGLE_USER':
      case 'OFFLINE':
        return true;
      case 'ROLLBACK':
        return isWord(next, 'IMMEDIATE');
      default:
        return false;
    }
  });
}

function disablesProtection(tokens: readonly SqlToken[]): boolean {
  const switchedOff = hasWords(tokens, 'DISABLE') || hasWords(tokens, 'NOCHECK') || hasWords(tokens, 'NO', 'FORCE');
  return (
    switchedOff ||
    isWord(tokens[1], 'DEFAULT') ||
    hasWords(tokens, 'SET', 'UNLOGGED') ||
    hasWords(tokens, 'TRUSTWORTHY', 'ON') ||
    hasWords(tokens, 'OWNER', 'TO')
  );
}

function judgeDrop(statement: Statement): Signal {
  const { tokens, dialect } = statement;
  const kind = tokens[1]?.kind === 'word' ? tokens[1].text : '';
  const wholeDatabase = kind === 'DATABASE' || (kind === 'SCHEMA' && dialect !== 'postgres' && dialect !== 'sqlserver');
  if (wholeDatabase || kind === 'OWNED') {
    return verdict(tokens, {
      id: 'sql.drop.database',
      level: 'critical',
      effects: ['db.write', 'data.delete'],
      text: 'Drops a whole database or everything that a role owns.',
    });
  }
  if (/^(?:USER|ROLE|LOGIN|GROUP)$/.test(kind)) {
    return verdict(tokens, {
      id: 'sql.drop.account',
      level: 'destructive',
      effects: ['auth.change'],
      text: 'Removes an account or a role.',
    });
  }
  if (kind === 'PREPARE' || kind === 'TEMPORARY' || kind === 'TEMP') {
    return verdict(tokens, {
      id: 'sql.drop.temporary',
      level: 'moderate',
      effects: ['db.write'],
      text: 'Drops what only this session has.',
    });
  }
  const name = kind === '' ? 'object' : kind.toLowerCase();
  return {
    ...verdict(tokens, {
      id: `sql.drop.${name}`,
      level: 'destructive',
      effects: ['db.write', 'data.delete'],
      text: `Drops a database object (${name}).`,
    }),
    alternative: 'Rename the object first, and drop it when nothing misses it.',
  };
}

function judgeGrant(tokens: readonly SqlToken[]): Signal {
  const everything =
    hasWords(tokens, 'ALL') ||
    hasWords(tokens, 'GRANT', 'OPTION') ||
    hasWords(tokens, 'ADMIN', 'OPTION') ||
    hasWords(tokens, 'CONTROL', 'SERVER');
  const admin = everything || hasAdminWord(tokens);
  return verdict(tokens, {
    id: admin ? 'sql.grant.admin' : 'sql.grant',
    level: admin ? 'critical' : 'destructive',
    effects: ['auth.change'],
    text: admin ? 'Gives all permissions, or the right to give them on.' : 'Gives permissions.',
  });
}

function definesAccount(tokens: readonly SqlToken[]): boolean {
  const kind = tokens
    .slice(1, 5)
    .find((token) => token.kind === 'word' && /^(?:USER|ROLE|LOGIN|GROUP)$/.test(token.text));
  const serverRole = isWord(tokens[1], 'SERVER');
  return (
    kind !== undefined &&
    !serverRole &&
    !hasWords(tokens.slice(0, 4), 'TABLE') &&
    !hasWords(tokens.slice(0, 4), 'WORKLOAD')
  );
}

function hasAdminWord(tokens: readonly SqlToken[]): boolean {
  return tokens.some((token) => token.kind !== 'string' && ADMIN_WORDS.has(token.text.toUpperCase()));
}
