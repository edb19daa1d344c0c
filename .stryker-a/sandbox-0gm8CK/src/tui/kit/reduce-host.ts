import type { JudgedEvent } from '../../model/event.ts';
import type { PortObservation } from '../../model/evidence.ts';
import { portState, type Reply } from '../../model/reply.ts';
import type { HostReport, PortReport } from '../../model/report.ts';
import type { Echo } from '../../model/wire.ts';
import { oneLine } from '../../text/fit-text.ts';
import type { HostView, PortFact } from './host-view.ts';

/** Events that speak of one host. */
export type HostEvent = Extract<JudgedEvent, { readonly host: number }>;

const note = (service: string | null | undefined, detail: string | null | undefined): string =>
  oneLine([service, detail].filter(Boolean).join(': '));

const senderOf = (reply: Reply): string | null => {
  if (reply.kind === 'rejected') return 'icmp' in reply.cause ? reply.cause.from : null;
  return reply.kind === 'refused' ? (reply.from ?? null) : null;
};

const observed = (seen: PortObservation): PortFact => ({
  port: seen.port,
  requirement: seen.requirement,
  ...portState(seen.reply),
  rttMs: 'rttMs' in seen.reply ? seen.reply.rttMs : null,
  attempts: seen.attempts,
  from: senderOf(seen.reply),
  note: note(seen.service, seen.detail),
});

const reported = ({
  port,
  requirement,
  state,
  reason,
  rttMs,
  attempts,
  from,
  ...said
}: PortReport): PortFact => ({
  port,
  requirement,
  state,
  reason,
  rttMs,
  attempts,
  from: from === null ? null : oneLine(from),
  note: note(said.service, said.detail),
});

const echoWords = (echo: Echo): string => {
  switch (echo.kind) {
    case 'reply':
      return `answered in ${echo.rttMs.toFixed(1)} ms`;
    case 'no-reply':
      return 'no answer';
    case 'unreachable':
      return `unreachable, says ${echo.from}`;
    case 'not-observed':
      return `not observed: ${echo.why}`;
  }
};

const judged = (host: HostView, report: HostReport): HostView => ({
  ...host,
  target: report.target,
  title: oneLine(report.target),
  address: report.address,
  // What was never answered is no longer awaited, and the report decides the rest.
  ports: new Map(report.ports.map((port) => [port.port, reported(port)])),
  report,
});

/** A host of which nothing but its place in the run is known. */
export const unknownHost = (index: number): HostView => ({
  index,
  target: '',
  title: `host ${index + 1}`,
  address: null,
  ports: new Map(),
  echo: '',
  report: null,
});

/** The host after one more event about it. After the report only a new report changes it. */
export const reduceHost = (host: HostView, event: HostEvent): HostView => {
  if (event.type === 'host-judged') return judged(host, event.report);
  if (host.report !== null) return host;
  switch (event.type) {
    case 'host-started':
      return {
        ...host,
        target: event.target.text,
        title: oneLine(event.target.text),
        address: event.address,
      };
    case 'asking': {
      const ports = new Map(host.ports);
      for (const { port, requirement } of event.ports)
        if (!ports.has(port))
          ports.set(port, {
            port,
            requirement,
            state: null,
            reason: null,
            rttMs: null,
            attempts: 0,
            from: null,
            note: '',
          });
      return { ...host, ports };
    }
    case 'answered':
      return {
        ...host,
        ports: new Map(host.ports).set(event.observation.port, observed(event.observation)),
      };
    case 'echoed':
      return { ...host, echo: oneLine(echoWords(event.echo)) };
  }
};
