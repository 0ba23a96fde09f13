/**
 * Keys, certificates, encrypted data, stores of passwords, signing and scanners. Pure data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

/** Keys and secrets. */
export const SECRETS = family(
  'The manuals of OpenSSL, GnuPG, age, SOPS, Certbot, acme.sh, keytool, PKCS#11 tools, YubiKey Manager, mokutil, ClamAV, lynis and the others named here',
  {
    openssl: {
      subcommands: {
        'version ciphers list': reading('*', 'text'),
        'dgst x509 verify asn1parse crl': reading(
          '-in= -noout -text -sha256 -sha1 -md5 -subject -issuer -dates -fingerprint -enddate -startdate -serial -modulus -purpose -inform= -CAfile= -checkend= -ext=',
          'read',
          { style: 'long' },
        ),
        's_client s_server': doing('moderate', 'openssl-connect', 'Opens a network connection.', {
          effects: ['net.egress'],
          sends: true,
        }),
        'rsa pkey ec pkcs12 genrsa genpkey req': doing('moderate', 'openssl-key', 'Reads or makes a private key.', {
          effects: ['secrets.read'],
        }),
      },
      act: { id: 'openssl', level: 'moderate', text: 'Works with keys, certificates or encrypted data.' },
      style: 'long',
      rules: [
        {
          id: 'openssl-load',
          level: 'destructive',
          text: 'Loads code into the program.',
          flags: '-engine -provider-path -provider_path',
          effects: ['exec'],
        },
        {
          id: 'openssl-load',
          level: 'destructive',
          text: 'Loads code into the program.',
          operand: /^(?:\.{0,2}\/|~).*\.(?:so|dylib|dll)$/,
          effects: ['exec'],
        },
      ],
    },
    'gpg gpg2 age sops': doing('moderate', 'gpg', 'Works with keys or encrypted data.', {
      lines: {
        reads:
          '. --list-keys|--list-public-keys|-k !--export-secret-keys; . --list-secret-keys|-K; . --fingerprint; . --list-sigs; . --check-sigs; . --list-packets; . --version; filestatus; --version',
        secrets: '. --export-secret-keys|--export-secret-subkeys; decrypt *; . -d|--decrypt',
        access:
          '. --gen-revoke|--quick-revoke-uid|--edit-key; groups delete; . --quick-set-expire; . --rotate|-r; rotate *; . --rm-pgp|--rm-age|--rm-kms; updatekeys *; . --import-ownertrust',
        publishes: '. --send-keys',
      },
      effects: ['secrets.read'],
      rules: [
        {
          id: 'gpg-delete',
          level: 'destructive',
          text: 'Deletes keys.',
          flags: '--delete-keys --delete-key --delete-secret-keys --delete-secret-key --delete-secret-and-public-keys',
          effects: ['data.delete'],
          reversible: false,
        },
      ],
    }),

    'certbot acme.sh lego dehydrated': tool({
      reads: 'certificates; plugins; show_account; --list; list; . --list|--info|--version; . --show-config',
      changes: 'renew; certonly; run; register; install; . --issue|--renew|--cron|--install-cert|--upgrade',
      deletes:
        'delete; revoke; unregister; . --remove|--revoke|--deactivate*; . --remove; . --revoke; . --uninstall; rollback; . --deactivate; . --cleanup-delete',
      access: 'update_account; reconfigure; enhance',
    }),
    'keytool jarsigner certtool certigo cfssl cfssljson easyrsa step step-ca mkcert': tool(
      {
        reads:
          '. -list|-printcert|-printcrl; inspect; certificate inspect|verify|lint|fingerprint|needs-renewal; . --certificate-info; . -i; certinfo; bundle; info; dump; show-*; . -verify; . -CAROOT; crl inspect; version; ca health|roots',
        changes:
          'gencert|genkey|gencsr|sign|selfsign; build-*; gen-*; sign-req; certificate create|sign|install; crypto *; ca init|certificate|renew; . -genkeypair|-genkey|-importcert|-exportcert|-certreq; . -install; ssh *; init-pki !--force; . --generate-*',
        secrets: '. -importkeystore; . -exportsecret; crypto jwe decrypt; oauth; export-p12',
        deletes:
          'revoke; revoke *; ca revoke; . -uninstall; certificate uninstall; init-pki hard-reset; init-pki --force; context remove; crypto keypair --force; expire; ca provisioner remove',
        access:
          '. -storepasswd|-keypasswd|-changealias; ca provisioner *; ca admin *; ca policy *; set-pass; renew *; crl *; . -storepasswd; . -keypasswd; ca rekey',
      },
      { style: 'long' },
    ),
    'ykman yubico-piv-tool fido2-token p11tool pkcs11-tool': tool({
      reads:
        'list; info; piv|oath|fido|openpgp|otp info; oath accounts list; . -L; . -I; . --list-tokens|--list-all|-O|-L|--list-slots; config list; . -a=status',
      secrets: 'oath accounts code',
      deletes:
        'piv|oath|fido|openpgp|otp|hsmauth reset; . -a=reset; . --delete|--delete-object|--initialize|--init-token|--init-pin; . --delete-object; . -D; . -R; otp delete|swap; oath|fido|piv *  delete; oath accounts delete; fido credentials|fingerprints delete; piv certificates|keys delete; . --init-token; . --initialize',
      access:
        'piv access *; oath access *; fido access *; config *; openpgp access *; piv keys *; . -S; otp settings *; . --change-pin|--unlock-pin; script; . --set-pin; config set-lock-code',
    }),
    'sbctl mokutil sbsign osslsigncode signtool notation rekor-cli gitsign in-toto-run minisign signify ssss-split ssss-combine paperkey':
      tool({
        reads:
          'status; verify*; list-*; . --list-enrolled|--sb-state|--list-new|--db|--pk|--kek; . -V; search; get; ls|list; version; inspect; . --sb-state; . --list-enrolled; loginfo; cert ls; policy show; . -C',
        changes: 'sign*; create-keys; . -S; . -G; attest; upload; plugin *; . --export',
        access:
          'reset; enroll-keys; . --disable-validation|--enable-validation|--delete|--reset|--import|--clear-password|--password|--set-verbosity|--timeout; remove-file|remove-bundle; rotate-keys; import-keys; . --disable-validation; . --delete; . --reset; cert add|delete|generate-test; policy import|init; key add|delete|update; . --import; setup; remove; catalog remove; export-enrolled-keys',
      }),
    'age-keygen rage rage-keygen keybase keepassxc-cli kpcli dcli teller berglas credstash bank-vaults akeyless conjur summon':
      cli({
        reads:
          'list|ls; status; version; id; db-info; analyze; search|locate; estimate; help; whoami; git list; team list-memberships; show-*; diceware',
        changes:
          'generate; add|mkdir|edit|mv; login|logout; open|close; create|put|set; sync; init; sign|encrypt|verify; run; update; access; migrate; export; follow',
        secrets:
          'show|get|clip|export; decrypt; read|fetch; attachment-export; copy; env; sh; password; note; otp; backup; getall; getAll; access',
        deletes:
          'rm|rmdir|delete|remove; db-edit; merge; delete-*; attachment-rm|attachment-import; team delete|remove-member; account delete|reset-me; device remove; git delete; rollback; pgp drop; fs rm; destroy; wipe; unseal; policy *',
        access:
          'grant; revoke; passkey-register; policy replace; device *; account *; team add-member|edit-member|leave; deprovision; db-edit --set-password; user *; host *; hostfactory *; rotate; auth-method *; assoc-role-am; passwd',
      }),
    'detect-secrets git-secrets ggshield rkhunter chkrootkit lynis aide tripwire oscap yara steghide binwalk foremost volatility freshclam':
      tool({
        reads: '. --version; show *; info *; . --list; audit system; . --check; . -c --sk; update info',
        changes:
          'scan|audit|check|update|init; . --propupd|--update|--scan|--install; extract; report; secret scan; xccdf eval; auth login; config *',
        access:
          'secret ignore; . --remove-*; xccdf remediate; xccdf eval --remediate; auth logout; ignore; . --init; . -m=u; honeytoken *; . --add-provider; . --accept-any; . -I',
      }),
    tpm2_clear: doing('critical', 'tpm-clear', 'Erases the keys of the security chip.', {
      effects: ['auth.change', 'data.delete'],
      reversible: false,
    }),
    'tpm2_pcrread tpm2_getrandom': reading('', 'text'),
    clamscan: tool({ changes: '*', deletes: '. --remove; . --remove=yes; . --move; . --move=*' }),
  },
);
