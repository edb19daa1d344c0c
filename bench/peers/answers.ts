/** What a contender said of one port: nmap's state, and whether it knew a router's reset for what it is. */
export type Said = 'open' | 'closed' | 'filtered' | 'unknown' | 'router-reset';

/** By `address port`. What is not in it was not said. */
export type Answers = Map<string, Said>;

/** Reads a contender's output file. `ports`: those asked. */
export type Reader = (text: string, ports: readonly number[]) => Answers;

interface OurLine {
  readonly address?: string;
  readonly ports?: readonly { readonly port: number; readonly state: Said; readonly reason: string }[];
}

/** Our ndjson: one host a line. */
export const fromOurs: Reader = (text) => {
  const answers: Answers = new Map();
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { address, ports = [] } = JSON.parse(line) as OurLine;
    for (const { port, state, reason } of ports)
      answers.set(`${address} ${port}`, reason === 'middlebox-reset' ? 'router-reset' : state);
  }
  return answers;
};

/** nmap's XML: ports one by one, and the states that most ports are in as a count of those not listed. */
export const fromNmap: Reader = (text, ports) => {
  const answers: Answers = new Map();
  for (const host of text.split('<host ').slice(1)) {
    const address = /addr="([\d.]+)"/.exec(host)?.[1];
    for (const [, port, state] of host.matchAll(/portid="(\d+)"><state state="(\w+)"/g))
      answers.set(`${address} ${port}`, state as Said);
    const summed = [...host.matchAll(/<extraports state="(\w+)" count="(\d+)"/g)];
    const rest = ports.filter((port) => !answers.has(`${address} ${port}`));
    const [only] = summed;
    if (summed.length === 1 && Number(only?.[2]) === rest.length) {
      for (const port of rest) answers.set(`${address} ${port}`, only?.[1] as Said);
    }
  }
  return answers;
};

/** masscan's list: `open tcp 135 10.81.0.1 1700000000`. */
export const fromMasscan: Reader = (text) => {
  const answers: Answers = new Map();
  for (const [, state, port, address] of text.matchAll(/^(open|closed) tcp (\d+) ([\d.]+) /gm))
    answers.set(`${address} ${port}`, state as Said);
  return answers;
};

/** zmap's CSV of address, port and class of the answer, of as many runs as there are ports. */
export const fromZmap: Reader = (text) => {
  const answers: Answers = new Map();
  for (const [, address, port, word] of text.matchAll(/^([\d.]+),(\d+),(synack|rst)/gm))
    answers.set(`${address} ${port}`, word === 'synack' ? 'open' : 'closed');
  return answers;
};

/** `address port state`, one a line. */
export const fromPlain: Reader = (text) => {
  const answers: Answers = new Map();
  for (const [, key, state] of text.matchAll(/^([\d.]+ \d+) (\w+)$/gm)) answers.set(key ?? '', state as Said);
  return answers;
};
