/**
 * Package managers of operating systems. Source: the manuals of apt, dpkg, dnf, rpm, pacman, brew, nix and their like. Pure data.
 */

import { doing, family, type ProgramSpec, reading } from './spec.js';

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
});
