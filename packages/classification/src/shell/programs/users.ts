/**
 * Users, groups, passwords and permissions. Source: the shadow-utils, sudo and macOS directory manuals. Pure data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

/** Users and permissions. */
export const USERS = family('the shadow-utils, sudo and macOS directory manuals', {
  'useradd adduser groupadd addgroup newusers': doing(
    'destructive',
    'user-add',
    'Makes a user or group of this machine.',
    {
      effects: ['auth.change'],
      values: '-u -g -G -d -s -c -k -e -f -p --uid --gid',
      rules: [
        {
          id: 'user-add-root',
          level: 'critical',
          text: 'Makes another user with the rights of root.',
          flags: '-u --uid',
          value: /^0+$/,
          effects: ['auth.change'],
        },
      ],
    },
  ),
  'userdel deluser groupdel delgroup': doing('destructive', 'user-delete', 'Removes a user or group of this machine.', {
    effects: ['auth.change', 'data.delete'],
    reversible: false,
    rules: [
      {
        id: 'user-delete-root',
        level: 'critical',
        text: 'Removes the user root.',
        operand: /^root$/,
        effects: ['auth.change'],
      },
    ],
  }),
  'usermod gpasswd groupmod chage vipw vigr': doing(
    'destructive',
    'user-change',
    'Changes what a user of this machine may do.',
    {
      effects: ['auth.change'],
      rules: [
        {
          id: 'admin-grant',
          level: 'critical',
          text: 'Makes a user an administrator.',
          operand: /^(?:sudo|wheel|admin|root|docker|[\w,]*(?:sudo|wheel|docker)[\w,]*)$/,
          effects: ['auth.change'],
        },
        {
          id: 'admin-grant',
          level: 'critical',
          text: 'Makes a user an administrator.',
          flags: '-G -aG -g --groups -u',
          value: /(?:^|,)(?:sudo|wheel|admin|root|docker|0)(?:,|$)/,
          effects: ['auth.change'],
        },
      ],
      values: '-G -g -u -s -d -L-none --groups',
    },
  ),
  'passwd chpasswd chsh chfn': doing('destructive', 'password', 'Changes a password or the shell of a user.', {
    effects: ['auth.change'],
    reads: '-S --status',
    only: '-S --status',
  }),
  visudo: doing('critical', 'sudoers', 'Changes who may become root.', {
    effects: ['auth.change'],
    reads: '-c --check',
    only: '-c --check',
  }),
  'newgrp sg': doing('moderate', 'group', 'Changes the group of this session.'),
  'setcap capsh': doing('destructive', 'capability', 'Gives a program rights of root.', { effects: ['auth.change'] }),
  getcap: reading('-r -v -n', 'list'),
  dscl: tool({
    reads: '* -list|-read|-ls|-search|-readall|-readpl !-u',
    access: '* -create|-append|-passwd|-delete|-change|-merge|-changei|-createpl|-deletepl',
  }),
  dseditgroup: tool({
    reads: '. -o=read; . -o=checkmember',
    access: '. -o=create|edit|delete; . -a|-d|-n',
    changes: '*',
  }),
  sysadminctl: tool(
    {
      reads: '. -secureTokenStatus; . -screenLock=status',
      access:
        '. -addUser|-deleteUser|-newPassword|-resetPasswordFor|-secureTokenOn|-secureTokenOff|-guestAccount|-afpGuestAccess|-smbGuestAccess|-automaticTime|-filesystem|-screenLock',
    },
    { style: 'long' },
  ),
  'pam-auth-update authconfig authselect': doing('critical', 'login-rules', 'Changes how users prove who they are.', {
    effects: ['auth.change'],
  }),
  getent: reading('', 'text'),
  sudoedit: doing('destructive', 'root-edit', 'Changes a file with the rights of root.', {
    effects: ['fs.write', 'auth.change'],
  }),
  'kinit klist kdestroy ktutil': doing('moderate', 'tickets', 'Works with tickets for signing in.', {
    effects: ['auth.change'],
  }),
  xhost: doing('destructive', 'display-access', 'Changes who may use the display.', { effects: ['auth.change'] }),

  'pwck grpck': tool({ reads: '. -r|--read-only !-s; . -qr|-rq', changes: '.; *', overwrites: '. -s|--sort' }),
  'pwconv pwunconv grpconv grpunconv': doing('destructive', 'password-files', 'Rewrites the files of passwords.', {
    effects: ['auth.change'],
  }),
  'faillog faillock pam_tally2 lastb': tool({
    reads: '.; . -a|-u|--user|-n|-t|-l !-r !--reset !-m',
    access: '. -r|--reset|-m|--maximum; * -r|--reset',
  }),
  sssctl: cli({
    reads: 'domain-list|domain-status|user-checks|config-check|user-show|group-show|netgroup-show; . -a',
    stops: 'cache-remove|logs-remove|client-data-restore|cert-show|cache-expire|cache-upgrade; client-data-*',
  }),
  'smbpasswd pdbedit': doing('destructive', 'user-change', 'Changes who may use shared files.', {
    effects: ['auth.change'],
    lines: { reads: '. -L|-Lv|-v|-P|-y !-x' },
  }),
  'htpasswd htdigest': doing('destructive', 'password', 'Changes a password of a web server.', {
    effects: ['auth.change'],
    lines: { reads: '. -v', changes: '. -n|-nb|-nbB' },
  }),
  'ldapdelete ldapmodify ldapadd ldappasswd ldapmodrdn': doing(
    'destructive',
    'directory-change',
    'Changes the directory of users.',
    { effects: ['auth.change', 'data.delete'], lines: { changes: '. -n' } },
  ),
  'ldapsearch ldapwhoami ldapcompare': doing('moderate', 'directory-read', 'Asks the directory of users.', {
    effects: ['net.egress'],
  }),
  'realm adcli': cli({
    reads: 'list|discover|info|testjoin',
    access:
      'leave|permit|deny|join *; permit|deny; leave; join; create-user|delete-user|create-group|delete-group|add-member|remove-member|passwd-user|reset-computer|delete-computer|update|preset-computer|create-computer *',
  }),
  'ipa kadmin kadmin.local': cli({
    reads:
      '*-show|*-find|*-status|ping|env|whoami|listprincs|list_principals|getprinc|get_principal|getprivs|listpols|getpol; * -q=listprincs',
    secrets: 'ktadd|vault-retrieve|user-find --all',
    access:
      '*-add|*-add-*|*-mod|*-del|*-remove-*|*-disable|*-enable|passwd|addprinc|add_principal|modprinc|modify_principal|cpw|change_password|delprinc|delete_principal|delpol|addpol|ktremove|purgekeys|krbtpolicy-reset|cert-revoke|setstr *',
  }),
  'newuidmap newgidmap': doing('destructive', 'id-map', 'Maps the users of a name space.', {
    effects: ['auth.change'],
  }),
});
