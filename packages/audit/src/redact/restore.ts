/**
 * Puts secrets back: a person edits the shown arguments, and what runs needs the exact secrets that the markers stand for.
 * A marker is known by its text, wherever it was moved to. Pure.
 */

import { canonicalJson, isJsonObject, type JsonValue, setMember } from '@countersign/core';
import { RedactError } from './errors.js';
import { isMarker, replaceMarkers } from './marker.js';
import { MAX_REDACT_DEPTH } from './redact-value.js';
import type { Walk } from './walk.js';

/** Walks over the original value and tells of its secrets and texts. */
export type SecretTeller = (listener: Pick<Walk, 'onSecret' | 'onText'>) => void;

/**
 * `edited` with its markers replaced by what they stand for in the original.
 * @throws RedactError MARKER_UNKNOWN, MARKER_AMBIGUOUS, MARKER_MISPLACED; VALUE_TOO_DEEP beyond 256 levels.
 */
export function restoreMarkers(edited: JsonValue, tell: SecretTeller): JsonValue {
  return restoreValue(edited, findMarkers(tell), 0);
}

interface Markers {
  /** What each marker stands for; more than one secret where fingerprints collide. */
  readonly secrets: ReadonlyMap<string, readonly JsonValue[]>;
  /** Texts of the form of a marker that stood in the original already. */
  readonly literals: ReadonlySet<string>;
}

function findMarkers(tell: SecretTeller): Markers {
  const secrets = new Map<string, JsonValue[]>();
  const literals = new Set<string>();
  tell({
    onSecret: (marker, secret) => {
      const known = secrets.get(marker) ?? [];
      if (!known.some((other) => isSame(other, secret))) secrets.set(marker, [...known, secret]);
    },
    onText: (text) => {
      replaceMarkers(text, (marker) => {
        literals.add(marker);
        return marker;
      });
    },
  });
  return { secrets, literals };
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

function restoreValue(value: JsonValue, markers: Markers, depth: number): JsonValue {
  if (typeof value === 'string') return isMarker(value) ? secretOf(value, markers) : restoreText(value, markers);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_REDACT_DEPTH) {
    throw new RedactError(
      'VALUE_TOO_DEEP',
      `Restoring edited arguments: at most ${MAX_REDACT_DEPTH} levels were expected.`,
    );
  }
  if (!isJsonObject(value)) return value.map((item) => restoreValue(item, markers, depth + 1));
  const members: Record<string, JsonValue> = {};
  for (const [name, member] of Object.entries(value)) {
    setMember(members, restoreText(name, markers), restoreValue(member, markers, depth + 1));
  }
  return members;
}

function restoreText(text: string, markers: Markers): string {
  return replaceMarkers(text, (marker) => {
    const secret = secretOf(marker, markers);
    if (typeof secret === 'string') return secret;
    throw new RedactError(
      'MARKER_MISPLACED',
      'Restoring edited arguments: a marker of a whole value stands within a text.',
      {
        hint: 'Leave the marker as the only content of its field, or replace it.',
      },
    );
  });
}

/** A marker that was in the original as text stays text, unless it is also the marker of a secret: then nobody can tell. */
function secretOf(marker: string, { secrets, literals }: Markers): JsonValue {
  const [secret, ...others] = secrets.get(marker) ?? [];
  if (secret === undefined) {
    if (literals.has(marker)) return marker;
    throw new RedactError(
      'MARKER_UNKNOWN',
      'Restoring edited arguments: a marker stands for nothing in the original.',
      {
        hint: 'Copy markers unchanged from the arguments that were shown, or give the value itself.',
      },
    );
  }
  if (others.length > 0 || literals.has(marker)) {
    throw new RedactError('MARKER_AMBIGUOUS', 'Restoring edited arguments: a marker stands for more than one value.', {
      hint: 'Reject the call, or give the values themselves.',
    });
  }
  return secret;
}
