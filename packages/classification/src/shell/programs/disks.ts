/**
 * Disks, file systems, backups, kernel and power. Source: the util-linux, e2fsprogs, LVM, ZFS, Btrfs and systemd manuals.
 * Pure data.
 */

import { doing, family, type Rule, reading, tool } from './spec.js';

const wipes = (text: string) =>
  doing('critical', 'disk-wipe', text, { effects: ['data.delete', 'infra.change'], reversible: false, rules: [] });
const loss = (id: string, text: string, operand: RegExp, level: 'destructive' | 'critical' = 'destructive'): Rule => ({
  id,
  level,
  text,
  operand,
  effects: ['data.delete', 'infra.change'],
  reversible: false,
});
const list = reading('*', 'text');
const power = doing('destructive', 'power', 'Stops or restarts this machine.', {
  effects: ['infra.change'],
  rules: [],
});

/** Disks, backups and power. */
export const DISKS = family('the util-linux, e2fsprogs, LVM, ZFS, Btrfs and systemd manuals', {
  'mkfs mkfs.ext2 mkfs.ext3 mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.fat mkfs.ntfs mkfs.exfat mkfs.f2fs mke2fs mkdosfs newfs newfs_apfs mkntfs':
    wipes('Formats a disk, destroying all data on it.'),
  'wipefs hdparm nvme sgdisk': doing('moderate', 'disk', 'Works with a disk directly.', {
    lines: {
      reads:
        'list|list-*|id-*|smart-log|error-log|fw-log|show-*|get-*|version|*-log; . -a|-i|-H|-A|-x|-l|--all|--info|--health|--scan|--attributes|--xall !-t !-s; . --print|-p',
      wrecks:
        'format|sanitize|delete-ns|write|write-zeroes|write-uncor|dsm|security-send|reset|subsystem-reset; . --security-erase|--security-erase-enhanced|--trim-sector-ranges|--write-sector|--make-bad-sector|--fwdownload|--sanitize-*; . --zap-all|--zap|-Z|-z',
      stops:
        '. -s=off; . -s|--smart off; detach-ns|attach-ns|create-ns|fw-download|fw-commit|set-feature; disconnect*; . -Y|-y|--security-set-pass|--dco-restore; . --command=stop; . -d|--delete; . -t=force',
    },
    reads: '-i -I -n -p -t -T -C --no-act --print',
    only: '-i -I -n -p -t -T -C --no-act --print',
    rules: [
      {
        id: 'disk-wipe',
        level: 'critical',
        text: 'Wipes a disk or its table.',
        flags: '-a --all -f --force -Z -z --zap-all --zap --security-erase --security-erase-enhanced -o',
        effects: ['data.delete'],
        reversible: false,
      },
      loss('disk-wipe', 'Wipes a disk.', /^(?:format|sanitize)$/, 'critical'),
    ],
  }),
  blkdiscard: wipes('Throws away everything on a disk.'),
  'fdisk sfdisk cfdisk gdisk parted': doing('destructive', 'disk-table', 'Changes how a disk is divided.', {
    effects: ['data.delete', 'infra.change'],
    reversible: false,
    reads: '-l -d -J --list --dump --json',
    only: '-l -d --list --dump',
    rules: [loss('disk-wipe', 'Removes partitions of a disk.', /^(?:mklabel|mktable|rm|mkpart)$/, 'critical')],
  }),
  diskutil: {
    subcommands: {
      'list info listfilesystems': list,
      'mount unmount eject rename': doing('moderate', 'mount', 'Mounts or unmounts a disk.'),
    },
    act: {
      id: 'disk-wipe',
      level: 'critical',
      text: 'Erases or divides a disk.',
      effects: ['data.delete'],
      reversible: false,
    },
  },
  'swapon swapoff zramctl': doing('moderate', 'swap', 'Changes swap space.', { effects: ['infra.change'] }),
  mkswap: doing('destructive', 'swap-make', 'Turns a disk or file into swap space, losing what is on it.', {
    effects: ['data.delete'],
    reversible: false,
  }),
  'mount losetup': doing('moderate', 'mount', 'Mounts a file system.', {
    effects: ['infra.change'],
    reads: '-l -a -j --list',
    operands: 'none',
  }),
  'umount fusermount': doing('moderate', 'unmount', 'Unmounts a file system.', {
    effects: ['infra.change'],
    rules: [
      {
        id: 'unmount-all',
        level: 'destructive',
        text: 'Unmounts everything.',
        flags: '-a --all',
        effects: ['infra.change'],
      },
    ],
  }),
  'fsck e2fsck xfs_repair fsck.ext4 ntfsfix tune2fs resize2fs xfs_growfs debugfs badblocks': doing(
    'destructive',
    'disk-repair',
    'Changes a file system from below.',
    {
      effects: ['fs.write', 'infra.change'],
      reads: '-n -N -l',
      only: '-n -N -l',
      lines: { wrecks: '. -w', reads: '. --version' },
    },
  ),
  'cryptsetup veracrypt': {
    act: { id: 'disk-encryption', level: 'moderate', text: 'Works with encrypted disks.', effects: ['infra.change'] },
    rules: [
      loss(
        'disk-wipe',
        'Makes the data of an encrypted disk unreadable for good.',
        /^(?:luksFormat|erase|luksErase|luksKillSlot|luksRemoveKey|reencrypt)$/,
        'critical',
      ),
    ],
    subcommands: { 'status luksDump isLuks': list },
  },
  'lvremove vgremove pvremove': doing('critical', 'volume-remove', 'Removes a volume with all the data on it.', {
    effects: ['data.delete', 'infra.change'],
    reversible: false,
  }),
  'lvreduce vgreduce': doing('destructive', 'volume-shrink', 'Shrinks a volume, which may lose data.', {
    effects: ['data.delete'],
    reversible: false,
  }),
  'smartctl sdparm': tool({
    reads: '. -a|-i|-H|-A|-x|-l|--all|--info|--health|--scan|--attributes|--xall !-t !-s !--smart; . --scan',
    stops: '. -s|--smart=off; . --command=stop; . -t|--test=force',
    changes: '*',
    overwrites: '. --set|--clear|--defaults|-D; . -s=security-*,*',
  }),
  pvcreate: doing('destructive', 'volume-make', 'Takes a disk for volumes, losing what is on it.', {
    effects: ['data.delete'],
    reversible: false,
  }),
  'lvs vgs pvs lvdisplay vgdisplay pvdisplay': list,
  'partprobe lvcreate vgcreate lvextend vgextend lvresize lvchange vgchange': doing(
    'moderate',
    'volume',
    'Changes volumes.',
    { effects: ['infra.change'] },
  ),
  mdadm: {
    reads: '-D -Q -E --detail --query --examine --scan',
    only: '-D -Q -E --detail --query --examine',
    act: { id: 'raid', level: 'moderate', text: 'Changes a disk array.', effects: ['infra.change'] },
    rules: [
      {
        id: 'raid-stop',
        level: 'destructive',
        text: 'Stops a disk array or wipes its members.',
        flags: '-S --stop --zero-superblock -f --fail -r --remove --create -C',
        effects: ['data.delete', 'infra.change'],
      },
    ],
  },
  'zfs zpool btrfs': {
    lines: {
      reads:
        'subvolume|filesystem|device|scrub|balance|qgroup|quota|property|replace list|show|usage|df|stats|status|get|du; list|get|status|history|iostat|events; diff; holds; allow; userspace|groupspace; version; inspect-internal *; check --readonly; bookmark; rescue *',
      access:
        'allow *; unallow *; set sharenfs=*; set sync=disabled *; set readonly=*; unload-key; change-key; load-key; release; property set',
      overwrites:
        'receive|recv -F; rollback; promote; rename; upgrade -a; import -f|-F; subvolume set-default; balance start; check --repair; rescue *; filesystem resize; split; reguid; device remove|delete; clear; set mountpoint=*; inherit; filesystem defragment; scrub cancel; quota disable',
      stops:
        'unmount -a; umount -a|-f; offline; detach; export; unmount|umount; set mountpoint=none; remove; quota disable; destroy -n; checkpoint -d; stop; initialize; trim',
    },
    subcommands: { 'list get status history iostat events': list },
    act: { id: 'pool', level: 'moderate', text: 'Changes a storage pool.', effects: ['infra.change'] },
    rules: [
      loss('pool-destroy', 'Destroys a pool, data set or snapshot.', /^(?:destroy|labelclear)$/, 'critical'),
      loss(
        'pool-rollback',
        'Loses what was written since a snapshot.',
        /^(?:rollback|detach|offline|remove|delete|replace)$/,
      ),
    ],
  },
  'restic borg duplicity tmutil rsnapshot timeshift kopia snapper': {
    subcommands: { 'snapshots list info ls stats check diff find latestbackup listbackups status': list },
    act: { id: 'backup', level: 'moderate', text: 'Makes or restores a backup.', effects: ['fs.read'] },
    rules: [
      {
        ...loss(
          'backup-delete',
          'Deletes backups.',
          /^(?:forget|prune|delete|remove-all-but-n-full|remove-older-than|deletelocalsnapshots|cleanup|compact|rebuild-index)$/,
        ),
      },
      {
        id: 'backup-delete',
        level: 'destructive',
        text: 'Deletes backups.',
        flags: '--delete --delete-all --prune',
        effects: ['data.delete'],
        reversible: false,
      },
      { id: 'backup-off', level: 'destructive', text: 'Switches backups off.', operand: /^disable$/ },
    ],
  },
  'shutdown reboot halt poweroff telinit': { ...power, rules: [] },
  init: doing('destructive', 'power', 'Changes the state of this machine.', { effects: ['infra.change'] }),
  sysctl: {
    reads: '-a -n -e --all --values',
    act: {
      id: 'kernel-setting',
      level: 'moderate',
      text: 'Changes a setting of the kernel.',
      effects: ['infra.change'],
    },
    rules: [
      {
        id: 'kernel-setting',
        level: 'destructive',
        text: 'Changes a setting of the kernel.',
        flags: '-w -p --write --load',
        effects: ['infra.change'],
      },
      {
        id: 'kernel-setting',
        level: 'destructive',
        text: 'Changes a setting of the kernel.',
        operand: /=/,
        effects: ['infra.change'],
      },
    ],
  },
  'modprobe insmod rmmod kexec depmod': doing('destructive', 'kernel-module', 'Changes the running kernel.', {
    effects: ['infra.change', 'exec'],
  }),
  modinfo: list,
  'grub-install update-grub grub-mkconfig efibootmgr bootctl dracut update-initramfs fwupdmgr flashrom': doing(
    'destructive',
    'boot',
    'Changes how this machine starts.',
    { effects: ['infra.change'] },
  ),
  'update-alternatives alternatives': tool({
    reads: '. --list|--display|--query|--get-selections|--version',
    changes: '*',
    deletes: '. --remove-all|--remove',
  }),
  ldconfig: doing('moderate', 'system-links', 'Changes which software the system uses.', {
    effects: ['infra.change'],
  }),
  'csrutil spctl nvram': doing('destructive', 'protection-off', 'Changes a protection of this machine.', {
    effects: ['auth.change'],
    subcommands: { status: list },
  }),
});
