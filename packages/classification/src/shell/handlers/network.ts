/**
 * Programs that make HTTP requests: where to, with what method, and what they send. Pure but for the report.
 */

import { analyzeGraphql } from '../../graphql.js';
import { flagValue, hasFlag, parseArguments } from '../flags.js';
import { judgePath } from '../judge-path.js';
import { rememberFile } from '../redirect.js';
import { runCode } from '../run-shell.js';
import { type Argument, type Call, type Flow, SOME_FLOW } from '../walk.js';
import { judgeHosts } from './hosts.js';

const CURL = {
  values: new Set(
    (
      '-X -d -F -T -o -H -u -A -e -b -c -K -m -w -x -r -C -E -Y -y -z -D -Q -t -P --request --data --data-raw --data-binary --data-urlencode --data-ascii --json --form --form-string --upload-file --output --header --user --user-agent --referer ' +
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
  rememberDownload(
    urls,
    flagValue(parsed, '-o', '--output'),
    hasFlag(parsed, '-O', '--remote-name', '--remote-name-all'),
    call,
  );
  const method = flagValue(parsed, '-X', '--request')?.text.toUpperCase() ?? '';
  judgeMethod(method, isLocal, call);
  if (urls.some((url) => /\/_delete_by_query\b/.test(url.text))) judgeMethod('DELETE', isLocal, call);
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
  if (DATA_SENDING.test(name) && deletesByGraphql(value.text))
    walk.report.add('shell.http-delete', 'destructive', 'Asks a server to delete something.', value, {
      effects: ['net.egress', 'data.delete'],
    });
  if (/^(?:-H|--header|-K|--config|-b|--cookie|-E|--cert|--key|--netrc-file)$/.test(name)) {
    const path = name === '-H' || name === '--header' ? /^@(.+)/.exec(value.text)?.[1] : value.text;
    if (path !== undefined && /[/.~]/.test(path) && !path.includes('='))
      judgePath({ ...value, text: path }, 'read', walk);
  }
  if (/^(?:-o|--output|-c|--cookie-jar|-D|--dump-header)$/.test(name) && value.text !== '-')
    judgePath(value, 'write', walk);
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
  rememberDownload(operands, flagValue(parsed, '-O', '--output-document', '-o', '--output', '--out'), true, call);
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

/** `{"query":"mutation { deleteUser }"}`. */
function deletesByGraphql(body: string): boolean {
  const document = /(?:\{|\\n|"|')\s*(mutation\b[\s\S]*)/.exec(body)?.[1];
  return document !== undefined && analyzeGraphql(document).signals.some((found) => found.level === 'destructive');
}

/** Remembers where what is fetched goes, so that running it counts as running code from the network. */
function rememberDownload(urls: readonly Argument[], target: Argument | undefined, named: boolean, call: Call): void {
  const fetched: Flow = { ...SOME_FLOW, remote: true };
  if (target !== undefined && target.text !== '-') rememberFile(target.text, call.walk, fetched);
  if (target !== undefined || !named) return;
  for (const url of urls) {
    const name = /([^/?#\0]+)(?:[?#].*)?$/.exec(url.text)?.[1];
    if (name !== undefined) rememberFile(name, call.walk, fetched);
  }
}
