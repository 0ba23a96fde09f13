/**
 * The option `requireWitness`: which calls must be witnessed, and what of that stands on record.
 */

import { type AuditLog, demandedLevels, WITNESS_WAIT_MS, type WitnessDemand } from '@countersign/audit';
import { ConfigError, type JsonObject } from '@countersign/core';
import type { CountersignOptions } from './open-countersign.js';

/** What the gate demands; undefined for nothing. @throws ConfigError OPTION_INVALID where no witness is among the anchors. */
export function witnessDemandOf(
  { requireWitness, anchors = [] }: Pick<CountersignOptions, 'requireWitness' | 'anchors'>,
  log: Pick<AuditLog, 'witnessed'>,
): WitnessDemand | undefined {
  if (requireWitness === undefined) return undefined;
  if (!anchors.some(isWitness)) {
    throw new ConfigError('OPTION_INVALID', 'requireWitness: expected a witness among the anchors', {
      hint: 'Add createWitnessAnchor({ policy }) to anchors.',
    });
  }
  const { risk, timeoutMs = WITNESS_WAIT_MS } =
    typeof requireWitness === 'object' && 'risk' in requireWitness ? requireWitness : { risk: requireWitness };
  return {
    levels: demandedLevels(risk),
    timeoutMs,
    witnessed: (index, signal) => log.witnessed(index, signal),
  };
}

/**
 * What is put on record of the anchors, the demand and the encryption: a verifier can then tell a call that ran without its
 * witness, and an encrypted payload from one that was damaged.
 */
export function configOf(
  { anchors = [], encryptPayloads = false }: Pick<CountersignOptions, 'anchors' | 'encryptPayloads'>,
  demand: WitnessDemand | undefined,
): JsonObject {
  return {
    ...(anchors.length > 0 && { anchors: anchors.map(({ kind, name }) => ({ anchor: kind, name })) }),
    ...(encryptPayloads && { encryptPayloads }),
    ...(demand !== undefined && {
      requireWitness: { risk: [...demand.levels], witnesses: anchors.filter(isWitness).map(({ name }) => name) },
    }),
  };
}

function isWitness({ kind }: { readonly kind: string }): boolean {
  return kind === 'witness';
}
