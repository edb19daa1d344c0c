import { getEventListeners } from 'node:events';
import { expect } from 'vitest';
import type { Conversation } from '../../../src/model/wire.ts';
import { type Case, said, talkTo, text } from '../stand.ts';

const drip = (words: string, everyMs: number) => (socket: import('node:net').Socket) => {
  socket.setNoDelay(true);
  let at = 0;
  const timer = setInterval(() => {
    if (at === words.length) clearInterval(timer);
    else socket.write(words.charAt(at++));
  }, everyMs);
  socket.once('close', () => clearInterval(timer));
};

/** Writes without end, as fast as the other side takes it, and counts. */
const flooding = (sent: { bytes: number }) => (socket: import('node:net').Socket) => {
  const chunk = Buffer.alloc(64 << 10, 'x');
  const pour = (): void => {
    while (
      !socket.destroyed &&
      socket.write(chunk, () => {
        sent.bytes += chunk.length;
      })
    );
  };
  socket.on('drain', pour);
  pour();
};

/** Conversations on accepted connections, with every kind of peer. */
export const talks: readonly Case[] = [
  {
    name: 'holds a talk: says, hears, and closes',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => void socket.pipe(socket));
      const heard = await talkTo(stand, at, async (io, words) => {
        await io.send(Buffer.from('hello'));
        words.push(text(await io.read(5)));
        await io.send(Buffer.from('again'));
        words.push(text(await io.read(5)));
      });
      expect(said(heard.reply)).toBe('accepted');
      expect(heard.words).toEqual(['hello', 'again']);
    },
  },
  {
    name: 'gives exactly the bytes asked for, however they came',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => socket.write('abcdefghij'));
      const dripping = await stand.peers.serve(drip('abcdefghij', 2));
      for (const peer of [at, dripping]) {
        const { words } = await talkTo(stand, peer, async (io, words) => {
          for (const size of [1, 0, 3, 2, 4]) words.push(text(await io.read(size)));
        });
        expect(words).toEqual(['a', '', 'bcd', 'ef', 'ghij']);
      }
    },
  },
  {
    name: 'a peer that says nothing is mute',
    run: async (stand) => {
      const at = await stand.peers.serve(() => {});
      const heard = await talkTo(stand, at, async (io) => void (await io.read(1)), {
        idleMs: 100,
        totalMs: 20_000,
      });
      expect([heard.end, heard.received, said(heard.reply)]).toEqual(['mute', '', 'accepted']);
      expect(heard.ms).toBeLessThan(10_000);
    },
  },
  {
    name: 'a peer that stops in the middle is too slow; what came is kept',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => socket.write('abcd'));
      const heard = await talkTo(
        stand,
        at,
        async (io, words) => {
          words.push(text(await io.read(1)));
          await io.read(10);
        },
        { idleMs: 100 },
      );
      expect([heard.end, heard.words, heard.received]).toEqual(['too-slow', ['a'], 'bcd']);
    },
  },
  {
    name: 'a peer that gives a byte now and then is cut off by the total time',
    run: async (stand) => {
      const at = await stand.peers.serve(drip('x'.repeat(1000), 20));
      const heard = await talkTo(stand, at, async (io) => void (await io.read(1000)), {
        idleMs: 200,
        totalMs: 300,
      });
      expect(heard.end).toBe('too-slow');
      // All of it would take twenty seconds.
      expect(heard.received).toMatch(/^x{1,900}$/);
      expect(heard.ms).toBeLessThan(10_000);
    },
  },
  {
    name: 'a peer that takes no word is cut off by the total time',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => socket.pause());
      const heard = await talkTo(stand, at, (io) => io.send(Buffer.alloc(64 << 20)), { totalMs: 200 });
      expect(heard.end).toBe('too-slow');
      expect(heard.ms).toBeLessThan(10_000);
    },
  },
  {
    name: 'says all of a long word to a peer that takes its time',
    run: async (stand) => {
      const size = 8 << 20;
      const at = await stand.peers.serve((socket) => {
        let taken = 0;
        setTimeout(() => {
          socket.on('data', (chunk) => {
            taken += chunk.length;
            if (taken === size) socket.write('thanks');
          });
        }, 50);
      });
      const heard = await talkTo(stand, at, async (io, words) => {
        await io.send(Buffer.alloc(size));
        words.push(text(await io.read(6)));
      });
      expect([heard.words, heard.end]).toEqual([['thanks'], null]);
    },
  },
  {
    name: 'hears what came in time, though the event loop was late',
    run: async (stand) => {
      let accept: (socket: import('node:net').Socket) => void = () => {};
      const accepted = new Promise<import('node:net').Socket>((resolve) => {
        accept = resolve;
      });
      const at = await stand.peers.serve((socket) => accept(socket));
      const heard = await talkTo(
        stand,
        at,
        async (io, words) => {
          const peer = await accepted;
          const reading = io.read(1);
          peer.write('x');
          const until = performance.now() + 80;
          while (performance.now() < until);
          words.push(text(await reading));
        },
        { idleMs: 40 },
      );
      expect([heard.words, heard.end]).toEqual([['x'], null]);
    },
  },
  {
    name: 'keeps three hundred talks apart, and the signal has few listeners',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => void socket.pipe(socket));
      const { signal } = new AbortController();
      let most = 0;
      const words: string[][] = [];
      const talks = Array.from({ length: 300 }, (_, i) => ({
        ...{ ...at, flow: { sourcePort: null } },
        talk: {
          limits: { totalMs: 20_000, idleMs: 20_000, maxBytes: 1000 },
          exchange: async (io: Conversation) => {
            const mine: string[] = [];
            words[i] = mine;
            for (const word of [`first${i}`, `second${i}`]) {
              await io.send(Buffer.from(word));
              mine.push(text(await io.read(word.length)));
            }
            most = Math.max(most, getEventListeners(signal, 'abort').length);
          },
        },
      }));
      const replies = await stand.askAll(talks, { signal });
      expect(new Set(replies.map(said))).toEqual(new Set(['accepted']));
      expect(words).toEqual(talks.map((_, i) => [`first${i}`, `second${i}`]));
      expect(most).toBeLessThanOrEqual(2);
    },
  },
  {
    name: 'a flood is cut off at the bytes agreed, and what is kept of it is bounded',
    run: async (stand) => {
      const at = await stand.peers.serve(flooding({ bytes: 0 }));
      const heard = await talkTo(stand, at, async (io) => void (await io.read(1 << 30)), { maxBytes: 5000 });
      expect(heard.end).toBe('too-much');
      expect(heard.received.length).toBeGreaterThan(0);
      expect(heard.received.length).toBeLessThanOrEqual(1024);
    },
  },
  {
    name: 'a flood that is read sip by sip is cut off at the bytes agreed, to the byte',
    run: async (stand) => {
      const at = await stand.peers.serve(flooding({ bytes: 0 }));
      const { words, end } = await talkTo(
        stand,
        at,
        async (io, words) => {
          for (;;) words.push(text(await io.read(10)));
        },
        { maxBytes: 200_005 },
      );
      expect([end, words.length]).toEqual(['too-much', 20_000]);
    },
  },
  {
    name: 'a flood that nobody reads stays with the peer',
    run: async (stand) => {
      const sent = { bytes: 0 };
      const at = await stand.peers.serve(flooding(sent));
      await talkTo(stand, at, async (io) => {
        await io.read(1);
        await new Promise((resolve) => setTimeout(resolve, 300));
      });
      // The kernel's buffers of both sides on loopback; a wire that reads on would take a hundred times that.
      expect(sent.bytes).toBeLessThan(32 << 20);
    },
  },
  {
    name: 'a peer that closes at once has closed',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => void socket.end());
      const heard = await talkTo(stand, at, async (io) => void (await io.read(1)));
      expect([heard.end, said(heard.reply)]).toEqual(['closed', 'accepted']);
    },
  },
  {
    name: 'what a peer said before it closed is heard, and still can be answered once',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => void socket.end('last words'));
      const heard = await talkTo(stand, at, async (io, words) => {
        // Long enough for the end to be here before anybody reads.
        await new Promise((resolve) => setTimeout(resolve, 50));
        words.push(text(await io.read(4)), text(await io.read(2)));
        await io.read(5);
      });
      expect([heard.words, heard.end, heard.received]).toEqual([['last', ' w'], 'closed', 'ords']);
    },
  },
  {
    name: 'what a peer said before it reset the connection is heard',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => {
        socket.write('curse');
        setTimeout(() => socket.resetAndDestroy(), 20);
      });
      const heard = await talkTo(stand, at, async (io, words) => {
        await new Promise((resolve) => setTimeout(resolve, 50));
        words.push(text(await io.read(2)));
        await io.read(10);
      });
      expect([heard.words, heard.received, said(heard.reply)]).toEqual([['cu'], 'rse', 'accepted']);
      expect(['reset', 'closed']).toContain(heard.end);
    },
  },
  {
    name: 'a peer that resets in the middle of a word has reset',
    run: async (stand) => {
      const at = await stand.peers.serve(
        (socket) => void socket.once('data', () => socket.resetAndDestroy()),
      );
      const heard = await talkTo(stand, at, async (io) => {
        await io.send(Buffer.from('hello'));
        await io.read(1);
      });
      expect(['reset', 'closed']).toContain(heard.end);
      expect(said(heard.reply)).toBe('accepted');
    },
  },
  {
    name: 'words after the end meet the end',
    run: async (stand) => {
      const at = await stand.peers.serve((socket) => socket.resetAndDestroy());
      const heard = await talkTo(stand, at, async (io) => {
        await io.read(1).catch(() => {});
        await io.send(Buffer.from('anybody?'));
      });
      expect(['reset', 'closed']).toContain(heard.end);
    },
  },
  {
    name: 'what a talk throws of its own is a bug and comes out, and the connection is closed',
    run: async (stand) => {
      let isClosed: Promise<unknown> = Promise.reject(new Error('nobody connected'));
      isClosed.catch(() => {});
      const at = await stand.peers.serve((socket) => {
        isClosed = new Promise((resolve) => socket.once('close', resolve));
        socket.resume();
      });
      const talk = talkTo(stand, at, async (io) => {
        await io.send(Buffer.from('x'));
        throw new RangeError('a bug in a probe');
      });
      await expect(talk).rejects.toThrow(RangeError);
      await isClosed;
    },
  },
];
