/**
 * Kubernetes and what is built on it. Source: the kubectl and Helm command references. Pure data.
 */

import { doing, type ProgramTable, reading } from './spec.js';

const list = reading('*', 'text');
const loses = (id: string, text: string, level: 'destructive' | 'critical' = 'destructive') =>
  doing(level, id, text, { effects: ['data.delete', 'infra.change'], reversible: false });

/** Kubernetes and its tools. */
export const KUBERNETES: ProgramTable = {
  'kubectl oc k3s microk8s': {
    verbs: true,
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
  'kubectx kubens k9s stern kustomize skaffold tilt': doing('moderate', 'kubernetes', 'Works with a cluster.', {
    effects: ['infra.change'],
    rules: [
      {
        id: 'kubernetes-delete',
        level: 'destructive',
        text: 'Removes what runs in the cluster.',
        operand: /^(?:delete|down)$/,
      },
    ],
  }),
  'argocd flux istioctl linkerd velero eksctl kops kubeadm rancher cilium etcdctl crictl ctr': {
    verbs: true,
    act: { id: 'cluster', level: 'moderate', text: 'Changes a cluster.', effects: ['infra.change'] },
  },
};
