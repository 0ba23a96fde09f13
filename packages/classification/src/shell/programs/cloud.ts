/**
 * Command lines of clouds and services. Their verbs are regular, so the verbs decide, beside what stands here. Source: the
 * AWS, Google Cloud, Azure and DigitalOcean command references. Pure data.
 */

import { doing, type ProgramTable, type Rule, reading } from './spec.js';

const list = reading('*', 'text');
const change = {
  id: 'cloud.change',
  level: 'moderate',
  text: 'Works with resources of a cloud.',
  effects: ['infra.change', 'net.egress'],
} as const;
const grave = (id: string, text: string, rule: Partial<Rule>): Rule => ({
  id: `cloud.${id}`,
  level: 'critical',
  text,
  effects: ['infra.change', 'data.delete'],
  reversible: false,
  ...rule,
});
const loss = (id: string, text: string, rule: Partial<Rule>): Rule => ({
  ...grave(id, text, rule),
  level: 'destructive',
});

/** Clouds. */
export const CLOUD: ProgramTable = {
  aws: {
    verbs: true,
    act: change,
    values: '--profile --region --output --query --endpoint-url --cli-input-json --filters',
    rules: [
      {
        id: 'cloud.other-server',
        level: 'moderate',
        text: 'Sends the keys of the account to another server, or takes its input from a file.',
        flags: '--endpoint-url --cli-input-json --cli-input-yaml --no-verify-ssl',
        effects: ['net.egress'],
      },
      {
        id: 'cloud.admin-grant',
        level: 'critical',
        text: 'Gives somebody full rights over the account.',
        operand: /^arn:aws:iam::aws:policy\/(?:AdministratorAccess|IAMFullAccess|PowerUserAccess)$/,
        effects: ['auth.change', 'infra.change'],
      },
      {
        id: 'cloud.admin-grant',
        level: 'critical',
        text: 'Gives somebody full rights over the account.',
        flags: '--policy-arn',
        value: /AdministratorAccess|IAMFullAccess|PowerUserAccess/,
        effects: ['auth.change', 'infra.change'],
      },
      {
        id: 'cloud.access-key',
        level: 'destructive',
        text: 'Makes or changes a way into the account.',
        operand:
          /^(?:create-access-key|create-login-profile|update-login-profile|update-assume-role-policy|put-user-policy|put-role-policy|attach-user-policy|attach-role-policy|attach-group-policy|add-user-to-group|create-policy-version|deactivate-mfa-device)$/,
        effects: ['auth.change'],
      },
      loss('trail-off', 'Switches a protection or a record off.', {
        operand:
          /^(?:stop-logging|stop-configuration-recorder|disable-alarm-actions|disable-security-hub|disassociate-.*|disable-.*)$/,
        effects: ['auth.change', 'infra.change'],
      }),
      loss('public', 'Opens something to everybody.', {
        operand:
          /^(?:authorize-security-group-ingress|put-bucket-acl|put-bucket-policy|put-object-acl|put-public-access-block|modify-db-instance-public)$/,
        effects: ['auth.change'],
      }),
      loss('stop', 'Stops machines that others may use.', {
        operand:
          /^(?:stop-instances|stop-db-instance|stop-db-cluster|reboot-db-instance|stop-task|schedule-key-deletion|cancel-.*|release-address|detach-volume|modify-instance-attribute-dangerous)$/,
      }),
      grave('drop-database', 'Deletes a database.', {
        operand:
          /^(?:delete-db-instance|delete-db-cluster|delete-table|delete-cluster|delete-stack-set|delete-file-system|schedule-key-deletion|delete-hosted-zone)$/,
      }),
    ],
    subcommands: {
      s3: {
        subcommands: {
          ls: list,
          rm: doing('destructive', 'cloud.s3-rm', 'Deletes objects of a bucket.', {
            effects: ['data.delete'],
            reversible: false,
            rules: [
              { id: 'cloud.s3-dry', level: 'moderate', text: 'Tries out deleting.', flags: '--dryrun' },
              grave('s3-rm-all', 'Deletes everything in a bucket.', {
                flags: '--recursive',
                without: '--dryrun',
                operand: /^s3:\/\/[^/]+\/?$/,
              }),
            ],
          }),
          rb: doing('destructive', 'cloud.s3-rb', 'Deletes a bucket.', {
            effects: ['data.delete', 'infra.change'],
            reversible: false,
            rules: [grave('s3-rb-force', 'Deletes a bucket with everything in it.', { flags: '--force' })],
          }),
          sync: doing('moderate', 'cloud.s3-copy', 'Copies files to or from a bucket.', {
            effects: ['net.egress'],
            sends: true,
            rules: [
              loss('s3-sync-delete', 'Deletes files at the target that the source does not have.', {
                flags: '--delete',
                without: '--dryrun',
              }),
              loss('s3-public', 'Opens files to everybody.', {
                flags: '--acl',
                value: /public/,
                effects: ['auth.change'],
              }),
            ],
          }),
          'cp mv': doing('moderate', 'cloud.s3-copy', 'Copies files to or from a bucket.', {
            effects: ['net.egress'],
            sends: true,
            rules: [
              loss('s3-public', 'Opens files to everybody.', {
                flags: '--acl',
                value: /public/,
                effects: ['auth.change'],
              }),
            ],
          }),
          'mb presign website': doing('moderate', 'cloud.change', 'Changes a bucket or who may read it.', {
            effects: ['infra.change'],
          }),
        },
      },
      configure: {
        subcommands: { 'list list-profiles': list },
        act: {
          id: 'cloud.configure',
          level: 'moderate',
          text: 'Changes or shows keys of the account.',
          effects: ['secrets.read'],
        },
      },
      sts: {
        subcommands: { 'get-caller-identity': list },
        act: {
          id: 'cloud.token',
          level: 'moderate',
          text: 'Gets keys of the account.',
          effects: ['secrets.read', 'auth.change'],
        },
      },
      secretsmanager: {
        subcommands: {
          'list-secrets describe-secret': list,
          'get-secret-value batch-get-secret-value': doing('moderate', 'secret-read', 'Reads a secret.', {
            effects: ['secrets.read'],
          }),
          'delete-secret': doing('destructive', 'cloud.secret-delete', 'Deletes a secret.', {
            effects: ['data.delete', 'auth.change'],
          }),
        },
        act: change,
      },
    },
  },
  'gcloud gsutil bq': {
    verbs: true,
    act: change,
    values: '--project --zone --region --format --filter --account --role --member',
    rules: [
      {
        id: 'cloud.admin-grant',
        level: 'critical',
        text: 'Gives somebody full rights over the project.',
        flags: '--role',
        value:
          /roles\/(?:owner|editor|iam\.(?:securityAdmin|serviceAccountTokenCreator|serviceAccountKeyAdmin)|resourcemanager\.organizationAdmin)/,
        effects: ['auth.change', 'infra.change'],
      },
      {
        id: 'cloud.public',
        level: 'destructive',
        text: 'Opens something to everybody.',
        flags: '--member',
        value: /allUsers|allAuthenticatedUsers/,
        effects: ['auth.change'],
      },
      {
        id: 'cloud.public',
        level: 'destructive',
        text: 'Opens something to everybody.',
        operand: /allUsers|allAuthenticatedUsers|public-read/,
        effects: ['auth.change'],
      },
      {
        id: 'cloud.access-key',
        level: 'destructive',
        text: 'Makes a way into the account.',
        operand: /^(?:add-iam-policy-binding|set-iam-policy)$/,
        effects: ['auth.change'],
      },
      {
        id: 'cloud.token',
        level: 'moderate',
        text: 'Shows an access token.',
        operand: /^(?:print-access-token|print-identity-token)$/,
        effects: ['secrets.read'],
      },
      loss('stop', 'Stops machines that others may use.', { operand: /^(?:stop|suspend|reset|abandon|failover)$/ }),
      loss('rsync-delete', 'Deletes files at the target that the source does not have.', {
        all: '-d',
        operand: /^rsync$/,
      }),
    ],
  },
  az: {
    verbs: true,
    act: change,
    values: '-g -n -o --resource-group --name --output --query --subscription --role --assignee --scope',
    rules: [
      {
        id: 'cloud.admin-grant',
        level: 'critical',
        text: 'Gives somebody full rights over the account.',
        flags: '--role',
        value: /^(?:Owner|Contributor|User Access Administrator|Global Administrator)$/i,
        effects: ['auth.change', 'infra.change'],
      },
      {
        id: 'cloud.access-key',
        level: 'destructive',
        text: 'Makes a way into the account.',
        operand: /^(?:create-for-rbac|reset-credentials)$/,
        effects: ['auth.change'],
      },
      {
        id: 'cloud.token',
        level: 'moderate',
        text: 'Shows an access token or keys.',
        operand: /^(?:get-access-token|get-credentials|show-connection-string|list-keys)$/,
        effects: ['secrets.read'],
      },
      loss('stop', 'Stops machines that others may use.', {
        operand: /^(?:stop|deallocate|failover|regenerate|renew)$/,
      }),
    ],
  },
  'doctl linode-cli hcloud oci ibmcloud scw vultr-cli exo openstack civo aliyun tccli ovhcloud upctl': {
    verbs: true,
    act: change,
  },
  'stripe twilio sendgrid paypal square': {
    verbs: true,
    act: { id: 'service', level: 'moderate', text: 'Works with an account at a service.', effects: ['net.egress'] },
    rules: [
      {
        id: 'money',
        level: 'destructive',
        text: 'Moves money.',
        operand: /^(?:refunds?|payouts?|transfers?|charges?|payment_intents?|topups?)$/,
        effects: ['money'],
        atLeast: 2,
      },
      {
        id: 'money-cancel',
        level: 'destructive',
        text: 'Cancels something that customers pay for.',
        operand: /^(?:cancel|void|uncollectible)$/,
        effects: ['money'],
      },
    ],
  },
  'sentry-cli datadog-ci newrelic pagerduty slack jira linear notion': {
    verbs: true,
    act: {
      id: 'service',
      level: 'moderate',
      text: 'Works with a service that others share.',
      effects: ['net.egress', 'message.send'],
    },
  },
  's3cmd mc b2 rclone s5cmd azcopy': {
    verbs: true,
    values: '--config -c --profile',
    sends: true,
    act: { id: 'cloud.copy', level: 'moderate', text: 'Copies files to or from a store.', effects: ['net.egress'] },
    subcommands: {
      'ls lsd lsl lsf lsjson size about version du stat info tree listremotes': list,
      'sync mirror': doing('destructive', 'cloud.sync', 'Makes the target equal to the source, deleting the rest.', {
        effects: ['data.delete'],
        reversible: false,
        alternative: 'Try it with --dry-run first.',
      }),
      'purge delete del rm rmdir deletefile cleanup rb remove dedupe': doing(
        'destructive',
        'cloud.delete',
        'Deletes files of a store.',
        { effects: ['data.delete'], reversible: false },
      ),
      move: doing('destructive', 'cloud.move', 'Moves files away from the source.', { effects: ['data.delete'] }),
    },
  },
  'ollama huggingface-cli wandb mlflow dvc': {
    verbs: true,
    act: { id: 'models', level: 'moderate', text: 'Works with models or data sets.', effects: ['net.egress'] },
  },
};
