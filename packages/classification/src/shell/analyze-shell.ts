/**
 * Judges a shell command. Two questions are asked of every part: is it *proven* to only read (closed world: a known
 * program, known flags, no unknown word, no file written), and does it hold a *danger* (open world: through wrappers,
 * interpreters, pipes and quotes)? Limits and text that can't be read raise the level, never lower it. Pure.
 */

import type { RiskLevel } from '@countersign/core';
import { type Analysis, type AnalyzerContext, signal } from '../signal.js';
import { dangerIn } from './danger-words.js';
import { BASH_EVALUATOR } from './evaluate.js';
import { hasHiddenCharacters, revealHidden } from './hidden-characters.js';
import { parseBash } from './parse-bash.js';
import { MAX_DEPTH, NO_FLOW, Report, type Walk } from './walk.js';
import { analyzeWindowsText, type TokenDialect } from './windows.js';

/** The shells whose commands can be judged. */
export type ShellDialect = 'bash' | 'sh' | 'zsh' | 'fish' | 'powershell' | 'cmd';

/** What is known of the shell that will run the command. */
export interface AnalyzeShellOptions {
  /** Defaults to bash, with a look for PowerShell and cmd. */
  readonly dialect?: ShellDialect;
}

/** A longer command (in UTF-16 code units) is never safe. */
export const MAX_SAFE_LENGTH = 10_000;
/** A longer command isn't parsed. */
export const MAX_PARSED_LENGTH = 65_536;

/**
 * Judges a command. A proven harmless one gives the single signal `shell.read-only`; every other gives at least one of
 * level moderate or above. Spans have pointer `''`. Never throws.
 */
export function analyzeShell(command: string, context: AnalyzerContext, options: AnalyzeShellOptions = {}): Analysis {
  if (command.length > MAX_PARSED_LENGTH) return refuse(command, 'SHELL_TOO_LONG');
  if (context.depth > MAX_DEPTH || isTooNested(command)) return refuse(command, 'SHELL_TOO_DEEP');
  try {
    return analyze(command, context, options.dialect);
  } catch {
    return refuse(command, 'SHELL_ANALYZER_FAILED');
  }
}

/** How deep brackets may stand in brackets before the text is refused unparsed. */
const MAX_NESTING = 48;
/** The depths of all characters together: a parser reads what is nested once for each level above it. */
const MAX_NESTED_READING = 24_000;

/** Counts `(` and `{` in their like; quotes are not looked at, so this errs on the high side. */
function isTooNested(command: string): boolean {
  let parentheses = 0;
  let braces = 0;
  let reading = 0;
  for (let i = 0; i < command.length; i += 1) {
    const code = command.charCodeAt(i);
    if (code === 40) parentheses += 1;
    else if (code === 123) braces += 1;
    else if (code === 41 && parentheses > 0) parentheses -= 1;
    else if (code === 125 && braces > 0) braces -= 1;
    reading += parentheses;
    if (parentheses + braces > MAX_NESTING || reading > MAX_NESTED_READING) return true;
  }
  return false;
}

function analyze(command: string, context: AnalyzerContext, dialect: ShellDialect | undefined): Analysis {
  const report = new Report();
  const whole = { start: 0, end: command.length };
  const errors = walkBash(command, newWalk(context, report));
  if (errors > 0)
    report.add('shell.unreadable', failedLevel(command), 'The command cannot be read in full.', whole, {
      confidence: 0.5,
    });
  if (hasHiddenCharacters(command)) reportHidden(command, context, report);
  const tokens = tokenDialect(command, dialect);
  if (tokens !== undefined) walkTokens(command, tokens, newWalk(context, report));
  if (command.length > MAX_SAFE_LENGTH)
    report.add('shell.long', 'moderate', 'The command is too long to be sure of.', whole, { confidence: 0.5 });
  if (report.isCapped || errors > 0)
    return {
      kind: 'shell',
      ok: false,
      errors: [errors > 0 ? 'SHELL_PARSE_ERROR' : 'SHELL_LIMIT'],
      signals: report.finish(),
    };
  const signals = report.isClean ? [proven(command)] : report.finish();
  return { kind: 'shell', ok: true, errors: [], signals };
}

