import type { JudgedEvent } from '../model/event.ts';
import type { Group, HostReport, ReportSource, Run } from '../model/report.ts';
import type { RunControl } from '../model/run-control.ts';
import { EventQueue } from '../scanner/event-queue.ts';
import { Disagreements } from '../verdict/vantages.ts';
import { fleetReport } from './fleet-report.ts';
import { type FleetRunView, progressView, type ShownFleet } from './fleet-view.ts';
import { exportPage, tuiOptions } from './write-report.ts';

/** Packets of all processes of the run. What is sent is known a batch later. */
const sentBy = (vantages: ShownFleet['vantages']): number =>
  vantages.reduce((sum, { sent }) => sum + sent, 0);

/** Pause and rate of all vantages together; each has an equal share. */
const steeringOf = ({ options, vantages, setRate }: ShownFleet): RunControl => {
  let rate = options.rate * vantages.length;
  const share = (): number => Math.max(1, Math.round(rate / vantages.length));
  let paused = false;
  const before = sentBy(vantages);
  return {
    get paused() {
      return paused;
    },
    get rate() {
      return rate;
    },
    get sent() {
      return sentBy(vantages) - before;
    },
    pause: () => {
      paused = true;
      setRate(0);
    },
    resume: () => {
      paused = false;
      setRate(share());
    },
    setRate: (perSecond) => {
      rate = perSecond;
      if (!paused) setRate(share());
    },
  };
};

/** What is known by now. */
const reportNow = ({ history, run: runNow, vantages }: ShownFleet): Promise<ReportSource> => {
  const run = runNow();
  const seen = vantages.map(({ name, run: { id } }) => ({ name, run: id }));
  const probesSent = sentBy(vantages);
  const now = new Date().toISOString();
  const durationMs = Math.max(0, Date.parse(now) - Date.parse(run.startedAt));
  const whole: Run = { ...run, finishedAt: now, probesSent, durationMs, interrupted: false, running: true };
  return fleetReport(history, whole, seen);
};

/** The findings by now: on what vantages disagree first, then what each has found. */
const groupsOf = (vantages: ShownFleet['vantages'], disagreements: Disagreements): Group[] => [
  ...disagreements.findings().map(({ kind, subnet, hosts, text, blocked }) => ({
    ...{ id: `${kind} ${subnet} ${blocked.join(' ')}`, signature: kind, hosts, text },
    ...{ prefixes: subnet === null ? [] : [subnet], commands: [] },
  })),
  ...vantages
    .flatMap(({ name, tally }) =>
      tally.groups().map((group) => ({ ...group, vantage: name, text: `From ${name}: ${group.text}` })),
    )
    .toSorted((a, b) => b.hosts - a.hosts),
];

/**
 * The audit screen for a fleet: each host once for each vantage, `pc1 (from hq)`. It comes up when each vantage has a worker; notices
 * before that are lines.
 */
export const fleetScreen = (shown: ShownFleet): FleetRunView => {
  const { history, options, targets, space, vantages, run, stop } = shown;
  const before = progressView(shown);
  const queue = new EventQueue<JudgedEvent>();
  const disagreements = new Disagreements(
    vantages.map(({ name }) => name),
    space.size,
  );
  let screen: Promise<void> | null = null;
  /** None where it is known: what earlier processes had is read while workers go on. */
  const eventOf = (vantage: number, index: number, report: HostReport): JudgedEvent[] =>
    disagreements.add(vantage, index, report)
      ? [{ type: 'host-judged', host: vantage * space.size + index, report }]
      : [];
  async function* events(): AsyncGenerator<JudgedEvent> {
    yield { type: 'run-started', run: run(), hosts: space.size * vantages.length };
    for (const [at, vantage] of vantages.entries())
      for (const { index, report } of history.entries(vantage.run.id)) yield* eventOf(at, index, report);
    yield* queue;
  }
  const show = async (): Promise<void> => {
    const { showAuditTui } = await import('../tui/audit/show-audit-tui.tsx');
    const of = (host: number) => {
      const vantage = vantages[Math.floor(host / space.size)];
      return vantage && { vantage, index: host % space.size };
    };
    const hosts = space.size * vantages.length;
    await showAuditTui(events(), {
      ...tuiOptions({ command: 'audit', targets, hosts, options, run: run() }, stop),
      size: hosts,
      textOf: (host) => {
        const place = of(host);
        return place ? `${space.at(place.index).text} (from ${place.vantage.name})` : '';
      },
      reportOf: (host) => {
        const place = of(host);
        return place ? history.host(place.vantage.run.id, place.index) : null;
      },
      groups: () => groupsOf(vantages, disagreements),
      steering: steeringOf(shown),
      onExport: async () => exportPage(shown.run().id, await reportNow(shown)),
    });
  };
  return {
    begin: () => {
      screen = show();
      // A screen that cannot be drawn ends the run; its reason is thrown at the end.
      screen.catch(stop);
    },
    judged: (vantage, index, report) => {
      for (const event of eventOf(vantage, index, report)) queue.push(event);
    },
    look: () => {
      if (!screen) before.look();
    },
    notice: (text) => {
      if (screen) queue.push({ type: 'notice', text });
      else before.notice(text);
    },
    end: async (ended) => {
      queue.push({ type: 'run-finished', run: ended });
      queue.end();
      await screen;
    },
    abandon: async (failure) => {
      await before.abandon(failure);
      queue.end(failure);
      await screen?.catch(() => {});
    },
  };
};
