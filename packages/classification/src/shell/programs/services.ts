/**
 * Services, logs and schedules. Source: the systemd, OpenRC, launchd, supervisor and pm2 manuals. Pure data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

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
    lines: {
      reads: 'status|show|cat|help|get-default|is-*|list-*|show-environment; . --failed|--version; . --failed; .',
      stops:
        'set-default *; revert|kill|clean|freeze|thaw|set-property|reset-failed --all; revert *; kill *; clean *; set-default; stop *.slice|*.target|user@*; preset-all; daemon-reexec; switch-root; exit; edit --force; cancel; unset-environment *; isolate *; kexec',
      changes:
        'reset-failed|daemon-reload|reload|try-restart|restart|start|enable|reenable|preset|unmask|mask|stop|disable|import-environment|log-level|log-target|bind|mount-image|add-wants|add-requires|reload-or-restart *; daemon-reload|reset-failed; kill -s|--signal=HUP|USR1|USR2|SIGHUP|SIGUSR1|SIGUSR2 *; stop|mask|disable *',
    },
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
  'launchctl rc-service initctl supervisorctl pm2 forever sv s6-svc runit brew-services monit': {
    lines: {
      reads:
        '* status; status|list|ls|print|jlist|prettylist|show|logs|describe|info|id|report|summary|avail|pid|version|tail|maintail|blame|hostinfo|dumpstate|manageruid|managername|print-disabled|print-cache|plist|getenv|procinfo; show *; . --list|-l|-s; -a; * describe|checkconfig',
      changes:
        'start|restart|reload|stop|add|update|reread|resurrect|save|reset|flush|kickstart|load|bootstrap|enable|monitor|setenv|link|scale|startup|install|run|up|once|cont|hup|usr1|term|int|alarm|update *; start|restart; * start|restart|reload|stop|zap; reload|reread|update|save|flush|monit; add *; delete|kill * !all; stop !all; stop *; submit|asuser *',
      stops:
        'stop|delete|restart|remove|unmonitor|kill all; stopall|cleardead; kill; shutdown; quit; clear; unload|bootout|disable|remove|unmonitor *; exit|down|kill *; unstartup|uninstall|deleteAll; reboot|config; del *; quit; stop --all',
    },
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
  'rc-update': tool({
    reads: 'show|status; .',
    changes: 'add|update *',
    stops: 'del|delete *',
  }),
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
    lines: {
      reads:
        '.; status|list|list-*|show|show-*|query|statistics|info|dns|domain|blame|critical-chain|time|verify|timesync-status|tree|introspect|plot|dot|dump|unit-paths|calendar|timespan|timestamp|security|syscall-filter|condition|cat-config|exit-status|capability|image-status|lldp|service|openpgp|tlsa|monitor|get-property|image-list|cat',
      stops:
        'set-ntp|set-local-rtc *; terminate-*|kill-*|poweroff|reboot|remove|disable|clean|down|delete|revert|kill|terminate|stop|lock-sessions|flush-devices|set-limit|read-only *; delete|down|reconfigure *; lock-sessions|clean|flush-devices; reset-server-features|flush-caches --all; call|set-property|emit *; set-ntp false|0|no; disable-linger *; detach *; reset-statistics',
      changes: '*',
    },
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
    lines: {
      reads:
        'validate|list-modules|version|build-info|environ|configtest|status|fullstatus|adapt; storage list; fmt !--overwrite|-w; . -t|-T|-v|-V|-S|-M',
      changes:
        'reload|start|run|graceful|restart|file-server|reverse-proxy|hash-password|fmt|trust|upgrade|respond|storage export',
      stops:
        'stop|graceful-stop|untrust|remove-package|add-package; storage import; . -s=stop|quit; . -k=stop|graceful-stop; . -sf|-st',
    },
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
    lines: {
      reads:
        'ls|list-*|lsw|lsp|has-session|has|info|show-options|show|display-message|show-environment|show-buffer|list-keys|lsk|list-clients|server-info|capture-pane -p; . -ls|-list|-V|--version; . -ls; setup --check|--dump-config',
      stops:
        'kill-session|kill-server|kill-window|kill-pane|killw|killp|unlink-window|clear-history|delete-session|kill-all-sessions|delete-all-sessions|delete-buffer *; kill-*|delete-*; k|ka|da|d *; k|ka|da; * quit -X; quit -X; kill -X; . -wipe; * kill -X',
    },
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

  'a2enmod a2dismod a2ensite a2dissite php-fpm uwsgi traefik envoy varnishd squid lighttpd circusctl foreman overmind hivemind honcho anacron fcron rsyslogd syslog-ng filebeat fluentd fluent-bit vector telegraf node_exporter prometheus alertmanager grafana-cli grafana zabbix_agentd nagios icinga2 collectd munin netdata datadog-agent newrelic-infra dnsmasq unbound-control pulseaudio asterisk freeswitch cupsctl alsactl':
    tool({
      reads:
        'version|status|stats|test|validate|check|configcheck|health|list|ls; config show; plugins ls; daemon -C; object list; feature list; . -t|--test|--version|-v|-V|--config-test|-k=parse; config test; plugins list-remote; . -configtest|-C; list_*; ps; metadata; top; output; . -rx=*show*',
      stops:
        'stop|quit|kill|shutdown|rm|decr|terminate *; stop|quit|kill|shutdown; . -k=shutdown|kill|interrupt; . --stop; admin reset-admin-password|data-migration *; plugins uninstall|remove *; flush_*|local_zone_remove|local_data_remove|reload|dump_cache|load_cache|forward_remove|stub_remove *; admin *; . -rx=*stop*|*restart*|*hangup*; . --stop !-t; feature disable *; secret *; remove; checkout --force; ca remove|sign|restore *; restore; . -k; api *; import *; modules disable *',
    }),
  'runsv chkconfig update-rc.d invoke-rc.d sysv-rc-conf': tool({
    reads: '. --list|-l; .; * status',
    stops: '* off|remove|disable|stop|defaults-disabled; . --del|-f; * * off; * remove|disable',
    changes: '*',
  }),
  'postfix postqueue postsuper exim doveadm postmap newaliases': tool(
    {
      reads:
        '. -p|-j|-bp|-bpc|-bP|-bV|-bt|-n|-Mvh|-Mvl|-Mvb; status|check; mailbox list|status *; who|user|penalty|log find|log errors *; quota get *; search *; who; acl get|rights *; config; dump; service status',
      changes:
        'start|reload|upgrade-configuration|flush; . -q|-i|-s|-M|-bd|-Mt|-Mf; index|sync|backup *; mailbox create|subscribe *; *',
      deletes:
        '. -d|-r|-R|-f|-h|-Mrm|-Mg|-Mar|-Mes; stop|abort; expunge|flags|move|altmove|force-resync|purge|batch|deduplicate|import|kick|rebuild *; expunge *; mailbox delete|rename|cache *; kick; stop; quota recalc *; acl set|delete|remove *; user *-delete; dict *; reload --force; director *; . -Mrm; process stop; purge; fs delete *',
    },
    { style: 'long' },
  ),
  rndc: tool({
    reads:
      'status|zonestatus|recursing|stats|dumpdb|tsig-list|showzone; serve-stale status; managed-keys status; version *; status|recursing|stats|dumpdb|tsig-list',
    changes:
      'reload|reconfig|refresh|retransfer|notify|thaw|freeze|sync|sign|loadkeys|querylog|trace|scan|validation check',
    stops:
      'stop|halt|flush|flushname|flushtree|delzone|addzone|modzone|tsig-delete|validation|secroots|signing|nta|managed-keys|dnstap|null|testgen *; stop|halt|flush|notrace; serve-stale *',
  }),
  pihole: cli({
    reads: 'status|version|query|tail|chronometer; . -v|-q|-c|-t; . -v|-c|-t|-q',
    changes: 'enable|updateGravity|updatePihole|debug|restartdns|reloaddns; . -g|-up|-d; . -g|-up',
    stops:
      'disable|flush|repair|reconfigure|uninstall|arpflush|checkout|networkflush; . -f|-r; logging off; disable *; . -f|-r',
    access: 'allow|deny|allowlist|denylist|wildcard|regex|setpassword *; . -b|-w|-a; setpassword',
  }),
  'chronyc ntpdate ntpq sntp': tool({
    reads:
      'tracking|sources|sourcestats|activity|ntpdata|serverstats|rtcdata|clients|authdata|selectdata|manual list|accheck|dns *; tracking|sources|activity|sourcestats|clients; . -p|-pn|-np|-q|-d; . -c=peers|rv|as|associations',
    overwrites:
      'settime|makestep|reset|delete|offline|online|burst|trimrtc|shutdown|deny|allow|local|manual *; makestep|shutdown|cyclelogs|rekey|reload|offline|online; add|delete *; smoothtime reset; . -s|-b|-S',
    changes: '*',
  }),
  'fail2ban-client crowdsec cscli': cli({
    reads:
      'status|ping|version|get|banned|help; . -d|-t|-V; * list|inspect|ls; decisions|alerts|bouncers|machines|hub|metrics list|inspect|show; metrics; lapi status; capi status; explain *',
    changes: 'start|reload|hub|collections install; hub update|upgrade; *  install; simulation status',
    access:
      'stop|unban|set|restart|flushlogs|add|delete *; stop; unban --all; * delete|flush|disable|remove|prune|add; simulation enable|disable; machines|bouncers|decisions|alerts *; allowlists *; console *; notifications *',
    stops: 'stop',
  }),
  'varnishadm varnishstat varnishlog': tool({
    reads:
      'status|ping|banner|backend.list|vcl.list|vcl.show|param.show|ban.list|storage.list|panic.show|help|pid *; status|ping|backend.list|vcl.list|ban.list|pid|panic.show|storage.list; . -1|-g|-n|-q|-f|-j',
    overwrites:
      'ban|ban.url|purge|stop|vcl.discard|vcl.use|vcl.load|vcl.inline|param.set|backend.set_health|vcl.state|param.reset|panic.clear *; stop|start|panic.clear',
  }),
  'smbstatus showmount rpcinfo': tool({ reads: '. -a|-e|-d|-p|-s|-b|-S|-L|-v|-m; .; *', stops: '. -d' }),
  smbclient: tool({ reads: '. -L', changes: '*' }, { sends: true }),
  'samba-tool smbcontrol exportfs': tool({
    reads:
      '* list|show|listmembers|level show|info; domain info|level show|passwordsettings show; drs showrepl|options; testparm; dbcheck !--fix; . -a|-e|-d|-p|-s|-b|-L|-S|-v|-m !-u; .; * ping; processes; visualize *',
    changes: 'fsmo show; drs replicate|kcc; . -r|-ra; *',
    access:
      'user|group|computer|gpo|dns|ou|contact|delegation|spn|schema|sites|service-account|fsmo|ntacl|forest|domain|dsacl create|add|delete|del|addmembers|removemembers|setpassword|setexpiry|disable|enable|edit|transfer|seize|set|move|rename|unlock|password|trust|update|remove|demote|dcpromo|join|provision|passwordsettings|classicupgrade|claim|backup|functionalprep|schemaupgrade|setprimarygroup|sensitive|addunixattrs|getpassword|syncpasswords|sysvolreset|cleanup|roleincrease|aclcheck|admxload|restore|unlink|setlink|dellink|setinheritance|export *; . -u|-ua|-f|-i|-o; domain demote|join|provision|dcpromo; ntacl sysvolreset; dbcheck --fix|--yes; * shutdown|close-share|kill-client-ip|reload-config|force-election; . -d; group *; user *',
  }),
  'lpstat lpq': reading('*', 'text'),
  'lp lpr': doing('moderate', 'print', 'Prints a file.', { effects: ['message.send'] }),
  'cancel lprm': tool({ changes: '*; .', stops: '. -a|-u|-x|-; -' }),
  'lpadmin cupsenable cupsdisable cupsaccept cupsreject': tool({ stops: '. -x|-u|-R|-D; *', changes: '. -p|-d' }),
  'bluetoothctl pactl amixer': tool({
    reads:
      'list|show|devices|info|stat|get-*|scontrols|scontents|sget|cget|contents|controls|paired-devices|mgmt info|subscribe *; list|show|devices|info|stat|get-default-sink|get-default-source|controls|contents',
    changes: '*',
    stops: 'remove|unpair|disconnect|block|power off *; remove *; exit; unload-module *; suspend-* *',
  }),
  fcrontab: doing('destructive', 'crontab', 'Replaces the jobs that run by themselves.', {
    effects: ['persist'],
    lines: { reads: '. -l|-V' },
  }),
  mailq: reading('-v', 'none'),
});
