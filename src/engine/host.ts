import pLimit from 'p-limit';
import type { ScanEvent } from '../model/event.ts';
import type { HostEvidence, PortObservation } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import type { Dial, PlannedPort, Probe } from '../model/probe.ts';
import { isReachable } from '../model/reply.ts';
import type { Target } from '../model/target.ts';
import type { Echo, Resolver } from '../model/wire.ts';
import { findAddress, type Guard, type Whereabouts } from './address.ts';
import { confirmSilence, doubtful } from './confirm.ts';
import { dialer, type HostPace, type Shared } from './dial.ts';
import { ECHO_WAIT_MS, type EchoAsker, NO_ADDRESS, NOT_NEEDED } from './echo.ts';
import { type Foreknown, type Heard, observationsOf, type Planned, withHeard } from './heard.ts';
import { isFirstAsked, showsLife } from './life.ts';
import { hostRate, pause } from './pace.ts';
import { Questions } from './questions.ts';
import { type Site, site } from './site.ts';
import type { Sites } from './sites.ts';
import type { Throttle } from './throttle.ts';
import { Timing } from './timing.ts';

/** How long the sample waits for a first answer, so that it knows how long silence lasts here. Milliseconds. */
const WARM_UP_MS = 150;
/**
 * The last question about a silence that decides: past the second SYN of the kernel at one second, which also brings to
 * light an ICMPv6 error that came before connect() returned (Linux keeps it until then). Milliseconds.
 */
const PATIENT_WAIT_MS = 1300;
export interface HostDeps {
  readonly shared: Shared;
  readonly resolver: Resolver;
  readonly echo: EchoAsker;
  readonly probes: readonly Probe[];
  /** What every host is asked before anything is known of it. */
  readonly planned: readonly Planned[];
  readonly guard: Guard;
  readonly throttle: Throttle;
  readonly sites: Sites;
  readonly emit: (event: ScanEvent) => void;
}

interface FirstAnswer {
  readonly came: Promise<void>;
  readonly note: () => void;
  readonly has: () => boolean;
}

const firstAnswer = (): FirstAnswer => {
  let note = (): void => {};
  let has = false;
  const came = new Promise<void>((resolve) => {
    note = () => {
      has = true;
      resolve();
    };
  });
  return { came, note: () => note(), has: () => has };
};

/** Questions that only a repetition answered, as a share of all questions to ports that answered in the end. */
const lossEstimate = (observations: readonly PortObservation[]): number => {
  const answered = observations.filter(({ reply }) => reply.kind !== 'silent' && reply.kind !== 'unknown');
  const questions = answered.reduce((sum, { attempts }) => sum + attempts, 0);
  return questions === 0 ? 0 : (questions - answered.length) / questions;
};

const NOTHING_KNOWN: Foreknown = { heard: new Map() };

/** Whether a sweep left nothing to ask of the ports, and no echo could add anything. */
const isSettled = (
  known: readonly PortObservation[],
  left: ReadonlyMap<number, Heard>,
  isHeardFrom: boolean,
  plan: Plan,
  planned: readonly Planned[],
): boolean => {
  if (left.size > 0 || known.length === 0 || (plan.ping && !isHeardFrom)) return false;
  const due = showsLife(known) ? planned : planned.filter((one) => isFirstAsked(one, plan));
  const isWhole = due.length === known.length;
  return isWhole && (plan.retries === 0 || doubtful(known, NOT_NEEDED, plan.retries).length === 0);
};

