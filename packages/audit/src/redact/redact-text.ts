/**
 * Replaces the secrets in one text, in bytes, and in a list of words. What cannot be searched is hidden. Never throws.
 */

import type { JsonArray, JsonObject, JsonValue } from '@countersign/core';
import type { SecretSpan } from './secret-rule.js';
import { hide, hideFailed, type Walk } from './walk.js';

/** What stands beyond this many UTF-16 code units of one string is not searched but hidden. */
export const MAX_SEARCHED_LENGTH = 2 * 1024 * 1024;

/** The text without its secrets. */
export function redactText(text: string, walk: Walk): string {
  walk.onText(text);
  try {
    if (text.length > MAX_SEARCHED_LENGTH) return redactLong(text, walk);
    const packed = ruleOfEncoded(text, walk);
    return packed === undefined ? replaceSpans(text, walk.find(text), walk) : hide(packed, text, walk);
  } catch {
    // A rule that fails may have failed on the secret: nothing of the field is shown, and nothing of the error either.
    return hideFailed(text, walk);
  }
}

/** Bytes, and texts that UTF-8 cannot carry: hidden whole where a secret is found in what they stand for. */
export function redactPacked(object: JsonObject, walk: Walk): JsonValue {
  const packed = typeof object.v === 'string' ? object.v : '';
  if (packed.length > MAX_SEARCHED_LENGTH) return hide('unsearched', object, walk);
  try {
    const bytes = Buffer.from(packed, object.$t === 'bytes' ? 'base64' : 'hex');
    const rule = object.$t === 'bytes' ? ruleOfBytes(bytes, walk) : ruleOfUtf16(bytes, walk);
    return rule === undefined ? object : hide(rule, object, walk);
  } catch {
    return hideFailed(object, walk);
  }
}

/** A member name that UTF-8 cannot carry, `$tk:` and UTF-16 in hexadecimal: the rule of a secret in it. */
export function ruleOfPackedName(hex: string, walk: Walk): string | undefined {
  return ruleOfUtf16(Buffer.from(hex, 'hex'), walk);
}

/** A list of numbers that are bytes, as `JSON.stringify` writes a Buffer: the rule of a secret in it. */
export function ruleOfByteList(array: JsonArray, walk: Walk): string | undefined {
  if (array.length < 8 || array.length > MAX_SEARCHED_LENGTH || !array.every(isByte)) return undefined;
  return ruleOfBytes(Buffer.from(array.filter(isByte)), walk);
}

/** The words of a command: each by itself, and in the order in which a shell would see them. */
export function redactWords(words: readonly string[], walk: Walk): readonly string[] {
  const total = words.reduce((sum, word) => sum + word.length + 1, 0);
  if (total > MAX_COMMAND_LENGTH || !words.some((word) => word.startsWith('-'))) {
    return words.map((word) => redactText(word, walk));
  }
  try {
    const found = walk.find(words.join(' '));
    let start = 0;
    return words.map((word) => {
      const from = start;
      start += word.length + 1;
      const own = found.filter((span) => span.start >= from && span.end <= from + word.length);
      if (own.length === 0) return redactText(word, walk);
      walk.onText(word);
      return replaceSpans(
        word,
        join(
          own.map((span) => moved(span, -from)),
          walk.find(word),
        ),
        walk,
      );
    });
  } catch {
    return words.map((word) => hideFailed(word, walk));
  }
}

const MAX_COMMAND_LENGTH = 16 * 1024;

function moved({ start, end, rule }: SecretSpan, by: number): SecretSpan {
  return { start: start + by, end: end + by, rule };
}

/** Both lists in order; of two that overlap, the first grows over the second. */
function join(one: readonly SecretSpan[], other: readonly SecretSpan[]): readonly SecretSpan[] {
  const joined: SecretSpan[] = [];
  for (const span of [...one, ...other].sort((a, b) => a.start - b.start)) {
    const last = joined.at(-1);
    if (last === undefined || span.start >= last.end) joined.push(span);
    else joined[joined.length - 1] = { ...last, end: Math.max(last.end, span.end) };
  }
  return joined;
}

function replaceSpans(text: string, spans: readonly SecretSpan[], walk: Walk): string {
  let shown = '';
  let at = 0;
  for (const { start, end, rule } of spans) {
    shown += text.slice(at, start) + hide(rule, text.slice(start, end), walk);
    at = end;
  }
  return at === 0 ? text : shown + text.slice(at);
}

/** A secret that begins near the end of the part that is searched may go on beyond it, so that end is hidden too. */
function redactLong(text: string, walk: Walk): string {
  const head = text.slice(0, MAX_SEARCHED_LENGTH);
  const end = MAX_SEARCHED_LENGTH - SEARCH_MARGIN;
  const spans = walk.find(head).filter((span) => span.start < end);
  const cut = codePointBoundary(text, Math.max(end, spans.at(-1)?.end ?? 0));
  return replaceSpans(text.slice(0, cut), spans, walk) + hide('unsearched', text.slice(cut), walk);
}

const SEARCH_MARGIN = 20_000;

function codePointBoundary(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at;
}

/** A text that is base64 as a whole and stands for a text: the rule of a secret in that. */
function ruleOfEncoded(text: string, walk: Walk): string | undefined {
  if (text.length < MIN_ENCODED || !/^[A-Za-z0-9+/_-]{24}/.test(text)) return undefined;
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text.replace(/\r?\n/g, ''))) return undefined;
  const bytes = Buffer.from(text, 'base64');
  return isText(bytes.subarray(0, 256)) ? walk.find(bytes.toString('latin1')).at(0)?.rule : undefined;
}

const MIN_ENCODED = 24;

function isText(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte >= 32 || byte === 9 || byte === 10 || byte === 13);
}

/** Texts of two bytes a character have a zero beside each letter. */
function ruleOfBytes(bytes: Buffer, walk: Walk): string | undefined {
  const text = bytes.toString('latin1');
  const rule = walk.find(text).at(0)?.rule;
  return rule ?? (text.includes('\0') ? walk.find(text.replaceAll('\0', '')).at(0)?.rule : undefined);
}

function ruleOfUtf16(bytes: Buffer, walk: Walk): string | undefined {
  return bytes.length % 2 === 0 ? walk.find(bytes.swap16().toString('utf16le')).at(0)?.rule : undefined;
}

function isByte(value: JsonValue): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255;
}
