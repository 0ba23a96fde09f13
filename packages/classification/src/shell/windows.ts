/**
 * PowerShell, cmd and fish text: an own tokenizer that splits statements and words, so that dangers are found by the same
 * tables. Nothing in these languages is proven safe beyond a short list of literal commands. Pure but for the report.
 */

import type { Span } from './shell-ast.js';
import { type Argument, forkWalk, MAX_DEPTH, makeArgument, NO_FLOW, SOME_FLOW, type Walk } from './walk.js';

/** Languages that are split by tokens rather than parsed. */
export type TokenDialect = 'powershell' | 'cmd' | 'fish' | 'zsh';

/** Finds dangers in the text; answers true when the whole of it is on the list of literal commands that only read. */
export function analyzeWindowsText(text: string, dialect: TokenDialect, walk: Walk, fixed?: Span): boolean {
  const at = fixed ?? { start: 0, end: text.length };
  if (walk.depth >= MAX_DEPTH) {
    walk.report.cap(at);
    return false;
  }
  for (const rule of TEXT_RULES)
    if (rule.pattern.test(text))
      walk.report.add(rule.id, rule.level, rule.text, at, { effects: rule.effects, confidence: 0.8 });
  const inner = forkWalk(walk, { depth: walk.depth + 1 });
  let flow = NO_FLOW;
  for (const statement of splitStatements(text, dialect, at, fixed !== undefined)) {
    if (statement.words.length > 0) {
      const output = walk.evaluator.words(statement.words, inner, flow);
      flow = statement.isPiped ? { ...SOME_FLOW, remote: output.remote, text: output.text } : NO_FLOW;
    }
  }
  return LITERAL_SAFE.test(text.trim());
}

/** Single commands without any special character that only read, in all of these languages. */
const LITERAL_SAFE =
  /^(?:(?:ls|dir|pwd|whoami|hostname|date|get-childitem|get-location|get-date|get-process|get-service|get-help|get-command|get-host|ver|git (?:status|log|diff|branch))(?: [\w./\\-]+)?|echo(?: [\w .,]+)?)$/i;

interface TextRule {
  readonly id: string;
  readonly level: 'destructive' | 'critical';
  readonly text: string;
  readonly effects: readonly ('exec.remote_code' | 'data.delete' | 'auth.change' | 'exec' | 'persist')[];
  readonly pattern: RegExp;
}

