/**
 * How long redaction takes for a string of 64 KiB: texts as they come, and texts made to be slow. Prints p50 and p95 in
 * milliseconds of processor time, and how the time grows when the text is twice as long.
 *
 * `npm run bench:redaction -- [name]`
 */

import { readFileSync } from 'node:fs';
import { createRedactor } from '../../packages/audit/src/redact/redactor.js';
import { ALNUM, BASE64, createRandom, HEX } from '../redaction/random.js';

const LENGTH = 64 * 1024;
const ROUNDS = 60;
const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });
const random = createRandom(20261121);

const file = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const fill = (text: string, length: number): string => text.repeat(Math.ceil(length / text.length)).slice(0, length);
const lines = (make: (n: number) => string): string => Array.from({ length: 2000 }, (_, n) => make(n)).join('\n');

const USUAL: Readonly<Record<string, string>> = {
  prose: file('docs/troubleshooting.md'),
  code: file('packages/audit/src/gate.ts') + file('packages/audit/src/verify/log-walk.ts'),
  base64: random.text(BASE64, 2 * LENGTH),
  hex: random.text(HEX, 2 * LENGTH),
  json: JSON.stringify(
    Array.from({ length: 1500 }, (_, id) => ({
      id,
      name: `user${id}`,
      email: `u${id}@example.com`,
      tags: ['a', 'b'],
      active: true,
    })),
  ),
  log: lines(
    (n) => `2026-11-21T06:10:${n % 60}.123Z INFO [req-${n}] GET /api/v1/users/${n}?page=2 status=200 duration=12ms`,
  ),
  dotenv: lines((n) => `SETTING_${n}=${random.text(ALNUM, 12)}`),
};

const SLOW: Readonly<Record<string, string>> = {
  'one secret a line': lines((n) => `DB_PASSWORD=hunter${n}`),
  'names without values': 'password: token: secret: ',
  'quotes that never close': 'password="$',
  'keys that never end': '-----BEGIN RSA PRIVATE KEY-----\n',
  hyphens: '-',
  flags: '--token ',
  'half a JWT': 'eyJhbGci.eyJhbGci.',
  'half a URL': '://a:b',
  'half a card': '4 4 4 4 ',
  'half a command': 'mysql aaaa -p -p ',
  'half a header': 'authorization: ',
  'half a cookie': 'cookie:cookie=',
  'half a tag': '</password>',
  'half a sentence': 'password for a a a a ',
  'percent signs': '%41%',
  'different names': lines((n) => `xpass${n}q=`),
};

const only = process.argv[2];
for (const [title, texts] of [
  ['usual', USUAL],
  ['slow', SLOW],
] as const) {
  for (const [name, text] of Object.entries(texts)) {
    if (only !== undefined && !name.includes(only)) continue;
    const [once, twice] = [time(fill(text, LENGTH)), time(fill(text, 2 * LENGTH))];
    const growth = (twice.p50 / once.p50).toFixed(1);
    console.log(
      `${title.padEnd(6)} ${name.padEnd(26)} p50 ${ms(once.p50)}  p95 ${ms(once.p95)}  twice as long: ${growth} times`,
    );
  }
}

function time(text: string): { readonly p50: number; readonly p95: number } {
  for (let round = 0; round < 10; round += 1) redactor.redact(text);
  const times = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage().user;
    redactor.redact(text);
    return (process.cpuUsage().user - before) / 1000;
  }).sort((a, b) => a - b);
  return { p50: times[Math.floor(ROUNDS * 0.5)] ?? 0, p95: times[Math.floor(ROUNDS * 0.95)] ?? 0 };
}

function ms(value: number): string {
  return value.toFixed(2).padStart(6);
}
