import { describe, expect, test } from 'vitest';
import type { Pinger } from '../../src/model/wire.ts';
import { datagramPinger } from '../../src/wire/icmp/datagram.ts';
import type { Libc } from '../../src/wire/linux/libc.ts';

const ID = 0x1234;
const EAGAIN = 11;
const ENOBUFS = 105;
const EHOSTUNREACH = 113;

/** A kernel that says what a test wants: how each `sendto` ends (0 or an errno), and what then waits to be read. */
class Kernel {
  readonly sent: Buffer[] = [];
  readonly sends: number[] = [];
  readonly waiting: Buffer[] = [];
  #errno = 0;
  onReadable = (): void => {};

  readonly libc = {
    socket: () => 3,
    setsockopt: () => 0,
    bind: () => 0,
    getsockname: (_: number, address: Buffer) => {
      address.writeUInt16BE(ID, 2);
      return 0;
    },
    epollCreate: () => 4,
    epollCtl: () => 0,
    inetPton: () => 1,
    address: () => 0n,
    close: () => 0,
    errno: () => this.#errno,
    sendto: (_: number, packet: Buffer) => {
      const errno = this.sends.length > 1 ? this.sends.shift() : this.sends[0];
      if (errno) return this.#fail(errno);
      this.sent.push(Buffer.from(packet));
      return packet.length;
    },
    recv: (_: number, into: Buffer) => {
      const message = this.waiting.shift();
      return message ? message.copy(into) : this.#fail(EAGAIN);
    },
    recvmsg: () => this.#fail(EAGAIN),
    watch: (_: number, onReadable: () => void) => {
      this.onReadable = onReadable;
      return { ref: () => {}, unref: () => {}, close: () => {} };
    },
  } as unknown as Libc;

  #fail(errno: number): number {
    this.#errno = errno;
    return -1;
  }

  /** Lets a message wait, and the event loop know. */
  deliver(message: Buffer): void {
    this.waiting.push(message);
    this.onReadable();
  }
}

const pingerOn = (kernel: Kernel): Pinger => {
  const pinger = datagramPinger(kernel.libc);
  if (typeof pinger === 'string') throw new Error(pinger);
  return pinger;
};

const replyTo = (request: Buffer | undefined): Buffer => {
  if (!request) throw new Error('nothing was sent');
  const reply = Buffer.from(request);
  reply[0] = 0;
  reply.writeUInt16BE(ID, 4);
  return reply;
};

const changed = (bytes: Buffer, at: number): Buffer => {
  const other = Buffer.from(bytes);
  other[at] = (other[at] ?? 0) ^ 1;
  return other;
};

const OPTIONS = { signal: new AbortController().signal, timeoutMs: 10_000 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('the pinger on datagram sockets', () => {
  test('ignores what is not the answer to its request: type, code, id, number, payload, length', async () => {
    const kernel = new Kernel();
    const pinger = pingerOn(kernel);
    let isOver = false;
    const asked = pinger.echo('10.0.0.1', 4, OPTIONS).finally(() => {
      isOver = true;
    });
    await turn();
    const reply = replyTo(kernel.sent[0]);
    const wrong = [0, 1, 5, 7, 8, reply.length - 1].map((at) => changed(reply, at));
    const sizes = [0, 1, 7, 8, reply.length - 1].map((length) => reply.subarray(0, length));
    for (const message of [...wrong, ...sizes, Buffer.concat([reply, reply])]) {
      kernel.deliver(message);
      await turn();
      await turn();
      expect(isOver).toBe(false);
    }
    kernel.deliver(reply);
    expect(await asked).toMatchObject({ kind: 'reply' });
    kernel.deliver(reply);
    await turn();
    pinger.close();
  });

  test('sends again when the error of another request was in the way', async () => {
    const kernel = new Kernel();
    kernel.sends.push(EHOSTUNREACH, 0);
    const pinger = pingerOn(kernel);
    const asked = pinger.echo('10.0.0.1', 4, OPTIONS);
    await turn();
    kernel.deliver(replyTo(kernel.sent[0]));
    expect((await asked).kind).toBe('reply');
    pinger.close();
  });

  test('sends later when the kernel has no room, and says so when it never has', async () => {
    const kernel = new Kernel();
    kernel.sends.push(EAGAIN, ENOBUFS, 0);
    const pinger = pingerOn(kernel);
    const asked = pinger.echo('10.0.0.1', 4, OPTIONS);
    await expect.poll(() => kernel.sent.length).toBe(1);
    kernel.deliver(replyTo(kernel.sent[0]));
    expect((await asked).kind).toBe('reply');
    kernel.sends.splice(0, kernel.sends.length, EAGAIN);
    expect(await pinger.echo('10.0.0.1', 4, { ...OPTIONS, timeoutMs: 50 })).toEqual({
      kind: 'not-observed',
      why: expect.stringMatching(/did not send .*neighbour table or send buffer.*--rate/),
    });
    pinger.close();
  });

  test('ends what is under way when it is closed, and asks nothing afterwards', async () => {
    const kernel = new Kernel();
    const pinger = pingerOn(kernel);
    const asked = pinger.echo('10.0.0.1', 4, OPTIONS);
    await turn();
    pinger.close();
    pinger.close();
    expect(await asked).toEqual({ kind: 'not-observed', why: 'stopped' });
    expect(await pinger.echo('10.0.0.1', 4, OPTIONS)).toEqual({ kind: 'not-observed', why: 'stopped' });
    expect(kernel.sent).toHaveLength(1);
  });
});
