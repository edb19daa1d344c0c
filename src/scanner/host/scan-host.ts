import type { ScanEvent } from '../../model/event.ts';
import type { Control, HostEvidence } from '../../model/evidence.ts';
import { isEchoOfHost } from '../../model/liveness.ts';
import type { Plan } from '../../model/plan.ts';
import type { ExtraProbe, Probe } from '../../model/probe.ts';
import { isReachable } from '../../model/reply.ts';
import type { Family, Target } from '../../model/target.ts';
import type { Pinger, Resolution } from '../../model/wire.ts';
import { subnetOf } from '../limits/subnet.ts';
import { hostPath, multipathOf } from '../path/host-path.ts';
import type { SubnetPaths } from '../path/subnet-paths.ts';
import { PATIENT_LOOK, PATIENT_LOOK_BULK } from '../retry/policy.ts';
import { confirmFlows } from './confirm-flows.ts';
import { confirmSilence } from './confirm-silence.ts';
import { HostControl } from './control.ts';
import { HostEcho, NO_ADDRESS } from './echo.ts';
import { probeExtras } from './extra-probes.ts';
import { FirstLooks } from './first-looks.ts';
import type { HostGroup } from './host-group.ts';
import { HostProber, type RunContext } from './host-prober.ts';
import { lossOf } from './loss.ts';
import type { Neighbours } from './neighbours.ts';
import { PortScan } from './port-scan.ts';
import { chooseAddress } from './resolve-target.ts';

/** What the scan of one host works with. */
export interface HostDeps {
  readonly run: RunContext;
  readonly pinger: Pinger;
  readonly probes: readonly Probe[];
  readonly neighbours: Neighbours;
  readonly paths: SubnetPaths;
  readonly emit: (event: ScanEvent) => void;
  /** Answers stopped that came before: the host is probed more slowly. */
  readonly onLimit: (address: string) => void;
  /** Probes of the user's own. */
  readonly extraProbes: readonly ExtraProbe[];
  /** Names of an address. Never throws. */
  readonly namesOf: (address: string) => Promise<readonly string[]>;
  /** Whether nothing answered ARP for an address that just got packets; false where that is not known. */
  readonly lacksNeighbour: (address: string) => Promise<boolean>;
}

const NOTHING = { ports: [], traces: [], mapped: [], multipath: [], control: null, lossEstimate: 0 } as const;

/** One host, from its first probe to its last. */
class HostScan {
  readonly #prober: HostProber;
  readonly #plan: Plan;
  readonly #deps: HostDeps;
  readonly #scan: PortScan;
  readonly #host: number;
  readonly #looks: FirstLooks;
  readonly #echo: HostEcho;
  /** Called when nothing more will be learnt of this host: neighbours may wait for the TTL of its accepts. */
  #stopExpectingTtl: () => void = () => {};

