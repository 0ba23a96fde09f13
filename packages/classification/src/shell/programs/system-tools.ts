/**
 * Tools of the system beyond the core utilities: hardware, processes, kernel, control groups, displays and caches. Pure data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

const power = doing('destructive', 'power', 'Changes which system or processor runs.', { effects: ['infra.change'] });

/** Tools of the system. */
export const SYSTEM_TOOLS = family(
  'The manual pages of util-linux 2.40, procps-ng, sysstat, kmod, libcgroup, systemd, X.Org utilities and of the programs named here',
  {
    hwclock: tool({
      reads: '. --show|-r|--get|--verbose|--version|-V !--set !--systohc !--hctosys !-w !-s; .',
      overwrites: '. --set|--systohc|-w|--hctosys|-s|--systz|--adjust|-a|--setepoch|--param-set|--predict',
    }),
    'lslocks lsns lsipc lslogins lsirq lsfd ipcs lscgroup cgget lsscsi': reading('*', 'text'),
    ipcmk: tool(),
    ipcrm: doing('destructive', 'ipc-remove', 'Removes shared memory, queues or semaphores that programs use.', {
      effects: ['data.delete', 'infra.change'],
      reversible: false,
    }),
    'pmap pwdx slabtop tload sar pidstat nfsstat iotop iftop nethogs nload glances dstat bmon vnstat': reading(
      '-a -A -b -B -c -C -d= -D -f -F -h -H -i= -I= -k -l -m -M -n= -N -o -O -p= -P= -q -Q -r -R -s= -S -t -T -u -U= -v -V -w -W -x -X -y -z --human --pretty --json --version --help --live --oneline --days --months --hours --summary',
      'text',
      {
        rules: [
          {
            id: 'monitor-write',
            level: 'moderate',
            text: 'Writes a record or removes one.',
            flags: '--output --export --remove --add --create --delete --setalias',
          },
        ],
      },
    ),
    powertop: tool({ reads: '.; . --version', changes: '. --auto-tune|--html|--csv|--calibrate; *' }),
    'cpuid lstopo x86info inxi hwinfo neofetch fastfetch screenfetch hostid acpi upower': reading('*', 'none'),
    'nvidia-smi rocm-smi': tool({
      reads:
        '.; . -L|-q|--query-gpu|-l|--list-gpus|--showtemp|--showuse|--showmeminfo|-i !-r !--gpu-reset !-pm !-pl !-c !-e !-mig !-ac; dmon; pmon; topo -m; nvlink -s; topo; . --query-compute-apps',
      changes: '. -pm|--persistence-mode; *',
      stops:
        '. --gpu-reset|-r|--gpureset|--resetclocks|-pl|--power-limit|-ac|-lgc|-c|--compute-mode|-mig|-e|--ecc-config|-p|--reset-ecc-errors|-dm|-fdm|--setpoweroverdrive|--setsclk|--drain; mig -dci|-dgi; drain',
    }),
    'ldd pldd lddtree': reading('-v -d -r -u --verbose --data-relocs --function-relocs --unused --version', 'text', {
      rules: [
        {
          id: 'ldd-foreign',
          level: 'moderate',
          text: 'May run the loader that a file names.',
          operand: /^(?:\.|~|\/(?!usr\/|bin\/|sbin\/|lib))/,
        },
      ],
    }),
    'tzselect getopt ul colrm colcrt hexyl choose mountpoint': reading('*', 'read'),
    'lsinitramfs lsinitrd': reading('-l -f= -s -k= -m --size --mod', 'text'),
    'cgset cgcreate cgclassify': tool(),
    'cgdelete cgclear': doing('destructive', 'cgroup-remove', 'Removes the limits that keep programs apart.', {
      effects: ['infra.change'],
    }),
    'uuidgen mcookie uuidparse': reading('*', 'text'),
    'schedtool cpulimit choom uclampset coresched setarch linux32 linux64': tool(),
    rfkill: tool({ reads: '.; list; . --output|--json', changes: 'block|unblock|toggle *', stops: 'block all' }),
    'setterm agetty wdctl ldattach tunelp scriptreplay scriptlive': tool({ reads: '. --help' }),
    rtcwake: tool({ reads: '. --list-modes; . -m|--mode=show|disable', stops: '*; .' }),
    'chcpu chmem': tool({ stops: '. -d|--disable|-g|--deconfigure|-c|-e|--enable|-p|-r', reads: '. --version' }),
    'sulogin switch_root pivot_root': power,
    'cpupower tuned-adm powerprofilesctl tlp': cli({
      reads: 'frequency-info|idle-info|info|monitor; list; active; recommend; verify; profile_info; get; stat',
      changes: 'frequency-set|idle-set|set *; profile *; set; auto_profile; start; ac|bat',
      stops: 'off; discharge|fullcharge|chargeonce *',
    }),
    kmod: cli({ reads: 'list; static-nodes', stops: 'unload|remove|insert|load *' }),
    udevadm: cli({
      reads: 'info; monitor; test *; verify; settle',
      changes: 'trigger !--action=remove; settle; hwdb; lock',
      stops: 'trigger --action=remove; control --exit|--stop-exec-queue|-e|-s; trigger -c|--action=remove',
    }),
    'xdotool wmctrl xset xrandr xinput setxkbmap loadkeys xrdb xmodmap kwriteconfig5 xdg-mime xdg-settings update-desktop-database fc-cache':
      tool({
        reads:
          'query *; get *; . -q|--query|-l|--list|-query; list; getactivewindow|getmouselocation|getwindowname; check *',
        stops: '. -c; windowkill|windowquit *; . --off',
      }),
    gsettings: cli({
      reads: 'get|list-*|range|describe|writable|monitor *; list-schemas',
      changes: 'set *',
      overwrites: 'reset|reset-recursively *',
    }),
    dconf: cli({
      reads: 'read|list|dump|watch *',
      changes: 'write|compile|update *',
      overwrites: 'reset|load *; update',
    }),
    'fc-list xdpyinfo xwininfo xlsclients glxinfo vulkaninfo': reading('*', 'text'),
    'xclip xsel wl-copy wl-paste pbcopy pbpaste scrot grim import gnome-screenshot': doing(
      'moderate',
      'clipboard',
      'Reads or changes the clipboard or the screen, which may hold secrets.',
      { effects: ['secrets.read'] },
    ),
    'update-ca-certificates update-ca-trust c_rehash mandb updatedb': tool({ access: 'disable; force-disable' }),
    trust: cli({ reads: 'list; dump; extract *', access: 'anchor *; anchor --store|--remove' }),
    'ccache sccache': tool({
      reads: '. -s|--show-stats|-p|--show-config|--show-log-stats|-k|--get-config|--version|-V',
      changes: '. -c|--cleanup|-z|--zero-stats|-M|--max-size; *',
      deletes: '. -C|--clear|--evict-older-than|--stop-server|--recompress',
    }),
    'debconf-set-selections dpkg-reconfigure locale-gen update-locale localedef systemd-sysusers systemd-firstboot systemd-machine-id-setup':
      tool({ overwrites: '. --reset|--force' }),
    'systemd-tmpfiles': tool({
      reads: '. --cat-config|--tldr|--version',
      deletes: '. --remove|--purge|--clean',
      changes: '*',
    }),
    'systemd-detect-virt systemd-cgls systemd-path systemd-escape systemd-cgtop systemd-delta systemd-id128': reading(
      '*',
      'text',
    ),
    'systemd-creds systemd-cryptenroll systemd-nspawn systemd-dissect homectl portablectl': cli({
      reads: 'list; inspect; has-tpm2; is-attached; . --list-devices; . -l; status; cat',
      changes: 'encrypt; setup; attach|start|enable|create|activate|mount; exec *; update; with',
      secrets: 'decrypt',
      access: '. --wipe-slot|--tpm2-device|--password|--recovery-key|--fido2-device; passwd; lock; unlock',
      deletes: 'remove; detach; deactivate; delete',
    }),
  },
);
