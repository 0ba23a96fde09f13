/**
 * Commands of Windows and cmdlets of PowerShell. Names are in lower case. Source: the Windows command reference and the
 * PowerShell 7 module reference. Pure data.
 */

import { doing, family, tool } from './spec.js';

const shows = doing('moderate', 'windows.read', 'Shows something.', { effects: ['fs.read'] });
const wipes = doing('critical', 'windows.wipe', 'Wipes or formats a disk.', {
  effects: ['data.delete'],
  reversible: false,
});

/** Windows. */
export const WINDOWS = family('the Windows command reference and the PowerShell 7 module reference', {
  'get-childitem gci get-item get-itemproperty get-process get-service get-location get-date get-help get-command get-member select-object where-object sort-object measure-object format-table format-list select-string test-path resolve-path get-host get-eventlog get-winevent tasklist systeminfo ver where findstr fc':
    shows,
  wsl: tool(
    {
      reads: '. --list|-l|--status|--version|-v',
      changes: '. --install|--update|--export|--import|--set-default|-s|--mount',
      stops: '. --shutdown|--terminate|-t|--unmount',
      wrecks: '. --unregister',
    },
    { inner: '.', values: '-d --distribution -u --user --cd' },
  ),
  'get-content gc type-file': doing('moderate', 'windows.content', 'Reads a file.', {
    operands: 'read',
    effects: ['fs.read'],
  }),
  'set-content sc add-content ac out-file tee-object new-item ni copy-item cpi copy xcopy robocopy move-item mi move rename-item rni ren md mklink':
    {
      style: 'long',
      act: { id: 'windows.write', level: 'moderate', text: 'Writes, copies or moves files.', effects: ['fs.write'] },
      operands: 'write',
      rules: [
        {
          id: 'windows.service-delete',
          level: 'destructive',
          text: 'Removes or stops a service.',
          operand: /^(?:delete|stop)$/i,
          effects: ['infra.change'],
        },
        {
          id: 'windows.mirror',
          level: 'destructive',
          text: 'Deletes files at the target that the source does not have.',
          operand: /^\/(?:mir|purge|move)$/i,
          effects: ['data.delete'],
          reversible: false,
        },
      ],
    },
  'remove-item ri del erase rd clear-content clear-item': {
    style: 'long',
    act: {
      id: 'windows.delete-file',
      level: 'moderate',
      text: 'Deletes files.',
      effects: ['fs.delete'],
      reversible: false,
    },
  },
  'format-volume clear-disk initialize-disk remove-partition diskpart': wipes,
  cipher: {
    act: { id: 'windows.cipher', level: 'moderate', text: 'Encrypts or wipes files.' },
    rules: [
      { id: 'windows.wipe', level: 'critical', text: 'Wipes free space.', operand: /^\/w/i, effects: ['data.delete'] },
    ],
  },
  'stop-process spps taskkill stop-service spsv restart-service': doing(
    'moderate',
    'kill',
    'Stops processes or services.',
    {
      effects: ['exec'],
      rules: [
        {
          id: 'windows.kill-vital',
          level: 'destructive',
          text: 'Stops processes that the system needs.',
          operand: /^(?:\*|lsass|winlogon|csrss|explorer|svchost|windefend|mssql.*|\*.*\*)(?:\.exe)?$/i,
        },
      ],
    },
  ),
  'stop-computer restart-computer': doing('destructive', 'power', 'Stops or restarts this machine.', {
    effects: ['infra.change'],
  }),
  'remove-service sc.exe': doing('destructive', 'service-remove', 'Removes or changes a service.', {
    effects: ['infra.change'],
  }),
  'invoke-webrequest iwr invoke-restmethod irm start-bitstransfer bitsadmin certutil': doing(
    'moderate',
    'network',
    'Uses the network.',
    {
      effects: ['net.egress'],
      sends: true,
      style: 'long',
      rules: [
        {
          id: 'windows.download',
          level: 'destructive',
          text: 'Fetches a program in a way meant to hide it.',
          operand: /^[-/](?:urlcache|transfer|decode)$/i,
        },
        {
          id: 'windows.download',
          level: 'destructive',
          text: 'Fetches a program in a way meant to hide it.',
          flags: '-urlcache -transfer -decode -decodehex',
          effects: ['net.egress', 'exec.remote_code'],
        },
      ],
    },
  ),
  'invoke-expression iex invoke-command icm start-process saps cmd powershell pwsh': doing(
    'moderate',
    'windows.run',
    'Runs another program.',
    { effects: ['exec'] },
  ),
  'mshta rundll32 regsvr32 wscript cscript msiexec installutil': doing(
    'destructive',
    'windows.proxy',
    'Runs code through a program of the system.',
    { effects: ['exec', 'exec.remote_code'] },
  ),
  'set-executionpolicy set-mppreference add-mppreference disable-windowsoptionalfeature set-netfirewallprofile disable-netadapter':
    doing('destructive', 'protection-off', 'Changes a protection of this machine.', { effects: ['auth.change'] }),
  'set-itemproperty new-itemproperty remove-itemproperty sp': doing(
    'destructive',
    'windows.registry',
    'Changes the registry or the properties of files.',
    { effects: ['persist'] },
  ),
  reg: doing('moderate', 'windows.registry-read', 'Works with the registry.'),
  'remove-aduser remove-adgroup remove-localuser disable-localuser new-localuser add-localgroupmember remove-localgroupmember set-localuser':
    doing('destructive', 'user-change', 'Changes users of this machine.', { effects: ['auth.change'] }),
  net: {
    act: { id: 'windows.net', level: 'moderate', text: 'Works with users, shares or services.' },
    rules: [
      {
        id: 'user-change',
        level: 'destructive',
        text: 'Changes users of this machine.',
        operand: /^\/(?:add|delete|active.*)$/i,
        effects: ['auth.change'],
      },
    ],
  },
  'icacls takeown cacls set-acl attrib': doing('destructive', 'windows.acl', 'Changes who may use files.', {
    effects: ['auth.change'],
  }),
  'vssadmin wbadmin bcdedit wmic': doing(
    'destructive',
    'windows.system',
    'Changes backups, starting or other parts of the system.',
    {
      effects: ['infra.change'],
      rules: [
        {
          id: 'windows.backup-delete',
          level: 'critical',
          text: 'Deletes the backups of the system.',
          operand: /^delete$/i,
          effects: ['data.delete'],
          reversible: false,
        },
      ],
    },
  ),
  'remove-azresourcegroup remove-azvm remove-azsqldatabase remove-vm remove-msoluser remove-mailbox clear-recyclebin clear-eventlog wevtutil remove-smbshare uninstall-package remove-appxpackage uninstall-windowsfeature':
    doing('destructive', 'windows.remove', 'Removes something for good.', {
      effects: ['data.delete'],
      reversible: false,
    }),
  'schtasks register-scheduledtask new-service': doing(
    'moderate',
    'windows.schedule',
    'Works with programs that run by themselves.',
    {
      lines: { stops: '/delete|/end *; -delete *', changes: '/query *; /query', access: '/create|/change *' },
      effects: ['persist'],
    },
  ),
  'dism sfc chkdsk gpupdate netsh': doing('moderate', 'windows.system-tool', 'Works with the system.', {
    lines: {
      stops:
        'interface|int set|delete|reset *; winsock reset; * reset; wlan delete|disconnect *; * ip reset; interface * reset; interface ip|ipv4|ipv6 set|delete|add *; bridge *; http delete|add *; winhttp set|reset *; interface portproxy *',
      access:
        'advfirewall set|reset *; advfirewall reset; advfirewall firewall add|delete|set *; firewall set|add|delete *',
      overwrites:
        '* /disable-feature*|/remove-*; */disable-feature*; */remove-*|*/apply-image*|*/resetbase*; /apply-image *; * /resetbase; /f *; * /f|/r|/x|/b',
    },
    effects: ['infra.change'],
  }),
  'write-output write-host out-null foreach-object': shows,

  'fsutil manage-bde ntdsutil dsrm dsmod dsadd psexec procdump powercfg bootrec diskshadow logoff tsdiscon setx wusa subinacl secedit auditpol bcdboot sdbinst w32tm':
    doing('destructive', 'windows.system', 'Changes parts of the system, its disks or its directory.', {
      effects: ['infra.change'],
      style: 'long',
      lines: {
        changes:
          '. -status; fsinfo|volume diskfree *; fsinfo *; query *; /query|/list|/l|/a|/energy|/batteryreport|/availablesleepstates|/requests; /get *; /list *; /export *; /analyze *; /stripchart|/resync|/monitor|/query *',
      },
    }),
  'set-adaccountpassword enable-psremoting enable-localuser enable-adaccount add-adgroupmember set-aduser new-aduser add-rolegroupmember new-netfirewallrule set-netfirewallrule set-service unlock-bitlocker grant-smbshareaccess new-smbshare':
    doing('destructive', 'windows.access', 'Changes who may do what on this machine or in its directory.', {
      effects: ['auth.change'],
    }),
});
