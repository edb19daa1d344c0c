import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { writeChunks } from '../../src/serve/chunks.ts';
import { turnsDuring } from '../turns-during.ts';
import { ask, FINISHED, type Rig, RUNNING, rigOf, runningRun, until } from './fake.ts';
import { endless, openOf } from './unread.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await rigOf();
});

afterEach(() => rig.serving.close());

describe('a long report', () => {
  it('is made no faster than it is read, and given back when its reader goes', async () => {
    rig.dashboard.endless = endless;
    const answer = await openOf(rig, `/runs/${FINISHED}.csv`);
    let pulled = -1;
    await until(async () => {
      const before = pulled;
      pulled = rig.dashboard.pulled;
      await pause(200);
      return before === pulled;
    });
    // Socket buffers on loopback take a few megabytes; then it stands still.
    expect(pulled * 10_000).toBeLessThan(64e6);
    expect([rig.dashboard.opened, rig.dashboard.returned]).toEqual([1, 0]);
    // Others are served meanwhile.
    expect((await ask(rig, '/')).status).toBe(200);
    answer.destroy();
    await until(() => rig.dashboard.returned === 1);
    const at = rig.dashboard.pulled;
    await pause(100);
    expect(rig.dashboard.pulled).toBe(at);
  });

  it('goes on where a slow reader takes it up, whole', async () => {
    rig.dashboard.endless = function* () {
      for (let i = 0; i < 3000; i++) yield `${i}\n`.padStart(5000, '.');
    };
    const answer = await openOf(rig, `/runs/${FINISHED}.csv`);
    await pause(300);
    let size = 0;
    for await (const part of answer) size += (part as Buffer).length;
    expect(size).toBe(3000 * 5000);
    expect(rig.dashboard.returned).toBe(1);
  });

  it('lets others have their turn while it is read fast', async () => {
    rig.dashboard.endless = endless;
    const answer = await openOf(rig, `/runs/${FINISHED}.csv`);
    answer.resume();
    const start = Date.now();
    for (let i = 0; i < 5; i++) expect((await ask(rig, '/healthz')).status).toBe(200);
    expect(Date.now() - start).toBeLessThan(8000);
    answer.destroy();
    await until(() => rig.dashboard.returned === 1);
  });

  it('is one of a few: more are told to come again', async () => {
    rig.dashboard.endless = endless;
    const answers = await Promise.all(Array.from({ length: 8 }, () => openOf(rig, `/runs/${FINISHED}.csv`)));
    const busy = await ask(rig, `/runs/${FINISHED}.json`);
    expect([busy.status, busy.headers['retry-after']]).toEqual([503, '5']);
    expect((await ask(rig, '/')).status).toBe(200);
    for (const answer of answers) answer.destroy();
    await until(() => rig.dashboard.returned === 8);
    rig.dashboard.endless = null;
    expect((await ask(rig, `/runs/${FINISHED}.json`)).status).toBe(200);
  });
});

it('a text whose reader takes all at once lets others have their turn', async () => {
  let turns = 0;
  let sent = 0;
  // As Node does it where the kernel takes a chunk at once: the buffer was full, and drains in the next tick.
  const greedy = Object.assign(new EventEmitter(), {
    destroyed: false,
    write: (text: string) => {
      sent += text.length;
      process.nextTick(() => greedy.emit('drain'));
      return false;
    },
    end: () => {},
  });
  const other = setInterval(() => {
    turns += 1;
  }, 0);
  const pieces = (function* () {
    for (let i = 0; i < 400; i++) yield 'x'.repeat(70_000);
  })();
  await writeChunks(greedy as unknown as ServerResponse, pieces);
  clearInterval(other);
  expect(sent).toBe(400 * 70_000);
  expect(turns).toBeGreaterThan(0);
});

it('no more than a chunk is written in one turn, however fast pieces come and are taken', async () => {
  let sent = 0;
  const fast = Object.assign(new EventEmitter(), {
    destroyed: false,
    write: (text: string) => {
      sent += text.length;
      return true;
    },
    end: () => {},
  });
  const turns = await turnsDuring(() =>
    writeChunks(
      fast as unknown as ServerResponse,
      Array<string>(20_000).fill('x'.repeat(1000))[Symbol.iterator](),
    ),
  );
  expect(sent).toBe(20_000_000);
  expect(turns).toBeGreaterThanOrEqual(Math.floor(sent / 66_536));
});

