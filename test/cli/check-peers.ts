import { mkdtempSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostReport } from '../../src/model/report.ts';

export const servers: Server[] = [];

export const sockets = new Set<Socket>();

export const folder = mkdtempSync(join(tmpdir(), 'ra-cli-'));

/** A listener that this test opened; what it does with a connection is given. */
export const listen = (address: string, port: number, serve: (socket: Socket) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      serve(socket);
    });
    servers.push(server);
    server.on('error', reject);
    server.listen(port, address, resolve);
  });

export const port = (host: HostReport, number: number) => host.ports.find((one) => one.port === number);
