import type { Row } from '../row.ts';
import { HEALTHY, over6 } from './common.ts';

const accept: Row = {
  name: 'accept',
  about: 'no filter anywhere',
  host: 'server',
  expect: HEALTHY,
};

/** Networks that let everything through, and what answers there. */
export const openRows: readonly Row[] = [
  accept,
  over6(accept),
  { ...accept, name: 'accept-echo', about: 'no filter, with an ICMP echo beside the questions', ping: true },
  { ...over6(accept), name: 'accept-echo-v6', ping: true },
  { ...accept, name: 'accept-10ms', about: 'no filter, round trip of 10 ms', way: '10ms' },
  { ...accept, name: 'accept-150ms', about: 'no filter, round trip of 150 ms', way: '150ms' },
  { ...over6(accept), name: 'accept-150ms-v6', way: '150ms' },
  {
    ...accept,
    name: 'accept-as-xp',
    about: 'no filter, the novice is said to run XP: xrdp must answer on 3389',
    options: ['--novice', 'xp-2003'],
    expect: {
      ...HEALTHY,
      generation: 'xp-2003',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'pass', 'dynamic-rpc': 'pass' },
    },
  },
  {
    ...accept,
    name: 'credssp-only',
    about: 'a Remote Desktop server that wants CredSSP is still Remote Desktop',
    host: 'credssp',
    options: ['--novice', 'xp-2003'],
    expect: {
      ...HEALTHY,
      generation: 'xp-2003',
      requirements: { 'endpoint-mapper': 'pass', 'remote-desktop': 'pass', 'dynamic-rpc': 'pass' },
    },
  },
  {
    name: 'mute-135',
    about: 'the endpoint mapper hangs: the kernel accepts for it, nobody speaks',
    host: 'stopped',
    expect: {
      verdict: 'undetermined',
      generation: 'unknown',
      requirements: { 'endpoint-mapper': 'undetermined', 'remote-desktop': 'pass', 'dynamic-rpc': 'pass' },
      ports: { 135: 'open syn-ack', 3389: 'closed conn-refused', rest: 'closed conn-refused' },
    },
  },
  {
    name: 'nothing-listens',
    about:
      'a machine without firewall and without RPC refuses 135 itself: no filter, and no Remote Assistance',
    host: 'plain',
    expect: {
      verdict: 'blocked',
      generation: 'unknown',
      // Where 135 itself is refused, no refusal is known to be the host's.
      requirements: {
        'endpoint-mapper': 'fail',
        'remote-desktop': 'undetermined',
        'dynamic-rpc': 'undetermined',
      },
      ports: { 135: 'closed conn-refused', 3389: 'closed conn-refused', rest: 'closed conn-refused' },
      ranges: ['about 1025-65535 unknown'],
      filters: [],
    },
  },
  {
    name: 'foreign-135',
    about: 'another protocol answers on 135: a port forward to the wrong place',
    host: 'plain',
    listen: { 135: 'banner', 3389: 'web' },
    expect: {
      verdict: 'blocked',
      requirements: { 'endpoint-mapper': 'fail', 'remote-desktop': 'undetermined', 'dynamic-rpc': 'pass' },
      ports: { 135: 'open syn-ack', 3389: 'open syn-ack', rest: 'closed conn-refused' },
    },
  },
  {
    name: 'hang-up-135',
    about: 'whatever listens on 135 closes without a word: a proxy that has lost its target',
    host: 'plain',
    listen: { 135: 'hang-up' },
    expect: {
      verdict: 'undetermined',
      requirements: { 'endpoint-mapper': 'undetermined', 'remote-desktop': 'pass', 'dynamic-rpc': 'pass' },
      ports: { 135: 'open syn-ack', 3389: 'closed conn-refused', rest: 'closed conn-refused' },
    },
  },
  {
    name: 'mute-listeners-v6',
    about: 'whatever listens says nothing, on 135 as on 3389',
    host: 'plain',
    family: 6,
    listen: { 135: 'mute', 3389: 'mute' },
    expect: {
      verdict: 'undetermined',
      requirements: {
        'endpoint-mapper': 'undetermined',
        'remote-desktop': 'undetermined',
        'dynamic-rpc': 'pass',
      },
      ports: { 135: 'open syn-ack', 3389: 'open syn-ack', rest: 'closed conn-refused' },
    },
  },
];
