/** Secrets with a form of their own, by family: how to make one. Their beginnings are written in two parts on purpose. */

import { ALNUM, BASE64, BASE64URL, DIGITS, HEX, LOWER, type Random, UPPER, withCheckDigit } from './random.js';

export interface FormFamily {
  readonly family: string;
  make(random: Random): string;
}

const of = (family: string, make: (random: Random) => string): FormFamily => ({ family, make });
const uuid = (r: Random): string => [8, 4, 4, 4, 12].map((length) => r.text(HEX, length)).join('-');
const json64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export const FORM_FAMILIES: readonly FormFamily[] = [
  of('aws-access-key', (r) => `${r.pick(['AK', 'AS'])}IA${r.text(`${UPPER}234567`, 15)}${r.pick(['2', '5', '7'])}`),
  of('google-api-key', (r) => `AI${'za'}${r.text(BASE64URL, 34)}${r.text(ALNUM, 1)}`),
  of('google-oauth', (r) => `ya${'29.'}a0${r.text(BASE64URL, 120)}`),
  of('google-oauth', (r) => `GOC${'SPX-'}${r.text(BASE64URL, 28)}`),
  of('azure-secret', (r) => `${r.text(ALNUM, 3)}8Q${'~'}${r.text(`${ALNUM}~_.-`, 33)}${r.text(ALNUM, 1)}`),
  of('digitalocean-token', (r) => `dop${'_v1_'}${r.text(HEX, 64)}`),
  of('alibaba-key', (r) => `LT${'AI'}5t${r.text(ALNUM, 18)}`),
  of('vault-token', (r) => `hv${'s.'}${r.text(BASE64URL, 90)}`),
  of('databricks-token', (r) => `da${'pi'}${r.text(HEX, 32)}`),
  of('doppler-token', (r) => `dp${'.st.'}dev.${r.text(ALNUM, 43)}`),
  of('terraform-token', (r) => `${r.text(ALNUM, 14)}.atlas${'v1.'}${r.text(ALNUM, 67)}`),
  of('pulumi-token', (r) => `pu${'l-'}${r.text(HEX, 40)}`),
  of('tailscale-key', (r) => `ts${'key-'}auth-${r.text(ALNUM, 16)}CNTRL-${r.text(ALNUM, 32)}`),
  of('github-token', (r) => `gh${r.pick(['p', 'o', 's', 'u', 'r'])}_${r.text(ALNUM, 36)}`),
  of('github-token', (r) => `github${'_pat_'}${r.text(ALNUM, 22)}_${r.text(ALNUM, 59)}`),
  of('gitlab-token', (r) => `gl${'pat-'}${r.text(BASE64URL, 20)}`),
  of('bitbucket-token', (r) => `AT${'BB'}${r.text(ALNUM, 32)}`),
  of('atlassian-token', (r) => `ATA${'TT3'}xFfGF0${r.text(BASE64URL, 170)}=${r.text(HEX, 8).toUpperCase()}`),
  of('npm-token', (r) => `np${'m_'}${r.text(ALNUM, 36)}`),
  of('pypi-token', (r) => `py${'pi-'}AgEIcHlwaS5vcmc${r.text(BASE64URL, 130)}`),
  of('rubygems-key', (r) => `ruby${'gems_'}${r.text(HEX, 48)}`),
  of('docker-token', (r) => `dckr${'_pat_'}${r.text(BASE64URL, 27)}`),
  of('circleci-token', (r) => `CCI${'PAT_'}${r.text(ALNUM, 22)}_${r.text(HEX, 40)}`),
  of('sonar-token', (r) => `sq${'u_'}${r.text(HEX, 40)}`),
  of('anthropic-key', (r) => `sk-${'ant-'}api03-${r.text(BASE64URL, 93)}AA`),
  of('openai-key', (r) => `sk-${'proj-'}${r.text(BASE64URL, 74)}T3Blbk${'FJ'}${r.text(BASE64URL, 74)}`),
  of('openai-key', (r) => `sk${'-'}${r.text(ALNUM, 20)}T3Blbk${'FJ'}${r.text(ALNUM, 20)}`),
  of('openrouter-key', (r) => `sk-${'or-v1-'}${r.text(HEX, 64)}`),
  of('huggingface-token', (r) => `hf${'_'}${r.text(LOWER + UPPER, 34)}`),
  of('groq-key', (r) => `gs${'k_'}${r.text(ALNUM, 52)}`),
  of('xai-key', (r) => `xa${'i-'}${r.text(ALNUM, 80)}`),
  of('replicate-token', (r) => `r${'8_'}${r.text(ALNUM, 37)}`),
  of('perplexity-key', (r) => `pp${'lx-'}${r.text(ALNUM, 48)}`),
  of('langsmith-key', (r) => `lsv2${'_pt_'}${r.text(HEX, 32)}_${r.text(HEX, 10)}`),
  of('slack-token', (r) => `xo${'xb-'}${r.text(DIGITS, 12)}-${r.text(DIGITS, 13)}-${r.text(ALNUM, 24)}`),
  of('slack-token', (r) => `xa${'pp-'}1-A${r.text(ALNUM, 10).toUpperCase()}-${r.text(DIGITS, 13)}-${r.text(HEX, 64)}`),
  of('stripe-key', (r) => `${r.pick(['sk', 'rk'])}_${r.pick(['live', 'test'])}_${r.text(ALNUM, 24)}`),
  of('webhook-secret', (r) => `wh${'sec_'}${r.text(ALNUM, 32)}`),
  of('square-token', (r) => `sq0${'csp-'}${r.text(BASE64URL, 43)}`),
  of('plaid-token', (r) => `access-${'production-'}${uuid(r)}`),
  of('shopify-token', (r) => `shp${'at_'}${r.text(HEX, 32)}`),
  of('sendgrid-key', (r) => `S${'G.'}${r.text(BASE64URL, 22)}.${r.text(BASE64URL, 42)}${r.text(ALNUM, 1)}`),
  of('twilio-key', (r) => `S${'K'}${r.text(HEX, 32)}`),
  of('mailgun-key', (r) => `ke${'y-'}${r.text(HEX, 32)}`),
  of('mailchimp-key', (r) => `${r.text(HEX, 32)}-u${'s'}${r.below(20) + 1}`),
  of('brevo-key', (r) => `xkey${'sib-'}${r.text(HEX, 64)}-${r.text(ALNUM, 16)}`),
  of(
    'telegram-token',
    (r) => `${1 + r.below(9)}${r.text(DIGITS, 9)}:A${'A'}${r.text(BASE64URL, 32)}${r.text(ALNUM, 1)}`,
  ),
  of(
    'discord-token',
    (r) => `MT${r.text(ALNUM, 24)}.${r.text(BASE64URL, 6)}.${r.text(BASE64URL, 37)}${r.text(ALNUM, 1)}`,
  ),
  of('facebook-token', (r) => `EA${'A'}C${r.text(ALNUM, 120)}`),
  of('grafana-token', (r) => `gl${'sa_'}${r.text(ALNUM, 32)}_${r.text(HEX, 8)}`),
  of('sentry-token', (r) => `sntry${'s_'}${r.text(BASE64, 120)}`),
  of('newrelic-key', (r) => `NR${'AK-'}${r.text(UPPER + DIGITS, 27)}`),
  of('launchdarkly-key', (r) => `sd${'k-'}${uuid(r)}`),
  of('linear-key', (r) => `lin${'_api_'}${r.text(ALNUM, 40)}`),
  of('notion-token', (r) => `nt${'n_'}${r.text(ALNUM, 46)}`),
  of('figma-token', (r) => `fi${'gd_'}${r.text(BASE64URL, 40)}`),
  of('airtable-token', (r) => `pa${'t'}${r.text(ALNUM, 14)}.${r.text(HEX, 64)}`),
  of('hubspot-token', (r) => `pat${'-na1-'}${uuid(r)}`),
  of('postman-key', (r) => `PM${'AK-'}${r.text(HEX, 24)}-${r.text(HEX, 34)}`),
  of('supabase-key', (r) => `sb${'p_'}${r.text(HEX, 40)}`),
  of('planetscale-key', (r) => `pscale${'_pw_'}${r.text(BASE64URL, 43)}`),
  of('age-key', (r) => `AGE-SECRET-${'KEY-1'}${r.text(UPPER + DIGITS, 58)}`),
  of(
    'jwt',
    (r) =>
      `${json64({ alg: 'HS256', typ: 'JWT' })}.${json64({ sub: r.text(DIGITS, 10), iat: 1763726000 })}.${r.text(BASE64URL, 43)}`,
  ),
  of('password-hash', (r) => `$2b${'$12$'}${r.text(`${ALNUM}./`, 53)}`),
  of('password-hash', (r) => `$6${'$'}${r.text(ALNUM, 16)}$${r.text(`${ALNUM}./`, 86)}`),
  of('card-number', (r) => withCheckDigit(`4${r.text(DIGITS, 14)}`)),
  of('card-number', (r) => withCheckDigit(`5${1 + r.below(5)}${r.text(DIGITS, 13)}`).replace(/(\d{4})(?=\d)/g, '$1 ')),
  of('card-number', (r) => withCheckDigit(`37${r.text(DIGITS, 12)}`).replace(/^(\d{4})(\d{6})/, '$1-$2-')),
  of('private-key', (r) => pem(r, 'RSA PRIVATE KEY', 12)),
  of('private-key', (r) => pem(r, 'OPENSSH PRIVATE KEY', 6)),
  of('private-key', (r) => pem(r, 'EC PRIVATE KEY', 3)),
  of('private-key', (r) => pem(r, 'PRIVATE KEY', 25)),
  of('private-key', (r) => pem(r, 'PGP PRIVATE KEY BLOCK', 10)),
];

