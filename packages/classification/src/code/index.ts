/**
 * Judges program text: JavaScript by its syntax tree, Python by its tokens, and both by patterns, which also stand in where a text cannot be
 * read. Nothing is ever proven safe. Pure.
 */

import type { Signal } from '@countersign/core';
import { analyzePath, UNKNOWN } from '../filesystem/index.js';
import { analyzeHttp } from '../http/index.js';
import { type Analysis, type AnalyzerContext, signal } from '../signal.js';
import { readJavaScript } from './javascript.js';
import { matchPatterns } from './patterns.js';
import { readPython } from './python.js';
import type { CodeLanguage, CodePath, CodeReading, CodeSpan } from './reading.js';

export type { CodeLanguage, CodeReading } from './reading.js';

/** How code is read. */
export interface AnalyzeCodeOptions {
  /** Without it, both are tried, and what either finds counts. */
  readonly language?: CodeLanguage;
  /** Judges the commands that a program starts. */
  readonly judgeCommand?: (command: string, context: AnalyzerContext) => Analysis;
}

/** Code longer than this many UTF-16 code units is judged by its beginning, and at least destructive. */
const MAX_CODE_LENGTH = 100_000;

/** Code within code is followed this deep. */
const MAX_DEPTH = 3;

/** Judges code in a language, or in either where it isn't known. At least moderate, always. */
export function analyzeCode(code: string, context: AnalyzerContext, options: AnalyzeCodeOptions = {}): Analysis {
  const text = code.slice(0, MAX_CODE_LENGTH);
  const readings = readCode(text, options.language);
  const isRead = readings.some(({ ok }) => ok);
  const found = [
    ...matchPatterns(text, readings, options.language),
    ...readings.flatMap((reading) => judgeReading(reading, { context, options, depth: 0 })),
  ];
  const signals: Signal[] = [ranSignal(isRead), ...found, ...combinations(found)];
  if (code.length > MAX_CODE_LENGTH) {
    const hit = signal('code.too-long', 'destructive', 'The program is too long to be read.', {
      effects: ['exec'],
      confidence: 0.4,
    });
    return { kind: 'code', ok: false, errors: ['CODE_TOO_LONG'], signals: [...signals, hit] };
  }
  return { kind: 'code', ok: isRead, errors: isRead ? [] : ['CODE_UNPARSED'], signals };
}

/** Reads a program in the language that it is in, as far as that is known. */
export function readCode(code: string, language?: CodeLanguage): readonly CodeReading[] {
  // Python reads identifiers in NFKC, so that look-alike letters name the same function.
  const plain = () => (code.normalize('NFKC').length === code.length ? code.normalize('NFKC') : code);
  switch (language) {
    case 'javascript':
      return [readJavaScript(code)];
    case 'python':
      return [readPython(plain())];
    case undefined:
      return [readJavaScript(code), readPython(plain())];
    default:
      return language satisfies never;
  }
}

function ranSignal(isRead: boolean): Signal {
  const text = isRead
    ? 'Runs a program whose effects cannot be proven.'
    : 'Runs a program that could not be parsed, so its effects are not known.';
  return signal(isRead ? 'code.run' : 'code.unparsed', 'moderate', text, {
    effects: ['exec'],
    confidence: isRead ? 0.6 : 0.3,
  });
}

interface Judging {
  readonly context: AnalyzerContext;
  readonly options: AnalyzeCodeOptions;
  readonly depth: number;
}

