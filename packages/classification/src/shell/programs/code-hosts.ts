/**
 * The command lines of code hosts, and other version control. Source: the gh and glab manuals, the svn and hg references. Pure
 * data.
 */

import { doing, family, reading } from './spec.js';

/** gh, glab, hub, svn and hg. */
export const CODE_HOSTS = family('the gh and glab manuals, the svn and hg references', {
  'gh glab hub': {
    verbs: true,
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
});
