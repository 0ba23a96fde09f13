/**
 * Package managers of operating systems. Source: the manuals of apt, dpkg, dnf, rpm, pacman, brew, nix and their like. Pure data.
 */

import { cli, doing, family, type ProgramSpec, reading, tool } from './spec.js';

const list = reading('*', 'text');
const installs = doing('moderate', 'install', 'Installs software, which may run code of others.', {
  effects: ['exec', 'net.egress'],
});
const systemRemoves = doing('destructive', 'system-uninstall', 'Removes software from the operating system.', {
  effects: ['fs.delete', 'infra.change'],
});

const SYSTEM: ProgramSpec = {
  values: '-o -c -t --option',
  subcommands: {
    'list search show info policy depends rdepends provides repoquery history whatprovides repolist check-update changelog cleaned deplist madison showpkg files outdated leaves deps uses desc home cat tap-info config doctor':
      list,
    'install reinstall add update upgrade dist-upgrade full-upgrade refresh tap pin unpin download source build-dep localinstall groupinstall cask link unlink makecache edit-sources':
      installs,
    'remove uninstall erase purge autoremove auto-remove del zap groupremove rm': systemRemoves,
    'clean autoclean cleanup': doing('moderate', 'cache-clean', 'Empties a cache.'),
  },
  act: {
    id: 'system-packages',
    level: 'moderate',
    text: 'Works with packages of the operating system.',
    effects: ['exec'],
  },
};

