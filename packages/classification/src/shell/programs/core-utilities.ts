/**
 * The core utilities of POSIX and GNU, and the shell's built-in commands that are like programs. Source: the POSIX.1-2024
 * utilities, the GNU coreutils and bash manuals. Pure data.
 */

import { doing, family, type Rule, reading } from './spec.js';

const UNIT = 'fs.write';

/** `test -v 'a[$(x)]'` and `printf %d 'a[$(x)]'` run `x` to work out the subscript. */
const ARITHMETIC: Rule = {
  id: 'subscript-command',
  level: 'destructive',
  text: 'Runs a command that is hidden in a subscript.',
  operand: /\[[^\]]*(?:\$\(|`)/,
  effects: ['exec'],
};

/** Core utilities. */
export const CORE_UTILITIES = family('the POSIX.1-2024 utilities, the GNU coreutils and bash manuals', {
  // Only print.
  'echo print': reading('*', 'text', { prints: true }),
  printf: reading('*', 'text', {
    prints: true,
    rules: [ARITHMETIC, { id: 'printf-variable', level: 'moderate', text: 'Sets a variable.', flags: '-v' }],
  }),
  'true false : return exit break continue shift wait jobs times': reading('*', 'text', { prints: true }),
  'test [ [[': reading('*', 'text', { prints: true, rules: [ARITHMETIC] }),
  'seq expr factor numfmt': reading('*', 'text', { prints: true }),
  'basename dirname': reading('-a -s= -z --multiple --suffix= --zero', 'text', { prints: true }),
  'yes sleep': reading('', 'text', { prints: true }),
  'let getopts unset shopt local bind complete compopt compgen disown bg fg hash': doing(
    'moderate',
    'shell-state',
    'Changes the state of this shell.',
  ),
  ulimit: reading('-a -H -S', 'none'),
  umask: reading('-S -p', 'none', {}),
  caller: reading('', 'text'),
  'type which whereis': reading('-a -p -P -t -f -b -m -s', 'text'),
  enable: doing('moderate', 'enable', 'Switches built-in commands on or off, or loads one from a file.', {
    rules: [{ id: 'enable-load', level: 'destructive', text: 'Loads code into the shell.', flags: '-f' }],
  }),
  // The machine.
  'pwd logname tty arch nproc sw_vers': reading('-L -P -s --all --ignore= -productVersion -productName', 'none'),
  whoami: reading('', 'none'),
  'id groups users': reading('-u -g -G -n -r -z --user --group --groups --name --real', 'text'),
  'who w last lastlog finger': reading('-a -b -d -H -l -m -q -r -s -t -T -u -f -h -n= -NUM', 'text'),
  uname: reading(
    '-a -s -n -r -v -m -p -i -o --all --kernel-name --nodename --kernel-release --machine --operating-system',
    'none',
  ),
  hostname: reading('-f -i -I -s -d -A --fqdn --ip-address --short', 'none', {
    act: { id: 'hostname', level: 'moderate', text: 'Sets the name of this machine.' },
  }),
  'uptime free vmstat iostat mpstat': reading(
    '-p -s -h -m -g -k -b -t -w -l -c= -a -d -x -n -S= --human --pretty --since',
    'text',
  ),
  date: reading('-u -d= -I -R -r= -j -v= -f= --date= --utc --iso-8601 --rfc-3339= --reference= --universal', 'text', {
    rules: [
      { id: 'date-set', level: 'destructive', text: 'Sets the clock of this machine.', flags: '-s --set' },
      { id: 'date-set', level: 'destructive', text: 'Sets the clock of this machine.', operand: /^\d{8}/ },
    ],
  }),
  'cal ncal': reading('-1 -3 -y -m= -j -A= -B= -h -w', 'text'),
  'locale getconf': reading('-a -m -k -c', 'text'),
  printenv: doing('moderate', 'environment-read', 'Shows environment variables, which often hold secrets.', {
    effects: ['secrets.read'],
  }),
  df: reading('-h -H -k -m -a -i -T -t= -x= -P -l --human-readable --total --output= -B=', 'list'),
  du: reading(
    '-h -s -a -c -d= -k -m -b -x -L -0 -S -H -P -l --max-depth= --human-readable --summarize --total --all --apparent-size --exclude= --time -t= -B=',
    'list',
  ),
  'lscpu lspci lsusb lsmod lsblk lsmem blkid findmnt lshw dmidecode sensors lsb_release numastat': reading(
    '-a -v -vv -k -n -nn -f -o= -t -J -e -p -b -d -S -h -s= -m -l -i -r -c -D -x --json --output= --bytes --fs --all -short',
    'text',
  ),
  dmesg: reading('-T -H -w -k -l= -f= -x -L -e -t --level= --human --follow --ctime', 'none', {
    rules: [
      {
        id: 'dmesg-clear',
        level: 'destructive',
        text: 'Erases the messages of the kernel.',
        flags: '-C -c --clear --read-clear',
      },
    ],
  }),
  // Lists.
  'ls dir vdir ll la exa eza lsd': reading(
    '-a -A -b -B -c -C -d -D -f -F -g -G -h -H -i -I= -k -l -L -m -n -N -o -p -q -Q -r -R -s -S -t -T= -u -U -v -w= -x -X -Z -1 --all --almost-all --color --color= --human-readable --sort= --time= --time-style= --reverse --recursive --size --si --group-directories-first --classify --full-time --directory --ignore= --hide= --format= --long --tree --level= --git --icons --inode --no-group',
    'list',
  ),
  tree: reading(
    '-a -d -f -i -l -L= -P= -I= -h -s -D -F -p -u -g -C -n -r -t -Q -J -X -v -x --dirsfirst --du --noreport --prune --gitignore --filelimit= --charset= --matchdirs --sort=',
    'list',
    {
      values: '-o',
      rules: [
        {
          id: 'tree-output',
          level: 'moderate',
          text: 'Writes the listing to a file.',
          flags: '-o -R',
          effects: [UNIT],
        },
      ],
    },
  ),
  stat: reading('-c= -f -L -t -x -s -l -n -r -F --format= --printf= --terse --dereference --file-system', 'list'),
  'realpath readlink': reading(
    '-e -f -m -n -q -s -z -L -P --canonicalize --canonicalize-existing --relative-to= --relative-base= --no-newline',
    'list',
  ),
  'pathchk namei': reading('-p -P -l -m -o -v -x', 'list'),
  file: reading(
    '-b -i -I -k -L -h -z -s -r -N -p -0 -F= -e= --mime --mime-type --mime-encoding --brief --dereference',
    'list',
    {
      rules: [
        {
          id: 'file-compile',
          level: 'moderate',
          text: 'Reads or compiles a magic file of its own.',
          flags: '-m -C -f --magic-file --compile',
        },
      ],
    },
  ),
  // Read contents.
  cat: reading(
    '-A -b -e -E -n -s -t -T -u -v --number --show-all --show-ends --show-tabs --squeeze-blank --number-nonblank',
    'read',
  ),
  'tac rev nl': reading(
    '-b= -r -s= -w= -n= -v= -i= -h= -f= -d= -p --before --regex --separator= --body-numbering=',
    'read',
  ),
  'head tail': reading(
    '-n= -c= -q -v -z -f -F -s= -NUM -1 -2 -3 -4 -5 -6 -7 -8 -9 -0 -r --lines= --bytes= --quiet --silent --verbose --follow --retry --pid= --sleep-interval=',
    'read',
  ),
  wc: reading('-c -m -l -L -w --bytes --chars --lines --words --max-line-length --total=', 'read'),
  'md5sum sha1sum sha224sum sha256sum sha384sum sha512sum b2sum cksum sum shasum md5 sha1 sha256 xxhsum': reading(
    '-a= -b -c -t -w -z -q -r -s --check --tag --binary --text --zero --quiet --status --strict --warn --ignore-missing --algorithm= -l=',
    'read',
  ),
  'cmp diff sdiff diff3 colordiff': reading(
    '-a -b -B -c -C= -d -e -E -i -I= -l -n -N -p -q -r -s -t -T -u -U= -v -w -W= -x= -X= -y -Z -0 -1 -2 -3 -5 --brief --unified --unified= --context= --recursive --ignore-all-space --ignore-space-change --ignore-blank-lines --ignore-case --side-by-side --suppress-common-lines --color --color= --exclude= --new-file --report-identical-files --width= --text --minimal --speed-large-files --strip-trailing-cr --no-dereference --label= --from-file= --bytes= --print-bytes --silent --quiet',
    'read',
    { rules: [{ id: 'diff-output', level: 'moderate', text: 'Writes the merged file.', flags: '-o --output' }] },
  ),
  comm: reading('-1 -2 -3 -12 -13 -23 -i -z --check-order --nocheck-order --output-delimiter= --total', 'read'),
  'od hexdump hd strings': reading(
    '-A= -t= -v -j= -N= -w= -x -c -d -o -b -C -n= -s= -e= -a -f -S= --address-radix= --format= --read-bytes= --bytes= --radix= --encoding= --all',
    'read',
  ),
  xxd: reading('-b -c= -g= -l= -p -s= -u -e -E -i -d -o= -plain -len=', 'read', {
    rules: [
      { id: 'xxd-write', level: 'moderate', text: 'Writes the converted file.', atLeast: 2 },
      { id: 'xxd-reverse', level: 'moderate', text: 'Turns text back into bytes.', flags: '-r' },
    ],
  }),
  'base64 base32 basenc': reading(
    '-d -D -i -w= -b= --decode --ignore-garbage --wrap= --base64 --base64url --base16',
    'read',
    { rules: [{ id: 'base64-output', level: 'moderate', text: 'Writes to a file.', flags: '-o --output' }] },
  ),
  // Change.
  'rm grm unlink': doing('moderate', 'rm', 'Deletes files.', { effects: ['fs.delete'], reversible: false }),
  rmdir: doing('moderate', 'rmdir', 'Removes empty folders.', { effects: ['fs.delete'] }),
  'shred srm': doing('moderate', 'shred', 'Overwrites files.', { effects: ['fs.delete'], reversible: false }),
  'trash trash-put gio': doing('moderate', 'trash', 'Moves files to the bin.', { effects: ['fs.delete'] }),
  'mv gmv rename': doing('moderate', 'mv', 'Moves files, replacing what is at the target.', { effects: [UNIT] }),
  'cp gcp install': doing('moderate', 'cp', 'Copies files, replacing what is at the target.', { effects: [UNIT] }),
  'ln link symlink': doing('moderate', 'ln', 'Makes a link.', { effects: [UNIT] }),
  'mkdir mkfifo mknod touch tee sponge mktemp': doing('moderate', 'create', 'Makes or changes files.', {
    effects: [UNIT],
  }),
  'truncate fallocate': doing('moderate', 'truncate', 'Changes the length of a file.', { effects: [UNIT] }),
  'split csplit': doing('moderate', 'split', 'Writes the parts of a file.', {
    effects: [UNIT],
    rules: [
      {
        id: 'split-filter',
        level: 'destructive',
        text: 'Runs a command for each part.',
        flags: '--filter',
        effects: ['exec'],
      },
    ],
  }),
  'dd gdd dcfldd': doing('moderate', 'dd', 'Copies raw data.', { effects: [UNIT] }),
  'chmod chown chgrp chattr setfacl chcon': doing('moderate', 'mode', 'Changes who may use files.', {
    effects: ['auth.change'],
  }),
  'lsattr getfacl getfattr': reading('-R -a -d -p -e -n= -l -v', 'list'),
  sync: reading('-d -f', 'none'),
  'clear reset tput stty': reading('', 'text'),
  // Processes.
  ps: reading(
    '-e -f -F -l -a -A -u= -U= -p= -C= -o= -x -w -ww -L -T -H -j -M -r -m -v -c -h --forest --sort= --no-headers --pid= --ppid= --user= -eo= -ef -aux',
    'text',
    {
      rules: [
        {
          id: 'ps-environment',
          level: 'moderate',
          text: 'Shows the environment of processes, which often holds secrets.',
          operand: /^[a-z]*e[a-z]*$/,
          effects: ['secrets.read'],
        },
        {
          id: 'ps-environment',
          level: 'moderate',
          text: 'Shows the environment of processes, which often holds secrets.',
          flags: '-E',
          effects: ['secrets.read'],
        },
      ],
    },
  ),
  'top htop btop atop': reading('-b -n= -d= -p= -u= -c -H -o= -l= -i -1 -s= -stats=', 'none'),
  'pgrep pidof pstree': reading('-a -f -l -n -o -u= -U= -x -c -d= -g= -P= -v -w -h -p -s -i -T -A', 'text'),
  lsof: reading('-i -i= -n -P -p= -u= -c= -t -a -d= -s= +D= -l -F= -U -b -R', 'text'),
  fuser: reading('-v -n= -u -a -m', 'text', {
    rules: [
      { id: 'fuser-kill', level: 'destructive', text: 'Stops every process that uses a file.', flags: '-k --kill' },
    ],
  }),
  'kill pkill killall skill': doing('moderate', 'kill', 'Stops processes.', { effects: ['exec'], reversible: false }),
  'renice ionice taskset': doing('moderate', 'priority', 'Changes the priority of a process.'),
  'at batch': doing('moderate', 'at', 'Runs commands later.', { effects: ['persist'] }),
  atrm: doing('moderate', 'atrm', 'Removes jobs that were to run later.'),
  atq: reading('', 'none'),
  crontab: {
    subcommands: {},
    act: {
      id: 'crontab',
      level: 'destructive',
      text: 'Replaces the jobs that run by themselves.',
      effects: ['persist'],
    },
    reads: '-l -u=',
    only: '-l',
    rules: [
      {
        id: 'crontab-remove',
        level: 'destructive',
        text: 'Removes every job that runs by itself.',
        flags: '-r',
        effects: ['persist', 'data.delete'],
        reversible: false,
        alternative: 'Edit single lines with crontab -e.',
      },
    ],
    operands: 'none',
  },
  'man info apropos whatis help tldr': reading('-k -f -a -w -s= -K --apropos --whatis --where', 'text', {
    rules: [
      {
        id: 'man-program',
        level: 'destructive',
        text: 'Runs a program to show a page.',
        flags: '-P -H -l -C --pager --html --local-file',
        effects: ['exec'],
      },
    ],
  }),
  'readelf objdump nm size addr2line otool': reading(
    '-a -h -l -S -s -d -D -r -x -t -T -n -C -g -u -p -f -A -W -H -L -I -e= -i= -j= -M= --headers --symbols --sections --demangle --dynamic --file-headers --all --disassemble',
    'read',
  ),
  'java javac': {
    reads: '-version --version',
    only: '-version --version',
    style: 'long',
    operands: 'none',
    act: { id: 'build', level: 'moderate', text: 'Runs code of the project.', effects: ['exec'] },
  },
  'less more most': reading('-N -S -R -F -X -i -I -n -s -M -E -e -G -J -r', 'read', {
    rules: [
      {
        id: 'pager-command',
        level: 'destructive',
        text: 'Runs a command from inside the pager.',
        operand: /^\+.*[!|]/,
        effects: ['exec'],
      },
      { id: 'pager-start', level: 'moderate', text: 'Gives a command to the pager.', operand: /^\+/ },
    ],
  }),
  'logger wall write mesg': doing('moderate', 'message', 'Sends a message to the log or to users.', {
    effects: ['message.send'],
  }),
  'open xdg-open start': doing('moderate', 'open', 'Opens something with the program meant for it.', {
    effects: ['exec'],
  }),
});
