import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WebhookRule } from '../../src/notify/rule.ts';

/** A request as a server got it. */
export interface Got {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A real HTTP server on the loopback: `answer` is called with the number of the request, from 0. */
export const hookServer = async (
  answer: (response: ServerResponse, index: number, got: Got) => void,
): Promise<{ readonly url: string; readonly got: Got[]; close(): Promise<void> }> => {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('error', () => {});
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const one = { method, path: url, headers, body: Buffer.concat(parts).toString() };
      got.push(one);
      answer(response, got.length - 1, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};

export const webhookRule = (url: string, changes: Partial<WebhookRule> = {}): WebhookRule => ({
  kind: 'webhook',
  url,
  secret: null,
  timeoutMs: 2000,
  ...changes,
});
