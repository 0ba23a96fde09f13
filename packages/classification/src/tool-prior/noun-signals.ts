/**
 * What the nouns of a tool's name say beside its verb: secrets, access, money, and what protects. Pure.
 */

import type { Signal } from '@countersign/core';
import { signal } from '../signal.js';
import { ABOUT_MONEY, AUTH_NOUNS, MOVED_MONEY, SECRET_NOUNS, SECRET_PAIRS, type VerbKind } from './verbs.js';

const STRONG_AUTH: ReadonlySet<string> = new Set(
  'permission permissions role roles iam acl acls privilege privileges admin admins administrator mfa 2fa owner ownership password passwords credential credentials policy rbac rolebinding clusterrole firewall'.split(
    ' ',
  ),
);

const STRONG_PAIRS =
  /^(?:access (?:lists?|controls?|rules?|levels?)|(?:allow|ip) (?:list|access)|public access|security groups?|(?:bucket|repo|repository|file|folder) public|open ports?)$/;

/** `cancel_all_orders`, `disable_alarm`: takes away from many at once, or from what protects. */
export function wideSignals(words: readonly string[], kind: VerbKind | undefined): readonly Signal[] {
  if (kind === 'read' || kind === 'compute' || !ENDING.test(words[0] ?? '')) return [];
  const isWide = words[1] === 'all' && words.length > 1;
  const isProtection =
    /^(?:disable|stop|turn|switch|deactivate)$/.test(words[0] ?? '') && words.some((word) => PROTECTS.has(word));
  if (!isWide && !isProtection) return [];
  const text = isWide
    ? 'The tool ends everything of a kind at once.'
    : 'The tool switches off what protects or watches.';
  return [signal('tool.ends-many', 'destructive', text, { effects: ['infra.change'], confidence: 0.7 })];
}

const ENDING =
  /^(?:cancel|stop|close|unsubscribe|disconnect|disable|reject|pause|turn|switch|deactivate|unassign|archive)$/;
const PROTECTS: ReadonlySet<string> = new Set(
  'alarm alarms alert alerts alerting logging audit auditing monitoring firewall antivirus protection backups encryption mfa 2fa waf guardrail guardrails detector detectors'.split(
    ' ',
  ),
);

/** Secrets that are read, and access that is changed. */
export function nounSignals(words: readonly string[], kind: VerbKind | undefined): readonly Signal[] {
  const pairs = words.map((word, at) => `${word} ${words[at + 1] ?? ''}`);
  const secret =
    words.some((word, at) => SECRET_NOUNS.has(word) && !/^(?:scan|scanning|scanner)$/.test(words[at + 1] ?? '')) ||
    (words.length > 1 && words.at(-1) === 'token') ||
    pairs.some((pair) => SECRET_PAIRS.has(pair));
  if (kind === 'read') {
    return secret
      ? [
          signal('tool.reads-secrets', 'moderate', 'The tool reads secrets.', {
            effects: ['secrets.read'],
            confidence: 0.8,
          }),
        ]
      : [];
  }
  const changes = kind === 'write' || kind === 'shared' || kind === 'delete' || kind === 'message';
  const concernsAccess =
    words.some((word) => AUTH_NOUNS.has(word)) ||
    pairs.some((pair) => SECRET_PAIRS.has(pair) || STRONG_PAIRS.test(pair));
  if (!changes || !concernsAccess) {
    return [];
  }
  const isStrong = words.some((word) => STRONG_AUTH.has(word)) || pairs.some((pair) => STRONG_PAIRS.test(pair));
  const level = isStrong ? 'destructive' : 'moderate';
  return [
    signal('tool.changes-access', level, 'The tool changes who may do what.', {
      effects: ['auth.change'],
      confidence: 0.7,
    }),
  ];
}

/** `send_payment` moves money though its verb only sends. */
export function moneySignals(words: readonly string[], kind: VerbKind | undefined): readonly Signal[] {
  const moves =
    placesOrder(words) || words.some((word, at) => MOVED_MONEY.has(word) && !ABOUT_MONEY.has(words[at + 1] ?? ''));
  const makes =
    placesOrder(words) ||
    kind === 'message' ||
    kind === 'shared' ||
    kind === 'run' ||
    words.some((word) => MAKES_MONEY.test(word));
  if (!moves || !makes || kind === 'read' || kind === 'compute' || kind === 'money') {
    return [];
  }
  return [signal('tool.money', 'destructive', 'The tool moves money.', { effects: ['money'], reversible: false })];
}

/** `place_market_order` buys or sells. */
function placesOrder(words: readonly string[]): boolean {
  return (
    /^(?:place|submit|execute|create)$/.test(words[0] ?? '') &&
    words.at(-1) === 'order' &&
    words.some((word) => /^(?:market|limit|buy|sell|stock|stop|trade|option|options|crypto|spot|futures)$/.test(word))
  );
}

const MAKES_MONEY = /^(?:create|issue|make|initiate|process|submit|release|approve|execute|send)$/;
