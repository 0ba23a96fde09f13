/**
 * Configuration of many machines, machine pools, dotfiles, and stores of passwords. Pure data.
 */

import { cli, family, tool } from './spec.js';

/** Configuration tools and password stores. */
export const CONFIGURATION = family(
  'The manuals of Ansible Galaxy, Salt, Puppet, Juju, MAAS, cloud-init, chezmoi, GNU Stow, Guix, NixOps, Sceptre, Kamal, 1Password CLI, Bitwarden CLI, pass, LastPass CLI, gopass and macOS security',
  {
    'op bw pass lpass secret-tool gopass keyring security': {
      lines: {
        reads:
          'ls; list|ls; status; whoami; git log|status; version; item|vault|account|user|group|document list; list-keychains|default-keychain|show-keychain-info|list-smartcards|verify-cert|error|help; generate -p; search *; find; account get; vault get; verify-cert *; list-keychains; find-certificate',
        secrets: 'get|show|read|dump-keychain|find-*-password; item get; lookup; export; dump-keychain; inject|run *',
        overwrites:
          'import; insert --force|-f; edit; set-generic-password-partition-list|set-key-partition-list|set-keychain-*|unlock-keychain|lock-keychain|create-keychain; generate --force|-f|-i|--in-place; restore *; git reset; reencrypt; init *; mv --force; recipients *; move; store; serve; unlock; mounts remove',
        access:
          'user provision|confirm|suspend|reactivate|delete|edit; group *; vault user|group grant|revoke; service-account *; connect *; confirm|device-approval *; authorizationdb write|remove|merge *; add-trusted-cert|remove-trusted-cert|trust-settings-import|authorize|set-identity-preference *; recipients add|remove|rm; signout --forget; account forget|forget-all; share; sync-*; passwd; events-api *; user recovery *; user suspend; set-permissions',
        deletes:
          'item|document|vault|user|group delete; rm|del|delete; clear; delete-*; remove; passwd; item delete; trash --empty; mounts unmount; git rm; rmdir; delete * *; user delete; attachment rm',
        wrecks:
          'vault delete; delete-keychain; rm -r|-rf|--recursive; user delete; purge; delete organization *; delete org-collection *',
      },

      act: {
        id: 'password-store',
        level: 'moderate',
        text: 'Reads or changes stored passwords.',
        effects: ['secrets.read'],
      },
      rules: [
        {
          id: 'password-delete',
          level: 'destructive',
          text: 'Deletes stored passwords.',
          operand: /^(?:delete|rm|remove|delete-keychain|delete-generic-password|delete-internet-password|clear)$/,
          effects: ['data.delete'],
          reversible: false,
        },
      ],
    },

    'ansible-galaxy ansible-pull': tool({
      reads: 'list|info|search; role|collection list|info|search|verify',
      changes: '*; .',
      publishes: 'collection publish; role import; role setup',
      deletes: 'role remove|delete; remove|delete',
      runs: '. --full --force',
    }),
    'salt-key salt-run salt-cp salt-ssh': tool(
      {
        reads:
          '. -L|-l|-f|-p|--list|--finger|-F; manage.status|manage.up|manage.down|jobs.list_jobs|jobs.active|cache.grains; jobs.list_jobs; manage.up; jobs.lookup_jid *',
        access:
          '. -d|-D|-a|-A|-r|-R|--delete|--delete-all|--accept|--accept-all|--reject|--reject-all|--gen-keys; cache.clear_all *; fileserver.clear_cache|git_pillar.update|state.orchestrate',
        stops:
          'cloud.destroy *; state.orchestrate *; manage.safe_accept; manage.down removekeys=*; jobs.exit_success; virt.*',
        changes: '*',
      },
      { code: '-r' },
    ),
    puppetserver: cli({
      reads: 'ca list; gem list',
      access: 'ca clean|revoke|sign|import|generate|prune|delete|migrate|enable|setup',
      changes: 'gem *; reload; foreground; start',
      stops: 'stop',
    }),
    bicep: tool({
      reads: 'build --stdout; lint; list-versions; version; format --stdout',
      changes: 'build|decompile|restore|upgrade|install|format|generate-params',
      publishes: 'publish|publish-extension',
    }),
    'cfn-lint cfn sceptre atlantis': cli({
      reads:
        'validate; list *; describe *; generate; status; estimate-cost; diff; lint; fetch-remote-template; dump *; version; test; drift show|detect; build-package --dry-run',
      changes: 'create; launch; update; init; server; execute; new *; set-policy; package',
      publishes: 'submit; launch -y|--yes',
      deletes: 'delete *; prune; delete; execute *; launch --prune',
      access: 'set-policy *',
    }),
    'terraform-docs infracost terrascan driftctl butane cfengine pyinfra fab capistrano cap mina deployer dep rundeck stackstorm st2 cf-agent':
      tool({
        reads:
          'breakdown; diff; output; fmdiff; scan !--fix; version; . --list|-l|-T|--version; run get; execution list|get; action list|get; tree; tasks; config',
        changes: '*; .',
        runs: '* --sudo=rm*; * *rm?-rf*',
        publishes: '* deploy; production deploy; deploy production|prod|live; prod deploy; deploy; run --job=*deploy*',
        stops:
          '* deploy:rollback; deploy:rollback|rollback; rollback; * rollback; execution cancel|pause; action|rule|workflow|key|pack delete|disable|uninstall; * *:destroy|*:drop|*:reset|*:stop; destroy; nodes purge; executions kill|deletebulk; jobs purge; keys delete; projects delete',
      }),
    juju: cli(
      {
        reads:
          'status; models|list-models; controllers; show-*; list-*; machines|users|clouds|credentials|spaces|subnets|storage|secrets|actions|operations|offers|find|info|help|whoami|version|debug-log|diff-bundle|regions|ssh-keys|disabled-commands; model-config; resources; status-log; export-bundle; dashboard',
        changes:
          'deploy; add-unit|add-machine|add-model|add-relation|integrate|relate|expose; config; run|exec|ssh|scp; upgrade-*|refresh; bootstrap; switch; attach-*; create-*; scale-application; model-config *; set-*; retry-provisioning; enable-*; login|logout|register; bind; add-ssh-key|add-cloud|add-credential|add-storage|add-space; default-*; resume-relation|resolved; offer|consume; sync-agent-binary; update-*; download|download-backup|create-backup; autoload-credentials; wait-for *; reload-spaces',
        secrets: 'show-secret --reveal; credentials --show-secrets',
        stops:
          'suspend-relation; unexpose; disable-*; scale-application * 0; cancel-task; kill-controller; detach-storage; migrate; upgrade-controller; exec *shutdown*; enable-destroy-controller',
        access:
          'grant|revoke|grant-*|revoke-*; change-user-password; remove-user|add-user|disable-user|enable-user; remove-ssh-key|import-ssh-key|remove-credential; trust; update-credential; grant-cloud|revoke-cloud|unregister; set-firewall-rule; remove-cloud',
        deletes:
          'remove-*; destroy-*; kill-controller; remove-application|remove-unit|remove-machine|remove-storage|remove-relation|remove-offer|remove-saas|remove-secret|remove-space',
        wrecks: 'destroy-model|destroy-controller|kill-controller',
      },
      { inner: 'ssh|exec|run *; exec' },
    ),
    maas: cli({
      reads:
        '* * read|list|query|details|get-curtin-config|power-state|query-power-state|is-registered|whoami; status; list; * version read; --version',
      secrets: 'apikey; * sshkeys read; * machine get-token',
      stops:
        '* machine|machines release|power-off|abort|lock|mark-broken|commission|deploy|rescue-mode|override-failed-testing|exit-rescue-mode|release; * machines release; * rack-controller *; * machine unmount|restore-*|set-storage-layout|clear-default-gateways|test|unmount-special; stop',
      deletes:
        '* * delete; * * * delete; * machine delete; * discoveries clear; * node-scripts delete; * volume-group|partition|raid|bcache delete; * block-device *',
      access:
        'createadmin|changepassword|configauth|logout|configure-tls|config-tls; * users create|delete; * maas set-config; * account *; login; apikey --generate|--delete; init; * resource-pool *; * sshkeys create|import|delete; * tag *',
      overwrites:
        'init; * boot-resources *; * maas set-config *; migrate; * subnet|vlan|fabric|space|dnsresource|domain update|set-*; * ipaddresses release; * machine update; config',
    }),
    'cloud-init cloud-id': cli({
      reads: 'status; query; analyze *; features; schema; . --version; list',
      changes: 'collect-logs; init|modules|single|devel *',
      overwrites: 'clean; init --force; single --frequency=always',
    }),
    'chezmoi yadm dotbot home-manager stow': tool({
      reads:
        'diff|status|managed|unmanaged|data|doctor|cat|source-path|target-path|ignored|dump|verify|list|generations|packages|news|option|log|ls-files|introspect|cat-config|dump-config|version|help; . -n|--no|--simulate; git status|log|diff; execute-template',
      changes:
        'apply|add|edit|init|update|re-add|git|cd|merge|import|chattr|archive|clone|commit|push|pull|alt|bootstrap|encrypt|build|switch|option|instantiate|upgrade|age|generate|. -S; *; . --restow|-R|-S; edit-config',
      secrets: 'secret *; decrypt; age decrypt',
      overwrites:
        'purge|destroy|remove|forget|rm|unmanage|uninstall|expire-generations|remove-generations|checkout; state delete; state reset; apply --force; init --purge; state *; update --force; apply --force; init --purge; . -D|--delete|--adopt; reset; perms; switch --rollback; upgrade --force; gitconfig; rm *; git reset|clean; git-crypt *; state reset|delete|delete-bucket; checkout *',
    }),
    guix: tool({
      reads:
        'search|show|describe|size|graph|lint|weather|hash|challenge|processes; package -I; package -A; package --list-*; system list-generations; home list-generations; gc --list-*; git authenticate; refresh !-u; package -I|-A|-l; package --list-installed|--list-available|--list-generations|--search; gc --list-live|--list-dead|--list-busy|--references|--referrers|--list-failures; system list-generations|describe|search; --version',
      changes:
        'install|upgrade|pull|package|shell|environment|build|pack|import|edit|download|publish|offload|archive|copy|style|refresh; system build; system vm; home build; home import; container exec; system reconfigure; home reconfigure; system build|vm|image|container|extension-graph|shepherd-graph; home build|import|search',
      deletes:
        'gc|remove; gc -d|--delete-generations|-C|--collect-garbage|-D|--delete|-F|--optimize; package -r|-d|--remove|--delete-generations|--roll-back|-S; remove *; system delete-generations|roll-back|switch-generation|init; home delete-generations|roll-back|switch-generation; pull --delete-generations|-d|--roll-back; time-machine; deploy; gc *',
    }),
    'nixops morph colmena': cli({
      reads:
        'list|info|check|show-*|list-*|list-generations|eval|eval-secrets|nix-info|logs; list-health-checks; build --dry-run',
      changes:
        'create|modify|build|ssh|scp|exec|upload-keys|clone|export|import|set-args|push|upload-secrets|check-health|mount|copy-closure|send-keys|start; deploy --dry-run; apply build|dry-activate|push|upload-keys; repl',
      stops:
        'deploy; apply; apply switch|boot|test; stop|reboot|rollback; destroy|delete|delete-resources|clean-backups|remove-backup|backup|restore|dump-nix-paths|unlock|rename; execute *; apply-local *; exec *reboot*; reboot-*; deploy * switch|boot|test|dry-activate; upload-keys --force',
      wrecks: 'destroy|delete; destroy --all; delete --force',
    }),
    kamal: cli({
      reads:
        'details|audit|config|version|docs|help; app|accessory|proxy|traefik|registry|server|prune|lock details|containers|images|logs|version|status; app logs|details|version; lock status',
      changes:
        'setup|deploy|redeploy|init|upgrade|shell|console; build *; env push; app boot; app exec; app start; proxy boot; proxy start; accessory boot; accessory start; accessory exec; registry login; server bootstrap; prune *; app boot|start|exec|live; proxy|traefik|accessory boot|start|exec|restart|reboot !-y; accessory boot|start|exec|restart; lock acquire; registry setup|login; push; build push|pull|deliver|create|details|dev',
      secrets: 'secrets fetch|extract|print; config',
      stops:
        'rollback; app stop|maintenance; proxy|traefik|accessory stop|reboot|remove|uninstall; lock release; app remove_*; app stale_containers --stop; server exec *; rollback *; registry logout',
      deletes:
        'remove; app remove; accessory remove; proxy remove; prune all; registry remove; build remove; env delete; app remove_container|remove_images|remove_app_directory',
      wrecks: 'remove -y|--confirmed; accessory remove -y; accessory remove all',
    }),
  },
);
