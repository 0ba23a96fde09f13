/**
 * Secrets that are known by what stands before them and is no name: headers, URLs, options of programs, SQL. Only the secret
 * itself is hidden. Pure data: the beginnings are in lower case and stand for both cases.
 */

import type { FormRule } from './secret-rule.js';
import { hasDigit, isBasicAuth, isLiteral, isLooseValue, isTightValue } from './value-tests.js';

/** All rules of this kind. */
export function placeRules(): readonly FormRule[] {
  return [...headerRules(), ...urlRules(), ...commandRules(), ...sentenceRules()];
}

function headerRules(): readonly FormRule[] {
  return [
    {
      id: 'authorization',
      starts: ['authorization'],
      isInner: true,
      pattern:
        /(authorization["'\\]{0,8}\s{0,4}(?:=>|:=|[:=,])\s{0,4}["'`\\]{0,8}(?:bearer|basic|token|api-?key|negotiate|bot|key|ssws|splunk|genie-?key)\s{1,4})([^\s"'`\\,;]{2,8192})/iy,
      accept: isLiteral,
    },
    {
      id: 'authorization',
      starts: ['authorization'],
      isInner: true,
      pattern:
        /(authorization["'\\]{0,8}\s{0,4}(?:=>|:=|[:=,])\s{0,4}["'`]?)((?:digest|aws4-hmac-sha256|hawk|oauth)\s[^\r\n`]{1,2048})/iy,
    },
    {
      id: 'authorization',
      starts: ['authorization'],
      isInner: true,
      pattern: /(authorization["'\\]{0,8}\s{0,4}(?:=>|:=|[:=,])\s{0,4}["'`\\]{0,8})([^\s"'`\\,;<>()]{8,4096})/iy,
      accept: isLooseValue,
    },
    {
      id: 'cookie',
      starts: ['cookie'],
      isInner: true,
      pattern: /(cookie["'\\]{0,8}\s{0,2}[:=,]\s{0,4}["'`\\]{0,8})([^\r\n"'`\\=;\s]{1,256}=[^\r\n"'`\\]{1,8192})/iy,
    },
    {
      id: 'cookie',
      starts: ['--cookie ', '-b '],
      pattern: /(-(?:-cookie|b)\s{1,4}["']?)([\w.-]{1,128}=[^\r\n"'\s]{8,4096}(?:;[^\r\n"']{1,4096})?)/iy,
      accept: hasDigit,
    },
    {
      id: 'bearer-token',
      starts: ['bearer'],
      pattern: /(bearer(?:\s{1,4}|%20))([\w.~+/=-]{16,8192})/iy,
      accept: hasDigit,
    },
    {
      id: 'basic-auth',
      starts: ['basic'],
      pattern: /(basic(?:\s{1,4}|%20))([A-Za-z0-9+/]{8,1024}={0,2})(?![\w+/=])/iy,
      accept: isBasicAuth,
    },
    {
      id: 'basic-auth',
      starts: ['auth'],
      pattern: /(auth["']?\s{0,4}[:=]\s{0,4}["']?)([A-Za-z0-9+/]{8,1024}={0,2})(?![\w+/=])/iy,
      accept: isBasicAuth,
    },
  ];
}

function urlRules(): readonly FormRule[] {
  return [
    {
      id: 'url-password',
      starts: ['://'],
      needs: '@',
      isInner: true,
      pattern:
        /(:\/\/[^\s:@/?#"'`<>\\]{0,128}:)(?!\d{1,5}(?:[/?#;,\s]|$))((?:[^\s"'`<>/,\\]{1,256}|[^\s"'`<>,\\]{1,128})(?=@[\w.[{$-]))/y,
      accept: isLiteral,
    },
    {
      id: 'url-user',
      starts: ['://'],
      needs: '@',
      isInner: true,
      pattern: /(:\/\/)([\w-]{20,256})(?=(?::x-oauth-basic|:)?@)/y,
      accept: hasDigit,
    },
    {
      id: 'url-signature',
      starts: ['?sig', '&sig', ';sig', 'u0026sig', 'x-amz-signature=', 'x-goog-signature='],
      isInner: true,
      pattern: /((?:[?&;]|u0026|x-amz-|x-goog-)sig(?:nature)?=)([\w%+/=.-]{16,1024})/iy,
    },
    {
      id: 'url-token',
      starts: [
        'x-amz-security-token=',
        '?code=',
        '&code=',
        '?key=',
        '&key=',
        '?auth=',
        '&auth=',
        '?apikey=',
        '&apikey=',
      ],
      isInner: true,
      pattern: /((?:x-amz-security-token|[?&](?:code|key|auth|apikey))=)([\w%+/=.-]{20,8192})/iy,
      accept: hasDigit,
    },
  ];
}

/** An option that is given a password after one of these programs, in the same command. */
function option(programs: readonly string[], flag: string, needs?: string): FormRule {
  const names = programs.join('|');
  return {
    id: 'command-password',
    starts: programs,
    ...(needs !== undefined && { needs }),
    pattern: new RegExp(
      String.raw`((?:${names})(?:\.exe)?[^\n|;&]{0,200}?\s${flag}["']?)([^\s"'|;&<>-][^\s"'|;&<>]{0,255})`,
      'iy',
    ),
    accept: isTightValue,
  };
}

function commandRules(): readonly FormRule[] {
  return [
    {
      id: 'command-user',
      starts: ['-u', '--user', '--proxy-user'],
      pattern: /((?<![\w-])(?:-u\s{0,4}|--(?:proxy-)?user[ =]\s{0,4})["']?[^\s:"'/%]{1,128}[:%])([^\s"'/]{1,256})/iy,
      accept: (secret) => isTightValue(secret) && !/^\d{1,5}$/.test(secret),
    },
    option(['mysql', 'mysqldump', 'mysqladmin', 'mysqlimport', 'mariadb', 'mariadb-dump', '7z', '7za'], '-p', ' -p'),
    option(
      ['sshpass', 'docker login', 'podman login', 'helm registry login', 'az login', 'oc login', 'cf login', 'nmcli'],
      String.raw`-p\s{0,4}`,
    ),
    option(
      ['mongo', 'mongosh', 'mongodump', 'mongorestore', 'mongoexport', 'mongoimport'],
      String.raw`-p\s{1,4}`,
      ' -p ',
    ),
    option(['redis-cli'], String.raw`-a\s{1,4}`, ' -a '),
    option(['ldapsearch', 'ldapadd', 'ldapmodify', 'ldapwhoami'], String.raw`-w\s{0,4}`, ' -w'),
    option(['sqlcmd', 'bcp', 'zip', 'unzip'], String.raw`-P\s{1,4}`, ' -P '),
    option(['xfreerdp', 'mstsc'], String.raw`\/p(?:ass)?:`, '/p'),
    option(
      ['htpasswd'],
      String.raw`-[a-zA-Z]{0,6}b[a-zA-Z]{0,6}\s{1,4}[^\s|;&]{1,200}\s{1,4}(?:[^\s|;&]{1,100}\s{1,4})?`,
    ),
    option(['net user', 'net use'], String.raw`[\w\\$.:]{1,100}\s{1,4}(?=\S{1,100}\s{1,4}\/)`),
    {
      id: 'command-password',
      starts: ['pass:'],
      pattern: /((?<=\s-pass(?:in|out)?\s{1,4}["']?)pass:)([^\s"']{1,256})/iy,
      accept: isLiteral,
    },
    {
      id: 'command-password',
      starts: ['echo '],
      pattern:
        /(echo\s{1,4}(?:-n\s{1,4})?["']?(?:[\w.-]{1,64}:)?)([^\s"'|;&]{4,128})(?=["']?\s{0,4}\|\s{0,4}(?:sudo\s{1,4}(?:-\w{1,8}\s{1,4}){0,3}-\w{0,8}S|(?:sudo\s{1,4})?chpasswd|passwd --stdin|docker login))/iy,
      accept: isTightValue,
    },
    {
      id: 'command-password',
      starts: ['convertto-securestring'],
      pattern: /(convertto-securestring\s{1,4}(?:-string\s{1,4})?["'])([^"'\r\n]{1,256})/iy,
      accept: isLiteral,
    },
    {
      id: 'aws-secret-key',
      starts: ['aws_secret_access_key', 'aws_session_token'],
      pattern: /(aws_(?:secret_access_key|session_token)["']?[\s=:]{1,8}["']?)([A-Za-z0-9/+=]{40,2048})/iy,
    },
    {
      id: 'aws-secret-key',
      starts: ['akia', 'asia'],
      pattern: /(A[KS]IA[A-Z2-7]{16}[\s,:;"'|/\\]{1,12})([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/y,
      accept: hasDigit,
    },
  ];
}

/** SQL, files of logins, and what people write. */
function sentenceRules(): readonly FormRule[] {
  return [
    {
      id: 'sql-password',
      starts: ['identified'],
      pattern:
        /(identified\s{1,4}(?:with\s{1,4}[\w']{1,64}\s{1,4})?(?:by|as)\s{1,4}(?:password\s{1,4})?["'])([^"'\r\n]{1,256})/iy,
      accept: isLiteral,
    },
    {
      id: 'sql-password',
      starts: ['password '],
      pattern:
        /(password\s{1,4}(?:for\s{1,4}[\w'"@.%]{1,64}\s{0,4})?(?:=\s{0,4})?(?:password\()?')([^'\r\n]{1,256})(?=')/iy,
      accept: isLiteral,
    },
    {
      id: 'sql-password',
      starts: ["password('"],
      pattern: /((?<![.\w])password\(')([^'\r\n]{1,256})/iy,
      accept: isLiteral,
    },
    {
      id: 'login-password',
      starts: ['login '],
      pattern: /(login\s{1,8}\S{1,128}\s{1,8}password\s{1,8})(\S{1,256})/iy,
      accept: isTightValue,
    },
    {
      id: 'told-secret',
      starts: [
        'password',
        'passphrase',
        'passcode',
        'token ',
        'secret ',
        'api key ',
        'access key ',
        'credentials ',
        'pin ',
      ],
      pattern:
        /((?:password|passphrase|passcode|token|secret|api key|access key|credentials|pin)(?: (?:for|of|to) [\w .@'-]{1,40}?)? (?:is|was|are|to|=|->)(?: now| set to)?:?\s{1,3}["'`]?)([^\s"'`,;]{4,256})/iy,
      accept: isTold,
    },
    // A line of .pgpass: host, port, database, user, password.
    {
      id: 'pgpass',
      starts: [':5432:', ':5433:'],
      isInner: true,
      pattern: /(:543[23]:[^:\s]{1,64}:[^:\s]{1,64}:)([^\s]{1,256})/y,
    },
  ];
}

/** A sentence goes on with words; a secret has digits among its letters, or signs. */
function isTold(secret: string): boolean {
  const word = secret.replace(/[.!?)]+$/, '');
  return isLooseValue(word) && !/^\d{1,4}[a-z]{0,2}$/i.test(word);
}
