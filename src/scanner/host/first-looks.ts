import { isMoreThanChance, isMoreThanLimit } from '../../model/inference.ts';
import { isEchoOfHost } from '../../model/liveness.ts';
import type { Plan } from '../../model/plan.ts';
import type { PlannedPort } from '../../model/probe.ts';
import { isReachable, isSoftError } from '../../model/reply.ts';
import { pause } from '../pause.ts';
import { ECHO_WAIT_MS, LIMITED_LOOKS, MEASURING_PROBES, WARM_UP_MS } from '../retry/policy.ts';
import type { HostEcho } from './echo.ts';
import type { HostGroup } from './host-group.ts';
import type { HostProber, RetryPlan } from './host-prober.ts';
import type { Neighbours } from './neighbours.ts';
import type { PortScan } from './port-scan.ts';

/**
 * The ports that show whether a host is there: those that Remote Assistance needs, and one of the sample in each
 * third of it, so that a host of which 135 and 3389 are dropped is not taken for one that is off.
 */
const isFirstAsked = ({ port, why }: PlannedPort, { sample }: Plan): boolean => {
  if (why === 'required') return true;
  const isAt = (sixth: number): boolean => sample[Math.floor((sample.length * sixth) / 6)] === port;
  return isAt(1) || isAt(3) || isAt(5);
};

/** The first probes to every port of one host, before anything is confirmed. */
export class FirstLooks {
  readonly #prober: HostProber;
  readonly #plan: Plan;
  readonly #scan: PortScan;
  readonly #echo: HostEcho;
  readonly #neighbours: Neighbours;
  #lookedAt = 0;

  constructor(prober: HostProber, plan: Plan, scan: PortScan, echo: HostEcho, neighbours: Neighbours) {
    this.#prober = prober;
    this.#plan = plan;
    this.#scan = scan;
    this.#echo = echo;
    this.#neighbours = neighbours;
  }

  /** When the last look at a host of an audit left that was silent, by the clock of `performance`. */
  get lookedAt(): number {
    return this.#lookedAt;
  }

  /** A few hosts: all ports at once, the sample when the first answer has shown how far away the host is. */
  async lookInCheck(): Promise<void> {
    const { retries } = this.#plan;
    const { firstAnswer } = this.#prober;
    this.#echo.start(ECHO_WAIT_MS);
    const warm = Promise.race([firstAnswer, pause(WARM_UP_MS, this.#prober.signal)]);
    const asking = this.#prober.patiently(retries);
    const sampling = this.#prober.patiently(Math.min(1, retries));
    await this.#scan.probeAll(({ why }) => (why === 'sampled' ? warm.then(() => sampling) : asking));
  }

  /**
   * Many hosts: the ports that show life first; where it shows, everything, else once more with longer waits. `onSilence` is
   * called when the first look met nothing but silence.
   */
  async lookInAudit(onSilence: () => void): Promise<void> {
    const { plan, prober, scan } = { plan: this.#plan, prober: this.#prober, scan: this.#scan };
    const neighbours = this.#neighbours;
    const group = neighbours.of(prober.address, prober.family);
    const wave: RetryPlan = { attempts: 1, waitMs: () => prober.rtt.bounded(neighbours.firstLookMs(group)) };
    const usual: RetryPlan = { attempts: 1, waitMs: () => prober.rtt.waitMs(0) };
    // Two echoes, one after the other, are over when both looks are.
    if (plan.inHurry) this.#echo.start(ECHO_WAIT_MS / 2);
    const isDue = (planned: PlannedPort): boolean => scan.isAlive || isFirstAsked(planned, plan);
    await scan.probeAll(() => (scan.isAlive ? usual : wave), isDue);
    if (!prober.isAnswering) onSilence();
    const doubted = scan.observations.filter(({ reply }) => reply.kind === 'silent' || isSoftError(reply));
    this.#lookedAt = performance.now() - wave.waitMs(0);
    group.sent += prober.sent;
    neighbours.all.sent += prober.sent;
    if (scan.isAlive || prober.signal.aborted) {
      // What was silent before the host was known to be up, and what a sample needs at least; and errors that may pass.
      await Promise.all(
        doubted.map(({ port }) =>
          plan.retries > 0 ? scan.probeAgain(port, prober.rtt.waitMs(0)) : undefined,
        ),
      );
    } else if (plan.retries > 0) {
      const lastMs = prober.rtt.bounded(neighbours.lastLookMs(group, plan.timeoutMs));
      this.#echo.start(Math.min(lastMs, ECHO_WAIT_MS));
      await this.#lookAgain(group, lastMs);
      await this.#measure(prober.rtt.bounded(neighbours.firstLookMs(group)));
    } else this.#echo.start(ECHO_WAIT_MS);
    const echo = await this.#echo.result();
    if (scan.isAlive || isEchoOfHost(echo, prober.isHost)) {
      prober.queue.reach('alive');
      await scan.probeAll(() => usual);
    }
  }

  /**
   * Measures the round trip of a host of which only a bound is known, since it answered a repetition: everything would be waited for
   * several times that long. New flows, so that each answer belongs to one probe.
   */
  async #measure(waitMs: number): Promise<void> {
    const answered = this.#scan.observations.find(({ reply }) => isReachable(reply));
    const { rtt, signal } = this.#prober;
    for (let probes = 0; answered && rtt.isBound && probes < MEASURING_PROBES && !signal.aborted; probes++)
      await this.#prober.probe(answered.port, { timeoutMs: waitMs, flow: { sourcePort: null } });
  }

  /**
   * Asks the required ports of a quiet host once more, beside a neighbour that answered: again while what the neighbour or the path
   * loses explains this silence, and where the first answer of a neighbour came too late to be asked beside it.
   */
  async #lookAgain(group: HostGroup, lastMs: number): Promise<void> {
    const scan = this.#scan;
    const { queue, rtt } = this.#prober;
    const neighbours = this.#neighbours;
    const control = (): HostGroup => (group.hasControl ? group : neighbours.all);
    for (let look = 0; look < LIMITED_LOOKS && !scan.isAlive; look++) {
      const { hasControl } = control();
      // Whoever is slower than its neighbours was waited for once.
      const waitMs =
        look === 0 || queue.lane.subnet.isSlowed ? lastMs : rtt.bounded(neighbours.firstLookMs(group));
      const silent = scan.observations.filter(
        ({ why, reply }) => why === 'required' && (reply.kind === 'silent' || isSoftError(reply)),
      );
      // A host whose answer was lost holds half a connection and accepts no other on that flow for a while.
      if (neighbours.all.loss > 0) {
        for (const { port, reply } of silent) if (reply.kind === 'silent') scan.changeFlow(port, false);
      }
      const looking = Promise.all(silent.map(({ port }) => scan.probeAgain(port, waitMs))).then(() => {
        this.#lookedAt = performance.now() - waitMs;
      });
      await Promise.race([Promise.all([looking, control().controlLook()]), scan.alive]);
      if (scan.isAlive) return looking;
      const unanswered = Math.max(0, ...silent.map(({ attempts }) => attempts + 1));
      const isDecided = hasControl ? isMoreThanLimit(control().controls, unanswered) : !control().hasControl;
      const isLoss = !isMoreThanChance(neighbours.all.loss, unanswered);
      if (isDecided && !isLoss && !queue.lane.subnet.isSlowed) return;
    }
  }
}
