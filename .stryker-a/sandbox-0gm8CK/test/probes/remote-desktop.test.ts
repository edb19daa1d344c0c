import { describe, expect, it } from 'vitest';
import { remoteDesktop } from '../../probes/remote-desktop.ts';
import { fixture } from './fixtures.ts';
import { dialer, listen } from './peer.ts';

/** Asks a server that answers the first thing it hears with this. */
const observe = async (answer: Uint8Array | string) => {
  const endpoint = await listen((socket) => socket.once('data', () => socket.write(answer)));
  return remoteDesktop.observe(endpoint, dialer(10));
};

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('Remote Desktop', () => {
  it.each([
    [
      'xrdp-plain',
      false,
      'speaks Remote Desktop without negotiation, as XP and Server 2003 without a service pack do',
    ],
    ['xrdp-tls', true, 'speaks Remote Desktop with TLS'],
    ['xrdp-tls-required', true, 'speaks Remote Desktop: it requires TLS'],
    ['freerdp-plain', true, 'speaks Remote Desktop: it requires CredSSP'],
    ['freerdp-credssp', true, 'speaks Remote Desktop with CredSSP'],
    ['freerdp-credssp-required', true, 'speaks Remote Desktop: it requires CredSSP'],
  ])('%s, replayed', async (name, negotiated, detail) => {
    expect(await observe(Buffer.concat(fixture(name).heard))).toMatchObject({
      service: 'ms-wbt-server',
      detail,
      finding: { kind: 'remote-desktop', speech: 'spoke', negotiated },
    });
  });

  it('Windows 10 as others captured it: early user authorisation chosen', async () => {
    const seen = await observe(hex('03000013 0ed00000123400 021f0800 08000000'));
    expect(seen.detail).toBe('speaks Remote Desktop with CredSSP with early user authorization');
  });

  it('a negotiation of a wrong length is no sign of a server that does not negotiate', async () => {
    const seen = await observe(hex('03000013 0ed00000123400 02030400 02000000'));
    expect(seen).toMatchObject({
      detail: 'speaks Remote Desktop with a negotiation that cannot be read',
      finding: { speech: 'spoke', negotiated: true },
    });
  });

  it('says nothing of any user', async () => {
    const sent: Buffer[] = [];
    const endpoint = await listen((socket) => {
      socket.on('data', (chunk) => sent.push(chunk));
      socket.setTimeout(50, () => socket.end());
    });
    await remoteDesktop.observe(endpoint, dialer());
    expect(Buffer.concat(sent).toString('hex')).toBe('030000130ee00000000000010008000b000000');
  });
});

describe('what is not Remote Desktop', () => {
  it.each([
    ['HTTP', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'answers HTTP, not Remote Desktop'],
    ['SMTP', '220 mail.example.org ESMTP\r\n', 'answers SMTP, not Remote Desktop'],
    ['VNC', 'RFB 003.008\n', 'answers VNC, not Remote Desktop'],
    ['a TLS alert', hex('15030100020228'), 'answers TLS, not Remote Desktop'],
    [
      'DCE/RPC',
      hex('05000d03100000001800000001000000 0400010500000000'),
      'answers DCE/RPC, not Remote Desktop',
    ],
    ['a short line', 'hello\r\n', 'answers the text "hello", not Remote Desktop'],
    ['bytes', hex('1b5b324a00ff'), 'answers the bytes 1b5b324a00ff, not Remote Desktop'],
    [
      'another TPKT service',
      hex('0300000c 07f0 800102030405 06'),
      'answers something like Remote Desktop, but it cannot be read: X.224 code 0xf0 is not a connection confirm at offset 5',
    ],
    [
      'a confirm that lies about its length',
      hex('03001000 0ed00000123400'),
      'answers something like Remote Desktop, but it cannot be read: TPKT of 4096 bytes at offset 2',
    ],
  ])('%s', async (_, answer, detail) => {
    const seen = await observe(answer);
    expect(seen).toMatchObject({ detail, finding: { speech: 'foreign', negotiated: false } });
    expect(seen.service).toBeUndefined();
  });
});
