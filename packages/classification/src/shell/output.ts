/**
 * What a command prints, where the line itself says so: `echo`, `printf`, `base64 -d`, `cat` of a here-document. Pure.
 */

import { parseArguments } from './flags.js';
import { type Argument, type Flow, isKnown, type Walk } from './walk.js';

/** The output of a program given its words (without its name) and its input. */
export function outputOf(name: string, words: readonly Argument[], flow: Flow, walk: Walk): Flow {
  const text = staticText(name, words, flow, walk);
  const isDecoder = DECODERS.has(name);
  return {
    text: text !== undefined && text.length <= MAX_TEXT ? text : undefined,
    piped: true,
    remote: FETCHERS.has(name) || (flow.remote && !SUMMARISERS.has(name)),
    decoded: flow.decoded || (isDecoder && isDecoding(name, words)),
    rebuildable: flow.rebuildable && PASSING.has(name),
  };
}

const MAX_TEXT = 65_536;
const FETCHERS: ReadonlySet<string> = new Set(
  'curl wget fetch aria2c http https httpie xh lynx w3m links nc ncat netcat socat ftp tftp iwr irm invoke-webrequest invoke-restmethod'.split(
    ' ',
  ),
);
const DECODERS: ReadonlySet<string> = new Set(
  'base64 base32 basenc openssl xxd uudecode gunzip zcat gzip xz unxz bunzip2 bzip2 rev tr sed awk perl python3 python'.split(
    ' ',
  ),
);
const SUMMARISERS: ReadonlySet<string> = new Set(
  'wc grep jq head tail md5sum sha256sum sha1sum shasum sha512sum true false test'.split(' '),
);
const PASSING: ReadonlySet<string> = new Set('sort uniq head tail tee cat'.split(' '));

function isDecoding(name: string, words: readonly Argument[]): boolean {
  if (/^(?:base|xxd|openssl|gzip|xz|bzip2|basenc)/.test(name))
    return words.some((word) => /^-{1,2}(?:d|D|decode|r|dc|cd|rp)/.test(word.text));
  return name === 'rev' || name === 'uudecode' || name === 'gunzip' || name === 'zcat';
}

type Printer = (words: readonly Argument[], flow: Flow, walk: Walk, name: string) => string | undefined;

const PRINTERS: ReadonlyMap<string, Printer> = new Map<string, Printer>([
  ['echo', echoText],
  ['print', echoText],
  ['write-output', echoText],
  ['printf', printfText],
  ['cat', (words, flow) => (words.every((word) => word.text === '-') ? flow.text : undefined)],
  ['tee', (_words, flow) => flow.text],
  ['base64', (words, flow, _walk, name) => (isDecoding(name, words) ? decodeBase64(name, words, flow) : undefined)],
  ['xxd', (words, flow, _walk, name) => (isDecoding(name, words) ? decodeHex(flow) : undefined)],
  ['openssl', (words, flow, _walk, name) => (isBase64(words) ? decodeBase64(name, words, flow) : undefined)],
  ['rev', (_words, flow) => flow.text?.split('\n').map(reverse).join('\n')],
  ['tr', translate],
  ['pgrep', processNames],
  ['pidof', processNames],
  ['mktemp', (_words, _flow, walk) => `${walk.context.tempRoots[0] ?? '/tmp'}/tmp.new`],
  ['pwd', (_words, _flow, walk) => (walk.cwd === null ? undefined : (walk.cwd ?? walk.context.workspace ?? '.'))],
  ['true', () => ''],
  [':', () => ''],
]);

function staticText(name: string, words: readonly Argument[], flow: Flow, walk: Walk): string | undefined {
  const printer = PRINTERS.get(name);
  if (printer !== undefined) return printer(words, flow, walk, name);
  return INITIALISERS.has(name) && SET_UP.test(words[0]?.text ?? '') ? ':' : undefined;
}

/** Programs that print the set-up of a shell, to be given to `eval`. */
const INITIALISERS: ReadonlySet<string> = new Set(
  'ssh-agent direnv brew pyenv rbenv nodenv goenv jenv starship zoxide fnm mise rtx dircolors opam conda mamba thefuck lesspipe minikube docker-machine luarocks atuin register-python-argcomplete'.split(
    ' ',
  ),
);
const SET_UP = /^(?:|-[sc]|shellenv|init|hook|env|activate|completion|docker-env|shell\.\w+|virtualenv-init)$/;

