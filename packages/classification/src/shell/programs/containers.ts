/**
 * Containers and virtual machines. Source: the Docker, Podman and libvirt command references.
 * Pure data.
 */

import { doing, type ProgramSpec, type ProgramTable, reading } from './spec.js';

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
export const CONTAINERS: ProgramTable = {
  'docker podman nerdctl buildah': DOCKER,
  'docker-compose podman-compose': COMPOSE,
  'lxc incus lxd multipass vagrant virsh virtualbox vboxmanage limactl colima minikube kind k3d': {
    verbs: true,
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
  'skopeo crane cosign oras': {
    verbs: true,
    subcommands: {
      'inspect list-tags digest manifest config ls catalog verify': list,
      delete: loses('image-delete', 'Deletes a published image.'),
    },
  },
};
