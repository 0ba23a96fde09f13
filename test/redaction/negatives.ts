/** Texts that hold no secret and look as if they did: by family, how to make one. */

import { ALNUM, BASE64, DIGITS, HEX, LOWER, type Random, UPPER } from './random.js';

export interface Negative {
  readonly family: string;
  /** How many are made. */
  readonly count: number;
  make(random: Random, at: number): string;
}

const uuid = (r: Random): string => [8, 4, 4, 4, 12].map((length) => r.text(HEX, length)).join('-');
const WORDS = 'account button cache dialog editor filter gateway header import job kernel layout module network'.split(
  ' ',
);
const word = (r: Random): string => r.pick(WORDS);
const version = (r: Random): string => `${r.below(30)}.${r.below(40)}.${r.below(100)}`;
const from = (texts: readonly string[]) => (_r: Random, at: number) => texts[at % texts.length] ?? '';
/** A family of texts that are written out: each is made once. */
const written = (family: string, texts: readonly string[]): Negative => ({
  family,
  count: texts.length,
  make: from(texts),
});

export const NEGATIVES: readonly Negative[] = [
  {
    family: 'uuid',
    count: 60,
    make: (r) =>
      r.pick([
        (id: string) => `request_id=${id} status=200`,
        (id: string) => JSON.stringify({ id, sessionId: id }),
        (id: string) => `/v1/users/${id}/keys`,
        (id: string) => `key: ${id}`,
      ])(uuid(r)),
  },
  {
    family: 'git-hash',
    count: 60,
    make: (r) =>
      r.pick([
        (h: string) => `commit ${h}`,
        (h: string) => `index ${h.slice(0, 7)}..${h.slice(7, 14)} 100644`,
        (h: string) => `uses: actions/checkout@${h}`,
        (h: string) => `ref=${h}`,
        (h: string) => `"gitHead": "${h}"`,
      ])(r.text(HEX, 40)),
  },
  {
    family: 'digest',
    count: 60,
    make: (r) =>
      r.pick([
        (h: string) => `FROM node@sha256:${h}`,
        (h: string) => `${h}  dist/app.tar.gz`,
        (h: string) => `etag: "${h.slice(0, 32)}"`,
        (h: string) => `checksum = "${h}"`,
        (h: string) => `Digest: sha256:${h}`,
      ])(r.text(HEX, 64)),
  },
  {
    family: 'integrity',
    count: 60,
    make: (r) =>
      r.pick([
        (h: string) => `      "integrity": "sha512-${h}==",`,
        (h: string) => `    resolution: {integrity: sha512-${h}==}`,
        (h: string) => `<script src="/a.js" integrity="sha384-${h.slice(0, 64)}"></script>`,
        (h: string) => `github.com/x/y v1.2.3 h1:${h.slice(0, 43)}=`,
      ])(r.text(BASE64, 86)),
  },
  {
    family: 'base64-image',
    count: 40,
    make: (r) =>
      r.pick([
        (b: string) => `<img src="data:image/png;base64,iVBORw0KGgo${b}">`,
        (b: string) => `background: url(data:image/svg+xml;base64,${b})`,
        (b: string) => JSON.stringify({ mime: 'image/jpeg', content: b }),
      ])(
        Buffer.from([...r.text(BASE64, 300)].map((sign, i) => (sign.charCodeAt(0) * 7 + i * 13) & 255)).toString(
          'base64',
        ),
      ),
  },
  { family: 'minified', count: 60, make: (r) => minified(r) },
  {
    family: 'version',
    count: 50,
    make: (r) =>
      r.pick([
        (v: string) => `"${word(r)}-token": "^${v}"`,
        (v: string) => `password-hash==${v}`,
        (v: string) => `jsonwebtoken@${v}`,
        (v: string) => `secret-service = "${v}"`,
        (v: string) => `v${v}-rc.1+build.${r.below(999)}`,
      ])(version(r)),
  },
  {
    family: 'phone',
    count: 50,
    make: (r) =>
      r.pick([
        () => `+49 ${r.text(DIGITS, 3)} ${r.text(DIGITS, 8)}`,
        () => `(4${r.text(DIGITS, 2)}) 555-${r.text(DIGITS, 4)}`,
        () => `Tel. 0${r.text(DIGITS, 4)} / ${r.text(DIGITS, 6)}-${r.text(DIGITS, 2)}`,
        () => `+44 20 ${r.text(DIGITS, 4)} ${r.text(DIGITS, 4)}`,
      ])(),
  },
  { family: 'number', count: 120, make: (r) => number(r) },
  {
    family: 'css',
    count: 50,
    make: (r) =>
      r.pick([
        () => `.token { color: #${r.text(HEX, 6)}; padding: ${r.below(40)}px; }`,
        () => `--password-border: 1px solid #${r.text(HEX, 3)};`,
        () => `@media (min-width: ${r.below(2000)}px) { .key-${r.below(9)} { margin: -${r.below(9)}px } }`,
        () => `transition: all ${r.below(900)}ms cubic-bezier(0.4,0,0.2,1)`,
        () => `input[type=password]{width:${r.below(99)}%}`,
      ])(),
  },
  { family: 'public-key', count: 40, make: (r) => publicKey(r) },
  { family: 'identifier', count: 80, make: (r) => identifier(r) },
  { family: 'reference', count: 80, make: from(REFERENCES()) },
  { family: 'placeholder', count: 80, make: from(PLACEHOLDERS()) },
  { family: 'log', count: 60, make: (r) => log(r) },
  written('prose', prose()),
  written('code', code()),
  written('schema', schema()),
  written('help', help()),
  written('configuration', configuration()),
];

