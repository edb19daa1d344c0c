import type { ShardProber } from '../fleet/shard-worker.ts';
import type { HostReport, RunStart } from '../model/report.ts';
import { RateControl } from '../scanner/limits/rate-control.ts';
import type { RateLimiter } from '../scanner/limits/rate-limiter.ts';
import { runLimiter } from '../scanner/limits/run-limiter.ts';
import type { Scope } from '../targets/scope.ts';
import { makeSpace } from '../targets/space.ts';
import { openOrder } from './audit-order.ts';
import { chooseEngine } from './engine.ts';
import { planOf } from './plan.ts';
import { withSession } from './session.ts';
import { readStoredPlan } from './stored-plan.ts';

/** The rate of a run on this machine. */
interface Pace {
  readonly run: string;
  readonly control: RateControl;
  readonly limiter: RateLimiter;
}

const paceOf = (run: string, perSecond: number): Pace => {
  const control = new RateControl(perSecond);
  return { run, control, limiter: runLimiter(perSecond, control) };
};

/**
 * Probes the shards of a fleet as an audit probes its hosts. Plan and hosts are checked as if they were typed here, and `scope`
 * is that of this machine: an address outside of it gets no packet, whatever the job says, and its report says why.
 */
export const shardProbe = (vantage: string, scope: Scope): ShardProber => {
  /** Shards of one run that are probed at the same time keep its rate together. */
  let pace: Pace | null = null;
  return async (message, shard, stop, work) => {
    const { seed, run: id, startedAt, excludes, options } = message;
    // '-' stands for lists, which are not here.
    const kept = readStoredPlan(
      { spec: shard.spec, excludes, options, shard: null },
      { hosts: shard.hosts, targets: ['-'] },
    );
    const engine = await chooseEngine(kept.options.engine, 'many', process.platform);
    engine.wire.prepare?.();
    const run: RunStart = {
      ...{ id, startedAt, vantage, engine: engine.wire.name, engineWhy: engine.why },
      ...{ novice: kept.options.novice, seed },
    };
    if (pace?.run !== id) pace = paceOf(id, kept.options.rate);
    const { control, limiter } = pace;
    const space = makeSpace(kept.spec);
    const { order, begunBefore } = openOrder(space, seed, { low: 0, above: new Set(), begun: [] });
    const job = {
      assignment: { space, order, begunBefore },
      ...{
        plan: planOf(kept.options, seed, engine.wire.capabilities),
        run,
        engine,
        scope,
        excludes: kept.excludes,
        stop,
        limiter,
      },
      onStopping: () => {},
    };
    await withSession(job, async ({ events, steering }) => {
      async function* hosts(): AsyncGenerator<{ place: number; report: HostReport }> {
        for await (const event of events)
          if (event.type === 'host-judged') yield { place: event.host, report: event.report };
      }
      await work({
        hosts: hosts(),
        setRate: (perSecond) => {
          if (perSecond < 1) {
            steering.pause();
            return;
          }
          control.setRate(perSecond);
          steering.setRate(perSecond);
          steering.resume();
        },
        get sent() {
          return steering.sent;
        },
      });
    });
  };
};

/** Which engine this machine has for bulk work, and why. */
export const engineHere = async (): Promise<Pick<RunStart, 'engine' | 'engineWhy'>> => {
  const { wire, why } = await chooseEngine('auto', 'many', process.platform);
  await wire.close();
  return { engine: wire.name, engineWhy: why };
};