function judgeReading(reading: CodeReading, judging: Judging): readonly Signal[] {
  const { context, options, depth } = judging;
  return [
    ...reading.findings.map(({ id, level, text, effects, start, end }) =>
      signal(`code.${id}`, level, text, { effects, confidence: 0.8, at: { pointer: '', start, end } }),
    ),
    ...reading.commands.flatMap((command) => judgeCommand(command, judging)),
    ...reading.paths.flatMap((path) => judgePath(path, context)),
    ...reading.requests.flatMap(({ url, method, start, end }) => {
      const sends = at(
        signal('code.network', 'moderate', 'Uses the network.', { effects: ['net.egress'], confidence: 0.8 }),
        { start, end },
      );
      if (url === undefined || !/^https?:\/\/[^/]+/i.test(url) || url.split('/')[2]?.includes(UNKNOWN) === true)
        return [sends];
      const { signals } = analyzeHttp({ url: url.replaceAll(UNKNOWN, 'x'), ...(method !== undefined && { method }) });
      return [sends, ...signals.map((found) => at(found, { start, end }))];
    }),
    ...reading.texts.flatMap(({ text, start, end }) => {
      const dynamic = at(
        signal('code.dynamic', 'destructive', 'Runs text as code.', { effects: ['exec'], confidence: 0.8 }),
        { start, end },
      );
      if (text === undefined || text.includes(UNKNOWN) || depth >= MAX_DEPTH) return [dynamic];
      const inner = readCode(text, options.language);
      return [
        dynamic,
        ...inner
          .flatMap((each) => judgeReading(each, { ...judging, depth: depth + 1 }))
          .map((found) => at(found, { start, end })),
      ];
    }),
  ];
}

function judgeCommand(
  { text, start, end }: CodeSpan & { readonly text: string },
  { context, options }: Judging,
): readonly Signal[] {
  const starts = signal('code.process', 'destructive', 'Starts other programs.', {
    effects: ['exec'],
    confidence: 0.8,
  });
  const { judgeCommand: judge } = options;
  const isKnown = text.split(UNKNOWN).join('').trim() !== '';
  if (judge === undefined || !isKnown || context.depth >= 8) return [at(starts, { start, end })];
  const { signals } = judge(text.replaceAll(UNKNOWN, '"$unknown"'), { ...context, depth: context.depth + 1 });
  return [starts, ...signals].map((found) => at(found, { start, end }));
}

/** Reading is reported only where it is of concern by itself. */
function judgePath({ access, path, start, end }: CodePath, context: AnalyzerContext): readonly Signal[] {
  const isKnown = path !== undefined && !path.startsWith(UNKNOWN);
  if (access === 'read') {
    if (!isKnown) return [];
    const { signals } = analyzePath(path, 'read', context);
    return signals.filter(({ level }) => level !== 'safe').map((found) => at(found, { start, end }));
  }
  const isDelete = access !== 'write';
  const general = isDelete
    ? signal('code.delete', 'destructive', 'Deletes files.', { effects: ['fs.delete'], confidence: 0.8 })
    : signal('code.overwrite', 'moderate', 'Writes files.', { effects: ['fs.write'], confidence: 0.8 });
  if (!isKnown) return [at(general, { start, end })];
  const { signals } = analyzePath(path, isDelete ? 'delete' : 'write', context);
  return [general, ...signals].map((found) => at(found, { start, end }));
}

function at(found: Signal, { start, end }: CodeSpan): Signal {
  return { ...found, at: { pointer: '', start, end } };
}

/** What is worse together than by itself. */
function combinations(found: readonly Signal[]): readonly Signal[] {
  const has = (effect: Signal['effects'][number], id?: string) =>
    found.some((each) => each.effects.includes(effect) && (id === undefined || each.id === id));
  const leaks: Signal[] = [];
  if (has('net.egress') && has('secrets.read', 'code.environment')) {
    leaks.push(
      signal('code.leak', 'destructive', 'Reads the environment and uses the network.', {
        effects: ['secrets.read', 'net.egress'],
        confidence: 0.6,
      }),
    );
  }
  if (
    has('net.egress') &&
    found.some(({ id, effects }) => id.startsWith('path.') && effects.includes('secrets.read'))
  ) {
    leaks.push(
      signal('code.secret-egress', 'critical', 'Reads a secret file and uses the network.', {
        effects: ['secrets.read', 'net.egress'],
        reversible: false,
      }),
    );
  }
  return leaks;
}