it('a reader that takes nothing for half a minute is cut off', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const stuck = Object.assign(new EventEmitter(), {
      destroyed: false,
      write: () => false,
      destroy: () => {
        stuck.destroyed = true;
        stuck.emit('close');
      },
    });
    let returned = false;
    const pieces = (function* () {
      try {
        yield* endless();
      } finally {
        returned = true;
      }
    })();
    const sent = writeChunks(stuck as unknown as ServerResponse, pieces);
    await vi.advanceTimersByTimeAsync(29_000);
    expect(stuck.destroyed).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    await sent;
    expect([stuck.destroyed, returned, stuck.listenerCount('drain')]).toEqual([true, true, 0]);
  } finally {
    vi.useRealTimers();
  }
});

/** Reads events until told to stop. */
const listen = async () => {
  const answer = await openOf(rig, '/events');
  let text = '';
  let ended = false;
  answer.setEncoding('utf8');
  answer.on('data', (part: string) => {
    text += part;
  });
  answer.on('close', () => {
    ended = true;
  });
  return {
    answer,
    text: () => text,
    ended: () => ended,
    events: () =>
      [...text.matchAll(/^event: progress\ndata: (.*)\n\n/gm)].map(([, data = '']) => JSON.parse(data)),
  };
};

describe('live progress', () => {
  it('comes at once, again when it changes, and is asked for only while somebody listens', async () => {
    rig.dashboard.entries.unshift(runningRun(100));
    const listener = await listen();
    expect(listener.answer.headers['content-type']).toBe('text/event-stream');
    await until(() => listener.events().length === 1);
    expect(listener.events()[0]).toEqual([
      {
        id: RUNNING,
        done: 100,
        hosts: 1000,
        ready: 100,
        blocked: 0,
        'clear-so-far': 0,
        undetermined: 0,
        unreachable: 0,
        took: '1.0 s',
      },
    ]);
    rig.dashboard.entries[0] = runningRun(200);
    await until(() => listener.events().length === 2);
    rig.dashboard.entries.shift();
    await until(() => listener.events().length === 3);
    expect(listener.events()[2]).toEqual([]);
    const polls = rig.dashboard.polls;
    await until(() => rig.dashboard.polls > polls + 1);
    // What stays the same is not sent again.
    expect(listener.events()).toHaveLength(3);
    listener.answer.destroy();
    await pause(100);
    const at = rig.dashboard.polls;
    await pause(1300);
    expect(rig.dashboard.polls).toBe(at);
  });

  it('has a bounded number of listeners', async () => {
    const listeners = await Promise.all(Array.from({ length: 16 }, listen));
    expect((await ask(rig, '/events')).status).toBe(503);
    listeners[0]?.answer.destroy();
    await until(async () => {
      const answer = await openOf(rig, '/events');
      answer.destroy();
      return answer.statusCode === 200;
    });
    for (const { answer } of listeners) answer.destroy();
  });

  it('says once that the history cannot be read, and goes on', async () => {
    rig.dashboard.running = () => {
      throw new Error('locked');
    };
    const listener = await listen();
    await pause(2300);
    expect(rig.said).toEqual(['the running audits cannot be read: Error: locked']);
    expect(listener.ended()).toBe(false);
    listener.answer.destroy();
  });
});

describe('the end', () => {
  it('comes soon, with listeners, idle connections and a reader that reads nothing', async () => {
    rig.dashboard.endless = endless;
    const listener = await listen();
    await openOf(rig, `/runs/${FINISHED}.csv`);
    const idle = connect(rig.port, '127.0.0.1');
    idle.on('error', () => {});
    await new Promise((resolve) => idle.once('connect', resolve));
    const start = Date.now();
    await Promise.all([rig.serving.close(), rig.serving.close()]);
    expect(Date.now() - start).toBeLessThan(8000);
    await until(() => listener.ended() && rig.dashboard.returned === 1);
    await expect(ask(rig, '/')).rejects.toThrow(/ECONNREFUSED/);
  });
});