function minified(r: Random): string {
  const [a, b, c] = [r.text(LOWER, 1), r.text(LOWER, 1), r.text(LOWER, 2)];
  return r.pick([
    `!function(${a},${b}){${a}.token=${b};var ${c}=${a}.key||"${word(r)}";return{password:${b},secret:${c}}}(this,${a});`,
    `${a}.headers.Authorization=${b}(${c}),${a}.apiKey=${c};for(;${b}<${a}.length;${b}++)${c}+=${a}[${b}];`,
    `const{token:${a},password:${b}}=e,${c}=t=>({...t,secret:n});export{${a} as A,${b} as B};`,
    `case ${r.below(99)}:return ${a}.tokenType=${r.below(9)},${b}.next=${r.below(99)},[4,${c}(${a}.password)];`,
    `function ${c}(e){return e.credentials="include",e.cache="no-store",fetch(${a}+"?page="+${b},e)}`,
    `t.exports={parseToken:function(e){return e.split("."+${a})},isPassword:e=>"password"===e.type}`,
  ]);
}

function number(r: Random): string {
  return r.pick([
    () => `order ${1 + r.below(2)}${r.text(DIGITS, 15)}`,
    () => JSON.stringify({ orderId: `9${r.text(DIGITS, 15)}`, qty: r.below(9) }),
    () => `timestamp=17637${r.text(DIGITS, 8)}`,
    () => `time_us: 17637${r.text(DIGITS, 11)}`,
    () => `snowflake 1${r.text(DIGITS, 18)}`,
    () =>
      `IBAN DE${r.text(DIGITS, 2)} ${r.text(DIGITS, 4)} ${r.text(DIGITS, 4)} ${r.text(DIGITS, 4)} ${r.text(DIGITS, 4)} ${r.text(DIGITS, 2)}`,
    () => `EAN 40${r.text(DIGITS, 11)}`,
    () => `ISBN 978-3-${r.text(DIGITS, 5)}-${r.text(DIGITS, 3)}-${r.text(DIGITS, 1)}`,
    () => `tracking 1Z${r.text(UPPER + DIGITS, 16)}`,
    () => `pid ${r.text(DIGITS, 5)} at 0x${r.text(HEX, 12)}`,
    () => `0.${r.text(DIGITS, 16)} ${r.text(DIGITS, 2)}.${r.text(DIGITS, 14)}`,
    () => `bytes=${r.below(999_999)} of ${r.below(9_999_999)} in 4 ${r.below(9)} 12 ${r.below(99)} parts`,
  ])();
}

function publicKey(r: Random): string {
  const body = Array.from({ length: 5 }, () => r.text(BASE64, 64)).join('\n');
  return r.pick([
    `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`,
    `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----`,
    `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${r.text(BASE64, 43)} ada@laptop`,
    `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ${r.text(BASE64, 300)} ada@laptop`,
    `pk_${r.pick(['live', 'test'])}_${r.text(ALNUM, 24)}`,
    `age1${r.text(LOWER + DIGITS, 58)}`,
    `fingerprint SHA256:${r.text(BASE64, 43)}`,
    `untrusted comment: minisign public key\nRW${r.text(BASE64, 54)}`,
  ]);
}

