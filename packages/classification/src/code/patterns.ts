/**
 * Patterns for what is dangerous in a program, for texts that cannot be read and beside the readers of those that can. Pure.
 */

import type { Effect, RiskLevel, Signal } from '@countersign/core';
import { signal } from '../signal.js';
import type { CodeLanguage, CodeReading } from './reading.js';

type Row = readonly [id: string, level: RiskLevel, effects: readonly Effect[], text: string, pattern: RegExp];

const HOSTS: readonly Row[] = [
  [
    'metadata-host',
    'critical',
    ['net.egress', 'secrets.read'],
    'Asks the metadata service of the cloud.',
    /169\.254\.169\.254|metadata\.google\.internal|fd00:ec2::254/,
  ],
];

const BOTH: readonly Row[] = [
  [
    'dynamic',
    'destructive',
    ['exec'],
    'Runs text as code.',
    /(?<![\w.])(?:eval|exec|compile|execfile)\s*\(|\bnew\s+Function\s*\(|\bvm\.run\w*\s*\(|\b__import__\s*\(/,
  ],
];

const JAVASCRIPT: readonly Row[] = [
  [
    'process',
    'destructive',
    ['exec'],
    'Starts other programs.',
    /child_process|\b(?:execSync|spawnSync|spawn|execFile|execFileSync|fork)\s*\(|\bDeno\.(?:run|Command)\b|\bBun\.(?:spawn|\$)/,
  ],
  [
    'delete',
    'destructive',
    ['fs.delete'],
    'Deletes files.',
    /\b(?:rm|rmSync|rmdir|rmdirSync|unlink|unlinkSync|rimraf|removeSync|emptyDir|emptyDirSync)\s*\(|\bDeno\.remove/,
  ],
  [
    'overwrite',
    'moderate',
    ['fs.write'],
    'Writes files.',
    /\b(?:writeFile|writeFileSync|appendFile|appendFileSync|createWriteStream|rename|renameSync|truncate|truncateSync|chmod|chmodSync|chown|copyFile|cp)\s*\(/,
  ],
  [
    'network',
    'moderate',
    ['net.egress'],
    'Uses the network.',
    /\b(?:fetch|axios|XMLHttpRequest|WebSocket)\b|\b(?:https?|net|tls|dgram)\.(?:request|get|connect|createConnection|createSocket)\s*\(/,
  ],
  ['listen', 'moderate', ['net.listen'], 'Listens on the network.', /\bcreateServer\s*\(|\.listen\s*\(/],
  [
    'environment',
    'moderate',
    ['secrets.read'],
    'Reads the environment, where secrets stand.',
    /\bprocess\.env\b|\bDeno\.env\b/,
  ],
  [
    'internals',
    'destructive',
    ['exec'],
    'Reaches past the limits of a sandbox.',
    /\bprocess\.(?:binding|dlopen|kill|mainModule)\b|\.constructor\s*(?:\.\s*constructor|\(\s*['"`])|\bprocess\s*\[|\bglobalThis\s*\[/,
  ],
];

const PYTHON: readonly Row[] = [
  [
    'process',
    'destructive',
    ['exec'],
    'Starts other programs.',
    /\bos\s*\.\s*(?:system|popen|exec[lv]p?e?|spawn\w+|posix_spawnp?|fork|startfile)\b|\bsubprocess\b|\bpty\s*\.\s*spawn|\bcommands\.getoutput|\bpopen2\b/,
  ],
  [
    'delete',
    'destructive',
    ['fs.delete'],
    'Deletes files.',
    /\bshutil\s*\.\s*rmtree|\bos\s*\.\s*(?:remove|unlink|rmdir|removedirs|truncate)\b|\.(?:unlink|rmdir)\s*\(|\brmtree\s*\(/,
  ],
  [
    'overwrite',
    'moderate',
    ['fs.write'],
    'Writes files.',
    /\bopen\s*\([^)]*,\s*(?:mode\s*=\s*)?['"][rbt]*[wax+]|\.(?:write_text|write_bytes)\s*\(|\bshutil\s*\.\s*(?:move|copy\w*)|\bos\s*\.\s*(?:rename|replace|chmod|chown|symlink|link)\b/,
  ],
  [
    'network',
    'moderate',
    ['net.egress'],
    'Uses the network.',
    /\b(?:requests|urllib|urllib3|httpx|aiohttp|socket|ftplib|smtplib|paramiko|telnetlib)\b/,
  ],
  [
    'deserialise',
    'destructive',
    ['exec'],
    'Decodes data in a way that can run code.',
    /\b(?:pickle|cPickle|dill|marshal|shelve|joblib)\s*\.\s*loads?\b|\byaml\s*\.\s*(?:load|unsafe_load)\s*\(/,
  ],
  [
    'environment',
    'moderate',
    ['secrets.read'],
    'Reads the environment, where secrets stand.',
    /\bos\s*\.\s*(?:environ|getenv)\b/,
  ],
  [
    'internals',
    'destructive',
    ['exec'],
    'Reaches past the limits of a sandbox.',
    /__(?:subclasses|globals|builtins|mro|bases|code|getattribute)__|\bctypes\b|\bgetattr\s*\(\s*(?:os|__builtins__|builtins|subprocess)\b|\bimportlib\b/,
  ],
];

/**
 * The signals of all patterns that a program matches. Where it could be read, comments and what stands in strings count only for the patterns
 * that look for hosts.
 */
export function matchPatterns(
  code: string,
  readings: readonly CodeReading[],
  language: CodeLanguage | undefined,
): readonly Signal[] {
  // Python reads identifiers in NFKC, so that look-alike letters name the same function.
  const whole = code.normalize('NFKC');
  const [first, second] = readings;
  const isRead = readings.some(({ ok }) => ok);
  // What is a program of one language says nothing in the other.
  const textFor = (reading: CodeReading | undefined) => reading?.bare ?? (isRead ? undefined : whole);
  const inJavaScript = language === 'python' ? undefined : textFor(first);
  const inPython = language === 'javascript' ? undefined : textFor(language === undefined ? second : first);
  const texts = [inJavaScript, inPython].filter((text) => text !== undefined);
  const matchAll = (rows: readonly Row[], text: string | undefined) =>
    text === undefined
      ? []
      : rows.filter(([id]) => !isRead || !READ_BETTER.has(id)).flatMap((row) => matchRow(row, text));
  return [
    ...HOSTS.flatMap((row) => matchRow(row, whole)),
    ...BOTH.flatMap((row) => texts.flatMap((text) => matchRow(row, text)).slice(0, 1)),
    ...matchAll(JAVASCRIPT, inJavaScript),
    ...matchAll(PYTHON, inPython),
  ];
}

/** What the readers tell apart, and a pattern cannot: `yaml.load` with a safe loader, variables that hold no secret. */
const READ_BETTER: ReadonlySet<string> = new Set(['deserialise', 'environment']);

function matchRow([id, level, effects, text, pattern]: Row, code: string): readonly Signal[] {
  const match = pattern.exec(code);
  if (match === null) return [];
  return [
    signal(`code.${id}`, level, text, {
      effects,
      confidence: 0.7,
      at: { pointer: '', start: match.index, end: match.index + match[0].length },
    }),
  ];
}
