/**
 * git. Source: the git reference manual 2.47. Pure data.
 */

import { doing, family, type Rule, reading } from './spec.js';

const PATHS = '-s -p -u -q -z --stat --name-only --name-status --oneline --no-color --color --color=';
const DIFF_READS = `${PATHS} -b -w -M -C -U= -W -R -a -c -cc -m -r -t -S= -G= -O= --cached --staged --numstat --shortstat --summary --patch --no-patch --word-diff --word-diff= --unified= --diff-filter= --check --exit-code --quiet --raw --minimal --ignore-all-space --ignore-space-change --ignore-blank-lines --function-context --merge-base --no-index --relative --find-renames --diff-algorithm= --histogram --patience --compact-summary --dirstat --no-renames --submodule --no-ext-diff --no-textconv --stat=`;
const LOG_READS = `${DIFF_READS} -n= -NUM -1 -2 -3 -4 -5 -6 -7 -8 -9 -L= -i -E -g -0 --graph --all --decorate --decorate= --pretty --pretty= --format= --abbrev-commit --abbrev= --author= --committer= --grep= --since= --until= --after= --before= --max-count= --skip= --follow --first-parent --merges --no-merges --reverse --date= --date-order --topo-order --branches --branches= --tags --tags= --remotes --remotes= --left-right --cherry-pick --show-signature --no-decorate --simplify-by-decoration --walk-reflogs --source --no-walk --all-match --invert-grep --ancestry-path --count --children --parents --boundary --relative-date --full-history`;

const PROGRAMS: readonly Rule[] = [
  {
    id: 'git-program',
    level: 'moderate',
    text: 'May run programs that the repository names.',
    flags: '--ext-diff --textconv --open-files-in-pager --output --upload-pack --exec --receive-pack',
    effects: ['exec'],
  },
];
const lose = (id: string, text: string, alternative?: string) =>
  ({
    id: `git.${id}`,
    level: 'destructive',
    text,
    effects: ['vcs.rewrite', 'data.delete'],
    reversible: false,
    ...(alternative !== undefined && { alternative }),
  }) as const;
const change = (id: string, text: string, more: Parameters<typeof doing>[3] = {}) =>
  doing('moderate', `git.${id}`, text, more);

