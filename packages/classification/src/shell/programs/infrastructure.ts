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
    subcommands: {
      'about whoami version preview': list,
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
          /\brm\s+-|state=absent|\bmkfs|\bdd\s+of=|\breboot\b|\bshutdown\b|\bpoweroff\b|state=stopped|:(?:\s*)\(\)/,
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
  'op bw pass lpass secret-tool gopass keyring security': {
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
});
