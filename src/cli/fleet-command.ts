import { Command } from 'commander';
import type { FleetStatus } from '../model/fleet.ts';
import { cleanText } from '../text/clean-text.ts';
import { deliver } from './deliver.ts';
import { EXIT_INTERRUPTED, interruptible, SIGNALS } from './interrupt.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { oneOf, orNull } from './options/kinds.ts';
import { SCAN } from './options/scan.ts';
import { OUTPUT } from './options/shared.ts';
import { checkWritable } from './output-file.ts';
import { storeUrl } from './store-url.ts';
import { isInteractive, screenOf } from './terminal.ts';

const FORMATS = ['table', 'json', 'prometheus'] as const;

const STATUS = {
  redis: SCAN.redis,
  vantages: { ...SCAN.vantages, help: 'only these vantages', standardWords: 'all that have had a worker' },
  format: {
    long: 'format',
    kind: orNull(oneOf(FORMATS)),
    help: `${FORMATS.join(', ')}: printed once, and nothing live`,
    standard: null,
    standardWords: 'a live screen on a terminal, else table',
  },
  output: OUTPUT,
  colour: SCAN.colour,
} as const;

/** The live screen, until the user leaves. Ink and React are loaded only now. */
const watchFleet = async (look: () => Promise<FleetStatus>, colour: boolean): Promise<void> => {
  // Ink's colours look at the environment when they are loaded, and not at NO_COLOR.
  if (!colour) process.env['FORCE_COLOR'] = '0';
  const { showFleetTui } = await import('../tui/fleet/show-fleet-tui.tsx');
  const interrupt = interruptible(
    () => {},
    () => process.exit(EXIT_INTERRUPTED),
    SIGNALS,
  );
  try {
    const { stdin, stdout } = process;
    await showFleetTui({ stdin, stdout, colour, clean: cleanText, look, stop: interrupt.signal });
  } finally {
    interrupt.release();
  }
};

const statusCommand = (): Command =>
  addOptions(new Command('status'), STATUS)
    .summary('what a fleet is doing')
    .description(
      'Shows vantages, their workers, rates, runs and queues: live on a terminal, else as they are now.',
    )
    .action(async (_: unknown, command: Command) => {
      const { redis, vantages, format, output, colour } = valuesOf(command, STATUS);
      await checkWritable(output);
      const [{ openStore }, { readFleet }, { renderFleetJson, renderFleetPrometheus, renderFleetTable }] =
        await Promise.all([
          import('../fleet/fleet-store.ts'),
          import('../fleet/status.ts'),
          import('../output/fleet-status.ts'),
        ]);
      const store = await openStore(storeUrl(redis));
      try {
        const screen = screenOf(process.stdout, process.env, colour && output === null);
        // For a screen reader lines that stay are worth more than a screen that changes.
        const isLive = format === null && output === null && !screen.spoken;
        if (isLive && isInteractive(process.stdin, process.stdout, process.env)) {
          await watchFleet(() => readFleet(store, vantages), screen.colour);
          return;
        }
        const status = await readFleet(store, vantages);
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
