import { input, type Row } from '../row.ts';
import { over6, UNREACHABLE } from './common.ts';

const publicProfile: Row = {
  name: 'public-profile',
  about: 'a Windows in its public profile answers a ping and no TCP: without the ping it looks switched off',
  host: 'plain',
  ping: true,
  rules: [input('$to meta l4proto tcp drop')],
  expect: {
    verdict: 'blocked',
    confidence: 'likely',
    requirements: {
      'endpoint-mapper': 'fail',
      'remote-desktop': 'undetermined',
      'dynamic-rpc': 'undetermined',
    },
    ports: UNREACHABLE.ports,
  },
};

const asNobody: Row = {
  ...publicProfile,
  name: 'public-profile-as-nobody',
  about: 'the same asked by a user without privileges, whom the system lets send echoes',
  user: 'nobody',
  wires: ['node', 'linux'],
};

const FORBIDDEN = {
  knownLimit: 'may send no echo, and without one nothing tells this from an empty address',
  verdict: 'unreachable',
  confidence: 'likely|weak',
  requirements: UNREACHABLE.requirements,
} as const;

/** Hosts that only a ping finds. */
export const livenessRows: readonly Row[] = [
  publicProfile,
  over6(publicProfile),
  asNobody,
  over6(asNobody),
  {
    ...asNobody,
    name: 'public-profile-without-echo',
    about: 'the same asked by a user whom the system lets send no echo',
    user: 'nobody-without-echo',
    node: FORBIDDEN,
    linux: FORBIDDEN,
  },
];
