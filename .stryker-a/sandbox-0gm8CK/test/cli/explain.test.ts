import { describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('explain', () => {
  it('explains several codes in the order of the question, each once', async () => {
    const { code, stdout, stderr } = await run(['explain', '10028', '-2147023174', '1722', '0x80070005']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.match(/^\S.*$/gm)).toEqual([
      'DCOM 10028  (10028)',
      '0x800706BA  RPC_S_SERVER_UNAVAILABLE  (-2147023174, 1722)',
      '0x80070005  E_ACCESSDENIED',
    ]);
    expect(stdout).toMatch(/Proof {4}check, requirement endpoint-mapper/);
    expect(stdout).toMatch(/policy check, Offer Remote Assistance: the policy does not enable it/);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThan(80);
  });

  it('ends with 3 when a code is unknown, and explains the others', async () => {
    const { code, stdout } = await run(['explain', '0xdeadbeef', '5', '--format', 'json']);
    expect(code).toBe(3);
    const { schema, codes } = JSON.parse(stdout);
    expect(schema).toBe('ra-preflight/explain@1');
    expect(codes).toMatchObject([
      { question: '0xdeadbeef', known: false },
      { question: '5', known: true, code: '0x80070005', name: 'E_ACCESSDENIED' },
    ]);
    expect(codes[1].proofs).toContainEqual(
      expect.objectContaining({ by: 'policy', codes: ['helpers-none', 'helper-malformed'] }),
    );
  });

  it.each(['table', 'json'])('lets no typed text steer a terminal, as %s', async (format) => {
    const { code, stdout } = await run(['explain', 'x\u001b]0;owned\u0007\u202e', '--format', format]);
    expect(code).toBe(3);
    expect(stdout).toContain('owned');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('wants a code', async () => {
    expect(await run(['explain'])).toMatchObject({ code: 2, stdout: '' });
    const empty = { code: 2, stdout: '', stderr: 'ra-preflight: a code is empty\n' };
    expect(await run(['explain', '5', ' '])).toEqual(empty);
  });
});
