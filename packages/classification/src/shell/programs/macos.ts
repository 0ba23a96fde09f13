/**
 * Programs of macOS. Pure data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

/** macOS. */
export const MACOS = family(
  'The manual pages of macOS 15, the Xcode command-line tools, and mas, duti, blueutil, yabai and skhd',
  {
    defaults: tool({
      reads: 'read|read-type|find|domains|help; read *',
      changes: 'write *; rename *; import *',
      overwrites: 'delete|remove *; delete|remove; write *LaunchServices* LSQuarantine *; import *',
      access:
        'write * LSQuarantine *; write *loginwindow* *; write /Library/Preferences/* *; write *SoftwareUpdate* *; write *screensaver askForPassword *; write *alf* *; write *TCC* *',
    }),
    'mdfind mdls system_profiler ioreg vm_stat pagesize dns-sd lsappinfo vmmap heap leaks sample kextstat powermetrics nettop fs_usage':
      reading('*', 'text'),
    pkgutil: tool({
      reads: '. --pkgs|--files|--pkg-info|--pkgs-plist|--file-info|--lsbom|--check-signature|--payload-files',
      deletes: '. --forget|--unlink|--repair|--learn',
      changes: '. --expand|--expand-full|--flatten',
    }),
    pmset: tool({
      reads: '. -g; *  -g',
      stops:
        'sleepnow; displaysleepnow; schedule *; repeat *; restoredefaults; force *; boot; . -a|-b|-c|-u; relative *',
      changes: 'noidle; touch',
    }),
    softwareupdate: tool({
      reads: '. --list|-l|--list-full-installers|--history|--dump-state; . --schedule',
      changes: '. --install|-i|--download|-d|--fetch-full-installer|--background',
      overwrites: '. --restart|-R|--reset-ignored|--clear-catalog|--set-catalog|--ignore',
      access: '. --schedule=off; --schedule off; off --schedule',
    }),
    systemsetup: tool(
      {
        reads:
          '. -get*; . -list*; . -gettimezone|-getremotelogin|-getcomputername|-getusingnetworktime|-getsleep|-listtimezones|-getstartupdisk|-getdate|-gettime',
        access:
          '. -setremotelogin|-setremoteappleevents|-setusingnetworktime|-setnetworktimeserver|-setstartupdisk|-setdate|-settime|-setkernelbootarchitecture|-setwakeonnetworkaccess|-setdisablekeyboardwhenenclosurelockisengaged',
        changes: '*',
      },
      { style: 'long' },
    ),
    hdiutil: tool({
      reads: 'info|imageinfo|verify|isencrypted|plugins|hfsanalyze|pmap|checksum',
      changes: 'attach|mount|create|convert|detach|eject|unmount|makehybrid|internet-enable|burn|mountvol',
      overwrites:
        'erase|erasekeys|compact|resize|segment|unflatten|chpass|flatten|udifderez; attach -owners=off; detach -force; burn -erase|-fullerase; resize *',
      deletes: 'erase *; create /dev/*; create -ov',
    }),
    codesign: tool(
      {
        reads:
          '* -dv|-d|--display|-v|--verify|-dvv|-dvvv|--validate-constraint !-s !--sign !--remove-signature; . --version',
        changes: '* -s|--sign',
        access: '. --remove-signature',
      },
      { style: 'long' },
    ),
    xattr: tool(
      {
        reads: '* !-; * -l|-p|-x|-px|-lr|-vl',
        access: '. -c|-cr|-rc|-cs; com.apple.quarantine * -d|-dr|-rd|-drs; com.apple.quarantine -d; . -d|-dr|-rd',
        changes: '. -w|-wx',
      },
      { style: 'long' },
    ),
    installer: tool(
      {
        reads: '. -pkginfo|-dominfo|-volinfo|-showChoicesXML|-query|-vers|-help|-config',
        overwrites: '. -pkg|-package|-p',
        access: '. -allowUntrusted',
      },
      { style: 'long' },
    ),
    plutil: tool(
      { reads: '* -p|-lint|-type|-help !-o; * !-', changes: '. -convert|-insert|-replace|-remove|-create|-extract' },
      { style: 'long', operands: 'read' },
    ),
    'plistbuddy sips textutil qlmanage afplay screencapture lsregister setfile getfileinfo xcode-select automator ditto networkquality sysdiagnose spindump atsutil stapler productbuild pkgbuild duti blueutil switchaudiosource cliclick':
      tool({
        reads: '. -g|--getProperty|-p|--print-path|-v|--version|--paired|--connected|-x; . -t=string',
        deletes: '. -kill|-delete|--unpair|--remove|-d; databases -remove*',
        changes: '*',
        overwrites: '. -c=Delete*; . --reset',
      }),
    mdutil: tool({ reads: '* -s; . -s|-as|-t|-L|-P', deletes: '. -E|-X|-Ea; * -E; . -i=off; * -i=off', changes: '*' }),
    asr: tool(
      {
        reads: 'info|help|version|imagescan',
        changes: 'imagescan; adjust',
        wrecks: 'restore --erase|-erase; partition; . --erase|-erase',
        overwrites: 'restore; server; . --target|-target',
      },
      { style: 'long' },
    ),
    bless: tool(
      {
        reads: '. --info|--getBoot|-info|-getBoot',
        overwrites: '*; . --mount|--folder|--device|--setBoot|--netboot|--unbless|--nextonly|-setBoot',
      },
      { style: 'long' },
    ),
    'kextload kextunload kextcache kextutil': doing('destructive', 'kernel-module', 'Changes the running kernel.', {
      effects: ['infra.change', 'exec'],
    }),
    kmutil: tool({
      reads: 'showloaded|find|print-diagnostics|inspect|log|check|libraries',
      stops: '*; .; load|unload|clear-staging|install|trigger-panic-medic|create|rebuild|configure-boot *',
    }),
    tccutil: doing('destructive', 'privacy-reset', 'Changes which programs may use private data.', {
      effects: ['auth.change'],
      lines: { access: 'reset|insert|enable|disable|remove *' },
    }),
    profiles: tool(
      {
        reads: 'list|show|status|help|validate; . -P|-L|-C|-e|-H|-v; status -type=enrollment',
        changes: 'renew; sync',
        access: 'remove|install *; remove; install; . -R|-D|-I|-d|-N|-x',
      },
      { style: 'long' },
    ),
    fdesetup: tool({
      reads:
        'status|list|isactive|haspersonalrecoverykey|hasinstitutionalrecoverykey|supportsauthrestart|usingrecoverykey|version|showdeferral',
      access:
        'disable|remove|removerecovery|add|changerecovery|enable|authrestart|sync *; disable; enable; authrestart; sync',
    }),
    chflags: tool({
      changes: '*',
      access:
        'schg|simmutable|uchg|uimmutable|noschg|nouchg|nosimmutable|restricted|norestricted|*schg|*uchg|*uappnd|*sappnd *',
    }),
    'simctl xctrace': cli({
      reads: 'list; getenv; get_app_container; appinfo; listapps; help; status_bar list; diagnose; logverbose',
      changes:
        'boot|create|clone|install|launch|open*|openurl|push|io|addmedia|spawn|terminate|uninstall|shutdown|rename|record|export|import|bootstatus|privacy|pbcopy|ui|location|keychain|status_bar',
      deletes: 'erase|delete|runtime delete; shutdown all; keychain * reset; pair_activate; privacy * reset',
    }),
    'altool notarytool': tool({
      reads: 'history|info|log; . --list-providers|--list-apps|--notarization-info',
      changes: 'store-credentials; wait',
      publishes: 'submit; . --upload-app|--upload-package|--notarize-app|-f',
    }),
    'log shortcuts': tool({
      reads: 'show|stream|stats; list|view; show *; stream *; list *; help',
      changes: 'collect; run|sign|export; config',
      deletes: 'erase; repack; erase *',
      stops: 'config --reset; config --mode=*off*',
    }),
    dsenableroot: doing('critical', 'root-login', 'Lets people sign in as root.', { effects: ['auth.change'] }),
    dscacheutil: tool(
      { reads: '. -q|-cachedump|-configuration|-statistics|-q=*', changes: '. -flushcache' },
      { style: 'long' },
    ),
    mas: cli({
      reads: 'list|search|info|outdated|version|account|config|lookup',
      changes: 'install|upgrade|purchase|open|lucky|signin|signout|reset|home|vendor|get',
      deletes: 'uninstall',
    }),
    'yabai skhd': tool({
      reads: '. -v|--version; . --check-sa; * query *',
      changes: '*; .',
      stops: '. --uninstall-service|--stop-service|--uninstall-sa',
    }),
    airport: tool({ reads: '. -I|-s|--getinfo|--scan', stops: '. -z|--disassociate', secrets: 'sniff *' }),
  },
);
