import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { firewallScript, type Placed } from './firewall.ts';
import {
  type Absence,
  absentAddress,
  HOSTS,
  type HostName,
  hostAddress,
  hostNeighbours,
  type Router,
  routerAddress,
  WAYS,
} from './layout.ts';
import { Namespaces } from './namespaces.ts';
import { connect, delayerOf, NAMESPACES } from './network.ts';
import { listenersOf, type Place, type Row, rpcPortsOf, WIRES, type WireName } from './row.ts';
import { isEndpoint, listeningPorts, startServers } from './servers.ts';
import { type Finished, run } from './shell.ts';
import { startListeners } from './start-listeners.ts';
import { responderKey, startResponders } from './start-responders.ts';
import { type Part, whyMissing } from './tools.ts';

const isHost = (host: HostName | Absence): host is HostName => (HOSTS as readonly string[]).includes(host);

/** Who looks at a row. */
export type Asker = WireName | 'nmap';
const ASKERS: readonly Asker[] = [...WIRES, 'nmap'];

/** The addresses of a row: one for all who ask, or one for each. That of an audit, or with witnesses, is a block. */
type Seats = Readonly<Record<Asker, string>>;

/** Gives every row addresses that no other row has. */
const allot = (rows: readonly Row[]): Map<Row, Seats> => {
  const used = new Map<string, number>();
  const next = ({ host, way = 'direct', family = 4, audit, witnesses }: Row): string => {
    const isBlock = audit !== undefined || witnesses !== undefined;
    const block = `${host} ${isBlock ? 'neighbours' : way} ${family}`;
    const n = (used.get(block) ?? 0) + 1;
    used.set(block, n);
    if (!isHost(host)) return absentAddress(host, family, n);
    return isBlock ? hostNeighbours(host, n) : hostAddress(host, way, family, n);
  };
  const seatsOf = (row: Row): Seats => {
    const shared = row.remembers ? null : next(row);
    return Object.fromEntries(ASKERS.map((asker) => [asker, shared ?? next(row)])) as Record<Asker, string>;
  };
  return new Map(rows.map((row) => [row, seatsOf(row)]));
};

/** A row once for each address that it has. */
const seated = (addresses: ReadonlyMap<Row, Seats>): { row: Row; address: string }[] =>
  [...addresses].flatMap(([row, seats]) =>
    [...new Set(Object.values(seats))].map((address) => ({ row, address })),
  );

/** Starts a program that says "ready" when it is, and waits for that. */
const startReady = async (spaces: Namespaces, name: string, command: readonly string[]): Promise<void> => {
  const logFile = join(spaces.folder, `${name}.log`);
  const log = openSync(logFile, 'w');
  const child = spaces.start(name, command, log);
  closeSync(log);
  while (!(await readFile(logFile, 'utf8')).includes('ready')) {
    if (child.exitCode !== null) throw new Error(`${command[0]}: ${await readFile(logFile, 'utf8')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

/** Compiles the delay line and puts it into every delayed way. */
const delay = async (spaces: Namespaces): Promise<void> => {
  const program = join(spaces.folder, 'delayline');
  await run('cc', ['-O2', '-o', program, join(import.meta.dirname, 'delayline.c')]);
  await Promise.all(
    WAYS.map(({ delayUs }, way) =>
      delayUs > 0 ? startReady(spaces, delayerOf(way), [program, 'near', 'far', String(delayUs)]) : null,
    ),
  );
};

const placeRules = async (
  spaces: Namespaces,
  addresses: ReadonlyMap<Row, Seats>,
  has: (part: Part) => boolean,
) => {
  const byNamespace = new Map<string, Placed[]>();
  for (const { row, address } of seated(addresses)) {
    for (const rule of row.rules ?? []) {
      if ('iptables' in rule && !has(`iptables-${rule.iptables}`)) continue;
      const name = rule.at === 'host' ? row.host : rule.at;
      byNamespace.set(name, [...(byNamespace.get(name) ?? []), { rule, address, family: row.family ?? 4 }]);
    }
  }
  await Promise.all([...byNamespace].map(([name, placed]) => spaces.shell(name, firewallScript(placed))));
};

const listen = async (spaces: Namespaces, addresses: ReadonlyMap<Row, Seats>): Promise<void> => {
  await Promise.all(
    (['plain', 'responder'] as const).map(async (host) => {
      const wanted = seated(addresses).flatMap(({ row, address }) =>
        row.host === host ? listenersOf(row, address) : [],
      );
      if (wanted.length > 0) await startListeners(spaces, host, wanted, startReady);
    }),
  );
};

/** A running lab: an expert's machine, two routers and the hosts of the rows behind them. */
export class Lab {
  readonly #spaces: Namespaces;
  readonly #addresses: ReadonlyMap<Row, Seats>;
  /** Codes of the responders, by what a row says of its one. */
  readonly #codes: ReadonlyMap<string, string>;

  private constructor(
    spaces: Namespaces,
    addresses: ReadonlyMap<Row, Seats>,
    codes: ReadonlyMap<string, string>,
  ) {
    this.#spaces = spaces;
    this.#addresses = addresses;
    this.#codes = codes;
  }

  /** Builds a lab for these rows. Everything it made is gone after `close`, and also when this process dies. */
  static async open(rows: readonly Row[]): Promise<Lab> {
    const has = (part: Part): boolean => whyMissing(part) === null;
    const spaces = await Namespaces.open(NAMESPACES);
    const addresses = allot(rows);
    try {
      await connect(spaces);
      await Promise.all([
        has('delay') ? delay(spaces) : null,
        placeRules(spaces, addresses, has),
        listen(spaces, addresses),
        startServers(spaces, has),
      ]);
      // Later than the servers: it takes only ports that nobody has.
      return new Lab(spaces, addresses, await startResponders(spaces, rows));
    } catch (error) {
      await spaces.close();
      throw error;
    }
  }

  /** For files of this lab; removed with it. */
  get folder(): string {
    return this.#spaces.folder;
  }

  /** The address at which a row's network is seen; where it remembers who came, that of `asker`. */
  addressOf(row: Row, asker: Asker = 'nmap'): string {
    const seats = this.#addresses.get(row);
    if (seats === undefined) throw new Error(`row '${row.name}' is not in this lab`);
    return seats[asker];
  }

  /** The address by which somebody on the way to a row is known. */
  placeOf(row: Row, place: Place, asker?: Asker): string {
    if (place === 'target') return this.addressOf(row, asker);
    return routerAddress(place, row.way ?? 'direct', row.family ?? 4);
  }

  /** The code of the responder that a row asks. */
  codeOf({ name, responder }: Row): string {
    const code = responder && this.#codes.get(responderKey(responder));
    if (code === undefined) throw new Error(`row '${name}' has no responder in this lab`);
    return code;
  }

  /** Dynamic ports on which a row's host listens: what its endpoint mapper should name. */
  async endpointsOf(row: Row): Promise<number[]> {
    if (!isHost(row.host)) return [];
    if (row.listen) return rpcPortsOf(row);
    return (await listeningPorts(this.#spaces, row.host)).filter(isEndpoint);
  }

  /** Runs a program on the expert's machine to its end. */
  asExpert(command: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished> {
    return this.#spaces.exec('expert', command, env);
  }

  /** The system's name of a namespace of this lab, for a shell inside of it. */
  namespaceOf(name: 'expert' | Router | HostName): string {
    return this.#spaces.nameOf(name);
  }

  close(): Promise<void> {
    return this.#spaces.close();
  }
}
