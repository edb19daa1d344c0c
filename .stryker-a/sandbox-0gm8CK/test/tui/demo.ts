// Shows the screen with a made-up run, for eyes. From the root of the checkout:
//   npx esbuild test/tui/demo.ts --bundle --platform=node --format=esm --packages=external --jsx=automatic \
//     --outfile=node_modules/.cache/tui-demo.mjs && node node_modules/.cache/tui-demo.mjs [hosts] [ms per event] [hostile]
import { setTimeout as wait } from 'node:timers/promises';
import type { JudgedEvent } from '../../src/model/event.ts';
import { showCheckTui } from '../../src/tui/check/show-check-tui.tsx';
import { finishedRun, type StoryHost, someHosts, story } from './story.ts';

const [count = '3', pace = '40', mode = ''] = process.argv.slice(2);

const HOSTILE: readonly StoryHost[] = [
  { name: '\u001B[2J\u001B]0;owned\u0007red\u001B[31m.example', address: '10.1.2.3', kind: 'blocked' },
  { name: '文字化け端末.例え.jp', address: '2001:db8:1234:5678:9abc:def0:1234:5678', kind: 'ready' },
  {
    name: 'e\u0301\u202Egnp.exe\u202C \u{1F469}\u200D\u{1F4BB} pc',
    address: 'fe80::1%eth0',
    kind: 'located',
  },
  { name: 'x'.repeat(300), address: null, kind: 'unreachable' },
];

const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '');

const abort = new AbortController();
const hosts = mode === 'hostile' ? HOSTILE : someHosts(Number(count));

const slowly = async function* (): AsyncGenerator<JudgedEvent> {
  for (const event of story(hosts)) {
    if (abort.signal.aborted) {
      yield { type: 'run-finished', run: finishedRun(true) };
      return;
    }
    await wait(Number(pace));
    yield event;
    if (event.type === 'run-started' && mode === 'note')
      yield { type: 'notice', text: 'this machine is short of resources (EMFILE): asking 64 at a time' };
  }
};

await showCheckTui(slowly(), {
  stdin: process.stdin,
  stdout: process.stdout,
  colour: !process.env['NO_COLOR'],
  screenReader: process.env['INK_SCREEN_READER'] === 'true',
  clean,
  onStop: (how) => {
    abort.abort();
    process.exitCode = how === 'interrupt' ? 130 : 0;
  },
  copy: ({ name }) => Promise.resolve(`${name} is copied`),
  commandsFor: (target) => [{ says: 'Again:', command: `ra-preflight check ${target ?? 'pc-0412'}` }],
  offerer: { why: 'nobody makes offers in a demo' },
});
console.log('here the final table stands');
