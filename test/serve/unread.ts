import { request as httpRequest, type IncomingMessage } from 'node:http';
import type { Rig } from './fake.ts';

/** A request whose answer is not read until somebody does. */
export const openOf = ({ port }: Pick<Rig, 'port'>, path: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      answer.on('error', () => {});
      resolve(answer);
    });
    request.on('error', reject);
    request.end();
  });

/** Pieces without end, of 10 kB. */
export const endless = function* () {
  for (;;) yield 'x'.repeat(10_000);
};
