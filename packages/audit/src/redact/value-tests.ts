/**
 * Is this text a secret, or does it only stand where one would: a variable, a placeholder, the word of a schema? Pure; each
 * test takes time linear in the text.
 */

/** False for a filler in the place of a token: a run of one letter, or words that say what should stand there. */
export function isVaried(secret: string): boolean {
  const tail = secret.slice(-16);
  if (new Set(tail).size < 5) return false;
  return /\d/.test(tail) || !FILLER.test(secret);
}

const FILLER = /(?:your|example|placeholder|insert|change|replace|redacted|dummy|sample|secret|token|key|here|xxxx)/i;

/** False for what only names a secret: a shell or template variable, a placeholder, a word of a schema. */
export function isLiteral(secret: string): boolean {
  if (
    secret.length === 0 ||
    /^(?:\$[({A-Za-z_]|%[A-Za-z_]{1,64}%$|%\(|\{\{|<%|#\{|@\{|\\?\$\\?\{|\*{1,64}$|\.{2,3}$|[•●]{1,64}$|-{2,64}$)/.test(
      secret,
    )
  )
    return false;
  if (/^<[\w .:-]{1,64}>?$|^\[[\w .:-]{1,64}\]?$|^\{[\w.]{1,64}\}$/.test(secret)) return false;
  return !EMPTY_WORDS.has(secret.toLowerCase()) && !isPlaceholder(secret);
}

/** `your-api-key`, `xxxxxxxx`, `INSERT_TOKEN_HERE`, `example_token`. */
function isPlaceholder(secret: string): boolean {
  if (/^(.)\1{3,64}$/.test(secret)) return true;
  if (secret.length > 64 || (/\d{2}/.test(secret) && !/1234/.test(secret))) return false;
  return /^(?:your|my|the|an?|some|insert|enter|add|put|replace|fill|type|paste|example|sample|dummy|fake|placeholder|redacted|todo|tbd)(?:$|[\s_.<-])|[\s_.-](?:here|placeholder|goes[_-]here)$/i.test(
    secret,
  );
}

const EMPTY_WORDS: ReadonlySet<string> = new Set(
  (
    'password passwd passphrase secret secrets token tokens key keys value values string str number boolean bool any unknown ' +
    'object bytes buffer text varchar char uuid int integer float optional required require none null nil undefined void true ' +
    'false yes no on off redacted hidden masked private public include omit same-origin bearer basic admin user username self ' +
    'this new var let const function return await async class default auto always never default: empty missing invalid ' +
    'expired rotated stored encrypted generated valid changed incorrect wrong not is was has must should the a an in and or ' +
    'password: plaintext ssm vault env file prompt ask to when if for with on of as from by it that which'
  ).split(' '),
);

/** `name=value` without spaces: shell, dotenv, URL, connection string. In source it may name another variable. */
export function isTightValue(secret: string): boolean {
  return isLiteral(secret) && !isReference(secret) && !isCall(secret);
}

/** `name: value` and `name = value` without quotes: only what does not read like a word, a number or a reference. */
export function isLooseValue(secret: string): boolean {
  if (secret.length < 6 || !isTightValue(secret)) return false;
  if (/^\d{1,4}(?:[.:/-]\d{1,4}){1,6}$/.test(secret)) return false;
  return /\d/.test(secret) ? !/^\d{1,5}$/.test(secret) && !isVersion(secret) : isOddWord(secret);
}

/** Without a digit: mixed cases inside the word, or a sign that no word has. */
function isOddWord(secret: string): boolean {
  if (/^[A-Za-z]+$/.test(secret)) {
    // Camel case is how names of types and variables are written; what switches more often is none.
    const switches = secret.match(/[a-z][A-Z]|[A-Z]{2}[a-z]/g)?.length ?? 0;
    return switches >= 3 && secret.length >= 10 && switches * 4 >= secret.length;
  }
  return /[!@#$%^&*+~?=]/.test(secret) && /[A-Za-z]/.test(secret) && !/^[\w.-]+[!?]$|=>|[=!]=/.test(secret);
}

/** `^1.2.3`, `2.0.0-rc.1`: the version of a package whose name ends like that of a secret. */
export function isVersion(secret: string): boolean {
  return /^[v^~>=<]{0,2}\d{1,4}(?:\.\d{1,6}){1,3}(?:[-+.][\w.]{1,24})?$/.test(secret);
}

/** `self.password`, `process.env.TOKEN`, `req->token`, `config/secrets`: names joined by dots, arrows or slashes. */
function isReference(secret: string): boolean {
  const parts = secret.split(/\.|->|::/);
  return parts.length > 1 && parts.every((part) => /^[A-Za-z_$][A-Za-z_$]{0,63}[?!;]?$/.test(part));
}

/** `getToken(`, `os.getenv(`: what stands before a bracket is code. */
function isCall(secret: string): boolean {
  return /^[A-Za-z_$][\w$.]{0,80}[([]/.test(secret);
}

/** In code an unquoted value before a comma or bracket is the name of something, unless it has digits as no name has. */
export function isCodeValue(secret: string, next: string): boolean {
  if (/^[([]/.test(next)) return true;
  if (!/^[,;)}\]]/.test(next) || !/^[A-Za-z_$][\w$]*$/.test(secret)) return false;
  // A connection string: `Password=hunter;Database=x`.
  if (/^;\s{0,2}[A-Za-z][A-Za-z ]{1,30}=/.test(next)) return false;
  return (secret.match(/\d/g)?.length ?? 0) < 3;
}

/** A sentence about a secret, as labels and messages are. */
export function isProse(secret: string): boolean {
  if (!/\S\s+\S/.test(secret) || secret.length > 1024) return false;
  if (PROSE_WORDS.test(secret)) return /^[A-Z]/.test(secret) || !/\d/.test(secret);
  return /^[A-Z][a-z']*(?: [a-z']{1,20}){1,40}[.!?:]?$/.test(secret);
}

const PROSE_WORDS =
  /(?:^|\s)(?:is|are|was|be|the|your|you|must|please|enter|required|invalid|to|of|for|not|and|or|with|has|have|does|do|can|cannot|should|will|at|least|too|new|no|in|on)(?:$|[\s.,!?:])/i;

/** A path says where a secret is, not what it is. */
export function isPath(secret: string): boolean {
  return /^(?:~?\/|\.{1,2}\/|[A-Za-z]:[\\/])[\w .@+~/\\-]{0,256}$/.test(secret) && /[/\\][A-Za-z]/.test(secret);
}

/** Decoded, it is `user:password` in printable characters. */
export function isBasicAuth(secret: string): boolean {
  return /^[!-9;-~]{0,256}:[ -~]{1,512}$/.test(Buffer.from(secret, 'base64').toString('latin1'));
}

/** True where a digit is among the characters. */
export function hasDigit(secret: string): boolean {
  return /\d/.test(secret);
}
