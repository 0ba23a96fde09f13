/**
 * Secrets that are known by their own form, wherever they stand: the published prefixes of keys and tokens. Pure data.
 *
 * Every pattern takes time linear in the text: no quantifier stands within another, and every repetition that may follow
 * many starting points has a bound.
 */

import { isCardNumber } from './card-number.js';

/** What a rule looks for. */
export interface RedactRule {
  /** 1 to 40 of `a-z`, `0-9` and `-`: stands in the marker. */
  readonly id: string;
  /** Only texts that hold one of these, in lower case, are searched. */
  readonly hints: readonly string[];
  /** A pattern with groups keeps what its first group matched and hides the second; one without hides all that it matched. */
  readonly pattern: RegExp;
  /** A last look at what would be hidden: false leaves it. */
  readonly accept?: (secret: string) => boolean;
}

/** The rules of tokens, keys and card numbers. */
export function tokenRules(): readonly RedactRule[] {
  return [...keyRules(), ...cloudRules(), ...codeHostRules(), ...modelRules(), ...serviceRules(), CARD_RULE];
}

function keyRules(): readonly RedactRule[] {
  return [
    {
      id: 'private-key',
      hints: ['-----begin'],
      pattern:
        /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:[\w+/=\s\\:,."'()]|-(?!----)){40,65536}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----)?/g,
    },
    {
      id: 'jwt',
      hints: ['eyj'],
      pattern: /(?<![\w-])eyJ[\w-]{8,2048}\.eyJ[\w-]{4,8192}\.[\w-]{0,2048}/g,
    },
    { id: 'age-key', hints: ['age-secret-key-1'], pattern: /AGE-SECRET-KEY-1[0-9A-Z]{50,60}/g },
  ];
}

function cloudRules(): readonly RedactRule[] {
  return [
    {
      id: 'aws-access-key',
      hints: ['akia', 'asia', 'abia', 'acca'],
      pattern: /(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Za-z0-9])/g,
    },
    { id: 'google-api-key', hints: ['aiza'], pattern: /AIza[\w-]{35}(?![\w-])/g },
    { id: 'google-oauth', hints: ['ya29.', 'gocspx-'], pattern: /ya29\.[\w-]{20,1024}|GOCSPX-[\w-]{24,40}/g },
    {
      id: 'azure-secret',
      hints: ['q~'],
      pattern: /(?<![\w~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~.-])/g,
    },
    { id: 'digitalocean-token', hints: ['_v1_'], pattern: /(?<![A-Za-z0-9])do[opr]_v1_[0-9a-f]{64}/g },
    { id: 'vault-token', hints: ['hvs.', 'hvb.', 'hvr.'], pattern: /(?<![\w.])hv[sbr]\.[\w-]{20,300}/g },
    { id: 'databricks-token', hints: ['dapi'], pattern: /(?<![A-Za-z0-9])dapi[0-9a-f]{32}/g },
  ];
}

function codeHostRules(): readonly RedactRule[] {
  return [
    {
      id: 'github-token',
      hints: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
      pattern: /(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_\w{22,255})/g,
    },
    {
      id: 'gitlab-token',
      hints: ['gl'],
      pattern: /(?<![A-Za-z0-9])gl(?:pat|dt|rt|ptt|ft|imt|agent|soat|oas|cbt)-[\w.-]{20,300}/g,
    },
    { id: 'npm-token', hints: ['npm_'], pattern: /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{36}/g },
    { id: 'pypi-token', hints: ['pypi-'], pattern: /(?<![A-Za-z0-9])pypi-[\w-]{50,300}/g },
    { id: 'docker-token', hints: ['dckr_'], pattern: /(?<![A-Za-z0-9])dckr_(?:pat|oat)_[\w-]{20,100}/g },
    { id: 'atlassian-token', hints: ['atatt3', 'atctt3'], pattern: /(?<![A-Za-z0-9])AT[AC]TT3[\w=-]{40,400}/g },
  ];
}

