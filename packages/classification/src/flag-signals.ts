/**
 * Judges plain values by the names of their properties: switches that force, verbs given as values, amounts, roles. Pure.
 */

import type { JsonValue, Signal } from '@countersign/core';
import { signal } from './signal.js';
import { levelOfVerb, type ToolPrior, verbKindOf } from './tool-prior/index.js';

/** Amounts from here on, in whatever currency, are critical. */
export const AMOUNT_LIMIT = 10_000;

/** Judges a value that no analyzer reads; empty where its name means nothing. */
export function judgeFlag(name: string, value: JsonValue, prior: ToolPrior): readonly Signal[] {
  if (value === true || value === 'true') {
    return judgeSwitch(name, prior);
  }
  if (typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value))) {
    return judgeAmount(name, Number(value), prior);
  }
  return typeof value === 'string' ? judgeWord(name, value, prior) : [];
}

const FORCE =
  /^(?:force|forced|cascade|permanent|permanently|harddelete|hard|purge|destroy|deleteall|wipe|eraseall|skipconfirmation|noverify|skipchecks|ignoreerrors|withdata|deletedata|removevolumes|truncate|prune)$/;

function judgeSwitch(name: string, prior: ToolPrior): readonly Signal[] {
  if (!FORCE.test(name)) {
    return /^(?:dangerouslydisablesandbox|disablesandbox|nosandbox|privileged|allowall|unsafe|insecure|skippermissions|dangerouslyskippermissions)$/.test(
      name,
    )
      ? [signal('argument.unprotect', 'destructive', 'Switches a protection off.', { effects: ['auth.change'] })]
      : [];
  }
  const reads = prior.kind === 'read' || prior.kind === 'compute';
  const text = 'Asks for it to be forced, or to be final.';
  return [
    signal('argument.force', reads ? 'moderate' : 'destructive', text, {
      confidence: 0.7,
      alternative: 'Leave the switch out, and see what is refused.',
    }),
  ];
}

function judgeAmount(name: string, value: number, prior: ToolPrior): readonly Signal[] {
  if (
    !/^(?:amount|total|sum|value|price|payment|refundamount|transferamount|quantity|qty|amount(?:usd|eur|cents|incents))$/.test(
      name,
    )
  ) {
    return [];
  }
  if (prior.kind !== 'money') {
    return [];
  }
  const whole = /cents$/.test(name) ? value / 100 : value;
  if (!(Math.abs(whole) < AMOUNT_LIMIT)) {
    return [
      signal('money.large', 'critical', 'Moves a large amount of money.', { effects: ['money'], reversible: false }),
    ];
  }
  return [
    signal('money.amount', 'destructive', 'Moves an amount of money.', { effects: ['money'], reversible: false }),
  ];
}

function judgeWord(name: string, value: string, prior: ToolPrior): readonly Signal[] {
  if (value.length > 64) {
    return [];
  }
  if (
    /^(?:action|operation|op|method|verb|mode|subcommand|mutationtype|changetype|event|httpmethod|state)$/.test(name)
  ) {
    return judgeVerbValue(name, value);
  }
  if (
    /^(?:role|roles|permission|permissions|access|accesslevel|privilege|privileges|policy|policyarn)$/.test(name) &&
    prior.kind !== 'read' &&
    prior.kind !== 'compute'
  ) {
    const admin = /admin|owner|root|superuser|sysadmin|full_?access|\*|:\*|maintain|billing/i.test(value);
    return [
      signal(
        admin ? 'identity.admin' : 'identity.role',
        admin ? 'critical' : 'moderate',
        'Gives a role or a permission.',
        { effects: ['auth.change'], confidence: 0.7 },
      ),
    ];
  }
  return [];
}

function judgeVerbValue(name: string, value: string): readonly Signal[] {
  const kind = verbKindOf(value);
  if (kind === undefined || kind === 'run' || (name === 'state' && kind !== 'delete')) {
    return [];
  }
  const { level, effects } = levelOfVerb(kind);
  return level === 'safe'
    ? []
    : [signal('argument.verb', level, 'An argument names what is done.', { effects, confidence: 0.7 })];
}
