import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow, WireCapabilities } from '../../../src/model/wire.ts';
import type { HostControl } from '../../../src/scanner/host/control.ts';
import type { HostProber } from '../../../src/scanner/host/host-prober.ts';
import { hostPath } from '../../../src/scanner/path/host-path.ts';
import { SubnetPaths } from '../../../src/scanner/path/subnet-paths.ts';
import { accepted, PLAIN, plan, refused, SAMPLE } from '../fakes.ts';
import type { JumpingClock } from '../jumping-clock.ts';
import { observation, silent } from './routers.ts';

/** One probe, as far as it differs from the usual one. */
export interface Asked {
  readonly port: number;
  readonly ttl?: number;
  readonly timeoutMs?: number;
  readonly flow?: Flow;
}
/** A host, what is wanted of it, and what the wire sees. */
export interface Setting {
  readonly answer?: (port: number, asked: Asked) => Reply;
  readonly sees?: Partial<WireCapabilities>;
  readonly plan?: Partial<Plan>;
  readonly address?: string;
  readonly paths?: SubnetPaths;
  readonly control?: Partial<HostControl>;
  readonly loss?: number;
  readonly isAlive?: boolean;
}

/** A prober of one host, and what it was asked. */
export const proberOf = ({ answer = () => refused, sees = {}, address = '192.0.2.1' }: Setting) => {
  const asked: Asked[] = [];
  const stop = new AbortController();
  const prober = {
    ...{ address, family: 4, signal: stop.signal },
    rtt: { waitMs: (turn: number) => 100 * (turn + 1) },
    run: { wire: { capabilities: { ...PLAIN, ...sees } } },
    probe: async (port: number, options: Omit<Asked, 'port'> = {}) => {
      asked.push({ port, ...options });
      return answer(port, { port, ...options });
    },
  } as unknown as HostProber;
  return { prober, asked, stop };
};

/** Looks at one host after its ports were probed. */
export const lookAt = async (
  clock: JumpingClock,
  observations: readonly PortObservation[],
  setting: Setting = {},
) => {
  const { prober, asked } = proberOf(setting);
  const mapped: PortObservation[] = [];
  const paths = setting.paths ?? new SubnetPaths();
  const path = await clock.run(
    hostPath(observations, {
      ...{ prober, paths, plan: plan(setting.plan), isAlive: setting.isAlive ?? true },
      control: {
        isLimited: false,
        hasStopped: false,
        check: async () => 'held',
        ...setting.control,
      } as HostControl,
      loss: () => setting.loss ?? 0,
      onMapped: (one) => mapped.push(one),
    }),
  );
  if (!path) throw new Error('no path');
  const replyOf = (port: number) => path.observations.find((one) => one.port === port)?.reply;
  return { path, asked, told: mapped, paths, replyOf };
};

/** Ports that are filtered in the map. */
export const isFiltered = (port: number): boolean => port >= 10_000 && port <= 55_000;
export const EXACT = [
  { from: 1025, to: 9999, state: 'reachable', exact: true },
  { from: 10_000, to: 55_000, state: 'filtered', exact: true },
  { from: 55_001, to: 65_535, state: 'reachable', exact: true },
];
/** TCP 135, which accepts, and the sample. */
export const sampled = (filtered: Reply, open: Reply = refused) => [
  observation(135, accepted),
  ...SAMPLE.map((port) => observation(port, isFiltered(port) ? filtered : open)),
];
export const SILENT: Reply = { ...silent, attempts: 6 } as Reply;
export const MAP = { map: true } as const;
export const silence = (port: number): Reply => (isFiltered(port) ? silent : refused);
