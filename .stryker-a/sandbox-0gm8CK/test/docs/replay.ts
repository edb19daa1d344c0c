// Shows a recorded report of `check` on the real screen, as if its run had just ended. scripts/screen.mjs bundles and starts it.
import { readFileSync } from 'node:fs';
import type { JudgedEvent } from '../../src/model/event.ts';
import type { Report } from '../../src/model/report.ts';
import { showCheckTui } from '../../src/tui/check/show-check-tui.tsx';

const report = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Report;

const events = async function* (): AsyncGenerator<JudgedEvent> {
  yield { type: 'run-started', run: report.run, hosts: report.hosts.length };
  for (const [host, judged] of report.hosts.entries()) {
    const { target: text, address, names } = judged;
    yield { type: 'host-started', host, target: { kind: 'name', text, name: text }, address, names };
    yield { type: 'host-judged', host, report: judged };
  }
  yield { type: 'run-finished', run: report.run };
};

await showCheckTui(events(), {
  stdin: process.stdin,
  stdout: process.stdout,
  colour: true,
  screenReader: false,
  clean: (text) => text,
  onStop: () => {},
  copy: ({ name }) => Promise.resolve(name),
  commandsFor: () => [],
  offerer: { why: 'a recording makes no offers' },
});
