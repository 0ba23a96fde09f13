/**
 * Containers and virtual machines. Source: the Docker, Podman and libvirt command references.
 * Pure data.
 */

import { cli, doing, family, type ProgramSpec, reading, tool } from './spec.js';

const list = reading('*', 'text');
const loses = (id: string, text: string, level: 'destructive' | 'critical' = 'destructive') =>
  doing(level, id, text, { effects: ['data.delete', 'infra.change'], reversible: false });
const change = (text = 'Changes containers.') =>
  doing('moderate', 'container-change', text, { effects: ['infra.change'] });

const REMOVE: ProgramSpec = {
  act: { id: 'docker.rm', level: 'moderate', text: 'Removes containers or images.', effects: ['infra.change'] },
  rules: [
    {
      id: 'docker.rm-force',
      level: 'destructive',
      text: 'Stops and removes containers or images by force, with the data in them.',
      flags: '-f -v --force --volumes',
      effects: ['data.delete', 'infra.change'],
      reversible: false,
    },
    {
      id: 'docker.rm-many',
      level: 'destructive',
      text: 'Removes containers or images that are not known beforehand.',
      operand: /\0/,
      effects: ['data.delete', 'infra.change'],
      reversible: false,
    },
  ],
};
const DOWN = doing('moderate', 'compose.down', 'Stops and removes the containers of the project.', {
  effects: ['infra.change'],
  rules: [
    {
      id: 'compose.down-volumes',
      level: 'destructive',
      text: 'Removes the containers of the project with all their data.',
      flags: '-v --volumes --rmi',
      effects: ['data.delete', 'infra.change'],
      reversible: false,
    },
  ],
});
const COMPOSE: ProgramSpec = {
  values: '-f -p --file --project-name --profile --env-file',
  subcommands: {
    'ps ls images logs top version port events config': list,
    down: DOWN,
    rm: REMOVE,
    'kill stop pause restart': change('Stops or restarts containers.'),
  },
  act: {
    id: 'compose',
    level: 'moderate',
    text: 'Builds, starts or changes containers.',
    effects: ['infra.change', 'exec'],
  },
};

const DOCKER: ProgramSpec = {
  lines: {
    reads:
      'manifest inspect; builder|buildx ls|du|inspect|version; scout *; trust inspect; compose ps|ls|images|logs|top|port|version|events|config|convert; pod ps|ls|inspect|logs|stats|top; machine list|ls|inspect|info; secret|plugin|config|node|service|stack|swarm ls|inspect|ps; sbom; container stats|top|port|logs; healthcheck run; artifact ls|inspect',
    deletes:
      'checkpoint rm; rm --all|-a; rmi --all|-a; manifest rm; machine rm|reset; pod rm --force|-f; pod prune; artifact rm; volume rm|prune|remove; secret|config|plugin|node|stack|service rm|remove; compose rm -v|--volumes|-f; compose down --volumes|-v|--rmi|--remove-orphans; container rm|remove --force|-f|-v; network disconnect --force|-f; farm remove; image rm|remove --force|-f; kube down --force; namespace rm|remove',
    stops:
      'kill|stop --all|-a; swarm leave; node update --availability=drain|pause; node demote; service scale *=0; service update --force|--replicas=0; service rollback; plugin disable; pod kill|stop --all; swarm ca|unlock-key --rotate; compose kill; compose scale *=0; container kill; machine stop; compose up --force-recreate --renew-anon-volumes',
    access:
      'swarm join|update --autolock=false; plugin install --grant-all-permissions; trust revoke|signer; swarm join-token --rotate',
  },
  values: '-H -c -l --host --context --config --log-level',
  subcommands: {
    'ps images version info search top port diff events history inspect logs stats': list,
    'run exec create start build pull commit cp tag load import save export attach rename update wait login logout buildx bake unpause':
      change('Builds, starts or changes containers.'),
    'stop restart pause kill': change('Stops or restarts containers.'),
    push: doing('moderate', 'docker.push', 'Publishes an image.', { effects: ['net.egress', 'infra.change'] }),
    'rm rmi': REMOVE,
    container: {
      subcommands: {
        'ls list ps inspect logs stats top port diff': list,
        rm: REMOVE,
        prune: loses('docker.prune', 'Removes every stopped container.'),
      },
      act: { id: 'container-change', level: 'moderate', text: 'Changes containers.', effects: ['infra.change'] },
    },
    image: {
      subcommands: {
        'ls list inspect history': list,
        rm: REMOVE,
        prune: doing('moderate', 'docker.image-prune', 'Removes images that no container uses.', {
          effects: ['infra.change'],
          rules: [
            {
              id: 'docker.prune-all',
              level: 'destructive',
              text: 'Removes all images that no container uses.',
              flags: '-a --all',
              effects: ['data.delete'],
            },
          ],
        }),
      },
      act: { id: 'container-change', level: 'moderate', text: 'Changes images.' },
    },
    volume: {
      subcommands: {
        'ls list inspect': list,
        'rm remove prune': loses('docker.volume-rm', 'Deletes volumes with all the data in them.'),
      },
      act: { id: 'container-change', level: 'moderate', text: 'Changes volumes.' },
    },
    network: {
      subcommands: {
        'ls list inspect': list,
        'rm prune': doing('moderate', 'docker.network-rm', 'Removes networks.', { effects: ['infra.change'] }),
      },
      act: { id: 'container-change', level: 'moderate', text: 'Changes networks.' },
    },
    system: {
      subcommands: {
        'df info events': list,
        prune: loses('docker.system-prune', 'Removes all containers, networks and images that are not in use.'),
        reset: loses('docker.system-reset', 'Removes everything that the container service holds.', 'critical'),
      },
    },
    'builder buildx': {
      subcommands: {
        prune: doing('moderate', 'docker.builder-prune', 'Empties the cache of builds.'),
        'ls du inspect version': list,
        rm: change(),
      },
      act: { id: 'container-change', level: 'moderate', text: 'Builds images.', effects: ['exec'] },
    },
    context: {
      subcommands: { 'ls show inspect': list, rm: loses('docker.context-rm', 'Removes a context.') },
      act: { id: 'container-change', level: 'moderate', text: 'Changes which service is spoken to.' },
    },
    'swarm stack service node secret config plugin': {
      subcommands: {
        'ls ps inspect services logs': list,
        'rm remove leave': loses('docker.swarm-rm', 'Removes parts of the cluster.'),
        'scale update rollback': change('Changes a service.'),
      },
      act: { id: 'container-change', level: 'moderate', text: 'Changes the cluster.', effects: ['infra.change'] },
    },
    compose: COMPOSE,
    'pod machine': {
      subcommands: { 'ls ps inspect list': list, 'rm prune': loses('podman.rm', 'Removes pods or machines.') },
    },
  },
};

