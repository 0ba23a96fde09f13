/**
 * Which member names say that their value is a secret. Case, `_`, `-`, `.` and camelCase make no difference. Pure.
 *
 * The end of a name counts: `DB_PASSWORD` and `passwordConfirmation` hold one, `password_file` and `tokenType` do not.
 */

/** Answers the rule that hides the value of a member, such as `password`; undefined when the name says nothing. */
export type SecretNames = (name: string) => string | undefined;

/** Names to add to the built-in ones, or to take out of them. */
export interface SecretNameOptions {
  readonly names?: readonly string[];
  readonly allowNames?: readonly string[];
}

/** The test of member names: the built-in list, and what the options say. */
export function createSecretNames({ names = [], allowNames = [] }: SecretNameOptions): SecretNames {
  const allowed = new Set(allowNames.map(squash));
  const added = names.map((name) => wordsOf(name)).filter((words) => words.length > 0);
  return (name) => {
    // A name of this length is data, and patterns look into it.
    if (name.length > MAX_NAME_LENGTH) return undefined;
    // Most names say nothing, and need not be taken apart for that.
    if (added.length === 0 && !STEMS.test(name)) return undefined;
    if (allowed.size > 0 && allowed.has(squash(name))) return undefined;
    const words = withoutSuffix(wordsOf(name));
    if (added.some((ending) => endsWith(words, ending))) return 'named';
    return ruleOf(words);
  };
}

const MAX_NAME_LENGTH = 128;

/** Every built-in name holds one of these. */
const STEMS =
  /pass|pw|psw|pwd|key|secret|token|jwt|bearer|auth|cookie|connect|sessid|credential|recovery|backup|otp|mnemonic|seed|service|one|code|cvv|cvc|conn|dsn|sas|pat|psk|pem|senha|kennwort|motdepasse|contrasena/i;

/** Endings by rule, in words. */
const ENDINGS: readonly (readonly [rule: string, endings: readonly string[]])[] = [
  ['password', ['password', 'passwords', 'passwd', 'passphrase', 'pass phrase', 'passcode', 'user pass', 'db pass']],
  // A working directory as often as a password: whoever uses this rule looks at the value too.
  ['pwd', ['pwd']],
  ['api-key', ['api key', 'api keys', 'apikey', 'application key', 'subscription key']],
  ['access-key', ['access key', 'account key', 'shared key', 'accesskey', 'accountkey']],
  ['private-key', ['private key', 'privatekey', 'ssh key', 'pem key', 'deploy key', 'private pem', 'wallet key']],
  ['encryption-key', ['encryption key', 'signing key', 'master key', 'hmac key', 'secret key', 'secretkey', 'jwt key']],
  ['secret', ['secret', 'secrets', 'client secret', 'clientsecret', 'webhook secret']],
  [
    'token',
    ['token', 'access tokens', 'auth tokens', 'api tokens', 'refresh tokens', 'jwt', 'accesstoken', 'authtoken'],
  ],
  ['token', ['refreshtoken', 'idtoken', 'bearertoken', 'sessiontoken', 'apitoken', 'bearer']],
  ['authorization', ['authorization', 'basic auth', 'auth header', 'x auth']],
  ['cookie', ['cookie', 'cookies', 'connect sid', 'phpsessid', 'jsessionid']],
  ['credential', ['credential', 'credentials', 'recovery code', 'recovery codes', 'backup codes', 'otp', 'mnemonic']],
  ['credential', ['seed phrase', 'service account json', 'one time code', 'security code', 'cvv', 'cvc', 'cvv2']],
  [
    'credential',
    ['verification code', 'mfa code', 'auth code', 'authorization code', 'totp', 'pin code', 'access code'],
  ],
  ['password', ['passwort', 'kennwort', 'motdepasse', 'mot de passe', 'contrasena', 'senha', 'psk', 'passkey']],
  ['password', ['storepass', 'keypass', 'bind pw', 'root pw', 'admin pass', 'root pass', 'smtp pass', 'ftp pass']],
  ['password', ['mysql pwd', 'sshpass', 'pgpass', 'curl pass', 'unlock code']],
  ['api-key', ['auth key', 'authkey', 'app key', 'license key', 'service role key', 'server key', 'integration key']],
  ['token', ['personal access token', 'auth token', 'oauth2 bearer', 'pat', 'session key', 'auth code verifier']],
  ['secret', ['secret string', 'secret binary', 'app secret', 'shared secret', 'secret key base', 'signing secret']],
  ['connection-string', ['connection string', 'connectionstring', 'conn string', 'conn str', 'dsn', 'sas url']],
];