/** git. */
export const GIT = family('the git reference manual 2.47', {
  git: {
    reads: '-C= -P --no-pager --no-optional-locks --literal-pathspecs --no-replace-objects --version --help',
    values: '-c --git-dir --work-tree --exec-path --namespace --config-env -C',
    rules: PROGRAMS,
    subcommands: {
      status: reading(
        '-s -b -v -u -z --short --branch --porcelain --porcelain= --long --untracked-files --untracked-files= --ignored --ignored= --show-stash --ahead-behind --no-ahead-behind --renames --column',
        'text',
      ),
      'log shortlog whatchanged': reading(`${LOG_READS} -e -c --numbered --email --group=`, 'text'),
      show: reading(LOG_READS, 'text'),
      'diff-tree': reading(`${DIFF_READS} -r -t -m -c --cc -s --root --no-commit-id --always --stdin`, 'text'),
      'diff diff-index diff-files range-diff': reading(DIFF_READS, 'text'),
      'blame annotate': reading(
        '-L= -w -C -M -e -s -l -t -p -c -b -f -n --date= --porcelain --line-porcelain --show-email --show-name --ignore-rev= --since= --reverse --abbrev=',
        'text',
      ),
      'rev-parse rev-list name-rev describe merge-base cherry show-ref for-each-ref ls-tree ls-files cat-file count-objects var check-ignore check-attr verify-commit verify-tag fsck grep help version show-branch ls-remote-cached get-tar-commit-id merge-tree patch-id stripspace check-mailmap check-ref-format diagnose-list':
        reading('*', 'text', {
          rules: [
            {
              id: 'git-open',
              level: 'moderate',
              text: 'Opens files in a program.',
              flags: '-O --open-files-in-pager --filters --lost-found',
            },
          ],
        }),
      'ls-remote': reading(
        '--heads --branches --tags --refs -h -b -t -q --quiet --symref --get-url --sort= --exit-code',
        'text',
        {
          act: {
            id: 'git.ls-remote',
            level: 'moderate',
            text: 'Asks a remote repository for its branches.',
            effects: ['net.egress'],
          },
          rules: [
            {
              id: 'git.ls-remote-url',
              level: 'moderate',
              text: 'Asks a repository at an address on the line for its branches.',
              operand: /[:\\]|^[./~]/,
              effects: ['net.egress'],
            },
            {
              id: 'git.ext',
              level: 'destructive',
              text: 'Runs a program in place of a remote repository.',
              operand: /^ext::/,
              effects: ['exec'],
            },
          ],
        },
      ),
      reflog: {
        subcommands: {
          'show exists list': reading(LOG_READS, 'text'),
          expire: doing('destructive', 'git.reflog-expire', 'Removes the way back to earlier states.', {
            effects: ['vcs.rewrite', 'data.delete'],
            reversible: false,
          }),
          delete: doing('destructive', 'git.reflog-delete', 'Removes the way back to an earlier state.', {
            effects: ['vcs.rewrite'],
            reversible: false,
          }),
        },
        reads: LOG_READS,
      },
      branch: reading(
        '-a -r -v -vv -l -i --list --all --remotes --verbose --contains= --no-contains= --merged --merged= --no-merged --no-merged= --show-current --sort= --format= --points-at= --column --no-column --abbrev=',
        'text',
        {
          act: { id: 'git.branch', level: 'moderate', text: 'Makes or changes a branch.', effects: [] },
          rules: [
            {
              ...lose(
                'branch-delete-force',
                'Deletes a branch even where its commits are nowhere else.',
                'Delete it with git branch -d, which keeps unmerged work.',
              ),
              flags: '-D',
            },
            {
              ...lose('branch-delete-force', 'Deletes a branch even where its commits are nowhere else.'),
              all: '--delete --force',
            },
            { ...lose('branch-force', 'Moves a branch to another commit by force.'), flags: '-f -M -C --force' },
            {
              id: 'git.branch-change',
              level: 'moderate',
              text: 'Makes or changes a branch.',
              operand: /./,
              without: '-l --list --contains --no-contains --merged --no-merged --points-at -a -r',
            },
          ],
        },
      ),
      tag: reading('-l -n --list --contains= --points-at= --sort= --merged= --format= --no-contains= -v', 'text', {
        act: { id: 'git.tag', level: 'moderate', text: 'Makes or changes a tag.' },
        rules: [
          {
            id: 'git.tag-change',
            level: 'moderate',
            text: 'Makes or changes a tag.',
            operand: /./,
            without: '-l --list --contains --points-at -n -v',
          },
          {
            id: 'git.tag-delete',
            level: 'destructive',
            text: 'Deletes or moves a tag.',
            flags: '-d -f --delete --force',
            effects: ['vcs.rewrite'],
          },
        ],
      }),
      remote: {
        subcommands: {
          'get-url': reading('--push --all', 'text'),
          show: doing('moderate', 'git.remote-show', 'Asks a remote repository.', { effects: ['net.egress'] }),
          'remove rm': doing('destructive', 'git.remote-remove', 'Removes a remote and all its tracked branches.', {
            effects: ['vcs.rewrite'],
          }),
          'add rename set-url set-head set-branches update prune': change(
            'remote',
            'Changes where this repository gets and sends its commits.',
          ),
        },
        reads: '-v --verbose',
        operands: 'none',
      },
      stash: {
        subcommands: {
          list: reading(LOG_READS, 'text'),
          show: reading(DIFF_READS, 'text'),
          drop: { act: lose('stash-drop', 'Throws away changes that were kept aside.') },
          clear: { act: lose('stash-clear', 'Throws away all changes that were kept aside.') },
        },
        act: { id: 'git.stash', level: 'moderate', text: 'Keeps changes aside or brings them back.' },
      },
      config: reading(
        '-l --list --get --get-all --get-regexp --show-origin --show-scope --local --global --system --name-only -z --type= --default= --worktree',
        'text',
        {
          subcommands: {},
          act: { id: 'git.config', level: 'moderate', text: 'Changes settings of git.', effects: ['persist'] },
          rules: [
            {
              id: 'git.config-set',
              level: 'moderate',
              text: 'Changes settings of git.',
              atLeast: 2,
              without: '--get --get-all --get-regexp',
              effects: ['persist'],
            },
            {
              id: 'git.config-set',
              level: 'moderate',
              text: 'Changes settings of git.',
              operand: /^(?:set|unset|edit|rename-section|remove-section)$/,
              effects: ['persist'],
            },
            {
              id: 'git.config-secret',
              level: 'moderate',
              text: 'Reads a setting that may hold a secret.',
              operand: /token|password|extraheader/i,
              effects: ['secrets.read'],
            },
          ],
        },
      ),
      reset: change('reset', 'Moves the branch or takes files out of the next commit.', {
        rules: [
          {
            ...lose(
              'reset-hard',
              'Throws away changes that were not committed.',
              'Keep the changes aside with git stash, or use git reset --keep.',
            ),
            flags: '--hard --merge',
          },
        ],
      }),
      clean: {
        only: '-n --dry-run',
        act: lose('clean', 'Deletes files that are in no commit.', 'Look first with git clean -n.'),
        reads: '-n -d -x -X -q -e= --dry-run',
        rules: [
          {
            ...lose('clean', 'Deletes files that are in no commit.', 'Look first with git clean -n.'),
            without: '-n --dry-run',
          },
        ],
      },
      push: change('push', 'Sends commits to a remote repository.', {
        effects: ['net.egress'],
        rules: [
          {
            id: 'git.ext',
            level: 'destructive',
            text: 'Runs a program in place of a remote repository.',
            operand: /^ext::/,
            effects: ['exec'],
          },
        ],
      }),
      'fetch pull clone': change(
        'fetch',
        'Gets commits from a remote repository, whose hooks and settings may run programs.',
        {
          effects: ['net.egress'],
          rules: [
            {
              id: 'git.ext',
              level: 'destructive',
              text: 'Runs a program in place of a remote repository.',
              operand: /^ext::/,
              effects: ['exec'],
            },
            { id: 'git.pull-force', level: 'destructive', text: 'Overwrites local branches.', all: '-f --force' },
          ],
        },
      ),
      'add commit merge cherry-pick revert am apply mv init worktree notes sparse-checkout bundle archive format-patch bisect submodule checkout restore rm rebase maintenance pack-refs repack commit-tree write-tree hash-object mktag mktree update-index fast-import':
        change('change', 'Changes the repository or the working files.', { effects: ['fs.write'] }),
      notes: change('notes', 'Changes notes on commits.', {
        effects: ['vcs.rewrite'],
        subcommands: {
          'show list get-ref': reading('', 'text'),
          'remove prune': { act: lose('notes-remove', 'Removes notes on commits.') },
        },
      }),
      'sparse-checkout': change('sparse-checkout', 'Changes which files are checked out.', {
        subcommands: { 'list check-rules': reading('', 'text') },
      }),
      switch: change('change', 'Changes the repository or the working files.', {
        effects: ['fs.write'],
        rules: [
          {
            id: 'git.switch-discard',
            level: 'destructive',
            text: 'Throws away changes that were not committed.',
            flags: '--discard-changes -f --force -C --force-create',
          },
        ],
      }),
      'filter-branch filter-repo': { act: lose('filter', 'Rewrites the whole history.') },
      'read-tree checkout-index': change('index', 'Changes the index or the working files from it.', {
        rules: [
          {
            ...lose('index-overwrite', 'Overwrites files even where their changes were not committed.'),
            flags: '--reset -f --force',
          },
        ],
      }),
      'symbolic-ref': reading('-q --quiet --short --no-recurse', 'text', {
        rules: [
          { id: 'git.ref', level: 'moderate', text: 'Points a reference at another branch.', atLeast: 2 },
          { ...lose('update-ref-delete', 'Deletes a reference.'), flags: '-d --delete' },
        ],
      }),
      'update-ref replace': change('ref', 'Changes a branch or reference directly.', {
        rules: [{ ...lose('update-ref-delete', 'Deletes a reference.'), flags: '-d --delete' }],
      }),
      gc: change('gc', 'Tidies the repository.', {
        rules: [
          {
            ...lose('gc-prune', 'Deletes commits that no branch holds, so that they cannot be brought back.'),
            flags: '--prune',
            value: /now|all/,
          },
          { ...lose('gc-aggressive-prune', 'Deletes commits that no branch holds.'), all: '--prune=now' },
        ],
      }),
      prune: { act: lose('prune', 'Deletes commits that no branch holds, so that they cannot be brought back.') },
      credential: doing('moderate', 'git.credential', 'Reads or changes stored passwords.', {
        effects: ['secrets.read'],
      }),
      lfs: {
        subcommands: {
          'ls-files status env version': reading('*', 'text'),
          prune: doing('moderate', 'git.lfs-prune', 'Deletes old copies of large files.'),
        },
      },
      worktree: {
        subcommands: {
          list: reading('--porcelain -v -z', 'none'),
          remove: doing('moderate', 'git.worktree-remove', 'Removes a working folder.', {
            effects: ['fs.delete'],
            rules: [
              {
                ...lose('worktree-force', 'Removes a working folder with changes that were not committed.'),
                flags: '-f --force',
              },
            ],
          }),
        },
        act: { id: 'git.worktree', level: 'moderate', text: 'Makes or changes working folders.' },
      },
      bisect: {
        subcommands: { 'log view visualize': reading('', 'text') },
        act: { id: 'git.bisect', level: 'moderate', text: 'Checks out commits one after another.' },
      },
      submodule: {
        subcommands: {
          'status summary': reading('--cached --recursive', 'text'),
          deinit: { act: lose('submodule-deinit', 'Removes the files of a submodule.') },
        },
        act: { id: 'git.submodule', level: 'moderate', text: 'Changes or runs commands in submodules.' },
      },
      rebase: change('rebase', 'Rewrites the commits of this branch.', { effects: ['vcs.rewrite'] }),
      commit: change('commit', 'Makes a commit, running the hooks of the repository.', {
        rules: [
          {
            id: 'git.amend',
            level: 'moderate',
            text: 'Rewrites the last commit.',
            flags: '--amend',
            effects: ['vcs.rewrite'],
          },
        ],
      }),
    },
  },
});
