import type { KnownConnection } from './half-open.ts';

const keyOf = ({ localPort, remoteAddress, remotePort }: KnownConnection): string =>
  `${localPort} ${remoteAddress} ${remotePort}`;

/**
 * Ports at which a SYN arrived that no program is told of: its reply was lost, so the handshake never ended. The kernel keeps such
 * connections for about half a minute, so a look now and then sees them.
 */
export class HalfOpenWatch {
  readonly #read: () => Promise<readonly KnownConnection[]>;
  #before: ReadonlySet<string> = new Set();

  /** `read` gives the connections that the kernel knows of; it never throws. */
  constructor(read: () => Promise<readonly KnownConnection[]>) {
    this.#read = read;
  }

  /** What is there now is of before. */
  async begin(): Promise<void> {
    this.#before = new Set((await this.#read()).map(keyOf));
  }

  /** Local ports of connections that are there now and were not when it began. */
  async look(): Promise<readonly number[]> {
    const known = await this.#read();
    return known.filter((one) => !this.#before.has(keyOf(one))).map(({ localPort }) => localPort);
  }
}
