/**
 * Text tools, search, structured data and archives. Source: GNU manuals of grep, sed, sort, tar; the manuals of ripgrep, jq,
 * yq, gzip, zip. Pure data.
 */

import { doing, family, reading } from './spec.js';

const RUNS = ['exec'] as const;

/** Text tools and archives. */
export const TEXT_TOOLS = family('GNU manuals of grep, sed, sort, tar; the manuals of ripgrep, jq, yq, gzip, zip', {
  'grep egrep fgrep zgrep ggrep': reading(
    '-a -A= -b -B= -c -C= -d= -D= -e= -E -f= -F -G -h -H -i -I -l -L -m= -n -o -P -q -r -R -s -T -U -v -w -x -y -z -Z -NUM -1 -2 -3 -5 -0 --color --color= --colour= --include= --exclude= --exclude-dir= --exclude-from= --ignore-case --invert-match --line-number --files-with-matches --files-without-match --count --recursive --only-matching --word-regexp --line-regexp --quiet --silent --no-messages --max-count= --context= --after-context= --before-context= --extended-regexp --fixed-strings --perl-regexp --regexp= --file= --text --with-filename --no-filename --null --binary-files= --line-buffered --no-ignore-case --label=',
    'pattern',
  ),
  'rg ripgrep': reading(
    '-a -A= -B= -C= -c -e= -E= -f= -F -g= -h -H -i -I -j= -l -L -m= -M= -n -N -o -p -P -q -r= -s -S -t= -T= -u -uu -uuu -U -v -V -w -x -0 -. --files --type= --type-not= --type-list --glob= --iglob= --hidden --no-ignore --no-ignore-vcs --ignore-case --smart-case --case-sensitive --fixed-strings --line-number --no-line-number --heading --no-heading --color= --count --count-matches --files-with-matches --files-without-match --max-count= --max-depth= --context= --after-context= --before-context= --multiline --multiline-dotall --only-matching --word-regexp --line-regexp --pcre2 --replace= --json --stats --sort= --sortr= --vimgrep --no-filename --with-filename --trim --null --follow --invert-match --regexp= --column --max-columns= --passthru --no-messages --text --max-filesize= --no-config --debug --threads= --quiet --unrestricted --glob-case-insensitive',
    'pattern',
    {
      rules: [
        {
          id: 'rg-program',
          level: 'destructive',
          text: 'Runs a program for every file.',
          flags: '--pre --hostname-bin',
          effects: [...RUNS],
        },
        {
          id: 'rg-decompress',
          level: 'moderate',
          text: 'Runs decompression programs.',
          flags: '-z --search-zip',
          effects: [...RUNS],
        },
      ],
    },
  ),
  'ag ack pt': reading(
    '-i -l -L -c -n -v -w -A= -B= -C= -g= -G= -Q -s -S -H -h --hidden --ignore= --ignore-dir= --nocolor --color --literal --type= --js --ts --py --group --nogroup',
    'pattern',
    {
      rules: [
        { id: 'ag-program', level: 'moderate', text: 'Runs a program to show results.', flags: '--pager --output' },
      ],
    },
  ),
  'sed gsed': reading(
    '-n -e= -E -r -s -u -z -l= --quiet --silent --expression= --regexp-extended --separate --unbuffered --null-data --posix --debug --sandbox',
    'pattern',
    {
      act: { id: 'sed', level: 'moderate', text: 'Changes text with a script of its own.', effects: ['fs.write'] },
      rules: [
        {
          id: 'sed-in-place',
          level: 'moderate',
          text: 'Changes files in place.',
          flags: '-i -I --in-place',
          effects: ['fs.write'],
        },
      ],
    },
  ),
  'cut paste join column fold fmt pr expand unexpand look tsort': reading(
    '-b= -c= -d= -f= -n -s -z -t= -x -o= -w= -a= -e= -i -j= -v= -1= -2= -l= -N= -O= -R= -T= -E= -u -p= -h= --delimiter= --fields= --characters= --bytes= --complement --output-delimiter= --only-delimited --table --separator= --width= --spaces --serial --zero-terminated --tabs= --json --check-order --nocheck-order --header',
    'read',
  ),
  tr: reading('-c -C -d -s -t --delete --squeeze-repeats --complement --truncate-set1', 'text'),
  sort: reading(
    '-b -c -C -d -f -g -h -i -k= -m -M -n -r -R -s -t= -u -V -z --key= --field-separator= --reverse --numeric-sort --human-numeric-sort --version-sort --unique --stable --check --ignore-case --general-numeric-sort --month-sort --random-sort --zero-terminated --parallel= -S= --buffer-size= --sort= --dictionary-order --ignore-leading-blanks',
    'read',
    {
      values: '-o --output -T --temporary-directory --compress-program --files0-from --random-source',
      rules: [
        {
          id: 'sort-output',
          level: 'moderate',
          text: 'Writes the sorted lines to a file.',
          flags: '-o --output',
          effects: ['fs.write'],
        },
        {
          id: 'sort-program',
          level: 'destructive',
          text: 'Runs a program for temporary files.',
          flags: '--compress-program',
          effects: [...RUNS],
        },
      ],
    },
  ),
  uniq: reading(
    '-c -d -D -f= -i -s= -u -w= -z --count --repeated --unique --ignore-case --skip-fields= --skip-chars= --check-chars= --all-repeated --group',
    'read',
    {
      rules: [
        {
          id: 'uniq-output',
          level: 'moderate',
          text: 'Writes the lines to a file.',
          atLeast: 2,
          effects: ['fs.write'],
        },
      ],
    },
  ),
  shuf: reading('-e -i= -n= -r -z --echo --input-range= --head-count= --repeat', 'text', {
    rules: [{ id: 'shuf-output', level: 'moderate', text: 'Writes the lines to a file.', flags: '-o --output' }],
  }),
  'jq gojq jaq': reading(
    '-r -c -n -s -S -e -j -a -C -M -R --raw-output --compact-output --null-input --slurp --sort-keys --exit-status --join-output --tab --indent= --color-output --monochrome-output --raw-input --arg= --argjson= --slurpfile= --rawfile= --args --jsonargs --stream --seq --unbuffered',
    'pattern',
    {
      rules: [
        {
          id: 'jq-environment',
          level: 'moderate',
          text: 'Reads environment variables, which often hold secrets.',
          operand: /\benv\b|\$ENV|\$__prog/,
          effects: ['secrets.read'],
        },
        { id: 'jq-file', level: 'moderate', text: 'Runs a filter from a file.', flags: '-f --from-file -L' },
      ],
    },
  ),
  'yq xq tomlq dasel': reading(
    '-r -c -o= -p= -P -e -n -N -C -M -j -y --output-format= --input-format= --prettyPrint --no-doc --exit-status --unwrapScalar --null-input',
    'pattern',
    {
      rules: [
        {
          id: 'yq-in-place',
          level: 'moderate',
          text: 'Changes files in place.',
          flags: '-i --inplace --in-place -s --split-exp',
          effects: ['fs.write'],
        },
        {
          id: 'yq-environment',
          level: 'moderate',
          text: 'Reads the environment or other files.',
          operand: /\b(?:env|strenv|load\w*|envsubst|system)\b/,
          effects: ['secrets.read'],
        },
      ],
    },
  ),
  xmllint: reading('--noout --format --xpath= --valid --schema= --pretty= --nonet', 'read'),
  'csvcut csvgrep csvlook csvstat csvsort mlr xsv qsv': reading('*', 'text', {
    rules: [
      {
        id: 'csv-change',
        level: 'moderate',
        text: 'May write files or run commands.',
        flags: '-I -o --output --from --prepipe --prepipex --tee -e --split',
      },
      {
        id: 'csv-change',
        level: 'moderate',
        text: 'May write files or run commands.',
        operand: /^(?:tee|split|put|filter|nothing|case|system|exec)$/,
      },
    ],
  }),
  'bat batcat': reading(
    '-n -p -A -l= -H= -r= -P --plain --style= --color= --paging= --language= --line-range= --theme= --number --list-languages --list-themes --decorations= --no-pager',
    'read',
    { rules: [{ id: 'bat-pager', level: 'moderate', text: 'Runs a pager.', flags: '--pager' }] },
  ),
  'cloc tokei scc sloccount loc': reading(
    '--json --by-file --vcs= --exclude-dir= --include-lang= -f= --files -e= -t= -s= --sort= --quiet --csv --no-cocomo',
    'list',
  ),
  'iconv dos2unix unix2dos': doing('moderate', 'convert', 'Converts text, perhaps in place.', {
    effects: ['fs.write'],
  }),
  envsubst: doing('moderate', 'envsubst', 'Puts environment variables into text.', { effects: ['secrets.read'] }),
  'patch ed ex vi vim nvim nano emacs micro helix pico': doing('moderate', 'edit', 'Changes files.', {
    effects: ['fs.write'],
    rules: [
      {
        id: 'editor-command',
        level: 'destructive',
        text: 'Runs a command from inside the editor.',
        operand: /^\+!|^:!|:\s*!/,
        effects: [...RUNS],
      },
      {
        id: 'editor-command',
        level: 'destructive',
        text: 'Runs a command from inside the editor.',
        flags: '-c --cmd --eval',
        value:
          /!|system\(|shell-command|delete-(?:file|directory)|\b(?:call\s+)?delete\(|writefile\(|job_start\(|os\.(?:execute|remove)/,
        effects: [...RUNS],
      },
    ],
    values: '-c --cmd --eval',
  }),
  // Archives.
  'tar gtar bsdtar': reading(
    '-t -f= -v -z -j -J -a --list --file= --verbose --gzip --bzip2 --xz --zstd --auto-compress --exclude= --wildcards --full-time',
    'text',
    {
      values: '-C --directory -T --files-from -X --exclude-from -I --use-compress-program --to-command',
      act: { id: 'tar', level: 'moderate', text: 'Packs or unpacks an archive.', effects: ['fs.write'] },
      only: '-t --list',
      rules: [
        {
          id: 'tar-bundle',
          level: 'moderate',
          text: 'Packs or unpacks an archive.',
          operand: /^[a-zA-Z]*[cxru][a-zA-Z]*$/,
          effects: ['fs.write'],
        },
      ],
    },
  ),
  unzip: reading('-l -v -t -Z -z -q', 'text', {
    only: '-l -v -t -Z -z',
    act: { id: 'unzip', level: 'moderate', text: 'Unpacks an archive.', effects: ['fs.write'] },
  }),
  zipinfo: reading('-1 -2 -l -s -m -v -h -t -z', 'text'),
  zip: doing('moderate', 'zip', 'Packs files into an archive.', {
    effects: ['fs.write'],
    rules: [
      {
        id: 'zip-move',
        level: 'destructive',
        text: 'Deletes the files that it packed.',
        flags: '-m --move',
        effects: ['fs.delete'],
        reversible: false,
      },
      {
        id: 'zip-delete',
        level: 'destructive',
        text: 'Deletes files from the archive.',
        flags: '-d --delete',
        effects: ['data.delete'],
      },
      {
        id: 'zip-test',
        level: 'destructive',
        text: 'Runs a command to test the archive.',
        flags: '-TT --unzip-command',
        effects: [...RUNS],
      },
    ],
  }),
  'zcat bzcat xzcat zstdcat lzcat gzcat zless zmore': reading('-f -q -v', 'read'),
  'gzip gunzip bzip2 bunzip2 xz unxz zstd unzstd lz4 pigz lzma compress uncompress': reading(
    '-l -t -c -d -k -n -q -v -1 -3 -6 -9 -T= --list --test --stdout --to-stdout --decompress --uncompress --keep --threads=',
    'read',
    {
      only: '-l -t -c --list --test --stdout --to-stdout',
      act: {
        id: 'compress',
        level: 'moderate',
        text: 'Replaces files by packed or unpacked ones.',
        effects: ['fs.write'],
      },
    },
  ),
  '7z 7za 7zr unrar rar ar cpio pax': doing('moderate', 'archive', 'Packs or unpacks an archive.', {
    style: 'long',
    effects: ['fs.write'],
    rules: [
      {
        id: 'archive-delete',
        level: 'destructive',
        text: 'Deletes files from the archive or after packing.',
        flags: '-sdel -df -dr',
        effects: ['fs.delete'],
      },
    ],
  }),
  // Search by name; find.ts judges what they run and delete.
  'find gfind': reading(
    '-H -L -P -name= -iname= -path= -ipath= -wholename= -regex= -iregex= -type= -xtype= -size= -mtime= -mmin= -atime= -amin= -ctime= -cmin= -newer= -newermt= -anewer= -cnewer= -user= -group= -uid= -gid= -perm= -empty -maxdepth= -mindepth= -depth -prune -print -print0 -printf= -ls -not -o -a -or -and -mount -xdev -follow -quit -true -false -links= -inum= -samefile= -readable -writable -executable -nouser -nogroup -regextype= -daystart -noleaf -warn -nowarn -used= -fstype=',
    'list',
    { style: 'long' },
  ),
  'fd fdfind': reading(
    '-H -I -u -s -i -g -F -a -l -L -p -0 -d= -t= -e= -E= -c= -S= -o= -1 --hidden --no-ignore --type= --extension= --exclude= --max-depth= --min-depth= --glob --absolute-path --full-path --follow --print0 --color= --size= --changed-within= --changed-before= --case-sensitive --ignore-case --list-details --max-results=',
    'text',
  ),
  'locate mlocate plocate': reading('-i -c -l= -n= -r -b -e -0 --regex --limit=', 'text'),
});