function identifier(r: Random): string {
  return r.pick([
    `arn:aws:iam::${r.text(DIGITS, 12)}:role/${word(r)}`,
    `arn:aws:secretsmanager:eu-west-1:${r.text(DIGITS, 12)}:secret:prod/db-${r.text(ALNUM, 6)}`,
    `s3://${word(r)}-bucket/${r.text(HEX, 16)}/part-00000.parquet`,
    `pod/${word(r)}-${r.text(LOWER + DIGITS, 10)}-${r.text(LOWER + DIGITS, 5)} Running`,
    `01${r.text('0123456789ABCDEFGHJKMNPQRSTVWXYZ', 24)}`,
    `trace_id=${r.text(HEX, 32)} span_id=${r.text(HEX, 16)}`,
    `i-0${r.text(HEX, 16)} vpc-${r.text(HEX, 17)} sg-${r.text(HEX, 17)}`,
    `projects/${word(r)}-${r.below(99999)}/secrets/api-key/versions/${r.below(9)}`,
    `cus_${r.text(ALNUM, 14)} ch_${r.text(ALNUM, 24)} pi_${r.text(ALNUM, 24)}`,
    `msg_${r.text(ALNUM, 24)} toolu_${r.text(ALNUM, 24)}`,
    `fe80::${r.text(HEX, 4)}:${r.text(HEX, 4)}:${r.text(HEX, 4)}:${r.text(HEX, 4)}`,
    `MAC ${Array.from({ length: 6 }, () => r.text(HEX, 2)).join(':')}`,
    `build/${word(r)}.${r.text(HEX, 20)}.js`,
    `dpkg: ${word(r)}_${version(r)}-1ubuntu${r.below(9)}_amd64.deb`,
    `next_page_token=${r.text(ALNUM, 30)}`,
    `cursor: ${r.text(BASE64, 40)}`,
    `"nextToken": "${r.text(ALNUM, 40)}"`,
    `sk-${word(r)}-container sk-fade-in sk-${word(r)}`,
    `eyJust ${word(r)}.eyes.${word(r)} are watching`,
    `X-Request-Id: ${r.text(HEX, 32)}`,
  ]);
}

function log(r: Random): string {
  const at = `2026-11-21T06:${10 + r.below(49)}:${10 + r.below(49)}.${r.text(DIGITS, 3)}Z`;
  return r.pick([
    `${at} INFO GET /api/v1/tokens?limit=${r.below(100)} 200 ${r.below(900)}ms`,
    `${at} WARN token expired for user ${r.below(9999)}; refreshing`,
    `${at} ERROR invalid password for user ada from 10.0.${r.below(255)}.${r.below(255)} port ${r.below(60000)} ssh2`,
    `${at} DEBUG prompt_tokens=${r.below(9000)} completion_tokens=${r.below(900)} total_tokens: ${r.below(9999)}`,
    `sshd[${r.below(9999)}]: Accepted publickey for deploy from 10.0.0.5 port 52${r.below(999)} ssh2: ED25519 SHA256:${r.text(BASE64, 43)}`,
    `10.0.0.${r.below(255)} - - [21/Nov/2026:06:10:00 +0000] "POST /login HTTP/1.1" 302 ${r.below(999)} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
    `${at} INFO secret rotated name=prod/db version=${r.below(99)}`,
    `level=info ts=${at} caller=auth.go:${r.below(999)} msg="password changed" user=${r.below(999)}`,
    `HTTP/2 200 content-type: application/json; charset=utf-8 cache-control: private, max-age=0`,
    `    at Object.verifyToken (/app/node_modules/${word(r)}/lib/token.js:${r.below(999)}:${r.below(99)})`,
  ]);
}

function REFERENCES(): readonly string[] {
  const names = ['PASSWORD', 'API_KEY', 'TOKEN', 'SECRET', 'DB_PASSWORD', 'CLIENT_SECRET', 'AUTH_TOKEN', 'SECRET_KEY'];
  return names.flatMap((name) => {
    const lower = name.toLowerCase();
    const dollar = '$';
    return [
      `export ${name}=${dollar}OTHER_${name}`,
      `${lower}: ${dollar}{{ secrets.${name} }}`,
      `${lower} = os.environ["${name}"]`,
      `const ${lower} = process.env.${name};`,
      `${lower} = var.${lower}`,
      `curl -H "Authorization: Bearer ${dollar}${name}" https://api.example.com`,
      `psql "postgres://app:${dollar}{${name}}@db/shop"`,
      `set X=%${name}%`,
      `${lower}=self.${lower}`,
      `--${lower.replace('_', '-')} "${dollar}(cat /run/secrets/${lower})"`,
    ];
  });
}

