/**
 * The canonical text (RFC 8785) of what entries are made of: strings, safe integers, booleans, lists and plain objects. Whatever
 * else there is, it leaves to `canonicalJson`. Pure.
 */

/**
 * As `canonicalJson` would write it; undefined where this cannot tell.
 * @param optional Names of members of the value itself that may be undefined; they are left out then.
 */
export function formatPlain(value: unknown, optional: ReadonlySet<string> = NONE): string | undefined {
  switch (typeof value) {
    case 'string':
      return formatString(value);
    case 'number':
      return Number.isSafeInteger(value) ? String(value) : undefined;
    case 'boolean':
      return String(value);
    case 'object':
      if (Array.isArray(value)) return formatList(value);
      return isPlainObject(value) ? formatMembers(value, optional) : undefined;
    default:
      return undefined;
  }
}

function formatString(text: string): string | undefined {
  if (PLAIN.test(text)) return `"${text}"`;
  return text.isWellFormed() ? JSON.stringify(text) : undefined;
}

function formatList(items: readonly unknown[]): string | undefined {
  let text = '';
  for (const item of items) {
    const formatted = formatPlain(item);
    if (formatted === undefined) return undefined;
    text += text === '' ? formatted : `,${formatted}`;
  }
  return `[${text}]`;
}

function formatMembers(members: Readonly<Record<string, unknown>>, optional: ReadonlySet<string>): string | undefined {
  let text = '';
  // The default order of sort() is that of UTF-16 code units.
  for (const name of Object.keys(members).sort()) {
    const value = members[name];
    if (value === undefined && optional.has(name)) continue;
    const formatted = formatPlain(value);
    if (formatted === undefined || !PLAIN.test(name)) return undefined;
    text += text === '' ? `"${name}":${formatted}` : `,"${name}":${formatted}`;
  }
  return `{${text}}`;
}

function isPlainObject(value: object | null): value is Readonly<Record<string, unknown>> {
  return value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

const NONE: ReadonlySet<string> = new Set();

/** Printable ASCII that stands for itself: no quote and no backslash. */
const PLAIN = /^[ !#-[\]-~]*$/;