const TEXT_RULES: readonly TextRule[] = [
  {
    id: 'shell.remote-code',
    level: 'critical',
    text: 'Runs code straight from the network, unread.',
    effects: ['exec.remote_code'],
    pattern:
      /(?:downloadstring|downloaddata|invoke-webrequest|invoke-restmethod|\biwr\b|\birm\b|\bwget\b|\bcurl\b)[\s\S]{0,500}?\|\s*(?:iex|invoke-expression|sh|bash|powershell|pwsh)\b|(?:\biex\b|invoke-expression)[\s\S]{0,300}?(?:downloadstring|downloaddata|\biwr\b|\birm\b|invoke-webrequest|invoke-restmethod|https?:)/i,
  },
  {
    id: 'shell.windows.dotnet-delete',
    level: 'destructive',
    text: 'Deletes files or folders.',
    effects: ['data.delete'],
    pattern: /\[(?:system\.)?io\.(?:file|directory)\]::delete/i,
  },
  {
    id: 'shell.windows.wipe',
    level: 'critical',
    text: 'Wipes or formats a disk.',
    effects: ['data.delete'],
    pattern: /\b(?:format-volume|clear-disk|initialize-disk|remove-partition|diskpart|cipher\s+\/w)\b/i,
  },
  {
    id: 'shell.windows.shadow-copies',
    level: 'critical',
    text: 'Deletes the backups of the system.',
    effects: ['data.delete'],
    pattern:
      /vssadmin(?:\.exe)?\s+delete\s+shadows|wmic\s+shadowcopy\s+delete|wbadmin\s+delete|bcdedit[\s\S]{0,60}recoveryenabled\s+no/i,
  },
  {
    id: 'shell.windows.protection-off',
    level: 'destructive',
    text: 'Switches a protection off.',
    effects: ['auth.change'],
    pattern:
      /set-mppreference[\s\S]{0,80}disable|add-mppreference[\s\S]{0,40}exclusion|set-executionpolicy\s+(?:-\w+\s+)?(?:unrestricted|bypass)|netsh\s+(?:advfirewall|firewall)[\s\S]{0,60}(?:off|disable)|set-netfirewallprofile[\s\S]{0,60}false|amsiutils|amsiinitfailed/i,
  },
  {
    id: 'shell.windows.persistence',
    level: 'destructive',
    text: 'Sets a program up to run by itself later.',
    effects: ['persist'],
    pattern: /schtasks(?:\.exe)?\s+\/create|register-scheduledtask|new-service\b|currentversion\\run/i,
  },
  {
    id: 'shell.windows.computed',
    level: 'destructive',
    text: 'Runs text that is put together while it runs.',
    effects: ['exec'],
    pattern: /(?:&|\.)\s*\(\s*(?:\$|["'][^"']*["']\s*\+|\[char\]|-join)|\[scriptblock\]::create|frombase64string/i,
  },
  {
    id: 'shell.windows.reverse-shell',
    level: 'critical',
    text: 'Connects a shell to another machine.',
    effects: ['exec.remote_code'],
    pattern: /net\.sockets\.tcpclient[\s\S]{0,600}(?:iex|invoke-expression|getstream)/i,
  },
];

interface TokenStatement {
  readonly words: readonly Argument[];
  readonly isPiped: boolean;
}

/** Splits text at `;`, newlines, `|`, `&` and braces outside quotes. Quotes and escape characters are taken off. */
function splitStatements(text: string, dialect: TokenDialect, at: Span, isFixed: boolean): readonly TokenStatement[] {
  const statements: TokenStatement[] = [];
  let words: Argument[] = [];
  for (const token of text.matchAll(TOKENS[dialect])) {
    const value = token[0];
    if (/^[;|&(){}\n]/.test(value)) {
      if (words.length > 0) statements.push({ words, isPiped: value === '|' });
      words = [];
    } else if (!/^\s/.test(value)) {
      const start = token.index;
      const span = isFixed ? at : { start, end: start + value.length };
      words.push(makeArgument(expandSigns(unquote(value, dialect)), span));
    }
  }
  if (words.length > 0) statements.push({ words, isPiped: false });
  return statements;
}

/** White space, separators, or a word of plain, escaped and quoted stretches; an open quote runs to the end. */
const TOKENS: Readonly<Record<TokenDialect, RegExp>> = {
  powershell: /\n|[^\S\n]+|\|\||&&|[;|&(){}]|(?:`[\s\S]|"(?:[^"`]|`[\s\S])*(?:"|$)|'[^']*(?:'|$)|[^\s;|&(){}"'`])+|`/g,
  cmd: /\n|[^\S\n]+|\|\||&&|[;|&(){}]|(?:\^[\s\S]|"[^"]*(?:"|$)|[^\s;|&(){}"^])+|\^/g,
  fish: /\n|[^\S\n]+|\|\||&&|[;|&(){}]|(?:\\[\s\S]|"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s;|&(){}"'\\])+|\\/g,
  zsh: /\n|[^\S\n]+|\|\||&&|[;|&(){}]|(?:\\[\s\S]|"[^"]*(?:"|$)|'[^']*(?:'|$)|[^\s;|&(){}"'\\])+|\\/g,
};

function unquote(word: string, dialect: TokenDialect): string {
  if (!/["'`^\\]/.test(word)) return word;
  if (dialect === 'cmd') return word.replace(/\^([\s\S])/g, '$1').replaceAll('"', '');
  if (dialect === 'powershell') return word.replace(/`([\s\S])/g, '$1').replace(/["']/g, '');
  return word.replace(/\\([\s\S])/g, '$1').replace(/["']/g, '');
}

/** A `$variable` other than the known folders isn't known. */
function expandSigns(word: string): string {
  return word.replace(/\$(?!env:|home\b|pwd\b)\{?\w+\}?/gi, '\0');
}
