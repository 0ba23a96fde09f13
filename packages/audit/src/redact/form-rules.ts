/**
 * Secrets that are known by their own form: private keys, JSON web tokens, password hashes, and the keys of clouds, code
 * hosts and registries. Pure data. Each pattern is tried only where its beginning stands, and every repetition has a bound.
 */

import type { FormRule } from './secret-rule.js';
import { serviceRules } from './service-rules.js';
import { tokenRule } from './token-rule.js';

/** All rules of secrets that are known by their form. */
export function formRules(): readonly FormRule[] {
  return [...keyRules(), ...cloudRules(), ...codeHostRules(), ...serviceRules()];
}

/** What stands between the lines of a key, also where it is escaped in a string once or more, or quoted in source or YAML. */
const ARMOUR = String.raw`(?:[\w+/=\s\\:,."'()>|*#]|-(?!----)){16,16384}`;

function keyRules(): readonly FormRule[] {
  return [
    {
      id: 'private-key',
      starts: ['-----BEGIN '],
      isInner: true,
      pattern: new RegExp(
        `-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----${ARMOUR}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?`,
        'y',
      ),
    },
    {
      id: 'private-key',
      starts: ['---- BEGIN SSH2 '],
      isInner: true,
      pattern: /---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----[\w+/=\s\\:,."'()]{16,16384}/y,
    },
    // PuTTY: the public part stands before it and is none of ours.
    { id: 'private-key', starts: ['Private-Lines: '], pattern: /(Private-Lines: \d{1,4})([\s\\\w+/=]{16,16384})/y },
    {
      id: 'jwt',
      starts: ['eyJ'],
      pattern:
        /eyJ[\w-]{8,4096}\.(?:eyJ[\w-]{4,8192}\.[\w-]{0,2048}|[\w-]{0,1024}\.[\w-]{8,64}\.[\w-]{4,8192}\.[\w-]{8,128})/y,
    },
    {
      id: 'password-hash',
      starts: ['$2a$', '$2b$', '$2y$'],
      isInner: true,
      pattern: /\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/y,
    },
    {
      id: 'password-hash',
      starts: ['$argon2'],
      isInner: true,
      pattern: /\$argon2(?:id|i|d)\$v=\d{1,3}\$[mtp=,\d]{5,40}\$[\w+/=]{8,128}\$[\w+/=]{16,256}/y,
    },
    {
      id: 'password-hash',
      starts: ['$1$', '$5$', '$6$', '$y$', '$7$'],
      isInner: true,
      pattern: /\$[1567y]\$(?:rounds=\d{1,9}\$)?[\w./]{1,64}\$(?:[\w./]{1,64}\$)?[\w./]{22,128}/y,
    },
    tokenRule('age-key', ['AGE-SECRET-KEY-1'], '[0-9A-Z]{50,60}'),
    tokenRule('onepassword-token', ['ops_eyJ'], String.raw`[\w-]{80,4096}`),
    tokenRule(
      'onepassword-key',
      ['A3-'],
      '[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}',
    ),
  ];
}

function cloudRules(): readonly FormRule[] {
  return [
    tokenRule('aws-access-key', ['AKIA', 'ASIA', 'ABIA', 'ACCA'], '[A-Z2-7]{16}(?![A-Za-z0-9])'),
    tokenRule('aws-bedrock-key', ['ABSK'], '[A-Za-z0-9+/]{100,200}={0,2}'),
    tokenRule('google-api-key', ['AIza'], String.raw`[\w-]{35}(?![\w-])`),
    tokenRule('google-oauth', ['ya29.'], String.raw`[\w-]{20,2048}`),
    tokenRule('google-oauth', ['GOCSPX-'], String.raw`[\w-]{24,40}`),
    tokenRule('google-oauth', ['1//0'], String.raw`[\w-]{40,200}`),
    tokenRule('alibaba-key', ['LTAI'], String.raw`[A-Za-z0-9]{12,26}(?![\w-])`),
    tokenRule('tencent-key', ['AKID'], '[A-Za-z0-9]{32}(?![A-Za-z0-9])'),
    tokenRule('yandex-token', ['t1.'], String.raw`[A-Z0-9a-z_-]{8,600}={0,2}\.[A-Z0-9a-z_-]{80,96}={0,2}`),
    tokenRule('digitalocean-token', ['doo_v1_', 'dop_v1_', 'dor_v1_'], '[0-9a-f]{64}'),
    tokenRule('vault-token', ['hvs.', 'hvb.', 'hvr.'], String.raw`[\w-]{20,300}`),
    tokenRule('databricks-token', ['dapi'], '[0-9a-f]{32}(?:-[0-9]{1,3})?(?![A-Za-z0-9])'),
    tokenRule('heroku-key', ['HRKU-'], String.raw`[\w-]{36,64}`),
    tokenRule('fly-token', ['fo1_'], String.raw`[\w-]{43}`),
    tokenRule('fly-token', ['fm1r_', 'fm1a_', 'fm2_'], '[A-Za-z0-9+/]{60,2000}={0,2}'),
    tokenRule('netlify-token', ['nfp_'], '[A-Za-z0-9]{36,60}'),
    tokenRule('vercel-token', ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], '[A-Za-z0-9]{40,80}'),
    tokenRule('supabase-key', ['sbp_'], '(?:v0_)?[0-9a-f]{40}'),
    tokenRule('supabase-key', ['sb_secret_'], String.raw`[\w-]{20,60}`),
    tokenRule('planetscale-key', ['pscale_tkn_', 'pscale_pw_', 'pscale_oauth_'], String.raw`[\w.=-]{32,64}`),
    tokenRule('pulumi-token', ['pul-'], '[0-9a-f]{40}'),
    tokenRule('scalingo-token', ['tk-us-'], String.raw`[\w-]{48}`),
    tokenRule(
      'doppler-token',
      ['dp.pt.', 'dp.st.', 'dp.ct.', 'dp.sa.', 'dp.scim.', 'dp.audit.'],
      String.raw`[\w.-]{40,100}`,
    ),
    tokenRule('tailscale-key', ['tskey-'], '[a-z]{3,12}-[A-Za-z0-9-]{16,80}'),
    tokenRule('cloudflare-token', ['cfut_', 'cfat_', 'cfk_', 'cfoat_'], String.raw`[\w-]{30,80}`),
    tokenRule('cloudflare-origin-key', ['v1.0-'], '[0-9a-f]{24}-[0-9a-f]{146}'),
    tokenRule(
      'dynatrace-token',
      ['dt0c01.', 'dt0s01.', 'dt0s02.', 'dt0s16.'],
      String.raw`[A-Z0-9]{8,24}\.[A-Z0-9]{64}`,
    ),
    tokenRule('prefect-key', ['pnu_', 'pnb_'], '[A-Za-z0-9]{36}'),
    tokenRule('akamai-key', ['akab-'], '[a-z0-9]{16}-[a-z0-9]{16}(?![a-z0-9])'),
    {
      id: 'terraform-token',
      starts: ['.atlasv1.'],
      isInner: true,
      back: 14,
      pattern: /[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{60,80}/y,
    },
  ];
}

function codeHostRules(): readonly FormRule[] {
  return [
    tokenRule('github-token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], '[A-Za-z0-9]{36,255}'),
    tokenRule('github-token', ['github_pat_'], String.raw`\w{22,255}`),
    tokenRule(
      'gitlab-token',
      'glpat- gldt- glrt- glrtr- glptt- glft- glimt- glagent- glsoat- gloas- glcbt- glffct- glwt-'.split(' '),
      String.raw`[\w.-]{20,300}`,
    ),
    tokenRule('gitlab-token', ['GR1348941'], String.raw`[\w-]{20,40}`),
    tokenRule('bitbucket-token', ['ATBB'], '[A-Za-z0-9_=.-]{20,64}(?![A-Za-z0-9])'),
    tokenRule('atlassian-token', ['ATATT3', 'ATCTT3'], String.raw`[\w=-]{40,400}`),
    tokenRule('gitea-token', ['gta_'], '[0-9a-f]{40}'),
    tokenRule('npm-token', ['npm_'], '[A-Za-z0-9]{36}'),
    tokenRule('pypi-token', ['pypi-'], String.raw`[\w-]{50,300}`),
    tokenRule('rubygems-key', ['rubygems_'], '[0-9a-f]{48}'),
    tokenRule('crates-token', ['cio'], '[A-Za-z0-9]{32}(?![A-Za-z0-9])'),
    tokenRule('nuget-key', ['oy2'], '[a-z0-9]{43}(?![A-Za-z0-9])'),
    tokenRule('clojars-token', ['CLOJARS_'], '[0-9a-f]{60}'),
    tokenRule('docker-token', ['dckr_pat_', 'dckr_oat_'], String.raw`[\w-]{20,100}`),
    tokenRule('circleci-token', ['CCIPAT_', 'CCIPRJ_'], '[A-Za-z0-9]{20,40}_[0-9a-f]{40}'),
    tokenRule('buildkite-token', ['bkua_', 'bkat_', 'bkct_'], String.raw`[\w-]{32,64}`),
    tokenRule('travis-token', ['tvs_'], '[A-Za-z0-9]{20,64}'),
    tokenRule('sonar-token', ['squ_', 'sqp_', 'sqa_'], '[0-9a-f]{40}'),
    tokenRule('snyk-token', ['snyk_uat.', 'snyk_sat.'], String.raw`[\w.-]{30,200}`),
    tokenRule('jfrog-token', ['AKCp'], '[A-Za-z0-9]{60,80}(?![A-Za-z0-9])'),
    tokenRule('jfrog-token', ['cmVmdGtu'], '[A-Za-z0-9+/=]{50,80}'),
    tokenRule('azure-devops-token', ['AZDO'], '[A-Za-z0-9]{72,84}'),
  ];
}
