/**
 * The published forms of the keys and tokens of models and common services. Pure data, as in `form-rules.ts`.
 */

import type { FormRule } from './secret-rule.js';
import { tokenRule } from './token-rule.js';

/** The rules of models and services. */
export function serviceRules(): readonly FormRule[] {
  return [...modelRules(), ...messageRules(), ...paymentRules(), ...monitorRules(), ...workRules()];
}

const HEX32 = '[0-9a-f]{32}(?![A-Za-z0-9])';

function modelRules(): readonly FormRule[] {
  return [
    tokenRule('anthropic-key', ['sk-ant-'], String.raw`[\w-]{20,300}`),
    tokenRule(
      'openai-key',
      ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-None-', 'sk-service-'],
      String.raw`[\w-]{20,300}`,
    ),
    tokenRule('openrouter-key', ['sk-or-v1-'], '[0-9a-f]{64}'),
    tokenRule('langfuse-key', ['sk-lf-'], '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
    tokenRule('openai-key', ['sk-'], String.raw`[A-Za-z0-9]{32,100}(?![\w-])`),
    tokenRule('huggingface-token', ['hf_', 'api_org_'], '[A-Za-z0-9]{30,60}'),
    tokenRule('groq-key', ['gsk_'], '[A-Za-z0-9]{40,80}'),
    tokenRule('xai-key', ['xai-'], '[A-Za-z0-9]{60,100}'),
    tokenRule('replicate-token', ['r8_'], '[A-Za-z0-9]{36,42}'),
    tokenRule('perplexity-key', ['pplx-'], '[A-Za-z0-9]{40,64}'),
    tokenRule('langsmith-key', ['lsv2_pt_', 'lsv2_sk_'], '[0-9a-f]{32}_[0-9a-f]{10}'),
    tokenRule('pinecone-key', ['pcsk_'], String.raw`\w{40,100}`),
    tokenRule('cerebras-key', ['csk-'], '[a-z0-9]{40,64}'),
    tokenRule('nvidia-key', ['nvapi-'], String.raw`[\w-]{60,100}`),
    tokenRule('tavily-key', ['tvly-'], String.raw`[\w-]{20,60}`),
    tokenRule('elevenlabs-key', ['sk_'], '[0-9a-f]{48}(?![A-Za-z0-9])'),
    tokenRule('wandb-key', ['wandb_v1_'], String.raw`\w{30,120}`),
  ];
}

function messageRules(): readonly FormRule[] {
  return [
    tokenRule(
      'slack-token',
      'xoxa- xoxb- xoxe- xoxo- xoxp- xoxr- xoxs- xoxc- xoxd-'.split(' '),
      '[A-Za-z0-9%/+-]{10,300}',
    ),
    tokenRule('slack-token', ['xapp-'], String.raw`\d-[A-Za-z0-9-]{10,250}`),
    tokenRule('slack-token', ['xoxe.xox'], '[bp]-[A-Za-z0-9-]{10,250}'),
    {
      id: 'webhook-url',
      starts: ['hooks.slack.com/', 'discord.com/api/webhooks/', 'discordapp.com/api/webhooks/'],
      isInner: true,
      pattern:
        /(hooks\.slack\.com\/(?:services|workflows|triggers)\/|discord(?:app)?\.com\/api\/webhooks\/)([\w/+-]{20,250})/y,
    },
    {
      id: 'webhook-url',
      starts: ['.webhook.office.com/'],
      isInner: true,
      pattern: /(\.webhook\.office\.com\/webhookb2\/)([\w/@-]{30,300})/y,
    },
    tokenRule('sendgrid-key', ['SG.'], String.raw`[\w-]{16,32}\.[\w-]{32,64}`),
    tokenRule('twilio-key', ['SK'], HEX32),
    tokenRule('mailgun-key', ['key-'], HEX32),
    tokenRule('brevo-key', ['xkeysib-', 'xsmtpsib-'], '[0-9a-f]{64}-[A-Za-z0-9]{16}'),
    tokenRule('resend-key', ['re_'], '[A-Za-z0-9]{8}_[A-Za-z0-9]{24}(?![A-Za-z0-9])'),
    tokenRule('courier-key', ['pk_prod_'], '[A-Z0-9]{28}'),
    tokenRule('facebook-token', ['EAA'], '[A-Za-z0-9]{80,400}'),
    tokenRule('twitter-token', ['AAAAAAAAAAAAAAAAAAAAA'], '[A-Za-z0-9%]{60,120}'),
    // An id in digits or in base64 comes first.
    {
      id: 'telegram-token',
      starts: ['AA'],
      isInner: true,
      pattern: /(?<=(?<![\w:])\d{8,10}:)AA[\w-]{33}(?![\w-])/y,
    },
    {
      id: 'discord-token',
      starts: ['MT', 'MD', 'ND', 'NT', 'Nz', 'OD', 'OT', 'MjA', 'MzA'],
      pattern: /[MNO][A-Za-z\d_-]{23,26}\.[\w-]{6}\.[\w-]{27,38}(?![\w-])/y,
    },
  ];
}

function paymentRules(): readonly FormRule[] {
  return [
    tokenRule('stripe-key', 'sk_live_ sk_test_ sk_prod_ rk_live_ rk_test_ rk_prod_'.split(' '), '[A-Za-z0-9]{10,250}'),
    tokenRule('webhook-secret', ['whsec_'], '[A-Za-z0-9+/=]{20,120}'),
    tokenRule('square-token', ['sq0atp-', 'sq0csp-', 'sq0idp-'], String.raw`[\w-]{22,60}`),
    tokenRule('square-token', ['EAAA'], String.raw`[\w-]{60}(?![\w-])`),
    tokenRule('braintree-token', ['access_token$production$'], '[0-9a-z]{16}\\$[0-9a-f]{32}'),
    tokenRule(
      'plaid-token',
      ['access-production-', 'access-sandbox-', 'access-development-'],
      '[0-9a-f]{8}-[0-9a-f-]{27}',
    ),
    tokenRule('shopify-token', ['shpat_', 'shpca_', 'shppa_', 'shpss_'], '[0-9a-fA-F]{32}'),
    tokenRule('flutterwave-key', ['FLWSECK-', 'FLWSECK_TEST-', 'FLWPUBK_TEST-'], '[0-9a-zA-Z]{32}-X'),
    tokenRule('shippo-token', ['shippo_live_', 'shippo_test_'], '[0-9a-f]{40}'),
    tokenRule('easypost-key', ['EZAK', 'EZTK'], '[A-Za-z0-9]{54}'),
    tokenRule('duffel-token', ['duffel_live_', 'duffel_test_'], String.raw`[\w-]{43}`),
    tokenRule(
      'adyen-key',
      ['AQE'],
      String.raw`[A-Za-z0-9]{5}[\w+/]{40,300}-[\w+/=]{20,60}-[\w+/=({}\[\])<>:;^]{10,30}`,
    ),
  ];
}

function monitorRules(): readonly FormRule[] {
  return [
    tokenRule('grafana-token', ['glsa_'], '[A-Za-z0-9]{32}_[0-9a-f]{8}'),
    tokenRule('grafana-token', ['glc_'], String.raw`[\w+/=]{32,400}`),
    tokenRule('sentry-token', ['sntrys_', 'sntryu_'], String.raw`[\w+/=]{40,400}`),
    tokenRule('newrelic-key', ['NRAK-'], '[A-Z0-9]{27}'),
    tokenRule('newrelic-key', ['NRII-', 'NRIQ-'], String.raw`[\w-]{32}`),
    tokenRule('honeycomb-key', ['hcaik_', 'hcbik_', 'hcamk_'], '[a-z0-9]{40,80}'),
    tokenRule('launchdarkly-key', ['sdk-', 'api-'], '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'),
    tokenRule('posthog-key', ['phx_', 'phs_'], '[A-Za-z0-9]{40,64}'),
    tokenRule('infracost-key', ['ico-'], '[A-Za-z0-9]{32}'),
    tokenRule('harness-token', ['pat.', 'sat.'], String.raw`[\w-]{22}\.[0-9a-f]{24}\.[A-Za-z0-9]{20}`),
    tokenRule('statsig-key', ['secret-'], '[A-Za-z0-9]{43}(?![A-Za-z0-9])'),
  ];
}

function workRules(): readonly FormRule[] {
  return [
    tokenRule('linear-key', ['lin_api_', 'lin_oauth_'], '[A-Za-z0-9]{32,64}'),
    tokenRule('notion-token', ['ntn_', 'secret_'], String.raw`[A-Za-z0-9]{43,50}(?!\w)`),
    tokenRule('figma-token', ['figd_', 'figo_', 'figu_'], String.raw`[\w-]{36,64}`),
    tokenRule('airtable-token', ['pat'], String.raw`[A-Za-z0-9]{14}\.[0-9a-f]{64}`),
    tokenRule('hubspot-token', ['pat-na', 'pat-eu', 'pat-ap'], String.raw`\d-[0-9a-f]{8}-[0-9a-f-]{27}`),
    tokenRule('dropbox-token', ['sl.'], String.raw`(?:u\.)?[\w-]{60,2000}`),
    tokenRule('contentful-token', ['CFPAT-'], String.raw`[\w-]{43}`),
    tokenRule('typeform-token', ['tfp_'], String.raw`[\w-]{40,70}`),
    tokenRule('readme-key', ['rdme_'], '[a-z0-9]{70}'),
    tokenRule('mapbox-token', ['sk.eyJ'], String.raw`[\w-]{40,120}\.[\w-]{20,40}`),
    tokenRule('postman-key', ['PMAK-'], '[0-9a-f]{24}-[0-9a-f]{34}'),
    tokenRule('clickup-token', ['pk_'], String.raw`\d{5,12}_[A-Z0-9]{32}`),
    tokenRule('frameio-token', ['fio-u-'], String.raw`[\w=-]{64}`),
    tokenRule('adafruit-key', ['aio_'], '[A-Za-z0-9]{28}'),
    tokenRule('okta-token', ['SSWS '], String.raw`00[\w-]{40}`),
    tokenRule('sumologic-key', ['su'], '[A-Za-z0-9]{12}:[A-Za-z0-9]{64}'),
    // Mailchimp: 32 hex digits and the data centre; the hyphen is what to look for.
    {
      id: 'mailchimp-key',
      starts: ['-us'],
      isInner: true,
      back: 32,
      pattern: /(?<![0-9a-zA-Z])[0-9a-f]{32}-us\d{1,2}(?![A-Za-z0-9])/y,
    },
    {
      id: 'azure-secret',
      starts: ['Q~'],
      isInner: true,
      back: 4,
      pattern: /(?<![\w~.-])[A-Za-z0-9_~.]{3}\dQ~[A-Za-z0-9_~.-]{31,34}(?![\w~.-])/y,
    },
  ];
}
