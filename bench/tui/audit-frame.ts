import { spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';
import { render } from 'ink';
import { createElement } from 'react';
import { AuditApp } from '../../src/tui/audit/audit-app.tsx';
import { type AuditAction, reduceAudit } from '../../src/tui/audit/audit-reduce.ts';
import { type AuditView, initialAuditView } from '../../src/tui/audit/audit-state.ts';
import { createFrames, openAuditScreen } from '../../src/tui/audit/frames.ts';
import { auditLayout } from '../../src/tui/audit/layout/audit-frame.ts';
import { CODES, type Code } from '../../src/tui/kit/host-code.ts';
import { createViewStore } from '../../src/tui/kit/view-store.ts';
import { median } from '../median.mjs';

// What a frame of the audit screen costs with every verdict set: to reduce a batch of 1,000 events, to lay out, and all of
// it up to what is written to the terminal. Medians. A quiet frame has the batch spread over the run, as it is while a run
// goes on; in a loud one every cell that shows is another one, which only a page key does.

const FRAMES = 60;
const BATCH = 1000;
const HOSTS = [65_536, 1_000_000];
const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 200, rows: 60 },
];

const addressOf = (index: number): string => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
const codeAt = (n: number): Code => CODES[2 + (((Math.imul(n, 2_654_435_761) >>> 0) % 97) % 4)] ?? 0;
const batch = (hosts: readonly number[], salt: number): AuditAction => ({
  type: 'batch',
  batch: { hosts, codes: hosts.map((host) => codeAt(host + salt)), run: null, notices: [] },
});

const fullView = (size: number, screen: (typeof SIZES)[number]): AuditView => {
  const targets = { size, textOf: addressOf, titleOf: addressOf };
  const empty = reduceAudit(initialAuditView(targets, screen, 0, 2000), { type: 'read', most: size });
  return reduceAudit(
    empty,
    batch(
      Array.from({ length: size }, (_, host) => host),
      0,
    ),
  );
};

const sink = ({ columns, rows }: (typeof SIZES)[number]): NodeJS.WriteStream =>
  Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    rows,
    write: () => true,
  }) as unknown as NodeJS.WriteStream;

const timed = async (times: number, work: (n: number) => unknown): Promise<string> => {
  const took: number[] = [];
  for (let n = 0; n < times; n++) {
    const began = performance.now();
    await work(n);
    took.push(performance.now() - began);
  }
  return `${median(took).toFixed(1)} ms`;
};

/** Measures in this process, which must have been started with NODE_ENV=production. */
export const measure = async (): Promise<void> => {
  const table = new Table({
    head: ['hosts', 'screen', 'page', 'reduce', 'layout', 'quiet frame', 'loud frame'],
  });
  for (const size of HOSTS)
    for (const screenSize of SIZES)
      for (const page of ['map', 'list'] as const) {
        const filtered: AuditView = {
          ...fullView(size, screenSize),
          page,
          filter: page === 'list' ? 5 : null,
        };
        const store = createViewStore(filtered, reduceAudit);
        const frames = createFrames(store);
        const screen = openAuditScreen(sink(screenSize), frames, true);
        const app = createElement(AuditApp, { frames, onKey: () => {}, onGone: screen.close });
        const ink = render(app, {
          stdout: screen.sink,
          debug: true,
          patchConsole: false,
          exitOnCtrlC: false,
        });
        // React subscribes after it has drawn for the first time.
        await wait(50);
        const spread = (n: number): number[] =>
          Array.from({ length: BATCH }, (_, i) => Math.floor((i * size) / BATCH + n) % size);
        const reduce = await timed(FRAMES, (n) => reduceAudit(store.view(), batch(spread(n), n)));
        const layout = await timed(FRAMES, () => auditLayout(store.view()));
        const quiet = await timed(FRAMES, (n) => {
          store.dispatch(batch(spread(n), n));
          return nextTurn();
        });
        const loud = await timed(FRAMES, (n) => {
          store.dispatch({
            type: 'key',
            key: { name: n < FRAMES / 2 ? 'page-down' : 'page-up', letter: '' },
          });
          return nextTurn();
        });
        table.push([
          size.toLocaleString('en'),
          `${screenSize.columns}x${screenSize.rows}`,
          page,
          reduce,
          layout,
          quiet,
          loud,
        ]);
        ink.unmount();
      }
  console.log(table.toString());
};

/** React is several times slower when it was loaded without NODE_ENV=production: a process of its own. */
export const main = (): void => {
  const script = `import(${JSON.stringify(import.meta.url)}).then((bench) => bench.measure())`;
  const { status } = spawnSync(process.execPath, ['-e', script], {
    stdio: 'inherit',
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    env: { ...process.env, NODE_ENV: 'production', FORCE_COLOR: '2' },
  });
  if (status !== 0) throw new Error('the bench failed');
};
