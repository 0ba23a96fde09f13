/**
 * What functions of Python do, by their full names: those of the standard library, and of well-known packages. Source: the Python
 * Standard Library reference, and the documentation of each. Pure.
 */

import type { CallMeaning } from './javascript-calls.js';
import type { CodeFinding } from './reading.js';

/** What the function of this full name does; undefined for one that is not known to do anything of concern. */
export function pythonMeaning(path: string): CallMeaning | undefined {
  return MEANINGS.get(path) ?? PREFIXES.find(([pattern]) => pattern.test(path))?.[1];
}

/** Modules whose functions start programs or run code: `from x import *`, and what is not known of them, counts. */
export const POWERFUL_MODULES: ReadonlySet<string> = new Set([
  'os',
  'subprocess',
  'shutil',
  'pty',
  'builtins',
  '__builtins__',
  'sys.modules',
]);

const finding = (
  id: string,
  level: CodeFinding['level'],
  text: string,
  effects: CodeFinding['effects'],
): CallMeaning => ({ kind: 'finding', finding: { id, level, text, effects } });

const at = (access: 'read' | 'write' | 'delete' | 'delete-tree', position = 0): CallMeaning => ({
  kind: 'path',
  access,
  at: position,
});

const CODE: CallMeaning = { kind: 'code' };
const LINE: CallMeaning = { kind: 'command', form: 'line' };
const WORDS: CallMeaning = { kind: 'command', form: 'words' };
const REQUEST: CallMeaning = { kind: 'request' };
const NETWORK = finding('network', 'moderate', 'Uses the network.', ['net.egress']);
const LISTEN = finding('listen', 'moderate', 'Listens on the network.', ['net.listen']);
const DECODES = finding('deserialise', 'destructive', 'Decodes data in a way that can run code.', ['exec']);
const INTERNALS = finding('internals', 'destructive', 'Reaches past the limits of a sandbox.', ['exec']);
const KILL = finding('kill', 'moderate', 'Sends a signal to a process.', ['exec']);
const FORK = finding('fork', 'moderate', 'Starts another process of itself.', ['exec']);

const MEANINGS: ReadonlyMap<string, CallMeaning> = new Map<string, CallMeaning>(
  (
    [
      [
        'eval exec compile execfile code.interact code.InteractiveInterpreter runpy.run_path runpy.run_module builtins.eval builtins.exec builtins.compile __builtins__.eval __builtins__.exec __builtins__.compile',
        CODE,
      ],
      [
        'os.system os.popen subprocess.getoutput subprocess.getstatusoutput commands.getoutput commands.getstatusoutput popen2.popen2 popen2.popen3 asyncio.create_subprocess_shell os.startfile posix.system nt.system',
        LINE,
      ],
      [
        'subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen pty.spawn asyncio.create_subprocess_exec pexpect.spawn pexpect.run sh.bash sh.sh invoke.run fabric.run plumbum.local',
        WORDS,
      ],
      ['os.remove os.unlink os.rmdir', at('delete')],
      ['shutil.rmtree os.removedirs distutils.dir_util.remove_tree send2trash.send2trash', at('delete-tree')],
      ['os.truncate os.chmod os.chown os.lchown os.mknod os.mkfifo shutil.chown', at('write')],
      [
        'os.rename os.replace os.link os.symlink shutil.move shutil.copy shutil.copy2 shutil.copyfile shutil.copytree shutil.copymode urllib.request.urlretrieve',
        at('write', 1),
      ],
      ['os.listdir os.scandir os.walk os.readlink linecache.getlines fileinput.input', at('read')],
      [
        'urllib.request.urlopen urllib.urlopen urllib2.urlopen urllib.request.urlretrieve urllib.request.Request requests.request requests.get requests.post requests.put requests.patch requests.delete requests.head httpx.get httpx.post httpx.put httpx.patch httpx.delete httpx.request httpx.stream urllib3.request',
        REQUEST,
      ],
      [
        'socket.socket socket.create_connection socket.gethostbyname socket.getaddrinfo requests.Session httpx.Client httpx.AsyncClient aiohttp.ClientSession urllib3.PoolManager http.client.HTTPConnection http.client.HTTPSConnection ftplib.FTP ftplib.FTP_TLS smtplib.SMTP smtplib.SMTP_SSL telnetlib.Telnet paramiko.SSHClient imaplib.IMAP4_SSL poplib.POP3_SSL xmlrpc.client.ServerProxy asyncio.open_connection websockets.connect boto3.client boto3.resource',
        NETWORK,
      ],
      ['http.server.HTTPServer http.server.ThreadingHTTPServer socketserver.TCPServer asyncio.start_server', LISTEN],
      [
        'pickle.load pickle.loads pickle.Unpickler cPickle.load cPickle.loads _pickle.loads dill.load dill.loads cloudpickle.load cloudpickle.loads marshal.load marshal.loads shelve.open joblib.load jsonpickle.decode yaml.unsafe_load yaml.full_load torch.load pandas.read_pickle',
        DECODES,
      ],
      [
        'sys.settrace sys.setprofile sys.addaudithook gc.get_objects gc.get_referrers inspect.stack sys._getframe types.CodeType types.FunctionType code.InteractiveConsole',
        INTERNALS,
      ],
      ['os.kill os.killpg os.abort signal.pthread_kill psutil.Process.kill', KILL],
      ['os.fork os.forkpty multiprocessing.Process multiprocessing.Pool', FORK],
      [
        'os.setuid os.setgid os.seteuid os.setegid os.setresuid',
        finding('setuid', 'destructive', 'Takes the rights of another user.', ['auth.change']),
      ],
      ['importlib.reload', finding('unknown-module', 'moderate', 'Loads a module again.', ['exec'])],
    ] as const
  ).flatMap(([names, meaning]) => names.split(' ').map((name) => [name, meaning] as const)),
);

const PREFIXES: readonly (readonly [RegExp, CallMeaning])[] = [
  [/^os\.(?:exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)$/, WORDS],
  [/^ctypes\b|^cffi\b|^_ctypes\b/, INTERNALS],
  [/\.__(?:subclasses|globals|builtins|mro|bases|code|getattribute|reduce|reduce_ex|base)__(?:$|\.)/, INTERNALS],
];

/** What a method does on an object that is not known, by its name. */
export const METHODS: ReadonlyMap<string, CallMeaning> = new Map<string, CallMeaning>([
  ['unlink', at('delete', -1)],
  ['rmdir', at('delete', -1)],
  ['write_text', at('write', -1)],
  ['write_bytes', at('write', -1)],
  ['read_text', at('read', -1)],
  ['read_bytes', at('read', -1)],
  ['exec_command', LINE],
  ['extractall', finding('unpack', 'moderate', 'Unpacks an archive, which may write anywhere.', ['fs.write'])],
]);