  constructor(host: number, prober: HostProber, plan: Plan, deps: HostDeps) {
    this.#host = host;
    this.#prober = prober;
    this.#plan = plan;
    this.#deps = deps;
    // In runs of thousands of hosts single ports are not followed.
    const follow = plan.bulk ? null : deps.emit;
    this.#scan = new PortScan({ host, prober, plan, probes: deps.probes, follow });
    this.#echo = new HostEcho(prober, deps.pinger, plan, (echo) => deps.emit({ type: 'echoed', host, echo }));
    this.#looks = new FirstLooks(prober, plan, this.#scan, this.#echo, deps.neighbours);
    const subnet = subnetOf(prober.address, prober.family);
    if (plan.bulk)
      prober.onFirst((port, kind) => {
        if (kind === 'accepted') this.#stopExpectingTtl = deps.paths.expectTtl(subnet);
        // A neighbour of which nothing answers may be judged before all ports of this host are probed.
        for (const group of this.#groups) group.setControl(prober, [{ port, kind }]);
      });
  }

  get #groups(): readonly HostGroup[] {
    const { neighbours } = this.#deps;
    return [neighbours.of(this.#prober.address, this.#prober.family), neighbours.all];
  }

  /** Nothing more will be learnt. */
  end(): void {
    this.#stopExpectingTtl();
  }

  /** `onSilence` is called when a first look at a host of an audit met nothing but silence. */
  async run(
    onSilence: () => void,
  ): Promise<
    Pick<
      HostEvidence,
      | 'ports'
      | 'traces'
      | 'mapped'
      | 'multipath'
      | 'control'
      | 'lossEstimate'
      | 'echo'
      | 'withoutNeighbour'
      | 'extras'
    >
  > {
    const { bulk } = this.#plan;
    const scan = this.#scan;
    if (bulk) await this.#looks.lookInAudit(onSilence);
    else await this.#looks.lookInCheck();
    this.#noteAnswers();
    const echo = await this.#echo.result();
    const isAlive = scan.isAlive || isEchoOfHost(echo, this.#prober.isHost);
    const { rtt } = this.#prober;
    const { all } = this.#deps.neighbours;
    const control = new HostControl(this.#prober, scan.observations, {
      flowOf: (port) => scan.flowOf(port),
      onLimit: () => this.#deps.onLimit(this.#prober.address),
      firstWaitMs: () => (bulk ? rtt.besideControlsMs : rtt.waitMs(1)),
      pathLoss: () => Math.max(lossOf(scan.observations, null), all.loss),
    });
    this.#prober.queue.reach('confirming');
    const loss = (): number => lossOf(scan.observations, control);
    const { hops } = isAlive && !this.#isStopped ? await this.#confirm(control, loss) : { hops: [] };
    if (this.#isStopped || control.hasStopped) {
      return { ...NOTHING, ports: scan.observations, echo, control: control.evidence, lossEstimate: loss() };
    }
    const path = await hostPath(scan.observations, {
      prober: this.#prober,
      plan: this.#plan,
      paths: this.#deps.paths,
      control,
      loss,
      isAlive,
      onMapped: (observation) => this.#deps.emit({ type: 'answered', host: this.#host, observation }),
    });
    for (const observation of path.observations) {
      const before = scan.observations.find(({ port }) => port === observation.port);
      if (before?.reply !== observation.reply) scan.amend(observation);
    }
    return {
      ports: scan.observations,
      echo,
      traces: control.hasStopped ? [] : path.traces,
      mapped: path.mapped,
      multipath: multipathOf(path.traces, [...path.hops, ...hops]),
      control: control.evidence ?? (isAlive ? null : await this.#neighbourControl()),
      lossEstimate: loss(),
      ...(await this.#extras(isAlive)),
      ...(!isAlive && (await this.#deps.lacksNeighbour(this.#prober.address)) && { withoutNeighbour: true }),
    };
  }

  async #extras(isAlive: boolean): Promise<Pick<HostEvidence, 'extras'>> {
    const { extraProbes } = this.#deps;
    if (!isAlive || extraProbes.length === 0 || this.#plan.asWitness || this.#isStopped) return {};
    return { extras: await probeExtras(this.#prober, extraProbes, this.#plan.retries) };
  }

  get #isStopped(): boolean {
    return this.#prober.signal.aborted;
  }

  /** Repeats the silence that decides, beside controls, and asks over several flows. */
  async #confirm(control: HostControl, loss: () => number) {
    const { plan, prober, scan } = { plan: this.#plan, prober: this.#prober, scan: this.#scan };
    const { rttFactor, leastMs } = plan.bulk ? PATIENT_LOOK_BULK : PATIENT_LOOK;
    const { rtt } = prober;
    const isQuick = plan.bulk && control.isPossible;
    const waits = {
      usual: () => (isQuick ? rtt.besideControlsMs : rtt.waitMs(0)),
      last: () => {
        const longestMs = rttFactor * rtt.longestMs;
        // Among thousands of probes one answer is slow because this machine is busy.
        return rtt.bounded(Math.max(leastMs, plan.bulk ? Math.min(longestMs, rtt.waitMs(1)) : longestMs));
      },
    };
    const rounds = { discounted: new Map(), confirmed: new Map() };
    const { all } = this.#deps.neighbours;
    // A host that holds half of a connection, since an answer of it was lost, answers once more on that flow and then not for half a
    // second (Linux: tcp_invalid_ratelimit), which is longer than quick looks take.
    const changesFlow = (): boolean => isQuick && Math.max(loss(), all.loss) > 0;
    const confirm = (): Promise<void> =>
      confirmSilence(scan, control, { retries: plan.retries, loss, changesFlow }, waits, rounds);
    await confirm();
    if (control.hasStopped || plan.retries === 0) return { hops: [] };
    const subnet = subnetOf(prober.address, prober.family);
    const losses = {
      own: loss,
      // With few hosts no others show the loss of the path.
      others: (): number => (plan.bulk ? all.loss : 0),
      path: (): number => (plan.bulk ? Math.max(all.loss, loss()) : 0),
    };
    const wantsFlows =
      !plan.bulk || (!plan.inHurry && (scan.hasAnsweredOnOtherFlow || this.#deps.paths.takeFlows(subnet)));
    const flows = wantsFlows ? await confirmFlows(scan, prober, control, plan, losses) : { hops: [] };
    // A late answer of the endpoint mapper may list ports that were not probed yet.
    await scan.probeAll(
      () => prober.patiently(plan.retries),
      () => scan.isAlive,
    );
    await confirm();
    return flows;
  }

  #noteAnswers(): void {
    const { neighbours } = this.#deps;
    const prober = this.#prober;
    const answers = this.#scan.observations.filter(({ reply }) => isReachable(reply));
    if (answers.length === 0) return;
    const controls = answers.map(({ port, reply }) => ({ port, kind: reply.kind }));
    const accepts = controls.filter(({ kind }) => kind === 'accepted');
    const others = controls.filter(({ kind }) => kind !== 'accepted');
    for (const group of this.#groups) group.setControl(prober, [...accepts, ...others]);
    const late = answers.filter(({ lost = 0 }) => lost > 0).length;
    neighbours.all.noteLoss(late, answers.length - late);
  }

  /** Of a host where nothing answered: whether its neighbours still do, since it was looked at last. */
  async #neighbourControl(): Promise<Control | null> {
    const { neighbours } = this.#deps;
    const prober = this.#prober;
    if (!this.#plan.bulk || this.#scan.isAlive || this.#isStopped) return null;
    const own = await neighbours.of(prober.address, prober.family).check(this.#looks.lookedAt);
    const control = own ?? (await neighbours.all.check(this.#looks.lookedAt));
    if (control?.stoppedAfter != null) this.#deps.onLimit(prober.address);
    return control;
  }
}

/** Learns all there is to learn about one host. Never throws for what the network did. */
export const scanHost = async (
  host: number,
  target: Target,
  resolution: Resolution,
  plan: Plan,
  deps: HostDeps,
): Promise<HostEvidence> => {
  const { run, emit } = deps;
  const at = await chooseAddress(target, resolution, async (candidate) => {
    const prober = new HostProber(candidate, run, plan);
    return (await prober.probeUntilAnswered(135, prober.patiently(plan.retries))).reply;
  });
  const { address, family } = at;
  const names = target.kind === 'name' ? [target.name] : [];
  const found = address === null ? [] : deps.namesOf(address);
  emit({ type: 'host-started', host, target, address, names });
  const isPlaced = address !== null && family !== null;
  if (!isPlaced) emit({ type: 'echoed', host, echo: NO_ADDRESS });
  const look = (at: { readonly address: string; readonly family: Family }) => {
    const prober = new HostProber(at, run, plan);
    const scan = new HostScan(host, prober, plan, deps);
    return run.liveHosts
      .during(prober.firstAnswer, (onSilence) => scan.run(onSilence))
      .finally(() => scan.end());
  };
  const seen = isPlaced ? await look({ address, family }) : { ...NOTHING, echo: NO_ADDRESS };
  const more = (await found).filter((name) => !names.includes(name));
  return { target, names: [...names, ...more], ...at, ...seen, interrupted: run.signal.aborted };
};