function PLACEHOLDERS(): readonly string[] {
  const names = [
    'password',
    'api_key',
    'token',
    'client_secret',
    'access_token',
    'secret_key',
    'apiKey',
    'DB_PASSWORD',
  ];
  return names.flatMap((name) => [
    `${name}=<your-${name}>`,
    `${name}: "your-${name.replace('_', '-')}-here"`,
    `${name} = "xxxxxxxxxxxxxxxx"`,
    `"${name}": "********"`,
    `${name}=YOUR_${name.toUpperCase()}`,
    `"${name}": "..."`,
    `${name}: "{{ ${name} }}"`,
    `"${name}": ""`,
    `${name}=[REDACTED]`,
    `"${name}": null`,
  ]);
}

function prose(): readonly string[] {
  return [
    'Your password must be at least 12 characters long and contain a number.',
    'Forgot your password? Enter your email address and we will send you a link.',
    'Password: required, at least 8 characters',
    'The token is on the desk next to the keys.',
    'A bearer of good news arrived with the basic instructions.',
    'The secret: work hard and sleep well.',
    'Token: the smallest unit of text that the model reads.',
    'Set the password in the settings page, not in the file.',
    'API key: see the section on authentication below.',
    'The key is to keep it simple: one file, one idea.',
    'Use --token to pass a token, or set the TOKEN variable.',
    'Rotate secrets every 90 days; passwords are hashed with argon2.',
    'Authorization: every call needs a role that allows it.',
    'Cookies are used for sessions; see our cookie policy: privacy first.',
    'The password is stored in the vault under prod/db.',
    'She changed the password to something that nobody could guess.',
    'Access key: the round one opens the front door.',
    'Note: the credentials are in the password manager, not here.',
    'Meeting at 10:30, room 4.12, dial-in code on the invitation.',
    'The access token expires after 3600 seconds and is refreshed by the client.',
    'This pull request removes the token: it was never used.',
    'private key and public key are created together by ssh-keygen',
    'Passwords: how long is long enough in 2026?',
    'The word secret appears in secretary, and pass in compass.',
    'Please do not share your one-time code with anybody.',
    'What is a JWT? A header, a payload and a signature, joined by dots.',
    'Tokens per second: 42 on average, 55 at best.',
    'Our secret is fresh bread every morning.',
    'The token was revoked by the administrator on Monday.',
    'Use the same password for both accounts? Never.',
  ];
}

function code(): readonly string[] {
  return [
    'const token = await getToken();',
    'const { password, ...rest } = user;',
    'if (password !== confirmPassword) throw new Error("Passwords do not match");',
    'this.token = token;',
    'token: string;',
    'password?: string | undefined;',
    'function login(user: string, password: string): Promise<Token> {',
    'def login(username: str, password: str = None) -> Token:',
    'self.api_key = api_key or os.getenv("API_KEY")',
    'password=self.password, token=token)',
    'const secret = randomBytes(32);',
    'hash.update(password).digest("hex")',
    'export type Secret = { name: string; key: KeyObject };',
    'for (const token of tokens) tokenize(token);',
    'let token = lexer.next(); while (token.type !== Token.EOF) token = lexer.next();',
    'SELECT password_hash, token_count FROM users WHERE token IS NOT NULL',
    'UPDATE users SET password = $1 WHERE id = $2',
    'CREATE TABLE tokens (id serial, token text NOT NULL, secret varchar(64));',
    'assert.equal(token.kind, "identifier");',
    'private final String password;',
    'var password = Console.ReadLine();',
    'password := os.Getenv("PASSWORD")',
    'let api_key = std::env::var("API_KEY")?;',
    'req.headers.authorization?.split(" ")[1]',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what stands in code.
    'headers: { Authorization: `Bearer ${token}` },',
    'headers["Authorization"] = "Bearer " + token',
    'res.setHeader("Set-Cookie", serialize(name, value));',
    'document.cookie.split(";")',
    'cookies: { session: { maxAge: 3600 } }',
    'fetch(url, { credentials: "include", cache: "no-store" })',
    'import { createToken } from "./token.js";',
    'from secrets import token_hex',
    'password = input("Password: ")',
    'echo "Password: "; read -s PASSWORD',
    'cmp -s a b && mkdir -p "$HOME/.ssh" && chmod 700 "$HOME/.ssh"',
    'ssh -p 22 -i ~/.ssh/id_ed25519 deploy@example.com',
    'docker run -u 1000:1000 -p 8080:80 -v /a:/b nginx',
    'tar -xzf key.tar.gz -C /opt && ls -la',
    'git commit -m "Add token: parse it once"',
    'user.password.length >= 8 && user.password.length <= 64',
    '<input type="password" name="password" autocomplete="current-password">',
    '<label for="token">Token</label>',
    '<password></password>',
    '<PasswordField label={t("password")} onChange={setPassword} />',
    'case TokenType.String: return token.value;',
    'public class TokenService : ITokenService { }',
    'val secret: ByteArray = ByteArray(32)',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what stands in code.
    '@Value("${app.token}") private String token;',
    'token_type = TokenType.ACCESS',
    'max_tokens: 4096, temperature: 0.5',
  ].flatMap((line) => [line, `+ ${line}`]);
}