/** Docker and its like. */
export const CONTAINERS = family('the Docker, Podman and libvirt command references', {
  'docker podman nerdctl buildah': DOCKER,
  'docker-compose podman-compose': COMPOSE,
  'lxc incus lxd multipass vagrant virsh virtualbox vboxmanage limactl colima minikube kind k3d': {
    verbs: true,
    inner: 'exec|shell *; ssh',
    code: '-c --command',
    lines: {
      reads:
        'list|ls; info; status; version; find; networks; global-status; dominfo|domstate|domblklist|domiflist|dumpxml|net-list|pool-list|vol-list|snapshot-list|nodeinfo|capabilities|domstats|net-info|pool-info|vol-info; showvminfo; list vms|runningvms; get clusters|nodes; cluster|node|registry list; profile list; addons list; config show|get; image|network|storage|profile|project|cluster|remote|snapshot list|show|info; box list; plugin list; snapshot list; port; ssh-config; validate; logs; service list; ip; node list; docker-env',
      changes:
        'start|up|launch|create|suspend|stop|halt|restart|resume|reload|exec|shell|ssh|init|provision|mount|umount|transfer; stop !--all !-f; start|autostart|reboot|shutdown|snapshot-create*|define|net-start|pool-start|attach-*|console|edit|setmem|setvcpus|managedsave; create|start|edit|import|load cluster; cluster|node create|start|stop|edit|import; startvm|createvm|modifyvm|clonevm|import|export; addons enable|disable; cache *; image load|pull|build|import|copy; config set|unset; plugin install; box add|update; restore *; snapshot create; tunnel; kubectl *; docker-env; profile *; network create|attach; file *; remote add; alias *; pause|unpause; load *; update-context; recover; disable *',
      stops:
        'stop --all; stop --all -f; controlvm * poweroff|reset|acpipowerbutton|savestate; net-destroy|net-undefine|pool-destroy|pool-undefine|iface-destroy|nwfilter-undefine|secret-undefine; destroy; detach-*; reset; net-autostart --disable; blockcommit|blockpull|blockjob; natnetwork remove; cluster evacuate; network detach*',
      overwrites:
        'snapshot-revert; snapshot * restore; restore; snapshot restore; managedsave-remove; rebuild; blockcopy; vol-resize|vol-upload|blockresize; snapshot push|pop; config device override; modifymedium --resize; apply; snapshot delete; storage volume restore; setextradata; storageattach --medium=none',
      deletes:
        'delete|rm|remove; purge; destroy; undefine; vol-delete|vol-wipe; snapshot-delete; unregistervm; closemedium --delete; storage|network|profile|image|project delete|rm|prune; storage volume delete; box remove|prune; image rm; network rm|remove; node delete; registry delete; prune; factory-reset; snapshot delete; config device remove; dhcpserver remove; hostonlyif remove; checkpoint-delete; pool-delete; cluster delete *; cache delete; profile delete',
      access:
        'config set *security.privileged true; config set * security.privileged|security.nesting true; config trust add|remove; remote remove; auth *; sharedfolder add',
      wrecks:
        'delete --all; delete cluster|clusters; cluster delete; project delete; delete --all --purge; undefine --remove-all-storage; delete --all -f',
    },
    act: { id: 'vm', level: 'moderate', text: 'Changes virtual machines or clusters.', effects: ['infra.change'] },
    rules: [
      {
        id: 'vm-destroy',
        level: 'destructive',
        text: 'Destroys virtual machines or clusters.',
        operand: /^(?:destroy|delete|undefine|unregistervm|purge|closemedium|stop-all)$/,
        effects: ['data.delete', 'infra.change'],
        reversible: false,
      },
    ],
  },
  'skopeo crane cosign oras': cli({
    reads:
      'inspect; list-tags; digest; manifest; config; ls; catalog; verify*; tree; triangulate; manifest fetch|fetch-config; repo ls|tags; discover; validate; version; export -',
    changes:
      'copy|cp|pull|push|append|mutate|sign|attest|attach|login|logout|sync|tag|export|flatten|rebase|load|save|generate-key-pair|initialize|public-key; manifest push',
    deletes: 'delete; manifest delete|rm; blob delete; clean; repo rm; manifest delete *',
    overwrites: 'push --force; tag *; sync --scoped',
  }),
  'buildctl img s2i pack docker-machine docker-slim slim dive umoci apptainer singularity distrobox toolbox': cli(
    {
      reads:
        'list|ls; du; debug workers|info|histories; inspect*; version; status; active; config; ip; url; builder list|inspect|suggest; search; verify; sif list|header|dump; report; history; cache list; capability list',
      changes:
        'build|pull|push|run|exec|enter|create|start|stop|restart|shell|unpack|repack|init|tag|save|upgrade|env|regenerate-certs|provision|ssh|scp|sign|login|instance; cache clean; remote *',
      secrets: 'config --swarm',
      deletes:
        'prune; rm|remove|rmi|delete; kill; prune-histories; overlay *; gc; assemble --rm; ephemeral; reset; builder remove; cache clean --all',
    },
    { inner: 'exec|enter|run *; run' },
  ),
  'runc crun youki containerd dockerd ctop': cli({
    reads: 'list|ps|state|events|spec|features; . --version; config default|dump; images; version',
    changes: 'run|create|start|exec|pause|resume|checkpoint|update|restore',
    deletes: 'delete',
    stops: 'kill',
  }),
  'qemu-img virt-customize guestfish virt-install virt-manager qemu-system-x86_64 firecracker cloud-localds virt-cat virt-ls virt-df':
    tool({
      reads: 'info|check|map|compare|measure|snapshot -l; info; check !-r; map; compare; measure; . -d; --list-*',
      changes: 'create; convert; resize !--shrink; snapshot -c; amend; dd; bench',
      overwrites:
        'commit; resize --shrink; snapshot -a|-d; rebase; check -r; amend; snapshot -a; create /dev/*; * --delete; dd *; convert * /dev/*',
    }),
  'lxc-create lxc-start lxc-stop lxc-ls lxc-info lxc-attach lxc-snapshot lxc-copy lxc-freeze': tool(
    { overwrites: '. -r|--restore; . -d|--destroy' },
    { inner: '. -n' },
  ),
  'lxc-destroy': doing('destructive', 'vm-destroy', 'Destroys a container with its data.', {
    effects: ['data.delete', 'infra.change'],
    reversible: false,
  }),
  'crictl ctr': cli(
    {
      reads:
        'ps; pods; images|image|img; inspect*; logs; stats*; statsp; info; version; images ls|list|check; containers|c ls|list|info; tasks|t ls|list|ps|metrics; snapshots ls|list|info|usage|tree; namespaces|ns ls; content ls; imagefsinfo; plugins ls; leases ls; config --get',
      changes:
        'pull; run*; create; start; exec; images|image pull|push|tag|import|export|mount; tasks start|exec|pause; config; update; attach; port-forward; c create; run; checkpoint; events; namespaces create|label',
      stops: 'stop|stopp; tasks|t kill|pause',
      deletes:
        'rm|rmi|rmp; images|image|i rm|remove|delete|del|prune; containers|container|c rm|delete|del; tasks|t rm|delete; snapshots|snapshot rm|delete; namespaces|ns rm|remove; content rm|prune; leases delete; rm --all',
    },
    { inner: 'exec *; tasks|task|t exec *; c exec *' },
  ),
});