function pem(random: Random, label: string, lines: number): string {
  const body = Array.from({ length: lines }, () => random.text(BASE64, 64));
  return [`-----BEGIN ${label}-----`, ...body, `-----END ${label}-----`].join('\n');
}

/** Where such a secret may stand; `S` is its place. */
export const FORM_SETTINGS: readonly ((secret: string) => string)[] = [
  (s) => `Use ${s} for the staging account, and tell nobody.`,
  (s) => `curl -sS https://api.example.com/v1/items -H "X-Api: ${s}" | jq .`,
  (s) => `SERVICE_CREDENTIAL_1=${s}\nPORT=8080\n`,
  (s) => JSON.stringify({ level: 'info', msg: 'loaded', detail: { value: s, retries: 3 } }),
  (s) => `2026-11-21T06:10:00Z ERROR upstream refused ${s}: 401 (attempt 3)`,
  (s) => `export const client = new Client('${s.replaceAll('\n', '\\n')}', { timeout: 3000 });`,
  (s) => `config:\n  endpoint: https://api.example.com\n  value: ${s.replaceAll('\n', '\n    ')}\n`,
  (s) => `-  old_value = "none"\n+  new_value = "${s.replaceAll('\n', '\\n')}"\n`,
  (s) =>
    `Error: request failed\n    at send (/app/client.js:10:5)\n    config: { data: ${JSON.stringify(JSON.stringify({ a: s }))} }`,
  (s) => `https://api.example.com/v1/run?x=1&access=${encodeURIComponent(s).replaceAll('%0A', '%0A')}`,
  (s) => `INSERT INTO settings (name, content) VALUES ('integration', '${s}');`,
  (s) => `| integration | ${s} | active |`,
];
