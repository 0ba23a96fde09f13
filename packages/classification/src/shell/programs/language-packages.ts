/**
 * Package and version managers of languages beyond those in `packages.ts`. Pure data.
 */

import { cli, doing, family, tool } from './spec.js';

const remove = 'remove|uninstall|rm|r|clean|prune|purge|delete|unpin|unlink|deactivate';

/** Package and version managers of languages. */
export const LANGUAGE_PACKAGES = family(
  'The manuals of Composer, CocoaPods, opam, LuaRocks, CPAN, Hex, Stack, Cabal, vcpkg, Conan, Spack, Flit, Maturin, NuGet, .NET, Dart, Flutter, asdf, mise, rbenv, pyenv, SDKMAN!, tfenv, Devbox, Deno, JSR and Expo',
  {
    composer: tool({
      reads:
        'show|list|info|search|outdated|licenses|depends|prohibits|validate|check-platform-reqs|diagnose|why|why-not|suggests|about|browse|fund|status|audit',
      changes: `install|update|require|dump-autoload|init|create-project|global|run-script|exec|self-update|config|archive|clear-cache|reinstall|bump|${remove}`,
    }),
    pod: tool({
      reads:
        'search|list|outdated|env; spec cat; spec which; spec lint; lib lint; trunk info; trunk me; repo list; cache list; ipc *',
      changes: 'install|update|init|deintegrate|setup|try; repo add|update|remove; cache clean; trunk register',
      publishes: 'trunk push|delete|deprecate; repo push',
      access: 'trunk add-owner|remove-owner; trunk me clean-sessions',
    }),
    'mix rebar3': tool({
      reads:
        'help|deps|hex.info|hex.search|hex.outdated|hex.audit|app.tree|xref|tree|plugins|version|app.config; hex.organization list; phx.routes; deps.tree; ecto.migrations',
      changes:
        'compile|test|deps.get|deps.update|format|new|run|release|escriptize|clean|deps.clean|credo|dialyzer|phx.*; ecto.create|ecto.migrate|ecto.gen.migration|ecto.dump',
      publishes: 'hex.publish|hex.retire; hex publish|retire|cut',
      access: 'hex.owner|hex.user|hex.organization|hex.registry *; hex owner|user *',
      overwrites:
        'ecto.drop|ecto.reset|ecto.rollback|ecto.load; event_store.drop|event_store.reset; ash.reset|ash.tear_down|ash_postgres.drop',
    }),
    'stack cabal': tool({
      reads: 'list|info|ls|path|query|templates|outdated|list-bin|check; ls *; --version',
      changes:
        'build|install|test|run|exec|update|init|new|clean|setup|ghci|repl|bench|haddock|freeze|configure|get|fetch',
      publishes: 'upload',
    }),
    'opam luarocks cpan cpanm nimble dub easy_install vcpkg spack carthage paket': tool({
      reads:
        'list|show|search|info|status|config|env|find|versions|dependencies|outdated|show-installed-packages; switch list|show; lint; option; var; dump; x-history; owned; describe; compilers; arch; find-refs; find-packages; show-groups; spec',
      changes: `install|update|upgrade|init|pin|build|test|make|switch|repository|repo|exec|reinstall|import|add|restore|integrate|bootstrap|checkout|copy-frameworks|archive|outdated|run|load|env|concretize|mirror|buildcache|gc|remove|${remove}`,
      publishes: 'publish|upload|push; registry *; owner *',
    }),
    conan: tool({
      reads:
        'list|search|inspect|info|version|audit; graph *; profile show; profile list; config show; remote list; config home',
      changes:
        'install|create|build|export|export-pkg|download|new|source|test|remove; lock *; profile detect; remote add; remote login; cache *; config install; editable *',
      publishes: 'upload; remove -r|--remote',
      deletes: 'remove -r|--remote; remove *; cache clean; remote remove',
    }),
    'flit maturin': tool({
      changes: 'build|install|develop|init|new|list-python|generate-ci|sdist',
      publishes: 'publish|upload',
    }),
    nuget: tool({
      reads: 'list|search|verify|config; locals all -list; sources list; sources; help; trusted-signers list',
      changes: 'install|restore|update|pack|add|init|sign|spec|locals',
      publishes: 'push|delete; mirror',
      access: 'setapikey; sources remove|disable|update; trusted-signers add|remove; client-certs *',
    }),
    dotnet: tool({
      reads:
        'list *; --version; --info; --list-sdks; --list-runtimes; nuget locals all --list; tool list; workload list|search; nuget why; nuget list *; ef migrations list; ef dbcontext info|list; package search; sln list; sdk check; user-secrets list; list; . --version; . --info; . --list-sdks|--list-runtimes; reference list',
      changes:
        'build|run|test|restore|publish|new|add|remove|clean|format|pack|watch|msbuild|vstest|store|script; sln *; tool *; workload *; dev-certs *; ef database update; ef migrations add; ef migrations script; ef dbcontext *; nuget add; nuget update; nuget locals *; user-secrets set; user-secrets init; build-server *; nuget locals|add|update|verify|sign|trust *; ef migrations add|script|bundle',
      publishes: 'nuget push|delete',
      overwrites: 'ef database drop; ef migrations remove; ef database update 0; ef database update --connection',
      access: 'user-secrets clear|remove; nuget remove|disable|enable *; dev-certs https --clean|--trust',
    }),
    'dart flutter': tool({
      reads:
        'pub deps|outdated|cache list; --version; doctor; devices; emulators !--launch; channel; info; config --list; pub token list; daemon; . --version; symbolize; pub global list',
      changes:
        'pub get|add|remove|upgrade|downgrade|run|global|cache; run|build|test|analyze|format|fix|create|compile|clean|pub|upgrade|install|attach|drive|gen-l10n|assemble|precache|logs|screenshot|emulators|config|custom-devices|devtools|doc',
      publishes: 'pub publish|lish; pub publish; pub uploader *',
      access: 'pub token add|remove; pub logout|login',
    }),
    'asdf mise rbenv pyenv nodenv jenv goenv tfenv tfswitch kerl rvm chruby sdk virtualenv devbox devenv proto pkgx':
      tool({
        reads:
          'list|ls|current|versions|version|which|where|whence|info|root|prefix|latest|outdated|doctor|help|list-all|ls-remote|search|settings|plugins|global|local|shims|offline|home|hooks|commands|status|path; list-remote|list installations; plugin list; registry; list *; tasks ls; config ls; bin-paths; settings ls|get; services ls; generate *',
        changes: `install|use|shell|set|reshim|rehash|plugin|plugin-add|update|upgrade|default|exec|run|init|add|x|env|activate|self-update|up|build|pin|trust|watch|sync|link|migrate|flush|selfupdate|broadcast|cache|services|up|shellenv|auth|${remove}; global *; local *; global|local *`,
        deletes: 'implode; self-uninstall; implode *; self uninstall; delete --all',
        runs: 'trust --all',
      }),
    'deno jsr': tool({
      reads: 'info|lint|check|types|doc|outdated|coverage|help|show; . --version; fmt --check; info *',
      changes:
        'run|test|bench|task|cache|install|add|remove|uninstall|upgrade|compile|bundle|eval|repl|init|vendor|serve|jupyter|approve-scripts|clean|create; fmt',
      publishes: 'publish; deploy',
    }),
    bower: tool({
      reads: 'list|info|search|lookup|home|version',
      changes: `install|update|init|link|login|${remove}; cache *`,
      publishes: 'register',
      stops: 'unregister',
    }),
    expo: tool({
      reads: 'doctor|config|whoami',
      changes: 'start|run|prebuild|install|export|login|logout|customize|lint|register|export:embed',
      publishes: 'publish|publish:*|upload:*',
    }),
    'ruby-build python-build node-build': doing('moderate', 'install', 'Builds and installs a version of a language.', {
      effects: ['exec', 'net.egress'],
    }),
    ghcup: cli({
      reads: 'list|tool-requirements|whereis|debug-info|check-upgrade; . --version',
      changes: 'install|set|unset|upgrade|tui|run|compile|prefetch|config|gc|test',
      deletes: 'rm|nuke',
      wrecks: 'nuke',
    }),
  },
);
