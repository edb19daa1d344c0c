import { type FakeHost, FakeNetwork, windows } from '../network.ts';

export const HOST = '192.0.2.1';

/** 3389 is filtered; everything else answers. */
export const filtered = (changes: Partial<FakeHost> = {}): FakeHost =>
  windows({ port: (port) => (port === 3389 ? 'drop' : port === 135 ? 'accept' : 'refuse'), ...changes });

export const networkOf = (host: FakeHost, seed = 1, loss = 0) =>
  new FakeNetwork({ hosts: { [HOST]: host }, seed, loss });
