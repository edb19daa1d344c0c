import { setTimeout as pause } from 'node:timers/promises';
import { type FleetStore, openStore } from '../../src/fleet/fleet-store.ts';
import { ShardWorker } from '../../src/fleet/shard-worker.ts';
import { sealWith } from '../../src/fleet/signed.ts';
import { makeSpace, type SpaceSpec } from '../../src/targets/space.ts';
import { small } from '../store/samples.ts';
import { timesFor } from './times.ts';

/**
 * A worker that probes nothing: its hosts are judged by the clock. Arguments: URL, vantage,
 * milliseconds for 16 hosts, and `short` where an outage of seconds is to be like one of a minute, or `twice` where each batch is to
 * reach the coordinator twice.
 */
const [url = '', vantage = '', wait = '10', times = ''] = process.argv.slice(2);
const isShort = times === 'short';
const KEY = 'a key that only tests have';
const AT_ONCE = 16;

/** A queue that delivers twice what is added. */
const doubled = (Plain: FleetStore['engine']['Queue']): FleetStore['engine']['Queue'] =>
  class extends Plain {
    override async add(...[name, data, options]: Parameters<InstanceType<typeof Plain>['add']>) {
      await super.add(name, data, options);
      return super.add(name, data, { ...options, jobId: `${options?.jobId}-again` });
    }
  };

const opened = await openStore(url, undefined, isShort ? 4000 : undefined);
const { Queue, ...rest } = opened.engine;
const store: FleetStore =
  times === 'twice' ? { ...opened, engine: { ...rest, Queue: doubled(Queue) } } : opened;
const worker = new ShardWorker({
  ...{ store, seal: sealWith(KEY), vantage, version: 'test', machine: 'test', pid: process.pid },
  ...{ engine: 'node', engineWhy: 'a test', most: 1_000_000 },
  log: (text) => process.stderr.write(`${text}\n`),
  times: timesFor(isShort),
  probe: async (_plan, { spec, hosts: size }, stop, work) => {
    const space = makeSpace(spec as SpaceSpec);
    let sent = 0;
    async function* hosts() {
      for (let place = 0; place < size && !stop.aborted; place += 1) {
        if (place % AT_ONCE === 0) await pause(Number(wait));
        sent += 1;
        const { text } = space.at(place);
        yield { place, report: { ...small(0), target: text, address: text } };
      }
    }
    await work({
      hosts: hosts(),
      setRate: () => {},
      get sent() {
        return sent;
      },
    });
  },
});
process.once('SIGTERM', async () => {
  await worker.close();
  store.close();
});
