import type { Contradiction, HostPolicy, PolicyFinding } from '../model/policy.ts';
import type { FilterReport, HostReport, PortReport } from '../model/report.ts';

type Look = (host: HostReport, policy: Pick<HostPolicy, 'novice' | 'findings'>) => readonly Contradiction[];

const deciding = (findings: readonly PolicyFinding[], port: number): PolicyFinding[] =>
  findings.filter(({ decides, ports }) => decides && ports.includes(port));

/** Whether the policy lets a port in, and nothing in it closes the port again. */
const opens = (findings: readonly PolicyFinding[], port: number): boolean => {
  const own = deciding(findings, port);
  return own.length > 0 && own.every(({ state }) => state === 'ok');
};

const portOf = ({ ports }: HostReport, port: number): PortReport | undefined =>
  ports.find((one) => one.port === port);

const DEEDS: Readonly<Record<FilterReport['how'], string>> = {
  drop: 'drops',
  icmp: 'rejects',
  reset: 'resets',
};

const placeOf = ({ afterHop, beforeHop, by }: FilterReport): string => {
  if (by !== null) return ` at ${by}`;
  if (afterHop !== null) return ` after ${afterHop}`;
  return beforeHop === undefined ? '' : ` before ${beforeHop}`;
};

/** What stands on the way, in words. A filter of the host itself is none of the network. */
const filterOn = ({ path, address }: HostReport, port: number): FilterReport | undefined =>
  path.filters.find(({ ports, by }) => ports.includes(port) && (by === null || by !== address));

const openButFiltered: Look = (host, { findings }) =>
  [135, 3389].flatMap((port) => {
    const filter = filterOn(host, port);
    return filter && opens(findings, port)
      ? [
          {
            code: 'policy-open-network-closed',
            text: `The policy opens TCP ${port}, and the network ${DEEDS[filter.how]} it${placeOf(filter)}.`,
            ports: [port],
          },
        ]
      : [];
  });

const closedButAnswers: Look = (host, { findings }) => {
  const closed = deciding(findings, 135).find(({ state, certain }) => certain && state !== 'ok');
  return closed && portOf(host, 135)?.state === 'open'
    ? [
        {
          code: 'policy-closed-network-open',
          text: 'TCP 135 answers although the policy does not allow it: the policy is not in force on this host, or something else opens the port.',
          ports: [135],
        },
      ]
    : [];
};

/** Whether the port is open in the Domain profile alone. */
const isDomainOnly = ({ profiles }: PolicyFinding): boolean =>
  profiles.length === 1 && profiles[0] === 'domain';

const silentOutsideDomain: Look = (host, { findings }) => {
  const port = portOf(host, 135);
  const isSilent = port?.reason === 'no-response' && !filterOn(host, 135);
  return isSilent && opens(findings, 135) && deciding(findings, 135).every(isDomainOnly)
    ? [
        {
          code: 'other-profile-suspected',
          text: 'The firewall lets in TCP 135 in the Domain profile only, and TCP 135 does not answer: the novice is probably on another profile.',
          ports: [135],
        },
      ]
    : [];
};

const answersForGood: Look = (host, { novice, findings }) => {
  const onDemand =
    (novice === 'xp-sp2' || novice === 'xp-x64-sp1') &&
    opens(findings, 3389) &&
    !findings.some(({ code }) => code === 'desktop-always-open' || code === 'firewall-off');
  return onDemand && portOf(host, 3389)?.state === 'open'
    ? [
        {
          code: 'answers-although-on-demand',
          text: 'TCP 3389 answers all the time, although Sessmgr.exe would open it on demand: Remote Desktop is enabled, or another rule opens it.',
          ports: [3389],
        },
      ]
    : [];
};

const LOOKS: readonly Look[] = [openButFiltered, closedButAnswers, silentOutsideDomain, answersForGood];

/** Where a policy and what the network showed of a host contradict each other. */
export const contradictionsOf: Look = (host, policy) => LOOKS.flatMap((look) => look(host, policy));
