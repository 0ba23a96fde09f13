/**
 * The command lines of code hosts, and other version control. Source: the gh and glab manuals, the svn and hg references. Pure
 * data.
 */

import { cli, doing, family, reading, tool } from './spec.js';

/** gh, glab, hub, svn and hg. */
export const CODE_HOSTS = family('the gh and glab manuals, the svn and hg references', {
  'gh glab hub': {
    verbs: true,
    lines: {
      reads:
        '* list|ls|view|status|diff|checks|get; extension|alias|config|project|ruleset|codespace|gist|org|label|variable|cache list|ls|view|get|search|field-list|item-list|check; pipeline|ci|job|mr|incident|schedule|milestone|iteration list|ls|view|status|get|trace|lint; search *; help; version; attestation verify; release view|list; repo contributors|list|view|search; ruleset check; user events; api !-X !--method !-f !-F !--field !--raw-field !--input',
      changes:
        'pr|mr create|checkout|comment|close|reopen|review|ready|edit|merge|approve|note|update|rebase|todo|subscribe|for|update-branch|lock|unlock !--admin; issue create|comment|close|reopen|edit|pin|unpin|note|update|transfer|develop|subscribe|lock|unlock; run rerun|cancel|watch|download; workflow run|enable|disable; release create|upload|download|edit; gist create|edit|clone|rename; repo clone|create|fork|sync|set-default|rename !--force; label create|edit|clone; extension install|upgrade|create|exec|remove; alias set|import|delete; codespace create|ssh|code|cp|logs|ports|edit|rebuild; project create|item-add|item-create|item-edit|edit|link|copy|close|field-create|mark-template; ci run|retry|cancel|trigger; auth refresh|setup-git; config set; variable set; browse; pipeline run|retry|cancel; ci delete --dry-run; codespace stop; project item-archive; attestation download; repo gitignore; repo license *; agent-task *; cache list',
      secrets:
        'auth token; secret list --app; api *secret*; variable get|export; codespace jupyter; auth status -t|--show-token',
      stops:
        'run cancel --force; schedule delete; ruleset delete; runner delete|pause; repo autolink delete; pr revert; project unlink; pr lock --reason; runner *; cluster *; changelog publish',
      access:
        'repo edit --visibility|--default-branch|--delete-branch-on-merge; repo edit *; repo deploy-key *; repo transfer; deploy-key *; ssh-key|gpg-key add|delete; token *; repo members *; auth logout; repo archive|unarchive; repo autolink *; secret set --org; secret delete|remove; variable delete; secret remove; api */protection -X|--method=DELETE|PUT; repo mirror *; securefile *; user *; api */keys -X|--method=POST; org *; repo deploy-key delete|add; attestation trusted-root; group member *',
      overwrites:
        'repo sync --force; codespace rebuild --full; pr merge --admin; repo rename; repo edit --default-branch; release edit --tag; api -X=PUT */contents/*; mr merge --skip-*; repo publish *; pr update-branch --rebase --force; repo set-topic',
      deletes:
        '* delete|remove; gist|codespace|label|cache|project|release|run|issue|milestone delete; release delete-asset; project item-delete|field-delete; ci delete; pipeline delete; mr delete; issue delete; label delete; codespace delete; * rm',
      wrecks: 'repo|project delete; group delete; org delete',
    },
    values:
      '-R --repo -L --limit -q --jq --json -t --template -X --method -H --header -f -F --field --raw-field --input',
    subcommands: {
      'pr issue run workflow release label gist cache mr ci': {
        subcommands: {
          'list view status diff checks': reading('*', 'text'),
          delete: doing('destructive', 'gh.delete', 'Deletes something that others share.', {
            effects: ['data.delete'],
            reversible: false,
          }),
          'delete-asset': doing('destructive', 'gh.delete', 'Deletes something that others share.', {
            effects: ['data.delete'],
            reversible: false,
          }),
          merge: doing('moderate', 'gh.merge', 'Merges a pull request for everybody.', {
            effects: ['vcs.rewrite'],
            rules: [
              {
                id: 'gh.merge-admin',
                level: 'destructive',
                text: 'Merges past the checks that protect the branch.',
                flags: '--admin',
              },
            ],
          }),
        },
        act: {
          id: 'gh.change',
          level: 'moderate',
          text: 'Changes something that others share.',
          effects: ['message.send'],
        },
      },
      repo: {
        subcommands: {
          'list view': reading('*', 'text'),
          delete: doing('critical', 'gh.repo-delete', 'Deletes a whole remote repository.', {
            effects: ['data.delete', 'vcs.rewrite'],
            reversible: false,
          }),
          'archive edit rename': doing('destructive', 'gh.repo-change', 'Changes a repository for everybody.', {
            effects: ['infra.change'],
          }),
        },
        act: { id: 'gh.repo', level: 'moderate', text: 'Makes or copies a repository.' },
      },
      api: {
        reads: '*',
        act: {
          id: 'gh.api',
          level: 'moderate',
          text: 'Makes a request to the host of the repository.',
          effects: ['net.egress'],
        },
        rules: [
          {
            id: 'gh.api-write',
            level: 'moderate',
            text: 'May change something that others share.',
            flags: '-X --method -f -F --field --raw-field --input',
            effects: ['net.egress'],
          },
          {
            id: 'gh.api-secret',
            level: 'moderate',
            text: 'Asks for something that may be secret.',
            operand: /secret|token|key|:\/\//,
            effects: ['secrets.read'],
          },
          {
            id: 'gh.repo-delete',
            level: 'critical',
            text: 'Deletes a whole remote repository.',
            flags: '-X --method',
            value: /^delete$/i,
            operand: /^\/?(?:repos\/[^/]+\/[^/]+|projects\/[^/]+|orgs\/[^/]+|groups\/[^/]+)$/,
            effects: ['data.delete', 'vcs.rewrite'],
            reversible: false,
          },
          {
            id: 'gh.api-delete',
            level: 'destructive',
            text: 'Deletes something that others share.',
            flags: '-X --method',
            value: /^delete$/i,
            effects: ['data.delete'],
            reversible: false,
          },
          {
            id: 'gh.api-delete',
            level: 'destructive',
            text: 'Deletes something that others share.',
            operand: /mutation|delete[A-Z]/,
          },
        ],
      },
      'secret variable': {
        subcommands: {
          list: reading('*', 'text'),
          'delete remove': doing('destructive', 'gh.secret-delete', 'Deletes a secret that workflows need.', {
            effects: ['auth.change', 'data.delete'],
          }),
        },
        act: {
          id: 'gh.secret',
          level: 'moderate',
          text: 'Changes a secret of the repository.',
          effects: ['auth.change'],
        },
      },
      auth: {
        subcommands: {
          status: reading('-h= --hostname= --active', 'none'),
          token: doing('moderate', 'gh.token', 'Shows the access token.', { effects: ['secrets.read'] }),
        },
        act: {
          id: 'gh.auth',
          level: 'moderate',
          text: 'Changes how this machine is signed in.',
          effects: ['auth.change'],
        },
      },
      'ssh-key gpg-key': {
        subcommands: {
          list: reading('*', 'text'),
          delete: doing('destructive', 'gh.key-delete', 'Removes a key from the account.', {
            effects: ['auth.change'],
          }),
          add: doing('destructive', 'gh.key-add', 'Gives a key access to the account.', { effects: ['auth.change'] }),
        },
      },
      'status search browse': reading('*', 'text'),
    },
  },
  'svn hg': {
    verbs: false,
    subcommands: {
      'status st log diff info annotate blame summary branches tags heads parents root list ls cat id identify':
        reading('-r= -v -q -l= --limit= -c= -g --git --stat -p --xml', 'text'),
      revert: doing('destructive', 'vcs.revert', 'Throws away changes that were not committed.', {
        effects: ['data.delete'],
        reversible: false,
      }),
      'delete del rm remove purge strip rollback': doing('destructive', 'vcs.delete', 'Deletes files or history.', {
        effects: ['vcs.rewrite'],
      }),
    },
  },

  'cvs bzr fossil': tool({
    reads:
      'status|st|log|diff|annotate|info|ls|timeline|version|cat|missing|rstatus|extras|changes|leaves|settings|history; branch list; tag list',
    changes:
      'commit|ci|add|update|up|checkout|co|merge|branch|push|pull|clone|open|close|sync|addremove|mv|undo|stash|tag|init|import|export|rebuild|server|ui|test-*',
    overwrites:
      'revert|uncommit|purge|shun|scrub|clean|admin|rm|remove|delete|rtag|clean-tree|reconfigure|break-lock|amend|reparent|all; purge *; stash drop; tag cancel; user *; clean *; config reset; configuration reset|pull',
  }),
  jj: cli({
    reads:
      'log|status|st|diff|show|interdiff|evolog|obslog|help|version|root|files; op|operation log|show|diff; bookmark|branch|tag|workspace|config|file list|show|get|annotate|path; git remote list; resolve --list; sparse list; cat',
    changes:
      'new|commit|describe|desc|edit|squash|split|rebase|merge|duplicate|backout|revert|sign|fix|next|prev|move|undo|redo|absorb|parallelize|simplify-parents|resolve|unsquash|diffedit|init|clone|parallelize; git clone|fetch|push|init|import|export; bookmark|branch create|set|move|track|rename; config set|edit; file track|untrack|chmod; workspace add|update-stale; sparse set|edit; gerrit upload',
    overwrites:
      'abandon; restore; op|operation restore|abandon|undo|revert; util gc; git push --delete|--deleted|--all; bookmark|branch delete|forget; workspace forget; git remote remove; config unset; tag delete; git push --allow-backwards',
  }),
  'tea hut': cli({
    reads:
      '* list|ls|show|view; whoami; issues; pulls; releases|labels|milestones|repos|branches|times|notifications|orgs',
    changes:
      'issues|pulls create|close|reopen|edit|checkout|merge|approve; login; open; clone; releases create; comment; paste create; git clone|create',
    deletes: '* delete|rm; releases delete; repos delete; times delete|reset',
    access: 'git acl *; * acl *; meta *-key *; admin *; login delete; logout',
  }),
  p4: tool({
    reads:
      'opened|status|info|changes|describe|files|fstat|diff|diff2|filelog|print|where|have|clients|users|branches|labels|sizes|dirs|annotate|help|interchanges|counters|depots|groups|protects|jobs|streams|grep|reviews|workspaces|ping|cstat; login -s; monitor show; sync -n',
    changes:
      'edit|add|delete|submit|sync|resolve|integrate|merge|copy|move|shelve|unshelve|reconcile|reopen|change|login|logout|client|branch|label|tag|job|fix|populate|lock|unlock|set|update|stream|switch|resolved|flush|archive|rename|have; revert -n; revert -a; label *; client *',
    overwrites:
      'revert|clean|undo|unload; revert *; clean *; sync -f; shelve -d; change -d|-f; reconcile -w; undo *; obliterate; prune; branch|label|stream|job|workspace -d',
    deletes:
      'obliterate|journaldbchecksums|archive; change -d; verify -u; client -d; user -d; depot -d; label -d; branch -d; stream -d; group -d; obliterate *; server -d; remote -d',
    access:
      'protect|passwd|group|triggers|configure|admin|dbschema|typemap|tickets|license|renameuser|restore|journalcopy; protect *; admin *; configure *; monitor terminate|pause; counter -f; user -f; trust *; keys',
  }),
  'svnadmin svnlook svnsync svndumpfilter svnrdump': tool({
    reads:
      'tree|log|info|cat|changed|diff|history|youngest|author|date|uuid|verify|lstxns|lslocks|help|propget|proplist|filesize|dirs-changed|lock|freeze|status',
    changes: 'create|hotcopy|dump|pack|initialize|synchronize|sync|init|exclude|include',
    overwrites:
      'rmtxns|rmlocks|load|setlog|setrevprop|recover|setuuid|unlock|upgrade|delrevprop|deltify|rev-size|lock|build-repcache|copy-revprops|dump-revprops|load-revprops',
  }),
  'git-lfs git-crypt git-secret pre-commit husky lefthook commitizen cz commitlint conventional-changelog standard-version git-cliff':
    tool({
      reads:
        'ls-files|status|env|version|list|whoknows|ls|check|sample-config|validate-config|validate-manifest|dump|example|schema|info; ls *',
      changes:
        'install|run|track|untrack|fetch|pull|push|checkout|add|hide|reveal|autoupdate|gc|commit|bump|init|uninstall|try-repo|migrate-config|set|changes|clone|update|unlock|lock|tell|logs|fsck|dedup|changelog|self-update',
      overwrites:
        'migrate *; migrate import|export|info; clean; prune --verify-remote; killperson|removeperson; prune; remove; unlock --force|-f; rm-gpg-user',
      secrets: 'cat; export-key; reveal',
    }),
  'bfg git-filter-repo': doing('destructive', 'git.filter', 'Rewrites the whole history.', {
    effects: ['vcs.rewrite', 'data.delete'],
    reversible: false,
    lines: { reads: '. --version|--help', changes: '. --analyze|--dry-run' },
  }),
  'act gitlab-runner jenkins-cli circleci buildkite-agent drone travis woodpecker-cli': cli({
    reads:
      '. -l|--list|-n|--dryrun|--graph|--version; list; verify; config validate|process; lint; * ls|list|info|show|describe|status|branches|history|logs|whoami; context list; orb list|info|validate|source; diagnostic; version; list-*; get-*; console; who-am-i; build ls|info|last|logs; user info|ls; meta-data get|exists|keys; artifact search; env get; help; whatsup; accounts; branches; status; runner instance|resource-class|token list; open; whoami; show; job list|get|describe',
    changes:
      'push|pull_request; build; run *; exec; register; start|restart; setup; local execute; create-*; build *; start|run; annotate; artifact upload|download; pipeline upload; meta-data set; trigger; follow; login; encrypt; config pack; context create; pipeline create|run; enable-job; update-job; install; cache *; log info; deploy|exec *; sync; template *; connect-*; copy-job|replay-*; wait-*; lock; install-plugin; env set; policy *; step *; tool *; redact *',
    stops:
      'stop; unregister; uninstall; cancel|cancel-*; disable|disable-*; quiet-down|cancel-quiet-down; shutdown; safe-shutdown; safe-restart; restart *; stop-builds|offline-node|disconnect-node|clear-queue; reload-configuration; build stop|decline|kill|purge|rollback; repo disable|repair|chown; disable-job; pause; build decline; rollback; online-node; runner instance *; step cancel',
    access:
      'secret *; secret add|rm|update; orgsecret *; user add|rm|update; context store-secret|remove-secret|delete|restrict; namespace *; org *; env add|set|unset|clear|copy; token *; sshkey *; settings *; pubkey *; setup-*; groovy|groovysh *; repo update|chown|sync; runner token *; add-job-to-view; key *; global *; admin *; registry *; cron *; policy push; reset-token; import-credentials-as-xml; update-credentials-*; env delete; orb publish|promote|unlist',
    deletes:
      'delete-*; cache *delete*; * rm|delete|remove|purge; cache --delete; logs --delete; context delete; repo rm; cron rm; remove-job-from-view; build purge; server destroy; autoscale pause; sshkey --delete',
    runs: 'groovy *; groovysh; groovy',
  }),
});