const BY_ENDING: ReadonlyMap<string, string> = new Map(
  ENDINGS.flatMap(([rule, endings]) => endings.map((ending) => [ending, rule] as const)),
);

/** Names that say too little at the end of a longer one. */
const WHOLE_NAMES: ReadonlySet<string> = new Set(['pass', 'pw', 'psw']);

/** The longest ending in words. */
const MAX_ENDING_WORDS = 3;

/** Names that are written as one word and end in one of these: `pgpassword`, `clientsecret`. */
const SQUASHED = /(password|passwd|passphrase|passwort|apikey|secret|token|pwd)$/;

/** What may follow in a name whose value is the secret all the same. */
const SUFFIXES: ReadonlySet<string> = new Set(
  'value text plain plaintext raw base hex encoded hash hashed old new current confirm confirmation again env'.split(
    ' ',
  ),
);

/** What makes a `token` something else: a position in a list, or a piece of text. */
const HARMLESS_TOKENS: ReadonlySet<string> = new Set(
  'page next previous prev continuation sync cursor pagination start stop end eos bos pad unk mask sep cls special cancellation cancel abort max min num total'.split(
    ' ',
  ),
);

function ruleOf(words: readonly string[]): string | undefined {
  if (words.length === 1 && WHOLE_NAMES.has(words[0] ?? '')) return 'password';
  for (let length = Math.min(MAX_ENDING_WORDS, words.length); length > 0; length -= 1) {
    const rule = BY_ENDING.get(words.slice(-length).join(' '));
    if (rule !== undefined) return words.at(-1) === 'token' && isHarmlessToken(words) ? undefined : rule;
  }
  const squashed = SQUASHED.exec(words.at(-1) ?? '')?.[1];
  if (squashed === undefined) return undefined;
  if (squashed === 'secret') return 'secret';
  if (squashed === 'token') return SQUASHED_HARMLESS.test(words.at(-1) ?? '') ? undefined : 'token';
  if (squashed === 'pwd') return 'pwd';
  return squashed === 'apikey' ? 'api-key' : 'password';
}

/** `nextpagetoken`, `cancellationtoken`: the same, written as one word. */
const SQUASHED_HARMLESS =
  /(?:page|next|previous|prev|continuation|sync|cursor|pagination|cancellation|cancel|abort)token$/;

function isHarmlessToken(words: readonly string[]): boolean {
  return HARMLESS_TOKENS.has(words.at(-2) ?? '');
}

function endsWith(words: readonly string[], ending: readonly string[]): boolean {
  return words.slice(-ending.length).join(' ') === ending.join(' ');
}

function withoutSuffix(words: readonly string[]): readonly string[] {
  let end = words.length;
  while (end > 1 && isSuffix(words[end - 1] ?? '')) end -= 1;
  return words.slice(0, end);
}

function isSuffix(word: string): boolean {
  return SUFFIXES.has(word) || /^\d{1,4}$/.test(word);
}

/** The words of a name in lower case: `apiKey`, `API_KEY` and `api-key` have the same. */
function wordsOf(name: string): readonly string[] {
  const words = name.match(WORD) ?? [];
  return words.map((word) => {
    const lower = word.toLowerCase();
    return lower.replace(/\d{1,4}$/, '') || lower;
  });
}

/** Capitals before a capitalised word, a word with or without a capital, capitals, digits. */
const WORD = /[A-Z]{1,64}(?=[A-Z][a-z])|[A-Z]?[a-z0-9]{1,64}|[A-Z][A-Z0-9]{0,64}|[0-9]{1,64}/g;

function squash(name: string): string {
  return wordsOf(name).join('');
}
