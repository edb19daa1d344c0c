import { createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openStore } from '../../src/fleet/fleet-store.ts';
import { UsageError } from '../../src/model/fault.ts';

let close = (): void => {};
afterEach(() => close());

/** The URL of something that accepts connections and does with them what it likes. */
const listening = (talk: (socket: Socket) => void): Promise<string> =>
  new Promise((resolve) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      talk(socket);
    });
    close = () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    };
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address && typeof address === 'object') resolve(`redis://127.0.0.1:${address.port}`);
    });
  });

it.each([
  ['says nothing', () => {}],
  [
    'says one byte now and then',
    (socket: Socket) => {
      const drip = setInterval(() => socket.write('+'), 20);
      socket.on('close', () => clearInterval(drip));
    },
  ],
])('a store that %s is not waited for', async (_, talk) => {
  const url = await listening(talk);
  const failure = await openStore(url, 200).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect(String(failure)).toContain('cannot be reached (ETIMEDOUT)');
});
