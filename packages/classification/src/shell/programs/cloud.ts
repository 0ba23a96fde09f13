/**
 * Command lines of clouds and services. Their verbs are regular, so the verbs decide, beside what stands here. Source: the
 * AWS, Google Cloud, Azure and DigitalOcean command references. Pure data.
 */

import { doing, family, type Rule, reading } from './spec.js';

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
export const CLOUD = family('the AWS, Google Cloud, Azure and DigitalOcean command references', {
  aws: {
    lines: {
      reads:
        '* list-*|describe-*|get-caller-identity|head-*; logs tail|filter-log-events|get-log-events|get-query-results; s3 ls; help',
      secrets:
        'ssm get-parameter|get-parameters|get-parameters-by-path; ec2 get-password-data|get-console-output; ecr get-login|get-login-password; sts get-session-token|assume-role*|get-federation-token; iam get-credential-report; lambda get-function; rds generate-db-auth-token; kms decrypt; secretsmanager get-random-password',
      changes:
        'secretsmanager get-secret-value|batch-get-secret-value; autoscaling set-desired-capacity --desired-capacity=1*|2*|3*|4*|5*|6*|7*|8*|9*; ec2 reboot-instances|stop-instances --dry-run',
      overwrites:
        's3api put-bucket-lifecycle*|put-bucket-replication; s3api put-bucket-versioning --versioning-configuration=*Suspended*; route53 change-resource-record-sets --change-batch=*Action*DELETE*|*Action*UPSERT*; ssm put-parameter --overwrite; rds reset-db-parameter-group|reset-db-cluster-parameter-group|restore-db-instance-to-point-in-time|restore-db-instance-from-s3; ec2 replace-*; glue reset-job-bookmark; kinesis decrease-stream-retention-period; dynamodb update-time-to-live; logs put-retention-policy; cloudformation update-termination-protection --no-enable-termination-protection; cloudformation execute-change-set; rds modify-db-* --backup-retention-period=0; rds modify-db-* --apply-immediately; rds restore-*; ec2 modify-volume|modify-snapshot-attribute',
      stops:
        'rds failover-*|stop-*|reboot-db-cluster; lambda put-function-concurrency --reserved-concurrent-executions=0; ecs update-service --desired-count=0; autoscaling set-desired-capacity --desired-capacity=0; autoscaling update-auto-scaling-group --max-size=0; autoscaling suspend-processes|detach-*|terminate-*; application-autoscaling deregister-*; elb|elbv2 deregister-*; ecs deregister-*; batch cancel-*|terminate-*; stepfunctions stop-execution; codepipeline disable-*; events disable-rule; kinesis stop-*; redshift pause-cluster; sagemaker stop-*; workspaces stop-*; elasticache failover-*|test-failover|reboot-*; emr terminate-clusters; ec2 stop-instances|reboot-instances|cancel-*; docdb|neptune stop-*|failover-*; eks update-nodegroup-config --scaling-config=*desiredSize=0*; apigateway flush-*',
      access:
        'lambda add-permission|remove-permission; ec2 modify-instance-attribute --no-disable-api-termination|--no-source-dest-check; ec2 modify-instance-attribute --no-disable-api-termination; ec2 modify-instance-metadata-options --http-tokens=optional; ec2 modify-image-attribute|modify-snapshot-attribute|authorize-*|revoke-*; rds modify-db-* --no-deletion-protection; rds modify-db-* --publicly-accessible; rds modify-db-* --master-user-password; rds authorize-*; iam put-*|attach-*|detach-*|add-*|remove-*|create-access-key|create-login-profile|update-login-profile|update-access-key|deactivate-*|delete-*|upload-*|set-default-policy-version|change-password|reset-*|update-assume-role-policy|create-policy-version; s3api put-bucket-acl|put-bucket-policy|put-object-acl|put-public-access-block|delete-public-access-block|delete-bucket-policy|delete-bucket-encryption; kms disable-*|put-key-policy|create-grant|retire-grant|revoke-grant; cognito-idp admin-disable-user|admin-reset-*|admin-set-user-password|admin-user-global-sign-out|admin-add-user-to-group; organizations leave-organization|remove-account-*|attach-policy|detach-policy|disable-*; cloudtrail stop-logging|update-trail|put-event-selectors; guardduty stop-*|disassociate-*|disable-*|update-detector; securityhub disable-*; config stop-*|delete-*; sns add-permission; sqs add-permission|set-queue-attributes; ecr set-repository-policy; wafv2 disassociate-*; macie2 disable-*; inspector2 disable; ram associate-*; elbv2 modify-load-balancer-attributes; secretsmanager put-resource-policy; cloudwatch disable-alarm-actions|delete-alarms|put-dashboard; shield disassociate-*; backup update-*; eks update-cluster-config --resources-vpc-config=*endpointPublicAccess=true*',
      deletes:
        'cognito-idp admin-delete-*; sqs purge-queue; ec2 terminate-*|release-*|cancel-*|detach-*|disassociate-*; ecr batch-delete-*; s3api abort-*',
      wrecks:
        'organizations close-account; kms schedule-key-deletion; eks delete-cluster; rds delete-db-instance|delete-db-cluster|delete-global-cluster; dynamodb delete-table; s3 rb --force; cloudformation delete-stack-set; efs|fsx delete-file-system; redshift delete-cluster; docdb|neptune delete-db-cluster; elasticache delete-replication-group',
      admins:
        'iam * --policy-arn=*AdministratorAccess|*IAMFullAccess|*PowerUserAccess; organizations detach-policy|disable-policy-type',
    },
    verbs: true,
    act: change,
    values: '--profile --region --output --query --endpoint-url --cli-input-json --filters',
    code: '--parameters --command',
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
    lines: {
      reads: 'logging read; run services|revisions|jobs list|describe; help; info; ls; show; stat; du; components list',
      secrets:
        'secrets versions access; auth print-access-token|print-identity-token; sql generate-login-token; container clusters get-credentials',
      changes:
        'config set|unset; auth login|revoke; config configurations delete; components remove; sql instances restart; pubsub subscriptions pull; query',
      stops:
        'container clusters resize --num-nodes=0; compute instance-groups managed resize --size=0; services disable; sql instances patch --activation-policy=NEVER; compute instances simulate-maintenance-event; app versions stop; run services update-traffic --to-revisions=*; billing projects unlink; compute instances detach-disk; compute backend-services remove-backend; dataproc clusters stop; functions deploy --max-instances=0; sql instances promote-replica; compute health-checks delete',
      access:
        'compute firewall-rules create|update --source-ranges=*0.0.0.0/0*; compute firewall-rules update --disabled; iam service-accounts keys create; iam service-accounts disable; * add-iam-policy-binding; * * add-iam-policy-binding|set-iam-policy|remove-iam-policy-binding; * set-iam-policy|remove-iam-policy-binding; run deploy --allow-unauthenticated; functions deploy --allow-unauthenticated; compute instances update --no-deletion-protection; sql instances patch --no-deletion-protection; sql instances patch --authorized-networks=*0.0.0.0/0*; sql users set-password|create; org-policies reset|delete; resource-manager org-policies disable-enforce; iam ch allUsers*; iam ch allAuthenticated*; acl set|ch; defacl set|ch; kms keys versions disable; compute project-info add-metadata; compute instances add-metadata --metadata=*ssh-keys*; logging sinks update; container clusters update --no-enable-network-policy; storage buckets update --no-public-access-prevention; storage buckets update --clear-soft-delete; compute os-login ssh-keys add; iap settings set',
      overwrites:
        'sql backups restore; storage rsync --delete-unmatched-destination-objects; pubsub subscriptions seek; lifecycle set; load --replace; query --replace; cp --force; dns record-sets update|transaction; dns record-sets transaction execute; firestore import; datastore import; compute disks resize; sql import sql; storage buckets update --lifecycle-file; versioning set off; retention clear; mk --force; deployment-manager deployments update; bigtable instances tables undelete; scheduler jobs pause',
      deletes:
        'storage rm; rm; compute instances delete; kms keys versions destroy; storage buckets delete; artifacts docker images delete; container images delete; deployment-manager deployments delete',
      wrecks:
        'projects delete; rm -r gs://*; sql instances delete; sql databases delete; container clusters delete; spanner instances|databases delete; bigtable instances delete; redis instances delete; firestore databases delete; rm -r -d *; organizations delete; filestore instances delete; alloydb clusters delete',
      admins:
        'projects add-iam-policy-binding --role=roles/owner|roles/editor|roles/*admin*|roles/*Admin*; organizations add-iam-policy-binding',
    },
    verbs: true,
    act: change,
    sql: 'query --sql --ddl',
    code: '--command',
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
    lines: {
      secrets:
        'keyvault secret show; account get-access-token; acr credential show; storage account keys list; aks get-credentials; cosmosdb keys list; ad sp credential list; redis list-keys; functionapp keys list; webapp deployment list-publishing-credentials',
      changes:
        'webapp|functionapp restart; vm restart|start; group create; account set; acr login; vm stop --skip-shutdown; monitor *; extension remove; config unset; bicep uninstall; logout',
      access:
        'sql server|db firewall-rule create|update --start-ip-address=0.0.0.0; sql server firewall-rule create --start-ip-address=0.0.0.0; postgres|mysql * firewall-rule create; role assignment create|delete; network nsg rule create|update --access=Allow; ad sp create-for-rbac; ad app|sp credential reset|delete; keyvault set-policy|delete-policy; keyvault update --enable-purge-protection=false; keyvault network-rule *; storage account update --allow-blob-public-access=true; storage account update --default-action=Allow; storage container set-permission; storage container policy *; ad group member add|remove; ad user create|update|delete; vm user *; aks update --disable-*; aks update --disable-rbac; backup protection disable; backup vault backup-properties set; lock delete; security *; webapp auth update; sql server update; vm run-command invoke; vm extension set; policy assignment delete; monitor diagnostic-settings delete; account management-group subscription *; role definition *; webapp update --https-only=false; acr update --admin-enabled=true; acr credential renew; storage account keys renew; cosmosdb keys regenerate',
      stops:
        'vmss scale --new-capacity=0; vmss|vm|aks|webapp|functionapp|containerapp|container stop|deallocate; aks scale --node-count=0; aks nodepool scale --node-count=0; redis force-reboot; cosmosdb failover-priority-change; sql failover-group set-primary; network dns record-set * remove-record; webapp deployment slot swap; postgres|mysql flexible-server restart|stop; network application-gateway stop; vm redeploy|reimage|convert; vmss reimage|deallocate',
      overwrites:
        'redis flush; sql db import; sql db update; deployment group create --mode=Complete; network dns record-set * add-record; storage blob sync; storage blob upload-batch --overwrite; sql db restore; vm disk detach; backup restore *; keyvault secret set-attributes --enabled=false; storage account management-policy create; webapp config appsettings delete; cosmosdb sql database throughput *; iot *',
      runs: 'vm run-command invoke --scripts=*',
      wrecks:
        'group delete; sql db|server delete; aks delete; cosmosdb delete; keyvault purge; postgres|mysql server|flexible-server|db delete; account subscription cancel; redis delete; sql mi delete; ad ds delete; storage account delete',
      admins: 'role assignment create --role=Owner|Contributor|*Administrator*',
    },
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
    lines: {
      reads: 'account get|ratelimit; context list; version',
      changes:
        'auth remove|switch; context delete|use; config unset; compute droplet-action reboot; server reboot|start; linodes reboot|boot; plugin uninstall; profile delete; instance reboot|start; reserved-ip unassign',
      secrets:
        'kubernetes cluster kubeconfig *; databases connection|user get; server reset-password|request-console; token issue; iam api-key-create; compute ssh-key create; iam auth-token create; ks cluster config',
      stops:
        'compute droplet-action power-off|shutdown|power-cycle|rebuild|restore|resize|change-kernel|disable-backups; server poweroff|shutdown|reset|rebuild|resize|shelve|pause|lock|migrate|evacuate; linodes shutdown|rebuild|resize; compute instance action --action=STOP|SOFTSTOP|RESET|SOFTRESET; * instance action --action=STOP; instance stop|halt|reinstall|rebuild|standby; server stop|reinstall; volume detach; load-balancer remove-*; is instance-stop|instance-reboot; ecs StopInstance*|RebootInstance*; cs scale-out-cluster; databases failover|promote; compute load-balancer purge-cache',
      access:
        'security group rule create --remote-ip=0.0.0.0/0|::/0; compute firewall update|add-rules|remove-rules; firewall remove-from-resource|delete-rule|add-rule|replace-rules; firewalls rules-update; role add|remove; iam policy update; iam user api-key upload; ram AttachPolicyTo*|CreateAccessKey; databases firewalls *; user set|password; iam user-policy-create|access-group-*; network security-list update; os bucket update --public-access-type=ObjectRead*; projects resources assign',
      overwrites:
        'registry garbage-collection start; volume set|revert; databases restore|migrate; db * restore; obs|oss|cos sync --delete; zone import-zonefile; zone set-records; dns record-set update; oss rm *',
      deletes:
        'os object bulk-delete; oss rm; cos rm|abort; obs rm; cleanup; block-storage delete; images prune; server image delete',
      wrecks:
        'databases delete|rm|d; kubernetes cluster delete|rm|d; ks cluster rm; databases mysql-delete|postgresql-delete; rdb instance delete; database delete; lke cluster-delete; kubernetes delete; project delete; projects delete; cs DeleteCluster; rds DeleteDBInstance; db autonomous-database delete; db system terminate; volume delete-all',
      admins:
        'role add --user=* admin; iam user-policy-create --roles=Administrator; ram AttachPolicyToUser --PolicyName=AdministratorAccess',
    },
  },
});
