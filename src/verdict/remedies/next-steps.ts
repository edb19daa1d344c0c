import { commandsFor } from '../../model/commands.ts';
import type { HostPolicy, PolicyCode, PolicyFinding } from '../../model/policy.ts';
import { CLEAR_SO_FAR, type Remedy } from '../../model/report.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { traitsOf } from '../rules.ts';
import type { Make } from './situation.ts';

/** A dynamic port that Windows seldom has in use. */
const TEST_PORT = 50_000;
const TEST_RULE = 'ra-preflight test';

/** How to find out what no probe can see: a listener that the firewall of the novice lets in. */
export const testDynamicPort: Make = ({ reason, facts }) =>
  reason === CLEAR_SO_FAR
    ? (address) => {
        const port = facts.plan.narrowed ? facts.plan.rpcRange.from : TEST_PORT;
        return {
          id: 'test-dynamic-port',
          title: 'Test one dynamic port by hand',
          where: 'novice',
          text: `The first two lines open TCP ${port} and listen there. While they run, check from here: ra-preflight check ${canonicalAddress(address ?? '') ?? 'HOST'} --rpc-ports ${port}. If the port is open then, the network lets dynamic ports through; if it gives no answer, the network drops them. Press Enter to stop, and the last line removes the rule.`,
          ...commandsFor([
            'powershell',
            [
              `New-NetFirewallRule -DisplayName "${TEST_RULE}" -Direction Inbound -Action Allow -Protocol TCP -LocalPort ${port}`,
              `$l = [Net.Sockets.TcpListener]${port}; $l.Start(); Read-Host "Listening on TCP ${port}, Enter stops"; $l.Stop()`,
              `Remove-NetFirewallRule -DisplayName "${TEST_RULE}"`,
            ],
          ]),
        };
      }
    : null;

/** A device answers on behalf of the host: its owner knows. */
export const askWhoRelays: Make = ({ rulings, verdict }) =>
  verdict === 'undetermined' && [...rulings.values()].some(({ rule }) => traitsOf(rule).relayed)
    ? {
        id: 'device-in-between',
        title: 'Ask which device handles this traffic',
        where: 'network',
        text: "Ask the network team whether an IPS, a firewall with an RPC helper (ALG), a proxy, a load balancer or a VPN stands between expert and novice, and what it does with TCP 135 and the dynamic ports. If nothing does, restart the novice's PC: its RPC service may have hung.",
        commands: [],
      }
    : null;

/** One thing that no probe can see, and the codes of a policy check that settle it. */
interface Unseen {
  /** There where a command asks Windows about it. */
  readonly id?: 'offers' | 'helpers' | 'solicited' | 'dcom' | 'user';
  readonly text: string;
  readonly settledBy?: readonly PolicyCode[];
}

const UNSEEN: readonly Unseen[] = [
  {
    id: 'offers',
    text: 'the policy "Offer Remote Assistance" (since Vista "Configure Offer Remote Assistance") is enabled and lists you or your group as helper',
  },
  {
    id: 'solicited',
    text: '"Solicited Remote Assistance" is not disabled, because that makes offers fail too (KB826088, fAllowToGetHelp)',
    settledBy: ['solicited-not-disabled', 'solicited-disabled'],
  },
  { text: 'both machines are in the same or in trusted domains' },
  { id: 'dcom', text: 'EnableDCOM is Y', settledBy: ['dcom-enabled', 'dcom-disabled', 'dcom-not-set'] },
  {
    text: 'users may connect remotely',
    settledBy: ['connections-allowed', 'connections-denied', 'connections-not-needed'],
  },
  { text: 'the feature is installed (on servers)' },
  { id: 'user', text: 'a user is signed in and accepts' },
];

/** Windows tells of its policies by these values; the first of each pair is set by Group Policy. */
const QUERIES: readonly (readonly [about: NonNullable<Unseen['id']>, command: string])[] = [
  ['dcom', 'reg query HKLM\\Software\\Microsoft\\Ole /v EnableDCOM'],
  [
    'offers',
    'reg query "HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Terminal Services" /v fAllowUnsolicited',
  ],
  [
    'solicited',
    'reg query "HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Terminal Services" /v fAllowToGetHelp',
  ],
  ['solicited', 'reg query "HKLM\\System\\CurrentControlSet\\Control\\Remote Assistance" /v fAllowToGetHelp'],
  ['user', 'gpresult /r /scope computer'],
];

const checklist = (items: readonly Unseen[]): Remedy => {
  const text = items.map((one) => one.text).join('; ');
  const ids = new Set(items.map(({ id }) => id));
  return {
    id: 'check-on-novice',
    title: 'Check what no probe can see',
    where: 'novice',
    text: `${text[0]?.toUpperCase()}${text.slice(1)}.`,
    ...commandsFor(['cmd', QUERIES.flatMap(([about, command]) => (ids.has(about) ? [command] : []))]),
  };
};

/** What cannot be seen from here, to be looked at on the novice's PC. */
export const checkOnNovice: Make = ({ verdict }) =>
  verdict === 'ready' || verdict === 'undetermined' ? checklist(UNSEEN) : null;

/** What policy files leave unseen: of the offer policy itself, only whether the expert is among its helpers. */
const leftAfter = ({ findings }: Pick<HostPolicy, 'findings'>): Unseen[] => {
  const known = new Set(findings.filter(({ state }) => state !== 'unknown').map(({ code }) => code));
  return UNSEEN.flatMap((one) => {
    if (one.id === 'offers' && known.has('offers-enabled') && known.has('helpers-listed'))
      return [{ ...one, id: 'helpers', text: 'you or a group of yours is among the helpers of the policy' }];
    return one.settledBy?.some((code) => known.has(code)) ? [] : [one];
  });
};

/** The remedies of a host with the checklist shortened by what its policy files say. */
export const afterPolicy = (
  remedies: readonly Remedy[],
  policy: Pick<HostPolicy, 'findings'>,
): readonly Remedy[] =>
  remedies.map((one) => (one.id === 'check-on-novice' ? checklist(leftAfter(policy)) : one));

/** Steps for hosts of which only what no probe sees is left in doubt. */
const FOR_DOUBT: ReadonlySet<string> = new Set(['check-on-novice', 'test-dynamic-port']);

/** The remedies of a host that its policy blocks: the policy first. */
export const forPolicy = (
  remedies: readonly Remedy[],
  causes: readonly PolicyFinding[],
): readonly Remedy[] => [
  {
    id: 'change-policy',
    title: 'Change the policy of the novice',
    where: 'novice',
    text: [...new Set(causes.flatMap(({ remedy }) => remedy ?? []))].join(' '),
    ...commandsFor(['cmd', ['gpupdate /target:computer /force']]),
  },
  ...remedies.filter(({ id }) => !FOR_DOUBT.has(id)),
];
