import type { PortObservation } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import { silencesOf } from '../../src/scanner/host/confirm-silence.ts';
import { lossOf } from '../../src/scanner/host/loss.ts';
import type { Random } from './random.ts';

const REQUIRED = [135, 3389];
const RETRIES = 2;

/** A host behind a way that loses packets: what one probe to a port gets. */
export interface LossyHost {
  readonly probe: (port: number) => Reply;
  readonly probes: () => number;
}

const SILENT: Reply = { kind: 'silent', waitedMs: 1, attempts: 1 };

/** Answers of a host; `loss` is the chance that a packet is lost, each way. */
export const lossyHost = (
  answer: (port: number) => Reply | null,
  loss: number,
  random: Random,
): LossyHost => {
  let probes = 0;
  return {
    probe: (port) => {
      probes++;
      const isLost = random.happens(loss) || random.happens(loss);
      return (isLost ? null : answer(port)) ?? SILENT;
    },
    probes: () => probes,
  };
};

const again = (host: LossyHost, before: PortObservation): PortObservation => {
  const reply = host.probe(before.port);
  const attempts = before.attempts + 1;
  return reply.kind === 'silent'
    ? { ...before, attempts, reply: { ...reply, attempts } }
    : { ...before, attempts, reply, lost: before.attempts };
};

const firstAsked = (
  host: LossyHost,
  port: number,
  why: 'required' | 'sampled',
  attempts: number,
): PortObservation => {
  const requirement = { 135: 'endpoint-mapper', 3389: 'remote-desktop' } as const;
  let observation: PortObservation = {
    port,
    why,
    requirement: requirement[port as keyof typeof requirement] ?? 'dynamic-rpc',
    reply: SILENT,
    attempts: 0,
  };
  while (observation.attempts < attempts && observation.reply.kind === 'silent') {
    observation = again(host, observation);
  }
  return observation;
};

/** Asks required and sampled ports until every silence stands, as the scanner does where controls hold. */
export const standingObservations = (host: LossyHost, sample: readonly number[]): PortObservation[] => {
  let observations = [
    ...REQUIRED.map((port) => firstAsked(host, port, 'required', RETRIES + 1)),
    ...sample.map((port) => firstAsked(host, port, 'sampled', 2)),
  ].toSorted((a, b) => a.port - b.port);
  const confirmed = new Map<number, number>();
  for (;;) {
    const silences = silencesOf(observations, RETRIES, lossOf(observations, null));
    const open = new Set(
      silences
        .filter(
          (one) =>
            one.observation.attempts < one.wanted ||
            (confirmed.get(one.observation.port) ?? 0) < one.confirmed,
        )
        .map(({ observation }) => observation),
    );
    if (open.size === 0) return observations;
    for (const { port } of open) confirmed.set(port, (confirmed.get(port) ?? 0) + 1);
    observations = observations.map((one) => (open.has(one) ? again(host, one) : one));
  }
};