function proven(command: string): Analysis['signals'][number] {
  return signal('shell.read-only', 'safe', 'Every part of the command is known to only read.', {
    effects: ['fs.read'],
    reversible: true,
    confidence: 0.95,
    at: { pointer: '', start: 0, end: command.length },
  });
}

function newWalk(context: AnalyzerContext, report: Report): Walk {
  return {
    evaluator: BASH_EVALUATOR,
    report,
    context,
    variables: new Map(),
    functions: new Map(),
    aliases: new Map(),
    cwd: undefined,
    depth: context.depth,
    fixed: undefined,
    positional: undefined,
    processes: new Map(),
    files: new Map(),
  };
}

function walkBash(command: string, walk: Walk): number {
  const parsed = parseBash(command);
  walk.evaluator.script(parsed.script, walk, NO_FLOW);
  return parsed.errors;
}

/** PowerShell, cmd, fish and zsh are split by tokens beside being walked as bash; the worst of both counts. */
function tokenDialect(command: string, dialect: ShellDialect | undefined): TokenDialect | undefined {
  if (dialect === 'powershell' || dialect === 'cmd' || dialect === 'fish' || dialect === 'zsh') return dialect;
  if (dialect !== undefined) return undefined;
  if (POWERSHELL_LIKE.test(command)) return 'powershell';
  return CMD_LIKE.test(command) ? 'cmd' : undefined;
}

const POWERSHELL_LIKE =
  /(?:^|[;|{(&])\s*(?:remove|get|set|new|clear|stop|start|restart|invoke|format|out|add|copy|move|rename|disable|enable|uninstall|register|import|export|initialize|select|where|foreach|write|test)-[a-z]{3,}|\b(?:iex|iwr|irm)\b|\$env:|\[system\.|-encodedcommand/i;
const CMD_LIKE =
  /(?:^|[&|]\s*)(?:del|erase|rd|rmdir|format|cipher|vssadmin|bcdedit|reg|icacls|takeown|diskpart|wevtutil|schtasks|copy|xcopy|robocopy|cmd(?:\.exe)?)\s+(?:[^|&]*\s)?\/[a-z?]|%[a-z]+%/i;

function walkTokens(command: string, dialect: TokenDialect, walk: Walk): void {
  const isLiteral = analyzeWindowsText(command, dialect, walk);
  if (!isLiteral)
    walk.report.add(
      'shell.other-language',
      'moderate',
      'The command is in a language in which nothing is proven to only read.',
      { start: 0, end: command.length },
      { confidence: 0.6 },
    );
}

/** What hides characters is judged as it is, and as it looks. */
function reportHidden(command: string, context: AnalyzerContext, report: Report): void {
  const revealed = revealHidden(command);
  const at = { start: 0, end: command.length };
  const level = revealed.misleads ? 'destructive' : 'moderate';
  report.add(
    'shell.hidden-characters',
    level,
    'The command holds characters that cannot be seen or that look like others.',
    at,
    { confidence: 0.8 },
  );
  walkBash(revealed.text, { ...newWalk(context, report), fixed: at });
}

function failedLevel(command: string): RiskLevel {
  return dangerIn(command) ? 'destructive' : 'moderate';
}

function refuse(command: string, code: string): Analysis {
  const level = 'destructive';
  const found = signal('shell.unreadable', level, 'The command is too long or too odd to be judged.', {
    confidence: 0.3,
    effects: ['exec'],
    at: { pointer: '', start: 0, end: command.length },
  });
  return { kind: 'shell', ok: false, errors: [code], signals: [found] };
}
