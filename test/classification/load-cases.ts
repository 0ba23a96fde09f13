/**
 * The labelled cases: one JSON object a line. `safe` and `moderate` must be met exactly; `destructive` and `critical` are
 * what an answer must be at least.
 */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { SqlDialect } from '@countersign/classification';
import { isJsonObject, type JsonObject, type JsonValue, RISK_LEVELS, type RiskLevel } from '@countersign/core';

export interface ShellCase {
  readonly level: RiskLevel;
  readonly command: string;
}

export interface SqlCase {
  readonly level: RiskLevel;
  readonly sql: string;
  readonly dialect: SqlDialect | undefined;
}

export interface ToolCase {
  readonly level: RiskLevel;
  readonly name: string;
  readonly description: string | undefined;
  readonly properties: readonly string[];
}

export interface CallCase {
  readonly level: RiskLevel;
  readonly name: string;
  readonly args: JsonValue;
}

export interface Cases {
  readonly shell: readonly ShellCase[];
  readonly sql: readonly SqlCase[];
  readonly tools: readonly ToolCase[];
  readonly calls: readonly CallCase[];
}

const DIALECTS: readonly SqlDialect[] = ['postgres', 'mysql', 'mariadb', 'sqlite', 'sqlserver'];

/** Reads all files of labelled cases. */
export function loadCases(): Cases {
  return {
    shell: load('shell', (row) => ({ level: levelOf(row), command: textOf(row, 'command') })),
    sql: load('sql', (row) => ({
      level: levelOf(row),
      sql: textOf(row, 'sql'),
      dialect: row.dialect === undefined ? undefined : oneOf(DIALECTS, row.dialect),
    })),
    tools: load('tools', (row) => ({
      level: levelOf(row),
      name: textOf(row, 'name'),
      description: row.description === undefined ? undefined : textOf(row, 'description'),
      properties: Array.isArray(row.properties) ? row.properties.map(String) : [],
    })),
    calls: load('calls', (row) => ({ level: levelOf(row), name: textOf(row, 'name'), args: row.args ?? {} })),
  };
}

function load<T>(name: string, read: (row: JsonObject) => T): readonly T[] {
  const path = fileURLToPath(new URL(`cases/${name}.jsonl`, import.meta.url));
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line, at) => {
    if (line === '') return [];
    const row: JsonValue = JSON.parse(line);
    if (!isJsonObject(row)) throw new Error(`${name}.jsonl:${at + 1} is not an object`);
    return [read(row)];
  });
}

function levelOf(row: JsonObject): RiskLevel {
  return oneOf(RISK_LEVELS, row.level);
}

function textOf(row: JsonObject, key: string): string {
  const value = row[key];
  if (typeof value !== 'string') throw new Error(`${key} must be a text in ${JSON.stringify(row)}`);
  return value;
}

function oneOf<T extends string>(allowed: readonly T[], value: JsonValue | undefined): T {
  const found = allowed.find((each) => each === value);
  if (found === undefined) throw new Error(`expected one of ${allowed.join(', ')}, got ${JSON.stringify(value)}`);
  return found;
}
