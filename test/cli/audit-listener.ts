import type { AuditOutput } from '../../src/cli/audit-output.ts';
import type { JudgedEvent } from '../../src/model/event.ts';
import type { ReportSource } from '../../src/model/report.ts';

/** Reads the whole run, and keeps what it is given. */
export const listener = (during: Partial<AuditOutput> = {}) => {
  const events: JudgedEvent[] = [];
  const delivered: ReportSource[] = [];
  const sink: AuditOutput = {
    follow: async (stream) => {
      for await (const event of stream) events.push(event);
    },
    deliver: async (report) => {
      delivered.push(report);
    },
    ...during,
  };
  const hosts = () => events.flatMap((event) => (event.type === 'host-judged' ? [event.host] : []));
  return { sink, events, delivered, hosts };
};
