import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';

/** Why there is no Redis for tests here; null where there is one. CI installs it. */
export const whyNoRedis = ['/usr/bin/redis-server', '/usr/local/bin/redis-server'].some(existsSync)
  ? null
  : 'no redis-server here (apt-get install redis-server)';

/** A port of the loopback interface that nobody has at this moment. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });

/** A Redis of a test's own: on loopback, in a folder of the test, ended by its process. */
export class TestRedis {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #child: ChildProcess | null = null;

  constructor(port: number, folder: string, options: readonly string[] = []) {
    this.port = port;
    this.#folder = folder;
    this.#options = options;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it with the data that it had, and waits until it answers. */
  async start(): Promise<void> {
    const child = spawn(
      'redis-server',
      [
        ...['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.#folder, '--save', ''],
        ...['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction'],
        ...this.#options,
      ],
      { stdio: 'ignore' },
    );
    this.#child = child;
    if (this.port === 0) return;
    for (let looks = 0; looks < 200; looks += 1) {
      const client = this.client();
      const isUp = await client.ping().then(
        () => true,
        (error) => /NOAUTH|WRONGPASS/.test(String(error)),
      );
      client.disconnect();
      if (isUp) return;
      await pause(50);
    }
    throw new Error('redis-server does not answer');
  }

  /** A connection that does not try again. */
  client(user: Readonly<Record<string, string>> = {}): Redis {
    const client = new Redis({
      ...{ host: '127.0.0.1', port: this.port, retryStrategy: () => null, maxRetriesPerRequest: 0 },
      ...user,
    });
    client.on('error', () => {});
    return client;
  }

  /** Ends it with this signal, and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}
