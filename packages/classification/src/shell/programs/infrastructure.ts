/**
 * Infrastructure as code and configuration management. Source: the Terraform, Pulumi, Ansible, Vault and Consul manuals.
 * Pure data.
 */

import { doing, family, reading } from './spec.js';

const list = reading('*', 'text');
const destroys = (id: string, text: string, level: 'destructive' | 'critical' = 'destructive') =>
  doing(level, id, text, { effects: ['infra.change', 'data.delete'], reversible: false });

/** Terraform and its like. */
export const INFRASTRUCTURE = family('the Terraform, Pulumi, Ansible, Vault and Consul manuals', {
  'terraform tofu terragrunt': {
    style: 'long',
    lines: {
      reads:
        'state list|show; workspace list|show; version; validate; providers; graph; fmt -check; output-module-groups; render-json !--out; hclfmt --check; get-versions; metadata functions; list; find; dag graph; info *; modules; run-all validate; run --all validate; hcl format --check',
      secrets: 'state pull; output -json|-raw',
      overwrites:
        'taint; init -migrate-state|-reconfigure; init -force-copy; state replace-provider; import -lock=false; apply -lock=false; refresh; workspace delete -force; untaint; apply -refresh-only; state mv; state rm',
      stops:
        'run-all|run --all apply; run-all apply; run apply --all; apply-all; run apply --non-interactive; run-all apply --terragrunt-non-interactive; stack clean|run; apply --terragrunt-non-interactive; apply --non-interactive; run --all apply; cloud *',
      access: 'login|logout; state push; force-unlock',
      wrecks:
        'destroy-all; run-all destroy; run --all destroy; run destroy; destroy -auto-approve|--auto-approve|-force|--terragrunt-non-interactive|--non-interactive; apply -destroy; stack run destroy; run-all apply -destroy; backend delete; aws-provider-patch --destroy',
    },
    values: '-var -var-file -target -out -state -chdir',
    subcommands: {
      'version providers graph validate output-list get-list metadata': list,
      fmt: reading('-check -diff -recursive -list=false', 'text', {
        rules: [{ id: 'terraform.fmt', level: 'moderate', text: 'Changes the layout of files.', without: '-check' }],
      }),
      'show output': reading('-json -no-color -raw -state=', 'text', {
        rules: [
          {
            id: 'terraform.output',
            level: 'moderate',
            text: 'Shows values that may be secret.',
            flags: '-raw -json',
            effects: ['secrets.read'],
          },
        ],
        act: {
          id: 'terraform.show',
          level: 'moderate',
          text: 'Shows values that may be secret.',
          effects: ['secrets.read'],
        },
      }),
      'plan refresh init get console test': doing(
        'moderate',
        'terraform.plan',
        'Runs providers, which ask the real systems.',
        { effects: ['exec', 'net.egress'] },
      ),
      'apply up': doing('moderate', 'terraform.apply', 'Changes real infrastructure.', {
        effects: ['infra.change'],
        rules: [
          {
            id: 'terraform.apply-unasked',
            level: 'destructive',
            text: 'Changes real infrastructure without asking.',
            flags: '-auto-approve --auto-approve',
            effects: ['infra.change'],
            alternative: 'Look at terraform plan first.',
          },
          {
            id: 'terraform.destroy',
            level: 'critical',
            text: 'Destroys real infrastructure.',
            flags: '-destroy --destroy',
            effects: ['infra.change', 'data.delete'],
            reversible: false,
          },
          {
            id: 'terraform.replace',
            level: 'destructive',
            text: 'Destroys a resource and makes it again.',
            flags: '-replace',
            effects: ['infra.change', 'data.delete'],
          },
        ],
      }),
      destroy: doing('destructive', 'terraform.destroy', 'Destroys real infrastructure.', {
        effects: ['infra.change', 'data.delete'],
        reversible: false,
        rules: [
          {
            id: 'terraform.destroy-unasked',
            level: 'critical',
            text: 'Destroys real infrastructure without asking.',
            flags: '-auto-approve --auto-approve -force',
            effects: ['infra.change', 'data.delete'],
            reversible: false,
          },
        ],
      }),
      state: {
        subcommands: {
          'list show': list,
          pull: doing('moderate', 'terraform.state-pull', 'Shows the whole state, which may hold secrets.', {
            effects: ['secrets.read'],
          }),
          rm: destroys('terraform.state-rm', 'Makes Terraform forget resources.'),
          push: destroys('terraform.state-push', 'Overwrites the shared state.'),
          'mv replace-provider': destroys('terraform.state-mv', 'Changes the shared state.'),
        },
      },
      'force-unlock': destroys('terraform.force-unlock', 'Takes a lock away from whoever holds it.'),
      workspace: {
        subcommands: {
          'list show': list,
          delete: destroys('terraform.workspace-delete', 'Deletes a workspace with its state.'),
        },
        act: { id: 'terraform.workspace', level: 'moderate', text: 'Changes the workspace.' },
      },
      'taint untaint import login logout': doing('moderate', 'terraform.change', 'Changes the state.', {
        effects: ['infra.change'],
      }),
      'run-all': {
        subcommands: { destroy: destroys('terraform.destroy', 'Destroys real infrastructure.', 'critical') },
      },
    },
  },
  pulumi: {
    verbs: true,
    lines: {
      reads:
        'about|whoami|version|logs|config|stack|console|convert-trace; plugin ls; policy ls; policy group ls; org get-default; env ls; stack ls; stack history; stack graph; schema check; stack tag|output ls|get; config get !--show-secrets; deployment settings get; env ls; stack tag ls|get',
      secrets:
        'stack export; stack output --show-secrets; config --show-secrets; env open|get; config get; stack --show-secrets',
      stops:
        'cancel; refresh -y|--yes; stack change-secrets-provider; up|update -y|--yes|-f|--skip-preview; state rename|move|repair|edit|upgrade; policy disable|enable|rm; deployment run; watch; import -y|--yes',
      overwrites:
        'config rm|rm-all; config refresh --force; stack import; state edit|delete|unprotect; config refresh -f; stack rename; env rm|rotate; state delete; stack tag rm; env set',
      deletes: 'stack rm; plugin rm --all; org webhook *; policy group *; stack unselect --all; env rm; template *',
      access: 'login|logout|org set-default|stack init; logout --all; org *; env *',
      changes:
        'login|logout; config set|set-all|cp|env; new|install|up|update|refresh|import|convert|gen-*; stack init; stack select; plugin install; package *; env edit|init|run; org set-default; plugin rm; stack unselect; logout',
      wrecks:
        'destroy -y|--yes|-f|--skip-preview; down -y|--yes; stack rm --force|-f|-y|--yes; destroy --remove; deployment run destroy',
    },
    subcommands: {
      'about whoami version': list,
      'up update': doing('moderate', 'pulumi.up', 'Changes real infrastructure.', {
        effects: ['infra.change'],
        rules: [
          {
            id: 'pulumi.up-unasked',
            level: 'destructive',
            text: 'Changes real infrastructure without asking.',
            flags: '-y --yes -f --skip-preview',
            effects: ['infra.change'],
          },
        ],
      }),
      'destroy down': destroys('pulumi.destroy', 'Destroys real infrastructure.'),
      stack: {
        subcommands: {
          'ls output history': list,
          rm: destroys('pulumi.stack-rm', 'Deletes a stack with its state.'),
          import: destroys('pulumi.stack-import', 'Overwrites the shared state.'),
        },
      },
      state: { subcommands: { 'delete unprotect': destroys('pulumi.state-delete', 'Makes Pulumi forget resources.') } },
    },
  },
  'cdk cdktf sam serverless sls': {
    lines: {
      secrets: 'local *; invoke local',
      reads: 'docs; acknowledge; context !--clear !--reset; version; doctor; --version; . --version; info; support',
      stops:
        'deploy --force|-f|--hotswap|--require-approval=never; rollback; deploy --auto-approve; sync --no-watch; deploy --no-confirm-changeset; deploy --hotswap-fallback; watch; apply --auto-approve; drift; refactor; dev',
      overwrites:
        'gc; context --clear|--reset; deploy function; rollback *; import; migrate; bootstrap --force; state *; metrics',
      deletes: 'destroy|remove|delete; remove *; pipeline *; destroy *; plugin uninstall',
      wrecks:
        'destroy --all|--force|-f; destroy --auto-approve; delete --no-prompts; remove --force; destroy *  --force; remove --stage=prod*; delete --no-prompts',
    },
    subcommands: {
      'list ls diff synth doctor validate info print metadata': doing(
        'moderate',
        'iac.read',
        'Runs the code that describes the infrastructure.',
        { effects: ['exec'] },
      ),
      'destroy delete remove': destroys('iac.destroy', 'Destroys real infrastructure.'),
    },
    act: { id: 'iac.deploy', level: 'moderate', text: 'Changes real infrastructure.', effects: ['infra.change'] },
  },
  packer: {
    subcommands: { 'validate inspect version fmt': list },
    act: { id: 'packer', level: 'moderate', text: 'Builds machine images.', effects: ['infra.change', 'exec'] },
  },
  'ansible ansible-playbook ansible-console': {
    lines: {
      reads:
        '. --list-hosts|--list-tasks|--list-tags|--version|--syntax-check !-e !--extra-vars; * --list-hosts|--list-tasks|--list-tags !-e !--extra-vars',
    },
    act: {
      id: 'ansible',
      level: 'moderate',
      text: 'Changes many machines at once.',
      effects: ['infra.change', 'exec'],
    },
    values: '-m -a -i -l -u -e -t --module-name --args --inventory --limit --extra-vars --tags',
    rules: [
      {
        id: 'ansible-destroy',
        level: 'destructive',
        text: 'Runs a command on many machines that deletes or stops something.',
        flags: '-a --args',
        value:
          /\brm\s+-|state=absent|\b(?:systemctl|service)\b.*\b(?:stop|disable|mask)\b|\bdrop\s|\buserdel\b|\bmkfs|\bdd\s+of=|\breboot\b|\bshutdown\b|\bpoweroff\b|state=stopped|:(?:\s*)\(\)/,
        effects: ['data.delete', 'infra.change'],
      },
      {
        id: 'ansible-reboot',
        level: 'destructive',
        text: 'Stops or restarts many machines.',
        flags: '-m --module-name',
        value: /^(?:reboot|win_reboot|shutdown)$/,
      },
      {
        id: 'ansible-destroy',
        level: 'destructive',
        text: 'Runs a playbook whose name says that it destroys something.',
        operand: /(?:destroy|teardown|wipe|delete|purge|uninstall|decommission)[\w.-]*\.ya?ml$/,
      },
    ],
  },
  'ansible-inventory ansible-doc ansible-lint ansible-config': list,
  'ansible-vault': doing('moderate', 'ansible-vault', 'Works with encrypted values.', { effects: ['secrets.read'] }),
  'salt salt-call puppet chef-client knife': {
    verbs: true,
    lines: {
      reads:
        'node|client|role|environment|cookbook|user|org|acl|show; data bag; status list; config print; facts; facts show|find; resource; module list; parser validate; lookup; --version; node show|list|status|search; describe; epp validate; diff; search *; ssl show; spork check',
      access:
        'cert clean|revoke|sign|destroy|generate|reinventory; ca destroy|revoke|sign|generate; ssl clean|bootstrap; certificate destroy|revoke|sign; client reregister|key *; user key *; acl *; user reregister|password; vault *; node policy *',
      stops:
        '* service.stop|service.disable|service.mask|system.reboot|system.halt|system.shutdown|system.poweroff|network.*down|docker.stop|ps.kill*|pkg.purge|user.delete|group.delete|file.remove|file.write|disk.wipe|disk.format|iptables.flush|lvm.*remove|mount.umount|cmd.script|virt.destroy; node deactivate|clean|purge; agent --disable; cookbook upload --force; bootstrap; ssh * *stop*; upload *; * saltutil.kill_all_jobs; environment compare --all; mysql.db_remove *; * mysql.db_remove|postgres.db_remove|zfs.destroy|zpool.destroy; cookbook bulk delete; exec *',
    },
    inner: '* cmd.run|cmd.run_all|cmd.shell|cmd.run_stdout; ssh *',
    act: {
      id: 'configuration',
      level: 'moderate',
      text: 'Changes many machines at once.',
      effects: ['infra.change', 'exec'],
    },
    rules: [
      {
        id: 'salt-command',
        level: 'destructive',
        text: 'Runs a command on many machines that deletes or stops something.',
        operand: /\brm\s+-|\bmkfs|\breboot\b|\bshutdown\b|system\.poweroff|pkg\.remove|file\.remove/,
      },
    ],
  },
  vault: {
    lines: {
      reads:
        'status; version; version-history; operator members; operator raft list-peers|autopilot; audit|auth|secrets|plugin|namespace|policy|lease list; policy read; token lookup|capabilities; path-help; kv list|metadata get; operator key-status; operator diagnose; list sys/policies/*; namespace lookup; plugin info; pki health-check|list-intermediates|verify-sign',
      secrets:
        'read|unwrap|login|ssh; kv get; print token; token create; operator init; read *; transit export; operator raft snapshot save; write *login *; transform *; list; pki issue',
      access:
        'audit *; audit disable|enable; auth enable|disable|tune|move; secrets disable|move|tune|enable; policy write|delete|fmt; token revoke|renew; lease revoke; write auth/* *; write sys/* *; write identity/* *; delete auth/*; plugin register|deregister|reload; namespace create|delete|lock|unlock|patch; operator unseal|seal|step-down|rotate; operator generate-root|rekey; monitor --log-level; pki reissue; operator import *; login -method=*; write */root/* *; write -f *rotate*',
      overwrites:
        'operator raft snapshot restore|remove-peer|join|promote|demote; operator migrate|rotate; kv rollback|undelete|patch --method; kv delete|destroy; kv metadata put|patch; kv enable-versioning; lease revoke -force; delete; write -force *; operator raft remove-peer; operator raft snapshot restore; operator rotate *; write sys/storage/*',
      wrecks:
        'kv metadata delete; operator raft snapshot restore -force; operator rekey|generate-root; namespace delete; lease revoke -prefix -force',
    },
    subcommands: {
      status: list,
      'read list': doing('moderate', 'vault.read', 'Reads secrets.', { effects: ['secrets.read'] }),
      kv: {
        subcommands: {
          'get list metadata-get': doing('moderate', 'vault.read', 'Reads secrets.', { effects: ['secrets.read'] }),
          'delete destroy': destroys('vault.delete', 'Deletes secrets.'),
          metadata: {
            subcommands: { delete: destroys('vault.delete', 'Deletes secrets with all their versions.', 'critical') },
          },
        },
      },
      'delete unwrap': destroys('vault.delete', 'Deletes secrets.'),
      operator: {
        subcommands: {
          'seal step-down': destroys('vault.seal', 'Locks the store of secrets for everybody.'),
          'rekey generate-root': doing('critical', 'vault.root', 'Makes new master keys.', {
            effects: ['auth.change'],
          }),
        },
      },
      'lease token auth policy secrets': {
        subcommands: {
          'list read lookup': list,
          'revoke disable delete': destroys('vault.revoke', 'Takes access away.'),
        },
        act: { id: 'vault.access', level: 'moderate', text: 'Changes access to secrets.', effects: ['auth.change'] },
      },
    },
    act: { id: 'vault', level: 'moderate', text: 'Works with secrets.', effects: ['auth.change'] },
  },
  'consul nomad boundary waypoint': {
    verbs: true,
    inner: 'alloc exec *; exec',
    lines: {
      reads:
        'members|info|monitor|version|validate|status|debug|rtt|watch; catalog *; peering list; peering read; operator raft list-peers; kv get; kv export; config read; config list; acl * list; acl * read; intention list; intention check; intention get; operator usage; troubleshoot *; services export; operator raft list-peers; config read|list; intention list|check|get|match; acl policy|role|token|auth-method|binding-rule list|read|self|info; job status|inspect|history|allocs|deployments|eval|plan|validate|scaling-events|periodic; alloc status|logs|fs|checks; node status; server members; deployment status|list; eval status|list; namespace|quota|volume|plugin|service|var|status|inspect|info|read; node pool; sentinel list; agent-info; scopes|targets|hosts|users|roles|sessions|auth-methods|credential-stores list|read; operator scheduler get-config; operator autopilot get-config|health|state; config get; snapshot inspect|status; kv get; catalog datacenters|nodes|services',
      changes:
        'kv put; reload; agent; job run|dispatch|restart|scale|promote|init; alloc restart|exec|signal; run; connect *; login|logout; services register; event; exec; dev; authenticate *; * create; deployment promote|resume; job revert; snapshot save; operator snapshot save; var put|lock; config write; peering generate-token|establish; tls *; up; project apply; volume create|register|init|snapshot; node eligibility -enable; node meta *; targets authorize-session; setup *; fmt; plan; lock; exec *; monitor *; job plan',
      secrets:
        'var get; kv get -recurse; acl token read; operator root keyring list; keygen; operator gossip keyring generate; connect ca get-config',
      stops:
        'leave|force-leave|maint; maint *; job|alloc|deployment stop|fail|pause|deregister; stop *; node drain|eligibility; node drain *; system gc; system reconcile *; node eligibility -disable; sessions cancel; job deployments --latest=false; operator autopilot set-config; operator scheduler set-config; operator raft transfer-leadership|remove-peer; server force-leave|join; services deregister; job scale * 0; job scale * * 0; service delete; rtt -wan=never; job periodic force; event *; job stop; destroy; system gc',
      access:
        'acl *; acl * create|update|delete|set-agent-token|bootstrap|clone; intention create|delete; keyring *; operator gossip *; connect ca set-config; operator root keyring rotate|remove; operator keyring *; connect expose; users|accounts|roles|managed-groups|groups|auth-methods|credential-libraries|credential-stores|credentials|scopes add-*|remove-*|set-*|update|change-*; accounts set-password|change-password; scopes list-keys|rotate-keys|destroy-key-version; sentinel *; tls cert *; token *; auth-method *; config set; license *; peering delete; partition *; namespace *',
      overwrites:
        'snapshot restore; operator snapshot restore; kv import; config delete; operator api -X=DELETE|PUT|POST; kv delete -recurse; kv delete; operator raft remove-peer; operator metrics; volume detach|deregister; operator client-state; job revert *; config write -cas=*; database migrate|init; var purge; operator snapshot agent; kv put -cas=*',
      wrecks: 'job stop -purge -global; namespace delete; volume delete; database repair',
    },
    rules: [
      {
        id: 'nomad-stop',
        level: 'destructive',
        text: 'Stops a job or leaves the cluster.',
        operand: /^(?:stop|leave|force-leave|destroy|purge)$/,
        effects: ['infra.change'],
      },
    ],
    act: { id: 'cluster', level: 'moderate', text: 'Changes a cluster.', effects: ['infra.change'] },
  },
});
