import { readdirSync, readFileSync } from 'node:fs';

/** One captured connection: what the client sent and what the server answered, each PDU or packet on its own. */
export interface Exchange {
  readonly sent: readonly Buffer[];
  readonly heard: readonly Buffer[];
}

const HERE = new URL('./fixtures/', import.meta.url);

/** Reads `fixtures/NAME.hex`: `#` says where it comes from, `>` is the client, `<` the server. */
export const fixture = (name: string): Exchange => {
  const lines = readFileSync(new URL(`${name}.hex`, HERE), 'utf8').split('\n');
  const of = (mark: string): Buffer[] =>
    lines.filter((line) => line.startsWith(`${mark} `)).map((line) => Buffer.from(line.slice(2), 'hex'));
  return { sent: of('>'), heard: of('<') };
};

/** Every fixture's name. */
export const fixtureNames: readonly string[] = readdirSync(HERE)
  .filter((file) => file.endsWith('.hex'))
  .map((file) => file.slice(0, -4));

/** The nth thing the server said. */
export const heard = (name: string, at: number): Buffer => {
  const packet = fixture(name).heard[at];
  if (!packet) throw new Error(`fixture ${name} has no answer ${at}`);
  return packet;
};

/** The answers to each call behind the bind, the fragments of one call together. */
export const answersByCall = (name: string): Buffer[][] => {
  const calls = new Map<number, Buffer[]>();
  for (const pdu of fixture(name).heard.slice(1)) {
    const callId = pdu.readUInt32LE(12);
    calls.set(callId, [...(calls.get(callId) ?? []), pdu]);
  }
  return [...calls.values()];
};