function modelRules(): readonly RedactRule[] {
  return [
    { id: 'anthropic-key', hints: ['sk-ant-'], pattern: /(?<![A-Za-z0-9])sk-ant-[\w-]{20,300}/g },
    {
      id: 'openai-key',
      hints: ['sk-'],
      pattern: /(?<![A-Za-z0-9])sk-(?:(?:proj|svcacct|admin|None)-[\w-]{20,300}|[A-Za-z0-9]{32,100}(?![\w-]))/g,
    },
    { id: 'huggingface-token', hints: ['hf_'], pattern: /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,60}/g },
    { id: 'groq-key', hints: ['gsk_'], pattern: /(?<![A-Za-z0-9])gsk_[A-Za-z0-9]{40,80}/g },
    { id: 'xai-key', hints: ['xai-'], pattern: /(?<![A-Za-z0-9])xai-[A-Za-z0-9]{60,100}/g },
    { id: 'replicate-token', hints: ['r8_'], pattern: /(?<![A-Za-z0-9])r8_[A-Za-z0-9]{36,42}/g },
  ];
}

function serviceRules(): readonly RedactRule[] {
  return [
    {
      id: 'slack-token',
      hints: ['xox', 'xapp-', 'xoxe.'],
      pattern:
        /(?<![A-Za-z0-9])(?:xox[abeoprs]-[A-Za-z0-9-]{10,250}|xapp-\d-[A-Za-z0-9-]{10,250}|xoxe\.xox[bp]-[A-Za-z0-9-]{10,250})/g,
    },
    {
      id: 'webhook-url',
      hints: ['hooks.slack.com/', '/api/webhooks/'],
      pattern:
        /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/)([\w/+-]{20,250})/g,
    },
    {
      id: 'stripe-key',
      hints: ['sk_', 'rk_', 'whsec_'],
      pattern: /(?<![A-Za-z0-9])(?:[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,250}|whsec_[A-Za-z0-9+/=]{20,120})/g,
    },
    { id: 'sendgrid-key', hints: ['sg.'], pattern: /(?<![\w.-])SG\.[\w-]{16,32}\.[\w-]{32,64}/g },
    { id: 'twilio-key', hints: ['sk'], pattern: /(?<![A-Za-z0-9])SK[0-9a-f]{32}(?![A-Za-z0-9])/g },
    { id: 'mailgun-key', hints: ['key-'], pattern: /(?<![A-Za-z0-9-])key-[0-9a-f]{32}(?![A-Za-z0-9])/g },
    { id: 'shopify-token', hints: ['shp'], pattern: /(?<![A-Za-z0-9])shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}/g },
    { id: 'telegram-token', hints: [':aa'], pattern: /(?<![\w:])\d{8,10}:AA[\w-]{33}(?![\w-])/g },
    { id: 'grafana-token', hints: ['glsa_', 'glc_'], pattern: /(?<![A-Za-z0-9])(?:glsa|glc)_[\w+/=]{32,300}/g },
    { id: 'linear-key', hints: ['lin_api_'], pattern: /(?<![A-Za-z0-9])lin_api_[A-Za-z0-9]{32,60}/g },
    {
      id: 'notion-token',
      hints: ['ntn_', 'secret_'],
      pattern: /(?<![A-Za-z0-9])(?:ntn_|secret_)[A-Za-z0-9]{43,50}(?!\w)/g,
    },
    { id: 'sentry-token', hints: ['sntry'], pattern: /(?<![A-Za-z0-9])sntry[su]_[\w+/=]{40,400}/g },
    { id: 'postman-key', hints: ['pmak-'], pattern: /(?<![A-Za-z0-9])PMAK-[0-9a-f]{24}-[0-9a-f]{34}/g },
    { id: 'newrelic-key', hints: ['nrak-'], pattern: /(?<![A-Za-z0-9])NRAK-[A-Z0-9]{27}/g },
  ];
}

const CARD_RULE: RedactRule = {
  id: 'card-number',
  hints: [],
  pattern: /(?<![\w.-])[2-6](?:[ -]?\d){12,18}(?![\w-])/g,
  accept: isCardNumber,
};
