import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ask, FINISHED, type Rig, rigOf, until } from './fake.ts';
import { endless, openOf } from './unread.ts';

let rig: Rig;

beforeEach(async () => {
  rig = await rigOf();
});

afterEach(() => rig.serving.close());

describe('a client that is slow on purpose', () => {
  it('is cut off when its header does not come', async () => {
    const start = Date.now();
    const text = await new Promise<string>((resolve) => {
      const socket = connect(rig.port, '127.0.0.1', () =>
        socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n'),
      );
      const drip = setInterval(() => socket.write('X-A: b\r\n'), 500);
      let all = '';
      socket.on('data', (part) => {
        all += part;
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        clearInterval(drip);
        resolve(all);
      });
    });
    expect(text).toMatch(/^HTTP\/1\.1 408 /);
    expect(Date.now() - start).toBeLessThan(15_000);
  }, 20_000);
});

describe('connections that send nothing', () => {
  it('make room for others, however many they are', async () => {
    const slow = new Set<Socket>();
    const open = (): void => {
      const socket = connect(rig.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nX-A: '));
      slow.add(socket);
      socket.on('error', () => {});
      // Each is renewed when it is cut off.
      socket.on('close', () => {
        slow.delete(socket);
        if (renewing) open();
      });
    };
    let renewing = true;
    for (let i = 0; i < 150; i++) open();
    await pause(300);
    const statuses: number[] = [];
    for (let i = 0; i < 20; i++)
      statuses.push((await ask(rig, '/healthz').catch(() => ({ status: 0 }))).status);
    renewing = false;
    for (const socket of slow) socket.destroy();
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(18);
  });

  it('cost nobody the answer that is on its way', async () => {
    rig.dashboard.endless = endless;
    const answer = await openOf(rig, `/runs/${FINISHED}.csv`);
    const slow = Array.from({ length: 60 }, () => connect(rig.port, '127.0.0.1').on('error', () => {}));
    await pause(300);
    let size = 0;
    answer.on('data', (part: Buffer) => {
      size += part.length;
    });
    await until(() => size > 20e6);
    expect(answer.destroyed).toBe(false);
    answer.destroy();
    for (const socket of slow) socket.destroy();
  });
});