/** Asks the ports of a host until their silence stands, and the host for an echo. */
const interrogate = async (
  host: number,
  at: Whereabouts,
  plan: Plan,
  deps: HostDeps,
  pace: HostPace & { readonly firstAnswer: FirstAnswer },
  foreknown: {
    readonly known: readonly PortObservation[];
    readonly left: Map<number, Heard>;
    readonly echoed: Promise<Echo> | null;
  },
): Promise<{ readonly ports: readonly PortObservation[]; readonly echo: Echo; readonly alive: boolean }> => {
  const { shared, emit } = deps;
  const { known, left, echoed } = foreknown;
  const dial = withHeard(left, dialer(shared, pace, plan.retries));
  const { address, family } = at;
  const isPlaced = address !== null && family !== null;
  const asked = echoed ?? (isPlaced ? deps.echo(address, family, ECHO_WAIT_MS) : Promise.resolve(NO_ADDRESS));
  const echoing = asked.then((echo) => {
    if (echo.kind === 'reply') pace.onAnswer();
    emit({ type: 'echoed', host, echo });
    return echo;
  });
  const questions = isPlaced
    ? new Questions({ host, address, family, plan, probes: deps.probes, signal: shared.signal, emit })
    : null;
  questions?.know(known);
  const { firstAnswer } = pace;
  const warm = firstAnswer.has()
    ? firstAnswer.came
    : Promise.race([firstAnswer.came, pause(WARM_UP_MS, shared.signal)]);
  // Sampled ports are asked again once here; how much more they need shows when the neighbours are known.
  const sampling = withHeard(left, dialer(shared, pace, Math.min(1, plan.retries)));
  const whenWarm: Dial = async (...question) => {
    await warm;
    return sampling(...question);
  };
  const isAlive = (): boolean => !plan.bulk || questions?.alive === true;
  const once = withHeard(left, dialer(shared, pace, 0));
  const dialFor = ({ why }: PlannedPort): Dial => {
    if (why !== 'sampled') return dial;
    return isAlive() ? whenWarm : once;
  };
  let echo: Echo | undefined;
  const isDue = (planned: PlannedPort): boolean =>
    echo?.kind === 'reply' || isAlive() || isFirstAsked(planned, plan);
  await questions?.askAll(dialFor, isDue);
  echo = await echoing;
  // The echo may be the only sign of life.
  await questions?.askAll(dialFor, isDue);
  if (questions && plan.retries > 0) {
    const patient = dialer(shared, pace, 0, Math.min(PATIENT_WAIT_MS, plan.timeoutMs));
    await confirmSilence(questions, echo, plan.retries, { dial: dialer(shared, pace, 0), patient });
    // A late answer of the endpoint mapper may list ports that were not asked yet.
    await questions.askAll(() => dial, isDue);
  }
  return { ports: questions?.observations ?? [], echo, alive: questions?.alive === true };
};

/** Learns all there is to learn about one host. Never throws for what the network did. */
export const scanHost = async (
  host: number,
  target: Target,
  plan: Plan,
  deps: HostDeps,
  { heard, rate, echo: echoed, neighboursMs = null }: Foreknown = NOTHING_KNOWN,
): Promise<HostEvidence> => {
  const { shared, emit } = deps;
  const answer = firstAnswer();
  const pace = {
    timing: new Timing(plan.timeoutMs, shared.wire.capabilities.minTimeoutMs),
    rate: rate ?? hostRate(plan, deps.throttle),
    run: pLimit(plan.perHost),
    isAnswering: answer.has,
    onAnswer: answer.note,
    firstAnswer: answer,
  };
  let isHeardFrom = false;
  for (const { reply } of heard.values()) {
    if (reply.kind === 'silent' || reply.kind === 'unknown') continue;
    pace.timing.observe(reply.rttMs);
    answer.note();
    isHeardFrom ||= isReachable(reply);
  }
  if (neighboursMs !== null && !answer.has()) pace.timing.observe(neighboursMs);
  const left = new Map(heard);
  const known = heard.size === 0 ? [] : observationsOf(left, deps.planned);
  const dial = dialer(shared, pace, plan.retries);
  const at = await findAddress(target, plan, { ...deps, dial, signal: shared.signal });
  const names = target.kind === 'name' ? [target.name] : [];
  emit({ type: 'host-started', host, target, address: at.address, names });

  const asked = isSettled(known, left, isHeardFrom, plan, deps.planned)
    ? { ports: known, echo: NOT_NEEDED, alive: showsLife(known) }
    : await interrogate(host, at, plan, deps, pace, {
        known,
        left,
        echoed: isHeardFrom ? Promise.resolve(NOT_NEEDED) : (echoed ?? null),
      });
  const { ports, echo } = asked;
  const { address, family } = at;
  const unsited: Site = { observations: ports, traces: [], mapped: [] };
  const sited =
    address === null || family === null || shared.signal.aborted
      ? unsited
      : await site(ports, plan, {
          host,
          address,
          family,
          shared,
          pace,
          sites: deps.sites,
          alive: asked.alive || echo.kind === 'reply',
          emit,
        });
  return {
    target,
    address,
    family,
    names,
    resolution: at.resolution,
    otherAddresses: at.otherAddresses,
    echo,
    ports: sited.observations,
    mapped: sited.mapped,
    traces: sited.traces,
    lossEstimate: lossEstimate(ports),
    interrupted: shared.signal.aborted,
  };
};
