/**
 * What is known of single programs beyond their tables: the ones whose danger lies in their operands. Pure data.
 */

import type { Call } from '../walk.js';
import {
  judgeCompletion,
  judgeDashed,
  judgeGroupShell,
  judgeLftp,
  judgeMachine,
  judgeMercurial,
  judgeNix,
  judgeSwift,
} from './carriers.js';
import { judgeDocker } from './containers.js';
import { judgeCypher } from './cypher.js';
import { judgeDatabaseClient } from './databases.js';
import { judgeDd, judgeMove, judgeRemove, judgeSecondWritten, judgeTruncate, judgeWriteOperands } from './files.js';
import { judgeGit } from './git.js';
import { judgeGraphql } from './graphql.js';
import { judgeKubectl } from './kubernetes.js';
import { judgeCurl, judgeWget } from './network.js';
import { judgeKill, judgeMode, judgeOwner, judgeService } from './processes.js';
import {
  judgeDebugger,
  judgeDeno,
  judgeFinder,
  judgeLater,
  judgeNamespace,
  judgeRunners,
  judgeZip,
} from './runners.js';
import {
  judgeArchiver,
  judgeInPlace,
  judgeLastWritten,
  judgeLineEditor,
  judgeSed,
  judgeTar,
  judgeUnzip,
} from './text.js';
import { judgeNetcat, judgeRemoteCopy, judgeSocat } from './transfers.js';
import { judgeWindowsDelete, judgeWindowsRun } from './windows.js';

/** Reports the dangers of one call. */
export type Handler = (call: Call) => void;

function named(names: string, handler: Handler): readonly (readonly [string, Handler])[] {
  return names.split(' ').map((name) => [name, handler] as const);
}

/** Handlers by program. */
export const HANDLERS: ReadonlyMap<string, Handler> = new Map([
  ...named('at batch', judgeLater),
  ...named('fzf sk', judgeFinder),
  ...named('cypher-shell', judgeCypher),
  ...named('swift', judgeSwift),
  ...named('nix', judgeNix),
  ...named('hg', judgeMercurial),
  ...named('gh glab', judgeGraphql),
  ...named('newgrp', judgeGroupShell),
  ...named('machinectl', judgeMachine),
  ...named('lftp', judgeLftp),
  ...named('zip', judgeZip),
  ...named('deno', judgeDeno),
  ...named('ip', judgeNamespace),
  ...named('gdb lldb', judgeDebugger),
  ...named('rm grm rmdir unlink shred srm trash rimraf del-cli', judgeRemove),
  ...named('mv gmv cp gcp install ln rename', judgeMove),
  ...named('tee touch mkdir mkfifo sponge', judgeWriteOperands),
  ...named('truncate fallocate', judgeTruncate),
  ...named('dd gdd dcfldd', judgeDd),
  ...named('chmod chattr setfacl', judgeMode),
  ...named('chown chgrp', judgeOwner),
  ...named('kill pkill killall skill', judgeKill),
  ...named('systemctl service launchctl rc-service initctl sc net', judgeService),
  ...named('sed gsed', judgeSed),
  ...named('uniq xxd', judgeSecondWritten),
  ...named('tar gtar bsdtar', judgeTar),
  ...named('unzip', judgeUnzip),
  ...named('7z 7za 7zr unrar', judgeArchiver),
  ...named('yq', judgeInPlace),
  ...named('convert magick ffmpeg pandoc sox gs qpdf inkscape', judgeLastWritten),
  ...named('fab pyinfra', judgeDashed),
  ...named('compgen', judgeCompletion),
  ...named('ed ex vi vim ftp tnftp telnet mail mailx gnuplot', judgeLineEditor),
  ...named('git', judgeGit),
  ...named('curl', judgeCurl),
  ...named('wget http https httpie xh aria2c', judgeWget),
  ...named('nc ncat netcat', judgeNetcat),
  ...named('socat', judgeSocat),
  ...named('scp rsync rclone sftp', judgeRemoteCopy),
  ...named('docker podman nerdctl lxc incus', judgeDocker),
  ...named('kubectl oc k3s microk8s', judgeKubectl),
  ...named(
    'psql mysql mariadb sqlite3 mongosh mongo redis-cli clickhouse-client cqlsh duckdb sqlcmd usql bq cockroach influx valkey-cli',
    judgeDatabaseClient,
  ),
  ...named(
    'npm pnpm yarn bun poetry pipenv uv bundle conda mamba micromamba hatch pdm rye direnv asdf mise vagrant tmux screen make just',
    judgeRunners,
  ),
  ...named('remove-item ri del erase rd clear-content clear-item', judgeWindowsDelete),
  ...named('invoke-expression iex cmd powershell pwsh start-process format reg', judgeWindowsRun),
]);
