import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Dial } from '../../src/model/probe.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { Talk, TalkLimits } from '../../src/model/wire.ts';
import { nodeWire } from '../../src/wire/node-connect.ts';
import { askOne } from '../contract/ask.ts';

/** A listener on 127.0.0.1 for this test only, at the endpoint returned. `onSocket` is the peer's whole behaviour. */
export const listen = (onSocket: (socket: Socket) => void): Promise<Endpoint> =>
  new Promise((resolve) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      // The probe leaves with a reset; that is no event for the peer.
      socket.on('error', () => {});
      onSocket(socket);
    });
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      resolve({ address: '127.0.0.1', family: 4, port: address.port });
    });
  });

/** Calls back with each DCE/RPC PDU that the client sends. */
export const onPdu = (socket: Socket, answer: (pdu: Buffer) => void): void => {
  let all = Buffer.alloc(0);
  socket.on('data', (chunk) => {
    all = Buffer.concat([all, chunk]);
    while (all.length >= 16 && all.length >= all.readUInt16LE(8)) {
      const length = all.readUInt16LE(8);
      const pdu = all.subarray(0, length);
      all = all.subarray(length);
      answer(pdu);
    }
  });
};

/** Answers the nth PDU of each connection with the nth item; the interface asked for picks the list. */
export const rpcServer = (answersTo: (interfaceId: string) => readonly (Buffer | readonly Buffer[])[]) =>
  listen((socket) => {
    let answers: (Buffer | readonly Buffer[])[] = [];
    onPdu(socket, (pdu) => {
      if (pdu[2] === 11) answers = [...answersTo(pdu.subarray(32, 36).toString('hex'))];
      const answer = answers.shift();
      if (answer) socket.write(Buffer.isBuffer(answer) ? answer : Buffer.concat(answer));
    });
  });

/** First bytes of the interfaces on the wire. */
export const EPM_ID = '0883afe1';
export const RESOLVER_ID = 'c4fefc99';
export const MANAGEMENT_ID = '80bda8af';

const faster = (limits: TalkLimits, hurry: number): TalkLimits => ({
  ...limits,
  totalMs: limits.totalMs / hurry,
  idleMs: limits.idleMs / hurry,
});

/** A dial over the real node wire. `hurry` divides the times of a talk, so that a test need not wait ten seconds. */
export const dialer = (hurry = 1): Dial => {
  const wire = nodeWire('linux');
  return async (endpoint, talk) => {
    const hurried: Talk | undefined = talk && {
      limits: faster(talk.limits, hurry),
      exchange: (io) => talk.exchange(io),
    };
    const reply = await askOne(wire, endpoint, hurried ? { talk: hurried } : {});
    return { reply, attempts: 1 };
  };
};
