import { Command } from 'commander';
import { policyCheckCommand } from './policy-check-command.ts';
import { collectorCommand } from './policy-collector-command.ts';
import { makeCommand } from './policy-make-command.ts';

/** `ra-preflight policy`: the half of the requirements that no probe sees. */
export const policyCommand = (): Command => {
  const command = new Command('policy')
    .summary("the novice's policy: check it, write it, collect it")
    .description(
      'The half of what offers need that no probe sees: group policy, DCOM and the firewall of the novice.',
    );
  for (const make of [policyCheckCommand, makeCommand, collectorCommand]) command.addCommand(make());
  return command;
};
