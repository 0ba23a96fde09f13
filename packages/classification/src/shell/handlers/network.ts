/**
 * Programs that talk to the network: where to, with what method, and what they send. Pure but for the report.
 */

import { UNKNOWN } from '../../filesystem/index.js';
import { flagValue, hasFlag, parseArguments } from '../flags.js';
import { judgePath, placeOf } from '../judge-path.js';
import { runCode } from '../run-shell.js';
import type { Argument, Call } from '../walk.js';

type HostClass = 'loopback' | 'metadata' | 'private' | 'public' | 'unknown';

const CURL = {
  values: new Set(
    (
      '-X -d -F -T -o -O= -H -u -A -e -b -c -K -m -w -x -r -C -E -Y -y -z -D -Q -t -P --request --data --data-raw --data-binary --data-urlencode --data-ascii --json --form --form-string --upload-file --output --header --user --user-agent --referer ' +
      '--cookie --cookie-jar --config --max-time --connect-timeout --write-out --proxy --range --cert --key --cacert --resolve --connect-to --unix-socket --retry --retry-delay --url --dump-header --limit-rate --interface --oauth2-bearer --output-dir --variable --expand-data --quote'
    ).split(' '),
  ),
  style: 'bundled',
} as const;

/** Judges curl. */
export function judgeCurl(call: Call): void {
  const parsed = parseArguments(call.words, CURL);
  const urls = [
    ...parsed.operands,
    ...parsed.flags.flatMap((flag) => (flag.name === '--url' && flag.value !== undefined ? [flag.value] : [])),
  ];
  const isLocal = judgeHosts(urls, call);
  const method = flagValue(parsed, '-X', '--request')?.text.toUpperCase() ?? '';
  judgeMethod(method, isLocal, call);
  for (const flag of parsed.flags) if (flag.value !== undefined) judgeCurlValue(flag.name, flag.value, isLocal, call);
  const socket = flagValue(parsed, '--unix-socket', '--abstract-unix-socket');
  if (socket !== undefined && /docker|containerd|crio|podman/.test(socket.text)) {
    call.walk.report.add(
      'shell.container-socket',
      'destructive',
      'Talks to the container service directly, which gives full rights over this machine.',
      call.at,
      { effects: ['infra.change', 'auth.change'] },
    );
  }
}

function judgeMethod(method: string, isLocal: boolean, call: Call): void {
  if (method === 'DELETE') {
    call.walk.report.add('shell.http-delete', 'destructive', 'Asks a server to delete something.', call.at, {
      effects: ['net.egress', 'data.delete'],
    });
  } else if (/^(?:POST|PUT|PATCH)$/.test(method)) {
    call.walk.report.add('shell.http-write', 'moderate', 'Changes something on a server.', call.at, {
      effects: isLocal ? [] : ['net.egress'],
    });
  }
}

const FILE_SENDING = /^(?:-T|--upload-file)$/;
const DATA_SENDING = /^(?:-d|-F|--data(?:-.*)?|--json|--form)$/;

function judgeCurlValue(name: string, value: Argument, isLocal: boolean, call: Call): void {
  const { walk } = call;
  const file = FILE_SENDING.test(name)
    ? value.text
    : DATA_SENDING.test(name)
      ? /(?:^|=)[@<]([^;]+)/.exec(value.text)?.[1]
      : undefined;
  if (file !== undefined && file !== '-' && file !== '.') {
    judgePath({ ...value, text: file }, 'read', walk);
    if (!isLocal)
      walk.report.add('shell.upload', 'destructive', 'Sends a file to another machine.', value, {
        effects: ['net.egress'],
        targets: [file],
      });
  }
  if (/^(?:-H|--header|-K|--config|-b|--cookie|-E|--cert|--key|--netrc-file)$/.test(name)) {
    const path = name === '-H' || name === '--header' ? /^@(.+)/.exec(value.text)?.[1] : value.text;
    if (path !== undefined && /[/.~]/.test(path) && !path.includes('='))
      judgePath({ ...value, text: path }, 'read', walk);
  }
  if (/^(?:-o|--output|-c|--cookie-jar|-D|--dump-header)$/.test(name) && value.text !== '-')
    judgePath(value, 'write', walk);
}

