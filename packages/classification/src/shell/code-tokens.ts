/**
 * Looks for dangers in code of other languages, by its tokens: no grammar, so nothing is ever proven safe here. Pure but
 * for the report.
 */

import type { Effect, RiskLevel } from '@countersign/core';
import { type CodeLanguage, type CodeReading, readCode } from '../code/index.js';
import { classifyPath, type PathAccess, UNKNOWN } from '../filesystem/index.js';
import { judgePath } from './judge-path.js';
import { type Argument, forkWalk, NO_FLOW, pathContext, type Walk } from './walk.js';

interface CodeRule {
  readonly id: string;
  readonly level: RiskLevel;
  readonly text: string;
  readonly effects: readonly Effect[];
  readonly pattern: RegExp;
}

/** Reports the dangers in a piece of code; where its language is one that can be read, also by reading it. */
export function judgeCode(code: Argument, walk: Walk, language?: CodeLanguage): void {
  const text = code.text.slice(0, MAX_CODE);
  if (code.text.length > MAX_CODE) walk.report.cap(code);
  for (const rule of RULES) {
    if (rule.pattern.test(text))
      walk.report.add(`code.${rule.id}`, rule.level, rule.text, code, { effects: rule.effects, confidence: 0.75 });
  }
  if (SENDING.test(text)) walk.report.markSending(code);
  if (language !== undefined)
    for (const reading of readCode(text, language)) judgeReading(reading, { code, walk, language });
  judgeShellCalls(text, code, walk);
  judgeLiterals(text, code, walk);
  judgeEncoded(text, code, walk);
}

