import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPERT, expertLink, nearEnd, WAYS } from '../../test/lab/layout.ts';
import { Namespaces } from '../../test/lab/namespaces.ts';
import { connect, delayerOf, NAMESPACES } from '../../test/lab/network.ts';
import { run } from '../../test/lab/shell.ts';
import { startListeners } from '../../test/lab/start-listeners.ts';
import { CAMPUS, hostRules, LISTENING, router1Rules, router2Rules } from './campus.ts';

const WAY = WAYS.findIndex(({ name }) => name === '10ms');
/** The lab's host that has no servers of its own, and r2's neighbour on its link. */
const HOST = { space: 'plain', address: '10.64.13.2' } as const;

/** How the expert's machine is joined to r1, as scanners with a stack of their own must be told. */
export interface Uplink {
  readonly device: string;
  readonly address: string;
  readonly hardware: string;
  readonly routerHardware: string;
}

/** Packets that the expert's interface has sent and received so far. */
export interface Counters {
  readonly sent: number;
  readonly received: number;
}

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

const hardwareIn = async (spaces: Namespaces, name: string): Promise<string> =>
  (await spaces.shell(name, `cat /sys/class/net/${expertLink.device}/address`)).trim();

/** The campus behind the lab's routers. All of it goes with `close`, and when this process dies. */
export class CampusNetwork {
  readonly #spaces: Namespaces;
  readonly uplink: Uplink;

  private constructor(spaces: Namespaces, uplink: Uplink) {
    this.#spaces = spaces;
    this.uplink = uplink;
  }

  static async open(): Promise<CampusNetwork> {
    const spaces = await Namespaces.open(NAMESPACES);
    try {
      await connect(spaces);
      const delayline = join(spaces.folder, 'delayline');
      await run('cc', ['-O2', '-o', delayline, join(import.meta.dirname, 'delayline.c')]);
      // A cable does not wait for the processor; where a scanner wants all of it, this one would.
      const cable = ['nice', '-n', '-20', delayline, 'near', 'far', String(WAYS[WAY]?.delayUs)];
      await startReady(spaces, delayerOf(WAY), cable);
      await spaces.shell('r1', `ip route add ${CAMPUS} via ${nearEnd(WAY).theirs[4]}`);
      await spaces.shell(
        'r2',
        `ip route add ${CAMPUS} via ${HOST.address}\nip rule add from ${CAMPUS} lookup ${100 + WAY}\n`,
      );
      await spaces.shell(
        HOST.space,
        `ip route add local ${CAMPUS} dev lo\nsysctl -q -w net.ipv4.tcp_max_syn_backlog=8192 net.core.somaxconn=8192\n`,
      );
      const listeners = LISTENING.map((port) => ({
        address: '0.0.0.0',
        port,
        manner: 'hang-up' as const,
        listed: [],
      }));
      await startListeners(spaces, HOST.space, listeners, startReady);
      await spaces.shell('r2', `nft -f - <<'RULES'\n${router2Rules()}\nRULES\n`);
      await spaces.shell(HOST.space, `nft -f - <<'RULES'\n${hostRules()}\nRULES\n`);
      const uplink = {
        device: expertLink.device,
        address: EXPERT[4],
        hardware: await hardwareIn(spaces, 'expert'),
        routerHardware: await hardwareIn(spaces, 'r1'),
      };
      return new CampusNetwork(spaces, uplink);
    } catch (error) {
      await spaces.close();
      throw error;
    }
  }

  /** For files of this bench; removed with it. */
  get folder(): string {
    return this.#spaces.folder;
  }

  /** From now on so many packets in a hundred are lost, each way. */
  async lose(lossPercent: number): Promise<void> {
    await this.#spaces.shell(
      'r1',
      `nft delete table inet campus 2>/dev/null || :\nnft -f - <<'RULES'\n${router1Rules(lossPercent)}\nRULES\n`,
    );
  }

  /**
   * The command that runs another on the expert's machine. Throws unless that machine is a namespace whose only way out is
   * r1: a scan must never start anywhere else.
   */
  async asExpert(command: readonly string[]): Promise<string[]> {
    const routes = (await this.#spaces.shell('expert', 'ip -4 route show default')).trim();
    if (!routes.startsWith(`default via ${expertLink.ours[4]} dev ${expertLink.device}`))
      throw new Error(`the expert's machine is not where it should be: '${routes}'`);
    return ['ip', 'netns', 'exec', this.#spaces.nameOf('expert'), ...command];
  }

  async counters(): Promise<Counters> {
    const folder = `/sys/class/net/${expertLink.device}/statistics`;
    const text = await this.#spaces.shell('expert', `cat ${folder}/tx_packets ${folder}/rx_packets`);
    const [sent = Number.NaN, received = Number.NaN] = text.trim().split('\n').map(Number);
    return { sent, received };
  }

  /** Waits until nothing has moved on the expert's interface for a while: late answers belong to who asked. */
  async untilQuiet(): Promise<void> {
    let before = await this.counters();
    for (let quiet = 0; quiet < 2; ) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      const after = await this.counters();
      quiet = after.sent === before.sent && after.received === before.received ? quiet + 1 : 0;
      before = after;
    }
  }

  close(): Promise<void> {
    return this.#spaces.close();
  }
}
