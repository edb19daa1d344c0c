import type { FleetRunStatus, FleetStatus, VantageStatus } from '../model/fleet.ts';
import { cleanText } from '../text/clean-text.ts';
import { aboutDuration } from '../text/duration.ts';
import type { FormatOptions } from './format.ts';
import { jsonText } from './json-text.ts';
import { paint } from './table/draw.ts';

/** The status of a fleet as JSON. */
export const renderFleetJson = (status: FleetStatus): string => `${jsonText(status, 2)}\n`;

const etaWords = (seconds: number | null): string =>
  seconds === null ? '' : `, ${aboutDuration(seconds)} left`;

const runWords = ({ id, judged, hosts, shards, rate, etaSeconds }: FleetRunStatus): string =>
  `run ${cleanText(id)}: ${judged} of ${hosts} hosts, ${shards.done} of ${shards.of} shards, rate ${rate}${etaWords(etaSeconds)}`;

const vantageLines = (
  { name, run, queued, active, results, workers }: VantageStatus,
  options: Pick<FormatOptions, 'colour'>,
): string[] => [
  paint(cleanText(name), 'bold', options),
  `  ${run ? runWords(run) : 'no run'}`,
  `  ${queued} shards wait, ${active} in hand, ${results} batches on their way back`,
  ...(workers.length === 0 ? ['  no worker'] : []),
  ...workers.map(({ id, live, version, engine, inHand, rate, most, sent, hosts, trouble }) => {
    const state = live
      ? trouble === null
        ? inHand.length === 0
          ? 'idle'
          : `${inHand.length === 1 ? 'shard' : 'shards'} ${inHand.join(', ')}, ${rate} of at most ${most} packets/s`
        : paint(cleanText(trouble, 300), 'red', options)
      : paint('silent', 'yellow', options);
    return `  ${cleanText(id)} (${cleanText(version)}, ${engine}): ${state}; ${sent} packets, ${hosts} hosts so far`;
  }),
];

/** The status of a fleet for a person. */
export const renderFleetTable = (status: FleetStatus, options: Pick<FormatOptions, 'colour'>): string =>
  [
    `${cleanText(status.store, 300)} at ${status.at}`,
    ...(status.vantages.length === 0 ? ['no vantage has had a worker'] : []),
    ...status.vantages.flatMap((one) => vantageLines(one, options)),
  ]
    .map((line) => `${line}\n`)
    .join('');

const label = (text: string): string =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');

/** The status of a fleet in the text format of Prometheus, version 0.0.4. */
export const renderFleetPrometheus = ({ vantages }: FleetStatus): string => {
  const metric = (
    name: string,
    help: string,
    kind: 'gauge' | 'counter',
    samples: readonly (readonly [labels: Readonly<Record<string, string>>, value: number])[],
  ): string =>
    [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${kind}`,
      ...samples.map(
        ([labels, value]) =>
          `${name}{${Object.entries(labels)
            .map(([key, text]) => `${key}="${label(cleanText(text))}"`)
            .join(',')}} ${value}`,
      ),
      '',
    ].join('\n');
  const runs = vantages.flatMap(({ name: vantage, run }) => (run ? [{ vantage, run }] : []));
  const workers = vantages.flatMap(({ name: vantage, workers: all }) =>
    all.map((one) => ({ vantage, ...one })),
  );
  return [
    metric(
      'ra_preflight_fleet_workers',
      'Live workers.',
      'gauge',
      vantages.map(({ name, workers: all }) => [{ vantage: name }, all.filter(({ live }) => live).length]),
    ),
    metric(
      'ra_preflight_fleet_shards_queued',
      'Shards that are waiting.',
      'gauge',
      vantages.map(({ name, queued }) => [{ vantage: name }, queued]),
    ),
    metric(
      'ra_preflight_fleet_shards_active',
      'Shards in hand.',
      'gauge',
      vantages.map(({ name, active }) => [{ vantage: name }, active]),
    ),
    metric(
      'ra_preflight_fleet_results_queued',
      'Batches of hosts that the coordinator has not taken yet.',
      'gauge',
      vantages.map(({ name, results }) => [{ vantage: name }, results]),
    ),
    metric(
      'ra_preflight_fleet_run_hosts',
      'Hosts of the run.',
      'gauge',
      runs.map(({ vantage, run }) => [{ vantage, run: run.id }, run.hosts]),
    ),
    metric(
      'ra_preflight_fleet_run_hosts_judged',
      'Hosts of the run that are judged.',
      'gauge',
      runs.map(({ vantage, run }) => [{ vantage, run: run.id }, run.judged]),
    ),
    metric(
      'ra_preflight_fleet_packets_total',
      'Packets that a worker has sent since its start.',
      'counter',
      workers.map(({ vantage, id, sent }) => [{ vantage, worker: id }, sent]),
    ),
    metric(
      'ra_preflight_fleet_packet_rate',
      'Packets a second that a worker may send.',
      'gauge',
      workers.map(({ vantage, id, rate }) => [{ vantage, worker: id }, rate]),
    ),
  ].join('');
};
