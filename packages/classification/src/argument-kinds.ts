/**
 * Decides what a string among the arguments is: a shell command, SQL, a path, a URL, code, or mere content. By the name of
 * its property first, then by its looks. Pure.
 */

import type { ToolPrior } from './tool-prior/index.js';

/** What a string can be. One string can be several things at once. */
export type ArgumentKind = 'shell' | 'sql' | 'path' | 'url' | 'code' | 'graphql' | 'manifest';

/** A string and where it stands. */
export interface ArgumentText {
  /** The nearest property name in lower case without separators; empty for a bare string. */
  readonly name: string;
  readonly value: string;
}

/** Answers every kind that the string may be; empty for mere content. */
export function argumentKinds(text: ArgumentText, prior: ToolPrior): readonly ArgumentKind[] {
  const named = kindByName(text, prior);
  if (named !== undefined) {
    return named;
  }
  return isContent(text.name) ? [] : kindsByLooks(text.value, prior);
}

/** Whether a property holds text that is stored or shown, and never run. */
export function isContent(name: string): boolean {
  return CONTENT.test(name);
}

/** Whether a property names the folder that a command runs in. */
export function isWorkingDirectory(name: string): boolean {
  return /^(?:cwd|workdir|workingdir|workingdirectory|currentdirectory)$/.test(name);
}

/** A property name in lower case without separators. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Whether the words of the tool's name say that it deals with the given matter. */
export function isAbout(prior: ToolPrior, matter: 'shell' | 'sql' | 'code' | 'graphql'): boolean {
  const words = MATTERS[matter];
  return prior.words.some((word) => words.has(word));
}

const MATTERS = {
  shell: new Set(
    'shell bash sh zsh fish terminal powershell pwsh cmd command commands console exec ssh cli'.split(' '),
  ),
  sql: new Set(
    'sql db database postgres postgresql mysql mariadb sqlite mssql sqlserver snowflake bigquery redshift duckdb psql'.split(
      ' ',
    ),
  ),
  code: new Set(
    'code python py javascript js node typescript ts repl jupyter notebook interpreter ipython deno'.split(' '),
  ),
  graphql: new Set(['graphql', 'gql']),
};

const CONTENT =
  /^(?:content|contents|body|text|message|messages|description|prompt|title|comment|comments|note|notes|summary|markdown|html|subject|question|answer|thought|reason|newstring|oldstring|newstr|oldstr|newtext|oldtext|filetext|replacement|caption|bio|instructions|data|diff|patch|explanation|name|label|pattern|regex|glob|keywords?|searchterm|q)$/;
const SHELL =
  /^(?:command|commands|cmd|cmdline|commandline|shell|bash|shellcommand|bashcommand|shcommand|argv|terminalcommand|powershell)$/;
const SQL = /^(?:sql|sqlquery|sqltext|sqlstatement|statement|statements|querystring|rawsql|ddl|dml)$/;
const CODE =
  /^(?:sourcecode|javascript|js|python|py|snippet|program|pythoncode|jscode|function|functionbody|codetoexecute|codesnippet)$/;
const URL_NAME = /(?:url|uri|urls|uris|href|endpoint|webhook|hyperlink)$/;
const PATH =
  /(?:path|paths|file|files|filename|filenames|filepath|dir|dirs|directory|directories|folder|folders|cwd|workdir|src|source|dst|dest|destination|outfile)$/;
const AMBIGUOUS_TEXT = /^(?:|input|line|instruction|args|arguments|run|exec|execute|payload|operation|action|task)$/;