const MAX_CODE = 32_768;
const SENDING =
  /\b(?:urlopen|urlretrieve|requests?\.\w+|httpx?\.\w+|fetch\s*\(|axios|socket\b|Net::HTTP|LWP|IO::Socket|http\.client|curl_exec|file_get_contents\s*\(\s*['"]https?:|net\.connect|XMLHttpRequest|smtplib)/;

const RULES: readonly CodeRule[] = [
  {
    id: 'reverse-shell',
    level: 'critical',
    text: 'Connects a shell to another machine.',
    effects: ['net.egress', 'exec.remote_code'],
    pattern:
      /(?:socket|Socket|fsockopen|TCPSocket|net\.connect|net\.Socket|\/inet\/tcp)[\s\S]{0,400}(?:dup2|\/bin\/(?:ba|z|da)?sh|pty\.spawn|cmd\.exe|child_process|exec\s*\(|\|&|subprocess)/,
  },
  {
    id: 'remote-code',
    level: 'critical',
    text: 'Runs code that it fetches from the network.',
    effects: ['exec.remote_code', 'net.egress'],
    pattern:
      /(?:exec|eval|system|Function)\s*\(?[^;\n]{0,200}(?:urlopen|requests\.get|urllib|fetch\s*\(|https?\.get|Net::HTTP|open\s*\(\s*['"]https?:|file_get_contents\s*\(\s*['"]https?:|\bget\s*\(\s*['"]https?:)|(?:urlopen|requests\.\w+|httpx\.\w+|fetch|axios[\w.]*|https?\.get)\s*\([\s\S]{0,600}(?<![.\w])(?:eval|exec|Function|runIn\w*Context)\s*[()]/,
  },
  {
    id: 'delete-tree',
    level: 'destructive',
    text: 'Deletes folders and all they hold.',
    effects: ['fs.delete', 'data.delete'],
    pattern:
      /\b(?:rmtree|rm_rf|rm_r|remove_dir_all|remove_entry|removedirs|rmdirSync|remove_tree|rimraf|fs-extra|emptyDir(?:Sync)?|del_tree)\b|\b(?:rm|remove)(?:Sync)?\s*\([^)]*recursive/,
  },
  {
    id: 'delete',
    level: 'destructive',
    text: 'Deletes files.',
    effects: ['fs.delete'],
    pattern:
      /\b(?:os\.(?:remove|unlink|rmdir)|unlink(?:Sync)?|rmSync|fs\.rm|File\.delete|FileUtils\.rm|Path\([^)]*\)\.(?:unlink|rmdir)|\.unlink\(\))/,
  },
  {
    id: 'truncate',
    level: 'destructive',
    text: 'Empties a file.',
    effects: ['fs.write', 'data.delete'],
    pattern: /\b(?:truncate(?:Sync)?\s*\(|os\.truncate|ftruncate)/,
  },
  {
    id: 'hidden',
    level: 'destructive',
    text: 'Runs code that is decoded or put together while it runs.',
    effects: ['exec'],
    pattern:
      /\b(?:exec|eval|Function|system|compile|instance_eval)\b[^\n]{0,120}(?:b64decode|base64|decode64|atob|from(?:hex|CharCode)|unhexlify|\bchr\b|decompress|marshal|rot_?13|Buffer\.from|pack\s*\(|join\s*\()|__import__\s*\(\s*[^'")]|getattr\s*\(\s*__import__/,
  },
  {
    id: 'database-drop',
    level: 'destructive',
    text: 'Drops or empties a table or database.',
    effects: ['data.delete', 'db.write'],
    pattern:
      /\b(?:DROP\s+(?:TABLE|DATABASE|SCHEMA)|TRUNCATE\s+TABLE|DELETE\s+FROM|dropDatabase|dropCollection|deleteMany|drop_all|destroy_all|delete_all)\b/i,
  },
  {
    id: 'kill-all',
    level: 'destructive',
    text: 'Stops processes.',
    effects: ['exec'],
    pattern: /\b(?:os\.killpg|os\.kill\s*\(\s*-?1\b|process\.kill\s*\(\s*-?1\b|kill\s*\(?\s*9\s*,\s*-1)/,
  },
  {
    id: 'fork-bomb',
    level: 'critical',
    text: 'Starts processes without end.',
    effects: ['exec'],
    pattern: /while\s*(?:True|1|\(1\)|\(true\))\s*:?\s*[{;]?\s*(?:os\.)?fork\b|fork\s+while|fork\s*while\s+fork/,
  },
  {
    id: 'environment',
    level: 'moderate',
    text: 'Reads environment variables, which often hold secrets.',
    effects: ['secrets.read'],
    pattern:
      /\bos\.environ\b(?!\s*(?:\.get\(|\[)\s*['"](?:HOME|PATH|USER))|process\.env\b(?!\.(?:HOME|PATH|NODE_ENV))|%ENV\b|\bENV\b(?:\.to_h|\.each|\.inspect)|getenv\s*\(\s*\)|JSON\.stringify\s*\(\s*process\.env/,
  },
  { id: 'network', level: 'moderate', text: 'Uses the network.', effects: ['net.egress'], pattern: SENDING },
  {
    id: 'setuid',
    level: 'destructive',
    text: 'Takes the rights of another user.',
    effects: ['auth.change'],
    pattern: /\b(?:setuid|setgid|seteuid|POSIX::setuid|Process::(?:Sys\.)?setuid)\s*\(?\s*0/,
  },
];

interface Judging {
  readonly code: Argument;
  readonly walk: Walk;
  readonly language: CodeLanguage;
}

/** What reading the code found, beside what its tokens say. */
function judgeReading(reading: CodeReading, { code, walk, language }: Judging): void {
  const { report } = walk;
  if (!reading.ok) report.add('code.unparsed', 'moderate', 'The code could not be parsed.', code, { confidence: 0.3 });
  for (const { id, level, text, effects } of reading.findings)
    report.add(`code.${id}`, level, text, code, { effects, confidence: 0.8 });
  for (const { text } of reading.commands.slice(0, MAX_CALLS)) runFound(text, code, walk);
  for (const { path, access } of reading.paths.slice(0, MAX_CALLS)) judgeAccess(path, access, { code, walk, language });
  if (reading.requests.length > 0) report.markSending(code);
  for (const { text } of reading.texts.slice(0, MAX_CALLS)) {
    report.add('code.dynamic', 'moderate', 'Runs text as code.', code, { effects: ['exec'], confidence: 0.6 });
    if (text !== undefined && walk.depth < MAX_NESTING)
      judgeCode({ ...code, text }, forkWalk(walk, { depth: walk.depth + 2 }), language);
  }
}

const MAX_NESTING = 6;

function judgeAccess(path: string | undefined, access: PathAccess, { code, walk }: Judging): void {
  if (path === undefined || path.startsWith(UNKNOWN)) {
    if (access === 'delete' || access === 'delete-tree')
      walk.report.add('code.delete', 'destructive', 'Deletes files.', code, {
        effects: ['fs.delete'],
        confidence: 0.75,
      });
    return;
  }
  judgePath({ ...code, text: path }, access, walk);
}

/** Text or lists given to a function that runs them. */
const SHELL_CALL =
  /\b(?:system|popen|popen2|exec|execSync|execFile(?:Sync)?|spawn(?:Sync)?|run|call|check_output|check_call|Popen|getoutput|getstatusoutput|shell_exec|passthru|proc_open|os\.execute|io\.popen|os:cmd|(?:launch|run)-program|run-shell-command|shell-command(?:-to-string)?|do shell script|pty\.spawn|execlp?|execvp?|Open3\.\w+)\s*\(?\s*(?:(["'`])((?:(?!\1)[^\\]|\\.){1,4000})\1((?:\s*,\s*(?:["'][^"'\n]{0,400}["']|\[[^\]\n]{0,2000}\])){0,16})|\[([^\]]{1,2000})\])/g;
const BACKTICKS = /(?:`|%x[{(]|qx[{(/])([^`})\n]{1,1000})/g;
/** `"text".execute()` of Groovy, `"text".!` of Scala. */
const RUN_TEXT = /(["'])((?:(?!\1)[^\\\n]|\\.){1,1000})\1\s*\.\s*(?:execute\s*\(|!)/g;
const MAX_CALLS = 20;

/** `q(text)` of perl and `%q(text)` of ruby are strings like any other. */
const LETTER_QUOTES = /(?:\bq{1,2}|%[qQ])\s*[({[<|!]([^)}\]>|!'\n]{1,1000})[)}\]>|!]/g;

function judgeShellCalls(given: string, code: Argument, walk: Walk): void {
  const text = given.replace(LETTER_QUOTES, "'$1'");
  let count = 0;
  for (const match of text.matchAll(SHELL_CALL)) {
    count += 1;
    if (count > MAX_CALLS) {
      walk.report.cap(code);
      return;
    }
    const list = match[4] ?? (match[3] ? `'${match[2] ?? ''}'${match[3]}` : undefined);
    const command = list === undefined ? unescapeLiteral(match[2] ?? '') : listWords(list);
    runFound(command, code, walk);
  }
  const texts = [
    ...[...text.matchAll(BACKTICKS)].map((match) => match[1] ?? ''),
    ...[...text.matchAll(RUN_TEXT)].map((match) => match[2] ?? ''),
  ];
  if (count + texts.length > MAX_CALLS) walk.report.cap(code);
  for (const command of texts.slice(0, MAX_CALLS - count)) runFound(command, code, walk);
}

function listWords(list: string): string {
  const words = [...list.matchAll(/(["'])((?:(?!\1).)*)\1/g)].map((match) => match[2] ?? '');
  return words.map((word) => (/^[\w./:=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
}

function unescapeLiteral(text: string): string {
  return text.replace(/\\(["'\\`])/g, '$1').replace(/\\n/g, '\n');
}

function runFound(command: string, code: Argument, walk: Walk): void {
  walk.report.add('code.shell', 'moderate', 'Runs a command from inside the code.', code, {
    effects: ['exec'],
    confidence: 0.7,
  });
  walk.evaluator.text(command, forkWalk(walk), NO_FLOW, code);
}

/** Paths among the strings: written when the code writes or deletes, read otherwise. */
function judgeLiterals(text: string, code: Argument, walk: Walk): void {
  const isDeleting = /\b(?:rmtree|rm_rf|rm_r|remove_dir_all|rmdirSync|remove_tree|rimraf|rmSync|fs\.rm)\b/.test(text);
  const isWriting =
    /\bopen\s*\([^)]*,\s*(?:mode\s*=\s*)?['"][rbt]*[wax+]|writeFile|write_text|write_bytes|appendFile|File\.write|file_put_contents|createWriteStream|shutil\.(?:move|copy)|os\.(?:rename|replace|chmod|chown)|open\s*\(?\s*\w*,?\s*['"]\s*>/.test(
      text,
    );
  let count = 0;
  for (const match of text.matchAll(/(["'`])((?:\/|~|\.{1,2}\/|\.[a-z])[^"'`\n\s]{0,300}|\/)\1/g)) {
    count += 1;
    if (count > MAX_CALLS) return;
    const word = { ...code, text: match[2] ?? '' };
    const place = classifyPath(word.text, pathContext(walk));
    if (isDeleting) judgePath(word, 'delete-tree', walk);
    else if (isWriting && place !== 'workspace' && place !== 'temp') judgePath(word, 'write', walk);
    else if (place === 'secret' || place === 'accounts' || place === 'guard') judgePath(word, 'read', walk);
    if (place === 'guard') reportGuard(word, walk);
  }
  if (isWriting)
    walk.report.add('code.write', 'moderate', 'Writes files from inside the code.', code, {
      effects: ['fs.write'],
      confidence: 0.7,
    });
}

function reportGuard(word: Argument, walk: Walk): void {
  const text = 'Uses the files of the audit log in a way that is not known to only read them.';
  walk.report.add('guard.files', 'critical', text, word, { effects: ['guard.tamper'], reversible: false });
}

/** Base64 in the code is decoded once and looked at as code and as a command. */
function judgeEncoded(text: string, code: Argument, walk: Walk): void {
  if (walk.depth > 2 || !/base64|b64decode|atob|decode64/i.test(text)) return;
  for (const match of text.matchAll(/['"]([A-Za-z0-9+/]{12,4000}={0,2})['"]/g)) {
    const decoded = Buffer.from(match[1] ?? '', 'base64').toString('utf8');
    if (!isPlainText(decoded)) continue;
    const inner = forkWalk(walk, { depth: walk.depth + 3 });
    judgeCode({ ...code, text: decoded }, inner);
    walk.evaluator.text(decoded, inner, NO_FLOW, code);
  }
}

/** Decoded bytes are only looked at when they are text. */
function isPlainText(text: string): boolean {
  return text !== '' && !/[^\t\n\r -~]/.test(text);
}