function isBase64(words: readonly Argument[]): boolean {
  return words.some((word) => /^(?:base64|-base64|-a)$/.test(word.text));
}

function reverse(line: string): string {
  return [...line].reverse().join('');
}

/** The numbers aren't known, but what they belong to is. */
function processNames(words: readonly Argument[]): string | undefined {
  return words.every((word) => isKnown(word.text)) ? `pid-of-${words.at(-1)?.text ?? ''}` : undefined;
}

function echoText(words: readonly Argument[]): string | undefined {
  const flags = words.findIndex((word) => !/^-[neE]+$/.test(word.text));
  const shown = flags < 0 ? [] : words.slice(flags);
  const text = shown.map((word) => word.text).join(' ');
  if (!isKnown(text) || shown.some((word) => word.glob)) return undefined;
  const isEscaped = flags !== 0 && words.slice(0, Math.max(flags, 0)).some((word) => word.text.includes('e'));
  return `${isEscaped ? unescapeText(text) : text}\n`;
}

function printfText(words: readonly Argument[]): string | undefined {
  const [format, ...values] = words.filter((word, index) => !(index === 0 && word.text === '--'));
  if (format === undefined || !isKnown(words.map((word) => word.text).join(''))) return undefined;
  let next = 0;
  const fill = () =>
    unescapeText(format.text).replace(/%(?:%|[-0-9.]*[sbdxq])/g, (mark) =>
      mark === '%%' ? '%' : (values[next++]?.text ?? ''),
    );
  let text = fill();
  for (let rounds = 0; next < values.length && next > 0 && rounds < 64; rounds += 1) text += fill();
  return text;
}

function unescapeText(text: string): string {
  return text.replace(
    /\\(?:x([0-9a-fA-F]{1,2})|0?([0-7]{1,3})|u([0-9a-fA-F]{4})|([abefnrtv\\c]))/g,
    (
      _,
      hex: string | undefined,
      octal: string | undefined,
      unicode: string | undefined,
      letter: string | undefined,
    ) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      if (unicode !== undefined) return String.fromCharCode(Number.parseInt(unicode, 16));
      return letter === 'n' ? '\n' : letter === 't' ? '\t' : letter === '\\' ? '\\' : '';
    },
  );
}

function decodeBase64(name: string, words: readonly Argument[], flow: Flow): string | undefined {
  const { operands } = parseArguments(words);
  if (flow.text === undefined || (operands.length > 0 && name !== 'openssl')) return undefined;
  if (name === 'base32') return undefined;
  return Buffer.from(flow.text.replace(/\s+/g, ''), 'base64').toString('utf8').replaceAll('\0', '');
}

function decodeHex(flow: Flow): string | undefined {
  if (flow.text === undefined) return undefined;
  return Buffer.from(flow.text.replace(/[^0-9a-fA-F]/g, ''), 'hex')
    .toString('utf8')
    .replaceAll('\0', '');
}

/** `tr a-z n-za-m` and `tr -d x`: the two that are used to hide text. */
function translate(words: readonly Argument[], flow: Flow): string | undefined {
  const [first, second] = words;
  if (flow.text === undefined || first === undefined || second === undefined || words.length !== 2) return undefined;
  if (first.text === '-d') {
    const removed = new Set(expandSet(second.text));
    return [...flow.text].filter((char) => !removed.has(char)).join('');
  }
  if (first.text.startsWith('-')) return undefined;
  const from = expandSet(first.text);
  const to = expandSet(second.text);
  return [...flow.text]
    .map((char) => (from.includes(char) ? (to[Math.min(from.lastIndexOf(char), to.length - 1)] ?? char) : char))
    .join('');
}

function expandSet(text: string): string[] {
  const bare = text.replace('[:lower:]', 'a-z').replace('[:upper:]', 'A-Z').replace('[:digit:]', '0-9');
  return [
    ...unescapeText(bare).replace(/(.)-(.)/gs, (_, a: string, b: string) => {
      const start = a.charCodeAt(0);
      const length = Math.min(Math.max(b.charCodeAt(0) - start + 1, 0), 128);
      return String.fromCharCode(...Array.from({ length }, (_unused, i) => start + i));
    }),
  ];
}