function schema(): readonly string[] {
  return [
    '"password": { "type": "string", "minLength": 8 }',
    'password: z.string().min(8),',
    'token: Joi.string().required(),',
    'password: String!',
    'required: [username, password]',
    '"required": ["token", "secret"]',
    'secretKeyRef: { name: db, key: password }',
    'secretName: tls-example-com',
    'token_url: https://auth.example.com/oauth/token',
    'tokenUrl: "https://auth.example.com/token"',
    'password_policy: strict',
    'passwordFile: /run/secrets/db',
    'password: /run/secrets/db_password',
    'api_key_header: X-API-Key',
    '"tokenEndpoint": "/oauth2/token"',
    'token_bucket: { capacity: 100, refill: 10 }',
    'public_key: path/to/key.pub',
    'in: header, name: Authorization',
    'bearerFormat: JWT',
    'authentication: none',
    'sort_key: createdAt',
    'primaryKey: id',
    'password: { label: "Password", type: "password" }',
    '"secret": true',
    'token: false',
  ];
}

function help(): readonly string[] {
  return [
    '  --password <password>   the password of the account',
    '  --token TOKEN           token to use',
    '  -p, --password string   Password',
    '  --api-key string        API key (default from the environment)',
    '  --password-stdin        take the password from standard input',
    '  --token-file <path>     read the token from a file',
    '  --secret                mark the value as secret',
    'usage: login [--user USER] [--password PASSWORD] HOST',
    'Options: --key-dir, --mark, --no-color, --quiet',
    'curl -u user:password https://example.com',
    'git clone https://user:password@example.com/repo.git',
    'postgres://user:password@localhost/db',
    'set --password when the server asks for one',
    'error: unknown option --tokens',
    'npm token list; npm token revoke <id>',
  ];
}

function configuration(): readonly string[] {
  return [
    'password:\n  min_length: 12\n  max_age_days: 90',
    'tokens:\n  access: 15m\n  refresh: 30d',
    'secrets:\n  - db\n  - smtp',
    'token: 3600',
    'session_timeout=1800\ncookie_secure=true',
    'Content-Security-Policy: default-src self; script-src self',
    'Access-Control-Allow-Headers: Authorization, Content-Type, X-Api-Key',
    'Vary: Authorization, Cookie',
    'WWW-Authenticate: Bearer realm="example", error="invalid_token"',
    'WWW-Authenticate: Basic realm="Restricted"',
    'key: value',
    'keys: [a, b, c]',
    'PWD=/home/ada/project',
    'SSH_AUTH_SOCK=/tmp/ssh-XXXX/agent.123',
    'XAUTHORITY=/home/ada/.Xauthority',
    'GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568',
    'KEYBOARD_LAYOUT=de',
    'author: Ada Lovelace <ada@example.com>',
    'https://example.com:8080/a@b',
    'http://localhost:3000/users?token=&page=2',
    'mailto:ada@example.com?subject=password',
    'git@github.com:ada/repo.git',
    'ssh://git@example.com:22/repo.git',
    'registry=https://registry.npmjs.org/',
    'timeout: 30s, retries: 3, backoff: 1.5',
  ];
}
