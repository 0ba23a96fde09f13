/**
 * Kubernetes and what is built on it. Source: the kubectl and Helm command references. Pure data.
 */

import { doing, family, reading } from './spec.js';

const list = reading('*', 'text');
const loses = (id: string, text: string, level: 'destructive' | 'critical' = 'destructive') =>
  doing(level, id, text, { effects: ['data.delete', 'infra.change'], reversible: false });

/** Kubernetes and its tools. */
export const KUBERNETES = family('the kubectl and Helm command references', {
  'kubectl oc k3s microk8s': {
    verbs: true,
    inner: 'rsh *',
    lines: {
      reads:
        'krew list|search; plugin list; kustomize; cluster-info; status; whoami; projects; get-token; version; check-config; etcd-snapshot ls; ctr images ls; adm top *; inspect; adm policy who-can; whoami !-t',
      secrets:
        'whoami -t|--show-token; create token; sa get-token; extract secret*; serviceaccounts get-token; etcd-snapshot save',
      changes:
        'delete --dry-run=client|server; login|logout; project; new-project|new-app|new-build; start-build; rsh; rsync; expose; process; import-image; adm must-gather|cordon|uncordon|inspect; tag; debug; delete --dry-run; start; enable; ctr *; status; add-node; secrets link',
      stops:
        'taint * * *:NoExecute|*=NoExecute|*NoExecute; adm drain; drain; rollout pause; scale --replicas=0; idle; cancel-build; adm cordon --all; stop; uncordon *:NoSchedule; adm taint *; rollback; set env --list=false; leave; disable; adm release mirror; adm upgrade; adm node-logs --clear; certificate rotate; secrets-encrypt *; server --cluster-reset; refresh-certs; set image *=scratch',
      overwrites:
        'patch -p|--patch=*finalizers*null*; patch * * -p|--patch=*finalizers*; patch --type=json; label --overwrite *; replace --force; apply --force; apply --prune; rollout undo --to-revision=0; etcd-snapshot restore; dbctl restore; adm migrate *; image-prune; patch pv --patch=*; patch * --type=json -p|--patch=*remove*',
      access:
        'adm policy add-*|remove-*; policy add-*|remove-*; create clusterrole|clusterrolebinding|role|rolebinding; auth reconcile; certificate approve|deny; adm groups *; create sa; adm certificate *; label namespace|ns|namespaces * pod-security.kubernetes.io/enforce=privileged; adm pod-network *; set subject; create serviceaccount|token --duration=*; secrets-encrypt disable; token delete',
      deletes:
        'delete; adm prune --confirm; adm prune * --confirm; etcd-snapshot delete|prune; config delete-*|unset; reset',
      wrecks:
        'delete project|projects|ns|namespace|namespaces; delete pv|pvc --all; delete crd; reset --destroy-storage; server --cluster-reset-restore-path',
      admins:
        'adm policy add-cluster-role-to-user|add-cluster-role-to-group cluster-admin; create clusterrolebinding --clusterrole=cluster-admin; create rolebinding --clusterrole=cluster-admin|admin',
    },
    values:
      '-n -c -f -o -l --namespace --context --kubeconfig --container --selector --filename --output --as --cluster --user --server --token -p --patch --type --field-selector --sort-by --tail --since --replicas --image',
    rules: [
      {
        id: 'kubectl.other',
        level: 'moderate',
        text: 'Acts as another user or on another server.',
        flags: '--as --as-group --server --token --kubeconfig',
        effects: ['auth.change'],
      },
      { id: 'kubectl.raw-delete', level: 'destructive', text: 'Deletes objects of the cluster.', all: 'delete' },
    ],
    subcommands: {
      'get describe': reading('*', 'text', {
        rules: [
          { id: 'kubectl.raw', level: 'moderate', text: 'Asks the server for any path.', flags: '--raw' },
          {
            id: 'secret-read',
            level: 'moderate',
            text: 'Reads secrets of the cluster.',
            operand: /^secrets?(?:\/|$|,)|,secrets?/,
            effects: ['secrets.read'],
          },
        ],
      }),
      'logs explain top api-resources api-versions cluster-info version options wait events diff completion': list,
      auth: { subcommands: { 'can-i whoami': list } },
      config: {
        subcommands: {
          'get-contexts current-context get-clusters get-users': list,
          view: reading('--minify -o= --output= --flatten', 'none', {
            rules: [
              {
                id: 'secret-read',
                level: 'moderate',
                text: 'Shows the keys of the cluster.',
                flags: '--raw',
                effects: ['secrets.read'],
              },
            ],
          }),
          'delete-context delete-cluster delete-user unset': loses(
            'kubectl.config-delete',
            'Removes access to a cluster.',
          ),
        },
        act: { id: 'kubectl.config', level: 'moderate', text: 'Changes which cluster is spoken to.' },
      },
      rollout: {
        subcommands: { 'status history': list },
        act: {
          id: 'kubectl.rollout',
          level: 'moderate',
          text: 'Restarts or rolls back a workload.',
          effects: ['infra.change'],
        },
      },
      delete: doing('destructive', 'kubectl.delete', 'Deletes objects of the cluster.', {
        effects: ['infra.change', 'data.delete'],
        rules: [],
      }),
      drain: doing('destructive', 'kubectl.drain', 'Stops everything that runs on a node.', {
        effects: ['infra.change'],
      }),
      'apply create patch edit set label annotate expose autoscale cordon uncordon taint run exec cp port-forward proxy attach debug scale':
        doing('moderate', 'kubectl.change', 'Changes the cluster.', {
          effects: ['infra.change'],
          rules: [
            {
              id: 'kubectl.prune',
              level: 'destructive',
              text: 'Deletes objects that the files do not name.',
              flags: '--prune --force',
              effects: ['data.delete', 'infra.change'],
            },
          ],
        }),
      replace: doing('moderate', 'kubectl.replace', 'Replaces objects of the cluster.', {
        effects: ['infra.change'],
        rules: [
          {
            id: 'kubectl.replace-force',
            level: 'destructive',
            text: 'Deletes objects and makes them again.',
            flags: '--force',
            effects: ['infra.change'],
          },
        ],
      }),
      certificate: doing('destructive', 'kubectl.certificate', 'Gives or denies access to the cluster.', {
        effects: ['auth.change'],
      }),
    },
  },
  'helm helmfile': {
    values: '-n --namespace --kube-context -f --values --set --version',
    subcommands: {
      'list ls status history get show search template lint version env dependency-list verify': list,
      repo: {
        subcommands: {
          'list ls': list,
          'remove rm': doing('moderate', 'helm.repo-remove', 'Removes a source of charts.'),
        },
      },
      'uninstall delete del un destroy': loses('helm.uninstall', 'Removes a release with everything that it made.'),
      'install upgrade rollback sync apply': doing('moderate', 'helm.change', 'Changes what runs in the cluster.', {
        effects: ['infra.change'],
        rules: [
          {
            id: 'helm.force',
            level: 'destructive',
            text: 'Replaces objects by force.',
            flags: '--force',
            effects: ['infra.change'],
          },
        ],
      }),
    },
    act: { id: 'helm', level: 'moderate', text: 'Works with charts.', effects: ['infra.change'] },
  },
});
