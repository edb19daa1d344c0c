import { CLEAR_SO_FAR, commandsFor } from '../../model/report.ts';
import { canonical } from '../address.ts';
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
          title: 'If the offer fails, test a dynamic port',
          where: 'novice',
          text: `The first two lines open TCP ${port} and listen there. While they run, check from here: ra-preflight check ${canonical(address ?? '') ?? 'HOST'} --rpc-ports ${port}. If the port is open then, the network lets dynamic ports through; if it gives no answer, the network drops them. Press Enter to stop, and the last line removes the rule.`,
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

export const askWhoRelays: Make = ({ rulings, verdict }) =>
  verdict === 'undetermined' && [...rulings.values()].some(({ rule }) => traitsOf(rule).relayed)
    ? {
        id: 'device-in-between',
        title: 'Ask which device handles this traffic',
        where: 'network',
        text: "Ask the network team whether an IPS, a firewall with an RPC helper (ALG), a proxy, a load balancer or a VPN stands between expert and novice, and what it does with TCP 135 and the dynamic ports. If nothing does, restart the novice's PC: its RPC service may hang.",
        commands: [],
      }
    : null;

/** Windows tells of its policies by these values; the first of each pair is set by Group Policy. */
const QUERIES = [
  'reg query HKLM\\Software\\Microsoft\\Ole /v EnableDCOM',
  'reg query "HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Terminal Services" /v fAllowUnsolicited',
  'reg query "HKLM\\Software\\Policies\\Microsoft\\Windows NT\\Terminal Services" /v fAllowToGetHelp',
  'reg query "HKLM\\System\\CurrentControlSet\\Control\\Remote Assistance" /v fAllowToGetHelp',
  'gpresult /r /scope computer',
];

export const checkOnNovice: Make = ({ verdict }) =>
  verdict === 'ready' || verdict === 'undetermined'
    ? {
        id: 'check-on-novice',
        title: 'Check what no probe can see',
        where: 'novice',
        text: 'The policy "Offer Remote Assistance" (since Vista "Configure Offer Remote Assistance") is enabled and lists you or your group as helper; "Solicited Remote Assistance" is not disabled, because that makes offers fail too (KB826088, fAllowToGetHelp); both machines are in the same or in trusted domains; EnableDCOM is Y; users may connect remotely; the feature is installed (on servers); a user is signed in and accepts.',
        ...commandsFor(['cmd', QUERIES]),
      }
    : null;
