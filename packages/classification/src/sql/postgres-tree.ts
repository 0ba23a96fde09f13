/**
 * What PostgreSQL itself reads in a text: a second look, over the tree of its own parser, that confirms the first or raises
 * it. Pure. Source: the node types of PostgreSQL 18, `src/include/nodes/parsenodes.h`.
 */

import {
  compareRisk,
  isJsonObject,
  type JsonObject,
  type JsonValue,
  maxRisk,
  type RiskLevel,
  type Signal,
} from '@countersign/core';
import { signal } from '../signal.js';
import { EFFECT_FUNCTIONS } from './effect-functions.js';
import type { PostgresParser } from './postgres-parser.js';
import { SAFE_FUNCTIONS } from './safe-functions.js';

/** Nodes of a tree that are looked at; a larger tree is not proven. */
const MAX_TREE_NODES = 50_000;

/** Adds what PostgreSQL reads to what the scanner found: of two answers the higher counts. */
export function withPostgresReading(sql: string, found: readonly Signal[], parser: PostgresParser): readonly Signal[] {
  const tree = parser.parse(sql);
  const statements = isJsonObject(tree) && Array.isArray(tree.stmts) ? tree.stmts : undefined;
  if (statements === undefined) {
    const refused = 'PostgreSQL itself cannot read this text, so that nothing is proven about it.';
    return [...found, signal('sql.postgres.refused', 'moderate', refused, { effects: ['db.write'], confidence: 0.6 })];
  }
  const scanned = maxRisk('safe', ...found.map(({ level }) => level));
  const readings = statements.map((statement) => readStatement(statement));
  const worst = maxRisk('safe', ...readings.map(({ level }) => level));
  const names = readings.map(({ name }) => name).join(', ');
  const isRaised = compareRisk(worst, scanned) > 0;
  const text = `PostgreSQL reads this as ${names === '' ? 'no statement' : names}.`;
  const reading = signal(isRaised ? 'sql.postgres.raised' : 'sql.postgres.read', worst, text, {
    effects: worst === 'safe' ? ['db.read'] : ['db.write'],
    reversible: worst === 'safe' ? true : 'unknown',
    confidence: 0.95,
  });
  return [
    ...found.map((each) => (isRaised ? each : { ...each, confidence: Math.max(each.confidence, 0.95) })),
    reading,
  ];
}

interface StatementReading {
  /** The statement as people name it: `SELECT`, `DROP`, `ALTER TABLE`. */
  readonly name: string;
  readonly level: RiskLevel;
}

/** The worst of all nodes of a statement that run with it. */
function readStatement(statement: JsonValue): StatementReading {
  const node = isJsonObject(statement) ? statement.stmt : undefined;
  const [type = ''] = isJsonObject(node) ? Object.keys(node) : [];
  let level: RiskLevel = 'safe';
  let count = 0;
  const waiting: JsonValue[] = node === undefined ? [] : [node];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    count += 1;
    if (count > MAX_TREE_NODES) return { name: nameOf(type), level: maxRisk(level, 'moderate') };
    if (Array.isArray(next)) waiting.push(...next);
    else if (isJsonObject(next)) {
      for (const [key, value] of Object.entries(next)) {
        level = maxRisk(level, levelOf(key, value));
        if (typeof value === 'object' && value !== null && runsWith(key, value)) waiting.push(value);
      }
    }
  }
  return { name: nameOf(type), level };
}