/** Reports where the requests go; answers true when all stay on this machine. */
function judgeHosts(urls: readonly Argument[], call: Call): boolean {
  let isLocal = urls.length > 0;
  for (const url of urls) {
    if (url.text.startsWith('file:')) {
      judgePath(url, 'read', call.walk);
      continue;
    }
    const host = classifyHost(url.text);
    isLocal = isLocal && host === 'loopback';
    reportHost(host, url, call);
  }
  if (!isLocal) call.walk.report.markSending(call.at);
  return isLocal;
}

function reportHost(host: HostClass, url: Argument, call: Call): void {
  const { report } = call.walk;
  const targets = url.text.includes(UNKNOWN) ? [] : [url.text];
  switch (host) {
    case 'metadata':
      report.add('shell.metadata-service', 'critical', 'Asks the cloud machine for its credentials.', url, {
        effects: ['secrets.read', 'net.egress'],
        targets,
      });
      return;
    case 'private':
      report.add('shell.private-host', 'destructive', 'Reaches into the private network.', url, {
        effects: ['net.egress'],
        confidence: 0.7,
        targets,
      });
      return;
    case 'loopback':
      report.add('shell.local-request', 'moderate', 'Makes a request to this machine.', url, { targets });
      return;
    case 'public':
    case 'unknown':
      report.add('shell.request', 'moderate', 'Makes a request over the network.', url, {
        effects: ['net.egress'],
        targets,
      });
      return;
    default:
      host satisfies never;
  }
}

/** The kind of host a URL names; `URL` reads decimal, octal and short forms of addresses. */
export function classifyHost(text: string): HostClass {
  const host = hostOf(text);
  if (host === undefined) return 'unknown';
  if (
    /^(?:169\.254\.169\.25[34]|169\.254\.170\.2|100\.100\.100\.200|metadata(?:\.google\.internal|\.goog|\.azure\.com)?|instance-data(?:\..*)?|\[fd00:ec2::254\]|\[::ffff:a9fe:a9fe\]|192\.0\.0\.192|[^/]*169[.-]254[.-]169[.-]254[^/]*)$/.test(
      host,
    )
  )
    return 'metadata';
  if (
    /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|\[::ffff:7f[0-9a-f:]*\]|host\.docker\.internal)$/.test(
      host,
    )
  )
    return 'loopback';
  if (
    /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[f[cd]|\[fe[89ab])/.test(
      host,
    )
  )
    return 'private';
  return 'public';
}

