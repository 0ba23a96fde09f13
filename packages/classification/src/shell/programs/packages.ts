/**
 * Package managers, build tools and test runners. Source: the manuals of npm, pnpm, yarn, pip, cargo, go, apt, dnf, brew and
 * their like. Pure data.
 */

import { doing, family, type ProgramSpec, reading, tool } from './spec.js';

const installs = doing('moderate', 'install', 'Installs software, which may run code of others.', {
  effects: ['exec', 'net.egress'],
});
const publishes = doing('destructive', 'publish', 'Publishes a version for everybody, which cannot be taken back.', {
  effects: ['message.send', 'infra.change'],
  reversible: false,
  rules: [],
});
const unpublishes = doing('critical', 'unpublish', 'Takes a published version away from everybody who uses it.', {
  effects: ['data.delete', 'infra.change'],
  reversible: false,
});
const removes = doing('moderate', 'uninstall', 'Removes software.', { effects: ['fs.delete'] });
const account = doing('destructive', 'registry-access', 'Changes who may publish or sign in.', {
  effects: ['auth.change'],
});
const list = reading('*', 'text');

const NODE_PACKAGES: ProgramSpec = {
  values: '--prefix -C -w --workspace --registry --filter --cwd --loglevel',
  subcommands: {
    'ls list ll la view info v show outdated why explain root prefix bin help search help-search ping-list query fund pkg-list docs-list doctor-list':
      list,
    'install i add ci update upgrade up dedupe link rebuild create init dlx exec x run run-script test t start build dev pack prune store cache import patch fetch deploy version shrinkwrap pkg set-script bugs repo docs':
      installs,
    audit: {
      ...reading('--json --omit= --audit-level= --prod --production --dev -P -D --level=', 'none'),
      subcommands: { signatures: list, fix: installs },
    },
    'uninstall remove rm un unlink': removes,
    publish: {
      ...publishes,
      rules: [{ id: 'publish-try', level: 'moderate', text: 'Tries out publishing.', flags: '--dry-run' }],
    },
    unpublish: unpublishes,
    npm: { subcommands: { publish: publishes } },
    deprecate: doing('destructive', 'deprecate', 'Marks a published version as not to be used.', {
      effects: ['infra.change'],
    }),
    'owner access token team org profile adduser login logout dist-tag': account,
    whoami: list,
    config: {
      subcommands: {
        'get list ls': reading('--json -l -g --location=', 'text', {
          rules: [
            {
              id: 'npm-token',
              level: 'moderate',
              text: 'Reads a token.',
              operand: /_auth|token|password/i,
              effects: ['secrets.read'],
            },
          ],
        }),
      },
      act: {
        id: 'npm-config',
        level: 'moderate',
        text: 'Changes settings of the package manager.',
        effects: ['persist'],
      },
    },
    cache: {
      subcommands: { 'clean clear': doing('moderate', 'cache-clean', 'Empties a cache.'), 'ls list dir verify': list },
    },
  },
  act: { id: 'install', level: 'moderate', text: 'Runs a script of the project.', effects: ['exec'] },
};

