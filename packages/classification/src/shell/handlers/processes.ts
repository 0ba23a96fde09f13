/**
 * Processes, services, modes and owners. Pure but for the report.
 */

import { hasFlag, parseArguments } from '../flags.js';
import { judgePath, placeOf } from '../judge-path.js';
import type { Argument, Call } from '../walk.js';

/** Services whose loss locks people out, loses data or takes a guard away. */
const VITAL =
  /ssh|postgres|mysql|maria|mongo|redis|elastic|cassandra|rabbit|kafka|etcd|docker|containerd|kubelet|network|systemd|dbus|firewall|ufw|iptables|nftables|auditd|apparmor|selinux|fail2ban|falco|crowdsec|clamav|osquery|wazuh|rsyslog|journald|defender|windefend|edr|falcon|sentinel|vault|consul|nginx|haproxy|init|launchd|mongod/i;

/** `kill`: single processes are moderate; all, the first, or a vital one is not. */
export function judgeKill(call: Call): void {
  const { report } = call.walk;
  const words = call.words.filter((word) => word.text !== '--');
  const targets = words.filter(
    (word, index) =>
      !word.text.startsWith('-') || (index > 0 && /^-1$/.test(word.text)) || (word.text === '-1' && words.length === 1),
  );
  if (call.words.some((word) => word.text === '-l' || word.text === '-L' || word.text === '-0')) return;
  const isEverything =
    call.name === 'kill' && words.some((word, index) => word.text === '-1' && (index > 0 || words.length === 1));
  const details = { effects: ['exec'], reversible: false } as const;
  if (isEverything) report.add('shell.kill-all', 'critical', 'Stops every process that it may.', call.at, details);
  if (call.name === 'kill' && targets.some((word) => word.text === '1'))
    report.add('shell.kill-init', 'critical', 'Stops the first process, and with it the machine.', call.at, details);
  judgeKillByName(call, targets);
}

function judgeKillByName(call: Call, targets: readonly Argument[]): void {
  const { report } = call.walk;
  if (call.words.some((word) => /^-(?:s=?)?(?:SIG)?(?:HUP|USR1|USR2|CONT|WINCH|0)$/.test(word.text))) return;
  const isUser = call.words.some(
    (word) => word.text === '-u' || word.text === '-U' || word.text === '--uid' || word.text === '--user',
  );
  const isWide = targets.some(
    (word) => word.text === '.' || word.text === '.*' || word.text === '' || word.text === '*',
  );
  if (targets.some((word) => VITAL.test(word.text)) || isUser || isWide) {
    report.add('shell.kill-service', 'destructive', 'Stops processes that other things depend on.', call.at, {
      effects: ['exec', 'infra.change'],
    });
  }
}

const STOPPING = /^(?:stop|kill|disable|mask|restart|bootout|unload|remove|delete|isolate|condrestart|try-restart)$/;

/** `systemctl stop ssh` is more than `systemctl stop myapp`. */
export function judgeService(call: Call): void {
  const { operands } = parseArguments(call.words);
  const verb = operands.find((word) => STOPPING.test(word.text))?.text;
  if (verb === undefined || /restart/.test(verb)) return;
  if (operands.some((word) => VITAL.test(word.text))) {
    call.walk.report.add(
      'shell.service-stop',
      'destructive',
      'Stops a service that data, access or protection depends on.',
      call.at,
      { effects: ['infra.change'] },
    );
  }
}

/** `chmod`: whom it lets in, and over how much. */
export function judgeMode(call: Call): void {
  const { walk, at } = call;
  const parsed = parseArguments(call.words.filter((word) => !/^-[rwxXst]+$/.test(word.text)));
  const isTree = hasFlag(parsed, '-R', '--recursive');
  const [mode, ...files] = parsed.operands;
  if (call.name !== 'chmod') {
    judgeAttributes(call, parsed.operands);
    return;
  }
  const isOpen =
    /^[0-7]?[0-7][0-7][2367]$|(?:^|,)(?:[ugo]*[oa][ugo]*|)[+=][rxX]*w/.test(mode?.text ?? '') &&
    !/^\+w$/.test(mode?.text ?? '');
  const isSetuid = /^[4267][0-7]{3}$|[ug]*[+=][rwx]*s/.test(mode?.text ?? '');
  if (isSetuid)
    walk.report.add('shell.setuid', 'destructive', 'Makes a program that runs with the rights of its owner.', at, {
      effects: ['auth.change'],
    });
  if (isSetuid && files.some((word) => SHELL_FILE.test(word.text)))
    walk.report.add('shell.setuid-shell', 'critical', 'Lets everybody become the owner of a shell.', at, {
      effects: ['auth.change', 'persist'],
    });
  if (isOpen) {
    const isWorkFile = !isTree && files.every((word) => ['workspace', 'temp'].includes(placeOf(word, walk)));
    walk.report.add(
      'shell.chmod-open',
      isWorkFile ? 'moderate' : 'destructive',
      'Lets everybody change these files.',
      at,
      { effects: ['auth.change'], alternative: 'Give rights to one user or group only.' },
    );
  }
  judgeOwned(files, isTree, call);
}

const SHELL_FILE = /(?:^|\/)(?:(?:ba|da|z|k|c|tc|fi)?sh|busybox|python[\d.]*|perl|ruby|node|find|vim?|env)$/;

function judgeAttributes(call: Call, operands: readonly Argument[]): void {
  const files = operands.filter((word) => word.text.includes('/') || word.text.startsWith('~'));
  judgeOwned(files, false, call);
}

/** `chown`, `chgrp`. */
export function judgeOwner(call: Call): void {
  const parsed = parseArguments(call.words);
  judgeOwned(parsed.operands.slice(1), hasFlag(parsed, '-R', '--recursive'), call);
}

function judgeOwned(files: readonly Argument[], isTree: boolean, call: Call): void {
  const { walk } = call;
  for (const word of files) {
    const place = placeOf(word, walk);
    if (['guard', 'accounts', 'startup', 'device'].includes(place)) judgePath(word, 'change', walk);
    else if (isTree && ['root', 'system-root', 'home-root'].includes(place)) {
      walk.report.add(
        'shell.own-tree',
        'critical',
        'Changes the owner or mode of a whole system folder, which breaks the machine.',
        word,
        { effects: ['auth.change'], reversible: false },
      );
    } else if (['root', 'system-root', 'system', 'home-root'].includes(place)) {
      walk.report.add('shell.own-system', 'destructive', 'Changes the owner or mode of system files.', word, {
        effects: ['auth.change'],
      });
    } else if (isTree && ['home', 'outside', 'unknown', 'secret'].includes(place)) {
      walk.report.add(
        'shell.own-outside',
        'destructive',
        'Changes the owner or mode of everything in a folder.',
        word,
        { effects: ['auth.change'], confidence: 0.6 },
      );
    }
  }
}
