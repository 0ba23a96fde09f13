/** Holds the packages to the architecture's import table, and their sources to the rules that a parser can check. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { checkLayer, resolveRelative } from './check-layer.js';
import { checkStyle, maxFileLines, maxFunctionLines } from './check-style.js';
import { approvalFront, classifierItself, layers, readSide, writeSideFiles } from './layer-table.js';
import { type ParsedSource, parseSource } from './source-file.js';

const packagesDir = fileURLToPath(new URL('../../packages', import.meta.url));

test('the table has every package, and no other', () => {
  expect(readdirSync(packagesDir).sort()).toEqual(Object.keys(layers).sort());
});

describe.each(Object.entries(layers))('%s', (name, layer) => {
  const sources = readSources(name);

  test('imports only what its layer may', () => {
    expect(sources.size).toBeGreaterThan(0);
    expect([...sources].flatMap(([file, source]) => checkLayer(name, file, source, layer))).toEqual([]);
  });

  test('depends in its package.json on nothing else either', () => {
    const manifest: { dependencies?: Record<string, string> } = readManifest(name);
    const allowed = new Set([...layer.siblings, ...layer.libraries]);
    expect(Object.keys(manifest.dependencies ?? {}).filter((each) => !allowed.has(each))).toEqual([]);
  });

  test('keeps the rules about casts, module state and lengths', () => {
    expect([...sources].flatMap(([file, source]) => checkStyle(`${name}/${file}`, source.tree))).toEqual([]);
  });
});

describe('the read side of the log', () => {
  const sources = readSources('audit');
  const reached = reachableFrom(sources, (file) => file.startsWith('src/verify/'));

  test('reaches no store, no clock, no network and no file', () => {
    expect(reached.size).toBeGreaterThan(0);
    const problems = [...reached].flatMap(([file, source]) => checkLayer('audit', file, source, readSide));
    expect(problems).toEqual([]);
  });

  test('reaches no file of the write side', () => {
    expect(writeSideFiles.filter((file) => reached.has(`src/${file}`))).toEqual([]);
  });
});

test('the front of approval reaches no network', () => {
  const reached = reachableFrom(readSources('approval'), (file) => file === 'src/index.ts');
  expect(reached.size).toBeGreaterThan(0);
  expect([...reached].flatMap(([file, source]) => checkLayer('approval', file, source, approvalFront))).toEqual([]);
});

describe('the classifier', () => {
  const sources = readSources('classification');
  const reached = reachableFrom(sources, (file) => file === 'src/index.ts');

  test('loads nothing of policy files: no zod, no yaml, no CEL', () => {
    expect(reached.size).toBeGreaterThan(50);
    expect(
      [...reached].flatMap(([file, source]) => checkLayer('classification', file, source, classifierItself)),
    ).toEqual([]);
  });
});

describe('the checker itself', () => {
  const check = (name: string, text: string, layer = layers[name]) =>
    layer === undefined ? ['no such layer'] : checkLayer(name, 'src/a.ts', parseSource('a.ts', text), layer);

  test.each([
    ['core', "import { z } from 'zod';", 'core/src/a.ts:1 imports zod'],
    ['core', "/* line 1 */\nimport fs from 'node:fs';", 'core/src/a.ts:2 imports node:fs'],
    ['tlog', "import { createHash } from 'node:crypto';", 'tlog/src/a.ts:1 imports node:crypto'],
    ['tlog', 'const now = Date.now();', 'tlog/src/a.ts:1 uses Date.now'],
    ['audit', 'const now = Date.now();', 'audit/src/a.ts:1 uses Date.now'],
    ['approval', 'setTimeout(f, 10);', 'approval/src/a.ts:1 uses setTimeout'],
    ['tlog', "const bytes = Buffer.from('');", 'tlog/src/a.ts:1 uses Buffer'],
    ['tlog', 'const now = new Date();', 'tlog/src/a.ts:1 uses new Date()'],
    ['tlog', "const answer = await fetch('https://example.com');", 'tlog/src/a.ts:1 uses fetch'],
    [
      'classification',
      "export * from '@countersign/approval';",
      'classification/src/a.ts:1 imports @countersign/approval',
    ],
    ['approval', "const a = await import('@countersign/audit');", 'approval/src/a.ts:1 imports @countersign/audit'],
    ['approval', 'const a = await import(name);', 'approval/src/a.ts:1 imports (a computed module name)'],
    ['audit', "type A = import('better-sqlite3').Database;", 'audit/src/a.ts:1 imports better-sqlite3'],
    ['audit', "import { x } from '../../core/src/x.js';", 'audit/src/a.ts:1 imports ../../core/src/x.js'],
    [
      'audit',
      "import { x } from '@countersign/approval/testing';",
      'audit/src/a.ts:1 imports @countersign/approval/testing',
    ],
    ['countersign', "const db = require('pg');", 'countersign/src/a.ts:1 imports pg'],
  ])('sees that %s must not contain: %j', (name, text, problem) => {
    expect(check(name, text)).toEqual([problem]);
  });

  test.each([
    ['audit', "import { parseNote } from '@countersign/tlog';"],
    ['sqlite', "import Database from 'better-sqlite3';"],
    ['tlog', "import { a } from './a.js'; const at = new Date(0); const o = { fetch: 1 }; o.fetch;"],
    ['core', "import { randomFillSync } from 'node:crypto';"],
    ['countersign', 'const now = Date.now();'],
  ])('lets %s contain: %j', (name, text) => {
    expect(check(name, text)).toEqual([]);
  });

  test('lets one file of core make the environment of the real clock', () => {
    const source = parseSource('environment.ts', 'const now = Date.now();');
    const core = layers.core;
    if (core === undefined) throw new Error('the table has no core');
    expect(checkLayer('core', 'src/environment.ts', source, core)).toEqual([]);
    expect(checkLayer('core', 'src/actor.ts', source, core)).toEqual(['core/src/actor.ts:1 uses Date.now']);
  });

  test('follows the read side through the files that it imports', () => {
    const sources = new Map([
      ['src/verify/index.ts', parseSource('index.ts', "export * from '../entry.js';")],
      ['src/entry.ts', parseSource('entry.ts', "import type { Store } from './store.js';")],
      ['src/store.ts', parseSource('store.ts', '')],
      ['src/gate.ts', parseSource('gate.ts', '')],
    ]);
    const reached = reachableFrom(sources, (file) => file.startsWith('src/verify/'));
    expect([...reached.keys()]).toEqual(['src/verify/index.ts', 'src/entry.ts', 'src/store.ts']);
  });

  test('sees a cast without a reason, module state, and what is too long', () => {
    const style = (text: string) => checkStyle('a.ts', parseSource('a.ts', text).tree);
    expect(style('const a = b as string;')).toEqual(['a.ts:1 casts without a reason beside it']);
    expect(style('const a = [1] as const;')).toEqual([]);
    expect(style('// The digest was checked one line above.\nconst a = b as string;')).toEqual([]);
    expect(style("const a = 'https://example.com' as string;")).toHaveLength(1);
    expect(style('let a = 1;')).toEqual(['a.ts:1 keeps state in the module']);
    expect(style('\n'.repeat(maxFileLines + 1))).toHaveLength(1);
    expect(style(`function f() {${'\n'.repeat(maxFunctionLines)}}`)).toHaveLength(1);
    expect(style(`function f() {${'\n'.repeat(maxFunctionLines - 1)}}`)).toEqual([]);
  });
});

/** The parsed sources of a package by file name relative to the package, with forward slashes. */
function readSources(name: string): ReadonlyMap<string, ParsedSource> {
  const dir = join(packagesDir, name);
  const src = join(dir, 'src');
  if (!existsSync(src)) return new Map();
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((file) => join(src, file))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
  return new Map(
    files
      .sort()
      .map((file) => [relative(dir, file).split(sep).join('/'), parseSource(file, readFileSync(file, 'utf8'))]),
  );
}

function readManifest(name: string) {
  return JSON.parse(readFileSync(join(packagesDir, name, 'package.json'), 'utf8'));
}

/** The files that start it, and every file that they import, directly or not, as a value or as a type. */
function reachableFrom(
  sources: ReadonlyMap<string, ParsedSource>,
  isStart: (file: string) => boolean,
): ReadonlyMap<string, ParsedSource> {
  const reached = new Map<string, ParsedSource>();
  const waiting = [...sources.keys()].filter(isStart);
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    const source = sources.get(file);
    if (source === undefined || reached.has(file)) continue;
    reached.set(file, source);
    for (const { name } of source.imports) if (name.startsWith('.')) waiting.push(resolveRelative(file, name));
  }
  return reached;
}
