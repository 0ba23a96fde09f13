/**
 * Finds secrets by the name that they are given in a text: `PGPASSWORD=...`, `"apiKey": "..."`, `--token ...`,
 * `<password>...</password>`, in shell lines, dotenv, JSON, YAML, URLs, XML, SQL, code and diffs alike. The names are those
 * that count in structured values too. One pass over the text; each sign looks a bounded way back and forth. Pure.
 */

import type { SecretNames } from './secret-name.js';
import type { SecretSpan, SpanFinder } from './secret-rule.js';
import {
  MAX_VALUE,
  type NamePlace,
  nameBefore,
  type ReadValue,
  readValue,
  skipBack,
  skipBlanks,
} from './text-place.js';
import { isCodeValue, isLiteral, isLooseValue, isPath, isProse, isTightValue, isVersion } from './value-tests.js';

/** A finder of what is assigned to secret names. */
export function createAssignedFinder(names: SecretNames): SpanFinder {
  const known = new Map<string, NameMeaning>();
  const meaningOf = (name: string): NameMeaning => {
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    if (known.size >= MAX_REMEMBERED) known.clear();
    const meaning = { rule: names(name), kind: kindOf(name) };
    known.set(name, meaning);
    return meaning;
  };
  return (text) => new Search(text, meaningOf).run();
}

/** How many names are remembered; a text has few, and most of them often. */
const MAX_REMEMBERED = 4096;

/** What a name says: the rule of its value, or that the names around it say it. */
interface NameMeaning {
  readonly rule: string | undefined;
  readonly kind: 'label' | 'value' | 'type' | 'last-word' | 'plain';
}

function kindOf(name: string): NameMeaning['kind'] {
  if (LABELS.test(name)) return 'label';
  if (/^(?:value|val|content)$/i.test(name)) return 'value';
  if (TYPES.has(name)) return 'type';
  return LAST_WORDS.test(name) ? 'last-word' : 'plain';
}

/** How the value is joined to its name. */
type Joint = 'tight' | 'loose' | 'flag';

class Search {
  readonly #text: string;
  readonly #meaningOf: (name: string) => NameMeaning;
  readonly #spans: SecretSpan[] = [];
  #end = 0;
  /** The last `>`: where the content of an element may begin. */
  #bracket = -1;
  /** What `{ name: 'API_KEY', value: '...' }` said last: the rule of the name, and where it stood. */
  #label: { readonly rule: string; readonly at: number } | undefined;

  constructor(text: string, meaningOf: (name: string) => NameMeaning) {
    this.#text = text;
    this.#meaningOf = meaningOf;
  }

  run(): readonly SecretSpan[] {
    const text = this.#text;
    for (let at = 1; at < text.length; at += 1) {
      switch (text.charCodeAt(at)) {
        case EQUALS:
          if (at >= this.#end) this.#seeEquals(at);
          break;
        case COLON:
          if (at >= this.#end) this.#seeColon(at);
          break;
        case HYPHEN:
          if (at >= this.#end) this.#seeFlag(at);
          break;
        case SLASH:
          if (text.charCodeAt(at - 1) === LESS) this.#seeClosingTag(at + 1);
          break;
        case GREATER:
          this.#bracket = at;
          break;
        case PERCENT:
          if (at >= this.#end && /^%3[aAdD]$/.test(text.slice(at, at + 3))) this.#seeSign(at, at + 3, 'tight');
          break;
        default:
      }
    }
    return this.#spans;
  }

  #seeEquals(at: number): void {
    const text = this.#text;
    const next = text.charCodeAt(at + 1);
    // Of `==` the last sign counts; `!=`, `<=` and `>=` compare with more than one value.
    if (next === EQUALS || next === TILDE) return;
    let left = at;
    while (left > at - 3 && /[=:+|?]/.test(text[left - 1] ?? '')) left -= 1;
    if (/[!<>~]/.test(text[left - 1] ?? '')) return;
    const right = next === GREATER ? at + 2 : at + 1;
    const isTight = left === at && right === at + 1 && !/\s/.test(text[right] ?? ' ');
    this.#seeSign(left, right, isTight ? 'tight' : 'loose');
  }

  #seeColon(at: number): void {
    const text = this.#text;
    const next = text[at + 1] ?? '';
    if (next === '=' || next === ':' || text[at - 1] === ':') return;
    if (next === '/' && text[at + 2] === '/') return;
    this.#seeSign(at, at + 1, 'loose');
  }

  #seeSign(left: number, right: number, joint: Joint): void {
    const text = this.#text;
    const place = nameBefore(text, skipBack(text, left));
    if (place.start === place.end) return;
    // Between two colons stands a part of a resource name, such as `secretsmanager:eu-west-1:1234:secret:db`.
    if (text[left] === ':' && text[place.start - 1] === ':' && !/\s/.test(text[right] ?? ' ')) return;
    const meaning = this.#meaningOf(text.slice(place.start, place.end));
    const rule = this.#ruleOfPlace(meaning, place);
    if (rule !== undefined) this.#hideValue(rule, skipBlanks(text, right), joint);
    else if (meaning.kind === 'label') this.#noteLabel(skipBlanks(text, right));
  }

  #ruleOf(name: string): string | undefined {
    return this.#meaningOf(name).rule;
  }