/** Package managers of operating systems. */
export const SYSTEM_PACKAGES = family('the manuals of apt, dpkg, dnf, rpm, pacman, brew, nix and their like', {
  'apt apt-get aptitude apt-cache dnf yum microdnf zypper apk brew port snap flatpak pkg choco winget scoop': SYSTEM,
  'dpkg rpm': {
    only: '-l -L -s -S -q -V --list --listfiles --status --search --query --print-architecture --get-selections --verify -W --show',
    reads:
      '-l -L -s -S -q -a -i -f -V -qa -ql -qi -qf -qR --list --listfiles --status --search --query --all --info --print-architecture --get-selections --verify -W --show -c',
    rules: [
      {
        id: 'system-uninstall',
        level: 'destructive',
        text: 'Removes software from the operating system.',
        flags: '-r -P -e --remove --purge --erase',
        effects: ['fs.delete', 'infra.change'],
      },
      {
        id: 'install',
        level: 'moderate',
        text: 'Installs software.',
        flags: '-i --install -U --upgrade -F',
        without: '-q -qi',
        effects: ['exec'],
      },
    ],
    operands: 'text',
  },
  'pacman yay paru': {
    only: '-Q -S',
    reads: '-Q -S -s -i -l -u -e -o -Qi -Ql -Qs -Qu -Ss -Si -Qe -Qo -q',
    rules: [
      {
        id: 'system-uninstall',
        level: 'destructive',
        text: 'Removes software from the operating system.',
        flags: '-R --remove',
        effects: ['fs.delete', 'infra.change'],
      },
      {
        id: 'install',
        level: 'moderate',
        text: 'Installs software.',
        flags: '-S --sync',
        without: '-s -i -l',
        effects: ['exec', 'net.egress'],
      },
    ],
    act: {
      id: 'system-packages',
      level: 'moderate',
      text: 'Works with packages of the operating system.',
      effects: ['exec'],
    },
  },
  'nix nix-env nixos-rebuild nix-collect-garbage': {
    lines: {
      reads:
        'search|eval|path-info|why-depends|log|show-config|doctor|hash; derivation show; profile list; profile history; flake show; flake metadata; flake info; store ls; store cat; store ping; registry list; config show; profile diff-closures; flake show|metadata|info|check; profile list|history|diff-closures; store ls|cat|ping|diff-closures|path-from-hash-part; registry list; config show|check; derivation show; hash *; list-generations; . -q|--query|-qa|--list-generations|--version',
      changes:
        'build|develop|run|shell|copy|bundle|fmt|edit|repl|print-dev-env|switch|boot|test|dry-build|dry-activate; profile install; profile add; profile upgrade; flake update; flake lock; flake init; flake new; flake clone; registry add; profile install|add|upgrade; flake *; . -i|--install|-u|--upgrade; dry-build|dry-activate|build|build-vm|edit; registry add|pin; store add*|copy*|sign|verify|optimise; upgrade-nix',
      deletes:
        'store gc|delete|repair; profile remove|wipe-history|rollback; . -e|--uninstall|--delete-generations|-G|--rollback|--switch-generation; . --rollback; registry remove; . -d|--delete-old|--delete-older-than',
      stops: 'switch --rollback; boot --rollback; switch --install-bootloader',
    },
    act: { id: 'nix', level: 'moderate', text: 'Builds or changes software.', effects: ['exec'] },
    rules: [
      {
        id: 'nix-delete',
        level: 'destructive',
        text: 'Removes the earlier states of the system.',
        flags: '-d --delete-old --delete-generations',
        effects: ['data.delete'],
        reversible: false,
      },
    ],
  },

  'apt-mark dpkg-query apt-file apt-config apt-rdepends repoquery dpkg-deb equery qlist eix xbps-query pkgfile pkginfo debsums':
    tool({
      reads:
        'show*|search|list|dump|find|shell|depends|belongs|files|check|size|uses|which|meta|hasuse|keywords|changes|stats|graph|*; . -l|-L|-s|-S|-W|-f|-I|-c|-e|-x !--extract|-R|--list|--search|--show|--listfiles|--status|--info|--contents|--field; . -l|-L|-s|-W|-S|-I|-c|-f',
      changes:
        'auto|manual|hold|unhold|minimize-manual|showauto|install|remove|purge|update|clean *; update; . -u|--update|-b|--build|-x|--extract|-X|-R|--import|--erase|-e',
    }),
  'emerge xbps-install xbps-reconfigure pkg_add opkg urpmi eopkg swupd slackpkg installpkg upgradepkg tdnf rpm-ostree bootc ostree transactional-update':
    cli({
      reads:
        'list|list-*|search|info|status|files|whatprovides|compare-versions|print-architecture|check-update|check|verify|bundle-list|bundle-info|hashtable|diagnose|file-search|list-installed|kargs|refs|log|show|ls; db list; db diff; admin status; status|db|search; . -p|--pretend|-s|--search|--info|-S|--version|--list-sets|-n|-pv; repolist; db list|diff',
      changes:
        'install|update|upgrade|rebase|deploy|override|bundle-add|download|add|sync|refresh|makecache|usroverlay|initramfs|pull|commit|checkout|apply-live|reload|new-config|check-updates|install-new|upgrade-all|add-repo|dup|up|pkg in; . -a|-u|-uDN|--sync|-S|-y|-Su|--deselect|--config|-v; admin deploy|upgrade; kargs; *',
      deletes:
        'remove|uninstall|autoremove|erase|reset|cleanup|rollback|bundle-remove|clean-system|prune|rmo|rm|delete-history|flag; . --unmerge|-C|--depclean|-c|--prune|-P|--rage-clean; admin undeploy|cleanup|unlock|set-origin|os-init|pin; override reset|remove; pkg rm; remote delete; repair; reset *; refs --delete; . --force-remove; kargs --delete|--replace; switch; uninstall *; finalize-deployment; install to-disk|to-filesystem|to-existing-root *',
      wrecks: 'install to-disk|to-existing-root',
    }),
  'xbps-remove pkg_delete removepkg': systemRemoves,
  'apt-key add-apt-repository apt-add-repository apt-ftparchive reprepro aptly createrepo rpmsign rpmdb checkinstall alien deborphan tasksel unattended-upgrade needrestart dnf-automatic yum-config-manager':
    tool({
      reads:
        'list|finger|exportall|export *; list|finger; * list|show|search; . --list|--list-tasks|-l|--dry-run|--task-desc=*; repo|mirror|snapshot|publish list|show; ls *; check; dumpreferences; listfilter *; . --verifydb',
      changes: 'add|adv|update|net-update|install|include|includedeb|copy *; *; .',
      deletes:
        'del *; . -r|--remove; remove|removefilter|deleteunreferenced|clearvanished|removesrc|removedistro *; repo|mirror|snapshot|publish drop|remove; repo drop|remove; publish drop|switch; db cleanup|recover; . --delsign; . --rebuilddb|--initdb; . -r|--remove; . --disable|--save --setopt=*gpgcheck=0*; gpgremove *; . --resign',
    }),
  'do-release-upgrade freebsd-update': doing(
    'destructive',
    'system-upgrade',
    'Replaces the whole operating system by another version.',
    {
      effects: ['infra.change'],
      lines: {
        reads: '. -c|--check-dist-upgrade-only; updatesready; showconfig',
        changes: 'fetch; IDS',
        stops: 'rollback',
      },
    },
  ),
  'subscription-manager insights-client': cli({
    reads: 'list|status|identity|facts|version|orgs; release --show; repos --list; config --list; . --status|--version',
    changes: 'register|attach|refresh|repos|auto-attach|config|release|syspurpose *; refresh',
    access: 'unregister|clean|remove|unsubscribe; . --unregister',
  }),
  'adb idevice_id ideviceinstaller idevicebackup2 idevicesyslog': cli(
    {
      reads:
        'devices|version|get-state|get-serialno|logcat|host-features|features|help|mdns|list; forward|reverse --list; . -l; shell ls|getprop|ps|df|dumpsys|cat|pwd|whoami|id|wm|uptime|date|top|netstat; shell pm list|path; shell settings get; shell cmd package list; shell getprop *',
      changes:
        'install|install-multiple|push|pull|connect|disconnect|forward|reverse|tcpip|usb|start-server|kill-server|wait-for-*|backup|shell|exec-out|attach|detach|pair|bugreport; logcat -c; backup; shell am|input|screencap|screenrecord|monkey *; usb; reconnect; shell settings put *; shell pm install|grant *; jdwp; emu *',
      deletes:
        'uninstall *; shell pm clear|uninstall|disable|disable-user|hide|trim-caches *; shell rm|rmdir|mv|dd|wipe|sm|content delete *; shell cmd package uninstall|clear *; shell recovery *; shell content delete; restore; . -U|--uninstall; shell locksettings clear; shell settings delete|reset *',
      stops:
        'reboot|root|unroot|remount|disable-verity|enable-verity|sideload|reboot-bootloader; emu kill; shell reboot|stop|setprop|svc *; shell reboot; shell am force-stop|kill|kill-all|crash *; shell su *; shell setenforce *; shell svc *',
      access:
        'shell pm grant|revoke *; shell appops *; shell settings put secure|global *; shell dpm *; keygen; shell cmd appops *',
      wrecks: 'shell wipe *; shell am broadcast -a=android.intent.action.MASTER_CLEAR; shell recovery --wipe_data',
    },
    { inner: 'shell|exec-out' },
  ),
  fastboot: tool({
    reads: 'devices|getvar|help|get_staged; . --version; getvar *; devices -l',
    stops: 'reboot|reboot-bootloader|reboot-recovery|reboot-fastboot|continue|set_active *; reboot; oem *; boot *',
    access: 'flashing unlock|lock|unlock_critical|lock_critical|get_unlock_ability; oem unlock|lock|*unlock*',
    wrecks:
      'flash|erase|format|flashall|update|wipe-super|delete-logical-partition|resize-logical-partition|create-logical-partition|snapshot-update *; flashall; . -w; update *; wipe-super',
  }),
  'topgrade eget ubi webi sdkmanager avdmanager xcodes steam portsnap portmaster pkgin snapctl fwupdtool': tool({
    reads:
      'list|search|installed|show|avail|export|stats; . --list|--list_installed|--version|--dry-run|-n|-l; list *; get *',
    deletes:
      '. --uninstall; uninstall|delete|remove|rm|autoremove|clean *; delete avd *; . -e|--clean-distfiles|-s|-x; uninstall *',
    changes: '*; .',
  }),
  'bastille iocage ezjail-admin jail jexec': cli(
    {
      reads: 'list|df|get|top|htop; . -l',
      changes:
        'create|start|restart|exec|bootstrap|cmd|console|pkg|clone|snapshot|upgrade|update|template|cp|mount|set|config|rename|import|export|fetch|activate|service|convert|edit|install|archive|freeze',
      stops: 'stop|stop ALL|umount|kill|deactivate; . -r|-R; limits *; migrate',
      deletes:
        'destroy|delete|clean|rollback|rmi|restore|snapremove|destroy ALL; delete -w; restore *; destroy --recursive',
      wrecks: 'destroy -f all|ALL',
    },
    { inner: 'cmd *; exec *' },
  ),
  jls: reading('*', 'text'),
  'ruby-install rustup-init nix-build nix-instantiate nix-channel nix-store': tool({
    reads: '. --list|-l|--list-generations; . -q|--query|--verify|--print-env|--dump; . --version',
    deletes: '. --gc|--delete|--remove|--rollback|--repair|--load-db; . --remove; . --gc; . --delete',
    changes: '*; .',
  }),
  rpmkeys: tool({ reads: '. --list', access: '. --import|--delete|-e' }),
});
