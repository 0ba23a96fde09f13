/** Redaction: what is hidden, what is left, and how edited arguments get their secrets back. */

import type { JsonValue } from '@countersign/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formRules } from '../src/redact/form-rules.js';
import { placeRules } from '../src/redact/place-rules.js';
import { createRedactor } from '../src/redact/redactor.js';

const KEY = new Uint8Array(32).fill(7);
const redactor = createRedactor({ key: KEY });
const MARKER = /\[redacted:[a-z0-9-]+:[0-9a-f]{8}\]/;
const a = (length: number): string => 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY'.repeat(20).slice(0, length);

function shown(value: JsonValue): JsonValue {
  return redactor.redact(value).value;
}

function shownText(text: string): string {
  const value = shown(text);
  return typeof value === 'string' ? value.replaceAll(new RegExp(MARKER, 'g'), '<hidden>') : 'not a text';
}

describe('Secrets known by the name of their member', () => {
  test.each([
    'password',
    'Passwd',
    'DB_PASSWORD',
    'userPassword',
    'pgpassword',
    'passphrase',
    'secret',
    'client_secret',
    'clientSecret',
    'AWS_SECRET_ACCESS_KEY',
    'api_key',
    'apiKey',
    'x-api-key',
    'APIKEY',
    'token',
    'accessToken',
    'refresh_token',
    'auth-token',
    'Authorization',
    'proxy-authorization',
    'Cookie',
    'Set-Cookie',
    'private_key',
    'sshKey',
    'access_key',
    'encryptionKey',
    'connectionString',
    'passwordConfirmation',
    'password2',
    'GITHUB_TOKEN',
    'api_tokens',
    'credentials',
    'token_value',
  ])('%s is hidden', (name) => {
    expect(JSON.stringify(shown({ [name]: 'plain words' }))).toMatch(/:"\[redacted:[a-z-]+:[0-9a-f]{8}\]"/);
  });

  test.each([
    'max_tokens',
    'tokens',
    'tokenizer',
    'token_type',
    'nextPageToken',
    'page_token',
    'password_file',
    'secretName',
    'key',
    'keyboard',
    'monkey',
    'author',
    'cookiePolicy',
    'passenger',
    'bypass',
    'compass',
    'session',
    'access',
    'secretary',
    'primaryKey',
    'sort_key',
  ])('%s is left', (name) => {
    const value = { [name]: 'plain words' };
    expect(redactor.redact(value)).toEqual({ value, count: 0 });
  });

  test('numbers, booleans and null are no secrets', () => {
    const value = { token: 12, password: null, secret: true };
    expect(redactor.redact(value).value).toBe(value);
  });

  test('everything below such a name is hidden, except what a JSON Schema says of it', () => {
    expect(shown({ secrets: { db: 'x', list: ['y', 3] } })).toEqual({
      secrets: { db: expect.stringMatching(MARKER), list: [expect.stringMatching(MARKER), 3] },
    });
    const schema = { properties: { password: { type: 'string', description: 'At least 8 characters' } } };
    expect(redactor.redact(schema).value).toBe(schema);
  });

  test('a name and its value may stand in a list, a pair, an entry or two members', () => {
    const hidden = expect.stringMatching(MARKER);
    expect(shown(['login', '--token', 'abc', 'x'])).toEqual(['login', '--token', hidden, 'x']);
    expect(
      shown([
        ['Authorization', 'abc'],
        ['Accept', 'text'],
      ]),
    ).toEqual([
      ['Authorization', hidden],
      ['Accept', 'text'],
    ]);
    expect(shown({ $t: 'map', v: [['password', 'abc']] })).toEqual({ $t: 'map', v: [['password', hidden]] });
    expect(shown({ name: 'API_KEY', value: 'abc' })).toEqual({ name: 'API_KEY', value: hidden });
  });

  test('options add names and take them out', () => {
    const own = createRedactor({ key: KEY, names: ['badge number'], allowNames: ['cookie'] });
    expect(own.redact({ staffBadgeNumber: 'x', cookie: 'y' }).value).toEqual({
      staffBadgeNumber: expect.stringMatching(/^\[redacted:named:/),
      cookie: 'y',
    });
  });

  test('PWD is a password unless it is a directory', () => {
    expect(shown({ PWD: '/home/ada' })).toEqual({ PWD: '/home/ada' });
    expect(shown({ pwd: 'hunter2' })).toEqual({ pwd: expect.stringMatching(MARKER) });
  });
});

describe('Secrets known by their form', () => {
  test.each([
    ['aws-access-key', `AKIA${'IOSFODNN7EXAMPLE'.slice(0, 16)}`],
    ['github-token', `ghp_${a(36)}`],
    ['github-token', `github_pat_${a(60)}`],
    ['gitlab-token', `glpat-${a(20)}`],
    ['slack-token', `xoxb-${'1234567890-'.repeat(2)}${a(24)}`],
    ['stripe-key', `sk_live_${a(24)}`],
    ['stripe-key', `rk_test_${a(24)}`],
    ['openai-key', `sk-proj-${a(48)}`],
    ['openai-key', `sk-${a(48)}`],
    ['anthropic-key', `sk-ant-api03-${a(90)}`],
    ['google-api-key', `AIza${a(35)}`],
    ['npm-token', `npm_${a(36)}`],
    ['huggingface-token', `hf_${a(34)}`],
    ['sendgrid-key', `SG.${a(22)}.${a(43)}`],
    ['jwt', `eyJ${a(30)}.eyJ${a(50)}.${a(43)}`],
    ['card-number', '4111 1111 1111 1111'],
    ['card-number', '5555555555554444'],
    ['card-number', '3782-822463-10005'],
    ['private-key', `-----BEGIN RSA PRIVATE KEY-----\n${a(64)}\n${a(64)}\n-----END RSA PRIVATE KEY-----`],
  ])('%s', (rule, secret) => {
    const { value, count } = redactor.redact(`before ${secret} after`);
    expect(value).toMatch(new RegExp(`^before \\[redacted:${rule}:[0-9a-f]{8}\\] after$`));
    expect(count).toBe(1);
  });

  test.each([
    '4111 1111 1111 1112',
    'order 1234567890123456',
    '1795241460000000',
    'sk-fading-circle-container-with-many-words',
    '019aa520-5fa0-7abc-8def-0123456789ab',
    'the token is on the desk',
    'git log --oneline',
    'https://example.com:8080/a@b',
    'const token = await getToken();',
    'password: string;',
    'export PASSWORD=$DB_PASSWORD',
    'curl -H "Authorization: Bearer $TOKEN" x',
    '--password-stdin',
    'max_tokens=4096 and temperature=0.5',
    "if (text.includes('-----BEGIN PRIVATE KEY-----')) return;",
    'ssh -p 22 host',
    'mkdir -p a/b',
    'docker run -p 8080:80 nginx',
    'password=self.password',
    'a bearer of good news',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: this is what stands in workflow files.
    'token: ${{ secrets.GITHUB_TOKEN }}',
  ])('%s is left', (text) => {
    expect(redactor.redact(text)).toEqual({ value: text, count: 0 });
  });

  test('a private key that was cut off is hidden to where it could end', () => {
    expect(shownText(`{"pem":"-----BEGIN OPENSSH PRIVATE KEY-----\\n${a(64)}`)).toBe('{"pem":"<hidden>');
  });

  test('member names are searched too, and none is lost', () => {
    const [one, two] = [`ghp_${a(36)}`, `npm_${a(36)}`];
    expect(Object.keys(shown({ [one]: 1, [two]: 2, plain: 3 }) ?? {})).toEqual([
      expect.stringMatching(/^\[redacted:github-token:/),
      expect.stringMatching(/^\[redacted:npm-token:/),
      'plain',
    ]);
  });

  test('bytes and texts with half a surrogate pair are hidden whole when they hold one', () => {
    const plain = { $t: 'bytes', type: 'Buffer', v: Buffer.from('harmless').toString('base64') };
    expect(redactor.redact(plain).value).toBe(plain);
    expect(shown({ ...plain, v: Buffer.from(`x ghp_${a(36)}`).toString('base64') })).toMatch(
      /^\[redacted:github-token:/,
    );
    const utf16 = Buffer.from(`\ud800 ghp_${a(36)}`, 'utf16le')
      .swap16()
      .toString('hex');
    expect(shown({ $t: 'utf16', v: utf16 })).toMatch(/^\[redacted:github-token:/);
    expect(shown({ password: plain })).toEqual({ password: expect.stringMatching(MARKER) });
  });
});

describe('Secrets known by what stands before them', () => {
  test.each([
    ['curl -H "Authorization: Bearer xxx" https://x', 'curl -H "Authorization: Bearer <hidden>" https://x'],
    ["curl -H 'X-Api-Key: abc123def' x", "curl -H 'X-Api-Key: <hidden>' x"],
    ['PGPASSWORD=xxy psql -h db', 'PGPASSWORD=<hidden> psql -h db'],
    ['login --password xxy --verbose', 'login --password <hidden> --verbose'],
    ['login --password=\'it has "spaces"\' -v', "login --password='<hidden>' -v"],
    ['tool --api-key k3y', 'tool --api-key <hidden>'],
    ['postgres://ada:s3cret@db.example.com/x', 'postgres://ada:<hidden>@db.example.com/x'],
    [`git clone https://${'x1'.repeat(20)}@git.example.com/r`, 'git clone https://<hidden>@git.example.com/r'],
    ['https://api.example.com/v1?api_key=12345&x=1', 'https://api.example.com/v1?api_key=<hidden>&x=1'],
    ['Server=db;Uid=sa;Pwd=S3cret!;Database=x', 'Server=db;Uid=sa;Pwd=<hidden>;Database=x'],
    ['AccountName=x;AccountKey=abc+/==;Suffix=y', 'AccountName=x;AccountKey=<hidden>;Suffix=y'],
    ['{"password": "hunter2", "user": "ada"}', '{"password": "<hidden>", "user": "ada"}'],
    ['"{\\"token\\": \\"hunter2\\"}"', '"{\\"token\\": \\"<hidden>\\"}"'],
    ['password: hunter2', 'password: <hidden>'],
    ['mysql -u root -pS3cret db', 'mysql -u root -p<hidden> db'],
    ['curl -u ada:s3cret https://x', 'curl -u ada:<hidden> https://x'],
    ['Cookie: sid=abc; theme=dark', 'Cookie: <hidden>'],
    ['sshpass -p s3cret ssh x', 'sshpass -p <hidden> ssh x'],
    [`Proxy: Basic ${Buffer.from('ada:s3cret').toString('base64')}`, 'Proxy: Basic <hidden>'],
  ])('%s', (text, expected) => {
    expect(shownText(text)).toBe(expected);
  });
});

describe('A redactor', () => {
  test('gives the same secret the same marker under one key, and another under another', () => {
    const other = createRedactor({ key: new Uint8Array(32).fill(8) });
    expect(shown({ password: 'one' })).toEqual(shown({ password: 'one' }));
    expect(shown({ password: 'one' })).not.toEqual(shown({ password: 'two' }));
    expect(other.redact({ password: 'one' }).value).not.toEqual(shown({ password: 'one' }));
  });

  test('answers parts without secrets as they are', () => {
    const part = { list: [1, 'x', { y: null }] };
    const value = { part, password: 'x' };
    const { value: redacted } = redactor.redact(value);
    expect(redacted).toMatchObject({ part });
    expect(typeof redacted === 'object' && redacted !== null && 'part' in redacted && redacted.part).toBe(part);
  });

  test('changes nothing when it is applied twice', () => {
    const once = shown({
      password: 'x',
      text: 'PGPASSWORD=xxy --token abc https://a:b1@c "Authorization: Bearer abc"',
    });
    expect(redactor.redact(once)).toEqual({ value: once, count: 0 });
  });

  test('hides a field in which a rule fails, and nothing else', () => {
    const failing = createRedactor({
      key: KEY,
      rules: [
        {
          id: 'own',
          hints: ['boom'],
          pattern: /boom/,
          accept: () => {
            throw new Error('boom');
          },
        },
      ],
    });
    expect(failing.redact({ a: 'boom secret', b: 'fine' })).toEqual({
      value: { a: '[redacted:redactor-failed:00000000]', b: 'fine' },
      count: 1,
    });
  });

  test('hides what lies beyond the part of a very long text that it searches', () => {
    const long = `${'x '.repeat(1024 * 1024)}ghp_${a(36)}`;
    const value = shown(long);
    expect(value).toMatch(/\[redacted:unsearched:[0-9a-f]{8}\]$/);
    expect(value).not.toContain('ghp_');
    expect(redactor.restore(value, long)).toBe(long);
  });

  test('refuses a short key and rules whose id cannot stand in a marker', () => {
    expect(() => createRedactor({ key: new Uint8Array(8) })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    const rules = [{ id: 'Not OK', hints: [], pattern: /x/ }];
    expect(() => createRedactor({ key: KEY, rules })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  test('has rules whose patterns stand at one place, and whose ids can stand in a marker', () => {
    for (const { id, pattern, starts } of [...formRules(), ...placeRules()]) {
      expect([id, pattern.sticky, starts.every((start) => start.length >= 2)]).toEqual([
        expect.stringMatching(/^[a-z0-9-]{1,40}$/),
        true,
        true,
      ]);
    }
  });
});

describe('Restoring edited arguments', () => {
  const original = { command: `deploy --token abc123 ghp_${a(36)}`, password: 'hunter2', list: ['x'] };

  test('gives every marker that was left in place its exact secret back', () => {
    expect(redactor.restore(shown(original), original)).toEqual(original);
  });

  test('keeps what the person changed', () => {
    const { password } = original;
    const marker = redactor.redact({ password }).value;
    const edited = typeof marker === 'object' && marker !== null && 'password' in marker ? marker.password : '';
    expect(redactor.restore({ command: `login ${edited} now`, list: [] }, original)).toEqual({
      command: 'login hunter2 now',
      list: [],
    });
  });

  test.each(['[redacted:password:00000000]', 'text [redacted:made-up:12345678]'])(
    'refuses a marker that stands for nothing: %s',
    (text) => {
      expect(() => redactor.restore({ password: text }, original)).toThrow(
        expect.objectContaining({ code: 'MARKER_UNKNOWN' }),
      );
    },
  );

  test('leaves a text that looked like a marker from the start, unless a secret has the same one', () => {
    const literal = { note: 'see [redacted:password:abcdef01]' };
    expect(redactor.restore(literal, literal)).toEqual(literal);
    const marker = JSON.stringify(shown({ password: 'hunter2' })).slice(13, -2);
    const planted = { password: 'hunter2', url: `https://example.com/?${marker}` };
    expect(() => redactor.restore(shown(planted), planted)).toThrow(
      expect.objectContaining({ code: 'MARKER_AMBIGUOUS' }),
    );
  });

  test('refuses to put a whole value into a text', () => {
    const bytes = { password: { $t: 'bytes', type: 'Buffer', v: 'AAEC' } };
    const redacted = shown(bytes);
    expect(redactor.restore(redacted, bytes)).toEqual(bytes);
    const marker = JSON.stringify(redacted).slice(13, -2);
    expect(() => redactor.restore({ x: `see ${marker}` }, bytes)).toThrow(
      expect.objectContaining({ code: 'MARKER_MISPLACED' }),
    );
  });

  const seed = 20261121;
  test(`is the inverse of redacting for any value (seed ${seed})`, () => {
    const secret = fc.constantFrom(
      `ghp_${a(36)}`,
      'PGPASSWORD=x1y2z3',
      '--token abc',
      'https://u:p4ss@h/',
      'plain',
      '4111111111111111',
    );
    const name = fc.constantFrom('password', 'a', 'token', `npm_${a(36)}`, 'Authorization', 'value', 'name');
    const value = fc.letrec<{ json: JsonValue }>((tie) => ({
      json: fc.oneof(
        { maxDepth: 4 },
        fc.oneof(
          secret,
          fc.string(),
          fc.tuple(fc.string(), secret).map(([left, right]) => `${left} ${right}`),
          fc.integer(),
          fc.constant(null),
        ),
        fc.array(tie('json'), { maxLength: 4 }),
        fc.dictionary(name, tie('json'), { maxKeys: 4, noNullPrototype: true }),
      ),
    })).json;
    fc.assert(
      fc.property(value, (json) => {
        expect(redactor.restore(redactor.redact(json).value, json)).toEqual(json);
      }),
      { seed, numRuns: 500 },
    );
  });
});
