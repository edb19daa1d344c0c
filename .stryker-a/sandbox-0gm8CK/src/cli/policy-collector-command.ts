import { Command } from 'commander';
import { deliver } from './deliver.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { OUTPUT } from './options/shared.ts';

const COLLECTOR = { output: OUTPUT } as const;

/** `ra-preflight policy collector`: the script that collects a novice's policy for `policy check`. */
export const collectorCommand = (): Command =>
  addOptions(new Command('collector'), COLLECTOR)
    .summary('print a PowerShell script that collects the policy of a PC')
    .description(
      'Prints a script for PowerShell 5.1. Run on the novice, it writes one JSON file that policy check reads: the settings for offers, DCOM and RPC, the inbound firewall rules with ports, programs and addresses, the firewall profiles and the networks. It changes nothing and sends nothing.',
    )
    .addHelpText(
      'after',
      '\nOn the novice: powershell.exe -NoProfile -ExecutionPolicy Bypass -File collect.ps1 -OutFile novice.json',
    )
    .action(async (_: unknown, command: Command) => {
      const { collectorScript } = await import('../policy/write/collector.ts');
      await deliver([collectorScript()], valuesOf(command, COLLECTOR).output);
    });
