/**
 * Programs around Kubernetes: delivery, meshes, backups, clusters, nodes and workflows. Pure data.
 */

import { cli, family, tool } from './spec.js';

/** Tools of Kubernetes. */
export const KUBERNETES_TOOLS = family(
  'The command references of Argo CD, Flux, Istio, Linkerd, Velero, eksctl, kOps, kubeadm, Cilium, etcd, Talos, k0s, Cluster API, Argo Workflows, Knative and the others named here',
  {
    'kubectx kubens': tool({ reads: '. !-d !--unset; -c|--current', changes: '*', deletes: '* -d; . -d' }),
    'k9s stern kubetail kail popeye kube-bench kubent pluto kubespy kube-hunter': tool({
      changes: '*',
      runs: '. --active',
    }),
    kustomize: tool({
      reads:
        'build !--enable-exec !--enable-alpha-plugins !--enable-helm !-o !--output; version; cfg tree|cat|count|grep',
      changes: 'edit *; create; localize',
    }),
    'skaffold tilt devspace okteto garden draft werf jx telepresence': cli({
      reads:
        'list|ls; status; version; diagnose; config list; get *; inspect *; config render; render; converge --dry-run; analyze; logs; namespace list; context list|show; validate; doctor',
      changes:
        'dev; run; build; render; up !--volumes; deploy; init; test; enter; logs; connect; quit; leave; ci; exec; sync; open; use *; converge; plan; login; apply; verify; filter; debug; args; trigger; namespace use|create; start; create; enable|disable; publish',
      deletes:
        'delete; down; purge; destroy; cleanup *; reset *; dismiss; remove *; uninstall; preview destroy; namespace delete; host-cleanup; cr clear; cleanup; undeploy; gc *; delete *',
    }),
    argocd: cli({
      reads:
        'app list|get|diff|history|logs|manifests|resources|wait; cluster|repo|proj|account|cert|appset|context|gpg|repocreds list|get|get-user-info|can-i; version; admin settings validate; account list',
      changes:
        'app create|set|sync|refresh|rollback|actions|edit|patch|add-source|unset !--prune !--force; login|logout|relogin; repo add; cluster add; appset create; app sync --dry-run; proj create|add-source|add-destination',
      secrets:
        'account generate-token; admin initial-password; proj role create-token; account session-token; admin export',
      overwrites:
        'app sync --prune; app sync --force; app sync --replace; admin import; app sync --local; app patch-resource; app set --sync-policy=automated; app terminate-op; admin settings *; app set --auto-prune; admin app *',
      access:
        'account update-password|delete-token|bcrypt; proj role *; proj allow-*|deny-*|windows *|remove-*|set; cert *; gpg *; repocreds *; admin initial-password reset; cluster rotate-auth',
      deletes:
        'app delete|delete-resource|remove-source; appset|proj|repo|repocreds|cert|gpg delete|rm|remove; cluster rm|remove; context --delete',
      wrecks: 'cluster rm|remove; app delete --cascade --yes; proj delete; app delete --selector|-l',
    }),
    flux: cli({
      reads: 'get *; check; version; logs; events; stats; tree *; trace; diff *; export *; list *; build *; debug *',
      changes: 'reconcile *; resume *; create *; bootstrap *; install; push *; tag *; pull *; envsubst; migrate',
      stops: 'suspend *; suspend; delete *; uninstall',
    }),
    'istioctl linkerd kumactl meshctl consul-k8s hubble cilium calicoctl': cli({
      reads:
        'analyze; proxy-status|ps; proxy-config|pc *; version; check; stat|edges|routes|top|tap|diagnostics|profile|authz *; status; get *; validate *; x|experimental describe|authz|precheck *; node status; ipam show|check; observe; list *; describe *; dashboard; manifest generate; bug-report; monitor; endpoint list|get; bpf * list; service list; policy get; identity list|get; config view; inspect *; viz stat|top|tap|edges|routes; config get; connectivity; ingress *; namespaces; watch',
      changes:
        'install; upgrade; inject|uninject; kube-inject; apply *; create *; dashboard; tag *; label *; patch *; connectivity *; hubble *; clustermesh connect|enable; manifest *; replace *; config set; sysdump; convert; admin *; remote-clusters *; multicluster *; jaeger install; viz install; x wait',
      stops:
        'uninstall; prune; uninstall *; disable *; clustermesh disconnect|disable; hubble disable; encryption *; node *; ipam release; ipam *; tag remove; ingress disable; bpf * delete|flush; policy delete; identity *; endpoint disconnect|regenerate; remove *; datastore migrate *; map *; viz uninstall; jaeger uninstall; waypoint delete',
      deletes: 'delete *',
    }),
    velero: cli({
      reads:
        'get *; backup|restore|schedule|backup-location|snapshot-location|plugin|repo get|describe|logs; describe *; version; backup download; client config get',
      changes:
        'backup|schedule|backup-location|snapshot-location create|set; create *; install; plugin add; client config set; debug; schedule unpause; completion *',
      overwrites:
        'restore create; create restore; restore create --existing-resource-policy=update; plugin remove; schedule pause',
      deletes: 'backup|restore|schedule|backup-location delete; delete *; uninstall',
    }),
    'eksctl kops': cli({
      reads:
        'get *; version; info; validate *; toolbox dump; export *; utils describe-*; rolling-update cluster !--yes; update cluster !--yes; describe *',
      changes:
        'create *; upgrade *; scale *; update cluster|secret; utils write-kubeconfig|associate-iam-oidc-provider; export kubeconfig; edit *; replace *; update cluster --yes; enable *; register *; promote *; set *; unset *; associate *; utils *',
      stops:
        'drain *; scale nodegroup --nodes=0; rolling-update cluster --yes; delete nodegroup|fargateprofile|addon|instancegroup|ig|instance|secret|podidentityassociation|accessentry; toolbox *; deregister *; disassociate *',
      access:
        'delete iamidentitymapping|iamserviceaccount; create iamidentitymapping|accessentry|iamserviceaccount; utils update-cluster-endpoints|set-public-access-cidrs|enable-secrets-encryption|update-authentication-mode; delete sshpublickey; distrust *; rotate *; create secret *; delete secret *',
      wrecks: 'delete cluster; delete clusters; toolbox reset; delete -f|--filename',
    }),
    kubeadm: cli({
      reads:
        'token list; config images list; config print; certs check-expiration; version; upgrade plan; config view; config validate; config migrate; kubeconfig *',
      changes: 'init; join; config images pull; upgrade apply|node|diff; token generate',
      secrets: 'token create; certs certificate-key; init phase upload-certs; kubeconfig user',
      access: 'certs renew *; token delete; certs generate-csr',
      overwrites: 'upgrade apply --force; init --ignore-preflight-errors; upgrade apply',
      wrecks: 'reset',
    }),
    'rancher rke rke2 k0s k0sctl kwok kwokctl kubefed karmadactl': cli({
      reads:
        'clusters|cluster|nodes|projects|catalog|apps|multiclusterapp ls|list; status; version; get *; ps; sysinfo; logs; config; etc; describe; cluster ls; settings ls|get; etcd snapshot-ls; token list; top; inspect|context',
      changes:
        'up|apply|start|install|controller|worker|login|kubectl|context|create|scale|snapshot|server|backup|init|join|snapshot-save; etcd snapshot-save; server *',
      secrets:
        'kubeconfig *; token create; clusters kubeconfig; cluster kf; config kubeconfig; kubectl config view --raw',
      access:
        'token invalidate; cert rotate|*; cluster add-member-role|delete-member-role; settings set; encrypt *; token invalidate *; unjoin *',
      overwrites:
        'etcd snapshot-restore; restore; snapshot restore; server --cluster-reset; hack; cordon|drain|taint|stop *; stop; promote',
      deletes:
        'reset; delete *; unregister; nodes delete; apps delete; projects delete; etcd leave|delete|snapshot-delete; namespaces delete; uninstall; deinit',
      wrecks: 'remove; delete cluster; clusters|cluster delete|rm|remove; etcd snapshot-restore; reset --force',
    }),
    etcdctl: cli(
      {
        reads:
          'get; member list; endpoint health|status|hashkv; version; alarm list; user|role list|get; lease list|timetolive; watch; check *; auth status',
        changes: 'put; snapshot save; lease grant|keep-alive; lock; elect; txn; make-mirror; mkdir|mk|set',
        stops:
          'move-leader; defrag; member remove|update|promote; alarm disarm; downgrade *; compact|compaction; lease revoke',
        access:
          'auth disable|enable; user add|delete|passwd|grant-role|revoke-role; role add|delete|grant-permission|revoke-permission',
        overwrites: 'snapshot restore; make-mirror; migrate; check datascale',
        deletes: 'del|rm|rmdir',
        wrecks: 'del --prefix *; del --from-key; snapshot restore --force-new-cluster; del --prefix|--from-key',
      },
      { values: '--endpoints --cacert --cert --key --user' },
    ),
    etcdutl: cli({
      reads: 'snapshot status; version; hashkv',
      overwrites: 'snapshot restore; defrag; migrate; backup',
    }),
    talosctl: cli({
      reads:
        'get *; dashboard; containers|c; dmesg; disks; events; health; interfaces; list|ls; logs; memory; mounts; processes; read; routes; service|services; stats; time; usage; version; config info|contexts; etcd members|status|alarm; image list; inspect *; netstat; validate; support; copy; pcap',
      changes:
        'apply-config|apply --dry-run; bootstrap; cluster create; config *; gen *; patch --dry-run; upgrade-k8s --dry-run; etcd snapshot; kubeconfig; machineconfig *; edit --dry-run; service * start|restart',
      secrets: 'kubeconfig -; gen secrets; config new',
      stops:
        'reboot; shutdown; restart; upgrade; upgrade-k8s; rollback; service * stop; apply-config|apply; patch *; edit *; etcd leave|remove-member|forfeit-leadership|defrag; rotate-ca; wipe *; meta *; image *',
      wrecks: 'reset; cluster destroy; wipe disk; bootstrap --recover-from',
    }),
    'clusterctl crossplane kapp vcluster virtctl cmctl kubeseal kompose ytt operator-sdk kubebuilder helm-docs ct': cli(
      {
        reads:
          'version; describe *; list|ls; inspect; get *; status *; logs; diff; convert; config *; beta trace|validate|render; guestosinfo|userlist|fslist; check *; app-change ls; inspect *; lint; help; validate *; render *; alpha *; template',
        changes:
          'init; generate *; deploy !--yes; connect|disconnect; create; deploy; start; console|vnc|ssh|scp; pause|resume; move --dry-run; renew *; approve|deny; xpkg *; image-upload; expose; port-forward; up|down; platform *; bundle *; run *; scorecard; edit; build; install *; memory-dump; addvolume; install; unpause; snapshot create',
        stops:
          'stop|restart|migrate|pause|unpause|removevolume|softreboot|reset; move; delete; rollout *; upgrade *; expand; soft-reboot; migrate-cancel; evict; alpha rollout *; restore; cleanup *; olm uninstall; uninstall; beta convert; disconnect --all; deny; xpkg uninstall; app-change gc',
        deletes: 'delete; delete *; app-group delete; olm uninstall; uninstall *; snapshot *; rename',
        wrecks: 'delete --all; delete cluster; delete * -n; delete --include-namespace|--include-crd',
      },
      { code: '-c --command' },
    ),
    kyverno: cli({
      reads: 'apply; test; version; jp *; docs; json *',
      changes: 'create *; apply --cluster',
      overwrites: 'migrate; fix *',
    }),
    gator: cli({ reads: 'test; verify; expand; bench; version; sync test' }),
    'argo kubectl-argo-rollouts tkn kn': cli({
      reads:
        'list|ls; get *; logs; version; lint; watch; status; * list|ls|describe|logs|export; cron list|get; template list|get; hub search|info; archive list|get; cluster-template list|get; server; describe *; service describe; * get; plugin list; auth status',
      changes:
        'submit; resubmit|retry|resume|suspend|wait|cp|node|set; cron create|resume|suspend|update; template create|update|lint; pipeline|task|clustertask start|sign; promote|restart|retry|undo|set *; service create|update|apply|import; * create|apply|update; start *; dashboard; hub install|upgrade; restart; pause|unpause|set; promote *; hub *; * start; cluster-template create',
      stops:
        'stop|terminate; abort; pipelinerun|pr|taskrun|tr cancel; promote --full; suspend *; service update --traffic=*=0*; archive resubmit; hub downgrade; service update --scale=0; status --abort; undo *',
      secrets: 'auth token',
      deletes:
        'delete *; delete; * delete; * delete --all; archive delete; cron delete; template delete; * rm|remove; cleanup; hub reinstall; cluster-template delete',
    }),
    longhornctl: cli({
      reads: 'check *; get *; version',
      changes: 'install *; export *',
      overwrites: 'trim *; uninstall *',
    }),
  },
);
