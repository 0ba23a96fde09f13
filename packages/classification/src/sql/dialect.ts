/**
 * How the dialects of SQL differ in their lexical rules. Data.
 *
 * Sources: PostgreSQL 18 manual 4.1, MySQL 8.4 manual 11, MariaDB knowledge base "Comment Syntax", SQLite "SQL
 * Comment Syntax" and `lang_keywords`, Transact-SQL reference "Slash Star" and "Delimited Identifiers".
 */

/** The dialects that are told apart. */
export type SqlDialect = 'postgres' | 'mysql' | 'mariadb' | 'sqlite' | 'sqlserver';

/** The lexical rules of one dialect. */
export interface LexicalRules {
  /** `/* /* *\/ *\/` is one comment. */
  readonly nestedComments: boolean;
  /** `#` starts a comment. */
  readonly hashComments: boolean;
  /** `--` starts a comment only before white space or a control character. */
  readonly dashNeedsSpace: boolean;
  /** A backslash escapes the next character in every string. */
  readonly backslashEscapes: boolean;
  /** `$tag$ ... $tag$` and `E'...'`. */
  readonly dollarQuotes: boolean;
  readonly backticks: boolean;
  readonly brackets: boolean;
  /** Double quotes make strings rather than identifiers. */
  readonly doubleQuotedStrings: boolean;
  /** The text within `/*! ... *\/` and `/*M! ... *\/` is run. */
  readonly conditionalComments: boolean;
  /** Two statements may follow each other without a semicolon. */
  readonly bareStatements: boolean;
}

const PLAIN: LexicalRules = {
  nestedComments: false,
  hashComments: false,
  dashNeedsSpace: false,
  backslashEscapes: false,
  dollarQuotes: false,
  backticks: false,
  brackets: false,
  doubleQuotedStrings: false,
  conditionalComments: false,
  bareStatements: false,
};

const MYSQL: LexicalRules = {
  ...PLAIN,
  hashComments: true,
  dashNeedsSpace: true,
  backslashEscapes: true,
  backticks: true,
  doubleQuotedStrings: true,
  conditionalComments: true,
};

/** The rules by dialect. */
export const LEXICAL_RULES: Readonly<Record<SqlDialect, LexicalRules>> = {
  postgres: { ...PLAIN, nestedComments: true, dollarQuotes: true },
  mysql: MYSQL,
  mariadb: MYSQL,
  sqlite: { ...PLAIN, backticks: true, brackets: true },
  sqlserver: { ...PLAIN, nestedComments: true, brackets: true, bareStatements: true },
};

/** One dialect for each distinct set of rules: what a text of unknown dialect is read as. */
export const DISTINCT_DIALECTS: readonly SqlDialect[] = ['postgres', 'mysql', 'sqlite', 'sqlserver'];
