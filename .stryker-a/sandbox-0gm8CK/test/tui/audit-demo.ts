// Shows the audit screen with a made-up run, for eyes and for the test in a terminal. From the root of the checkout:
//   npx esbuild test/tui/audit-demo.ts --bundle --platform=node --format=esm --packages=external --jsx=automatic \
//     --outfile=node_modules/.cache/audit-demo.mjs && node node_modules/.cache/audit-demo.mjs [hosts] [hosts a second] [replayed]
import { setTimeout as wait } from 'node:timers/promises';
import type { JudgedEvent } from '../../src/model/event.ts';
import { showAuditTui } from '../../src/tui/audit/show-audit-tui.tsx';
import {
  addressOf,
  auditGroups,
  auditReport,
  fakeSteering,
  hostEventsOf,
  runFinished,
  runStarted,
} from './audit-story.ts';

const [size, pace, replayed] = [65_536, 2000, 0].map((usual, at) =>
  Number(process.argv[2 + at] ?? usual),
) as [number, number, number];
const TURN_MS = 50;
const abort = new AbortController();
const steering = fakeSteering(pace * 2);

const slowly = async function* (): AsyncGenerator<JudgedEvent> {
  yield runStarted(size);
  let next = 0;
  for (; next < replayed; next++) yield { type: 'host-judged', host: next, report: auditReport(next) };
  while (next < size) {
    if (abort.signal.aborted) {
      yield runFinished(true);
      return;
    }
    await wait(TURN_MS);
    const most = steering.paused ? 0 : Math.max(1, Math.round(((steering.rate / 2) * TURN_MS) / 1000));
    for (const end = Math.min(size, next + most); next < end; next++) {
      steering.send(2);
      yield* hostEventsOf(next);
    }
  }
  yield runFinished();
};

await showAuditTui(slowly(), {
  stdin: process.stdin,
  stdout: process.stdout,
  colour: !process.env['NO_COLOR'],
  screenReader: process.env['INK_SCREEN_READER'] === 'true',
  clean: (text) => text.replace(/[\p{Cc}\p{Cf}]/gu, ''),
  onStop: (how) => {
    abort.abort();
    process.exitCode = how === 'interrupt' ? 130 : 0;
  },
  copy: ({ name }) => Promise.resolve(`${name} is copied`),
  commandsFor: (target) => [{ says: 'Again:', command: `ra-preflight audit ${target ?? '10.0.0.0/16'}` }],
  size,
  textOf: addressOf,
  reportOf: auditReport,
  groups: () => auditGroups(size),
  steering,
  onExport: async () => {
    await wait(20);
    return 'written to audit.json';
  },
});
console.log('here the summary stands');
