import type { ReportSource } from '../model/report.ts';

/** Formats that have a place for the vantage of a host. */
const WITH_VANTAGE: ReadonlySet<string | null> = new Set(['json', 'ndjson', 'csv']);

/** The report with the vantage in the name of each host, for formats that have no other place for it. */
export const nameVantages = (report: ReportSource, format: string | null): ReportSource =>
  WITH_VANTAGE.has(format)
    ? report
    : {
        ...report,
        hosts: {
          *[Symbol.iterator]() {
            for (const host of report.hosts)
              yield host.vantage === undefined
                ? host
                : { ...host, target: `${host.target} (from ${host.vantage})` };
          },
        },
      };
