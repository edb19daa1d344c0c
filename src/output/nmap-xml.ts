import { inPieces } from '../model/in-pieces.ts';
import type { HostReport, PortReport, ReportSource } from '../model/report.ts';
import { type XmlNode, xml } from '../text/xml.ts';
import type { Format } from './format.ts';
import { openTag, xmlText } from './xml.ts';

const seconds = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** `Thu Jan  1 00:00:00 2026`, as nmap writes a time, in UTC. */
const spoken = (time: string): string => {
  const [day = '', date = '', month = '', year = '', clock = ''] = new Date(time).toUTCString().split(/,? /);
  return `${day} ${month} ${date.replace(/^0/, ' ')} ${clock} ${year}`;
};

/** `135,3389,50000-50003`: nmap's own way to list ports. A byte for each of 65536 ports, however many hosts. */
const portsAsked = function* (
  hosts: Iterable<HostReport>,
): Generator<'', { readonly count: number; readonly list: string }> {
  const asked = new Uint8Array(65_537);
  yield* inPieces(hosts, ({ ports }) => {
    for (const { port } of ports) asked[port] = 1;
  });
  const parts: string[] = [];
  let count = 0;
  for (let from = 1; from < asked.length; from++) {
    if (!asked[from]) continue;
    let to = from;
    while (asked[to + 1]) to++;
    parts.push(from === to ? String(from) : `${from}-${to}`);
    count += to - from + 1;
    from = to;
  }
  return { count, list: parts.join(',') };
};

const isAnswer = ({ state }: PortReport): boolean => state === 'open' || state === 'closed';

/**
 * nmap's word for the host. A host that is neither unreachable nor answering is `up` because of `user-set`, as nmap says of
 * hosts that it takes for up without proof: its ports are the finding, and readers skip the ports of hosts that are not up.
 */
const statusOf = ({ verdict, ports }: HostReport): XmlNode => {
  const answer = ports.find(isAnswer);
  if (verdict === 'unreachable')
    return { '@state': 'down', '@reason': ports[0]?.reason ?? 'no-response', '@reason_ttl': 0 };
  return { '@state': 'up', '@reason': answer?.reason ?? 'user-set', '@reason_ttl': answer?.ttl ?? 0 };
};

const serviceOf = ({ service, detail }: PortReport): XmlNode =>
  service === null
    ? {}
    : {
        service: {
          '@name': xmlText(service),
          '@method': 'probed',
          '@conf': 10,
          ...(detail === null ? {} : { '@extrainfo': xmlText(detail) }),
        },
      };

const portOf = (one: PortReport, address: string): XmlNode => ({
  '@protocol': 'tcp',
  '@portid': one.port,
  state: {
    '@state': one.state,
    '@reason': one.reason,
    '@reason_ttl': one.ttl ?? 0,
    ...(one.from === null || one.from === address ? {} : { '@reason_ip': xmlText(one.from) }),
  },
  ...serviceOf(one),
  ...(one.service === null && one.detail !== null
    ? { script: { '@id': 'ra-preflight', '@output': xmlText(one.detail) } }
    : {}),
});

const inOrder = (ports: readonly PortReport[]): readonly PortReport[] =>
  ports.toSorted((a, b) => a.port - b.port);

/** What nmap has no element for, where its scripts report on a host: the verdict, and why. */
const verdictOf = (host: HostReport): XmlNode => {
  const why = host.because[0];
  const elem = [
    { '@key': 'verdict', '#text': host.verdict },
    { '@key': 'confidence', '#text': host.confidence },
    { '@key': 'novice', '#text': host.novice.generation },
    ...(why ? [{ '@key': 'rule', '#text': xmlText(why.rule) }] : []),
    ...host.requirements.map(({ name, state }) => ({ '@key': name, '#text': state })),
  ];
  const output = xmlText(
    [`${host.verdict} (${host.confidence})`, why?.text].filter(Boolean).join(': '),
    2000,
  );
  return { script: { '@id': 'ra-preflight', '@output': output, elem } };
};

const traceOf = ({ path }: HostReport): XmlNode => {
  const hops = path.hops.flatMap(({ ttl, address, rttMs }) =>
    // As nmap does: a hop that did not answer is left out.
    address === null
      ? []
      : [
          {
            '@ttl': ttl,
            '@ipaddr': xmlText(address),
            ...(rttMs === null ? {} : { '@rtt': rttMs.toFixed(2) }),
          },
        ],
  );
  return hops.length === 0 ? {} : { trace: { '@proto': 'tcp', hop: hops } };
};

const nameOf = (name: string, target: string): XmlNode => ({
  '@name': xmlText(name, 300),
  '@type': name === target ? 'user' : 'PTR',
});

/** The host element; a target without an address becomes what nmap writes for a name that it cannot resolve. */
const hostOf = (host: HostReport): XmlNode => {
  const { address, names, target, ports } = host;
  if (address === null)
    return {
      target: { '@specification': xmlText(target, 300), '@status': 'skipped', '@reason': 'invalid' },
    };
  return {
    host: {
      status: statusOf(host),
      address: { '@addr': xmlText(address), '@addrtype': address.includes(':') ? 'ipv6' : 'ipv4' },
      ...(names.length > 0 ? { hostnames: { hostname: names.map((name) => nameOf(name, target)) } } : {}),
      ...(ports.length > 0 ? { ports: { port: inOrder(ports).map((one) => portOf(one, address)) } } : {}),
      hostscript: verdictOf(host),
      ...traceOf(host),
    },
  };
};

const head = function* ({ run, tool, hosts }: ReportSource): Iterable<string> {
  const { count, list } = yield* portsAsked(hosts);
  yield [
    '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE nmaprun>\n',
    openTag('nmaprun', {
      '@scanner': 'nmap',
      '@args': xmlText(`${tool.name} (engine ${run.engine}, novice ${run.novice}, seed ${run.seed})`),
      '@start': seconds(run.startedAt),
      '@startstr': spoken(run.startedAt),
      '@version': xmlText(tool.version),
      '@xmloutputversion': '1.05',
    }),
    xml({
      scaninfo: {
        '@type': run.engine === 'syn' ? 'syn' : 'connect',
        '@protocol': 'tcp',
        '@numservices': count,
        '@services': list,
      },
      verbose: { '@level': 0 },
      debugging: { '@level': 0 },
    }),
  ].join('');
};

/**
 * The report as nmap's XML, version 1.05, for ndiff and whatever else reads it. Valid by nmap.dtd. The port state `unknown`
 * stays: the DTD takes any word, and no word of nmap's means trouble of the machine that sent the probes. Walks the hosts twice,
 * since the list of ports stands before them.
 */
export const renderNmapXml: Format = function* (report) {
  const { run } = report;
  yield* head(report);
  const counts = { up: 0, down: 0 };
  for (const host of report.hosts) {
    if (host.address !== null) counts[host.verdict === 'unreachable' ? 'down' : 'up']++;
    yield xml(hostOf(host));
  }
  const total = counts.up + counts.down;
  const elapsed = (run.durationMs / 1000).toFixed(2);
  yield xml({
    runstats: {
      finished: {
        '@time': seconds(run.finishedAt),
        '@timestr': spoken(run.finishedAt),
        '@elapsed': elapsed,
        '@summary': `ra-preflight done at ${spoken(run.finishedAt)}; ${total} IP addresses (${counts.up} hosts up) scanned in ${elapsed} seconds`,
        '@exit': 'success',
      },
      hosts: { '@up': counts.up, '@down': counts.down, '@total': total },
    },
  });
  yield '</nmaprun>\n';
};
