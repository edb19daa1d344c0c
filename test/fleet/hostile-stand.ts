import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** What stands in for a store. */
interface Stand {
  readonly url: string;
  /** What each connection was sent, bytes. */
  readonly sent: number[];
  /** How many connections have ended. */
  ended: number;
}

type Talk = (command: string, socket: Socket) => string | null;

/** Words of requests, roughly: enough for names of commands. */
const commandsIn = (text: string): string[] =>
  text.split(/(?=\*\d+\r\n)/).map((one) => (one.split('\r\n')[2] ?? '').toLowerCase());

/** A store that answers as a Redis does at first, and to all else with what `talk` gives: null for nothing of its own. It ends with the test. */
export const standIn = (talk: Talk): Promise<Stand> =>
  new Promise((resolve) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      const number = stand.sent.push(0) - 1;
      socket.on('error', () => {});
      socket.on('close', () => {
        stand.sent[number] = socket.bytesWritten;
        stand.ended += 1;
      });
      socket.on('data', (data) => {
        for (const command of commandsIn(data.toString('latin1'))) {
          const own = talk(command, socket);
          if (own !== null) socket.write(own);
          else if (command === 'hello') socket.write('%1\r\n+proto\r\n:3\r\n');
          else if (command === 'info') socket.write('$21\r\nredis_version:7.2.0\r\n\r\n');
          else socket.write(command === 'ping' ? '+PONG\r\n' : '+OK\r\n');
        }
      });
    });
    const stand = { url: '', sent: [] as number[], ended: 0 };
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      stand.url = address && typeof address === 'object' ? `redis://127.0.0.1:${address.port}` : '';
      resolve(stand);
    });
  });

/** Writes a text again and again while somebody takes it, up to 200 MB. */
export const flood = (socket: Socket, head: string, again: string): string => {
  socket.write(head);
  const more = (): void => {
    while (!socket.destroyed && socket.bytesWritten < 200e6) {
      if (!socket.write(again)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
  return '';
};
