/**
 * Hands one text to the analyzer for what it is. Pure.
 */

import type { JsonObject, Signal } from '@countersign/core';
import { type ArgumentKind, isAbout, isWorkingDirectory, plainName } from './argument-kinds.js';
import { analyzeCode, type CodeLanguage } from './code/index.js';
import { analyzePath } from './filesystem/index.js';
import { analyzeGraphql } from './graphql.js';
import { analyzeHttp } from './http/index.js';
import { type AnalyzeShellOptions, analyzeShell } from './shell/index.js';
import { type Analysis, type AnalyzerContext, signal } from './signal.js';
import { analyzeSql } from './sql/index.js';
import { analyzeManifest } from './structures.js';
import type { ToolPrior } from './tool-prior/index.js';

/** Where a text stands. */
export interface TextContext {
  readonly prior: ToolPrior;
  readonly context: AnalyzerContext;
  /** The plain name of its property. */
  readonly name: string;
  readonly parent: JsonObject | undefined;
}

/** Has `text` judged as what `kind` says. */
export function analyzeText(kind: ArgumentKind, text: string, where: TextContext): Analysis {
  switch (kind) {
    case 'shell':
      return shell(text, where);
    case 'sql':
      return sql(text, where);
    case 'code':
      return code(text, where);
    case 'path':
      return analyzePath(text, accessOf(where), where.context);
    case 'url':
      return url(text, where);
    case 'graphql':
      return analyzeGraphql(text);
    case 'manifest':
      return analyzeManifest(text);
    default:
      return kind satisfies never;
  }
}

/** What stands for an analyzer that failed. */
export function readerFailure(kind: string): Analysis {
  const runs = kind === 'shell' || kind === 'sql' || kind === 'code';
  const found = signal('analyzer.failed', runs ? 'destructive' : 'moderate', 'The argument could not be read.', {
    confidence: 0.2,
  });
  return { kind, ok: false, errors: ['ANALYZER_FAILED'], signals: [found] };
}

function shell(text: string, where: TextContext): Analysis {
  const { prior } = where;
  const powershell =
    where.name === 'powershell' || prior.words.some((word) => word === 'powershell' || word === 'pwsh');
  const options: AnalyzeShellOptions = powershell ? { dialect: 'powershell' } : {};
  const folder = powershell ? undefined : workingDirectory(where.parent);
  if (folder === undefined) {
    return analyzeShell(text, where.context, options);
  }
  // The folder decides what a relative path means, and so does a `cd` before the command.
  const prefix = `cd -- '${folder.replaceAll("'", "'\\''")}' && `;
  const analysis = analyzeShell(prefix + text, where.context, options);
  return { ...analysis, signals: analysis.signals.map((found) => shift(found, prefix.length)) };
}

function shift(found: Signal, by: number): Signal {
  const { at } = found;
  if (at?.start === undefined || at.end === undefined) {
    return found;
  }
  return at.end <= by
    ? { ...found, at: { pointer: '' } }
    : { ...found, at: { ...at, start: Math.max(0, at.start - by), end: at.end - by } };
}

function workingDirectory(parent: JsonObject | undefined): string | undefined {
  const key =
    parent === undefined ? undefined : Object.keys(parent).find((each) => isWorkingDirectory(plainName(each)));
  const value = key === undefined ? undefined : parent?.[key];
  return typeof value === 'string' && value !== '' && value !== '.' ? value : undefined;
}

function sql(text: string, { context }: TextContext): Analysis {
  const { sqlDialect } = context;
  return analyzeSql(text, context, {
    judgeCommand: analyzeShell,
    ...(sqlDialect !== undefined && { dialect: sqlDialect }),
  });
}

function code(text: string, where: TextContext): Analysis {
  const stated = where.parent?.language ?? where.parent?.lang ?? where.parent?.runtime;
  const language = typeof stated === 'string' ? stated.toLowerCase() : '';
  if (/^(?:ba|z|da|k|fi)?sh$|^shell/.test(language)) {
    return shell(text, where);
  }
  if (/sql$/.test(language)) {
    return sql(text, where);
  }
  const known = languageOf(`${language} ${where.name} ${where.prior.words.join(' ')}`);
  return analyzeCode(text, where.context, {
    judgeCommand: analyzeShell,
    ...(known !== undefined && { language: known }),
  });
}

function languageOf(words: string): CodeLanguage | undefined {
  const python = /\b(?:python\w*|py|ipython|jupyter)\b/.test(words);
  const javascript = /\b(?:javascript|js|node\w*|typescript|ts|deno|bun)\b/.test(words);
  return python === javascript ? undefined : python ? 'python' : 'javascript';
}

function url(text: string, where: TextContext): Analysis {
  if (isAbout(where.prior, 'sql') && /^(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|sqlite|jdbc)\b/.test(text)) {
    return {
      kind: 'http',
      ok: true,
      errors: [],
      signals: [signal('http.database-url', 'moderate', 'Connects to a database.', { effects: ['net.egress'] })],
    };
  }
  return analyzeHttp({ url: text });
}

const SENDING = new Set('upload send attach import open load share post email submit ingest'.split(' '));
const TARGET = /^(?:dst|dest|destination\w*|target\w*|to|output\w*|outfile|out|newpath)$/;
const SOURCE = /^(?:src|source\w*|from|input\w*|oldpath|origin)$/;

function accessOf({ prior, name }: TextContext): 'read' | 'write' | 'delete' {
  if (isWorkingDirectory(name)) {
    return 'read';
  }
  if (TARGET.test(name) && prior.kind !== 'delete') {
    return 'write';
  }
  switch (prior.kind) {
    case 'read':
    case 'compute':
    case 'message':
    case 'navigate':
    case 'run':
      return 'read';
    case 'delete':
      return 'delete';
    case 'write':
    case 'shared':
      return SOURCE.test(name) && prior.verb !== 'move' && prior.verb !== 'rename'
        ? 'read'
        : SENDING.has(prior.verb ?? '')
          ? 'read'
          : 'write';
    case 'money':
    case 'grant':
    case undefined:
      return 'write';
    default:
      return prior.kind satisfies never;
  }
}