/** `AlterTableStmt` is `ALTER TABLE`. */
function nameOf(type: string): string {
  return type
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

/** What is only stored, or only planned, does not run with the statement that holds it. */
function runsWith(type: string, value: JsonValue): boolean {
  if (type === 'ViewStmt' || type === 'RuleStmt' || type === 'CreateFunctionStmt' || type === 'CreatePolicyStmt')
    return false;
  return type !== 'ExplainStmt' || isAnalyzing(value);
}

function isAnalyzing(explain: JsonValue): boolean {
  const options = isJsonObject(explain) && Array.isArray(explain.options) ? explain.options : [];
  return options.some((option) => {
    const element = isJsonObject(option) ? option.DefElem : undefined;
    if (!isJsonObject(element) || element.defname !== 'analyze') return false;
    return !/"boolval":false|"sval":"(?:false|off|0)"|"Boolean":\{\}|"Integer":\{\}/i.test(
      JSON.stringify(element.arg ?? null),
    );
  });
}

function levelOf(type: string, value: JsonValue): RiskLevel {
  if (type === 'FuncCall') return isJsonObject(value) ? levelOfCall(value) : 'moderate';
  if (!type.endsWith('Stmt')) return 'safe';
  return isJsonObject(value) ? (DETAILED.get(type)?.(value) ?? levelOfType(type)) : levelOfType(type);
}

function levelOfType(type: string): RiskLevel {
  return READING.has(type) ? 'safe' : DESTROYING.has(type) ? 'destructive' : 'moderate';
}

/** `CreateStmt` and all that is on neither list are moderate. */
const READING: ReadonlySet<string> = new Set(
  'SelectStmt ExplainStmt VariableShowStmt DeclareCursorStmt FetchStmt RawStmt'.split(' '),
);
const DESTROYING: ReadonlySet<string> = new Set(
  (
    'DeleteStmt TruncateStmt DropStmt DropOwnedStmt DropRoleStmt DropTableSpaceStmt DropUserMappingStmt DropSubscriptionStmt ' +
    'GrantStmt GrantRoleStmt AlterDefaultPrivilegesStmt ReassignOwnedStmt AlterSystemStmt LoadStmt DropdbStmt'
  ).split(' '),
);

const DETAILED: ReadonlyMap<string, (node: JsonObject) => RiskLevel> = new Map([
  ['SelectStmt', (node) => (node.intoClause !== undefined || node.lockingClause !== undefined ? 'moderate' : 'safe')],
  ['UpdateStmt', (node) => (node.whereClause === undefined ? 'destructive' : 'moderate')],
  ['DropdbStmt', () => 'critical'],
  // What a transaction allows is for the scanner to say.
  ['TransactionStmt', (node) => (/_(?:BEGIN|START)$/.test(String(node.kind)) ? 'safe' : 'moderate')],
  ['CopyStmt', levelOfCopy],
  [
    'AlterTableStmt',
    (node) => (/"subtype":"AT_Drop(?:Column|Constraint)"/.test(JSON.stringify(node)) ? 'destructive' : 'moderate'),
  ],
  ['MergeStmt', (node) => (/"commandType":"CMD_DELETE"/.test(JSON.stringify(node)) ? 'destructive' : 'moderate')],
]);

function levelOfCopy(node: JsonObject): RiskLevel {
  if (node.is_program === true) return 'destructive';
  if (node.is_from === true) return 'moderate';
  return node.filename === undefined ? 'safe' : 'destructive';
}

/** A function of the standard's syntax, such as EXTRACT, only reads; one of somebody's own schema may do anything. */
function levelOfCall(call: JsonObject): RiskLevel {
  const parts = Array.isArray(call.funcname) ? call.funcname.map(textOf) : [];
  const name = (parts.at(-1) ?? '').toLowerCase();
  const effect = EFFECT_FUNCTIONS.get(name);
  if (effect !== undefined) return effect.level;
  if (call.funcformat === 'COERCE_SQL_SYNTAX') return 'safe';
  const isBuiltIn = parts.length === 1 || /^(?:pg_catalog|information_schema)$/.test(parts[0] ?? '');
  return isBuiltIn && SAFE_FUNCTIONS.has(name) ? 'safe' : 'moderate';
}

function textOf(node: JsonValue): string {
  const text = isJsonObject(node) && isJsonObject(node.String) ? node.String.sval : undefined;
  return typeof text === 'string' ? text : '';
}
