/**
 * Services, logs and schedules. Source: the systemd, OpenRC, launchd, supervisor and pm2 manuals. Pure data.
 */

import { doing, family, reading } from './spec.js';

const list = reading('*', 'text');
const change = {
  id: 'service',
  level: 'moderate',
  text: 'Starts, stops or changes a service.',
  effects: ['infra.change'],
} as const;

/** Services. */
export const SERVICES = family('the systemd, OpenRC, launchd, supervisor and pm2 manuals', {
  systemctl: {
    values: '-t -p -n -H -M --type --property --state --lines --host',
    subcommands: {
      'status list-units list-unit-files list-timers list-sockets list-dependencies list-jobs is-active is-enabled is-failed is-system-running show cat get-default show-environment':
        reading('*', 'text', {
          rules: [
            {
              id: 'service-remote',
              level: 'moderate',
              text: 'Asks another machine.',
              flags: '-H --host -M --machine',
              effects: ['net.egress'],
            },
          ],
        }),
      'poweroff reboot halt kexec suspend hibernate rescue emergency isolate soft-reboot': doing(
        'destructive',
        'power',
        'Stops or restarts this machine.',
        { effects: ['infra.change'] },
      ),
      'mask disable': doing('moderate', 'service-disable', 'Keeps a service from starting.', {
        effects: ['infra.change'],
      }),
      'edit link set-environment enable': doing(
        'moderate',
        'service-enable',
        'Makes a service start by itself or changes it.',
        { effects: ['persist'] },
      ),
    },
    act: change,
  },
  service: { reads: '--status-all', only: '--status-all', act: change, rules: [], operands: 'none' },
  'launchctl rc-service rc-update initctl supervisorctl pm2 forever sv s6-svc runit brew-services monit': {
    verbs: false,
    subcommands: {
      'status list print ls show logs describe info jlist prettylist monit blame': list,
      'delete kill': doing('moderate', 'service', 'Stops or removes a service.', {
        effects: ['infra.change'],
        rules: [
          {
            id: 'service-all',
            level: 'destructive',
            text: 'Stops or removes every service.',
            operand: /^all$/,
            effects: ['infra.change'],
          },
        ],
      }),
      'remove bootout': doing('destructive', 'service-remove', 'Removes a service.', { effects: ['infra.change'] }),
      shutdown: doing('destructive', 'service-all', 'Stops every service.', { effects: ['infra.change'] }),
    },
    act: change,
  },
  journalctl: reading(
    '-u= -n= -f -r -b -k -x -e -p= -o= -t= -g= -a -q -S= -U= -xe -NUM --since= --until= --unit= --lines= --follow --no-pager --priority= --output= --grep= --boot --disk-usage --list-boots --reverse --dmesg --user --system --utc',
    'text',
    {
      act: { id: 'journal', level: 'moderate', text: 'Works with the log of the system.' },
      rules: [
        {
          id: 'journal-vacuum',
          level: 'destructive',
          text: 'Deletes logs of the system.',
          flags: '--vacuum-size --vacuum-time --vacuum-files --rotate',
          effects: ['data.delete'],
          reversible: false,
        },
      ],
    },
  ),
  'loginctl hostnamectl timedatectl localectl resolvectl networkctl machinectl coredumpctl busctl systemd-analyze': {
    subcommands: {
      'status list list-sessions list-users show-user show-session show list-timezones query dns statistics list-links list-machines blame critical-chain time verify':
        list,
    },
    operands: 'none',
    reads: '--no-pager',
    act: {
      id: 'system-setting',
      level: 'moderate',
      text: 'Changes a setting of this machine.',
      effects: ['infra.change'],
    },
    rules: [
      {
        id: 'session-kill',
        level: 'destructive',
        text: 'Ends sessions of users or machines.',
        operand: /^(?:terminate-user|terminate-session|kill-user|kill-session|terminate|poweroff|remove)$/,
      },
    ],
  },
  'nginx apachectl httpd caddy haproxy': {
    reads: '-t -T -v -V -S -M',
    only: '-t -T -v -V -S -M',
    act: { id: 'web-server', level: 'moderate', text: 'Controls a web server.', effects: ['infra.change'] },
    rules: [
      {
        id: 'web-server-stop',
        level: 'destructive',
        text: 'Stops a web server.',
        flags: '-s -k',
        value: /^(?:stop|quit)$/,
        effects: ['infra.change'],
      },
    ],
    values: '-s -k -c -g -p',
  },
  'tmux screen zellij byobu': {
    subcommands: { 'ls list-sessions lsw list-windows info display-message': reading('-F= -t= -p', 'text') },
    act: { id: 'terminal', level: 'moderate', text: 'Works with a terminal session.', effects: ['exec'] },
    rules: [
      {
        id: 'terminal-kill',
        level: 'destructive',
        text: 'Ends a terminal session with what runs in it.',
        operand: /^kill-server$/,
      },
    ],
  },
  'auditctl ausearch aureport': {
    reads: '-l -s',
    only: '-l -s',
    act: { id: 'audit-rules', level: 'moderate', text: 'Works with the audit of the system.' },
    rules: [
      {
        id: 'audit-off',
        level: 'destructive',
        text: 'Switches the audit of the system off or removes its rules.',
        flags: '-D -e',
        effects: ['auth.change'],
      },
    ],
  },
  logrotate: doing('moderate', 'logrotate', 'Rotates logs.', { effects: ['fs.write'] }),
  'say notify-send': doing('moderate', 'notify', 'Shows or speaks a message.', {
    effects: ['message.send'],
  }),
  'mail mailx sendmail mutt msmtp swaks ssmtp': doing('moderate', 'mail', 'Sends a mail.', {
    effects: ['message.send', 'net.egress'],
    sends: true,
  }),
});