function hostOf(text: string): string | undefined {
  const bare = text.replace(/^[a-z][a-z0-9+.-]*:\/\//i, '').replace(/^[^/@]*@/, '');
  if (bare.startsWith(UNKNOWN)) return undefined;
  try {
    return new URL(`http://${bare.split(UNKNOWN, 1)[0]}`).hostname;
  } catch {
    return undefined;
  }
}

const WGET = {
  values: new Set(
    '-O -o -P -a -i -U -e --output-document --post-data --post-file --body-data --body-file --method --header --user --password --directory-prefix --input-file --execute --use-askpass --timeout -T -t -w'.split(
      ' ',
    ),
  ),
  style: 'bundled',
} as const;

/** Judges wget and programs like it. */
export function judgeWget(call: Call): void {
  const parsed = parseArguments(call.words, WGET);
  const operands = parsed.operands.filter(
    (word) =>
      !/^(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)$/i.test(word.text) && !/^[\w.-]+(?::=|==?|@)/.test(word.text),
  );
  const isLocal = judgeHosts(operands, call);
  const verb = parsed.operands[0]?.text.toUpperCase() ?? '';
  judgeMethod(
    flagValue(parsed, '--method')?.text.toUpperCase() ?? (/^(?:POST|PUT|PATCH|DELETE)$/.test(verb) ? verb : ''),
    isLocal,
    call,
  );
  const file = flagValue(parsed, '--post-file', '--body-file');
  if (file !== undefined) judgeCurlValue('-T', file, isLocal, call);
  const target = flagValue(parsed, '-O', '--output-document', '-P', '--directory-prefix');
  if (target !== undefined && target.text !== '-') judgePath(target, 'write', call.walk);
  const askpass = flagValue(parsed, '--use-askpass');
  if (askpass !== undefined) runCode(askpass, [], call);
}

/** Netcat: listening, connecting, and handing a shell to whoever is at the other end. */
export function judgeNetcat(call: Call): void {
  const parsed = parseArguments(call.words, {
    values: new Set(['-e', '-c', '-p', '-w', '-s', '-i', '-q', '-x', '-X', '--exec', '--sh-exec', '--lua-exec']),
    style: 'bundled',
  });
  const { report } = call.walk;
  const isLocal = parsed.operands.length > 0 && classifyHost(parsed.operands[0]?.text ?? '') === 'loopback';
  if (
    parsed.flags.some((flag) => flag.value !== undefined && /^-[ec]$|^--(?:exec|sh-exec|lua-exec)$/.test(flag.name))
  ) {
    report.add('shell.reverse-shell', 'critical', 'Connects a shell to another machine.', call.at, {
      effects: ['net.egress', 'exec.remote_code'],
      reversible: false,
    });
    return;
  }
  if (hasFlag(parsed, '-l', '--listen')) {
    report.add(
      'shell.listen',
      call.flow.piped ? 'destructive' : 'moderate',
      'Waits for connections from other machines.',
      call.at,
      { effects: ['net.listen'] },
    );
    return;
  }
  if (hasFlag(parsed, '-z')) {
    report.add('shell.port-check', 'moderate', 'Looks for open ports.', call.at, { effects: ['net.egress'] });
    return;
  }
  if (!isLocal) report.markSending(call.at);
  report.add(
    'shell.netcat',
    call.flow.piped && !isLocal ? 'destructive' : 'moderate',
    'Sends data to another machine.',
    call.at,
    { effects: ['net.egress'] },
  );
}

/** Socat: like netcat, with the program in an address. */
export function judgeSocat(call: Call): void {
  const text = call.words.map((word) => word.text).join(' ');
  const { report } = call.walk;
  if (/\b(?:exec|system|shell):/i.test(text))
    report.add('shell.reverse-shell', 'critical', 'Connects a shell to another machine.', call.at, {
      effects: ['net.egress', 'exec.remote_code'],
    });
  report.markSending(call.at);
}

/** `scp`, `rsync`, `rclone`: files that go to another machine, and files that are deleted at the target. */
export function judgeRemoteCopy(call: Call): void {
  const { walk, at } = call;
  const parsed = parseArguments(call.words, {
    values: new Set([
      '-e',
      '-i',
      '-P',
      '-o',
      '-F',
      '-S',
      '-l',
      '--rsh',
      '--exclude',
      '--include',
      '--rsync-path',
      '--files-from',
      '--log-file',
      '--filter',
      '--bwlimit',
      '--out-format',
      '-f',
    ]),
    style: 'bundled',
  });
  const isDry = parsed.flags.some(
    (flag) => flag.name === '-n' || flag.name === '--dry-run' || flag.name === '--list-only',
  );
  const runner = flagValue(parsed, '-e', '--rsh', '--rsync-path', '-S');
  if (runner !== undefined && !/^ssh(?:\s+-[pilo]\s*\S+)*$/.test(runner.text)) runCode(runner, [], call);
  if (!isDry && parsed.flags.some((flag) => flag.name.startsWith('--del') || flag.name === '--remove-source-files')) {
    walk.report.add(
      'shell.sync-delete',
      'destructive',
      'Deletes files at the target that the source does not have.',
      at,
      { effects: ['fs.delete', 'data.delete'], reversible: false, alternative: 'Try it with --dry-run first.' },
    );
  }
  if (call.name === 'rclone' || call.name === 'sftp') return;
  const target = parsed.operands.at(-1);
  const sources = parsed.operands.slice(0, -1);
  if (target === undefined) return;
  for (const word of sources) if (!isRemote(word.text)) judgePath(word, 'read', walk);
  if (!isRemote(target.text)) {
    if (!isDry) judgePath(target, 'write', walk);
    return;
  }
  walk.report.markSending(at);
  const isSecret = sources.some((word) => ['secret', 'accounts', 'guard'].includes(placeOf(word, walk)));
  walk.report.add('shell.copy-out', isSecret ? 'critical' : 'moderate', 'Copies files to another machine.', at, {
    effects: ['net.egress'],
  });
}

function isRemote(text: string): boolean {
  return /^(?:[\w.-]+@[\w.-]+|[\w.-]{2,}):(?!\/\/)|^(?:rsync|ssh|scp|sftp):\/\//.test(text);
}
