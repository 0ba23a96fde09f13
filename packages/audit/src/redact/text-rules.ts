/**
 * Secrets that are known by what stands before them: `PGPASSWORD=...`, `--token ...`, `Authorization: ...`, the password in
 * a URL. Only the secret itself is hidden. Pure data; every pattern takes linear time, as in `token-rules.ts`.
 */

import type { RedactRule } from './token-rules.js';

/** The rules of headers, URLs, command lines and assignments. */
export function textRules(): readonly RedactRule[] {
  return [...headerRules(), ...urlRules(), ...commandRules(), ...assignmentRules()];
}

function headerRules(): readonly RedactRule[] {
  return [
    {
      id: 'authorization',
      hints: ['authorization'],
      pattern:
        /(authorization["'\\]{0,3}\s{0,4}[:=,]\s{0,4}["'`\\]{0,3}(?:(?:bearer|basic|token|apikey|negotiate|digest|bot)\s{1,4})?)([^\r\n"'`\\]{1,4096})/gi,
      accept: isLiteral,
    },
    {
      id: 'cookie',
      hints: ['cookie'],
      pattern: /((?<![\w-])(?:set-)?cookie["']?:\s{0,4}["']?)([^\r\n"'`\\=;\s]{1,256}=[^\r\n"'`\\]{1,4096})/gi,
    },
    {
      id: 'bearer-token',
      hints: ['bearer'],
      pattern: /((?<![\w-])bearer\s{1,4})([\w.~+/=-]{16,4096})/gi,
      accept: hasDigit,
    },
    {
      id: 'basic-auth',
      hints: ['basic'],
      pattern: /((?<![\w-])basic\s{1,4})([A-Za-z0-9+/]{12,1024}={0,2})(?![\w+/=])/gi,
      accept: isBasicAuth,
    },
  ];
}

function urlRules(): readonly RedactRule[] {
  return [
    {
      id: 'url-password',
      hints: ['://'],
      pattern: /(:\/\/[^\s:@/?#"'`<>]{0,128}:)([^\s@"'`<>/]{1,256})(?=@)/g,
      accept: isLiteral,
    },
    {
      id: 'url-user',
      hints: ['://'],
      pattern: /(:\/\/)([\w-]{20,256})(?=(?::x-oauth-basic)?@)/g,
      accept: hasDigit,
    },
    {
      id: 'url-signature',
      hints: ['sig'],
      pattern: /([?&](?:sig|signature|x-amz-signature|x-goog-signature)=)([\w%+/=.-]{16,1024})/gi,
    },
    {
      id: 'url-token',
      hints: ['x-amz-security-token', 'code=', 'key='],
      pattern: /([?&](?:x-amz-security-token|code|key)=)([\w%+/=.-]{20,4096})/gi,
      accept: hasDigit,
    },
  ];
}

function commandRules(): readonly RedactRule[] {
  return [
    {
      id: 'command-user',
      hints: ['-u', '--user', '--proxy-user'],
      pattern: /((?<!\S)(?:-u\s{0,4}|--(?:proxy-)?user[ =]\s{0,4})["']?[^\s:"'/]{1,128}:)([^\s"'/]{1,256})/g,
      accept: (secret) => isLiteral(secret) && !/^\d{1,10}$/.test(secret),
    },
    {
      id: 'command-password',
      hints: ['mysql', 'mariadb'],
      pattern:
        /((?<![\w-])(?:mysql|mysqldump|mysqladmin|mariadb)(?:-dump)?\s[^\n|;&]{0,200}?(?<=\s)-p)([^\s"'|;&]{1,256})/g,
      accept: isLiteral,
    },
    {
      id: 'command-password',
      hints: ['sshpass', 'login'],
      pattern: /((?<![\w-])(?:sshpass|login)\s[^\n|;&]{0,200}?(?<=\s)-p\s{0,4}["']?)([^\s"'|;&-][^\s"'|;&]{0,255})/g,
      accept: isLiteral,
    },
    {
      id: 'command-password',
      hints: ['redis-cli'],
      pattern: /((?<![\w-])redis-cli\s[^\n|;&]{0,200}?(?<=\s)-a\s{1,4}["']?)([^\s"'|;&]{1,256})/g,
      accept: isLiteral,
    },
    {
      id: 'command-password',
      hints: ['pass:'],
      pattern: /((?<=\s-pass(?:in|out)?\s{1,4}["']?)pass:)([^\s"']{1,256})/g,
      accept: isLiteral,
    },
  ];
}

/**
 * The ends of names that are given a secret. A name may go on before it: `DB_PASSWORD`, `x-api-key`, `accessToken`.
 * Names that say less, such as `key`, are left to structured values.
 */
const NAME =
  '(?:passwords?|passwd|passphrase|passcode|(?<![a-z])pwd|pgpass|secrets?|secret[_-]?key|api[_-]?key|access[_-]?key|account[_-]?key|' +
  'shared[_-]?access[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|client[_-]?secret|credentials?|' +
  '(?<!page[_-]?|next[_-]?|prev[_-]?|continuation[_-]?|sync[_-]?|cursor[_-]?|max[_-]?|pad[_-]?|eos[_-]?|bos[_-]?)token)';

const HINTS = ['pass', 'pwd', 'secret', 'token', 'key', 'credential'] as const;

/** Each kind of quotation mark closes with its own, so that a password may hold the others. */
function assignmentRules(): readonly RedactRule[] {
  const sign = '(?:=>|:=|==?|:)';
  const rule = (pattern: string, accept: (secret: string) => boolean): RedactRule => ({
    id: 'assigned-secret',
    hints: HINTS,
    pattern: new RegExp(pattern, 'gi'),
    accept,
  });
  const quoted = ['"', "'", '`'].map((mark) =>
    rule(`(${NAME}["'\`\\]]{0,2}\\s{0,8}${sign}\\s{0,8}${mark})((?:[^${mark}\\\\\\r\\n]|\\\\.){1,1024})`, isLiteral),
  );
  return [
    ...quoted,
    // JSON within a string: the quotation marks are escaped.
    rule(`(${NAME}\\\\["']\\s{0,8}:\\s{0,8}\\\\["'])([^"'\\\\\\r\\n]{1,1024})`, isLiteral),
    rule(`(${NAME}=)([^\\s"'\`&;|<>(){}\\[\\],\\\\]{1,1024})(?![(\\[])`, isTightValue),
    rule(
      `(${NAME}["']?\\s{0,8}(?:[:=]|:=|=>)\\s{1,8})([^\\s"'\`&;|<>(){}\\[\\],\\\\]{6,1024})(?![(\\[])`,
      isLooseValue,
    ),
    rule(`(${NAME}(?<=(?:^|[\\s"'])--?[a-z0-9-]{1,60})\\s{1,4}["']?)([^\\s"'|;&<>-][^\\s"'|;&<>]{0,1023})`, isLiteral),
  ];
}

/** False for what only names a secret: a shell or template variable, a placeholder, a word of a schema. */
function isLiteral(secret: string): boolean {
  if (/^(?:\$[({A-Za-z_]|\$\{|%[A-Za-z_]{1,64}%|\{\{|<[\w -]{1,64}>|\*{1,64}$|\.{3}$)/.test(secret)) return false;
  return !EMPTY_WORDS.has(secret.toLowerCase());
}

const EMPTY_WORDS: ReadonlySet<string> = new Set(
  (
    'password passwd secret token key value values string str number boolean bool any unknown object bytes buffer optional required ' +
    'none null nil undefined true false redacted hidden masked include omit same-origin bearer basic admin user'
  ).split(' '),
);

/** `name=value` without spaces: shell, dotenv, URL, connection string. In source it may name another variable. */
function isTightValue(secret: string): boolean {
  return isLiteral(secret) && !isReference(secret);
}

/** `name: value` and `name = value` without quotes: only what does not read like a word or a reference. */
function isLooseValue(secret: string): boolean {
  return isTightValue(secret) && hasDigit(secret) && /[a-z]/i.test(secret);
}

/** `self.password`, `process.env.TOKEN`, `req->token`: names joined by dots. */
function isReference(secret: string): boolean {
  const parts = secret.split('.');
  return parts.length > 1 && parts.every((part) => /^[A-Za-z_$][A-Za-z_$]{0,63}[?!]?$/.test(part));
}

function hasDigit(secret: string): boolean {
  return /\d/.test(secret);
}

/** Decoded, it is `user:password` in printable characters. */
function isBasicAuth(secret: string): boolean {
  return /^[!-9;-~]{0,256}:[ -~]{0,512}$/.test(Buffer.from(secret, 'base64').toString('latin1'));
}
