/**
 * What rules and finders of secrets are made of. Pure types.
 */

/** Where a secret stands in a text. */
export interface SecretSpan {
  /** First UTF-16 code unit, and one past the last. */
  readonly start: number;
  readonly end: number;
  readonly rule: string;
}

/** Answers secrets in a text, in any order; they may overlap. Passes on what a rule throws. */
export type SpanFinder = (text: string) => readonly SecretSpan[];

/** A secret that is known by how it begins, wherever it stands: the published prefixes of keys and tokens. */
export interface FormRule {
  /** 1 to 40 of `a-z`, `0-9` and `-`: stands in the marker. */
  readonly id: string;
  /** How it begins, exactly; 2 ASCII characters or more each. */
  readonly starts: readonly string[];
  /** How many code units before its beginning the pattern is tried: for forms whose fixed part stands in the middle. */
  readonly back?: number;
  /** What the pattern cannot match without, within 640 code units behind its beginning; as it is written. */
  readonly needs?: string;
  /** Sticky; tried where one of `starts` stands. With groups, the first is kept and the second hidden. */
  readonly pattern: RegExp;
  /** True where it may follow a letter or digit; all others must begin a word. */
  readonly isInner?: boolean;
  /** A last look at what would be hidden: false leaves it. */
  readonly accept?: (secret: string) => boolean;
}

/** A rule of the user's own, for forms of secrets that the built-in ones do not know. */
export interface RedactRule {
  /** 1 to 40 of `a-z`, `0-9` and `-`: stands in the marker. */
  readonly id: string;
  /** Only texts that hold one of these, in lower case, are searched; none for all texts. */
  readonly hints?: readonly string[];
  /** A pattern with groups keeps what its first group matched and hides the second; one without hides all that it matched. */
  readonly pattern: RegExp;
  /** A last look at what would be hidden: false leaves it. */
  readonly accept?: (secret: string) => boolean;
}

/** Ids of rules, as they stand in markers. */
export const RULE_ID = /^[a-z0-9-]{1,40}$/;
