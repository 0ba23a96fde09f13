/** Ways to write a command so that a shell still does the same: none of them may lower what the command is judged. */

export interface Rewrite {
  readonly kind: string;
  readonly apply: (command: string) => string;
}

/** Plain dangerous commands: words without quotes, so that every rewrite keeps their meaning. */
export const PLAIN_DANGERS: readonly string[] = [
  'rm -rf src',
  'rm -rf /',
  'find . -delete',
  'dd if=/dev/zero of=/dev/sda',
  'mkfs.ext4 /dev/sdb1',
  'shred -u notes.db',
  'chmod -R 777 /',
  'git reset --hard',
  'git clean -fdx',
  'git push --force origin feature',
  'kubectl delete namespace prod',
  'docker system prune -af --volumes',
  'terraform destroy -auto-approve',
  'aws ec2 terminate-instances --instance-ids i-1',
  'gcloud projects delete prod',
  'dropdb prod',
  'redis-cli FLUSHALL',
  'npm publish',
  'shutdown -h now',
  'userdel -r bob',
];

export const REWRITES: readonly Rewrite[] = [
  ...onWords({
    'quotes, single': (word) => `'${word}'`,
    'quotes, double': (word) => `"${word}"`,
    'quotes inside': (word) => `${word.slice(0, 1)}""${word.slice(1)}`,
    'quotes around one letter': (word) => `'${word.slice(0, 1)}'${word.slice(1)}`,
    backslash: (word) => `\\${word}`,
    'ansi hex': (word) => `$'${hex(word)}'`,
    'ansi octal': (word) => `$'${octal(word)}'`,
    'empty variable inside': (word) => `${word.slice(0, 1)}$@${word.slice(1)}`,
    'default of a variable': (word) => `\${nothing_set:-${word}}`,
    substitution: (word) => `$(echo ${word})`,
    backticks: (word) => `\`echo ${word}\``,
    'printf substitution': (word) => `"$(printf '%s' ${word})"`,
  }),
  ...onText({
    'spaces and tabs': (text) => `  ${text.replaceAll(' ', '\t  ')}  `,
    'line continuation': (text) => text.replaceAll(' ', ' \\\n '),
    'IFS for spaces': (text) => text.replaceAll(' ', '$' + '{IFS}'),
    'braces for words': (text) => `{${text.replaceAll(' ', ',')}}`,
    comment: (text) => `${text} # harmless`,
    background: (text) => `${text} &`,
    'after a harmless one': (text) => `ls; ${text}`,
    'after and': (text) => `true && ${text}`,
    'after or': (text) => `false || ${text}`,
    'on its own line': (text) => `ls\n${text}\nls`,
    negated: (text) => `! ${text}`,
    timed: (text) => `time ${text}`,
    subshell: (text) => `(${text})`,
    group: (text) => `{ ${text}; }`,
    'in an argument': (text) => `echo "$(${text})"`,
    'in a pattern': (text) => `ls a[$(${text})]`,
    'in braces': (text) => `ls {a,$(${text})}`,
    'in arithmetic': (text) => `echo $((a[$(${text})]))`,
    'in a test': (text) => `[[ -n $(${text}) ]]`,
    'in an assignment': (text) => `x=$(${text})`,
    'in a default': (text) => `: \${nothing_set:=$(${text})}`,
    'process substitution': (text) => `cat <(${text})`,
    'if and loop': (text) => `if true; then for i in 1; do ${text}; done; fi`,
    case: (text) => `case x in x) ${text};; esac`,
    function: (text) => `f() { ${text}; }; f`,
    'function over words': (text) => `f() { "$@"; }; f ${text}`,
    alias: (text) => `alias q='${text}'; q`,
    trap: (text) => `trap '${text}' EXIT`,
    variable: (text) => `c='${text}'; $c`,
    'variable for the program': (text) => text.replace(/^\S+/, (program) => `p=${program}; "$p"`),
    array: (text) => `a=(${text}); "\${a[@]}"`,
    'positional words': (text) => `set -- ${text}; "$@"`,
    eval: (text) => `eval '${text}'`,
    'eval of a variable': (text) => `c='${text}'; eval "$c"`,
    'sh -c': (text) => `sh -c '${text}'`,
    'bash -lc twice': (text) => `bash -lc "sh -c '${text}'"`,
    'here-document': (text) => `bash <<'E'\n${text}\nE`,
    'here-string': (text) => `bash <<< '${text}'`,
    'piped to a shell': (text) => `echo '${text}' | sh`,
    'base64 to a shell': (text) => `echo ${Buffer.from(text).toString('base64')} | base64 -d | sh`,
    'base64 in eval': (text) => `eval "$(echo ${Buffer.from(text).toString('base64')} | base64 --decode)"`,
    'hex to a shell': (text) => `echo ${Buffer.from(text).toString('hex')} | xxd -r -p | sh`,
    'reversed to a shell': (text) => `echo '${[...text].reverse().join('')}' | rev | sh`,
    'escapes to a shell': (text) => `printf '${hex(text)}' | sh`,
    'written, then run': (text) => `echo '${text}' > x.sh; sh x.sh`,
    'written, then run as a program': (text) => `echo '${text}' > x.sh && chmod +x x.sh && ./x.sh`,
    'source of a substitution': (text) => `source <(echo '${text}')`,
    env: (text) => `env A=b ${text}`,
    'env -S': (text) => `env -S '${text}'`,
    sudo: (text) => `sudo -n -u root ${text}`,
    'chain of wrappers': (text) => `nohup nice -n 5 timeout 60 stdbuf -oL ${text}`,
    command: (text) => `command ${text}`,
    exec: (text) => `exec ${text}`,
    busybox: (text) => `busybox env ${text}`,
    'full path': (text) => `/usr/bin/${text}`,
    watch: (text) => `watch -n 1 '${text}'`,
    flock: (text) => `flock /tmp/l ${text}`,
    'xargs with its words': (text) => `true | xargs ${text}`,
    'xargs sh -c': (text) => `echo x | xargs -I{} sh -c '${text}'`,
    'find -exec': (text) => `find . -maxdepth 0 -exec ${text} \\;`,
    'ssh to a host': (text) => `ssh host '${text}'`,
    python: (text) => `python3 -c 'import os; os.system("${text}")'`,
    node: (text) => `node -e 'require("child_process").execSync("${text}")'`,
    perl: (text) => `perl -e 'system("${text}")'`,
    awk: (text) => `awk 'BEGIN{system("${text}")}'`,
    make: (text) => `printf 'all:\\n\\t${text}\\n' | make -f -`,
    'npm exec': (text) => `npm exec -c '${text}'`,
    'git alias': (text) => `git -c alias.x='!${text}' x`,
  }),
];

function onText(kinds: Readonly<Record<string, (text: string) => string>>): readonly Rewrite[] {
  return Object.entries(kinds).map(([kind, apply]) => ({ kind, apply }));
}

/** Rewrites of the program and its first flag, word by word. */
function onWords(kinds: Readonly<Record<string, (word: string) => string>>): readonly Rewrite[] {
  return Object.entries(kinds).map(([kind, write]) => ({
    kind,
    apply: (command) =>
      command
        .split(' ')
        .map((word, at) => (at < 2 ? write(word) : word))
        .join(' '),
  }));
}

function hex(text: string): string {
  return [...text].map((char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
}

function octal(text: string): string {
  return [...text].map((char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`).join('');
}
