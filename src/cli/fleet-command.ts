import { Command } from 'commander';
import { deliver } from './deliver.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { oneOf } from './options/kinds.ts';
import { SCAN } from './options/scan.ts';
import { OUTPUT } from './options/shared.ts';
import { checkWritable } from './output-file.ts';
import { storeUrl } from './store-url.ts';
import { screenOf } from './terminal.ts';

const FORMATS = ['table', 'json', 'prometheus'] as const;

const STATUS = {
  redis: SCAN.redis,
  vantages: { ...SCAN.vantages, help: 'only these vantages', standardWords: 'all that have had a worker' },
  format: {
    long: 'format',
    kind: oneOf(FORMATS),
    help: FORMATS.join(', '),
    standard: 'table',
  },
  output: OUTPUT,
  colour: SCAN.colour,
} as const;

const statusCommand = (): Command =>
  addOptions(new Command('status'), STATUS)
    .summary('what a fleet does now')
    .description('Shows vantages, their workers, rates, runs and queues, as they are now.')
    .action(async (_: unknown, command: Command) => {
      const { redis, vantages, format, output, colour } = valuesOf(command, STATUS);
      await checkWritable(output);
      const [{ openStore }, { readFleet }, { renderFleetJson, renderFleetPrometheus, renderFleetTable }] =
        await Promise.all([
          import('../fleet/store.ts'),
          import('../fleet/status.ts'),
          import('../output/fleet-status.ts'),
        ]);
      const store = await openStore(storeUrl(redis));
      try {
        const status = await readFleet(store, vantages);
        const screen = screenOf(process.stdout, process.env, colour && output === null);
        const text =
          format === 'json'
            ? renderFleetJson(status)
            : format === 'prometheus'
              ? renderFleetPrometheus(status)
              : renderFleetTable(status, screen);
        await deliver([text], output);
      } finally {
        store.close();
      }
    });

/** `ra-preflight fleet`: looks at a fleet. */
export const fleetCommand = (): Command =>
  new Command('fleet')
    .summary('look at a fleet')
    .description('Looks at the workers and runs of a fleet.')
    .addCommand(statusCommand());
