/**
 * Judges program text by the calls that stand in it. It reads tokens, not a syntax tree: nothing is ever proven safe. Pure.
 */

import type { Effect, RiskLevel, Signal } from '@countersign/core';
import { type Analysis, type AnalyzerContext, signal } from '../signal.js';

/** The languages whose dangers are known. */
export type CodeLanguage = 'javascript' | 'python';

/** Code longer than this many UTF-16 code units is judged by its beginning, and at least destructive. */
const MAX_CODE_LENGTH = 100_000;

type Row = readonly [id: string, level: RiskLevel, effects: readonly Effect[], text: string, pattern: RegExp];

const BOTH: readonly Row[] = [
  [
    'metadata-host',
    'critical',
    ['net.egress', 'secrets.read'],
    'Asks the metadata service of the cloud.',
    /169\.254\.169\.254|metadata\.google\.internal|fd00:ec2::254/,
  ],
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

/** Judges code in a language, or in either where it isn't known. At least moderate, always. */
export function analyzeCode(
  code: string,
  _context: AnalyzerContext,
  options: { readonly language?: CodeLanguage } = {},
): Analysis {
  // Python reads identifiers in NFKC, so that look-alike letters name the same function.
  const text = code.slice(0, MAX_CODE_LENGTH).normalize('NFKC');
  const rows = [
    ...BOTH,
    ...(options.language === 'python' ? [] : JAVASCRIPT),
    ...(options.language === 'javascript' ? [] : PYTHON),
  ];
  const found = rows.flatMap((row) => judgeRow(row, text));
  const signals: Signal[] = [
    signal('code.run', 'moderate', 'Runs a program whose effects cannot be proven.', {
      effects: ['exec'],
      confidence: 0.6,
    }),
    ...found,
    ...combinations(found),
  ];
  if (code.length > MAX_CODE_LENGTH) {
    signals.push(
      signal('code.too-long', 'destructive', 'The program is too long to be read.', {
        effects: ['exec'],
        confidence: 0.4,
      }),
    );
    return { kind: 'code', ok: false, errors: ['CODE_TOO_LONG'], signals };
  }
  return { kind: 'code', ok: true, errors: [], signals };
}

function judgeRow([id, level, effects, text, pattern]: Row, code: string): readonly Signal[] {
  const match = pattern.exec(code);
  if (match === null) {
    return [];
  }
  return [
    signal(`code.${id}`, level, text, {
      effects,
      confidence: 0.7,
      at: { pointer: '', start: match.index, end: match.index + match[0].length },
    }),
  ];
}

function combinations(found: readonly Signal[]): readonly Signal[] {
  const ids = new Set(found.map((each) => each.id));
  const leaks = ids.has('code.environment') && ids.has('code.network');
  return leaks
    ? [
        signal('code.leak', 'destructive', 'Reads the environment and uses the network.', {
          effects: ['secrets.read', 'net.egress'],
          confidence: 0.6,
        }),
      ]
    : [];
}