  #ruleOfPlace({ rule, kind }: NameMeaning, { start, end }: NamePlace): string | undefined {
    if (rule !== undefined) return rule;
    switch (kind) {
      case 'value': {
        const label = this.#label;
        this.#label = undefined;
        return label !== undefined && start - label.at < MAX_LABEL_DISTANCE ? label.rule : undefined;
      }
      case 'type': {
        // `password: string = "..."`
        const typed = /([\w$]{1,64})[?!]?:\s{0,4}$/.exec(this.#text.slice(Math.max(0, start - 72), start))?.[1];
        return typed === undefined ? undefined : this.#ruleOf(typed);
      }
      case 'label':
      case 'last-word': {
        // `API key: ...`, `Connection string: ...`
        const words = /(?:[A-Za-z]{1,20} ){1,2}$/.exec(this.#text.slice(Math.max(0, start - 42), start))?.[0];
        return words === undefined ? undefined : this.#ruleOf(words + this.#text.slice(start, end));
      }
      case 'plain':
        return undefined;
      default:
        return kind satisfies never;
    }
  }

  #noteLabel(from: number): void {
    const value = readValue(this.#text, from, 100);
    if (value === undefined) return;
    const rule = this.#ruleOf(this.#text.slice(value.start, value.end));
    if (rule !== undefined) this.#label = { rule, at: value.end };
  }

  #hideValue(rule: string, from: number, joint: Joint): void {
    // Headers have rules of their own, which know their schemes.
    if (rule === 'cookie' || rule === 'authorization') return;
    // The beginning says whether it is one, so that a long value that is none costs little.
    const head = readValue(this.#text, from, MAX_HEAD);
    if (head === undefined || !this.#isSecret(head, joint, rule)) return;
    const value = head.end - head.start < MAX_HEAD ? head : (readValue(this.#text, from, MAX_VALUE) ?? head);
    this.#spans.push({ start: value.start, end: value.end, rule });
    this.#end = value.end;
  }

  #isSecret(value: ReadValue, joint: Joint, rule: string): boolean {
    const secret = this.#text.slice(value.start, value.end);
    if (secret.startsWith('[redacted:') || isPath(secret)) return false;
    if (value.isQuoted) return isLiteral(secret) && !isVersion(secret) && (joint !== 'loose' || !isProse(secret));
    const next = this.#text.slice(value.end, value.end + 40);
    if (isCodeValue(secret, next)) return false;
    if (joint === 'loose') return isLooseValue(secret) || (/^password/.test(rule) && isWholeLine(next, secret));
    return isTightValue(secret) && (joint === 'flag' || secret.length >= 3);
  }

  /** `--token abc`, `-storepass abc`: a flag, white space, and what is no flag. */
  #seeFlag(at: number): void {
    const text = this.#text;
    if (isWordOrHyphen(text.charCodeAt(at - 1))) return;
    const flag = /^-{1,2}([A-Za-z][\w-]{1,60})[ \t](?=[^\s-])/.exec(text.slice(at, at + 66));
    if (flag === null) return;
    const [whole, name = ''] = flag;
    const rule = this.#ruleOf(name);
    if (rule !== undefined) this.#hideValue(rule, at + whole.length, 'flag');
  }

  /** `</name>`: the content before it. */
  #seeClosingTag(from: number): void {
    const text = this.#text;
    const tag = /^(?:\w{1,20}:)?([\w.-]{1,64})\s?>/.exec(text.slice(from, from + 88));
    const rule = tag?.[1] === undefined ? undefined : this.#ruleOf(tag[1]);
    const end = from - 2;
    if (rule === undefined || this.#bracket < 0 || end - this.#bracket > MAX_CONTENT) return;
    const content = text.slice(this.#bracket + 1, end);
    if (content.length === 0 || content.includes('<') || !isLiteral(content.trim()) || isProse(content)) return;
    this.#spans.push({ start: this.#bracket + 1, end, rule });
  }
}

const EQUALS = 61;
const COLON = 58;
const HYPHEN = 45;
const SLASH = 47;
const LESS = 60;
const GREATER = 62;
const PERCENT = 37;
const TILDE = 126;

/** How far apart a name and its value may stand, where both have a member of their own. */
const MAX_LABEL_DISTANCE = 100;
const MAX_CONTENT = 4096;

/** How much of a value is looked at to see what it is. */
const MAX_HEAD = 512;

const LABELS = /^(?:name|key|header|field|variable|env|option)$/i;
const LAST_WORDS = /^(?:key|keys|string|phrase|code|codes|pass|pw|pat)$/i;
const TYPES: ReadonlySet<string> = new Set('string str String Optional SecretStr any char text TEXT'.split(' '));

function isWordOrHyphen(code: number): boolean {
  const letter = code | 32;
  return (letter >= 97 && letter <= 122) || (code >= 48 && code <= 57) || code === HYPHEN || code === 95;
}

/** `password: correcthorse` on a line of its own: a file of settings, where a word may be a password. */
function isWholeLine(next: string, secret: string): boolean {
  return /^[ \t]{0,8}(?:\r?\n|$)/.test(next) && secret.length >= 8 && /^[a-z]+$/.test(secret) && isLiteral(secret);
}
