/**
 * A classification in words: the level, and each signal with the part of the argument that it concerns. Pure.
 */

import {
  type ArgumentSpan,
  type Classification,
  isJsonObject,
  type JsonValue,
  RISK_LEVELS,
  type Signal,
} from '@countersign/core';
import { fieldLines } from './fields.js';
import type { Palette } from './palette.js';
import { visible } from './visible.js';

/** What was classified: the arguments, into which the signals point. */
export interface Classified {
  readonly classification: Classification;
  readonly args: JsonValue;
}

/** The classification as lines that end in a line feed. */
export function formatClassification({ classification, args }: Classified, palette: Palette): string {
  const { level, score, confidence, reversible, effects, targets, parser } = classification;
  const head = fieldLines([
    ['Risk', `${palette.risk(level)(level)} (score ${score} of 100, confidence ${confidence})`],
    ['Undo', reversible === 'unknown' ? 'not known' : reversible ? 'possible' : 'not possible'],
    ...optional('Effects', effects.join(', ')),
    ...optional('Targets', targets.slice(0, MAX_TARGETS).map(visible).join(', ')),
    ...(parser.ok ? [] : [['Unread', parser.errors.map(visible).join(', ')] as const]),
  ]);
  const signals = signalsOf(classification).map((signal) => formatSignal(signal, args, palette));
  return `${head}\n${signals.join('')}`;
}

/** A classification for programs: each signal with the text that it concerns. */
export function classificationJson({ classification, args }: Classified): object {
  const withExcerpt = <T extends { readonly at?: ArgumentSpan }>(found: T) => {
    const text = found.at === undefined ? undefined : excerptOf(args, found.at);
    return text === undefined ? found : { ...found, excerpt: text };
  };
  return {
    ...classification,
    reasons: classification.reasons.map(withExcerpt),
    signals: classification.signals.map(withExcerpt),
  };
}

/** One signal: its level and id, the sentence, the place, and a safer way where there is one. */
function formatSignal(
  { level, id, text, at, alternative, effects }: Signal,
  args: JsonValue,
  palette: Palette,
): string {
  const place = at === undefined ? [] : [placeText(at, args)];
  const lines = [
    visible(text),
    ...place.filter((line) => line !== ''),
    ...(alternative === undefined ? [] : [`safer: ${visible(alternative)}`]),
  ];
  const does = effects.length === 0 ? '' : palette.faint(`  ${effects.join(', ')}`);
  const title = `${palette.risk(level)(level.padEnd(LEVEL_WIDTH))}  ${visible(id)}${does}`;
  return `${title}\n${lines.map((line) => `${' '.repeat(LEVEL_WIDTH + 2)}${line}\n`).join('')}`;
}

/** `/command 0-17: rm -rf /srv/data` */
function placeText(at: ArgumentSpan, args: JsonValue): string {
  const { pointer, start, end } = at;
  const span = start === undefined || end === undefined ? '' : `${start}-${end}`;
  const where = [visible(pointer), span].filter((part) => part !== '').join(' ');
  const text = excerptOf(args, at);
  if (text === undefined) return where === '' ? '' : `at ${where}`;
  return `${where === '' ? '' : `at ${where}: `}${visible(text)}`;
}

/** The part of the arguments that a span names, at most 120 characters of it. */
function excerptOf(args: JsonValue, { pointer, start, end }: ArgumentSpan): string | undefined {
  const value = valueAt(args, pointer);
  const text = typeof value === 'string' ? value : undefined;
  if (text === undefined || start === undefined || end === undefined) return undefined;
  const part = text.slice(start, end);
  return part.length > MAX_EXCERPT ? `${part.slice(0, MAX_EXCERPT)}…` : part;
}

function valueAt(args: JsonValue, pointer: string): JsonValue | undefined {
  let value: JsonValue | undefined = args;
  for (const part of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isJsonObject(value)) value = Object.hasOwn(value, name) ? value[name] : undefined;
    else value = Array.isArray(value) ? value[Number(name)] : undefined;
  }
  return value;
}

/** The signals; where there is none, what the classification says instead. */
function signalsOf({ signals, reasons }: Classification): readonly Signal[] {
  if (signals.length > 0) return signals;
  return reasons.map((reason) => ({ ...reason, effects: [], reversible: 'unknown', confidence: 0 }));
}

function optional(label: string, text: string): readonly (readonly [string, string])[] {
  return text === '' ? [] : [[label, text]];
}

const LEVEL_WIDTH = Math.max(...RISK_LEVELS.map((level) => level.length));
const MAX_EXCERPT = 120;
const MAX_TARGETS = 20;
