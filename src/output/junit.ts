import { inPieces } from '../model/in-pieces.ts';
import type { HostReport, ReportSource, RequirementReport } from '../model/report.ts';
import { type XmlNode, xml } from '../text/xml.ts';
import type { Format } from './format.ts';
import { openTag, xmlText } from './xml.ts';

const LONGEST = 2000;

/** What the head of the file counts. */
interface Counts {
  tests: number;
  failures: number;
  skipped: number;
}

const count = function* (hosts: Iterable<HostReport>): Generator<'', Counts> {
  const counts: Counts = { tests: 0, failures: 0, skipped: 0 };
  yield* inPieces(hosts, ({ requirements }) => {
    counts.tests += requirements.length;
    for (const { state } of requirements) {
      if (state === 'fail') counts.failures++;
      if (state === 'undetermined') counts.skipped++;
    }
  });
  return counts;
};

/** What to do about it, as plain lines: what a CI viewer shows when a failure is opened. */
const advice = (host: HostReport): string =>
  [
    ...host.because.map(({ text, rule }) => `${xmlText(text, LONGEST)} [${xmlText(rule)}]`),
    ...host.remedies.flatMap(({ title, where, text, commands }) => [
      '',
      `${xmlText(title)} (${where})`,
      xmlText(text, LONGEST),
      ...commands.map((command) => `  ${xmlText(command, LONGEST)}`),
    ]),
  ].join('\n');

const resultOf = (host: HostReport, one: RequirementReport): XmlNode => {
  const message = xmlText(one.text, LONGEST);
  switch (one.state) {
    case 'fail':
      return { failure: { '@message': message, '@type': xmlText(one.rule), '#text': advice(host) } };
    case 'undetermined':
      return { skipped: { '@message': message } };
    case 'pass':
    case 'not-needed':
      return { 'system-out': { '#text': message } };
  }
};

const suiteOf = ({ run }: ReportSource, counts: Counts): XmlNode => ({
  '@name': 'ra-preflight',
  '@tests': counts.tests,
  '@failures': counts.failures,
  '@errors': 0,
  '@skipped': counts.skipped,
  '@time': (run.durationMs / 1000).toFixed(3),
  // Without zone and fraction, as the JUnit schema wants it; UTC.
  '@timestamp': run.startedAt.slice(0, 19),
  '@hostname': xmlText(run.vantage),
});

/**
 * The report as JUnit XML: the run is a suite, each host and requirement a test case (`classname` is the target, `name` the
 * requirement). `fail` is a failure with the remedies as its text; `undetermined` is skipped, for nobody could tell, and a
 * test that says nothing must not turn a pipeline red by itself (the exit code can); `pass` and `not-needed` pass. Walks
 * the hosts twice, since the counts stand before them.
 */
export const renderJunit: Format = function* (report) {
  const { run } = report;
  const counts = yield* count(report.hosts);
  const { '@timestamp': _, '@hostname': __, '@skipped': ___, ...whole } = suiteOf(report, counts);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n${openTag('testsuites', whole)}`;
  yield openTag('testsuite', suiteOf(report, counts));
  yield xml({
    properties: {
      property: [
        { '@name': 'run', '@value': xmlText(run.id) },
        { '@name': 'engine', '@value': run.engine },
        { '@name': 'seed', '@value': run.seed },
        { '@name': 'interrupted', '@value': String(run.interrupted) },
        ...(run.running ? [{ '@name': 'running', '@value': 'true' }] : []),
      ],
    },
  });
  for (const host of report.hosts)
    yield xml({
      testcase: host.requirements.map((one) => ({
        '@classname': xmlText(host.target, 300),
        '@name': one.name,
        ...resultOf(host, one),
      })),
    });
  yield '</testsuite>\n</testsuites>\n';
};
