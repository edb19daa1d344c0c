import { type HostReport, isClearSoFar, type ReportSource } from '../../src/model/report.ts';
import { blocked, clear, ready, reportOf, unreachable } from './reports.ts';

/** Host number `index` of a made-up audit of 10.64.0.0/10: a mix of verdicts, a blocked /24 of every eight, silent ones. */
export const auditHost = (index: number): HostReport => {
  const [subnet, low] = [Math.floor(index / 256), index % 256];
  const address = `10.${64 + Math.floor(subnet / 256)}.${subnet % 256}.${low}`;
  const silent = { ...unreachable, target: address, address };
  if (subnet % 8 === 5 || low % 4 === 3) return silent;
  if (subnet % 8 === 2) return { ...blocked, target: `pc${index}.corp.example`, address };
  if (index % 100 === 1)
    return {
      ...blocked,
      target: address,
      address,
      because: [{ rule: 'mapper-refused', text: 'Nothing listens on TCP 135.', ports: [135] }],
      remedies: [
        {
          id: 'rpc-service',
          title: "Make sure that this is the novice's PC and that its RPC service runs",
          where: 'novice',
          text: 'Every Windows PC listens on TCP 135.',
          commands: ['sc.exe query RpcSs'],
          tools: ['cmd'],
        },
      ],
    };
  if (index % 50 === 4)
    return {
      ...ready,
      target: address,
      address,
      verdict: 'undetermined',
      confidence: 'weak',
      because: clear.because,
    };
  return { ...ready, target: address, address };
};

/**
 * An audit of `size` hosts that come from a generator each time they are walked, as from a database. `onHost` hears of
 * each that is pulled. One finding: the blocked subnets.
 */
export const auditOf = (size: number, onHost: (index: number) => void = () => {}): ReportSource => {
  const counts = { ready: 0, blocked: 0, undetermined: 0, clearSoFar: 0, unreachable: 0 };
  const filtered = new Set<string>();
  let members = 0;
  for (let i = 0; i < size; i++) {
    const host = auditHost(i);
    const { verdict, address, because } = host;
    counts[verdict]++;
    if (isClearSoFar(host)) counts.clearSoFar++;
    if (verdict !== 'blocked' || because[0]?.rule === 'mapper-refused') continue;
    members++;
    filtered.add(`${address?.slice(0, address.lastIndexOf('.'))}.0/24`);
  }
  return {
    ...reportOf([]),
    hosts: {
      *[Symbol.iterator]() {
        for (let i = 0; i < size; i++) {
          onHost(i);
          yield auditHost(i);
        }
      },
    },
    groups:
      members === 0
        ? []
        : [
            {
              id: 'dynamic-rpc-drop-10.64.1.1',
              signature: 'dynamic-rpc drop after 10.64.1.1',
              hosts: members,
              prefixes: [...filtered],
              commands: [`permit tcp EXPERT ${[...filtered][0]} range 50000 54999`],
              tools: ['cisco'],
              text: `Between 10.64.1.1 and 10.64.2.2, TCP 50000-54999 is silently dropped for ${members} of ${members} hosts in ${[...filtered].slice(0, 4).join(', ')}${filtered.size > 4 ? ` and ${filtered.size - 4} more` : ''}.`,
            },
          ],
    summary: { hosts: size, ...counts },
  };
};