/** Package managers and build tools. */
export const PACKAGES = family('the manuals of npm, pnpm, yarn, pip, cargo, go, apt, dnf, brew and their like', {
  'npm pnpm yarn bun': {
    ...NODE_PACKAGES,
    lines: {
      changes:
        'publish --dry-run; publish -n; pack; version; unpublish --dry-run; npm publish --dry-run; publish -r --dry-run',
      reads:
        'outdated !--fix; config get|list; npm info|whoami; pm ls|whoami|bin|hash; workspaces list|info; ls|list|why|info|view; licenses list|ls; store status|path; cache ls|dir; team ls; access list|ls|get; owner ls; dist-tag ls|list; token list; profile get; sbom; doctor; ping; plugin list|runtime; config|c get',
      publishes: 'publish; npm publish; npm tag add',
      access:
        'npm login|logout; access set|grant|revoke; team add|rm|create|destroy; profile set|enable-2fa|disable-2fa; token create|revoke; owner add|rm; org set|rm',
    },
  },
  'corepack nvm fnm volta n': doing('moderate', 'node-version', 'Changes the version of Node.', {
    subcommands: { 'ls list current ls-remote which': list },
  }),
  'pip pip3 pipx': {
    subcommands: {
      'list show freeze check inspect debug help search': list,
      'install download wheel upgrade inject run ensurepath': installs,
      'uninstall uninstall-all': removes,
      config: { subcommands: { 'list get debug': list } },
      cache: { subcommands: { 'list info dir': list } },
      index: { subcommands: { versions: list } },
    },
    act: { id: 'install', level: 'moderate', text: 'Works with Python packages.', effects: ['exec'] },
  },
  'poetry uv pipenv pdm hatch rye conda mamba micromamba': {
    lines: {
      reads:
        'config --list|--show|--show-sources; config list|get; env list|info|show|export !-f; --version; python list|find|dir; tool list|dir; cache dir|info|list; self show; source show; . --version|-V; pip list|show|tree|check|freeze; dep show *; run --list; list|info|search',
      changes:
        'publish --dry-run; remove|uninstall !--all; clean; env remove *; cache clear|clean|prune|remove; self update|add|remove',
      publishes: 'publish',
      deletes:
        'env remove; remove --all; env prune; env remove --all; remove --name|-n --all; self uninstall; uninstall --all; --rm; . --rm|--clear; clean --all --force-pkgs-dirs',
      access: 'config repositories.* *; auth *; config pypi-token.* *; config http-basic.* *',
      overwrites: 'self lock; install --revision',
    },
    subcommands: {
      'show list search check version tree graph info about': reading('*', 'text', {
        rules: [{ id: 'fix', level: 'moderate', text: 'Changes files.', flags: '--fix' }],
      }),
      publish: publishes,
      'remove uninstall': removes,
      pip: {
        subcommands: { 'list show freeze check tree': list, uninstall: removes },
        act: { id: 'install', level: 'moderate', text: 'Installs Python packages.', effects: ['exec'] },
      },
      env: {
        subcommands: {
          'list info': list,
          remove: doing('moderate', 'env-remove', 'Removes an environment that can be made again.'),
        },
      },
      cache: { act: { id: 'cache-clean', level: 'moderate', text: 'Works with a cache.' } },
    },
    act: {
      id: 'install',
      level: 'moderate',
      text: 'Installs packages or runs code of the project.',
      effects: ['exec'],
    },
  },
  cargo: {
    lines: {
      reads:
        'tree|metadata|search|info|pkgid|locate-project; --list; . --list|--version|-V; owner --list|-l; config get; fmt --check; report *; outdated',
      changes: 'publish --dry-run; publish -n; yank --undo; package; release --dry-run',
      publishes: 'release --execute|-x; publish; workspaces publish',
      access: 'owner --add|--remove; login|logout',
      deletes: 'cache --autoclean; cache -a|--remove-dir; sweep',
      overwrites: 'fix --allow-dirty; sqlx database drop|reset; sqlx migrate revert',
    },
    subcommands: {
      'tree metadata locate-project pkgid search version help read-manifest verify-project': list,
      publish: publishes,
      yank: unpublishes,
      'owner login logout': account,
      uninstall: removes,
      clean: doing('moderate', 'cargo-clean', 'Deletes what a build makes again.', { effects: ['fs.delete'] }),
    },
    act: {
      id: 'build',
      level: 'moderate',
      text: 'Builds or runs code of the project or of its dependencies.',
      effects: ['exec'],
    },
  },
  rustup: {
    subcommands: {
      'show check which doc': list,
      self: doing('destructive', 'rustup-self', 'Changes or removes rustup itself.', {
        subcommands: { update: installs },
      }),
    },
    act: { id: 'install', level: 'moderate', text: 'Changes the Rust installation.', effects: ['exec'] },
  },
  go: {
    subcommands: {
      'list version doc help vet-list': reading('*', 'text', {
        rules: [
          {
            id: 'go-toolexec',
            level: 'moderate',
            text: 'Runs a program or changes modules.',
            flags: '-toolexec -exec -u -mod',
            effects: ['exec'],
          },
        ],
        style: 'long',
      }),
      env: reading('-json', 'text', {
        style: 'long',
        rules: [
          { id: 'go-env', level: 'moderate', text: 'Changes settings of Go.', flags: '-w -u', effects: ['persist'] },
        ],
      }),
      clean: doing('moderate', 'go-clean', 'Deletes what a build makes again.'),
    },
    act: {
      id: 'build',
      level: 'moderate',
      text: 'Builds or runs code of the project or of its dependencies.',
      effects: ['exec'],
    },
    style: 'long',
  },
  gem: {
    subcommands: {
      'list search info environment which contents dependency outdated specification query help': list,
      push: publishes,
      yank: unpublishes,
      owner: account,
      'uninstall cleanup': removes,
    },
    act: { id: 'install', level: 'moderate', text: 'Works with Ruby packages.', effects: ['exec'] },
  },
  bundle: {
    subcommands: {
      'list show info outdated platform check licenses viz': reading('', 'text'),
      'clean remove': removes,
    },
    act: {
      id: 'install',
      level: 'moderate',
      text: 'Installs packages or runs code of the project.',
      effects: ['exec'],
    },
  },
  twine: { subcommands: { check: reading('--strict', 'text'), 'upload register': publishes } },
  'semantic-release np': tool({
    changes: '. --dry-run|-d|--preview|--no-publish|--no-ci=*; . --help',
    reads: '. --version',
    publishes: '.; *',
  }),
  'vsce ovsx changeset release-it': {
    lines: {
      reads: 'ls|list|show|search|verify-pat|status; . --version',
      changes:
        '. --dry-run|-d|--no-publish|--preview; publish --dry-run; version; add; init; package; pre; tag; ls-publishers; login|logout; generate-evsx',
      publishes: 'publish; . -y|--yes|--ci; minor|major|patch|prerelease',
      access: 'create-publisher|delete-publisher|create-namespace; login',
    },
    act: { id: 'release', level: 'moderate', text: 'Makes a release.', effects: ['infra.change'] },
    rules: [
      {
        ...{
          id: 'publish',
          level: 'destructive',
          text: 'Publishes a version for everybody, which cannot be taken back.',
          effects: ['infra.change'],
        },
        operand: /^(?:publish)$/,
      },
      { id: 'unpublish', level: 'critical', text: 'Takes a published version away.', operand: /^unpublish$/ },
    ],
  },
});
