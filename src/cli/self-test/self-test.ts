import { release } from 'node:os';
import { UsageError } from '../../model/fault.ts';
import type { Target } from '../../model/target.ts';
import type { Pinger, WireCapabilities, WireName } from '../../model/wire.ts';
import type { Guard } from '../../scanner/host/resolve-target.ts';
import { isBlock } from '../../targets/item.ts';
import { makeSpace } from '../../targets/space.ts';
import { cleanText } from '../../text/clean-text.ts';
import { messageOf } from '../../text/error-message.ts';
import { quoted } from '../../text/quoted.ts';
import { loadPinger, type PingWay } from '../../wire/icmp.ts';
import { systemResolver } from '../../wire/resolve.ts';
import type { Engine } from '../engine.ts';
import { isList } from '../is-list-file.ts';
import type { ScanOptions } from '../options.ts';
import { readTargets } from '../read-targets.ts';
import { guardOf } from '../session.ts';
import { version } from '../version.ts';
import { echoStep } from './echo.ts';
import { hostSteps } from './host.ts';
import { loopbackSteps } from './loopback.ts';
import type { Step } from './step.ts';

/** All that a self-test says. It names no user, no machine and no path, and of hosts only what the user chose and what lies on the way. */
export interface SelfTest {
  readonly version: string;
  readonly node: string;
  /** `win32 x64 10.0.19045`. */
  readonly system: string;
  readonly engine: WireName;
  readonly engineWhy: string;
  readonly capabilities: WireCapabilities;
  readonly echoWay: PingWay;
  readonly steps: readonly Step[];
}

/** A host that may be asked: it passed the checks that a target of `check` passes. */
export interface Chosen {
  readonly target: Target;
  readonly guard: Guard;
}

/** Reads the host that was typed behind an option of `doctor`. Throws UsageError where `check` would. */
export const chooseHost = async (option: string, text: string, options: ScanOptions): Promise<Chosen> => {
  if (isList(text) || isBlock(text)) throw new UsageError(`${option} ${quoted(text)}: expected one host`);
  const { spec, excludes } = await readTargets([text], options, option);
  const space = makeSpace(spec);
  if (space.size !== 1) throw new UsageError(`${option} ${quoted(text)}: expected one host`);
  return { target: space.at(0), guard: guardOf({ scope: options.scope, excludes }) };
};

const nameStep = async (signal: AbortSignal): Promise<Step> => {
  const name = 'look-up';
  const said = await systemResolver().resolve('localhost', signal);
  if (said.kind === 'resolved') {
    return {
      name,
      state: 'ok',
      said: `localhost is ${said.addresses.map(({ address }) => address).join(', ')}`,
    };
  }
  return { name, state: 'failed', said: said.kind === 'failed' ? said.fault.text : said.code };
};

const historyStep = async (): Promise<Step> => {
  const { sqlite } = await import('../../store/sqlite.ts');
  try {
    sqlite()(':memory:', 0).close();
    return { name: 'history', state: 'ok', said: 'SQLite works' };
  } catch (error) {
    return { name: 'history', state: 'absent', said: messageOf(error) };
  }
};

async function* allSteps(
  { wire }: Engine,
  pinger: Pinger,
  chosen: Chosen | null,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  yield* loopbackSteps(wire, 4, signal);
  yield* loopbackSteps(wire, 6, signal);
  yield await echoStep(pinger, '127.0.0.1', 4, signal);
  yield await echoStep(pinger, '::1', 6, signal);
  yield await nameStep(signal);
  yield await historyStep();
  if (chosen) yield* hostSteps(wire, pinger, chosen, signal);
}

/**
 * Runs every call of the engine against this machine, and where a host was chosen a dozen packets against that. Nothing that the
 * network or the system does ends it: what throws is a failed step.
 */
export const selfTest = async (
  engine: Engine,
  chosen: Chosen | null,
  signal: AbortSignal,
): Promise<SelfTest> => {
  const { wire, why } = engine;
  const pinger = await loadPinger(process.platform);
  const steps: Step[] = [];
  try {
    for await (const step of allSteps(engine, pinger, chosen, signal)) {
      // Names, errors of the system and hosts on the way are others' words.
      steps.push({ ...step, said: cleanText(step.said) });
    }
  } catch (error) {
    steps.push({ name: 'the test itself', state: 'failed', said: cleanText(String(error)) });
  } finally {
    pinger.close();
    await wire.close();
  }
  return {
    version,
    node: process.version,
    system: `${process.platform} ${process.arch} ${release()}`,
    engine: wire.name,
    engineWhy: why,
    capabilities: wire.capabilities,
    echoWay: pinger.way,
    steps,
  };
};

const WORDS: Readonly<Record<Step['state'], string>> = {
  ok: 'ok',
  failed: 'FAILED',
  absent: 'absent',
  seen: 'seen',
};

const capabilityWords = ({ icmp, ttl, minTtl, seesTtl, minTimeoutMs }: WireCapabilities): string =>
  [
    `ICMP errors ${icmp ? 'seen' : 'not seen'}`,
    `TTL ${ttl ? 'can be limited' : 'cannot be limited'}`,
    `TTL of replies ${seesTtl ? 'seen' : minTtl ? 'compared' : 'not seen'}`,
    `silence from ${minTimeoutMs} ms on`,
  ].join(', ');

/** The self-test as a short text for a mail: what was run on what, then a line a step. */
export const selfTestText = (test: SelfTest): string =>
  [
    `ra-preflight ${test.version} self-test, Node ${test.node}, ${test.system}`,
    `engine ${test.engine}: ${cleanText(test.engineWhy, 400)}`,
    `${capabilityWords(test.capabilities)}; echo by ${test.echoWay}`,
    ...test.steps.map(({ name, state, said }) => `${WORDS[state].padEnd(7)} ${name.padEnd(15)} ${said}`),
  ]
    .map((line) => `${line}\n`)
    .join('');

/** 0 when every step went right or needs what this machine has not got, else 1. */
export const selfTestExitCode = ({ steps }: SelfTest): number =>
  steps.some(({ state }) => state === 'failed') ? 1 : 0;
