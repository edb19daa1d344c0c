import { describe, expect, it } from 'vitest';
import { meaningOf } from '../../src/wire/errno.ts';
import { systemResolver } from '../../src/wire/resolve.ts';

describe('errno of connect()', () => {
  it.each([
    ['ECONNREFUSED', 'linux', 4, 'refused'],
    ['ECONNREFUSED', 'win32', 4, 'refused'],
    ['ETIMEDOUT', 'linux', 4, 'silent'],
    ['EHOSTUNREACH', 'linux', 4, 'rejected'],
    ['ENETUNREACH', 'darwin', 4, 'rejected'],
    ['ENOPROTOOPT', 'linux', 4, 'rejected'],
    ['EHOSTDOWN', 'linux', 4, 'rejected'],
    ['EACCES', 'linux', 6, 'rejected'],
    ['ECONNRESET', 'win32', 4, 'rejected'],
    ['ECONNRESET', 'linux', 4, 'hung-up'],
  ] as const)('%s on %s over IPv%s is %s', (code, platform, family, kind) => {
    expect(meaningOf(code, platform, family).kind).toBe(kind);
  });

  it.each([
    ['EMFILE', 'linux', 4, 'descriptors'],
    ['ENFILE', 'linux', 4, 'descriptors'],
    ['EADDRNOTAVAIL', 'linux', 4, 'local-ports'],
    ['ENOBUFS', 'win32', 4, 'buffers'],
    ['EACCES', 'win32', 4, 'blocked-locally'],
    ['EACCES', 'linux', 4, 'blocked-locally'],
    ['EPERM', 'linux', 6, 'blocked-locally'],
    ['ENETDOWN', 'linux', 4, 'no-route'],
    ['ESOMETHINGNEW', 'linux', 4, 'other'],
  ] as const)('%s on %s over IPv%s is this machine’s: %s', (code, platform, family, fault) => {
    expect(meaningOf(code, platform, family)).toMatchObject({ kind: 'fault', fault: { kind: fault, code } });
  });
});

describe('systemResolver', () => {
  const never = new AbortController().signal;

  it('looks names up as the system does', async () => {
    const found = await systemResolver().resolve('localhost', never);
    expect(found.kind).toBe('resolved');
    if (found.kind === 'resolved')
      expect(found.addresses.map(({ address }) => address)).toContain('127.0.0.1');
  });

  it('gives a result for a name that is unknown or cannot be asked for', async () => {
    const found = await systemResolver().resolve('no-such-host.invalid', never);
    expect(['not-found', 'failed']).toContain(found.kind);
  });

  it('does not wait after an abort', async () => {
    const started = performance.now();
    const found = await systemResolver().resolve('no-such-host.invalid', AbortSignal.abort());
    expect(performance.now() - started).toBeLessThan(50);
    expect(found.kind === 'failed' && found.fault.kind).toBe('aborted');
  });
});