function kindByName({ name, value }: ArgumentText, prior: ToolPrior): readonly ArgumentKind[] | undefined {
  if (SHELL.test(name)) {
    return isAbout(prior, 'sql') && !isAbout(prior, 'shell') && looksLikeSql(value) ? ['sql', 'shell'] : ['shell'];
  }
  if (SQL.test(name)) {
    return ['sql'];
  }
  if (name === 'query' || name === 'mutation' || name === 'document') {
    return kindOfQuery(value, prior);
  }
  if (name === 'script' || name === 'code' || name === 'expression' || CODE.test(name)) {
    return kindOfCode(name, value, prior);
  }
  if (
    /^(?:manifest|yaml|resource|resources|manifests|template)$/.test(name) &&
    /^\s*["{]?apiVersion\b|\bkind\s*:/m.test(value)
  ) {
    return ['manifest'];
  }
  if (URL_NAME.test(name)) {
    return ['url'];
  }
  if (PATH.test(name) && !value.includes('\n')) {
    return /^[a-z][a-z0-9+.-]+:\/\//i.test(value) ? ['url'] : ['path'];
  }
  if (AMBIGUOUS_TEXT.test(name) && (prior.runsArguments || isAbout(prior, 'shell'))) {
    return executableKinds(value, prior);
  }
  return undefined;
}

function kindOfQuery(value: string, prior: ToolPrior): readonly ArgumentKind[] | undefined {
  if (
    isAbout(prior, 'graphql') ||
    /^\s*(?:mutation|subscription)\b[^;]*\{/.test(value) ||
    /^\s*(?:query\b[^;]*)?\{[\s\S]*\}\s*$/.test(value)
  ) {
    return ['graphql'];
  }
  const database = isAbout(prior, 'sql') || prior.words.includes('query') || prior.words.includes('warehouse');
  return database || looksLikeSql(value) ? ['sql'] : undefined;
}

function kindOfCode(name: string, value: string, prior: ToolPrior): readonly ArgumentKind[] | undefined {
  if (name === 'code' && !prior.runsArguments && /^[\w.-]{1,24}$/.test(value)) {
    return [];
  }
  if (
    name === 'script' &&
    !isAbout(prior, 'code') &&
    !/[;{}]\s*\n|=>|\bfunction\b|^\s*(?:import|def|const|let|var)\s/m.test(value)
  ) {
    return ['shell'];
  }
  return name === 'expression' && !prior.runsArguments && !/[({;]/.test(value) ? [] : ['code'];
}

function executableKinds(value: string, prior: ToolPrior): readonly ArgumentKind[] {
  if (looksLikeSql(value) || isAbout(prior, 'sql')) {
    return ['sql'];
  }
  return isAbout(prior, 'code') ? ['code'] : ['shell'];
}

function kindsByLooks(value: string, prior: ToolPrior): readonly ArgumentKind[] {
  if (value.length < 2 || value.length > 4_000) {
    return [];
  }
  const kinds: ArgumentKind[] = [];
  if (/^(?:https?|ftp|file|gopher|wss?):\/\//i.test(value)) {
    kinds.push('url');
  } else if (/^(?:~?\/|\.\.?\/|[A-Za-z]:[\\/]|\\\\)[^\n]*$/.test(value) && !/\s{2}|^\/\w+\s\w/.test(value)) {
    kinds.push('path');
  }
  if (prior.kind !== 'read' && looksLikeSql(value)) {
    kinds.push('sql');
  }
  return kinds;
}

/** Strict: a verb with the words that belong to it, so that prose isn't taken for SQL. */
function looksLikeSql(value: string): boolean {
  return /^\s*(?:--[^\n]*\n\s*|\/\*[\s\S]*?\*\/\s*)*(?:select\b[\s\S]+\bfrom\b|select\s+[\w('"*]|insert\s+into\b|update\s+\S+\s+set\b|delete\s+from\b|(?:drop|alter|create|truncate)\s+(?:table|database|schema|index|view|user|role)\b|with\s+\w+\s+as\s*\(|truncate\s+\w|grant\s+\w+[\s\S]+\bto\b|pragma\s+\w|explain\s+\w|merge\s+into\b|replace\s+into\b|exec(?:ute)?\s+\w)/i.test(
    value,
  );
}
